//! Random types: containment with several parents and every mark, types in themselves, attributes of every kind, keys.

use super::choices::Choices;
use super::shape::{Attribute, Kind, Mark, Presence, Reach, Shape, TypeAt, TypeShape};
use super::statement;
use super::values;

const CONTAINERS: [&str; 5] = ["org", "team", "folder", "project", "run"];
const ACTIONS: [&str; 5] = ["view", "edit", "delete", "create", "link"];
const MARKS: [Mark; 6] = [Mark::One, Mark::One, Mark::One, Mark::Many, Mark::Optional, Mark::Many];

/// Fills in the types and the context.
pub(crate) fn types(choices: &mut Choices<'_>, shape: &mut Shape) {
    shape.types.push(blank("user"));
    let count = choices.between(2, 4);
    let skipped = choices.below(CONTAINERS.len() - count + 1);
    for name in &CONTAINERS[skipped..skipped + count] {
        let mut ty = blank(name);
        ty.parents = parents(choices, 1, shape.types.len());
        shape.types.push(ty);
    }
    // Subjects may lie somewhere, too.
    if choices.chance(25) {
        shape.types[0].parents = vec![(1 + choices.below(count), *choices.pick(&MARKS))];
    }
    if choices.chance(60) {
        let mut key = blank("key");
        if choices.chance(30) {
            key.parents = vec![(1 + choices.below(count), Mark::Many)];
        }
        shape.types.push(key);
    }
    // Everybody can hold an attribute of one name as something else's: a name's kind is the same on all types.
    let home = 1 + choices.below(count);
    let pool = pool(home);
    for at in 0..shape.types.len() {
        let attributes = choices.sift(&pool, if at == 0 { 45 } else { 35 });
        shape.types[at].attributes = attributes
            .into_iter()
            .map(|(name, kind, set)| {
                let presence = presence(choices, shape, kind, set);
                Attribute { name, kind, set, presence }
            })
            .collect();
        let actions = choices.between(usize::from(at != 0), 3);
        let skipped = choices.below(ACTIONS.len() - actions + 1);
        shape.types[at].actions = ACTIONS[skipped..skipped + actions].to_vec();
        if choices.chance(15) {
            let code = Attribute { name: "code", kind: Kind::Text, set: false, presence: Presence::Optional };
            shape.types[at].attributes.push(code);
            shape.types[at].unique = Some("code");
        }
    }
    if let Some(at) = shape.types.iter().position(|ty| ty.name == "key") {
        let (name, kind) = if choices.chance(20) { ("home", Kind::Entity(home)) } else { ("owner", Kind::Entity(0)) };
        let presence = match choices.below(5) {
            0..3 => Presence::Required,
            3 => Presence::Optional,
            _ => Presence::Default(values::literal(choices, shape, kind)),
        };
        let key = &mut shape.types[at];
        key.attributes.retain(|attribute| attribute.name != name);
        key.attributes.push(Attribute { name, kind, set: false, presence });
        key.acts_as = Some(name);
    }
    let fields = choices.sift(&pool, 30);
    shape.context = fields
        .into_iter()
        .map(|(name, kind, set)| Attribute { name, kind, set, presence: presence(choices, shape, kind, set) })
        .collect();
}

fn blank(name: &'static str) -> TypeShape {
    TypeShape { name, parents: Vec::new(), attributes: Vec::new(), actions: Vec::new(), acts_as: None, unique: None }
}

/// Parents for the type that will stand at `at`, among the containers before it and itself.
fn parents(choices: &mut Choices<'_>, first: TypeAt, at: TypeAt) -> Vec<(TypeAt, Mark)> {
    let mut parents = Vec::new();
    for parent in first..at {
        // The type just before is the likeliest, so that containment gets deep.
        if choices.chance(if parent + 1 == at { 85 } else { 45 }) {
            parents.push((parent, *choices.pick(&MARKS)));
        }
    }
    if choices.chance(20) {
        parents.push((at, *choices.pick(&[Mark::Optional, Mark::Many])));
    }
    parents
}

fn pool(home: TypeAt) -> [(&'static str, Kind, bool); 15] {
    [
        ("flag", Kind::Bool, false),
        ("locked", Kind::Bool, false),
        ("level", Kind::Int, false),
        ("rank", Kind::Int, false),
        ("label", Kind::Text, false),
        ("tier", Kind::Word, false),
        ("born", Kind::Moment, false),
        ("grace", Kind::Length, false),
        ("address", Kind::Address, false),
        ("owner", Kind::Entity(0), false),
        ("buddy", Kind::Entity(0), false),
        ("home", Kind::Entity(home), false),
        ("tags", Kind::Text, true),
        ("crew", Kind::Entity(0), true),
        ("zones", Kind::Entity(home), true),
    ]
}

fn presence(choices: &mut Choices<'_>, shape: &Shape, kind: Kind, set: bool) -> Presence {
    match choices.below(3) {
        0 => Presence::Required,
        1 => Presence::Optional,
        _ if set => {
            let items: Vec<String> = (0..choices.below(3)).map(|_| values::literal(choices, shape, kind)).collect();
            Presence::Default(format!("[{}]", items.join(", ")))
        }
        _ => Presence::Default(values::literal(choices, shape, kind)),
    }
}

/// Writes down the types, with their settings, and the context.
pub(super) fn write(choices: &mut Choices<'_>, shape: &mut Shape) {
    for at in 0..shape.types.len() {
        let ty = &shape.types[at];
        let mut text = format!("type {}", ty.name);
        for (index, (parent, mark)) in ty.parents.iter().enumerate() {
            let mark = match mark {
                Mark::One => "",
                Mark::Optional => "?",
                Mark::Many => "*",
            };
            text += &format!("{} {}{mark}", if index == 0 { " in" } else { "," }, shape.types[*parent].name);
        }
        if let Some(attribute) = ty.acts_as {
            text += &format!(" acts as {attribute}");
        }
        text += " {\n";
        // `unique` declares its attribute by itself; half of the time it is declared all the same.
        let implied = if choices.chance(50) { ty.unique } else { None };
        for attribute in ty.attributes.iter().filter(|attribute| Some(attribute.name) != implied) {
            text += &format!("  {}\n", declaration(shape, attribute));
        }
        for setting in shape.settings.iter().filter(|setting| setting.home == at) {
            text += &format!("  {}\n", setting.text(shape));
        }
        if let Some(unique) = ty.unique {
            text += &format!("  unique {unique}\n");
        }
        if !ty.actions.is_empty() {
            text += &format!("  actions {}\n", ty.actions.join(", "));
        }
        for kind in ["create", "delete", "set", "move", "link", "custom roles"] {
            if choices.chance(40)
                && let Some(by) = permissions_above(choices, shape, at)
            {
                text += &format!("  {kind} by {by}\n");
            }
        }
        text += "}";
        shape.declarations.push(text);
    }
    if !shape.context.is_empty() {
        let fields: Vec<String> = shape.context.iter().map(|field| declaration(shape, field)).collect();
        shape.declarations.push(format!("context {{ {} }}", fields.join(", ")));
    }
}

/// One permission or two of a type or of what contains it, as far as there are any.
pub(super) fn permissions_above(choices: &mut Choices<'_>, shape: &Shape, at: TypeAt) -> Option<String> {
    let above: Vec<TypeAt> = (0..shape.types.len()).filter(|&outer| shape.reach(at, outer) != Reach::Never).collect();
    let all: Vec<String> = statement::permissions(shape, &above)
        .into_iter()
        .map(|(ty, action)| format!("{}.{action}", shape.types[ty].name))
        .collect();
    let first = choices.pick_any(&all)?.clone();
    let second = choices.pick(&all);
    Some(if choices.chance(40) && *second != first { format!("{first}, {second}") } else { first })
}

fn declaration(shape: &Shape, attribute: &Attribute) -> String {
    let kind = kind_text(shape, attribute.kind, attribute.set);
    match &attribute.presence {
        Presence::Required => format!("{}: {kind}", attribute.name),
        Presence::Optional => format!("{}: {kind}?", attribute.name),
        Presence::Default(literal) => format!("{}: {kind} = {literal}", attribute.name),
    }
}

/// A kind of value, or a set of such, as a declaration writes it.
pub(super) fn kind_text(shape: &Shape, kind: Kind, set: bool) -> String {
    let kind = match kind {
        Kind::Bool => "bool",
        Kind::Int => "int",
        Kind::Text => "string",
        Kind::Word => "\"low\" | \"high\" | \"top\"",
        Kind::Moment => "timestamp",
        Kind::Length => "duration",
        Kind::Address => "ip",
        Kind::Entity(ty) => shape.types[ty].name,
    };
    if set { format!("set<{kind}>") } else { kind.to_owned() }
}
