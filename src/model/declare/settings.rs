//! Settings: their names, types and merge words, and what they lie within.

use super::value_type;
use crate::diagnostics::{Code, Diagnostic};
use crate::index::Idx;
use crate::model::findings::Findings;
use crate::model::names::Names;
use crate::schema::{MergeWord, SettingId, SettingInfo, TypeId, ValueType};
use crate::syntax::ast::SettingDecl;
use rustc_hash::FxHashMap;

/// A setting's name is known in the whole policy, because an org policy gives it by its name alone.
pub(super) fn declare<'a>(names: &mut Names<'a>, findings: &mut Findings) {
    let mut first = FxHashMap::default();
    for ty in names.types.ids() {
        let decl = names.types[ty].decl;
        for setting in &decl.settings {
            let name = setting.name.value.as_str();
            if let Some(&span) = first.get(name) {
                findings.duplicate(format!("the setting `{name}` is declared twice"), setting.name.span, span);
                continue;
            }
            first.insert(name, setting.name.span);
            declare_setting(names, findings, ty, setting);
        }
    }
}

fn declare_setting<'a>(names: &mut Names<'a>, findings: &mut Findings, ty: TypeId, decl: &'a SettingDecl) {
    let name = decl.name.value.as_str();
    if decl.ty.optional {
        findings.report(
            Diagnostic::error(
                Code::InvalidType,
                decl.ty.kind.span,
                format!("the setting `{name}` cannot be optional: one that nobody gives is absent anyway"),
            )
            .help("leave the `?` out"),
        );
    }
    let Some(value) = value_type::resolve(names, findings, &decl.ty) else {
        names.lost.settings.insert(name);
        return;
    };
    let wanted = match decl.merge.value {
        MergeWord::Narrows | MergeWord::Widens if !matches!(value, ValueType::Set(_)) => Some("a set"),
        MergeWord::AtMost | MergeWord::AtLeast
            if !matches!(value, ValueType::Int | ValueType::Duration | ValueType::Timestamp) =>
        {
            Some("an int, a duration or a timestamp")
        }
        _ => None,
    };
    if let Some(wanted) = wanted {
        findings.report(
            Diagnostic::error(
                Code::MergeType,
                decl.merge.span,
                format!("`{}` needs {wanted}, and `{name}` is none", decl.merge.value),
            )
            .label(decl.ty.kind.span, "its type")
            .help("`overrides` and `locks` fit any type"),
        );
    }
    names.schema.to_mut().settings.push(SettingInfo {
        name: name.into(),
        ty,
        value,
        merge: decl.merge.value,
        within: None,
    });
    names.settings.push(decl);
}

/// Looks up what settings lie `within`. Circles are left in, for the graph to report as such.
pub(super) fn check_within(names: &mut Names<'_>, findings: &mut Findings) {
    for setting in names.settings.ids() {
        let Some(written) = &names.settings[setting].within else { continue };
        let name = written.value.as_str();
        names.schema.to_mut().settings[setting].within = names.schema.setting_named(name);
        if names.schema.settings[setting].within.is_none() && !names.lost.settings.contains(name) {
            let help = findings.did_you_mean(name, names.schema.settings.iter().map(|info| &*info.name));
            findings.report(
                Diagnostic::error(Code::UnknownSetting, written.span, format!("unknown setting `{name}`"))
                    .maybe_help(help),
            );
        }
    }
    let circular = circular(names);
    for setting in names.settings.ids() {
        if !circular.get(setting.index()).is_some_and(|&circular| circular) {
            check_fit(names, findings, setting);
        }
    }
}

fn check_fit(names: &Names<'_>, findings: &mut Findings, setting: SettingId) {
    let info = &names.schema.settings[setting];
    let (Some(outer), Some(written)) = (info.within, &names.settings[setting].within) else { return };
    let outer = &names.schema.settings[outer];
    let fits = match (&outer.value, &info.value) {
        (ValueType::Set(element), ValueType::String | ValueType::Enum(_)) => {
            matches!(**element, ValueType::String | ValueType::Enum(_))
        }
        (ValueType::Set(element), inner) => **element == *inner,
        _ => false,
    };
    if !fits {
        findings.report(
            Diagnostic::error(
                Code::TypeMismatch,
                written.span,
                format!("`{}` cannot lie within `{}`, which is no set of such values", info.name, outer.name),
            )
            .label(names.settings[setting].ty.kind.span, format!("the type of `{}`", info.name)),
        );
    }
    if names.never_reaches(info.ty, outer.ty) {
        findings.report(
            Diagnostic::error(
                Code::UnknownSetting,
                written.span,
                format!("{} cannot read the setting `{}`", names.a_type(info.ty), outer.name),
            )
            .help(format!(
                "a setting is read by the type that declares it, `{}`, and what that contains",
                names.type_name(outer.ty)
            )),
        );
    }
}

/// Which settings lie within themselves, by way of others or not. Each lies within one at most, so a walk that stops at
/// what an earlier one saw sees each setting once.
fn circular(names: &Names<'_>) -> Vec<bool> {
    let mut walk_of: Vec<usize> = vec![0; names.settings.len()];
    let mut circular = vec![false; names.settings.len()];
    for start in names.settings.ids() {
        let walk = start.index() + 1;
        let mut at = Some(start);
        while let Some(setting) = at {
            match walk_of.get_mut(setting.index()) {
                Some(seen) if *seen == 0 => *seen = walk,
                Some(seen) if *seen == walk => {
                    mark_circle(names, setting, &mut circular);
                    break;
                }
                _ => break,
            }
            at = names.schema.settings[setting].within;
        }
    }
    circular
}

fn mark_circle(names: &Names<'_>, start: SettingId, circular: &mut [bool]) {
    let mut at = Some(start);
    while let Some(setting) = at {
        match circular.get_mut(setting.index()) {
            Some(flag) if !*flag => *flag = true,
            _ => return,
        }
        at = names.schema.settings[setting].within;
    }
}
