//! The picture for Markdown documents.

use super::Drawing;
use crate::analysis::{Edge, EdgeKind, Kind, Node, NodeId};
use crate::index::Idx;
use crate::schema::Cardinality;
use crate::syntax::ast::Effect;
use std::fmt::Write as _;
use std::io::{self, Write};

pub(super) fn write(out: &mut impl Write, drawing: Drawing<'_>) -> io::Result<()> {
    writeln!(out, "flowchart TB")?;
    for (at, group) in drawing.diagram.groups.iter().enumerate() {
        let head = group.head.and_then(|head| drawing.diagram.nodes.get(head));
        writeln!(out, "  subgraph g{at}[{}]", quoted(head.map_or("rules", |node| &node.label)))?;
        for &id in group.head.iter().chain(&group.members) {
            if let Some(node) = drawing.diagram.nodes.get(id) {
                writeln!(out, "    {}{}", name(id), shape(node))?;
            }
        }
        writeln!(out, "  end")?;
    }
    for edge in &drawing.diagram.edges {
        writeln!(out, "  {} {} {}", name(edge.from), line(edge), name(edge.to))?;
    }
    classes(out, drawing)
}

fn name(id: NodeId) -> String {
    format!("n{}", id.index())
}

fn shape(node: &Node) -> String {
    let lines: Vec<String> = std::iter::once(&node.label).chain(&node.about).map(|line| escaped(line)).collect();
    let text = format!("\"{}\"", lines.join("<br>"));
    match node.kind {
        Kind::Type => format!("[{text}]"),
        Kind::Role(_) => format!("({text})"),
        Kind::Setting => format!("[/{text}/]"),
        Kind::Rule(_) => format!("{{{{{text}}}}}"),
    }
}

fn line(edge: &Edge) -> String {
    let mut label = String::from(match edge.kind {
        EdgeKind::Contains(Cardinality::One) => "contains",
        EdgeKind::Contains(Cardinality::Optional) => "contains ?",
        EdgeKind::Contains(Cardinality::Many) => "contains *",
        other => other.as_str(),
    });
    if let Some(when) = &edge.when {
        label.push_str(&format!(" when {when}"));
    }
    let arrow = match edge.kind {
        EdgeKind::Contains(_) => "---",
        EdgeKind::Extends => "==>",
        EdgeKind::Implies if edge.when.is_none() => "-->",
        EdgeKind::Implies | EdgeKind::Requires | EdgeKind::Within | EdgeKind::Concerns => "-.->",
    };
    format!("{arrow}|{}|", quoted(&label))
}

/// How nodes and edges look that are not as all others.
fn classes(out: &mut impl Write, drawing: Drawing<'_>) -> io::Result<()> {
    let nodes = || drawing.diagram.groups.iter().flat_map(|group| group.head.iter().chain(&group.members).copied());
    let kind = |id: NodeId| drawing.diagram.nodes.get(id).map(|node| node.kind);
    let mut class = |name: &str, look: &str, members: Vec<NodeId>| {
        if members.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = members.into_iter().map(self::name).collect();
        writeln!(out, "  classDef {name} {look}\n  class {} {name}", names.join(","))
    };
    class("type", "font-weight:bold", nodes().filter(|&id| kind(id) == Some(Kind::Type)).collect())?;
    let of_effect = |effect| nodes().filter(move |&id| kind(id) == Some(Kind::Rule(effect))).collect();
    class("allow", "stroke:#15803d", of_effect(Effect::Allow))?;
    class("deny", "stroke:#b91c1c", of_effect(Effect::Deny))?;
    class("lit", "stroke-width:3px", nodes().filter(|&id| drawing.is_lit(id) == Some(true)).collect())?;
    class("faint", "opacity:0.3", nodes().filter(|&id| drawing.is_lit(id) == Some(false)).collect())?;
    let edges = drawing.diagram.edges.iter().enumerate();
    let lit: Vec<String> =
        edges.filter(|(_, edge)| drawing.is_edge_lit(edge) == Some(true)).map(|(at, _)| at.to_string()).collect();
    if lit.is_empty() { Ok(()) } else { writeln!(out, "  linkStyle {} stroke-width:4px", lit.join(",")) }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// A text in which nothing means anything to Mermaid, or to the HTML that it makes of it.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        if char.is_alphanumeric() || " .,:=!?()+-_'*/".contains(char) {
            escaped.push(char);
        } else {
            // Writing to memory does not fail.
            let _ = write!(escaped, "#{};", u32::from(char));
        }
    }
    escaped
}
