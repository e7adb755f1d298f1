//! The picture for Graphviz.

use super::Drawing;
use crate::analysis::{Edge, EdgeKind, Group, Kind, Node, NodeId};
use crate::index::Idx;
use crate::schema::Cardinality;
use crate::syntax::ast::Effect;
use std::io::{self, Write};

const FAINT: &str = "#b0b0b0";

pub(super) fn write(out: &mut impl Write, drawing: Drawing<'_>) -> io::Result<()> {
    writeln!(out, "digraph {} {{", quoted(drawing.title))?;
    writeln!(out, "  graph [rankdir=TB, fontname=\"Helvetica\", ranksep=0.8]")?;
    writeln!(out, "  node [fontname=\"Helvetica\", fontsize=11]\n  edge [fontname=\"Helvetica\", fontsize=9]")?;
    for (at, group) in drawing.diagram.groups.iter().enumerate() {
        writeln!(out, "  subgraph cluster_{at} {{")?;
        writeln!(out, "    label={}", quoted(&title(drawing, group)))?;
        for &id in group.head.iter().chain(&group.members) {
            if let Some(node) = drawing.diagram.nodes.get(id) {
                writeln!(out, "    {} [{}]", name(id), looks(drawing, id, node))?;
            }
        }
        writeln!(out, "  }}")?;
    }
    for edge in &drawing.diagram.edges {
        writeln!(out, "  {} -> {} [{}]", name(edge.from), name(edge.to), line(drawing, edge))?;
    }
    writeln!(out, "}}")
}

fn title(drawing: Drawing<'_>, group: &Group) -> String {
    let head = group.head.and_then(|head| drawing.diagram.nodes.get(head));
    head.map_or_else(|| String::from("rules"), |node| node.label.clone())
}

fn name(id: NodeId) -> String {
    format!("n{}", id.index())
}

fn looks(drawing: Drawing<'_>, id: NodeId, node: &Node) -> String {
    let shape = match node.kind {
        Kind::Type => "box, style=bold",
        Kind::Role(_) => "box, style=rounded",
        Kind::Setting => "note",
        Kind::Rule(Effect::Allow) => "box, style=dashed, color=\"#15803d\"",
        Kind::Rule(Effect::Deny) => "box, style=dashed, color=\"#b91c1c\"",
    };
    let label = std::iter::once(&node.label).chain(&node.about).map(String::as_str).collect::<Vec<_>>().join("\n");
    let lit = match drawing.is_lit(id) {
        Some(true) => ", penwidth=2.5",
        Some(false) => ", color=\"#b0b0b0\", fontcolor=\"#b0b0b0\"",
        None => "",
    };
    format!("label={}, shape={shape}{lit}", quoted(&label))
}

fn line(drawing: Drawing<'_>, edge: &Edge) -> String {
    let mut label = String::from(match edge.kind {
        EdgeKind::Contains(Cardinality::One) => "",
        EdgeKind::Contains(Cardinality::Optional) => "?",
        EdgeKind::Contains(Cardinality::Many) => "*",
        other => other.as_str(),
    });
    if let Some(when) = &edge.when {
        label.push_str(&format!("\nwhen {when}"));
    }
    let look = match edge.kind {
        EdgeKind::Contains(_) => ", arrowhead=none, penwidth=2, color=\"#888888\"",
        EdgeKind::Extends => ", arrowhead=empty",
        EdgeKind::Implies => "",
        EdgeKind::Requires => ", arrowhead=vee, constraint=false, color=\"#7c3aed\"",
        EdgeKind::Within | EdgeKind::Concerns => ", arrowhead=open, constraint=false, style=dotted",
    };
    let dashed = if edge.when.is_some() { ", style=dashed" } else { "" };
    let lit = match drawing.is_edge_lit(edge) {
        Some(true) => String::from(", penwidth=2.5"),
        Some(false) => format!(", color=\"{FAINT}\", fontcolor=\"{FAINT}\""),
        None => String::new(),
    };
    // Of an attribute that is given twice the later counts.
    format!("label={}{look}{dashed}{lit}", quoted(&label))
}

/// A text as Graphviz reads it: quoted, with line breaks between its lines.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
