//! `rolebook graph`: the policy as a picture.

mod dot;
mod layout;
mod mermaid;
mod svg;

use super::ExitStatus;
use super::args::{CUSTOM_ROLES, Package};
use super::failure::Failure;
use super::matrix::find_role;
use super::output::Output;
use crate::analysis::{Diagram, Edge, Kind, NodeId};
use crate::compile::CompiledPolicy;
use crate::engine::Engine;
use crate::index::Idx;
use clap::ValueEnum;
use fixedbitset::FixedBitSet;

const AFTER_HELP: &str = "\
The picture has the types and what contains what; on each its roles, its settings and the rules and
guardrails that speak of it; between roles what they extend, imply and require. With a condition an
arrow is dashed.

Exit status: 0, or 2 could not run.

Examples:
  rolebook graph --format svg > policy.svg
  rolebook graph --format svg --focus team.admin > admin.svg
  rolebook graph --show types --show roles       for a Markdown document, as Mermaid
  rolebook graph --format dot | dot -Tpdf > policy.pdf";

/// Draw types and containment, roles, rules and settings.
#[derive(clap::Args, Debug)]
#[command(after_long_help = AFTER_HELP, mut_arg("directories", |arg| arg.help(CUSTOM_ROLES)))]
pub(super) struct Args {
    #[command(flatten)]
    package: Package,
    /// The form of the picture
    #[arg(long, value_enum, default_value_t = Form::Mermaid)]
    format: Form,
    /// Highlight a role with all that it extends, implies and requires, and these in turn
    #[arg(long, value_name = "ROLE")]
    focus: Option<String>,
    /// Show this only; may be repeated [default: all]
    #[arg(long, value_enum, value_name = "WHAT")]
    show: Vec<What>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
enum Form {
    /// For Markdown documents
    Mermaid,
    /// For Graphviz
    Dot,
    /// A picture, for browsers
    Svg,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
enum What {
    /// Types and containment; always shown
    Types,
    /// Roles
    Roles,
    /// Rules, and guardrails of org policies
    Rules,
    /// Settings
    Settings,
}

/// A diagram with what of it is highlighted.
#[derive(Clone, Copy)]
struct Drawing<'a> {
    diagram: &'a Diagram,
    title: &'a str,
    /// The closure of a role, by node.
    focus: Option<&'a FixedBitSet>,
}

impl Drawing<'_> {
    /// Whether a thing is one of those highlighted; none is where nothing is.
    fn is_lit(self, node: NodeId) -> Option<bool> {
        self.focus.map(|lit| lit.contains(node.index()))
    }

    /// Whether an edge leads from one highlighted thing to another.
    fn is_edge_lit(self, edge: &Edge) -> Option<bool> {
        Some(self.is_lit(edge.from)? && self.is_lit(edge.to)? && edge.leads_on())
    }
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    // As in the permission table, a directory matters only for the custom roles in it.
    let engine = if args.package.directories.is_empty() {
        Engine::open_policies(&args.package.policies())?
    } else {
        args.package.open()?
    };
    let state = engine.state();
    let policy = state.snapshot().policy();
    let diagram = Diagram::of(policy).only(|kind| args.show.is_empty() || args.show.iter().any(|what| what.is(kind)));
    let focus = args.focus.as_deref().map(|name| focus(policy, &diagram, name)).transpose()?;
    let title = policy.schema().package.as_deref().unwrap_or("policy");
    let drawing = Drawing { diagram: &diagram, title, focus: focus.as_ref() };
    match args.format {
        Form::Mermaid => mermaid::write(output, drawing)?,
        Form::Dot => dot::write(output, drawing)?,
        Form::Svg => svg::write(output, drawing)?,
    }
    Ok(ExitStatus::Success)
}

fn focus(policy: &CompiledPolicy, diagram: &Diagram, name: &str) -> Result<FixedBitSet, Failure> {
    let role = find_role(policy.schema(), name)?;
    Ok(diagram.role(role).map_or_else(FixedBitSet::new, |node| diagram.closure(node)))
}

impl What {
    const fn is(self, kind: Kind) -> bool {
        match kind {
            Kind::Type => true,
            Kind::Role(_) => matches!(self, Self::Roles),
            Kind::Setting => matches!(self, Self::Settings),
            Kind::Rule(_) => matches!(self, Self::Rules),
        }
    }
}
