//! The directory in the bulk form, a line a fact.

use super::world::{Resource, World};
use std::fmt;
use std::io::{self, Write};

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `team:t7`: a letter before the number, as ids are texts.
        let name = self.kind.name();
        write!(f, "{name}:{}{}", &name[..1], self.at)
    }
}

/// The entity that a number among the people means.
pub(crate) fn user(at: u32) -> String {
    format!("user:u{at}")
}

impl World {
    /// Writes `directory.jsonl`. Nothing of it is held in memory.
    ///
    /// # Errors
    /// Those of the writer.
    pub(crate) fn write_directory(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, r#"{{"rolebook":1,"kind":"directory"}}"#)?;
        for organization in 0..self.organizations {
            writeln!(out, r#"{{"entity":"organization:o{organization}"}}"#)?;
        }
        for team in 0..self.teams() {
            let organization = self.organization_of_team(team);
            writeln!(out, r#"{{"entity":"team:t{team}","in":["organization:o{organization}"]}}"#)?;
        }
        self.write_projects(out)?;
        for (run, creator) in self.creators.iter().enumerate() {
            let project = self.project_of_run(run as u32);
            writeln!(
                out,
                r#"{{"entity":"run:r{run}","in":["project:p{project}"],"attributes":{{"created_by":"user:u{creator}"}}}}"#
            )?;
        }
        self.write_people(out)
    }

    fn write_projects(&self, out: &mut impl Write) -> io::Result<()> {
        for (at, project) in self.projects.iter().enumerate() {
            let team = self.team_of_project(at as u32);
            write!(out, r#"{{"entity":"project:p{at}","in":["team:t{team}"]"#)?;
            match (project.open, project.label) {
                (true, Some(label)) => write!(out, r#","attributes":{{"visibility":"open","label":"label{label}"}}"#)?,
                (true, None) => write!(out, r#","attributes":{{"visibility":"open"}}"#)?,
                (false, Some(label)) => write!(out, r#","attributes":{{"label":"label{label}"}}"#)?,
                (false, None) => {}
            }
            writeln!(out, "}}")?;
        }
        Ok(())
    }

    fn write_people(&self, out: &mut impl Write) -> io::Result<()> {
        for at in 0..self.users.len() {
            writeln!(out, r#"{{"entity":"user:u{at}"}}"#)?;
        }
        for (at, user) in self.users.iter().enumerate() {
            let organization = self.organization_of_user(at as u32);
            let role = if user.admin { "admin" } else { "member" };
            write_assignment(out, at, role, format_args!("organization:o{organization}"))?;
            for membership in user.memberships {
                let role = &self.roles[membership.role as usize].name;
                write_assignment(out, at, role, format_args!("team:t{}", membership.team))?;
            }
            for project in user.contributes.iter().flatten() {
                write_assignment(out, at, "contributor", format_args!("project:p{project}"))?;
            }
        }
        Ok(())
    }

    /// The lines of [`World::write_directory`] as one text.
    pub(crate) fn directory(&self) -> String {
        let mut lines = Vec::new();
        let written = self.write_directory(&mut lines);
        assert!(written.is_ok(), "memory takes every line");
        String::from_utf8(lines).unwrap_or_default()
    }
}

fn write_assignment(out: &mut impl Write, user: usize, role: &str, on: fmt::Arguments<'_>) -> io::Result<()> {
    writeln!(out, r#"{{"assign":{{"subject":"user:u{user}","role":"{role}","on":"{on}"}}}}"#)
}
