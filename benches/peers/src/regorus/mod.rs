//! Regorus, compiled for its virtual machine, with the directory as its data document.

use crate::facts::{self, Gives};
use crate::measure::number;
use crate::orgs::{Kind, Permission, World};
use crate::peer::{Asked, Candidates, Peer};
use ::regorus::languages::rego::compiler::Compiler;
use ::regorus::rvm::vm::RegoVM;
use ::regorus::{Engine, Rc, Value};
use std::collections::BTreeMap;

/// The entry points, by their number in the program.
const ENTRIES: [&str; 3] = ["data.orgs.allow", "data.orgs.listed", "data.orgs.who"];
const ALLOW: usize = 0;
const LISTED: usize = 1;
const WHO: usize = 2;

/// The virtual machine.
pub(crate) struct Regorus {
    machine: RegoVM,
    subject: Value,
    permission: Value,
    resource: Value,
}

impl Regorus {
    pub(crate) fn new(world: &World) -> Self {
        let mut engine = Engine::new();
        engine.add_policy(String::from("orgs.rego"), String::from(include_str!("orgs.rego"))).expect("a sound policy");
        let policy = engine.compile_with_entrypoint(&Rc::from(ENTRIES[ALLOW])).expect("it compiles");
        let program = Compiler::compile_from_policy(&policy, &ENTRIES).expect("it compiles for the machine");
        let mut machine = RegoVM::new();
        machine.load_program(program);
        machine.set_max_instructions(usize::MAX);
        machine.set_data(data(world)).expect("data beside the rules");
        Self { machine, subject: "subject".into(), permission: "permission".into(), resource: "resource".into() }
    }

    fn run(&mut self, entry: usize, asked: &Asked<'_>) -> Value {
        let input = BTreeMap::from([
            (self.subject.clone(), asked.subject.into()),
            (self.permission.clone(), asked.permission.into()),
            (self.resource.clone(), asked.resource.into()),
        ]);
        self.machine.set_input(Value::from(input));
        self.machine.execute_entry_point_by_index(entry).expect("the machine decides")
    }

    /// The numbers in the names of a set.
    fn numbers(found: &Value) -> Vec<u32> {
        found.as_set().expect("a set").iter().map(|name| number(name.as_string().expect("a name"))).collect()
    }
}

impl Peer for Regorus {
    const FINDS: bool = true;

    fn check(&mut self, asked: &Asked<'_>) -> bool {
        *self.run(ALLOW, asked).as_bool().expect("true or false")
    }

    fn list(&mut self, asked: &Asked<'_>, _: &Candidates, _: usize) -> Vec<u32> {
        Self::numbers(&self.run(LISTED, asked))
    }

    fn who_can(&mut self, asked: &Asked<'_>, _: &Candidates, _: usize) -> Vec<u32> {
        Self::numbers(&self.run(WHO, asked))
    }
}

/// An object whose keys are texts.
fn object(fields: impl IntoIterator<Item = (String, Value)>) -> Value {
    Value::from(fields.into_iter().map(|(key, value)| (Value::from(key), value)).collect::<BTreeMap<_, _>>())
}

fn fields<const N: usize>(fields: [(&str, Value); N]) -> Value {
    object(fields.into_iter().map(|(key, value)| (key.to_owned(), value)))
}

fn permissions(permissions: &[Permission]) -> Value {
    object(permissions.iter().map(|permission| (permission.name(), Value::from(true))))
}

fn role(gives: &Gives) -> Value {
    fields([("anybody", permissions(&gives.anybody)), ("creator", permissions(&gives.creator))])
}

fn data(world: &World) -> Value {
    let roles = facts::team_roles(world).iter().map(|gives| (gives.role.clone(), role(gives))).collect::<Vec<_>>();
    fields([
        ("roles", object(roles)),
        ("contributor", role(&facts::contributor())),
        ("reads", permissions(&facts::reads())),
        ("people", people(world)),
        ("things", things(world)),
    ])
}

fn people(world: &World) -> Value {
    let roles: Vec<Value> = world.roles.iter().map(|role| Value::from(role.name.as_str())).collect();
    let organizations: Vec<Value> = (0..world.organizations).map(|at| format!("organization:o{at}").into()).collect();
    let person = |(at, user): (usize, &crate::orgs::User)| {
        let organization = &organizations[world.organization_of_user(at as u32) as usize];
        let teams = user.memberships.map(|held| (format!("team:t{}", held.team), roles[held.role as usize].clone()));
        let mut person =
            vec![(String::from("organization"), organization.clone()), (String::from("teams"), object(teams))];
        if user.admin {
            person.push((String::from("admin"), organization.clone()));
        }
        if let Some(projects) = user.contributes {
            let projects = projects.map(|project| (format!("project:p{project}"), Value::from(true)));
            person.push((String::from("projects"), object(projects)));
        }
        (format!("user:u{at}"), object(person))
    };
    object(world.users.iter().enumerate().map(person))
}

/// Runs of one project share the object that says where they lie, and those of one creator the name.
fn things(world: &World) -> Value {
    let place = |organization: u32, team: u32| {
        let organization = Value::from(format!("organization:o{organization}"));
        vec![(String::from("organization"), organization), (String::from("team"), format!("team:t{team}").into())]
    };
    let people: Vec<Value> = (0..world.users.len()).map(|at| format!("user:u{at}").into()).collect();
    let project = |(at, project): (usize, &crate::orgs::Project)| {
        let team = world.team_of_project(at as u32);
        let mut place = place(world.organization_of_team(team), team);
        place.push((String::from("project"), format!("project:p{at}").into()));
        if project.open {
            place.push((String::from("open"), Value::from(true)));
        }
        object(place)
    };
    let projects: Vec<Value> = world.projects.iter().enumerate().map(project).collect();
    object(facts::things(world).map(|thing| {
        let within = |project: u32| projects[project as usize].clone();
        let body = match thing.kind {
            Kind::Run => fields([
                ("in", within(world.project_of_run(thing.at))),
                ("creator", people[world.creators[thing.at as usize] as usize].clone()),
                ("run", Value::from(true)),
            ]),
            Kind::Project => fields([("in", within(thing.at))]),
            _ => fields([("in", object(place(world.organization_of_team(thing.at), thing.at)))]),
        };
        (thing.to_string(), body)
    }))
}
