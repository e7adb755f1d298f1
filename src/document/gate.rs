//! Text to nodes: the one way in for YAML and JSON.
//!
//! Built on the parser's events with a stack of its own, so that nothing here recurses over the input. What a policy or
//! a directory has no use for (anchors, aliases, tags, several documents, keys that are no single value) is refused here,
//! and the reading goes on, so that one mistake does not hide the next.

use super::keys::Keys;
use super::repair::Repairs;
use super::trouble::{self, byte};
use super::{Entry, Node, NodeKind, Pieces, Scalar, ScalarStyle};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::{FileId, Span};
use granit_parser::{Event, Options, Parser, ScanError, StructureStyle};

/// How many lists and mappings may stand inside one another.
pub(super) const NESTING_LIMIT: usize = 128;

/// How many keys, values, lists and mappings one text may hold: what keeps memory in bounds where each takes two bytes of
/// the text.
const VALUES_LIMIT: usize = 1 << 22;

/// How many findings one text gives at most; the rest say nothing new.
const FINDINGS_LIMIT: usize = 100;

/// What a text held, and everything found wrong with it as YAML.
#[derive(Clone, Debug)]
pub struct Read {
    /// The document, as far as it could be read; none when there is nothing.
    pub node: Option<Node>,
    /// Whether the reading ended before the text did, so that what is missing from the document may be in the text.
    pub cut_short: bool,
    /// What was wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a YAML or JSON text.
///
/// ```
/// use rolebook::{document, source::FileId};
///
/// let read = document::parse(FileId(0), "team.viewer: { open: true }");
/// let open = read.node.as_ref().and_then(|node| node.get("team.viewer")).and_then(|node| node.get("open"));
/// assert_eq!(open.and_then(|node| node.text()), Some("true"));
/// assert!(read.diagnostics.is_empty());
/// ```
#[must_use]
pub fn parse(file: FileId, text: &str) -> Read {
    if u32::try_from(text.len()).is_err() {
        let diagnostic = Diagnostic::error(Code::FileTooLarge, Span::new(file, 0, 0), "the file is larger than 4 GiB")
            .help("split it into several files");
        return Read { node: None, cut_short: true, diagnostics: vec![diagnostic] };
    }
    let mut repairs = Repairs::default();
    loop {
        let mut builder = Builder::new(file, text, &repairs);
        match builder.read() {
            Ok(()) => return builder.finish(false),
            Err(End::Refused(finding)) => {
                builder.report(*finding);
                return builder.finish(true);
            }
            Err(End::Malformed(error)) => {
                let at = repairs.original(error.marker().byte_offset().unwrap_or(0)).min(text.len());
                match repairs.mend(file, text, error.kind(), at) {
                    Some(mended) => repairs = mended,
                    None => {
                        builder.report(trouble::explain(file, text, at, &error));
                        return builder.finish(true);
                    }
                }
            }
        }
    }
}

pub(super) fn options() -> Options {
    granit_parser::options! {
        disallow_directives: true,
        emit_unresolved_aliases: true,
        emit_anchor_events: true,
        emit_comments: false,
        flow_nesting_limit: NESTING_LIMIT,
        block_nesting_limit: NESTING_LIMIT,
    }
}

/// The finding for nesting past the limit.
pub(super) fn too_deep(span: Span, limit: usize) -> Diagnostic {
    Diagnostic::error(Code::NestingTooDeep, span, format!("the text nests deeper than {limit} levels"))
}

/// The finding for a key that stands twice in one mapping.
pub(super) fn stands_twice(key: &str, first: Span, again: Span) -> Diagnostic {
    Diagnostic::error(Code::YamlDuplicateKey, again, format!("the key `{key}` stands twice"))
        .here("again here")
        .label(first, "first here")
}

/// A list or mapping that is still open.
struct Frame {
    start: u32,
    /// Where the last child ended: the end of a list or mapping without brackets.
    end: u32,
    flow: bool,
    content: Content,
}

/// What a frame is filling; `from` is the first of its children among those of the builder.
enum Content {
    Sequence { from: usize },
    Mapping { from: usize, keys: Keys, awaited: Awaited },
}

/// What the next node of a mapping is.
enum Awaited {
    Key,
    Value(Scalar, Span),
    /// The value of a key that was refused: checked, and dropped.
    Nothing,
}

struct Builder<'t> {
    file: FileId,
    text: &'t str,
    repairs: &'t Repairs,
    open: Vec<Frame>,
    /// The children of all open lists, the innermost last: each list is allocated once, when its length is known.
    nodes: Vec<Node>,
    /// The same for mappings.
    entries: Vec<Entry>,
    root: Option<Node>,
    diagnostics: Vec<Diagnostic>,
    documents: usize,
    values: usize,
}

/// Why the reading ended before the text did.
enum End {
    /// What follows is not read, for this reason.
    Refused(Box<Diagnostic>),
    /// The parser could not go on.
    Malformed(ScanError),
}

type Step = Result<(), End>;

impl<'t> Builder<'t> {
    fn new(file: FileId, text: &'t str, repairs: &'t Repairs) -> Self {
        Self {
            file,
            text,
            repairs,
            open: Vec::new(),
            nodes: Vec::new(),
            entries: Vec::new(),
            root: None,
            diagnostics: Vec::new(),
            documents: 0,
            values: 0,
        }
    }

    fn read(&mut self) -> Step {
        for step in Parser::new_from_str_with_options(self.repairs.text(self.text), options()) {
            let (event, span) = step.map_err(End::Malformed)?;
            self.event(event, span)?;
        }
        Ok(())
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < FINDINGS_LIMIT {
            self.diagnostics.push(diagnostic);
        }
    }

    fn event(&mut self, event: Event<'t>, span: granit_parser::Span) -> Step {
        let place = self.place(span);
        if let Some(tag) = span.tag_span() {
            self.refuse_property(
                self.place(tag),
                "tags",
                "write the value without it; in a condition, `not` is the word for `!`",
            );
        }
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    let here = trouble::word_at(self.file, self.text, place.start as usize);
                    let finding = Diagnostic::error(Code::YamlDocuments, here, "a second document begins here")
                        .help("keep one document in a file, and move what follows to a file of its own");
                    return Err(End::Refused(Box::new(finding)));
                }
            }
            Event::Scalar(text, style, ..) => {
                self.count(place)?;
                let node = self.scalar(text, style, place);
                self.put(node);
            }
            Event::SequenceStart(style, ..) => {
                self.enter(style, place, Content::Sequence { from: self.nodes.len() })?;
            }
            Event::MappingStart(style, ..) => {
                let from = self.entries.len();
                let content = Content::Mapping { from, keys: Keys::default(), awaited: Awaited::Key };
                self.enter(style, place, content)?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(node) = self.leave(place.end) {
                    self.put(node);
                }
            }
            Event::Anchor(..) => self.refuse_property(place, "anchors", "write the value out where it is wanted"),
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                let known = matches!(event, Event::Alias(_));
                self.report(trouble::alias(place, self.slice(place), known));
                // Read as the text it was most likely meant to be, so that nothing else is found wrong for this reason.
                let node = self.as_written(place);
                self.put(node);
            }
            _ => {}
        }
        Ok(())
    }

    /// A place of the parser as one of the original text.
    fn place(&self, span: granit_parser::Span) -> Span {
        let range = span.byte_range().unwrap_or_default();
        let at = |place: usize| byte(self.repairs.original(place));
        Span::new(self.file, at(range.start), at(range.end))
    }

    fn refuse_property(&mut self, place: Span, what: &str, help: &str) {
        let message = format!("`{}`: {what} have no place in this file", self.slice(place));
        self.report(Diagnostic::error(Code::YamlAlias, place, message).help(help));
    }

    fn slice(&self, place: Span) -> &'t str {
        self.text.get(place.start as usize..place.end as usize).unwrap_or("")
    }

    /// A plain scalar of the very text at a place.
    fn as_written(&self, place: Span) -> Node {
        let scalar = Scalar {
            text: String::from(self.slice(place)),
            style: ScalarStyle::Plain,
            verbatim: Some(place.start),
            pieces: None,
        };
        Node { span: place, kind: NodeKind::Scalar(scalar) }
    }

    fn scalar(&self, text: std::borrow::Cow<'t, str>, style: granit_parser::ScalarStyle, span: Span) -> Node {
        use granit_parser::ScalarStyle as Written;
        if self.repairs.covers(span) {
            return self.as_written(span);
        }
        let style = match style {
            Written::Plain => ScalarStyle::Plain,
            Written::SingleQuoted | Written::DoubleQuoted => ScalarStyle::Quoted,
            _ => ScalarStyle::Block,
        };
        let source = self.slice(span);
        if style == ScalarStyle::Plain && matches!(source, "" | "~" | "null") {
            return Node { span, kind: NodeKind::Null };
        }
        let quote = u32::from(style == ScalarStyle::Quoted);
        let inner = source.get(quote as usize..source.len().saturating_sub(quote as usize));
        let verbatim = (inner == Some(&*text)).then(|| span.start.saturating_add(quote));
        let pieces = if verbatim.is_none() { Pieces::align(&text, source, span.start).map(Box::new) } else { None };
        Node { span, kind: NodeKind::Scalar(Scalar { text: text.into_owned(), style, verbatim, pieces }) }
    }

    /// Counts one more key, value, list or mapping.
    fn count(&mut self, place: Span) -> Step {
        self.values += 1;
        if self.values <= VALUES_LIMIT {
            return Ok(());
        }
        let message = format!("the text holds more than {VALUES_LIMIT} keys and values");
        let finding = Diagnostic::error(Code::LimitExceeded, place, message).help("split it into several files");
        Err(End::Refused(Box::new(finding)))
    }

    fn enter(&mut self, style: StructureStyle, place: Span, content: Content) -> Step {
        self.count(place)?;
        if self.open.len() >= NESTING_LIMIT {
            return Err(End::Refused(Box::new(too_deep(place, NESTING_LIMIT))));
        }
        self.open.push(Frame { start: place.start, end: place.end, flow: style == StructureStyle::Flow, content });
        Ok(())
    }

    /// Closes the innermost list or mapping; `end` is the end of its bracket, if it has one.
    fn leave(&mut self, end: u32) -> Option<Node> {
        let frame = self.open.pop()?;
        let end = if frame.flow { end } else { frame.end };
        let kind = match frame.content {
            Content::Sequence { from } => NodeKind::Sequence(self.nodes.drain(from..).collect()),
            Content::Mapping { from, .. } => NodeKind::Mapping(self.entries.drain(from..).collect()),
        };
        Some(Node { span: Span::new(self.file, frame.start, end.max(frame.start)), kind })
    }

    /// Gives a finished node to what is open around it.
    fn put(&mut self, node: Node) {
        let Some(frame) = self.open.last_mut() else {
            self.root.get_or_insert(node);
            return;
        };
        frame.end = frame.end.max(node.span.end);
        let finding = match &mut frame.content {
            Content::Sequence { .. } => {
                self.nodes.push(node);
                None
            }
            Content::Mapping { from, keys, awaited } => match std::mem::replace(awaited, Awaited::Key) {
                Awaited::Nothing => None,
                Awaited::Value(key, key_span) => {
                    self.entries.push(Entry { key, key_span, value: node });
                    None
                }
                Awaited::Key => {
                    match accept_key(node, self.text, self.entries.get(*from..).unwrap_or_default(), keys) {
                        Ok((key, key_span)) => {
                            *awaited = Awaited::Value(key, key_span);
                            None
                        }
                        Err(finding) => {
                            *awaited = Awaited::Nothing;
                            Some(finding)
                        }
                    }
                }
            },
        };
        if let Some(finding) = finding {
            self.report(*finding);
        }
    }

    fn finish(mut self, cut_short: bool) -> Read {
        // Closing what was left open finds half-read keys wrong, for the one reason that is reported already.
        let mut diagnostics = std::mem::take(&mut self.diagnostics);
        while let Some(node) = self.leave(byte(self.text.len())) {
            self.put(node);
        }
        let node = self.root.filter(|node| !matches!(node.kind, NodeKind::Null));
        if node.is_none() && !cut_short {
            let place = Span::new(self.file, 0, 0);
            diagnostics.push(Diagnostic::error(Code::EmptyFile, place, "the file is empty"));
        }
        diagnostics.extend(self.repairs.diagnostics.iter().cloned());
        diagnostics.sort_by_key(Diagnostic::span);
        Read { node, cut_short, diagnostics }
    }
}

/// The key that a node is, if it is one and is new.
fn accept_key(node: Node, text: &str, entries: &[Entry], keys: &mut Keys) -> Result<(Scalar, Span), Box<Diagnostic>> {
    let Node { span, kind } = node;
    let key = match kind {
        NodeKind::Scalar(key) => key,
        // `null` is a word like any other where a name is wanted; nothing at all is no name.
        NodeKind::Null if span.start < span.end => Scalar {
            text: text.get(span.start as usize..span.end as usize).map(String::from).unwrap_or_default(),
            style: ScalarStyle::Plain,
            verbatim: Some(span.start),
            pieces: None,
        },
        NodeKind::Null => {
            return Err(Box::new(Diagnostic::error(Code::WrongShape, span, "a key is missing before the `:`")));
        }
        NodeKind::Sequence(_) | NodeKind::Mapping(_) => {
            let found = if matches!(kind, NodeKind::Sequence(_)) { "a list" } else { "a mapping" };
            let finding =
                Diagnostic::error(Code::WrongShape, span, format!("a key must be a single value, found {found}"))
                    .help("quote the key if the text is meant as it stands");
            return Err(Box::new(finding));
        }
    };
    let first = keys.find(entries, &key.text, |entry| &entry.key.text).and_then(|at| entries.get(at));
    match first {
        None => Ok((key, span)),
        Some(first) => Err(Box::new(stands_twice(&key.text, first.key_span, span))),
    }
}
