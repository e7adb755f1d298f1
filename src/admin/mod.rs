//! Whether a change may be made on somebody's behalf, and what follows from it.
//!
//! A [`Change`] names what is wanted. [`consequences`] spells out the steps that it comes to: what is deleted with an
//! entity, which links go with an org policy. [`permit`] asks whether its author may make it: the permissions that guard
//! it ([`Guards`](crate::compile::Guards)) are decided like any other request, before the change, and nobody assigns a
//! role that grants more than they are granted themselves. Whether the result is sound (containment, `unique`,
//! `requires`, settings) is not asked here: it is read and checked like every directory.
//!
//! The comparison is that of the *grants* of roles, not of decisions, so that it holds for requests not yet made: the
//! safety question of administrative role-based access control (Sandhu, Bhamidipati and Munawer, *The ARBAC97 model*,
//! 1999), answered by bounding what can be assigned instead of searching for what might be reached.

mod ask;
mod consequence;
mod cover;
mod grants;
mod occasion;
mod permit;

pub use consequence::{consequences, revocations};
pub use occasion::{Occasion, Question};
pub use permit::permit;

use crate::decide::Snapshot;
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::directory::{Change, EntityId};
use crate::schema::split_entity;
use crate::source::{SourceMap, Span, Spanned};

/// A directory that can be changed: what tests of changes are run on.
pub trait Changing: Sized {
    /// What is decided on.
    fn snapshot(&self) -> &Snapshot;

    /// The texts behind it.
    fn sources(&self) -> &SourceMap;

    /// The state after a change that is made on an occasion.
    ///
    /// # Errors
    /// Why the change is refused. The state itself is as it was.
    fn changed(&self, change: &Change, occasion: Occasion<'_>) -> Result<Self, Vec<Diagnostic>>;
}

/// The declared entity of a name.
fn declared(snapshot: &Snapshot, name: &Spanned<String>) -> Result<EntityId, Diagnostic> {
    let (schema, directory) = (snapshot.policy().schema(), snapshot.directory());
    let missing = |code, message: String| Diagnostic::error(code, name.span, message);
    let Some((type_name, id)) = split_entity(name) else {
        return Err(missing(Code::InvalidEntity, format!("`{}` is no entity", name.value)));
    };
    let Some(ty) = schema.type_named(type_name) else {
        let known = schema.types.iter().map(|info| &*info.name);
        let finding = missing(Code::UnknownType, format!("unknown type `{type_name}`"));
        return Err(finding.maybe_help(did_you_mean(type_name, known)));
    };
    let found = directory.find(ty, id).filter(|&entity| directory.is_declared(entity));
    found.ok_or_else(|| {
        let near = directory.nearest(ty, id);
        let near = near.map(|near| format!("did you mean `{type_name}:{}`?", directory.id_of(near)));
        missing(Code::UnknownEntity, format!("`{}` has no entry in the directory", name.value)).maybe_help(near)
    })
}

/// A refusal with the place of the rule behind it.
fn refused(code: Code, at: Span, message: String, rule: Option<(Span, String)>) -> Diagnostic {
    let finding = Diagnostic::error(code, at, message);
    match rule {
        Some((span, text)) => finding.label(span, text),
        None => finding,
    }
}
