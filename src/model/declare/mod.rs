//! The first pass: every declaration's name and shape, so that the second can look anything up in any order.

mod actions;
mod attributes;
mod context;
mod roles;
mod settings;
mod types;
mod value_type;

use super::findings::Findings;
use super::names::Names;
use crate::schema::Schema;
use crate::syntax::ast::{Item, PolicyFile};
use rustc_hash::FxHashMap;

/// The names that the files declare.
///
/// Types come first, then what they are made of, which may name any type; settings, roles and policies name types too.
/// `known` is a finished schema that most of it may have come to before.
pub(super) fn declare<'a>(files: &[&'a PolicyFile], known: Option<&Schema>, findings: &mut Findings) -> Names<'a> {
    let mut names = Names::default();
    // Imported packages come first; the one that imports them gives its name to the whole.
    names.schema.to_mut().package =
        files.iter().rev().find_map(|file| file.package.as_ref()).map(|name| name.value.as_str().into());
    types::declare(files, &mut names, findings);
    attributes::declare(&mut names, findings);
    attributes::check_acts_as(&mut names, findings);
    actions::declare(&mut names, findings);
    settings::declare(&mut names, findings);
    context::declare(files, &mut names, findings);
    roles::declare(files, &mut names, findings);
    declare_policies(files, &mut names, findings);
    match known {
        Some(known) => names.schema.to_mut().finish_beside(known),
        None => names.schema.to_mut().finish(),
    }
    settings::check_within(&mut names, findings);
    names
}

/// The names of org policies.
fn declare_policies<'a>(files: &[&'a PolicyFile], names: &mut Names<'a>, findings: &mut Findings) {
    let mut first = FxHashMap::default();
    for decl in items(files) {
        let Item::Policy(decl) = decl else { continue };
        let name = decl.name.value.as_str();
        if let Some(&span) = first.get(name) {
            findings.duplicate(format!("the policy `{name}` is declared twice"), decl.name.span, span);
            names.stray_policies.push(decl);
            continue;
        }
        first.insert(name, decl.name.span);
        names.schema.to_mut().policies.push(name.into());
        names.policies.push(decl);
    }
}

fn items<'a>(files: &[&'a PolicyFile]) -> impl Iterator<Item = &'a Item> {
    files.iter().flat_map(|file| &file.items)
}
