//! The files that a state was made of, in a compiled file.

use super::form;
use crate::image::{Fault, Image, ImageWriter, Section};
use crate::source::{FileId, HeldLines, OutlineParts, SourceMap};
use crate::workspace::directory_text::Print;
use crate::workspace::fingerprint::Fingerprint;
use crate::workspace::policy_text::Form;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// All files, by their ids in the compiled file: those of the policy first, in the order in which they are compiled.
#[derive(Serialize, Deserialize, Default)]
pub(super) struct Sources {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) package: Option<Box<str>>,
    pub(super) files: Vec<WrittenFile>,
    /// What the directory's files said.
    prints: Vec<WrittenPrint>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct WrittenFile {
    pub(super) name: String,
    /// Of a policy file, how it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    policy: Option<WrittenForm>,
    /// How many bytes its text has, where that is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<usize>,
    /// Where its lines are, where the text is not held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outline: Option<WrittenOutline>,
}

#[derive(Serialize, Deserialize, Clone, Copy)]
pub(super) struct WrittenForm {
    pub(super) yaml: bool,
    pub(super) named: bool,
}

#[derive(Serialize, Deserialize)]
struct WrittenOutline {
    length: u32,
    characters: u32,
    lines: usize,
    blocks: usize,
    wide: Vec<(u32, [u64; 8])>,
    held: Vec<(u32, String)>,
}

#[derive(Serialize, Deserialize)]
struct WrittenPrint {
    path: PathBuf,
    file: bool,
    contents: (u64, u64),
}

impl Sources {
    /// The form of a policy file.
    pub(super) fn policy(&self, file: FileId) -> Option<Form> {
        let form_of = |WrittenForm { yaml, named }| form(yaml, named);
        self.files.get(file.0 as usize)?.policy.map(form_of)
    }

    /// Adds a file of some texts, under the next id.
    pub(super) fn push(&mut self, sources: &SourceMap, file: FileId, policy: Option<WrittenForm>, image: &mut Texts) {
        let Some(source) = sources.get(file) else { return };
        let mut written = WrittenFile { name: source.name().to_owned(), policy, text: None, outline: None };
        match source.lines() {
            None => {
                written.text = Some(source.text().len());
                image.texts.push_str(source.text());
            }
            Some((outline, held)) => {
                let OutlineParts { length, characters, line_starts, before, wide } = outline.parts();
                let held = held.map(|(start, line)| (start, line.to_owned())).collect();
                let (lines, blocks) = (line_starts.len(), before.len());
                image.line_starts.extend_from_slice(&line_starts);
                image.characters.extend_from_slice(&before);
                written.outline = Some(WrittenOutline { length, characters, lines, blocks, wide, held });
            }
        }
        self.files.push(written);
    }

    pub(super) fn add_prints(&mut self, prints: &[Print]) {
        let written = prints.iter().map(|print| WrittenPrint {
            path: print.path.clone(),
            file: print.file,
            contents: print.contents.numbers(),
        });
        self.prints.extend(written);
    }

    pub(super) fn prints(&self) -> Vec<Print> {
        let read = self.prints.iter().map(|print| Print {
            path: print.path.clone(),
            file: print.file,
            contents: Fingerprint::of_numbers(print.contents),
        });
        read.collect()
    }

    /// The files as they were held.
    pub(super) fn map(&self, texts: &str, image: &Image) -> Result<SourceMap, Fault> {
        let mut sources = SourceMap::new();
        let (mut text_at, mut line_at, mut block_at) = (0_usize, 0_usize, 0_usize);
        for (at, file) in self.files.iter().enumerate() {
            let fault = |what| Fault::row(Section::Sources, at, what);
            match (&file.text, &file.outline) {
                (Some(length), None) => {
                    let text = text_at.checked_add(*length).and_then(|end| texts.get(text_at..end));
                    sources.add(&file.name, text.ok_or_else(|| fault("its text is not there"))?);
                    text_at += length;
                }
                (None, Some(outline)) => {
                    let (lines, blocks) =
                        (line_at.saturating_add(outline.lines), block_at.saturating_add(outline.blocks));
                    let parts = OutlineParts {
                        length: outline.length,
                        characters: outline.characters,
                        line_starts: image.part(Section::LineStarts, line_at..lines)?,
                        before: image.part(Section::Characters, block_at..blocks)?,
                        wide: outline.wide.clone(),
                    };
                    let read = parts.outline().ok_or_else(|| fault("its lines are those of no text"))?;
                    let mut held = HeldLines::default();
                    outline.held.iter().for_each(|(start, line)| held.insert(*start, line));
                    sources.add_outline(&file.name, |_| (read, held, ()));
                    (line_at, block_at) = (lines, blocks);
                }
                _ => return Err(fault("it has no text, or two")),
            }
        }
        if text_at != texts.len() {
            return Err(Fault::row(Section::Texts, text_at, "the text is no file's"));
        }
        Ok(sources)
    }
}

/// What is not JSON of the files.
#[derive(Default)]
pub(super) struct Texts {
    texts: String,
    line_starts: Vec<u32>,
    characters: Vec<u32>,
}

impl Texts {
    pub(super) fn write(self, image: &mut ImageWriter) {
        image.bytes(Section::Texts, self.texts);
        image.rows::<u32>(Section::LineStarts, &self.line_starts);
        image.rows::<u32>(Section::Characters, &self.characters);
    }
}
