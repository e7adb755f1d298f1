//! A directory file written by many hands: every layout that may stand for the same.

use super::{Comment, Entity, Numbers, ROLES, Written, json_entity};
use std::fmt::Write;

pub(super) struct Pen<'n> {
    numbers: &'n mut Numbers,
    out: String,
    comments: Vec<Comment>,
    step: usize,
    dash: usize,
    pad: &'static str,
    /// How often comments and empty lines are put in: one in so many chances.
    rarely: usize,
    /// JSON, on lines of its own with this indentation.
    json: Option<Option<&'static str>>,
    owner: Option<usize>,
}

impl<'n> Pen<'n> {
    pub(super) fn write(numbers: &'n mut Numbers, written: &mut Written) {
        let json = numbers.one_in(4).then(|| *numbers.pick(&[None, Some("  "), Some("    "), Some("\t")]));
        let (step, dash, rarely) = (1 + numbers.below(4), numbers.below(3), 2 + numbers.below(6));
        let pad = numbers.pick(&["", " "]);
        let mut pen =
            Pen { numbers, out: String::new(), comments: Vec::new(), step, dash, pad, rarely, json, owner: None };
        let entities = written.entities.clone();
        if json.is_some() {
            pen.brackets_root(&entities, &written.policies);
        } else {
            if pen.numbers.one_in(5) {
                pen.out.push('\u{feff}');
            }
            pen.lines_above(0, false);
            pen.out.push_str("rolebook: 1\nkind: directory\n");
            for (index, entity) in
                entities.iter().enumerate().filter(|(_, entity)| entity.parents.is_empty() && !entity.bulk)
            {
                pen.entity(&entities, index, entity, 0);
            }
            pen.owner = None;
            if !written.policies.is_empty() {
                pen.out.push_str("policies:\n");
                for policy in &written.policies {
                    let _ =
                        writeln!(pen.out, "{}{policy}: {{ in: e:0, settings: {{ queues: [a] }} }}", " ".repeat(step));
                }
            }
            pen.lines_above(0, false);
        }
        let mut text = std::mem::take(&mut pen.out);
        written.comments = std::mem::take(&mut pen.comments);
        written.json = json.is_some();
        if pen.numbers.one_in(4) {
            text = text.trim_end_matches('\n').to_owned();
        }
        if pen.numbers.one_in(4) {
            text = text.replace('\n', "\r\n");
        }
        written.text = text;
    }

    fn comment(&mut self, partial: bool) -> String {
        let text = format!("# c{}.", self.comments.len());
        self.comments.push(Comment { text: text.clone(), owner: self.owner, partial });
        text
    }

    /// Comments and empty lines before something. The last comment is that thing's own; those above an empty line are
    /// nobody's, and stay while the entry stays.
    fn lines_above(&mut self, indent: usize, partial: bool) {
        self.floating(indent);
        self.own(indent, partial);
    }

    fn floating(&mut self, indent: usize) {
        let spaces = " ".repeat(indent);
        if self.numbers.one_in(self.rarely * 2) {
            let comment = self.comment(false);
            let _ = write!(self.out, "\n{spaces}{comment}\n\n");
        } else if self.numbers.one_in(self.rarely) {
            self.out.push('\n');
        }
    }

    fn own(&mut self, indent: usize, partial: bool) {
        if self.numbers.one_in(self.rarely) {
            let comment = self.comment(partial);
            let _ = writeln!(self.out, "{}{comment}", " ".repeat(indent));
        }
    }

    fn end_line(&mut self, partial: bool) {
        if self.numbers.one_in(self.rarely) {
            let comment = self.comment(partial);
            let _ = write!(self.out, "  {comment}");
        }
        self.out.push('\n');
    }

    fn name(&mut self, name: &str) -> String {
        match self.numbers.below(8) {
            0 => format!("\"{name}\""),
            1 => format!("'{name}'"),
            _ => name.to_owned(),
        }
    }

    fn entity(&mut self, all: &[Entity], index: usize, entity: &Entity, indent: usize) {
        self.floating(indent);
        let outer = self.owner.replace(index);
        self.own(indent, false);
        let name = self.name(&entity.name);
        let _ = write!(self.out, "{}{name}:", " ".repeat(indent));
        let nested: Vec<usize> =
            (0..all.len()).filter(|&at| !all[at].bulk && all[at].parents.first() == Some(&index)).collect();
        let plain = entity.parents.len() < 2 && entity.attributes.is_empty() && entity.settings.is_empty();
        let plain = plain && entity.links.is_empty() && entity.roles.is_empty() && entity.custom_roles.is_empty();
        if plain && nested.is_empty() {
            let nothing = self.numbers.pick::<&str>(&["", " {}", " { }", " ~"]);
            self.out.push_str(nothing);
            self.end_line(false);
        } else if self.numbers.one_in(5) {
            self.out.push(' ');
            self.brackets(all, index, indent);
            self.end_line(false);
        } else {
            self.end_line(false);
            self.block(all, index, entity, &nested, indent + self.step);
        }
        self.owner = outer;
    }

    fn block(&mut self, all: &[Entity], index: usize, entity: &Entity, nested: &[usize], indent: usize) {
        let spaces = " ".repeat(indent);
        let mut parts: Vec<usize> = (0..6).collect();
        if self.numbers.one_in(3) {
            parts.rotate_left(1 + self.numbers.below(5));
        }
        for part in parts {
            match part {
                0 if entity.parents.len() > 1 => {
                    let parents: Vec<String> = entity.parents[1..].iter().map(|&at| all[at].name.clone()).collect();
                    self.names("in", &parents, indent);
                }
                1 => {
                    for (key, value) in &entity.attributes {
                        self.lines_above(indent, true);
                        let key = self.name(key);
                        self.value(&key, value, indent);
                    }
                }
                2 if !entity.links.is_empty() => self.names("policy", &entity.links, indent),
                3 if !entity.settings.is_empty() => {
                    self.lines_above(indent, true);
                    if self.numbers.one_in(3) {
                        let inner: Vec<String> =
                            entity.settings.iter().map(|(key, value)| format!("{key}: {value}")).collect();
                        let _ = write!(self.out, "{spaces}settings: {{{}{}{}}}", self.pad, inner.join(", "), self.pad);
                        self.end_line(true);
                    } else {
                        let _ = write!(self.out, "{spaces}settings:");
                        self.end_line(true);
                        for (key, value) in &entity.settings {
                            self.lines_above(indent + self.step, true);
                            self.value(key, value, indent + self.step);
                        }
                    }
                }
                4 if !entity.roles.is_empty() => {
                    self.lines_above(indent, true);
                    let _ = write!(self.out, "{spaces}roles:");
                    self.end_line(true);
                    for (role, subjects) in &entity.roles {
                        self.names(role, subjects, indent + self.step);
                    }
                }
                5 => {
                    for &inner in nested {
                        self.entity(all, inner, &all[inner], indent);
                    }
                    for role in &entity.custom_roles {
                        let _ = write!(self.out, "{spaces}custom_roles:\n{spaces}  {role}: {{ extends: t.x }}");
                        self.end_line(true);
                    }
                }
                _ => {}
            }
        }
        if self.numbers.one_in(self.rarely * 2) {
            self.owner = Some(index);
            let comment = self.comment(false);
            let _ = writeln!(self.out, "{spaces}{comment}");
        }
    }

    fn value(&mut self, key: &str, value: &str, indent: usize) {
        let spaces = " ".repeat(indent);
        let inner = " ".repeat(indent + 1 + self.numbers.below(4));
        match self.numbers.below(12) {
            0 if value == "x" => {
                let style = self.numbers.pick(&["|-", ">-", "|-  # why"]);
                let _ = writeln!(self.out, "{spaces}{key}: {style}\n{inner}x");
                return;
            }
            1 if value == "\"a\\nb\"" => {
                let _ = writeln!(self.out, "{spaces}{key}: |-\n{inner}a\n{inner}b\n");
                return;
            }
            2 if value.starts_with("[a") => {
                let dash = " ".repeat(indent + self.dash);
                let _ = writeln!(self.out, "{spaces}{key}:\n{dash}- a\n{dash}- \"b c\"\n{dash}- 3");
                return;
            }
            3 if value == "12" => {
                let _ = write!(self.out, "{spaces}{key}:\n{inner}12");
            }
            4 => {
                let _ = write!(self.out, "{spaces}{key}:    {value}");
            }
            _ => {
                let _ = write!(self.out, "{spaces}{key}: {value}");
            }
        }
        self.end_line(true);
    }

    /// `in`, `policy`, or who holds a role.
    fn names(&mut self, key: &str, names: &[String], indent: usize) {
        self.lines_above(indent, true);
        let spaces = " ".repeat(indent);
        let role = ROLES.contains(&key);
        if names.len() == 1 && self.numbers.one_in(3) {
            if role && self.numbers.one_in(3) {
                let inner = " ".repeat(indent + self.step);
                let _ = write!(
                    self.out,
                    "{spaces}{key}:\n{inner}subject: {}\n{inner}until: 2030-01-01T00:00:00Z",
                    names[0]
                );
            } else {
                let name = self.name(&names[0]);
                let _ = write!(self.out, "{spaces}{key}: {name}");
            }
            self.end_line(true);
        } else if self.numbers.one_in(2) {
            let _ = write!(self.out, "{spaces}{key}: ");
            self.list(names, role, indent, true);
            self.end_line(true);
        } else {
            let _ = write!(self.out, "{spaces}{key}:");
            self.end_line(true);
            for name in names {
                self.lines_above(indent + self.dash, true);
                let _ = write!(self.out, "{}- ", " ".repeat(indent + self.dash));
                match self.numbers.below(6) {
                    0 if role => {
                        let inner = " ".repeat(indent + self.dash + 2);
                        let _ = write!(self.out, "subject: {name}\n{inner}since: 2020-01-01T00:00:00Z");
                    }
                    1 if role => {
                        let _ = write!(self.out, "{{ until: 2030-01-01T00:00:00Z, subject: {name} }}");
                    }
                    _ => {
                        let name = self.name(name);
                        self.out.push_str(&name);
                    }
                }
                self.end_line(true);
            }
        }
    }

    fn list(&mut self, names: &[String], role: bool, indent: usize, comments: bool) {
        let lines = comments && self.numbers.one_in(4);
        let inner = " ".repeat(indent + 2);
        self.out.push('[');
        for (at, name) in names.iter().enumerate() {
            if lines {
                if self.numbers.one_in(self.rarely) {
                    let comment = self.comment(true);
                    let _ = write!(self.out, "\n{inner}{comment}");
                }
                let _ = write!(self.out, "\n{inner}");
            }
            if role && self.numbers.one_in(5) {
                let _ = write!(self.out, "{{subject: {name}, until: 2030-01-01T00:00:00Z}}");
            } else {
                let name = self.name(name);
                self.out.push_str(&name);
            }
            let last = at + 1 == names.len();
            if !last || lines && self.numbers.one_in(3) {
                self.out.push(',');
            }
            if lines && self.numbers.one_in(self.rarely) {
                let comment = self.comment(true);
                let _ = write!(self.out, "  {comment}");
                if last {
                    let _ = write!(self.out, "\n{}", " ".repeat(indent + 1));
                }
            } else if !last && !lines {
                self.out.push(' ');
            }
        }
        self.out.push_str(if lines && !self.out.ends_with(' ') { " ]" } else { "]" });
    }

    /// An entity's entry in the brackets of YAML, all of it on one line.
    fn brackets(&mut self, all: &[Entity], index: usize, indent: usize) {
        let entity = &all[index];
        let mut parts: Vec<String> = Vec::new();
        if entity.parents.len() > 1 {
            let parents: Vec<String> = entity.parents[1..].iter().map(|&at| all[at].name.clone()).collect();
            parts.push(format!("in: [{}]", parents.join(", ")));
        }
        parts.extend(entity.attributes.iter().map(|(key, value)| format!("{key}: {value}")));
        if !entity.links.is_empty() {
            parts.push(format!("policy: [{}]", entity.links.join(",")));
        }
        if !entity.settings.is_empty() {
            let inner: Vec<String> = entity.settings.iter().map(|(key, value)| format!("{key}: {value}")).collect();
            parts.push(format!("settings: {{ {} }}", inner.join(", ")));
        }
        let outside = std::mem::take(&mut self.out);
        if !entity.roles.is_empty() {
            self.out.push_str("roles: {");
            for (at, (role, subjects)) in entity.roles.iter().enumerate() {
                let _ = write!(self.out, "{}{role}: ", if at == 0 { "" } else { ", " });
                self.list(subjects, true, indent, false);
            }
            self.out.push('}');
            parts.push(std::mem::take(&mut self.out));
        }
        parts.extend(entity.custom_roles.iter().map(|role| format!("custom_roles: {{ {role}: {{ extends: t.x }} }}")));
        for inner in (0..all.len()).filter(|&at| !all[at].bulk && all[at].parents.first() == Some(&index)) {
            let owner = self.owner.replace(inner);
            self.brackets(all, inner, indent);
            self.owner = owner;
            let entry = std::mem::take(&mut self.out);
            parts.push(format!("{}: {entry}", all[inner].name));
        }
        self.out = outside;
        let _ = write!(self.out, "{{{}{}{}}}", self.pad, parts.join(", "), self.pad);
    }

    fn brackets_root(&mut self, all: &[Entity], policies: &[String]) {
        let entry = |index: usize| json_entity(all, index);
        let mut top = serde_json::Map::new();
        top.insert(String::from("rolebook"), 1.into());
        top.insert(String::from("kind"), "directory".into());
        for index in (0..all.len()).filter(|&at| !all[at].bulk && all[at].parents.is_empty()) {
            top.insert(all[index].name.clone(), entry(index));
        }
        if !policies.is_empty() {
            let body = serde_json::json!({ "in": "e:0", "settings": { "queues": ["a"] } });
            let policies: serde_json::Map<_, _> = policies.iter().map(|name| (name.clone(), body.clone())).collect();
            top.insert(String::from("policies"), policies.into());
        }
        let value = serde_json::Value::Object(top);
        self.out = match self.json.flatten() {
            None => value.to_string(),
            Some(indent) => {
                let mut out = Vec::new();
                let formatter = serde_json::ser::PrettyFormatter::with_indent(indent.as_bytes());
                let mut serializer = serde_json::Serializer::with_formatter(&mut out, formatter);
                serde::Serialize::serialize(&value, &mut serializer).expect("JSON");
                String::from_utf8(out).expect("text") + "\n"
            }
        };
    }
}
