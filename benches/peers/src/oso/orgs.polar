# Who is what where is asked of the caller's objects; what a role gives are facts, added from the workload.
allow(subject: Subject, permission: String, thing: Thing) if
    gives(subject.role_in(thing.team), permission);

allow(subject: Subject, permission: String, thing: Thing) if
    thing.created_by(subject.id) and
    gives_creator(subject.role_in(thing.team), permission);

allow(subject: Subject, _permission: String, thing: Thing) if
    subject.admin and
    subject.organization = thing.organization;

allow(subject: Subject, permission: String, thing: Thing) if
    thing.open and
    reads(permission) and
    subject.organization = thing.organization;

allow(subject: Subject, permission: String, thing: Thing) if
    subject.contributes(thing.project) and
    gives("contributor", permission);

allow(subject: Subject, permission: String, thing: Thing) if
    subject.contributes(thing.project) and
    thing.created_by(subject.id) and
    gives_creator("contributor", permission);
