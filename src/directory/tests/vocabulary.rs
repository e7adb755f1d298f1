//! The vocabulary that the texts of these tests are read by: that of the language page's example, and one of each kind
//! of attribute.

use crate::index::IndexVec;
use crate::schema::{
    AttributeInfo, Cardinality, EntityName, MergeWord, ParentInfo, Presence, RoleInfo, Schema, SettingInfo, TypeId,
    TypeInfo, Value, ValueType,
};

use Cardinality::{Many, One, Optional};

const USER: TypeId = TypeId(0);
const ORGANIZATION: TypeId = TypeId(1);
const TEAM: TypeId = TypeId(2);
const PROJECT: TypeId = TypeId(3);
const RUN: TypeId = TypeId(4);
const KEY: TypeId = TypeId(5);
const FOLDER: TypeId = TypeId(6);
const THING: TypeId = TypeId(7);

/// Types, in the order of the constants above.
pub(super) fn schema() -> Schema {
    let organization = |id: &str| EntityName { ty: ORGANIZATION, id: id.into() };
    let words = |words: &[&str]| ValueType::Enum(words.iter().map(|&word| word.into()).collect());
    let text = |text: &str| Presence::Default(Value::Str(text.into()));
    let required = |name, ty| attribute(name, ty, Presence::Required);
    let optional = |name, ty| attribute(name, ty, Presence::Optional);
    let unique = AttributeInfo { unique: true, ..optional("name", ValueType::String) };
    let mut schema = Schema::default();
    schema.types = IndexVec::from_vec(vec![
        ty("user", &[], vec![]),
        ty("organization", &[], vec![attribute("plan", words(&["free", "enterprise"]), text("free"))]),
        ty(
            "team",
            &[(ORGANIZATION, One)],
            vec![attribute("default", ValueType::Bool, Presence::Default(Value::Bool(false))), unique.clone()],
        ),
        ty(
            "project",
            &[(ORGANIZATION, One), (TEAM, Many)],
            vec![attribute("visibility", words(&["private", "open"]), text("private"))],
        ),
        ty("run", &[(PROJECT, One)], vec![required("created_by", ValueType::Entity(USER))]),
        TypeInfo { acts_as: Some(0), ..ty("personal_key", &[], vec![required("owner", ValueType::Entity(USER))]) },
        ty("folder", &[(FOLDER, Optional), (ORGANIZATION, Optional)], vec![unique.clone()]),
        ty(
            "thing",
            &[],
            vec![
                optional("count", ValueType::Int),
                optional("at", ValueType::Timestamp),
                optional("length", ValueType::Duration),
                optional("address", ValueType::Ip),
                optional("tags", ValueType::Set(Box::new(ValueType::String))),
                optional("friends", ValueType::Set(Box::new(ValueType::Entity(USER)))),
            ],
        ),
    ]);
    schema.roles = vec![
        role(ORGANIZATION, "member"),
        role(ORGANIZATION, "admin"),
        role(TEAM, "viewer"),
        role(TEAM, "member"),
        role(TEAM, "admin"),
        RoleInfo { custom: true, organization: Some(organization("acme")), ..role(TEAM, "janitor") },
        RoleInfo { custom: true, organization: Some(organization("other")), ..role(TEAM, "janitor") },
    ]
    .into_iter()
    .collect();
    schema.settings = IndexVec::from_vec(vec![
        setting(PROJECT, "queues", ValueType::Set(Box::new(ValueType::String)), MergeWord::Narrows),
        setting(PROJECT, "default_queue", ValueType::String, MergeWord::Overrides),
    ]);
    schema.policies = IndexVec::from_vec(vec!["gpu".into(), "open".into()]);
    schema.policy_organizations = IndexVec::from_vec(vec![Some(organization("acme")), None]);
    schema.finish();
    schema
}

fn ty(name: &str, parents: &[(TypeId, Cardinality)], attributes: Vec<AttributeInfo>) -> TypeInfo {
    let parents = parents.iter().map(|&(ty, cardinality)| ParentInfo { ty, cardinality }).collect();
    TypeInfo { name: name.into(), parents, attributes, acts_as: None, permissions: 0..0 }
}

fn attribute(name: &str, ty: ValueType, presence: Presence) -> AttributeInfo {
    AttributeInfo { name: name.into(), ty, presence, unique: false }
}

fn role(ty: TypeId, name: &str) -> RoleInfo {
    RoleInfo { ty, name: name.into(), custom: false, organization: None, retired: false }
}

fn setting(ty: TypeId, name: &str, value: ValueType, merge: MergeWord) -> SettingInfo {
    SettingInfo { name: name.into(), ty, value, merge, within: None }
}

#[test]
fn the_constants_are_the_types_places() {
    let schema = schema();
    let named = |name| schema.type_named(name);
    assert_eq!([named("user"), named("run"), named("thing")], [Some(USER), Some(RUN), Some(THING)]);
    assert_eq!([named("personal_key"), named("folder")], [Some(KEY), Some(FOLDER)]);
}
