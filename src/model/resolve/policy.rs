//! Org policies: values for settings, and guardrails.

use super::{Resolver, doc_text};
use crate::diagnostics::{Code, Diagnostic};
use crate::model::{Policy, SettingValue, literal, lookup};
use crate::schema::SettingId;
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, Effect, PolicyDecl};
use rustc_hash::FxHashMap;

impl Resolver<'_, '_> {
    pub(super) fn policy(&mut self, written: &PolicyDecl) -> Policy {
        let names = self.names;
        let organization =
            written.organization.as_ref().and_then(|entity| lookup::entity(names, self.findings, entity));
        let mut places: FxHashMap<SettingId, Span> = FxHashMap::default();
        let mut settings = Vec::with_capacity(written.settings.len());
        for given in &written.settings {
            let Some(setting) = self.setting_named(&given.name) else { continue };
            if let Some(&first) = places.get(&setting) {
                let message = format!("the policy `{}` gives `{}` twice", written.name.value, given.name.value);
                self.findings.duplicate(message, given.name.span, first);
                continue;
            }
            places.insert(setting, given.name.span);
            let ty = &names.schema.settings[setting].value;
            let Some(value) = literal::read(&names.schema, self.findings, ty, &given.value.value, given.value.span)
            else {
                continue;
            };
            settings.push(SettingValue {
                setting,
                span: given.name.span,
                value: Spanned::new(value, given.value.span),
            });
        }
        let denies = written.rules.iter().filter_map(|rule| self.guardrail(rule)).collect();
        Policy { span: written.name.span, doc: doc_text(&written.doc), organization, settings, denies }
    }

    fn guardrail(&mut self, written: &ast::Statement) -> Option<crate::model::Statement> {
        if written.effect.value == Effect::Allow {
            self.findings.report(
                Diagnostic::error(Code::PolicyRule, written.effect.span, "an org policy cannot allow anything")
                    .help("it holds values for settings and `deny`; write the `allow` as a rule or in a role"),
            );
        }
        self.rule(written)
    }

    fn setting_named(&mut self, written: &ast::Ident) -> Option<SettingId> {
        let names = self.names;
        let found = names.schema.setting_named(&written.value);
        if found.is_none() && !names.lost.settings.contains(written.value.as_str()) {
            let help = self.findings.did_you_mean(&written.value, names.schema.settings.iter().map(|info| &*info.name));
            self.findings.report(
                Diagnostic::error(Code::UnknownSetting, written.span, format!("unknown setting `{}`", written.value))
                    .maybe_help(help),
            );
        }
        found
    }
}
