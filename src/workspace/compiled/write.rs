//! From a state to a compiled file.

use super::declarations::Written;
use super::sources::{Sources, Texts, WrittenForm};
use super::vocabulary::About;
use super::{Restored, State, policy_facts};
use crate::directory::compiled::{self, Numbers};
use crate::directory::tree::Declarations;
use crate::image::{ImageWriter, Section};
use crate::index::in_turn;
use crate::schema::{PolicyId, RoleId};
use crate::source::{FileId, SourceMap, Span};
use crate::workspace::folder::NameKind;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

/// A state that does not compile: its tables contradict its texts. That is a defect of this program, never of what was
/// written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CannotCompile;

/// The sections of a state's compiled file. States that say the same have the same sections.
///
/// # Errors
/// Where the tables of the state are not what its texts come to.
pub fn write(state: &State) -> Result<ImageWriter, CannotCompile> {
    let (read, texts, numbers) = sources(state);
    let place = |span: Span| {
        let span = state.sources.located(span);
        let file = numbers.get(&span.file).copied().unwrap_or(FileId(0));
        (file.0, span.start, span.end)
    };
    let mut image = ImageWriter::new();
    tables(
        state,
        Some(&|span| {
            let (file, start, end) = place(span);
            Span::new(FileId(file), start, end)
        }),
        &mut image,
    )?;
    json(&mut image, Section::Sources, &read);
    texts.write(&mut image);
    json(&mut image, Section::Declarations, &Written::of(&state.declarations, &state.warnings, &place));
    Ok(image)
}

/// The sections of what a state says, by what its texts come to when they are compiled anew.
fn tables(state: &State, span: Option<&dyn Fn(Span) -> Span>, image: &mut ImageWriter) -> Result<(), CannotCompile> {
    let (read, _, numbers) = sources(state);
    let sorted = if span.is_some() { None } else { Some(state.declarations.sorted()) };
    let declarations = sorted.as_ref().unwrap_or(&state.declarations);
    let restored = restored(&read, state, &numbers, declarations).ok_or(CannotCompile)?;
    let fresh = restored.policy.compiled.as_deref().ok_or(CannotCompile)?;
    let (policy, directory) = (state.snapshot.policy(), state.snapshot.directory());
    let role = |role: RoleId| fresh.schema().counterpart(policy.schema(), role);
    let org_policy = |id: PolicyId| policy.schema().policies.get(id).and_then(|name| fresh.schema().policy_named(name));
    let programs = policy.programs().counterparts(fresh.programs(), role);
    let numbers = Numbers {
        schema: fresh.schema(),
        role: &role,
        policy: &org_policy,
        program: &|program| programs.get(program.0 as usize).copied().flatten(),
        span,
    };
    json(image, Section::About, &About::of(fresh, directory));
    if span.is_none() {
        let facts = policy_facts::of(&state.snapshot, &role, &org_policy, numbers.program).ok_or(CannotCompile)?;
        image.bytes(Section::Texts, facts);
    }
    compiled::write(directory, state.snapshot.holdings(), &numbers, image).ok_or(CannotCompile)
}

/// What a state says, wherever it is written: as [`write()`], without places and texts. States that say the same, whatever
/// files and changes they come from, have the same bytes.
///
/// # Errors
/// As [`write()`].
pub fn facts(state: &State) -> Result<ImageWriter, CannotCompile> {
    let mut image = ImageWriter::new();
    tables(state, None, &mut image)?;
    Ok(image)
}

/// The files of a state, and by what ids the compiled file knows them.
fn sources(state: &State) -> (Sources, Texts, FxHashMap<FileId, FileId>) {
    let (mut read, mut texts) = (Sources::default(), Texts::default());
    read.package.clone_from(&state.workspace.package);
    let mut numbers = FxHashMap::default();
    let mut push = |file: FileId, form: Option<WrittenForm>| {
        numbers.entry(file).or_insert_with(|| {
            let number = FileId(u32::try_from(read.files.len()).unwrap_or(u32::MAX));
            read.push(&state.sources, file, form, &mut texts);
            number
        });
    };
    let forms: FxHashMap<FileId, WrittenForm> = state
        .workspace
        .texts
        .values()
        .map(|text| (text.file, WrittenForm { yaml: text.form.kind == NameKind::Yaml, named: text.form.named }))
        .collect();
    for tree in state.workspace.files.iter() {
        let file = tree.head().file;
        push(file, forms.get(&file).copied());
    }
    let mut named: FxHashSet<FileId> = FxHashSet::default();
    state.each_place(|span| {
        named.insert(span.file);
    });
    for file in state.sources.files().filter(|file| named.contains(file)) {
        push(file, None);
    }
    read.add_prints(&state.prints);
    (read, texts, numbers)
}

/// What the compiled file's texts will come to when it is opened.
fn restored(
    read: &Sources,
    state: &State,
    numbers: &FxHashMap<FileId, FileId>,
    declarations: &Declarations,
) -> Option<Restored> {
    let mut by_number: Vec<(FileId, FileId)> = numbers.iter().map(|(old, new)| (*new, *old)).collect();
    by_number.sort_unstable();
    let mut sources = SourceMap::new();
    for (_, old) in by_number {
        let source = state.sources.get(old)?;
        sources.add(source.name(), source.text());
    }
    Restored::new(read.files.len(), sources, read, declarations, &in_turn)
}

fn json(image: &mut ImageWriter, section: Section, value: &impl Serialize) {
    // What is written here has text keys only, and nothing else fails.
    image.bytes(section, serde_json::to_vec(value).unwrap_or_default());
}
