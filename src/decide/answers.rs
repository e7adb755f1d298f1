//! What attributes answer to rules that ask for a text or a truth, of resources or of what lies above them.

use crate::compile::{Answer, Asked, Signature, Sought};
use crate::directory::{ChainId, Directory, EntityId, Stored};

/// What an attribute answers.
pub(super) enum Answered {
    /// It is absent.
    Nothing,
    /// What it is.
    With(Answer),
    /// It may be anything, for all that is known.
    Perhaps,
}

impl Answered {
    /// The lists of rules that may ask for it.
    pub(super) fn signature(self, sought: &Sought) -> Signature {
        match self {
            Self::Nothing => Signature::NONE,
            Self::With(answer) => sought.by(answer),
            Self::Perhaps => Signature::ANY,
        }
    }
}

/// What an attribute of an entity answers.
pub(super) fn answered(asked: Asked, directory: &Directory, entity: EntityId) -> Answered {
    match directory.declared_attribute(entity, asked.slot) {
        Some(Stored::Absent) => Answered::Nothing,
        Some(Stored::Text(text)) => Answered::With(Answer::text(asked, directory.text(text))),
        Some(Stored::Bool(value)) => Answered::With(Answer::truth(asked, value)),
        _ => Answered::Perhaps,
    }
}

/// What is answered by all that lies above whoever has a chain.
pub(super) fn answered_above<'a>(
    sought: &'a Sought,
    directory: &'a Directory,
    chain: ChainId,
) -> impl Iterator<Item = Answered> + 'a {
    sought.asked().iter().flat_map(move |&asked| {
        let above = directory.chain_ancestors_of_type(chain, asked.ty);
        above.map(move |entity| answered(asked, directory, entity))
    })
}
