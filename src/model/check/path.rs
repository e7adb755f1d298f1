//! What follows the first name of a path: attributes, ancestors, settings.

use super::operand::{Kind, Operand};
use super::{Checker, Narrowed, Where};
use crate::diagnostics::{Code, listing};
use crate::model::{Term, TermKind};
use crate::schema::{MergeWord, Presence, Reach, SettingId, TypeId};
use crate::syntax::ast::Ident;
use std::rc::Rc;

/// How many names a path may have. A path becomes a term as deep as it is long, which the passes after this one recurse
/// over.
const MAX_NAMES: usize = 64;

/// What a name means on one type.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Member {
    /// An attribute, by its kind, and whether it can be absent.
    Attribute(Kind, bool),
    /// The type of an ancestor.
    Ancestor(TypeId),
    /// Nothing.
    None,
    /// What could not be understood where it was declared.
    Lost,
}

impl Checker<'_, '_> {
    /// A path as an operand.
    pub(super) fn path<'e>(&mut self, path: &'e [Ident], narrowed: &Narrowed<'e>) -> Option<Operand> {
        if let Some(beyond) = path.get(MAX_NAMES) {
            let message = format!("a path can have {MAX_NAMES} names, and this is one more");
            self.error(Code::LimitExceeded, beyond.span, message, None);
            return None;
        }
        let (mut operand, mut at) = self.variable(path, narrowed)?;
        let about_subject = path.first().is_some_and(|first| first.value == "subject") && self.place.at.guards_role();
        while let Some(step) = path.get(at) {
            let so_far = text(path.get(..at)?);
            let types = self.entity_before(&operand, step, &so_far)?;
            let next = path.get(at + 1);
            if step.value == "settings" && !self.is_ancestor_named_settings(&types, next) {
                if about_subject {
                    return self.not_of_subject(step);
                }
                operand = self.setting(operand, &types, step, next)?;
                at += 2;
                continue;
            }
            operand = self.member(operand, &types, step, &so_far)?;
            if about_subject && matches!(operand.term.kind, TermKind::Ancestor(..)) {
                return self.not_of_subject(step);
            }
            at += 1;
            if let Kind::Entity(types) = &operand.kind {
                let left = self.entity_types(path.get(..at)?, types, narrowed, operand.term.span)?;
                operand.kind = Kind::Entity(left);
            }
        }
        Some(operand)
    }

    fn not_of_subject(&mut self, step: &Ident) -> Option<Operand> {
        let at = self.place.at;
        let message = format!("{} can use only attributes of `subject`", at.describe());
        self.error(Code::NotAllowedHere, step.span, message, Some(String::from(at.allowed())));
        None
    }

    /// The types of the entity before a dot.
    fn entity_before(&mut self, operand: &Operand, step: &Ident, so_far: &str) -> Option<Rc<[TypeId]>> {
        match &operand.kind {
            Kind::Entity(types) => Some(Rc::clone(types)),
            Kind::Set(element) => {
                let what = operand.kind.describe(self.names);
                let help = match **element {
                    Kind::Entity(_) => "ask the set as a whole: `in`, `contains`, `overlaps`, `size(…)`, `has … on`",
                    _ => "on a set there are `in`, `contains`, `overlaps`, `subset of` and `size(…)`",
                };
                let message = format!("`{so_far}` is {what}, which has no `{}`", step.value);
                self.error(Code::SetOperation, step.span, message, Some(String::from(help)));
                None
            }
            kind => {
                let message = format!("`{so_far}` is {}, which has no `{}`", kind.describe(self.names), step.value);
                self.error(Code::UnknownAttribute, step.span, message, None);
                None
            }
        }
    }

    /// A type may be called `settings`. Then the name stands for the ancestor, unless a setting follows.
    fn is_ancestor_named_settings(&self, types: &[TypeId], next: Option<&Ident>) -> bool {
        let schema = &self.names.schema;
        let Some(ty) = schema.type_named("settings") else { return false };
        types.iter().all(|&from| schema.reach(from, ty) != Reach::Never)
            && next.is_none_or(|next| schema.setting_named(&next.value).is_none())
    }

    fn member(&mut self, operand: Operand, types: &Rc<[TypeId]>, step: &Ident, so_far: &str) -> Option<Operand> {
        let members: Vec<Member> = types.iter().map(|&ty| self.member_of(ty, &step.value)).collect();
        if members.contains(&Member::Lost) {
            return None;
        }
        if members.contains(&Member::None) {
            self.unknown_member(types, &members, step, so_far);
            return None;
        }
        let mut members = members.into_iter();
        let mut joined = members.next()?;
        for member in members {
            joined = match (&joined, &member) {
                (Member::Attribute(one, absent), Member::Attribute(other, also_absent)) => match one.join(other) {
                    Some(kind) => Member::Attribute(kind, *absent || *also_absent),
                    None => Member::None,
                },
                (one, other) if one == other => continue,
                _ => Member::None,
            };
            if joined == Member::None {
                let help = Some(self.narrowing(so_far, *types.first()?));
                let message = format!("`{}` is not the same on every type that `{so_far}` can be", step.value);
                self.error(Code::TypeMismatch, step.span, message, help);
                return None;
            }
        }
        let span = operand.term.span.to(step.span);
        match joined {
            Member::Attribute(kind, optional) => {
                let optional = optional || operand.optional;
                let kind_of_term = TermKind::Attribute(Box::new(operand.term), step.value.as_str().into());
                Some(Operand { term: Term { kind: kind_of_term, span }, kind, optional })
            }
            Member::Ancestor(ty) => self.ancestor(operand, types, ty, step, so_far),
            Member::None | Member::Lost => None,
        }
    }

    fn member_of(&self, ty: TypeId, name: &str) -> Member {
        let names = self.names;
        let info = &names.schema.types[ty];
        if let Some(attribute) = info.attribute(name).and_then(|slot| info.attributes.get(slot)) {
            return Member::Attribute(Kind::of(&attribute.ty), attribute.presence == Presence::Optional);
        }
        let ancestor = names.schema.type_named(name);
        match ancestor {
            Some(ancestor) if names.schema.reach(ty, ancestor) != Reach::Never => Member::Ancestor(ancestor),
            Some(_) if names.types[ty].ancestry_lost => Member::Lost,
            _ if names.is_lost_member(ty, name) => Member::Lost,
            _ => Member::None,
        }
    }

    fn unknown_member(&mut self, types: &[TypeId], members: &[Member], step: &Ident, so_far: &str) {
        let names = self.names;
        let lacking = types.iter().zip(members).find(|(_, member)| **member == Member::None);
        let holding = types.iter().zip(members).find(|(_, member)| **member != Member::None);
        let Some((&lacking, _)) = lacking else { return };
        let (message, help) = match (types, holding) {
            ([one], _) => {
                let message = format!("`{}` has no attribute or ancestor `{}`", names.type_name(*one), step.value);
                let near = self.near_member(*one, &step.value);
                let own = names.schema.types[*one].attributes.iter().map(|info| &*info.name);
                (message, near.or_else(|| Some(listing(&format!("`{}`", names.type_name(*one)), "attribute", own))))
            }
            (_, Some((&holding, _))) => {
                let lacking = names.a_type(lacking);
                let message = format!("`{so_far}` can be {lacking} here, which has no `{}`", step.value);
                (message, Some(self.narrowing(so_far, holding)))
            }
            (_, None) => {
                let message =
                    format!("nothing that `{so_far}` can be here has an attribute or ancestor `{}`", step.value);
                let help = types.iter().find_map(|&ty| self.near_member(ty, &step.value));
                (message, help)
            }
        };
        self.error(Code::UnknownAttribute, step.span, message, help);
    }

    /// How to say which type is meant.
    fn narrowing(&self, so_far: &str, ty: TypeId) -> String {
        let name = self.names.type_name(ty);
        if so_far == "subject" && matches!(self.place.at, Where::Rule | Where::RoleStatement) {
            return format!("say `to {name}` before the condition, or narrow it first: `subject is {name} and …`");
        }
        format!("narrow it first: `{so_far} is {name} and …`")
    }

    fn near_member(&mut self, ty: TypeId, name: &str) -> Option<String> {
        let names = self.names;
        let attributes = names.schema.types[ty].attributes.iter().map(|info| &*info.name);
        let ancestors = names.types.ids().filter(|&above| names.schema.reach(ty, above) != Reach::Never);
        let settings = (!names.schema.settings.is_empty()).then_some("settings");
        let candidates = attributes.chain(ancestors.map(|above| names.type_name(above))).chain(settings);
        self.findings.did_you_mean(name, candidates)
    }

    /// The ancestor-or-self of type `ty` of an entity that can be of any of `types`.
    pub(super) fn ancestor(
        &mut self,
        of: Operand,
        types: &[TypeId],
        ty: TypeId,
        name: &Ident,
        so_far: &str,
    ) -> Option<Operand> {
        let names = self.names;
        let mut optional = of.optional;
        let mut many = false;
        for &from in types {
            match names.schema.reach(from, ty) {
                Reach::One => {}
                Reach::Optional => optional = true,
                Reach::Many => many = true,
                Reach::Never => {
                    self.unreachable_ancestor(types, from, ty, name, so_far);
                    return None;
                }
            }
        }
        let span = of.term.span.to(name.span);
        let kind = if many { Kind::Set(Box::new(Kind::entity(ty))) } else { Kind::entity(ty) };
        let optional = if many { of.optional } else { optional };
        Some(Operand { term: Term { kind: TermKind::Ancestor(Box::new(of.term), ty), span }, kind, optional })
    }

    fn unreachable_ancestor(&mut self, types: &[TypeId], from: TypeId, ty: TypeId, name: &Ident, so_far: &str) {
        let names = self.names;
        if names.types[from].ancestry_lost {
            return;
        }
        let outer = names.a_type(ty);
        let holding = types.iter().copied().find(|&other| names.schema.reach(other, ty) != Reach::Never);
        let (message, help) = match (types, holding) {
            ([_], _) => (names.lies_not_in(from, ty), None),
            (_, Some(holding)) => (
                format!("`{so_far}` can be {} here, which does not lie in {outer}", names.a_type(from)),
                Some(self.narrowing(so_far, holding)),
            ),
            (_, None) => (format!("nothing that `{so_far}` can be here lies in {outer}"), None),
        };
        self.error(Code::UnknownAttribute, name.span, message, help);
    }

    /// `X.settings.NAME`
    fn setting(&mut self, of: Operand, types: &[TypeId], word: &Ident, name: Option<&Ident>) -> Option<Operand> {
        let names = self.names;
        let Some(name) = name else {
            let help = String::from("write `settings.` and the name of one");
            self.error(Code::UnknownSetting, word.span, "the settings as a whole are no value", Some(help));
            return None;
        };
        let Some(setting) = names.schema.setting_named(&name.value) else {
            if !names.lost.settings.contains(name.value.as_str()) && !types.iter().any(|&ty| names.types[ty].incomplete)
            {
                let help =
                    self.findings.did_you_mean(&name.value, names.schema.settings.iter().map(|info| &*info.name));
                self.error(Code::UnknownSetting, name.span, format!("unknown setting `{}`", name.value), help);
            }
            return None;
        };
        let info = &names.schema.settings[setting];
        if let Some(&blind) = types.iter().find(|&&ty| names.schema.reach(ty, info.ty) == Reach::Never) {
            if !names.types[blind].ancestry_lost {
                let message = format!("{} cannot read the setting `{}`", names.a_type(blind), name.value);
                let owner = names.type_name(info.ty);
                let help = format!("it is read by the type that declares it, `{owner}`, and what that contains");
                self.error(Code::UnknownSetting, name.span, message, Some(help));
            }
            return None;
        }
        Some(self.setting_operand(of, setting, name))
    }

    fn setting_operand(&self, of: Operand, setting: SettingId, name: &Ident) -> Operand {
        let info = &self.names.schema.settings[setting];
        // A setting that nobody gives is absent, save for those that are a set even then.
        let always = matches!(info.merge, MergeWord::Narrows | MergeWord::Widens);
        let span = of.term.span.to(name.span);
        let term = Term { kind: TermKind::Setting(Box::new(of.term), setting), span };
        Operand { term, kind: Kind::of(&info.value), optional: !always || of.optional }
    }
}

/// A path as written.
fn text(path: &[Ident]) -> String {
    let names: Vec<&str> = path.iter().map(|name| name.value.as_str()).collect();
    names.join(".")
}
