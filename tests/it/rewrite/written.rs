//! Directories with random content in random handwriting, and which comment belongs to whom.

mod pen;

use pen::Pen;

/// Numbers that look random (xorshift), so that a failure comes again.
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new(seed: u64) -> Self {
        let mut numbers = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        for _ in 0..8 {
            numbers.below(2);
        }
        numbers
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit.max(1)
    }

    pub(crate) fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// An entity and all that its entry says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entity {
    pub(crate) name: String,
    /// Indices of what it lies in, the one it is nested in first.
    pub(crate) parents: Vec<usize>,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) settings: Vec<(String, String)>,
    pub(crate) links: Vec<String>,
    pub(crate) roles: Vec<(String, Vec<String>)>,
    pub(crate) custom_roles: Vec<String>,
    /// Whether it stands in the bulk file.
    pub(crate) bulk: bool,
}

/// A directory with its text.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) entities: Vec<Entity>,
    pub(crate) policies: Vec<String>,
    pub(crate) text: String,
    /// The entities that stand in a file of the bulk form, one object a line.
    pub(crate) lines: String,
    pub(crate) json: bool,
    pub(crate) comments: Vec<Comment>,
}

/// A comment, by its text.
#[derive(Debug)]
pub(crate) struct Comment {
    pub(crate) text: String,
    /// The entity in whose entry it stands.
    pub(crate) owner: Option<usize>,
    /// Whether it belongs to a part of the entry that may go while the entry stays.
    pub(crate) partial: bool,
}

/// Values as YAML, each of which JSON can hold as well.
pub(crate) const VALUES: &[&str] = &[
    "x",
    "\"true\"",
    "true",
    "12",
    "[a, \"b c\", 3]",
    "'say \"hi\"'",
    "\"a\\nb\"",
    "user:u1",
    "\"*.view\"",
    "[]",
    "\"a: b\"",
    "\"#x\"",
    "2026-01-01T00:00:00Z",
    "\"\"",
    "1.10",
    "['it''s', \"{\", \"a,b\"]",
    "\"-5\"",
    "ä団",
    "\"null\"",
    "\"trailing \"",
    "\"\\\\\"",
];

const ROLES: &[&str] = &["admin", "member", "viewer"];

pub(crate) fn subject(numbers: &mut Numbers) -> String {
    if numbers.one_in(6) { format!("e:{}#member", numbers.below(9)) } else { format!("user:u{}", numbers.below(9)) }
}

/// A random directory in a random hand.
pub(crate) fn directory(numbers: &mut Numbers) -> Written {
    let mut entities: Vec<Entity> = Vec::new();
    for index in 0..1 + numbers.below(9) {
        let mut entity = Entity { name: format!("{}:{index}", numbers.pick(&["e", "f", "team"])), ..Entity::default() };
        for _ in 0..numbers.below(3) {
            let parent = numbers.below(index.max(1));
            if parent < index && !entity.parents.contains(&parent) {
                entity.parents.push(parent);
            }
        }
        for key in ["plan", "size", "note"] {
            if numbers.one_in(3) {
                entity.attributes.push((key.to_owned(), (*numbers.pick(VALUES)).to_owned()));
            }
        }
        for key in ["queues", "retention"] {
            if numbers.one_in(4) {
                entity.settings.push((key.to_owned(), (*numbers.pick(VALUES)).to_owned()));
            }
        }
        for policy in ["p1", "p2", "p3"] {
            if numbers.one_in(6) {
                entity.links.push(policy.to_owned());
            }
        }
        for role in ROLES {
            if numbers.one_in(2) {
                let mut subjects: Vec<String> = (0..1 + numbers.below(3)).map(|_| subject(numbers)).collect();
                subjects.sort();
                subjects.dedup();
                entity.roles.push(((*role).to_owned(), subjects));
            }
        }
        if numbers.one_in(5) {
            entity.custom_roles.push(String::from("t.r1"));
        }
        entities.push(entity);
    }
    if numbers.one_in(3) {
        for index in 0..entities.len() {
            let holds = entities.iter().any(|entity| entity.parents.first() == Some(&index));
            entities[index].bulk = !holds && numbers.one_in(2);
        }
    }
    let policies = ["p1", "p2"].into_iter().filter(|_| numbers.one_in(2)).map(str::to_owned).collect();
    let lines = lines(numbers, &entities);
    let mut written = Written { entities, policies, text: String::new(), lines, json: false, comments: Vec::new() };
    Pen::write(numbers, &mut written);
    written
}

/// What stands in the bulk file.
fn lines(numbers: &mut Numbers, all: &[Entity]) -> String {
    use serde_json::{Value, json};
    let value = |text: &str| -> Value { serde_yaml::from_str(text).expect("a value") };
    let fields = |fields: &[(String, String)]| -> Value {
        fields.iter().map(|(key, text)| (key.clone(), value(text))).collect::<serde_json::Map<_, _>>().into()
    };
    let mut lines = Vec::new();
    for entity in all.iter().filter(|entity| entity.bulk) {
        let parents: Vec<&str> = entity.parents.iter().map(|&at| all[at].name.as_str()).collect();
        let mut line = json!({ "entity": entity.name, "in": parents, "attributes": fields(&entity.attributes) });
        if !entity.settings.is_empty() {
            line["settings"] = fields(&entity.settings);
        }
        if !entity.links.is_empty() {
            line["policy"] = json!(entity.links);
        }
        lines.push(line);
        for (role, subjects) in &entity.roles {
            for subject in subjects {
                lines.push(json!({ "assign": { "subject": subject, "role": role, "on": entity.name } }));
            }
        }
        for role in &entity.custom_roles {
            lines.push(json!({ "custom_role": { "name": role, "in": entity.name, "extends": "t.x" } }));
        }
    }
    let newline = if numbers.one_in(3) { "\r\n" } else { "\n" };
    let mut text: String = lines.iter().map(|line| format!("{line}{newline}")).collect();
    if numbers.one_in(3) {
        text.truncate(text.trim_end().len());
    }
    text
}

fn json_entity(all: &[Entity], index: usize) -> serde_json::Value {
    use serde_json::{Map, Value, json};
    let entity = &all[index];
    let mut map = Map::new();
    if entity.parents.len() > 1 {
        map.insert(String::from("in"), entity.parents[1..].iter().map(|&at| all[at].name.clone()).collect());
    }
    let value = |text: &str| -> Value { serde_yaml::from_str(text).expect("a value") };
    map.extend(entity.attributes.iter().map(|(key, text)| (key.clone(), value(text))));
    if !entity.settings.is_empty() {
        let settings: Map<_, _> = entity.settings.iter().map(|(key, text)| (key.clone(), value(text))).collect();
        map.insert(String::from("settings"), settings.into());
    }
    if !entity.links.is_empty() {
        map.insert(String::from("policy"), entity.links.clone().into());
    }
    if !entity.roles.is_empty() {
        let roles: Map<_, _> = entity.roles.iter().map(|(role, names)| (role.clone(), names.clone().into())).collect();
        map.insert(String::from("roles"), roles.into());
    }
    for inner in (0..all.len()).filter(|&at| !all[at].bulk && all[at].parents.first() == Some(&index)) {
        map.insert(all[inner].name.clone(), json_entity(all, inner));
    }
    for role in &entity.custom_roles {
        map.insert(String::from("custom_roles"), json!({ role.clone(): { "extends": "t.x" } }));
    }
    map.into()
}
