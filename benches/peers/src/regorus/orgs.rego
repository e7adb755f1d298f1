# The workload in Rego. Facts lie in `data` so that a check looks up two objects by name and no more.
package orgs

import rego.v1

default allow := false

person := data.people[input.subject]

thing := data.things[input.resource]

allow if may(person, thing)

# What is asked the other way round, over all that there is.
listed := {name | some name, candidate in data.things; candidate.run; may(person, candidate)}

who := {name | some name, candidate in data.people; may_be(name, candidate)}

may(one, it) if data.roles[one.teams[it["in"].team]].anybody[input.permission]

may(one, it) if {
	it.creator == input.subject
	data.roles[one.teams[it["in"].team]].creator[input.permission]
}

may(one, it) if one.admin == it["in"].organization

may(one, it) if {
	it["in"].open
	data.reads[input.permission]
	one.organization == it["in"].organization
}

may(one, it) if {
	one.projects[it["in"].project]
	data.contributor.anybody[input.permission]
}

may(one, it) if {
	it.creator == input.subject
	one.projects[it["in"].project]
	data.contributor.creator[input.permission]
}

may_be(_, one) if data.roles[one.teams[thing["in"].team]].anybody[input.permission]

may_be(name, one) if {
	thing.creator == name
	data.roles[one.teams[thing["in"].team]].creator[input.permission]
}

may_be(_, one) if one.admin == thing["in"].organization

may_be(_, one) if {
	thing["in"].open
	data.reads[input.permission]
	one.organization == thing["in"].organization
}

may_be(_, one) if {
	one.projects[thing["in"].project]
	data.contributor.anybody[input.permission]
}

may_be(name, one) if {
	thing.creator == name
	one.projects[thing["in"].project]
	data.contributor.creator[input.permission]
}
