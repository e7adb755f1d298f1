//! Changes of entities: what comes to be, moves, and takes other values.

use super::Asked;
use crate::admin::ask::{Answer, Place};
use crate::admin::declared;
use crate::compile::ChangeKind;
use crate::diagnostics::{Code, Diagnostic};
use crate::directory::change::{Field, NewEntity};
use crate::schema::PermissionId;
use crate::source::{Span, Spanned};

impl Asked<'_> {
    /// Asked of the new parents; of all above the new entity where none of them is of the permission's type; of the new
    /// entity itself where the permission is its own.
    pub(super) fn create(&self, new: &NewEntity) -> Result<(), Diagnostic> {
        let created = Place { snapshot: self.after, entity: declared(self.after, &new.entity)? };
        let what = format!("create `{}`", new.entity.value);
        if self.schema().types[created.ty()].acts_as.is_some() {
            self.of_another(&new.entity, new.entity.span)?;
        }
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
        let Answer::Refused(denial) = self.author.ask_any(&guard.permissions, asked_of)? else { return Ok(()) };
        Err(self.not_granted(new.entity.span, &what, (&guard.permissions, guard.span), &new.entity.value, denial))
    }

    /// Asked on both sides: of what lies at or above the parent that is left, and at or above the new one. Where nothing
    /// there is of the permission's type it is asked of the entity itself, before the move and after it: who was granted it
    /// only by what is left, or is only by where it comes to lie, moves nothing.
    pub(super) fn moved(
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
                if !above.is_empty() {
                    return above;
                }
                let (was, is) = (was.asked_of(permission), is.asked_of(permission));
                // Where one of the two cannot be asked, the other alone would let somebody take what was nobody's.
                if was.is_empty() || is.is_empty() { Vec::new() } else { [was, is].concat() }
            };
            if let Answer::Refused(denial) = self.author.ask_any(&guard.permissions, asked_of)? {
                return Err(self.not_granted(side.span, &what, (&guard.permissions, guard.span), &side.value, denial));
            }
        }
        Ok(())
    }

    /// Asked of the entity as it was. Whoever a key acts as, it must be the author's to say for both of them: the one who
    /// holds the key would else be whom they like.
    pub(super) fn set(
        &self,
        entity: &Spanned<String>,
        attributes: &[Field],
        settings: &[Field],
    ) -> Result<(), Diagnostic> {
        self.of_entity(ChangeKind::Set, entity, "change")?;
        let was = Place { snapshot: self.before, entity: declared(self.before, entity)? };
        let info = &self.schema().types[was.ty()];
        let acts_as = info.acts_as.and_then(|slot| info.attributes.get(slot)).map(|attribute| &attribute.name);
        if let Some(given) = attributes.iter().find(|field| acts_as.is_some_and(|name| **name == *field.key.value)) {
            self.of_another(entity, given.key.span)?;
            let is = Place { snapshot: self.after, entity: declared(self.after, entity)? };
            let what = format!("give `{}` another `{}`", entity.value, given.key.value);
            self.of_place(ChangeKind::Set, is, given.key.span, &what)?;
        }
        self.values(was, settings)
    }

    /// A key does not say whom it acts as itself: asked after the change it would be whom it likes.
    fn of_another(&self, key: &Spanned<String>, at: Span) -> Result<(), Diagnostic> {
        if self.author.name.value != key.value {
            return Ok(());
        }
        let message = format!("`{}` may not say whom it acts as itself", key.value);
        Err(Diagnostic::error(Code::ChangeRefused, at, message)
            .help("make the change in the name of the one whose key it is"))
    }

    /// Giving values to settings is what linking an org policy does: who may link may give them, where that is guarded.
    fn values(&self, place: Place<'_>, settings: &[Field]) -> Result<(), Diagnostic> {
        let Some(first) = settings.first().filter(|_| self.guard(place, ChangeKind::Link).is_some()) else {
            return Ok(());
        };
        let what = format!("give `{}` on `{}`", first.key.value, place.name());
        self.of_place(ChangeKind::Link, place, first.key.span, &what)
    }
}
