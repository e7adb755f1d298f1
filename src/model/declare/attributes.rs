//! The attributes of types: what is declared, what `unique` adds, and the one behind `acts as`.

use super::value_type;
use crate::diagnostics::{Code, Diagnostic};
use crate::model::findings::Findings;
use crate::model::literal;
use crate::model::names::Names;
use crate::schema::{AttributeInfo, Presence, Reach, TypeId, ValueType};
use crate::source::Span;
use crate::syntax::ast::{AttributeDecl, Doc};
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;

/// How many attributes a type, or fields the context, can have: they are looked up one by one.
pub(super) const MAX_ATTRIBUTES: usize = 1_024;

/// The keys of a directory that are no attributes.
const RESERVED: [&str; 6] = ["in", "roles", "policy", "policies", "settings", "custom_roles"];

pub(super) fn declare(names: &mut Names<'_>, findings: &mut Findings) {
    for ty in names.types.ids() {
        let decl = names.types[ty].decl;
        for attribute in decl.attributes.iter().take(MAX_ATTRIBUTES) {
            declare_attribute(names, findings, ty, attribute);
        }
        if let Some(beyond) = decl.attributes.get(MAX_ATTRIBUTES) {
            report_limit(findings, beyond, "a type", "attributes");
            // What it declares beyond the limit is not known.
            names.types[ty].incomplete = true;
        }
        let mut unique_at: FxHashMap<&str, Span> = FxHashMap::default();
        for unique in &decl.unique {
            match unique_at.entry(&unique.value) {
                Entry::Occupied(first) => {
                    let message = format!("`{}` of `{}` is made unique twice", unique.value, decl.name.value);
                    findings.duplicate(message, unique.span, *first.get());
                }
                Entry::Vacant(place) => {
                    place.insert(unique.span);
                    declare_unique(names, findings, ty, &unique.value, unique.span);
                }
            }
        }
        if let Some(acts_as) = &decl.acts_as {
            names.schema.to_mut().types[ty].acts_as = names.schema.types[ty].attribute(&acts_as.value);
        }
    }
}

pub(super) fn report_limit(findings: &mut Findings, beyond: &AttributeDecl, whole: &str, parts: &str) {
    findings.report(Diagnostic::error(
        Code::LimitExceeded,
        beyond.name.span,
        format!("{whole} can have {MAX_ATTRIBUTES} {parts}, and this is one more"),
    ));
}

fn declare_attribute<'a>(names: &mut Names<'a>, findings: &mut Findings, ty: TypeId, decl: &'a AttributeDecl) {
    let name = decl.name.value.as_str();
    if let Some(slot) = names.schema.types[ty].attribute(name) {
        let first = names.types[ty].attributes.get(slot).map_or(decl.name.span, |(span, _)| *span);
        let message = format!("the attribute `{name}` of `{}` is declared twice", names.type_name(ty));
        findings.duplicate(message, decl.name.span, first);
        return;
    }
    check_name(names, findings, ty, name, decl.name.span);
    match info(names, findings, decl) {
        Some(info) => add(names, ty, info, decl.name.span, &decl.doc),
        None => {
            names.types[ty].lost_attributes.insert(name);
        }
    }
}

/// What an attribute or a field of `context` is, if its type can be understood.
pub(super) fn info(names: &Names<'_>, findings: &mut Findings, decl: &AttributeDecl) -> Option<AttributeInfo> {
    let ty = value_type::resolve(names, findings, &decl.ty)?;
    let presence = match &decl.default {
        Some(default) => {
            if decl.ty.optional {
                findings.report(
                    Diagnostic::warning(
                        Code::OptionalDefault,
                        decl.ty.kind.span,
                        format!("`{}` has a default, so it is never absent", decl.name.value),
                    )
                    .label(default.span, "the default")
                    .help("leave the `?` or the default out"),
                );
            }
            match literal::read(&names.schema, findings, &ty, &default.value, default.span) {
                Some(value) => Presence::Default(value),
                // The type is known, which is all that the rest of the policy asks for.
                None => Presence::Required,
            }
        }
        None if decl.ty.optional => Presence::Optional,
        None => Presence::Required,
    };
    Some(AttributeInfo { name: decl.name.value.as_str().into(), ty, presence, unique: false })
}

fn declare_unique(names: &mut Names<'_>, findings: &mut Findings, ty: TypeId, name: &str, span: Span) {
    if names.types[ty].lost_attributes.contains(name) {
        return;
    }
    if let Some(slot) = names.schema.types[ty].attribute(name) {
        if let Some(info) = names.schema.to_mut().types[ty].attributes.get_mut(slot) {
            info.unique = true;
        }
        return;
    }
    check_name(names, findings, ty, name, span);
    let info = AttributeInfo { name: name.into(), ty: ValueType::String, presence: Presence::Optional, unique: true };
    add(names, ty, info, span, &None);
}

fn add(names: &mut Names<'_>, ty: TypeId, info: AttributeInfo, span: Span, doc: &Doc) {
    names.schema.to_mut().types[ty].attributes.push(info);
    names.types[ty].attributes.push((span, doc.as_ref().map(|doc| doc.value.clone())));
}

/// An attribute stands beside a directory's reserved keys, and beside ancestors in a path.
fn check_name(names: &Names<'_>, findings: &mut Findings, ty: TypeId, name: &str, span: Span) {
    if RESERVED.contains(&name) {
        findings.report(
            Diagnostic::error(Code::ReservedName, span, format!("an attribute cannot be called `{name}`"))
                .here("means something else in a directory"),
        );
        return;
    }
    let Some(other) = names.schema.type_named(name) else { return };
    if other != ty && names.schema.reach(ty, other) == Reach::Never {
        return;
    }
    let whose = if other == ty { "its own type" } else { "a type that contains it" };
    findings.report(
        Diagnostic::error(
            Code::ReservedName,
            span,
            format!("an attribute of `{}` cannot be called like {whose}, `{name}`", names.type_name(ty)),
        )
        .label(names.types[other].decl.name.span, "the type")
        .help(format!("in a condition `{name}` is that entity; choose another name for the attribute")),
    );
}

/// What a type acts as is an attribute that holds one entity, of a type that acts for itself.
pub(super) fn check_acts_as(names: &mut Names<'_>, findings: &mut Findings) {
    for ty in names.types.ids() {
        let state = &names.types[ty];
        let Some(written) = &state.decl.acts_as else { continue };
        let info = &names.schema.types[ty];
        let Some(slot) = info.acts_as else {
            if !state.incomplete && !state.lost_attributes.contains(written.value.as_str()) {
                let help = findings.did_you_mean(&written.value, info.attributes.iter().map(|other| &*other.name));
                findings.report(
                    Diagnostic::error(
                        Code::UnknownAttribute,
                        written.span,
                        format!("`{}` has no attribute `{}`", info.name, written.value),
                    )
                    .maybe_help(help.or_else(|| Some(format!("declare it in the braces: `{}: user`", written.value)))),
                );
            }
            continue;
        };
        let Some(attribute) = info.attributes.get(slot) else { continue };
        let place = state.attributes.get(slot).map_or(written.span, |(span, _)| *span);
        let finding = match &attribute.ty {
            ValueType::Entity(owner) => {
                let Some(next) = &names.types[*owner].decl.acts_as else { continue };
                Diagnostic::error(
                    Code::ActsAsType,
                    written.span,
                    format!("`{}` acts as {}, which acts as another itself", info.name, names.a_type(*owner)),
                )
                .label(next.span, format!("`{}` acts as this", names.type_name(*owner)))
            }
            _ => Diagnostic::error(
                Code::ActsAsType,
                written.span,
                format!("`{}` is no entity, so nothing can act as it", attribute.name),
            )
            .label(place, "declared here")
            .help("its type must be an entity type such as `user`, and no set"),
        };
        findings.report(finding);
        names.schema.to_mut().types[ty].acts_as = None;
    }
}
