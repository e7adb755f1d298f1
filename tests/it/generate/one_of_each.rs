//! A directory of one entity of each type, each inside of those of all types that contain it: what can be done in some
//! directory at all can be done there.

use super::choices::Choices;
use super::directory::{AssignmentFacts, EntityFacts, Facts, attributes};
use super::shape::{RoleShape, Shape, TypeAt};
use super::values;

/// The directory, without any assignment.
pub(crate) fn one_of_each(choices: &mut Choices<'_>, shape: &Shape) -> Facts {
    let mut facts = Facts::default();
    for ty in shape.outermost_first() {
        let parents = shape.types[ty].parents.iter().filter(|&&(parent, _)| parent != ty);
        let place = |parent: TypeAt| facts.entities.iter().position(|entity: &EntityFacts| entity.ty == parent);
        let parents: Vec<usize> = parents.filter_map(|&(parent, _)| place(parent)).collect();
        let name = format!("{}:{}", shape.types[ty].name, values::ids(shape, ty)[0]);
        let (attributes, settings, links) = (Vec::new(), Vec::new(), Vec::new());
        facts.entities.push(EntityFacts { ty, name, parents, attributes, settings, links });
    }
    for at in 0..facts.entities.len() {
        facts.entities[at].attributes = attributes(choices, shape, &facts.entities[at]);
    }
    facts
}

impl Facts {
    /// Assigns a role of the policy on the one entity of its type, with what it requires.
    pub(crate) fn hold(&mut self, shape: &Shape, subject: &str, role: &RoleShape) {
        let on = self.entities.iter().position(|entity| entity.ty == role.ty).expect("one of each");
        self.assign(AssignmentFacts {
            subject: subject.to_owned(),
            role: role.name.clone(),
            on,
            since: None,
            until: None,
        });
        for (ty, name) in &role.requires {
            let required = shape.roles.iter().find(|role| role.ty == *ty && role.name == *name).expect("a role");
            self.hold(shape, subject, required);
        }
    }

    /// The name of the one entity of a type.
    pub(crate) fn name_of(&self, ty: TypeAt) -> &str {
        &self.entities.iter().find(|entity| entity.ty == ty).expect("one of each").name
    }
}
