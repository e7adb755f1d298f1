//! Opening a file: no section is handed out before all of them are known to be what was written.

use super::write::checksum_of_front;
use super::{Entry, FORMAT, Fault, Header, MAGIC, Section, aligned, checksum};
use crate::index::{Arena, AtOnce, Bytes, Pod, Table, try_each};
use std::ops::Range;
use std::sync::Arc;
use zerocopy::FromBytes;

/// A compiled file of which every byte was compared with its checksum.
#[derive(Clone, Debug)]
pub struct Image {
    bytes: Arc<Bytes>,
    entries: Vec<Entry>,
    identity: Identity,
}

/// A section with its entry and its bytes, those that fill it up included.
type Whole<'a> = (Section, &'a Entry, Range<usize>);

/// What tells two compiled files apart: nearly all of one is in the checksums that this one is of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Identity {
    /// How many bytes the file has.
    pub length: u64,
    /// The checksum of its header and table of sections.
    pub checksum: u64,
}

/// Whether a file that begins so is meant to be a compiled one.
#[must_use]
pub fn is_compiled(beginning: &[u8]) -> bool {
    beginning.starts_with(&MAGIC)
}

impl Image {
    /// Reads the frame of a file, and compares every byte of it with its checksum. `hash` is what the hash function of
    /// tables makes of the name that it is known by.
    ///
    /// # Errors
    /// Why the file is not used.
    pub fn open(bytes: Arc<Bytes>, hash: u64, at_once: AtOnce<'_>) -> Result<Self, Fault> {
        if cfg!(target_endian = "big") {
            return Err(Fault::BigEndian);
        }
        let (header, rest) = front(&bytes)?;
        let length = bytes.len();
        if header.length != length as u64 {
            let what = format!("it has {length} bytes, and was written with {}", header.length);
            return Err(Fault::Damaged { at: length, what });
        }
        let table = usize::try_from(header.sections).ok().and_then(|count| count.checked_mul(size_of::<Entry>()));
        let table = table.filter(|&table| table <= rest.len()).map(|table| aligned(size_of::<Header>() + table));
        let front = table.and_then(|end| bytes.get(size_of::<Header>()..end));
        let Some(front) = front.filter(|front| checksum_of_front(&header, front) == header.checksum) else {
            return Err(Fault::Damaged {
                at: 0,
                what: String::from("the table of sections is another than was written"),
            });
        };
        if header.hash != hash {
            return Err(Fault::OtherBuild);
        }
        let count = header.sections as usize;
        let entries = front.get(..count * size_of::<Entry>()).and_then(|table| <[Entry]>::ref_from_bytes(table).ok());
        let entries = entries.unwrap_or_default().to_vec();
        let first = size_of::<Header>() + front.len();
        let image = Self { bytes, entries, identity: Identity { length: header.length, checksum: header.checksum } };
        image.compare(&image.whole_sections(first)?, at_once)?;
        Ok(image)
    }

    /// The sections, each with the bytes that fill it up. They follow each other without a gap, the first at `at`.
    fn whole_sections(&self, mut at: usize) -> Result<Vec<Whole<'_>>, Fault> {
        let (mut wanted, mut sections) = (Section::ALL.iter(), Vec::with_capacity(self.entries.len()));
        for entry in &self.entries {
            let section = wanted.next().filter(|section| section.number() == entry.section);
            let range = range(entry).filter(|range| range.start == at && range.end <= self.bytes.len());
            let (Some(&section), Some(range)) = (section, range) else {
                let what = format!("section {} does not belong there", entry.section);
                return Err(Fault::Damaged { at, what });
            };
            at = aligned(range.end);
            sections.push((section, entry, range.start..at));
        }
        match wanted.next() {
            Some(section) => Err(Fault::Damaged { at, what: format!("`{}` is missing", section.name()) }),
            None if at != self.bytes.len() => {
                Err(Fault::Damaged { at, what: String::from("something follows the last section") })
            }
            None => Ok(sections),
        }
    }

    /// Compares the sections with their checksums.
    fn compare(&self, sections: &[Whole<'_>], at_once: AtOnce<'_>) -> Result<(), Fault> {
        try_each(sections, at_once, |(section, entry, range)| {
            if self.bytes.get(range.clone()).is_some_and(|filled| checksum(filled) == entry.checksum) {
                return Ok(());
            }
            let what = format!("the {} bytes of `{}` are other than were written", entry.length, section.name());
            Err(Fault::Damaged { at: range.start, what })
        })
    }

    /// What tells it from other files.
    #[must_use]
    pub const fn identity(&self) -> Identity {
        self.identity
    }

    /// The sections, with where they lie, how many bytes a row has and what their checksums are.
    pub fn sections(&self) -> impl Iterator<Item = (Section, Range<usize>, usize, u64)> {
        let known = Section::ALL.iter().zip(&self.entries);
        known.map(|(&section, entry)| (section, range(entry).unwrap_or_default(), entry.row as usize, entry.checksum))
    }

    /// A section of rows.
    ///
    /// # Errors
    /// It holds other rows.
    pub fn table<T: Pod>(&self, section: Section) -> Result<Table<T>, Fault> {
        let entry = self.entry(section).filter(|entry| entry.row as usize == size_of::<T>());
        let table = entry.and_then(range).and_then(|part| Table::mapped(&self.bytes, part));
        table.ok_or(Fault::row(section, 0, "the rows are of another size"))
    }

    /// Some rows of a section.
    ///
    /// # Errors
    /// It holds other rows, or not so many.
    pub fn part<T: Pod>(&self, section: Section, rows: Range<usize>) -> Result<Table<T>, Fault> {
        let fault = || Fault::row(section, rows.start, "there are not as many rows as there should be");
        let entry = self.entry(section).filter(|entry| entry.row as usize == size_of::<T>()).ok_or_else(fault)?;
        let whole = range(entry).ok_or_else(fault)?;
        let byte = |row: usize| row.checked_mul(size_of::<T>()).and_then(|at| at.checked_add(whole.start));
        let part = byte(rows.start).zip(byte(rows.end)).filter(|(_, end)| *end <= whole.end);
        part.and_then(|(start, end)| Table::mapped(&self.bytes, start..end)).ok_or_else(fault)
    }

    /// A section of text.
    ///
    /// # Errors
    /// It is no text.
    pub fn arena(&self, section: Section) -> Result<Arena, Fault> {
        let part = self.entry(section).and_then(range);
        let arena = part.and_then(|part| Arena::mapped(&self.bytes, part));
        arena.ok_or(Fault::row(section, 0, "it is not UTF-8 text"))
    }

    /// A section of bytes.
    #[must_use]
    pub fn bytes(&self, section: Section) -> &[u8] {
        self.entry(section).and_then(range).and_then(|part| self.bytes.get(part)).unwrap_or_default()
    }

    fn entry(&self, section: Section) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.section == section.number())
    }
}

/// The header and all that follows, of a file of this format.
fn front(bytes: &[u8]) -> Result<(Header, &[u8]), Fault> {
    let format = bytes.get(MAGIC.len()..).and_then(|rest| u32::read_from_prefix(rest).ok());
    match (is_compiled(bytes), format, Header::read_from_prefix(bytes)) {
        (false, ..) => Err(Fault::NotCompiled),
        (true, Some((format, _)), _) if u32::from_le(format) != FORMAT => Err(Fault::OtherFormat(format)),
        (true, Some(_), Ok(header)) => Ok(header),
        (true, ..) => Err(Fault::Damaged { at: bytes.len(), what: String::from("it ends within its header") }),
    }
}

/// Where a section lies, the zeros after it apart.
fn range(entry: &Entry) -> Option<Range<usize>> {
    let start = usize::try_from(entry.start).ok()?;
    Some(start..start.checked_add(usize::try_from(entry.length).ok()?)?)
}
