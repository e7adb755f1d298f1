//! The names of types and what contains them.

use crate::diagnostics::{Code, Diagnostic};
use crate::model::findings::Findings;
use crate::model::names::{Names, TypeNames};
use crate::schema::{Cardinality, ParentInfo, TypeId, TypeInfo};
use crate::syntax::ast::{Item, PolicyFile};
use rustc_hash::FxHashMap;

/// The containment table grows with the square of the number of types: at this many it takes 4 MiB.
const MAX_TYPES: usize = 2_048;

pub(super) fn declare<'a>(files: &[&'a PolicyFile], names: &mut Names<'a>, findings: &mut Findings) {
    declare_names(files, names, findings);
    names.schema.to_mut().finish_types();
    declare_parents(names, findings);
    names.schema.to_mut().finish_types();
    names.find_lost_ancestry();
}

fn declare_names<'a>(files: &[&'a PolicyFile], names: &mut Names<'a>, findings: &mut Findings) {
    let mut first: FxHashMap<&str, TypeId> = FxHashMap::default();
    for item in super::items(files) {
        let Item::Type(decl) = item else { continue };
        let name = decl.name.value.as_str();
        if let Some(&ty) = first.get(name) {
            findings.duplicate(
                format!("the type `{name}` is declared twice"),
                decl.name.span,
                names.types[ty].decl.name.span,
            );
            names.types[ty].incomplete = true;
            names.lost.settings.extend(decl.settings.iter().map(|setting| setting.name.value.as_str()));
            continue;
        }
        if names.types.len() == MAX_TYPES {
            if names.lost.types.is_empty() {
                findings.report(Diagnostic::error(
                    Code::LimitExceeded,
                    decl.name.span,
                    format!("a policy can have {MAX_TYPES} types, and this is one more"),
                ));
            }
            names.lost.types.insert(name);
            continue;
        }
        let ty = names.types.push(TypeNames::new(decl));
        names.schema.to_mut().types.push(TypeInfo {
            name: name.into(),
            parents: Vec::new(),
            attributes: Vec::new(),
            acts_as: None,
            permissions: 0..0,
        });
        first.insert(name, ty);
    }
}

fn declare_parents(names: &mut Names<'_>, findings: &mut Findings) {
    for ty in names.types.ids() {
        let decl = names.types[ty].decl;
        let mut places: FxHashMap<&str, crate::source::Span> = FxHashMap::default();
        for parent in &decl.parents {
            let name = parent.type_name.value.as_str();
            let span = parent.type_name.span;
            let Some(above) = names.schema.type_named(name) else {
                names.types[ty].parents_lost = true;
                if !names.lost.types.contains(name) {
                    let help = findings.did_you_mean(name, names.schema.types.iter().map(|info| &*info.name));
                    findings.report(
                        Diagnostic::error(Code::UnknownType, span, format!("unknown type `{name}`")).maybe_help(help),
                    );
                }
                continue;
            };
            if let Some(&first) = places.get(name) {
                findings.duplicate(
                    format!("`{name}` stands twice among what contains `{}`", decl.name.value),
                    span,
                    first,
                );
                continue;
            }
            places.insert(name, span);
            if above == ty && parent.cardinality == Cardinality::One {
                findings.report(
                    Diagnostic::error(
                        Code::ContainmentCycle,
                        span,
                        format!("every `{name}` would have to lie in another `{name}`, without end"),
                    )
                    .help(format!("let the outermost stand alone: `{name}?`")),
                );
            }
            names.schema.to_mut().types[ty].parents.push(ParentInfo { ty: above, cardinality: parent.cardinality });
            names.types[ty].parent_spans.push(span);
        }
    }
}
