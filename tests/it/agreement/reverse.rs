//! The reverse questions against the filter of check over the whole directory, and resolved queries against their names.

use super::{Case, query, verdict};
use rolebook::Engine;
use rolebook::analysis::{Page, Part};
use rolebook::decide::{Query, RequestError};

/// Of how many answers how many were yes.
#[derive(Default, Debug)]
pub(super) struct Tally {
    pub(super) lists: usize,
    pub(super) listed: usize,
    pub(super) asked: usize,
    pub(super) named: usize,
}

/// What differs between the reverse questions of a case and check, if anything does.
pub(super) fn difference(case: &Case, tally: &mut Tally) -> Result<(), String> {
    case.requests.iter().take(4).try_for_each(|request| difference_on(&case.engine, &query(request), tally))
}

/// What differs between the reverse questions like one query and check, if anything does.
pub(super) fn difference_on(engine: &Engine, query: &Query, tally: &mut Tally) -> Result<(), String> {
    let names = names(engine);
    let decided = engine.check(query);
    let resolved = engine.resolve(query).and_then(|resolved| engine.decide(&resolved));
    if decided != resolved {
        return Err(format!("{query:?}\ndecided as {decided:?}\nresolved as {resolved:?}"));
    }
    if verdict(&decided).is_none() {
        return Ok(());
    }
    let ty = query.resource.split(':').next().unwrap_or_default();
    let listed = engine.list(query, ty).map_err(|error| format!("{query:?} cannot be listed: {error}"))?;
    let of_type = names.iter().filter(|name| is_of(name, ty));
    let wanted = filter(engine, of_type, |name| Query { resource: name.into(), ..query.clone() });
    if listed != wanted {
        return Err(format!("{query:?}\nlists {listed:?}\nbut check allows {wanted:?}"));
    }
    tally.lists += 1;
    tally.listed += listed.len();
    pages(engine, ("listed", query), &listed, |part| engine.list_page(query, ty, part), |name| is_of(name, ty))?;

    let who = engine.who_can(query).map_err(|error| format!("nobody can be found for {query:?}: {error}"))?;
    let wanted = filter(engine, names.iter(), |name| Query { subject: name.into(), ..query.clone() });
    if who != wanted {
        return Err(format!("{query:?}\ncan be done by {who:?}\nbut check allows {wanted:?}"));
    }
    tally.asked += 1;
    tally.named += who.len();
    pages(engine, ("named", query), &who, |part| engine.who_can_page(query, part), |_| true)
}

/// What differs between an answer and its pages put together, whatever their size, or its rest behind any entity at all.
fn pages(
    engine: &Engine,
    (what, query): (&str, &Query),
    whole: &[String],
    ask: impl Fn(&Part) -> Result<Page, RequestError>,
    is_place: impl Fn(&str) -> bool,
) -> Result<(), String> {
    for size in 1..=whole.len() + 1 {
        let mut found = Vec::new();
        let mut part = Part::first(size);
        loop {
            let page = ask(&part).map_err(|error| format!("{query:?}, {part:?}: {error}"))?;
            if page.rows.len() > size || page.more != (found.len() + page.rows.len() < whole.len()) {
                return Err(format!("{query:?}: behind {part:?} are {what} {page:?}\nof {whole:?}"));
            }
            found.extend(page.rows.iter().cloned());
            match page.next() {
                Some(next) => part = Part::first(size).after(next),
                None => break,
            }
        }
        if found != whole {
            return Err(format!("{query:?}: in pages of {size} are {what} {found:?}\nand at once {whole:?}"));
        }
    }
    let names = names(engine);
    let place = |name: &String| names.iter().position(|known| known == name);
    for (at, name) in names.iter().enumerate() {
        let page = match ask(&Part { limit: None, after: Some(name.clone()) }) {
            Ok(page) if is_place(name) => page,
            Err(_) if !is_place(name) => continue,
            other => return Err(format!("{query:?}: behind `{name}` are {what} {other:?}")),
        };
        let rest = whole.iter().filter(|row| place(row) > Some(at));
        if page.more || !page.rows.iter().eq(rest) {
            return Err(format!("{query:?}: behind `{name}` are {what} {page:?}\nof {whole:?}"));
        }
    }
    Ok(())
}

fn is_of(name: &str, ty: &str) -> bool {
    name.split(':').next() == Some(ty)
}

/// Everything that the directory names, in its order.
fn names(engine: &Engine) -> Vec<String> {
    let state = engine.state();
    let (schema, directory) = (state.snapshot().policy().schema(), state.snapshot().directory());
    directory.entities().map(|entity| directory.name(schema, entity)).collect()
}

fn filter<'n>(
    engine: &Engine,
    names: impl Iterator<Item = &'n String>,
    ask: impl Fn(&'n String) -> Query<'n>,
) -> Vec<String> {
    let allowed = |name: &&'n String| engine.check(&ask(name)).is_ok_and(|decision| decision.allowed);
    names.filter(allowed).cloned().collect()
}
