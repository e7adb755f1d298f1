//! What a change comes to: the steps on the records, those that follow from it included.

use super::{declared, refused};
use crate::decide::Snapshot;
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::directory::change::{Assigned, AssignmentName, CustomRoleName, Field, LinkName};
use crate::directory::tree::Declarations;
use crate::directory::{Assignment, Change, ChangeAction, Edit, EntityId, Subject};
use crate::schema::{RoleId, Schema, TypeId};
use crate::source::Spanned;
use rustc_hash::FxHashSet;

/// Why what is there cannot be taken away.
const IN_A_POLICY_FILE: &str = "it stands in a policy file, which no change edits";

/// The steps that a change comes to on a directory, which is given with what it adds to the policy.
///
/// What a revoked role was required for is not among them: that is known once the result is built.
///
/// # Errors
/// What is to change, or to be taken away, is not there.
pub fn consequences(before: &Snapshot, declarations: &Declarations, change: &Change) -> Result<Vec<Edit>, Diagnostic> {
    let ground = Ground { before, declarations };
    match &change.action {
        ChangeAction::Create(new) => Ok(vec![Edit::Declare(new.clone())]),
        ChangeAction::Delete { entity } => ground.delete(entity),
        ChangeAction::Set { entity, attributes, settings } => ground.set(entity, attributes, settings),
        ChangeAction::Move { entity, from, to } => ground.moved(entity, from.as_ref(), to.as_ref()),
        ChangeAction::Assign(assigned) => ground.assign(assigned),
        ChangeAction::Revoke(name) => ground.revoke(name),
        ChangeAction::Link(link) => ground.link(link),
        ChangeAction::Unlink(link) => ground.unlink(link),
        ChangeAction::Policy(policy) => {
            let mut edits = Vec::new();
            if ground.holds_policy(&policy.name) {
                edits.push(Edit::RemovePolicy { name: policy.name.value.clone() });
            }
            edits.push(Edit::AddPolicy(policy.clone()));
            Ok(edits)
        }
        ChangeAction::DeletePolicy { name } => ground.delete_policy(name),
        ChangeAction::CustomRole(role) => {
            declared(before, &role.name.organization)?;
            let mut edits = Vec::new();
            if ground.holds_custom_role(&role.name) {
                edits.push(removal(&role.name));
            }
            edits.push(Edit::AddCustomRole(role.clone()));
            Ok(edits)
        }
        ChangeAction::DeleteCustomRole(name) => ground.delete_custom_role(name),
    }
}

/// The step that revokes an assignment.
fn revocation(before: &Snapshot, assignment: &Assignment) -> Edit {
    let (schema, directory) = (before.policy().schema(), before.directory());
    let role = |role| schema.roles.get(role).map_or_else(String::new, |info| info.name.to_string());
    Edit::Revoke {
        subject: match assignment.subject {
            Subject::Entity(subject) => directory.name(schema, subject),
            Subject::Userset { on, role: held } => format!("{}#{}", directory.name(schema, on), role(held)),
        },
        role: role(assignment.role),
        on: directory.name(schema, assignment.on),
    }
}

/// The steps that revoke what never counts, each once, in an order that does not depend on how it was found.
#[must_use]
pub fn revocations(snapshot: &Snapshot) -> Vec<Edit> {
    let mut unmet: Vec<&Assignment> = snapshot.holdings().unmet().iter().collect();
    unmet.sort_by_key(|one| (one.on, one.subject, one.role));
    unmet.dedup_by_key(|one| (one.on, one.subject, one.role));
    unmet.into_iter().map(|assignment| revocation(snapshot, assignment)).collect()
}

#[derive(Clone, Copy)]
struct Ground<'a> {
    before: &'a Snapshot,
    declarations: &'a Declarations,
}

impl Ground<'_> {
    fn schema(&self) -> &Schema {
        self.before.policy().schema()
    }

    fn name(&self, entity: EntityId) -> String {
        self.before.directory().name(self.schema(), entity)
    }

    /// An entity goes with all that lies in it and nowhere else, with what they are assigned, and with the org policies and
    /// custom roles that belong to them, wherever these are linked and assigned.
    fn delete(self, entity: &Spanned<String>) -> Result<Vec<Edit>, Diagnostic> {
        let directory = self.before.directory();
        let root = declared(self.before, entity)?;
        let mut below = directory.below(root);
        // What contains an entity has fewer above it, so it is met before.
        below.sort_by_key(|&inner| directory.ancestors(inner).len());
        let mut gone = FxHashSet::from_iter([root]);
        let mut edits = Vec::new();
        for inner in below {
            let parents = directory.parents(inner);
            if parents.iter().all(|parent| gone.contains(parent)) {
                gone.insert(inner);
                continue;
            }
            for &parent in parents.iter().filter(|parent| gone.contains(parent)) {
                edits.push(Edit::RemoveParent { entity: self.name(inner), parent: self.name(parent) });
            }
        }
        let types: FxHashSet<TypeId> = gone.iter().map(|&inner| directory.type_of(inner)).collect();
        let belongs_to_gone = |role: RoleId| {
            let owner = self.schema().roles.get(role).and_then(|info| info.organization.as_ref());
            let owner = owner.filter(|owner| types.contains(&owner.ty));
            owner.and_then(|owner| directory.find(owner.ty, &owner.id)).is_some_and(|owner| gone.contains(&owner))
        };
        let of_gone = |one: &Assignment| {
            let of_members = matches!(one.subject, Subject::Userset { role, .. } if belongs_to_gone(role));
            let goes = of_members || gone.contains(&one.subject.entity()) || belongs_to_gone(one.role);
            goes && !gone.contains(&one.on)
        };
        let mut names: Vec<EntityId> = gone.iter().copied().collect();
        names.sort_unstable();
        let mut revoked: Vec<Assignment> = if self.schema().roles.ids().any(belongs_to_gone) {
            directory.assignments().filter(of_gone).collect()
        } else {
            let naming = names.iter().flat_map(|&inner| directory.assignments_naming(inner));
            naming.filter(|one| !gone.contains(&one.on)).collect()
        };
        revoked.sort_by_key(|one| one.on);
        edits.extend(revoked.iter().map(|one| revocation(self.before, one)));
        names.sort_by_key(|&inner| (std::cmp::Reverse(directory.ancestors(inner).len()), inner));
        for &inner in &names {
            edits.extend(self.policies_of(inner));
        }
        edits.extend(names.into_iter().map(|inner| Edit::Remove { entity: self.name(inner) }));
        Ok(edits)
    }

    /// The org policies that belong to an entity are linked no longer when it goes, and those of the directory go with it.
    fn policies_of(&self, owner: EntityId) -> Vec<Edit> {
        let (schema, directory) = (self.schema(), self.before.directory());
        let mut edits = Vec::new();
        for (policy, of) in schema.policies.iter().zip(&schema.policy_organizations) {
            if of.as_ref().and_then(|of| directory.find(of.ty, &of.id)) == Some(owner) {
                edits.extend(self.links_of(policy));
                edits.extend(self.holds_policy(policy).then(|| Edit::RemovePolicy { name: policy.to_string() }));
            }
        }
        edits
    }

    fn links_of(&self, policy: &str) -> Vec<Edit> {
        let Some(id) = self.schema().policy_named(policy) else { return Vec::new() };
        let directory = self.before.directory();
        let linked = directory.entities().filter(|&on| directory.links(on).iter().any(|link| link.policy == id));
        linked.map(|on| Edit::Unlink { policy: policy.to_owned(), on: self.name(on) }).collect()
    }

    fn set(&self, entity: &Spanned<String>, attributes: &[Field], settings: &[Field]) -> Result<Vec<Edit>, Diagnostic> {
        let id = declared(self.before, entity)?;
        let info = &self.schema().types[self.before.directory().type_of(id)];
        // A value is checked with the result; what is taken away leaves nothing to check.
        for field in attributes.iter().filter(|field| field.value.is_null()) {
            if info.attribute(&field.key).is_none() {
                let message = format!("`{}` has no attribute `{}`", info.name, field.key.value);
                let known = info.attributes.iter().map(|attribute| &*attribute.name);
                return Err(Diagnostic::error(Code::UnknownAttribute, field.key.span, message)
                    .maybe_help(did_you_mean(&field.key, known)));
            }
        }
        for field in settings.iter().filter(|field| field.value.is_null()) {
            if self.schema().setting_named(&field.key).is_none() {
                let message = format!("unknown setting `{}`", field.key.value);
                let known = self.schema().settings.iter().map(|info| &*info.name);
                return Err(Diagnostic::error(Code::UnknownSetting, field.key.span, message)
                    .maybe_help(did_you_mean(&field.key, known)));
            }
        }
        let attribute = |field: &Field| Edit::SetAttribute { entity: entity.value.clone(), field: field.clone() };
        let setting = |field: &Field| Edit::SetSetting { entity: entity.value.clone(), field: field.clone() };
        Ok(attributes.iter().map(attribute).chain(settings.iter().map(setting)).collect())
    }

    fn moved(
        self,
        entity: &Spanned<String>,
        from: Option<&Spanned<String>>,
        to: Option<&Spanned<String>>,
    ) -> Result<Vec<Edit>, Diagnostic> {
        let directory = self.before.directory();
        let parents = directory.parents(declared(self.before, entity)?);
        let mut edits = Vec::new();
        if let Some(from) = from {
            if !parents.contains(&declared(self.before, from)?) {
                let message = format!("`{}` does not lie directly in `{}`", entity.value, from.value);
                let lies = parents.iter().map(|&parent| format!("`{}`", self.name(parent))).collect::<Vec<_>>();
                let help = (!lies.is_empty()).then(|| format!("it lies in {}", lies.join(", ")));
                return Err(Diagnostic::error(Code::NothingToChange, from.span, message).maybe_help(help));
            }
            edits.push(Edit::RemoveParent { entity: entity.value.clone(), parent: from.value.clone() });
        }
        if let Some(to) = to
            && (!parents.contains(&declared(self.before, to)?) || from.is_some_and(|from| from.value == to.value))
        {
            edits.push(Edit::AddParent { entity: entity.value.clone(), parent: to.clone() });
        }
        Ok(edits)
    }

    /// A role that the subject is assigned already is assigned anew, with the bounds now given.
    fn assign(&self, assigned: &Assigned) -> Result<Vec<Edit>, Diagnostic> {
        declared(self.before, &assigned.name.on)?;
        let mut edits = Vec::new();
        edits.extend(self.assignment(&assigned.name));
        edits.push(Edit::Assign(assigned.clone()));
        Ok(edits)
    }

    fn revoke(&self, name: &AssignmentName) -> Result<Vec<Edit>, Diagnostic> {
        declared(self.before, &name.on)?;
        self.assignment(name).map(|edit| vec![edit]).ok_or_else(|| {
            let message =
                format!("`{}` is not assigned `{}` on `{}`", name.subject.value, name.role.value, name.on.value);
            refused(Code::NothingToChange, name.subject.span, message, None)
                .help("a role that is held by a userset or implied is revoked where it is assigned")
        })
    }

    /// The step that takes away an assignment, where there is one.
    fn assignment(&self, name: &AssignmentName) -> Option<Edit> {
        let (schema, directory) = (self.schema(), self.before.directory());
        let (subject, role, on) = directory.assignment_named(schema, &name.subject, &name.role, &name.on)?;
        let known = directory.assignments_between(subject, role, on).next()?;
        Some(revocation(self.before, &known))
    }

    fn link(&self, link: &LinkName) -> Result<Vec<Edit>, Diagnostic> {
        declared(self.before, &link.on)?;
        Ok(if self.linked(link) { Vec::new() } else { vec![Edit::Link(link.clone())] })
    }

    fn unlink(&self, link: &LinkName) -> Result<Vec<Edit>, Diagnostic> {
        declared(self.before, &link.on)?;
        if !self.linked(link) {
            let message = format!("org policy `{}` is not linked to `{}`", link.policy.value, link.on.value);
            return Err(Diagnostic::error(Code::NothingToChange, link.policy.span, message));
        }
        Ok(vec![Edit::Unlink { policy: link.policy.value.clone(), on: link.on.value.clone() }])
    }

    fn linked(&self, link: &LinkName) -> bool {
        let (schema, directory) = (self.schema(), self.before.directory());
        let on = schema.read_entity(&link.on).ok().and_then(|name| directory.find(name.ty, &name.id));
        let policy = schema.policy_named(&link.policy);
        on.zip(policy).is_some_and(|(on, policy)| directory.links(on).iter().any(|link| link.policy == policy))
    }

    fn holds_policy(&self, name: &str) -> bool {
        self.declarations.policies().iter().any(|entry| entry.name.value == name)
    }

    fn holds_custom_role(&self, name: &CustomRoleName) -> bool {
        let mut roles = self.declarations.custom_roles().iter();
        roles
            .any(|entry| entry.name.value == name.name.value && entry.owner() == Some(name.organization.value.as_str()))
    }

    /// The custom role of a name and an owner, wherever it is declared.
    fn custom_role(&self, name: &CustomRoleName) -> Option<RoleId> {
        self.schema().custom_role(&name.name, &name.organization)
    }

    fn delete_policy(&self, name: &Spanned<String>) -> Result<Vec<Edit>, Diagnostic> {
        if !self.holds_policy(name) {
            let help = match self.schema().policy_named(name) {
                Some(_) => Some(String::from(IN_A_POLICY_FILE)),
                None => did_you_mean(name, self.schema().policies.iter().map(|name| &**name)),
            };
            let message = format!("the directory holds no org policy `{}`", name.value);
            return Err(Diagnostic::error(Code::UnknownPolicy, name.span, message).maybe_help(help));
        }
        let mut edits = self.links_of(name);
        edits.push(Edit::RemovePolicy { name: name.value.clone() });
        Ok(edits)
    }

    fn delete_custom_role(&self, name: &CustomRoleName) -> Result<Vec<Edit>, Diagnostic> {
        if !self.holds_custom_role(name) {
            let message =
                format!("the directory holds no custom role `{}` of `{}`", name.name.value, name.organization.value);
            let help = match self.custom_role(name) {
                Some(_) => Some(String::from(IN_A_POLICY_FILE)),
                None => {
                    let own = self.declarations.custom_roles().iter();
                    let own = own.filter(|entry| entry.owner() == Some(name.organization.value.as_str()));
                    did_you_mean(&name.name, own.map(|entry| entry.name.value.as_str()))
                }
            };
            return Err(Diagnostic::error(Code::UnknownRole, name.name.span, message).maybe_help(help));
        }
        let directory = self.before.directory();
        let mut edits = Vec::new();
        if let Some(role) = self.custom_role(name) {
            let uses = |one: &Assignment| {
                one.role == role || matches!(one.subject, Subject::Userset { role: held, .. } if held == role)
            };
            edits.extend(directory.assignments().filter(uses).map(|one| revocation(self.before, &one)));
        }
        edits.push(removal(name));
        Ok(edits)
    }
}

fn removal(name: &CustomRoleName) -> Edit {
    Edit::RemoveCustomRole { name: name.name.value.clone(), organization: name.organization.value.clone() }
}
