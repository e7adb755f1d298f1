//! The picture by itself: SVG that loads nothing, drawn without Graphviz.

use super::Drawing;
use super::layout::{Area, LINE, Layout, PAD, lines, title};
use crate::analysis::{Edge, EdgeKind, Kind, NodeId};
use crate::schema::Cardinality;
use crate::syntax::ast::Effect;
use pulldown_cmark_escape::escape_html;
use std::io::{self, Write};

const STYLE: &str = include_str!("style.css");

/// What the lines mean, by their classes.
const KEY: [(&str, &str); 6] = [
    ("contains", "contains"),
    ("extends", "extends"),
    ("implies", "implies"),
    ("requires", "requires"),
    ("implies dashed", "on a condition"),
    ("concerns", "speaks of"),
];

/// The room that the meaning of a line has.
const KEY_WIDTH: usize = 112;

/// The height of the line that says what the lines mean.
const KEY_HEIGHT: usize = 2 * LINE;

pub(super) fn write(out: &mut impl Write, drawing: Drawing<'_>) -> io::Result<()> {
    let layout = Layout::of(drawing);
    let width = layout.width.max(2 * PAD + KEY.len() * KEY_WIDTH);
    let height = layout.height + KEY_HEIGHT;
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         role=\"img\">\n<title>{}</title>\n<style>\n{STYLE}</style>",
        escaped(drawing.title)
    )?;
    writeln!(out, "<defs>")?;
    for (name, path) in [("open", "M1 1 L9 5 L1 9"), ("full", "M1 1 L9 5 L1 9 Z")] {
        writeln!(
            out,
            "<marker id=\"{name}\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"8\" markerHeight=\"8\" \
             orient=\"auto\"><path class=\"{name}\" d=\"{path}\"/></marker>"
        )?;
    }
    writeln!(out, "</defs>")?;
    let (between_roles, others): (Vec<&Edge>, Vec<&Edge>) =
        drawing.diagram.edges.iter().partition(|edge| edge.leads_on());
    // What leads past a type's box goes behind it.
    for edge in others {
        curve(out, drawing, &layout, edge)?;
    }
    for (group, area) in drawing.diagram.groups.iter().zip(&layout.groups) {
        let head = group.head.map(|head| drawing.is_lit(head));
        rectangle(out, &format!("group{}", light(head.flatten())), *area, 6)?;
    }
    for edge in between_roles {
        curve(out, drawing, &layout, edge)?;
    }
    for (group, area) in drawing.diagram.groups.iter().zip(&layout.groups) {
        let title = title(drawing.diagram, group);
        let (x, y) = (area.x + PAD, area.y + PAD + LINE / 2);
        match group.head {
            Some(head) => thing(out, drawing, head, |out| text(out, "type", x, y, &title))?,
            None => text(out, "type", x, y, &title)?,
        }
        for &id in &group.members {
            thing(out, drawing, id, |out| content(out, drawing, &layout, id))?;
        }
    }
    key(out, layout.height + LINE / 2)?;
    writeln!(out, "</svg>")
}

/// A thing, with more about it for whoever points at it.
fn thing<W: Write>(
    out: &mut W,
    drawing: Drawing<'_>,
    id: NodeId,
    draw: impl FnOnce(&mut W) -> io::Result<()>,
) -> io::Result<()> {
    let Some(node) = drawing.diagram.nodes.get(id) else { return Ok(()) };
    let about: Vec<&str> = std::iter::once(&node.label).chain(&node.about).map(String::as_str).collect();
    writeln!(out, "<g class=\"thing{}\"><title>{}</title>", light(drawing.is_lit(id)), escaped(&about.join("\n")))?;
    draw(out)?;
    writeln!(out, "</g>")
}

/// What is seen of a thing in a group.
fn content(out: &mut impl Write, drawing: Drawing<'_>, layout: &Layout, id: NodeId) -> io::Result<()> {
    let (Some(node), Some(&area)) = (drawing.diagram.nodes.get(id), layout.nodes.get(&id)) else { return Ok(()) };
    let class = match node.kind {
        Kind::Role(_) => {
            rectangle(out, "role", area, 10)?;
            return text(out, "role", area.x + PAD, area.y + area.height / 2, &node.label);
        }
        Kind::Type => "type",
        Kind::Setting => "setting",
        Kind::Rule(Effect::Allow) => "allow",
        Kind::Rule(Effect::Deny) => "deny",
    };
    for (at, line) in lines(drawing.diagram, id).iter().enumerate() {
        text(out, class, area.x, area.y + LINE / 2 + at * LINE, line)?;
    }
    Ok(())
}

/// A line from one thing to another: down from a bottom to a top, or up from a top to a bottom.
fn curve(out: &mut impl Write, drawing: Drawing<'_>, layout: &Layout, edge: &Edge) -> io::Result<()> {
    // What a setting lies within is said in its line.
    let drawn = edge.kind != EdgeKind::Within && edge.from != edge.to;
    let ends = layout.nodes.get(&edge.from).zip(layout.nodes.get(&edge.to)).filter(|_| drawn);
    let Some((from, to)) = ends else { return Ok(()) };
    let (start, end) = if from.bottom() <= to.y { (from.bottom(), to.y) } else { (from.y, to.bottom()) };
    // As far as half the way, the line goes straight up or down.
    let half = start.midpoint(end);
    let dashed = if edge.when.is_some() { " dashed" } else { "" };
    let (start_x, arrival) = (aside(edge.kind, *from), arrival(drawing, layout, edge, *to));
    let name = |id| drawing.diagram.nodes.get(id).map_or("", |node| &*node.label);
    let when = edge.when.as_ref().map_or_else(String::new, |when| format!(" when {when}"));
    let said = format!("{} {} {}{when}", name(edge.from), edge.kind.as_str(), name(edge.to));
    writeln!(
        out,
        "<path class=\"{}{dashed}{}\" d=\"M{} {start} C{} {half} {} {half} {} {end}\"><title>{}</title></path>",
        edge.kind.as_str(),
        light(drawing.is_edge_lit(edge)),
        start_x,
        start_x,
        arrival,
        arrival,
        escaped(&said)
    )?;
    let mark = match edge.kind {
        EdgeKind::Contains(Cardinality::Optional) => "?",
        EdgeKind::Contains(Cardinality::Many) => "*",
        _ => return Ok(()),
    };
    text(out, &format!("mark{}", light(drawing.is_edge_lit(edge))), arrival + 6, to.y - 8, mark)
}

/// Where on a thing a line of a kind begins or ends: beside those of other kinds, which may lead the same way.
const fn aside(kind: EdgeKind, area: Area) -> usize {
    match kind {
        EdgeKind::Implies => area.middle() + 8,
        EdgeKind::Requires => area.middle() - 8,
        _ => area.middle(),
    }
}

/// Where on a type the line from one of those arrives that it lies in: side by side, in the order of these.
fn arrival(drawing: Drawing<'_>, layout: &Layout, edge: &Edge, to: Area) -> usize {
    if !matches!(edge.kind, EdgeKind::Contains(_)) {
        return aside(edge.kind, to);
    }
    let alike =
        |other: &&Edge| matches!(other.kind, EdgeKind::Contains(_)) && other.to == edge.to && other.from != other.to;
    let mut sources: Vec<(usize, NodeId)> = drawing
        .diagram
        .edges
        .iter()
        .filter(alike)
        .filter_map(|other| Some((layout.nodes.get(&other.from)?.middle(), other.from)))
        .collect();
    sources.sort_unstable();
    let place = sources.iter().position(|&(_, from)| from == edge.from).unwrap_or(0);
    to.x + to.width * (place + 1) / (sources.len() + 1)
}

/// What the lines mean.
fn key(out: &mut impl Write, y: usize) -> io::Result<()> {
    let mut x = PAD;
    for (class, word) in KEY {
        writeln!(out, "<path class=\"{class}\" d=\"M{x} {y} L{} {y}\"/>", x + 32)?;
        text(out, "key", x + 40, y, word)?;
        x += KEY_WIDTH;
    }
    Ok(())
}

fn rectangle(out: &mut impl Write, class: &str, area: Area, round: usize) -> io::Result<()> {
    let Area { x, y, width, height } = area;
    writeln!(out, "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{round}\"/>")
}

/// A text whose lines are in the middle of a height.
fn text(out: &mut impl Write, class: &str, x: usize, y: usize, content: &str) -> io::Result<()> {
    writeln!(out, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>", escaped(content))
}

const fn light(lit: Option<bool>) -> &'static str {
    match lit {
        Some(true) => " lit",
        Some(false) => " faint",
        None => "",
    }
}

/// A text as text of the picture; what no XML may hold is left out.
fn escaped(text: &str) -> String {
    let held: String = text.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    let mut escaped = String::with_capacity(held.len());
    // Writing to memory does not fail.
    let _ = escape_html(&mut escaped, &held);
    escaped
}
