//! A file's tree in the making: `package`, `import` and the declarations.

use super::context::ContextDraft;
use super::draft::Draft;
use super::grammar::{Piece, Rule};
use super::policy_decl::PolicyDraft;
use super::reader::{Reader, child};
use super::role_decl::RoleDraft;
use super::type_decl::TypeDraft;
use super::{assertion, literal, statement};
use crate::source::FileId;
use crate::syntax::ast::{Import, Item, PolicyFile, Statement};

/// A file of which not all declarations have been seen yet.
pub(super) struct FileDraft {
    tree: PolicyFile,
}

impl FileDraft {
    /// A file without anything in it.
    pub(super) const fn new(file: FileId) -> Self {
        Self { tree: PolicyFile { file, package: None, imports: Vec::new(), items: Vec::new() } }
    }

    /// Adds a declaration.
    pub(super) fn push(&mut self, item: Option<Item>) {
        self.tree.items.extend(item);
    }

    /// The tree.
    pub(super) fn finish(self) -> PolicyFile {
        self.tree
    }
}

impl Draft for FileDraft {
    fn take(&mut self, reader: &mut Reader<'_>, piece: &Piece<'_>) {
        match piece.as_rule() {
            Rule::file => piece.clone().into_inner().for_each(|part| self.take(reader, &part)),
            Rule::package => {
                let Some(name) = child(piece, Rule::package_name).map(|name| reader.ident(&name)) else { return };
                reader.once("package", self.tree.package.as_ref().map(|first| first.span), name.span);
                self.tree.package.get_or_insert(name);
            }
            Rule::import => {
                let path = child(piece, Rule::string).map(|path| literal::string(reader, &path));
                self.tree.imports.extend(path.map(|path| Import { path }));
            }
            Rule::type_decl => {
                let mut draft = TypeDraft::default();
                draft.take(reader, piece);
                self.push(draft.finish().map(Item::Type));
            }
            Rule::context_decl => {
                let mut draft = ContextDraft::default();
                draft.take(reader, piece);
                self.push(draft.finish().map(Item::Context));
            }
            Rule::role_decl => {
                let mut draft = RoleDraft::default();
                draft.take(reader, piece);
                self.push(draft.finish().map(Item::Role));
            }
            Rule::policy_decl => {
                let mut draft = PolicyDraft::default();
                draft.take(reader, piece);
                self.push(draft.finish().map(Item::Policy));
            }
            Rule::assert_decl => {
                let item = assertion::read(reader, piece).map(Item::Assert);
                self.push(item);
            }
            Rule::statement => {
                let item = statement::read(reader, piece).map(Item::Rule);
                self.push(item);
            }
            _ => {}
        }
    }

    fn take_statement(&mut self, statement: Statement) {
        self.push(Some(Item::Rule(statement)));
    }
}
