//! Generated edits of generated policies: what is made of the edited declarations alone is what loading the files would make.

use rolebook::compile::{CompiledPolicy, Effect, Node, NodeId};
use rolebook::decide::{Query, Resolved, Revision};
use rolebook::diagnostics::Diagnostic;
use rolebook::engine::query;
use rolebook::explain::{Step, explain};
use rolebook::schema::RoleId;
use rolebook::source::SourceMap;
use rolebook::workspace::{Build, DirectorySource, MemoryFiles, State, Workspace};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

pub(super) const HEAD: &str = "package p # ü

type user
type organization { actions manage }
type team in organization { actions view, edit
  label: string? }
type run in team { created_by: user
  actions view, create, delete }
type key acts as owner { owner: user }
";

pub(super) const ROLES: [&str; 8] = [
    "role organization.member",
    "role organization.admin extends organization.member { allow * implies team.editor }",
    "open role team.viewer { allow *.view }",
    "open when team.label == \"open\" role team.guest { allow run.view }",
    "## Writes.\nrole team.editor extends team.viewer assigned by organization.manage { allow run.{create, delete} }",
    "role run.keeper { allow run.delete }",
    "allow team.view when subject has organization.member on organization",
    "assert team.viewer cannot run.delete",
];

/// What roles that are held may say instead.
const HELD: [(&str, &str); 19] = [
    ("team.viewer", "open role team.viewer requires organization.member { allow *.view }"),
    ("team.viewer", "open role team.viewer { allow run.view deny run.create when team.label == \"open\" }"),
    ("team.viewer", "open role team.viewer extends team.guest { allow team.edit }"),
    ("team.viewer", "open when team.label == \"open\" role team.viewer { allow *.view }"),
    ("team.editor", "role team.editor extends team.guest { allow run.{create, delete} }"),
    ("team.editor", "role team.editor extends team.r0 when scope.label == \"open\" { allow run.delete }"),
    ("team.editor", "role team.editor extends team.viewer requires organization.member { allow run.create }"),
    ("organization.member", "role organization.member when scope == \"organization:o\" { allow manage }"),
    ("organization.member", "role organization.member { allow organization.manage }"),
    ("organization.member", "role organization.member { implies team.r1 when scope == \"organization:o\" }"),
    ("organization.admin", "role organization.admin { allow manage implies team.guest implies team.r0 }"),
    (
        "organization.admin",
        "role organization.admin extends organization.member { implies team.viewer when team.label == \"open\" }",
    ),
    (
        "organization.admin",
        "role organization.admin extends organization.member { implies team.r0, team.editor allow manage }",
    ),
    ("organization.admin", "role organization.admin extends organization.member { allow * }"),
    ("team.viewer", "open role team.viewer { allow *.view implies run.keeper when scope.label == \"open\" }"),
    ("team.editor", "role team.editor extends team.viewer { implies run.keeper, run.r0 }"),
    ("run.keeper", "role run.keeper when team.label == \"open\" { allow run.* }"),
    ("run.keeper", "role run.keeper extends run.r1 { deny run.view }"),
    ("run.keeper", "role run.keeper requires team.viewer { allow run.create }"),
];

pub(super) const DIRECTORY: &str = "rolebook: 1
kind: directory
organization:o:
  roles: { member: [user:a, user:b, user:c], admin: [user:d] }
  team:x:
    label: open
    roles: { viewer: [user:a, team:y#editor], editor: [user:b], guest: run:1#keeper }
    run:1: { created_by: user:a, roles: { keeper: user:b } }
  team:y: { label: label1, roles: { viewer: user:c, editor: [user:c, team:x#viewer] }, run:2: { created_by: user:c } }
  custom_roles:
    team.local: { extends: team.viewer, allow: [{ permissions: run.create, when: resource.created_by == subject }] }
key:k: { owner: user:a }
";

/// Names that roles which come and go are given; two are held by somebody where they are there.
const NAMES: [&str; 8] = ["r0", "r1", "r2", "r3", "r4", "r5", "r6", "held"];

/// Who asks; nobody speaks of the last two but rules, at times.
const SUBJECTS: [&str; 7] = ["user:a", "user:b", "user:c", "user:d", "key:k", "user:nobody", "user:late"];

/// What is asked.
const ASKED: [&str; 6] =
    ["view team:x", "edit team:y", "view run:1", "create run:1", "delete run:2", "manage organization:o"];

pub(super) struct Random(u32);

impl Random {
    pub(super) fn of_seed(seed: u32) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9) | 1)
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        (self.0 >> 3) as usize % limit
    }

    fn of<'t>(&mut self, all: &[&'t str]) -> &'t str {
        all[self.below(all.len())]
    }

    fn condition(&mut self) -> String {
        let label = format!("team.label == \"label{}\"", self.below(6));
        let has = format!("subject has team.{} on team", self.of(&["viewer", "editor", "guest", "r0", "r1", "nobody"]));
        match self.below(7) {
            0 => has,
            1 => format!("{label} and {has}"),
            4 => format!("subject == \"user:{}\"", self.of(&["nobody", "late", "a"])),
            2 => format!("not {label}"),
            3 => String::from("subject is user"),
            _ => label,
        }
    }

    fn body(&mut self) -> String {
        let mut body = String::new();
        for _ in 0..self.below(4) {
            let pattern = self.of(&["run.view", "run.*", "team.edit", "*", "run.{create, delete}"]);
            let _ = match self.below(9) {
                0 => write!(body, " deny {pattern}"),
                1 => write!(body, " deny {pattern} when {}", self.condition()),
                2 => write!(body, " without {pattern}"),
                3 | 4 => write!(body, " allow {pattern} when {}", self.condition()),
                5 => write!(body, "\n  ## Why not?\n  allow {pattern} # so"),
                _ => write!(body, " allow {pattern}"),
            };
        }
        body
    }

    fn role(&mut self) -> String {
        let (name, body) = (self.of(&NAMES), self.body());
        let base =
            self.of(&["team.viewer", "team.guest", "team.editor", "team.viewer, team.guest", "team.r0", "team.r1"]);
        let extends = if self.below(4) == 0 { String::new() } else { format!(" extends {base}") };
        match self.below(11) {
            0 => format!("custom role team.{name} in organization:o{extends} {{{body} }}"),
            1 => format!("custom role team.{name}{extends} {{{body} }}"),
            2 => format!("open role team.{name}{extends} requires organization.member {{{body} }}"),
            3 => format!("role team.{name}{extends} when {} {{{body} }}", "scope.label == \"open\""),
            4 => format!("role team.{name}{extends}"),
            5 => format!("role organization.{name} {{ implies team.{} }}", self.of(&NAMES)),
            6 => format!("role run.{name} {{ allow run.view }}"),
            7 => {
                let when = self.of(&["", " when scope.label == \"open\""]);
                format!("role team.{name}{extends} {{{body} implies run.{}{when} }}", self.of(&NAMES))
            }
            _ => format!("role team.{name}{extends} {{{body} }}"),
        }
    }

    pub(super) fn rule(&mut self) -> String {
        let effect = self.of(&["allow", "deny", "deny"]);
        let pattern = self.of(&["run.view", "run.delete", "team.edit, run.create"]);
        let to = self.of(&["", "", " to user", " to key"]);
        format!("{effect} {pattern}{to} when {}", self.condition())
    }

    fn declaration(&mut self) -> String {
        let text = if self.below(2) == 0 { self.role() } else { self.rule() };
        match self.below(6) {
            0 => format!("## About it.\n{text}"),
            1 => format!("# a note\n{text}"),
            _ => text,
        }
    }

    /// A question, every other time.
    fn query(&mut self) -> Option<Query<'static>> {
        let (subject, asked) = (self.of(&SUBJECTS), self.of(&ASKED));
        let (action, resource) = asked.split_once(' ')?;
        (self.below(2) == 0).then(|| Query { at: 0, ..query(subject, action, resource) })
    }

    /// Edits a list of declarations.
    pub(super) fn edit(&mut self, declarations: &mut Vec<String>) {
        let at = self.below(declarations.len());
        match self.below(15) {
            12..15 => {
                let (role, text) = HELD[self.below(HELD.len())];
                let declared = declarations.iter_mut().find(|known| known.contains(&format!("role {role} ")));
                declared.into_iter().for_each(|known| text.clone_into(known));
            }
            0..3 => declarations.insert(at, self.declaration()),
            3..6 => drop(declarations.remove(at)),
            6 | 7 => declarations[at] = self.declaration(),
            8 => declarations[at] = format!("\n\n{}", declarations[at]),
            9 => declarations[at] = format!("# ä\n{}", declarations[at]),
            10 => declarations[at] = declarations[at].replace("label1", "label2").replace("run.view", "run.delete"),
            _ => {
                let other = self.below(declarations.len());
                declarations.swap(at, other);
            }
        }
    }
}

fn build(files: &MemoryFiles) -> Build {
    let directory = DirectorySource::Text { name: String::from("d.yaml"), text: DIRECTORY.to_owned() };
    Workspace::gather(files, &[PathBuf::from("p")]).build(files, &[directory])
}

fn files(declarations: &[String], other: &[String]) -> MemoryFiles {
    let mut files = MemoryFiles::new();
    assert!(files.add("p/a.rolebook", format!("{HEAD}{}\n", declarations.join("\n"))));
    assert!(files.add("p/b.rolebook", format!("{}\n", other.join("\n"))));
    files
}

/// Findings with their places. Of what is assigned in a directory that is not read again, the place of the subject is known
/// and no longer that of the role, so that of those only the line tells.
fn told(sources: &SourceMap, findings: &[Diagnostic]) -> Vec<String> {
    let label = |label: &rolebook::diagnostics::Label| {
        let place = sources.place(label.span);
        let shown =
            if place.starts_with("d.yaml") { place.rsplit_once(':').map_or("", |(line, _)| line) } else { &place };
        format!("{shown} {}", label.text)
    };
    let tell = |finding: &Diagnostic| {
        let labels: Vec<String> = finding.labels.iter().map(label).collect();
        format!("{} {} {labels:?} {:?}", finding.code.as_str(), finding.message, finding.help)
    };
    let mut told: Vec<String> = findings.iter().map(tell).collect();
    told.sort();
    told
}

/// A program with its operands, by what they are.
fn program(policy: &CompiledPolicy, id: Option<NodeId>) -> String {
    let Some(id) = id else { return String::from("always") };
    let programs = policy.programs();
    let of = |id: NodeId| program(policy, Some(id));
    match programs.node(id) {
        Node::And(list) => format!("and{:?}", programs.operands(list).iter().map(|&id| of(id)).collect::<Vec<_>>()),
        Node::Or(list) => format!("or{:?}", programs.operands(list).iter().map(|&id| of(id)).collect::<Vec<_>>()),
        Node::Not(inner) => format!("not {}", of(inner)),
        Node::Compare(how, left, right) => format!("({} {how:?} {})", of(left), of(right)),
        Node::Has(who, roles, on) => {
            let roles = programs.roles(roles).iter().map(|&role| policy.schema().role_name(role));
            format!("({} has {:?} on {})", of(who), roles.collect::<Vec<_>>(), of(on))
        }
        Node::To(types) => format!("to {:?}", programs.types(types)),
        Node::Constant(id) => format!("{:?}", programs.constants()[id]),
        Node::Attribute(inner, name) => format!("{}.{}", of(inner), programs.attributes()[name]),
        Node::Is(inner, ty) => format!("{} is {ty:?}", of(inner)),
        Node::Ancestor(inner, ty) => format!("{}.{ty:?}", of(inner)),
        other => format!("{other:?}"),
    }
}

/// All that a state holds of its policy and of who holds what, by names and places instead of numbers.
fn tables(state: &State) -> String {
    let (snapshot, sources) = (state.snapshot(), state.sources());
    let (policy, directory) = (snapshot.policy(), snapshot.directory());
    let (schema, origins) = (policy.schema(), policy.provenance());
    let name = |role: RoleId| {
        let owner = schema.roles[role].organization.as_ref().map(|owner| owner.text(schema));
        format!("{}{}", schema.role_name(role), owner.map(|owner| format!("@{owner}")).unwrap_or_default())
    };
    let sorted = |roles: &mut dyn Iterator<Item = RoleId>| {
        let mut names: Vec<String> = roles.map(name).collect();
        names.sort();
        names
    };
    let grant = |grant: &rolebook::compile::Grant| {
        let origin = &origins.statements[grant.statement];
        let conditions: Vec<String> = origin.conditions.iter().map(|one| sources.place(one.places.span)).collect();
        let owner = format!("{:?}", std::mem::discriminant(&origin.owner));
        format!(
            "  {} {:?} {} {} {conditions:?} {owner}\n",
            schema.permission_name(grant.permission),
            grant.effect,
            program(policy, grant.condition),
            sources.place(origin.span),
        )
    };
    let mut roles = BTreeMap::new();
    for (id, _) in schema.declared_roles() {
        let (role, origin) = (policy.role(id), &origins.roles[id]);
        let mut text = format!("{} {:?}\n", program(policy, role.when), schema.roles[id].custom);
        let _ = writeln!(text, "  counts as {:?}", sorted(&mut role.counts_as.iter().copied()));
        let _ = writeln!(text, "  requires {:?}", sorted(&mut role.requires.iter().copied()));
        text.extend(role.grants.iter().map(grant));
        for implied in &*role.implies {
            let place = sources.place(origins.implications[implied.implication].span);
            let _ = writeln!(text, "  implies {} {} {place}", name(implied.role), program(policy, implied.when));
        }
        if let Some(leads) = &role.leads {
            let set = |set: &mut dyn Iterator<Item = usize>| sorted(&mut set.map(|at| RoleId(at as u32)));
            let _ =
                writeln!(text, "  leads to {:?} {:?}", set(&mut leads.implied.ones()), set(&mut leads.roles.ones()));
            let _ = writeln!(text, "  {:?}", leads.permissions.ones().collect::<Vec<_>>());
        }
        let guard = policy.guards().assignment(id).map(|guard| (guard.permissions.clone(), sources.place(guard.span)));
        let _ = writeln!(text, "  {} {:?} {guard:?}", sources.place(origin.span), origin.doc);
        for (base, place) in origin.extends.iter().chain(&origin.requires) {
            let _ = writeln!(text, "  names {} {}", name(*base), sources.place(*place));
        }
        assert_eq!(roles.insert(name(id), text), None);
    }
    let mut text = format!("{roles:#?}\n{:?}\n", policy.sought());
    for id in schema.permissions.ids() {
        let profile = policy.profile(id);
        let _ = writeln!(text, "{} {profile:?}", schema.permission_name(id));
        for effect in [Effect::Deny, Effect::Allow] {
            let list = policy.rules_of(id, effect);
            text.extend(list.all().iter().map(grant));
            let _ = writeln!(text, "  {} alone", list.alone().len());
        }
    }
    for (subject, row) in snapshot.holdings().rows() {
        let _ = writeln!(text, "{}", directory.name(schema, subject));
        for held in row.held() {
            let mut roles = snapshot.holdings().roles_of(row, held);
            let _ = writeln!(text, "  {} {:?}", directory.name(schema, held.on), sorted(&mut roles));
        }
    }
    for subject in SUBJECTS {
        for asked in ASKED {
            let (action, resource) = asked.split_once(' ').expect("two words");
            let _ = writeln!(text, "{subject} {asked}: {}", proof(state, &query(subject, action, resource)));
        }
    }
    text
}

fn proof(state: &State, asked: &Query) -> String {
    fn add(sources: &SourceMap, steps: &[Step], text: &mut String) {
        for step in steps {
            let place = step.place.map(|place| sources.place(place)).unwrap_or_default();
            *text += &format!("\n    {} {:?} ({place})", step.text, step.truth);
            add(sources, &step.children, text);
        }
    }
    let asked = Query { at: 0, ..asked.clone() };
    let decision = state.snapshot().check(&asked).expect("a decision");
    let explanation = explain(state.snapshot(), state.sources(), &asked).expect("an explanation");
    let mut text = format!("{} {:?} {}", decision.allowed, decision.reason, explanation.outcome.summary);
    for found in [&explanation.steps, &explanation.nearest] {
        add(state.sources(), found, &mut text);
    }
    text
}

#[test]
fn whatever_declarations_are_edited_the_tables_are_those_of_a_load() {
    let (mut patched, mut anew, mut refused) = (0, 0, 0);
    for seed in 1..=120_u32 {
        let mut random = Random::of_seed(seed);
        let mut own: Vec<String> = ROLES.iter().map(|text| (*text).to_owned()).collect();
        let mut other = vec![String::from("deny run.delete when team.label == \"label0\"")];
        let mut state = build(&files(&own, &other)).state.expect("a sound package");
        let mut kept: Vec<Resolved> = Vec::new();
        for step in 0..40 {
            let (mut edited, mut others) = (own.clone(), other.clone());
            for _ in 0..1 + random.below(2) {
                if random.below(5) == 0 {
                    others.insert(0, random.rule());
                    others.truncate(1 + random.below(9));
                } else {
                    random.edit(&mut edited);
                }
            }
            let files = files(&edited, &others);
            let gathered = state.gather(&files, &[PathBuf::from("p")]);
            let (now, fresh) = (state.under(&gathered), build(&files));
            let context = || format!("seed {seed}, step {step}:\n{}\nafter\n{}", edited.join("\n"), own.join("\n"));
            assert_eq!(told(&now.sources, &now.diagnostics), told(&fresh.sources, &fresh.diagnostics), "{}", context());
            let (Some(now), Some(fresh)) = (now.state, fresh.state) else {
                refused += 1;
                continue;
            };
            let (now, fresh) = (now.with_revision(Revision::FIRST), fresh);
            kept.extend(random.query().and_then(|asked| state.snapshot().resolve(&asked).ok()));
            for resolved in &kept {
                let (decided, anew) = (now.snapshot().decide(resolved), now.snapshot().check(resolved.query()));
                assert_eq!(decided, anew, "{:?}\n{}", resolved.query(), context());
            }
            if gathered.changed {
                let shared = std::ptr::eq(now.snapshot().directory(), state.snapshot().directory());
                *if shared { &mut patched } else { &mut anew } += 1;
            }
            let (one, two) = (tables(&now), tables(&fresh));
            if one != two {
                let differs = one.lines().zip(two.lines()).find(|(one, two)| one != two);
                panic!("{differs:#?}\n{}", context());
            }
            (state, own, other) = (now, edited, others);
        }
    }
    println!("{patched} patched, {anew} anew, {refused} refused");
    assert!(patched > 800 && anew > 50 && refused > 300, "{patched} patched, {anew} anew, {refused} refused");
}
