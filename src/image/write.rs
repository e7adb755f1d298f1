//! Putting a file together.

use super::{Entry, FORMAT, Header, MAGIC, Section, aligned, checksum};
use crate::index::Pod;
use std::io::{self, Write};
use zerocopy::{FromZeros, IntoBytes};

/// Sections, as they come.
#[derive(Debug, Default)]
pub struct ImageWriter {
    sections: Vec<(Section, usize, Vec<u8>)>,
}

impl ImageWriter {
    /// Nothing as yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a section of rows.
    pub fn rows<T: Pod>(&mut self, section: Section, rows: &[T]) {
        self.sections.push((section, size_of::<T>(), rows.as_bytes().to_vec()));
    }

    /// Adds a section of bytes.
    pub fn bytes(&mut self, section: Section, bytes: impl Into<Vec<u8>>) {
        self.sections.push((section, 1, bytes.into()));
    }

    /// The sections that were added, each with its name, in their order.
    #[must_use]
    pub fn into_sections(mut self) -> Vec<(&'static str, Vec<u8>)> {
        self.sections.sort_by_key(|(section, ..)| *section);
        self.sections.into_iter().map(|(section, _, bytes)| (section.name(), bytes)).collect()
    }

    /// Writes the file. The same sections yield the same bytes. `hash` is what the hash function of tables makes of the
    /// name that it is known by.
    ///
    /// # Errors
    /// What the sink says.
    pub fn write(mut self, hash: u64, sink: &mut dyn Write) -> io::Result<()> {
        self.sections.sort_by_key(|(section, ..)| *section);
        let mut at = aligned(size_of::<Header>() + self.sections.len() * size_of::<Entry>());
        let front = at;
        let mut entries = Vec::with_capacity(self.sections.len());
        for (section, row, bytes) in &mut self.sections {
            let length = bytes.len();
            bytes.resize(aligned(length), 0);
            entries.push(Entry {
                section: section.number(),
                row: u32::try_from(*row).unwrap_or(u32::MAX),
                start: at as u64,
                length: length as u64,
                checksum: checksum(bytes),
            });
            at += bytes.len();
        }
        let mut header = Header {
            magic: MAGIC,
            format: FORMAT,
            sections: u32::try_from(entries.len()).unwrap_or(u32::MAX),
            length: at as u64,
            hash,
            ..Header::new_zeroed()
        };
        let mut beginning = vec![0; front];
        let table = entries.as_bytes();
        if let Some(place) = beginning.get_mut(size_of::<Header>()..size_of::<Header>() + table.len()) {
            place.copy_from_slice(table);
        }
        header.checksum = checksum_of_front(&header, beginning.get(size_of::<Header>()..).unwrap_or_default());
        if let Some(place) = beginning.get_mut(..size_of::<Header>()) {
            place.copy_from_slice(header.as_bytes());
        }
        sink.write_all(&beginning)?;
        for (.., bytes) in &self.sections {
            sink.write_all(bytes)?;
        }
        Ok(())
    }
}

/// The checksum of a header, whatever its own is, and of what stands between it and the first section.
pub(super) fn checksum_of_front(header: &Header, table: &[u8]) -> u64 {
    let mut bytes = Header { checksum: 0, ..*header }.as_bytes().to_vec();
    bytes.extend_from_slice(table);
    checksum(&bytes)
}
