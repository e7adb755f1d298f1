//! A file's tree in the making: `package`, `import` and the declarations.

use super::context::ContextDraft;
use super::draft::Draft;
use super::grammar::Rule;
use super::pieces::Piece;
use super::policy_decl::PolicyDraft;
use super::reader::{Reader, child};
use super::role_decl::RoleDraft;
use super::type_decl::TypeDraft;
use super::{assertion, literal, statement};
use crate::source::FileId;
use crate::syntax::ast::{Ident, Import, Item, PolicyFile, Statement};
use std::ops::Range;

/// A file of which not all declarations have been seen yet.
pub(super) struct FileDraft {
    tree: PolicyFile,
    bounds: Bounds,
}

/// Where the parts of a file begin and end, by its bytes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Bounds {
    /// `package` and `import`.
    pub head: Vec<Range<u32>>,
    /// The declarations, each as a part of the tree.
    pub items: Vec<Range<u32>>,
}

impl FileDraft {
    /// A file without anything in it.
    pub(super) fn new(file: FileId) -> Self {
        Self {
            tree: PolicyFile { file, package: None, imports: Vec::new(), items: Vec::new() },
            bounds: Bounds::default(),
        }
    }

    /// Adds a declaration.
    pub(super) fn push(&mut self, item: Option<Item>) {
        self.tree.items.extend(item);
    }

    /// Adds what comes after it in the same file.
    pub(super) fn join(&mut self, reader: &mut Reader<'_>, next: Self) {
        let PolicyFile { package, imports, items, .. } = next.tree;
        if let Some(name) = package {
            self.name(reader, name);
        }
        self.tree.imports.extend(imports);
        self.tree.items.extend(items);
        self.bounds.head.extend(next.bounds.head);
        self.bounds.items.extend(next.bounds.items);
    }

    /// The package that the file belongs to.
    fn name(&mut self, reader: &mut Reader<'_>, name: Ident) {
        reader.once("package", self.tree.package.as_ref().map(|first| first.span), name.span);
        self.tree.package.get_or_insert(name);
    }

    /// The tree, and where each of its declarations begins and ends, as far as the grammar took them whole.
    pub(super) fn finish(self) -> (PolicyFile, Bounds) {
        (self.tree, self.bounds)
    }
}

impl Draft for FileDraft {
    fn take(&mut self, reader: &mut Reader<'_>, piece: &Piece<'_>) {
        match piece.as_rule() {
            Rule::file => piece.into_inner().for_each(|part| self.take(reader, &part)),
            Rule::package => {
                let Some(name) = child(piece, Rule::package_name).map(|name| reader.ident(&name)) else { return };
                self.name(reader, name);
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
        let start = reader.start(piece);
        let bounds = start..start.saturating_add(piece.end().saturating_sub(piece.start()));
        match piece.as_rule() {
            Rule::file => {}
            Rule::package | Rule::import => self.bounds.head.push(bounds),
            _ if self.tree.items.len() > self.bounds.items.len() => self.bounds.items.push(bounds),
            _ => {}
        }
    }

    fn take_statement(&mut self, statement: Statement) {
        self.push(Some(Item::Rule(statement)));
    }
}
