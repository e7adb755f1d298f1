//! Facts from YAML texts: what is read from them, and every finding with its places.

mod attacks;
mod example;
mod faults;
mod records;
mod shape;
mod vocabulary;

use super::{Directory, DirectoryTree, EntityId, tree};
use crate::diagnostics::Diagnostic;
use crate::document;
use crate::schema::Schema;
use crate::source::SourceMap;
use std::sync::Arc;

/// A directory, the policy's vocabulary it was read by, and the texts.
struct Loaded {
    schema: Schema,
    sources: SourceMap,
    directory: Directory,
    trees: Vec<Arc<DirectoryTree>>,
    findings: Vec<Diagnostic>,
}

/// Loads texts with the vocabulary of [`vocabulary::schema`]. The head of each file is supplied.
fn load(texts: &[&str]) -> Loaded {
    let whole: Vec<String> = texts.iter().map(|text| format!("rolebook: 1\nkind: directory\n{text}")).collect();
    load_as_written(&whole.iter().map(String::as_str).collect::<Vec<_>>())
}

fn load_as_written(texts: &[&str]) -> Loaded {
    let mut sources = SourceMap::new();
    let (mut trees, mut findings) = (Vec::new(), Vec::new());
    for (at, text) in texts.iter().enumerate() {
        let file = sources.add(&format!("{at}.yaml"), text);
        let read = document::parse(file, text);
        findings.extend(read.diagnostics);
        let Some(node) = read.node else { continue };
        let (tree, found) = tree::read(&node);
        findings.extend(found);
        trees.push(Arc::new(tree));
    }
    let schema = vocabulary::schema();
    let (directory, found) = Directory::build(&schema, &trees);
    findings.extend(found);
    Loaded { schema, sources, directory, trees, findings }
}

impl Loaded {
    /// Each finding on lines of its own: severity, code, message, places as `line:column` and text, help.
    fn rendered(&self) -> String {
        let mut out = String::new();
        for finding in &self.findings {
            let severity = if finding.is_error() { "error" } else { "warning" };
            out.push_str(&format!("{severity}[{}]: {}\n", finding.code, finding.message));
            for label in &finding.labels {
                let words = if label.text.is_empty() { String::new() } else { format!(" {}", label.text) };
                let place = self.sources.place(label.span);
                out.push_str(&format!("  {place} `{}`{words}\n", self.sources.slice(label.span)));
            }
            if let Some(help) = &finding.help {
                out.push_str(&format!("  help: {help}\n"));
            }
        }
        out
    }

    /// The entity of a name that is known to be there.
    fn entity(&self, name: &str) -> EntityId {
        let Ok(name) = self.schema.read_entity(name) else { panic!("{name} names an entity") };
        match self.directory.find(name.ty, &name.id) {
            Some(entity) => entity,
            None => panic!("{name:?} is in the directory"),
        }
    }

    fn names(&self, entities: &[EntityId]) -> Vec<String> {
        let mut names: Vec<String> = entities.iter().map(|&entity| self.directory.name(&self.schema, entity)).collect();
        names.sort();
        names
    }
}
