//! Whether the author of a change may make it.

use super::ask::{Author, Place};
use super::{declared, refused};
use crate::compile::{AssignmentGuard, ChangeGuard, ChangeKind, CompiledPolicy};
use crate::decide::Snapshot;
use crate::diagnostics::{Code, Diagnostic};
use crate::directory::change::{AssignmentName, Field, LinkName, NewEntity};
use crate::directory::{Change, ChangeAction};
use crate::schema::{PermissionId, RoleId, Schema};
use crate::source::{Span, Spanned};

/// Asks whether the author of a change may make it; the operator, who is nobody, may make all.
///
/// Permissions are asked of the state before the change, except that of an entity which the change creates and those of
/// the place where a moved one comes to lie.
///
/// # Errors
/// Which rule refuses the change, and where that rule stands.
pub fn permit(before: &Snapshot, after: &Snapshot, change: &Change, at: i64) -> Result<(), Diagnostic> {
    let Some(name) = &change.by else { return Ok(()) };
    let asked = Asked { before, after, author: Author { name, at } };
    match &change.action {
        ChangeAction::Create(new) => asked.create(new),
        ChangeAction::Delete { entity } => asked.of_entity(ChangeKind::Delete, entity, "delete"),
        ChangeAction::Set { entity, settings, .. } => {
            asked.of_entity(ChangeKind::Set, entity, "change")?;
            asked.values(Place { snapshot: before, entity: declared(before, entity)? }, settings)
        }
        ChangeAction::Move { entity, from, to } => asked.moved(entity, from.as_ref(), to.as_ref()),
        ChangeAction::Assign(assigned) => asked.assign(&assigned.name),
        ChangeAction::Revoke(name) => asked.assigning(name, "revoke").map(|_| ()),
        ChangeAction::Link(link) => asked.link(link, "link org policies to"),
        ChangeAction::Unlink(link) => asked.link(link, "unlink org policies from"),
        ChangeAction::Policy(policy) => {
            // One that is replaced is taken from its owner as well.
            if let Some(Some(owner)) = asked.owner_of_policy(&policy.name) {
                asked.of_owner(&Spanned::new(owner, policy.name.span))?;
            }
            asked.of_maybe_owner(policy.organization.as_ref(), &policy.name)
        }
        ChangeAction::DeletePolicy { name } => asked.delete_policy(name),
        ChangeAction::CustomRole(role) => asked.compose(&role.name.organization),
        ChangeAction::DeleteCustomRole(name) => asked.compose(&name.organization),
    }
}

#[derive(Clone, Copy)]
struct Asked<'a> {
    before: &'a Snapshot,
    after: &'a Snapshot,
    author: Author<'a>,
}

impl Asked<'_> {
    fn policy(&self) -> &CompiledPolicy {
        self.before.policy()
    }

    fn schema(&self) -> &Schema {
        self.policy().schema()
    }

    fn guard(&self, place: Place<'_>, kind: ChangeKind) -> Option<&ChangeGuard> {
        self.policy().guards().change(self.before_type(place), kind)
    }

    fn before_type(&self, place: Place<'_>) -> crate::schema::TypeId {
        place.snapshot.directory().type_of(place.entity)
    }

    /// The refusal where none of the permissions of a guard is granted.
    fn not_granted(&self, at: Span, what: &str, permissions: &[PermissionId], rule: Span, on: &str) -> Diagnostic {
        let names: Vec<String> =
            permissions.iter().map(|&permission| format!("`{}`", self.schema().permission_name(permission))).collect();
        let message = format!("`{}` may not {what}", self.author.name.value);
        let needed = format!("needs {}", names.join(" or "));
        refused(Code::ChangeRefused, at, message, Some((rule, needed)))
            .help(format!("{} is asked of what contains or is `{on}`", names.join(" or ")))
    }

    /// A change of an entity that is there: asked of it, or of what contains it.
    fn of_entity(&self, kind: ChangeKind, entity: &Spanned<String>, verb: &str) -> Result<(), Diagnostic> {
        let place = Place { snapshot: self.before, entity: declared(self.before, entity)? };
        let what = format!("{verb} `{}`", entity.value);
        self.of_place(kind, place, entity.span, &what)
    }

    fn of_place(&self, kind: ChangeKind, place: Place<'_>, at: Span, what: &str) -> Result<(), Diagnostic> {
        let Some(guard) = self.guard(place, kind) else {
            return self.author.may_all(place, at, what, &format!("{} by", kind.as_str()));
        };
        let asked_of = |permission| place.asked_of(permission);
        if self.author.is_granted_any(&guard.permissions, asked_of)? {
            return Ok(());
        }
        Err(self.not_granted(at, what, &guard.permissions, guard.span, &place.name()))
    }

    /// Asked of the new parents; of all above the new entity where none of them is of the permission's type; of the new
    /// entity itself where the permission is its own.
    fn create(&self, new: &NewEntity) -> Result<(), Diagnostic> {
        let created = Place { snapshot: self.after, entity: declared(self.after, &new.entity)? };
        let what = format!("create `{}`", new.entity.value);
        self.values(created, &new.settings)?;
        let directory = self.after.directory();
        let Some(guard) = self.guard(created, ChangeKind::Create) else {
            if new.parents.is_empty() {
                let message = format!("`{}` may not {what}", self.author.name.value);
                return Err(Diagnostic::error(Code::ChangeRefused, new.entity.span, message)
                    .help("nothing says `create by`, and it lies in nothing that could be asked instead"));
            }
            for parent in &new.parents {
                let place = Place { snapshot: self.before, entity: declared(self.before, parent)? };
                self.author.may_all(place, parent.span, &what, "create by")?;
            }
            return Ok(());
        };
        let asked_of = |permission: PermissionId| {
            let all = created.asked_of(permission);
            let parents = directory.parents(created.entity);
            let direct: Vec<_> = all.iter().copied().filter(|place| parents.contains(&place.entity)).collect();
            let above = || all.iter().copied().filter(|place| place.entity != created.entity).collect::<Vec<_>>();
            if !direct.is_empty() {
                return direct;
            }
            Some(above()).filter(|above| !above.is_empty()).unwrap_or(all)
        };
        if self.author.is_granted_any(&guard.permissions, asked_of)? {
            return Ok(());
        }
        Err(self.not_granted(new.entity.span, &what, &guard.permissions, guard.span, &new.entity.value))
    }

    /// Asked on both sides: of what lies at or above the parent that is left, and at or above the new one. Where nothing
    /// there is of the permission's type it is asked of the entity itself, before the move and after it: who was granted it
    /// only by what is left, or is only by where it comes to lie, moves nothing.
    fn moved(
        &self,
        entity: &Spanned<String>,
        from: Option<&Spanned<String>>,
        to: Option<&Spanned<String>>,
    ) -> Result<(), Diagnostic> {
        let what = format!("move `{}`", entity.value);
        let was = Place { snapshot: self.before, entity: declared(self.before, entity)? };
        let is = Place { snapshot: self.after, entity: declared(self.after, entity)? };
        for (snapshot, side) in [(self.before, from), (self.after, to)] {
            let Some(side) = side else { continue };
            let parent = Place { snapshot, entity: declared(snapshot, side)? };
            let Some(guard) = self.guard(was, ChangeKind::Move) else {
                self.author.may_all(was, entity.span, &what, "move by")?;
                let there = Place { snapshot: self.before, entity: declared(self.before, side)? };
                self.author.may_all(there, side.span, &what, "move by")?;
                continue;
            };
            let asked_of = |permission| {
                let above = parent.asked_of(permission);
                if above.is_empty() { [was.asked_of(permission), is.asked_of(permission)].concat() } else { above }
            };
            if !self.author.is_granted_any(&guard.permissions, asked_of)? {
                return Err(self.not_granted(side.span, &what, &guard.permissions, guard.span, &side.value));
            }
        }
        Ok(())
    }

    /// Giving values to settings is what linking an org policy does: who may link may give them, where that is guarded.
    fn values(&self, place: Place<'_>, settings: &[Field]) -> Result<(), Diagnostic> {
        let Some(first) = settings.first().filter(|_| self.guard(place, ChangeKind::Link).is_some()) else {
            return Ok(());
        };
        let what = format!("give `{}` on `{}`", first.key.value, place.name());
        self.of_place(ChangeKind::Link, place, first.key.span, &what)
    }

    /// Whether the author may assign and revoke a role there at all.
    fn assigning(&self, name: &AssignmentName, verb: &str) -> Result<(Place<'_>, RoleId), Diagnostic> {
        let place = Place { snapshot: self.before, entity: declared(self.before, &name.on)? };
        let directory = self.before.directory();
        let Some(role) = directory.role_named(self.schema(), place.entity, &name.role) else {
            // The result was built, so the role is known; without it nothing can be asked.
            let message = format!("unknown role `{}`", name.role.value);
            return Err(Diagnostic::error(Code::UnknownRole, name.role.span, message));
        };
        let what = format!("{verb} `{}` on `{}`", self.schema().role_name(role), name.on.value);
        let Some(AssignmentGuard { permissions, span, .. }) = self.policy().guards().assignment(role) else {
            self.author.may_all(place, name.role.span, &what, "assigned by")?;
            return Ok((place, role));
        };
        let asked_of = |permission| place.asked_of(permission);
        if self.author.is_granted_any(permissions, asked_of)? {
            return Ok((place, role));
        }
        Err(self.not_granted(name.role.span, &what, permissions, *span, &name.on.value))
    }

    /// Nobody assigns a role that grants what they are not granted there themselves.
    fn assign(&self, name: &AssignmentName) -> Result<(), Diagnostic> {
        let (place, role) = self.assigning(name, "assign")?;
        let guard = self.policy().guards().assignment(role);
        if guard.is_some_and(|guard| guard.freely) {
            return Ok(());
        }
        self.author.cover(place)?.of_role(role).map_err(|missing| {
            let role_name = self.schema().role_name(role);
            let author = &self.author.name.value;
            let message =
                format!("`{author}` cannot assign `{role_name}`, which grants more than `{author}` is granted");
            let place = self.policy().provenance().roles.get(role).map(|origin| origin.span);
            let finding = refused(
                Code::Escalation,
                name.role.span,
                message,
                place.map(|span| (span, format!("`{role_name}` stands here"))),
            );
            finding.help(match missing {
                Some(permission) => format!(
                    "`{}` is not granted to `{author}` on `{}`, or only under another condition",
                    self.schema().permission_name(permission),
                    name.on.value
                ),
                None => String::from("the role implies others in too many ways to compare"),
            })
        })
    }

    fn link(&self, link: &LinkName, verb: &str) -> Result<(), Diagnostic> {
        self.of_entity(ChangeKind::Link, &link.on, verb)
    }

    /// Org policies come and go as they are linked: by who may link them to the entity they belong to.
    fn of_owner(&self, owner: &Spanned<String>) -> Result<(), Diagnostic> {
        self.of_entity(ChangeKind::Link, owner, "change org policies of")
    }

    fn of_maybe_owner(&self, owner: Option<&Spanned<String>>, policy: &Spanned<String>) -> Result<(), Diagnostic> {
        let Some(owner) = owner else {
            let message = format!("`{}` may not change org policy `{}`", self.author.name.value, policy.value);
            return Err(Diagnostic::error(Code::ChangeRefused, policy.span, message)
                .help("it belongs to no entity that could be asked: write `in: type:id`"));
        };
        self.of_owner(owner)
    }

    /// The owner of an org policy that is there, if it has one.
    #[expect(clippy::option_option, reason = "a policy without an owner is not one that is not there")]
    fn owner_of_policy(&self, name: &str) -> Option<Option<String>> {
        let schema = self.schema();
        let policy = schema.policy_named(name)?;
        let owner = schema.policy_organizations.get(policy).and_then(Option::as_ref);
        Some(owner.map(|owner| owner.text(schema)))
    }

    /// Asked of the owner, and of every entity that loses the policy.
    fn delete_policy(&self, name: &Spanned<String>) -> Result<(), Diagnostic> {
        let owner = self.owner_of_policy(name).flatten().map(|owner| Spanned::new(owner, name.span));
        self.of_maybe_owner(owner.as_ref(), name)?;
        let directory = self.before.directory();
        let Some(policy) = self.schema().policy_named(name) else { return Ok(()) };
        for entity in directory.entities() {
            if directory.links(entity).iter().any(|link| link.policy == policy) {
                let place = Place { snapshot: self.before, entity };
                let what = format!("unlink org policies from `{}`", place.name());
                self.of_place(ChangeKind::Link, place, name.span, &what)?;
            }
        }
        Ok(())
    }

    fn compose(&self, organization: &Spanned<String>) -> Result<(), Diagnostic> {
        self.of_entity(ChangeKind::CustomRoles, organization, "compose custom roles of")
    }
}
