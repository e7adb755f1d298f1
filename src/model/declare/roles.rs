//! The names of roles.

use super::items;
use crate::model::findings::Findings;
use crate::model::lookup;
use crate::model::names::Names;
use crate::schema::{RoleInfo, TypeId};
use crate::source::Span;
use crate::syntax::ast::{Item, PolicyFile, RoleDecl};
use rustc_hash::FxHashMap;

/// The places of the roles that bear one name.
#[derive(Default)]
struct Namesakes<'a> {
    /// The one that belongs to no organization, next to which no other can be.
    everywhere: Option<Span>,
    /// One for each organization, by its text.
    inside: FxHashMap<(&'a str, &'a str), Span>,
    /// The first of any.
    first: Option<Span>,
}

pub(super) fn declare<'a>(files: &[&'a PolicyFile], names: &mut Names<'a>, findings: &mut Findings) {
    let mut taken: FxHashMap<(TypeId, &'a str), Namesakes<'a>> = FxHashMap::default();
    for item in items(files) {
        let Item::Role(decl) = item else { continue };
        let Some(ty) = lookup::type_named(names, findings, &decl.name.type_name) else {
            names.lost.roles.insert((&decl.name.type_name.value, &decl.name.name.value));
            names.stray_roles.push(decl);
            continue;
        };
        let namesakes = taken.entry((ty, &decl.name.name.value)).or_default();
        if let Some(first) = namesakes.add(decl) {
            findings.duplicate(duplicate_message(decl), decl.name.span(), first);
            names.stray_roles.push(decl);
            continue;
        }
        let organization = decl.organization.as_ref().and_then(|entity| lookup::entity(names, findings, entity));
        let role = names.schema.to_mut().roles.push(RoleInfo {
            ty,
            name: decl.name.name.value.as_str().into(),
            custom: decl.custom,
            organization: organization.map(|organization| organization.value),
            retired: false,
        });
        names.roles.push((role, decl));
        names.types[ty].roles.push(role);
        names.role_by_name.entry(&decl.name.name.value).or_insert(role);
    }
}

impl<'a> Namesakes<'a> {
    /// Takes a role in, or says with which one it collides.
    fn add(&mut self, decl: &'a RoleDecl) -> Option<Span> {
        let span = decl.name.span();
        let collision = match &decl.organization {
            None => self.first,
            Some(entity) => {
                let key = (entity.type_name.value.as_str(), entity.id.value.as_str());
                self.everywhere.or_else(|| self.inside.get(&key).copied())
            }
        };
        if collision.is_some() {
            return collision;
        }
        self.first.get_or_insert(span);
        match &decl.organization {
            None => self.everywhere = Some(span),
            Some(entity) => {
                self.inside.insert((&entity.type_name.value, &entity.id.value), span);
            }
        }
        None
    }
}

fn duplicate_message(decl: &RoleDecl) -> String {
    format!("the role `{}` is declared twice", decl.name.text())
}
