//! The line of an assignment.

use super::{BulkReader, Step};
use crate::directory::tree::RoleKey;
use crate::document::JsonValue;
use crate::source::Span;

/// Keys of an assignment.
const ASSIGN: [&str; 5] = ["subject", "role", "on", "since", "until"];

impl BulkReader {
    /// What stands under `assign`.
    pub(super) fn assign(&mut self, value: JsonValue<'_>) -> Step<()> {
        let (mut subject, mut role, mut on, mut since, mut until) = (None, None, None, None, None);
        let Some(members) = value.members()? else {
            self.error(|| value.wrong_shape("a mapping"));
            return Ok(());
        };
        for member in &members {
            let slot = match &*member.key {
                "subject" => &mut subject,
                "role" => &mut role,
                "on" => &mut on,
                "since" => &mut since,
                "until" => &mut until,
                _ => {
                    self.unknown_key(member, &ASSIGN, None);
                    continue;
                }
            };
            *slot = Some(member.value);
        }
        let (since, until) = (self.moment(since)?, self.moment(until)?);
        let (Some(subject), Some(role), Some(on)) = (subject, role, on) else {
            let at = members.first().map_or(value.span(), |member| member.key_span);
            for (key, _) in
                [("subject", subject), ("role", role), ("on", on)].iter().filter(|(_, value)| value.is_none())
            {
                self.missing(key, at);
            }
            return Ok(());
        };
        let (Some(role), Some(entity)) = (self.word(role)?, self.mention(on)?) else { return Ok(()) };
        let Some(text) = subject.text()? else {
            self.error(|| subject.wrong_shape("a single value"));
            return Ok(());
        };
        let key = u32::try_from(self.reader.tree.role_keys.len()).unwrap_or(u32::MAX);
        self.reader.tree.role_keys.push(RoleKey { entity: entity.text, at: entity.span, role });
        let window = self.reader.window(since, until);
        self.reader.subject(key, &text, subject.span(), window);
        Ok(())
    }

    fn moment(&mut self, value: Option<JsonValue<'_>>) -> Step<Option<(i64, Span)>> {
        let Some(value) = value.filter(|value| !value.is_null()) else { return Ok(None) };
        let Some(text) = value.text()? else {
            self.error(|| value.wrong_shape("a single value"));
            return Ok(None);
        };
        Ok(self.reader.moment_text(&text, value.span()))
    }
}
