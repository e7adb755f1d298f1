//! The fields of `context`.

use super::attributes::{self, MAX_ATTRIBUTES};
use crate::diagnostics::{Code, Diagnostic};
use crate::model::findings::Findings;
use crate::model::names::Names;
use crate::source::Span;
use crate::syntax::ast::{Item, PolicyFile};
use rustc_hash::FxHashMap;

/// The field that every request has, whether or not a context is declared.
const TIME: &str = "time";

/// A package declares its context once. An imported package may have declared its own: the fields of both are known, and
/// none may be declared twice.
pub(super) fn declare<'a>(files: &[&'a PolicyFile], names: &mut Names<'a>, findings: &mut Findings) {
    let mut contexts: FxHashMap<Option<&str>, Span> = FxHashMap::default();
    let mut fields: FxHashMap<&str, Span> = FxHashMap::default();
    for file in files {
        let package = file.package.as_ref().map(|name| name.value.as_str());
        for item in &file.items {
            let Item::Context(decl) = item else { continue };
            if let Some(&first) = contexts.get(&package) {
                findings.duplicate(String::from("the context is declared twice"), decl.keyword.span, first);
                names.lost.context = true;
                continue;
            }
            contexts.insert(package, decl.keyword.span);
            if let Some(beyond) = decl.fields.get(MAX_ATTRIBUTES) {
                attributes::report_limit(findings, beyond, "the context", "fields");
                names.lost.context = true;
            }
            for field in decl.fields.iter().take(MAX_ATTRIBUTES) {
                let name = field.name.value.as_str();
                if name == TIME {
                    findings.report(
                        Diagnostic::error(Code::ReservedName, field.name.span, "`context.time` is always there")
                            .help("it is the time of the request; leave the field out or choose another name"),
                    );
                    continue;
                }
                if let Some(&first) = fields.get(name) {
                    findings.duplicate(format!("the context field `{name}` is declared twice"), field.name.span, first);
                    continue;
                }
                fields.insert(name, field.name.span);
                match attributes::info(names, findings, field) {
                    Some(info) => {
                        names.schema.to_mut().context.push(info);
                        names.context.push(field);
                    }
                    None => {
                        names.lost.context_fields.insert(name);
                    }
                }
            }
        }
    }
}
