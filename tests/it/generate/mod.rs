//! Random policies, directories and requests: small, so that they can be read, and nasty, so that everything meets
//! everything. Each is valid by construction, whatever the choices.

mod assignments;
mod changes;
mod choices;
mod condition;
mod containment;
mod directory;
mod one_of_each;
mod operands;
mod org_policies;
mod policy;
mod request;
mod roles;
mod settings;
mod shape;
mod statement;
mod types;
mod values;

pub(crate) use changes::{author, change, plain_request};
pub(crate) use choices::{Choices, Rows};
pub(crate) use directory::{AssignmentFacts, EntityFacts, Facts};
pub(crate) use one_of_each::one_of_each;
pub(crate) use request::{RequestFacts, Told};
pub(crate) use shape::{Kind, RoleShape, Shape, TypeShape};
pub(crate) use values::Datum;

pub(crate) use directory::directory;
pub(crate) use policy::policy;
pub(crate) use request::request;
