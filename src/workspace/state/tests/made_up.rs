//! Made up changes of the directory that tests load.

/// A made up change: mostly of what is there, at times of what is not, not known or not allowed.
pub(super) fn change(next: &mut impl FnMut(usize) -> usize, number: usize) -> String {
    let pick = |at: usize, from: &[&str]| from[at % from.len()].to_owned();
    if number >= 3_500 && next(2) == 0 {
        return coming_and_going(next);
    }
    let users = ["user:ana", "user:bo", "user:cy", "user:dee", "user:eve", "user:fay"];
    let groups = ["team:red#viewer", "team:blue#lead", "team:blue#viewer", "org:a#member", "team:green#guest"];
    let subject = match next(40) {
        0 => format!("user:new{number}"),
        1 => String::from("key:k"),
        2 => String::from("team:red#nobody"),
        3 => String::from("usr:ana"),
        4..12 => pick(next(groups.len()), &groups),
        _ => pick(next(users.len()), &users),
    };
    let (on, role) = match next(6) {
        0 => ("org:a", pick(next(2), &["member", "admin"])),
        1 => ("org:b", pick(next(2), &["member", "admin"])),
        2 => (["project:p", "project:q"][next(2)], pick(next(2), &["editor", "reader"])),
        _ => {
            let roles = ["viewer", "lead", "guest", "reporter", "viewr"];
            (["team:red", "team:blue", "team:green"][next(3)], pick(next(5), &roles))
        }
    };
    let name = format!("subject: '{subject}', role: {role}, on: {on}");
    let by = match next(4) {
        0 => format!("as: {}, ", pick(next(users.len()), &users)),
        _ => String::new(),
    };
    if number >= 2_500 && next(3) == 0 {
        let entity = ["team:red", "team:blue", "team:green", "org:a", "org:b", "key:k"][next(6)];
        let key = match (entity, next(12)) {
            (_, 0) => "leed",
            (team, _) if team.starts_with("team") => ["lead", "name", "tags", "since", "peers"][next(5)],
            ("key:k", _) => "owner",
            _ => "plan",
        };
        let value = match key {
            "lead" | "leed" | "owner" => pick(next(8), &[&users[..], &["~", "user:new"]].concat()),
            "name" => pick(next(5), &["x", "'7'", "7", "~", "y"]),
            "tags" => pick(next(6), &["[a, b]", "[b, a, b]", "a", "[]", "~", "['7', c]"]),
            "since" => pick(next(4), &["24h", "1d", "~", "soon"]),
            "peers" => pick(next(5), &["[user:ana, user:bo]", "user:cy", "[user:cy]", "~", "[user:bo, user:ana]"]),
            _ => pick(next(5), &["paid", "free", "~", "'true'", "5"]),
        };
        return format!("{{ {by}set: {{ entity: {entity}, attributes: {{ {key}: {value} }} }} }}");
    }
    match (next(2), next(6)) {
        (0, _) => format!("{{ {by}revoke: {{ {name} }} }}"),
        (_, 0) => format!("{{ {by}assign: {{ {name}, since: 1970-01-01T00:00:01Z }} }}"),
        (_, 1) => format!("{{ {by}assign: {{ {name}, until: 1970-01-01T00:00:01Z }} }}"),
        _ => format!("{{ {by}assign: {{ {name} }} }}"),
    }
}

/// A made up change of an entity that comes or goes, or of one that may have come.
fn coming_and_going(next: &mut impl FnMut(usize) -> usize) -> String {
    let entity = match next(4) {
        0 => format!("user:u{}", next(4)),
        1 => format!("team:t{}", next(4)),
        2 => format!("project:r{}", next(4)),
        _ => format!("key:k{}", next(3)),
    };
    let team = ["team:red", "team:blue", "team:green", "team:t0", "team:t1", "team:grey"][next(6)];
    let user = ["user:ana", "user:bo", "user:u0", "user:u1", "user:dee"][next(5)];
    let by = ["", "", "as: user:ana, ", "as: user:bo, "][next(4)];
    let bot = format!("bot:b{}", next(6));
    match next(9) {
        7 => {
            let verb = ["assign", "revoke"][next(2)];
            format!("{{ {by}{verb}: {{ subject: '{bot}', role: guest, on: {team} }} }}")
        }
        8 => format!("{{ {by}set: {{ entity: {team}, attributes: {{ driver: '{bot}' }} }} }}"),
        0..3 => {
            let name = ["x", "z", "'7'", "w"][next(4)];
            let rest = match entity.split_once(':').map_or("", |(ty, _)| ty) {
                "team" => {
                    let org = ["org:a", "org:b", "[org:a, org:b]"][next(6) % 3];
                    let attributes = [
                        format!("lead: {user}, tags: [b, a, t{}]", next(5)),
                        format!("name: {name}"),
                        format!("name: {name}, peers: [user:bo, user:cy], since: 24h"),
                        String::from("lead: ~"),
                    ];
                    format!("in: {org}, attributes: {{ {} }}", attributes[next(7) % 4])
                }
                "project" => format!("in: [{team}, {}]", ["team:red", "team:t2"][next(2)]),
                "key" => format!("attributes: {{ owner: {user} }}"),
                _ => return format!("{{ {by}create: {{ entity: '{entity}' }} }}"),
            };
            format!("{{ {by}create: {{ entity: '{entity}', {rest} }} }}")
        }
        3..5 => format!("{{ {by}delete: '{entity}' }}"),
        5 => {
            let role = ["viewer", "guest", "lead"][next(3)];
            format!("{{ {by}assign: {{ subject: {user}, role: {role}, on: {team} }} }}")
        }
        _ => {
            let role = ["editor", "reader"][next(2)];
            format!("{{ {by}assign: {{ subject: {user}, role: {role}, on: 'project:r{}' }} }}", next(4))
        }
    }
}
