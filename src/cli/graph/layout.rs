//! Where things go on paper.
//!
//! Types stand in layers, each below all that it lies in, and within a layer beside what is below the same things: by the
//! middle of what they lie in. In a type's box its roles stand in rows, each role below those that it extends, and below them
//! its settings and its rules. All of it follows from the diagram alone, in whole pixels, so that a picture is
//! the same on every machine and changes little where little changes.

use super::Drawing;
use crate::analysis::{Diagram, EdgeKind, Group, Kind, NodeId};
use rustc_hash::FxHashMap;
use unicode_width::UnicodeWidthStr;

/// What a letter is wide, in tenths of a pixel: text is set in a face in which all are.
const LETTER: usize = 72;
/// The height of a line of text.
pub(super) const LINE: usize = 18;
/// Between a box and what is in it.
pub(super) const PAD: usize = 12;
/// Between boxes of types.
const BESIDE: usize = 36;
/// Between layers.
const BETWEEN: usize = 70;
/// Between rows of roles, and between roles of a row.
const ROWS: usize = 30;
const ROLES: usize = 16;
/// How wide a row of roles may be before it is broken.
const WIDE: usize = 560;
/// How many letters of a text stand on one line.
const LETTERS: usize = 72;

/// A place on paper.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Area {
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

impl Area {
    pub(super) const fn middle(self) -> usize {
        self.x + self.width / 2
    }

    pub(super) const fn bottom(self) -> usize {
        self.y + self.height
    }

    const fn right(self) -> usize {
        self.x + self.width
    }
}

/// Where everything goes.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) width: usize,
    pub(super) height: usize,
    /// The boxes of the groups.
    pub(super) groups: Vec<Area>,
    /// The boxes of roles, and the lines of what else is in a group. A head is its group's box.
    pub(super) nodes: FxHashMap<NodeId, Area>,
}

impl Layout {
    pub(super) fn of(drawing: Drawing<'_>) -> Self {
        let diagram = drawing.diagram;
        let inner: Vec<Inner> = diagram.groups.iter().map(|group| Inner::of(diagram, group)).collect();
        let mut layout = Self { groups: vec![Area::default(); inner.len()], ..Self::default() };
        let deepest = diagram.groups.iter().map(|group| group.depth).max().unwrap_or(0);
        let mut layers: Vec<Vec<usize>> = vec![Vec::new(); deepest + 2];
        for (at, group) in diagram.groups.iter().enumerate() {
            // What is no type's stands below everything.
            let layer = if group.head.is_some() { group.depth } else { deepest + 1 };
            if let Some(layer) = layers.get_mut(layer) {
                layer.push(at);
            }
        }
        let mut y = PAD;
        for layer in layers.iter_mut().filter(|layer| !layer.is_empty()) {
            layer.sort_by_cached_key(|&at| (layout.middle_above(diagram, at), at));
            let mut x = PAD;
            let mut height = 0;
            for &at in layer.iter() {
                let Some(inner) = inner.get(at) else { continue };
                let area = Area { x, y, width: inner.width, height: inner.height };
                if let Some(place) = layout.groups.get_mut(at) {
                    *place = area;
                }
                x = area.right() + BESIDE;
                height = height.max(area.height);
            }
            layout.width = layout.width.max(x - BESIDE + PAD);
            layout.height = y + height + PAD;
            y += height + BETWEEN;
        }
        layout.centre(&layers);
        layout.fill(diagram, &inner);
        layout
    }

    /// The middle of all that a group's type lies in, as far as it has its place.
    fn middle_above(&self, diagram: &Diagram, at: usize) -> usize {
        let head = diagram.groups.get(at).and_then(|group| group.head);
        let outer = diagram
            .edges
            .iter()
            .filter(|edge| matches!(edge.kind, EdgeKind::Contains(_)) && Some(edge.to) == head && edge.from != edge.to);
        let place = |node: NodeId| {
            let group = diagram.groups.iter().position(|group| group.head == Some(node))?;
            self.groups.get(group).map(|area| area.middle())
        };
        let middles: Vec<usize> = outer.filter_map(|edge| place(edge.from)).collect();
        middles.iter().sum::<usize>() / middles.len().max(1)
    }

    /// Moves each layer to the middle of the widest.
    fn centre(&mut self, layers: &[Vec<usize>]) {
        for layer in layers {
            let right = layer.iter().filter_map(|&at| self.groups.get(at)).map(|area| area.right()).max().unwrap_or(0);
            let shift = (self.width - PAD).saturating_sub(right) / 2;
            for &at in layer {
                if let Some(area) = self.groups.get_mut(at) {
                    area.x += shift;
                }
            }
        }
    }

    fn fill(&mut self, diagram: &Diagram, inner: &[Inner]) {
        for ((group, inner), area) in diagram.groups.iter().zip(inner).zip(&self.groups) {
            for &(node, place) in &inner.places {
                self.nodes.insert(node, Area { x: area.x + place.x, y: area.y + place.y, ..place });
            }
            if let Some(head) = group.head {
                self.nodes.insert(head, *area);
            }
        }
    }
}

/// What is in a group's box, from its left upper corner.
struct Inner {
    width: usize,
    height: usize,
    places: Vec<(NodeId, Area)>,
}

impl Inner {
    fn of(diagram: &Diagram, group: &Group) -> Self {
        let of_kind = |wanted: fn(Kind) -> bool| {
            let is = move |id: &&NodeId| diagram.nodes.get(**id).is_some_and(|node| wanted(node.kind));
            group.members.iter().filter(is).copied().collect::<Vec<_>>()
        };
        let mut inner =
            Self { width: text_width(&title(diagram, group)) + 2 * PAD, height: PAD + LINE, places: Vec::new() };
        inner.roles(diagram, &of_kind(|kind| matches!(kind, Kind::Role(_))));
        inner.texts(diagram, &of_kind(|kind| kind == Kind::Setting));
        inner.texts(diagram, &of_kind(|kind| matches!(kind, Kind::Rule(_))));
        inner.height += PAD;
        inner
    }

    /// Adds texts, one below the other.
    fn texts(&mut self, diagram: &Diagram, nodes: &[NodeId]) {
        if !nodes.is_empty() {
            self.height += PAD / 2;
        }
        for &id in nodes {
            let lines = lines(diagram, id);
            let width = lines.iter().map(|line| text_width(line)).max().unwrap_or(0);
            let height = lines.len() * LINE;
            self.places.push((id, Area { x: PAD, y: self.height, width, height }));
            self.height += height;
            self.width = self.width.max(width + 2 * PAD);
        }
    }

    /// Adds roles in rows, each below those that it extends.
    fn roles(&mut self, diagram: &Diagram, roles: &[NodeId]) {
        let mut rows: Vec<Vec<NodeId>> = Vec::new();
        for &role in roles {
            let depth = generations(diagram, role, roles.len());
            if rows.len() <= depth {
                rows.resize(depth + 1, Vec::new());
            }
            if let Some(row) = rows.get_mut(depth) {
                row.push(role);
            }
        }
        if !roles.is_empty() {
            self.height += PAD;
        }
        let count = rows.len();
        for (at, row) in rows.into_iter().enumerate() {
            let mut x = PAD;
            for role in row {
                let label = diagram.nodes.get(role).map_or("", |node| &node.label);
                let width = text_width(label) + 2 * PAD;
                if x > PAD && x + width > WIDE {
                    x = PAD;
                    self.height += LINE + PAD / 2 + ROLES / 2;
                }
                self.places.push((role, Area { x, y: self.height, width, height: LINE + PAD / 2 }));
                x += width + ROLES;
                self.width = self.width.max(x - ROLES + PAD);
            }
            self.height += LINE + PAD / 2 + if at + 1 < count { ROWS } else { 0 };
        }
    }
}

/// How many roles a role extends, one through the other, by the longest way.
fn generations(diagram: &Diagram, role: NodeId, most: usize) -> usize {
    let mut reached = vec![role];
    for depth in 0..=most {
        let bases = |from: &NodeId| {
            let from = *from;
            diagram.edges.iter().filter(move |edge| edge.kind == EdgeKind::Extends && edge.from == from)
        };
        let mut next: Vec<NodeId> = reached.iter().flat_map(bases).map(|edge| edge.to).collect();
        next.sort_unstable();
        next.dedup();
        if next.is_empty() {
            return depth;
        }
        reached = next;
    }
    most
}

/// What stands at the top of a group's box.
pub(super) fn title(diagram: &Diagram, group: &Group) -> String {
    let Some((id, node)) = group.head.and_then(|head| Some((head, diagram.nodes.get(head)?))) else {
        return String::from("rules");
    };
    let lies_in_itself = diagram.edges.iter().any(|edge| edge.from == id && edge.to == id);
    if lies_in_itself { format!("{} in {}", node.label, node.label) } else { node.label.clone() }
}

/// A setting or a rule, broken between words where it is too long for a line.
pub(super) fn lines(diagram: &Diagram, id: NodeId) -> Vec<String> {
    let Some(node) = diagram.nodes.get(id) else { return Vec::new() };
    let whole = match node.kind {
        Kind::Setting => format!("{}: {}", node.label, node.about.join(" ")),
        _ => node.label.clone(),
    };
    let mut lines: Vec<String> = Vec::new();
    for word in whole.split(' ') {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= LETTERS => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) => lines.push(format!("  {word}")),
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

fn text_width(text: &str) -> usize {
    (text.width() * LETTER).div_ceil(10)
}
