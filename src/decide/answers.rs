//! What attributes answer to rules that ask for a text or a truth, of resources or of what lies above them.

use crate::compile::{Answer, Asked, Signature, Sought};
use crate::directory::{ChainId, Directory, EntityId, Stored};

/// What is stored where rules ask for it; nothing of what is not declared.
pub(super) type StoredAnswer = (Asked, Option<Stored>);

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
    /// What is answered by what is stored.
    pub(super) fn by((asked, stored): StoredAnswer, directory: &Directory) -> Self {
        match stored {
            Some(Stored::Absent) => Self::Nothing,
            Some(Stored::Text(text)) => Self::With(Answer::text(asked, directory.text(text))),
            Some(Stored::Bool(value)) => Self::With(Answer::truth(asked, value)),
            _ => Self::Perhaps,
        }
    }

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
    Answered::by((asked, directory.declared_attribute(entity, asked.slot)), directory)
}

/// What is answered by all that lies above whoever has a chain.
pub(super) fn answered_above<'a>(
    sought: &'a Sought,
    directory: &'a Directory,
    chain: ChainId,
) -> impl Iterator<Item = Answered> + 'a {
    stored_above(sought, directory, chain).map(|stored| Answered::by(stored, directory))
}

/// What is stored above whoever has a chain, in the order of what is asked.
pub(super) fn stored_above<'a>(
    sought: &'a Sought,
    directory: &'a Directory,
    chain: ChainId,
) -> impl Iterator<Item = StoredAnswer> + 'a {
    sought.asked().iter().flat_map(move |&asked| {
        let above = directory.chain_ancestors_of_type(chain, asked.ty);
        above.map(move |entity| (asked, directory.declared_attribute(entity, asked.slot)))
    })
}
