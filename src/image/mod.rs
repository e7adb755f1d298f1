//! The frame of a compiled file: a header, a table of sections, and the sections, each with its checksum.
//!
//! What the sections mean is told by whoever writes and reads them. This room knows where they lie and that no byte of
//! them is another than the one that was written; `docs/compiled-file.md` describes all of it.
//!
//! Layout. All numbers are little-endian. The file begins with the header, 64 bytes; an entry for each section
//! follows, 32 bytes each; then the sections in the same order. Each section begins at a multiple of 64 bytes and is filled
//! up with zeros to the next, so that rows stand at addresses that the processor likes, and no byte belongs to nothing.

mod fault;
mod read;
mod section;
mod write;

pub use fault::Fault;
pub use read::{Identity, Image, is_compiled};
pub use section::Section;
pub use write::ImageWriter;

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// How such a file begins. The bytes after the name are spoilt by whoever takes the file for text.
pub const MAGIC: [u8; 8] = *b"rolebk\x1a\n";

/// The format that is written, and the only one that is read. Whatever changes the meaning of a byte raises it, the ids
/// that the compiler hands out included.
pub const FORMAT: u32 = 3;

/// Where sections begin: at multiples of this.
const ALIGNMENT: usize = 64;

/// The beginning of a file.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
struct Header {
    magic: [u8; 8],
    format: u32,
    sections: u32,
    /// How many bytes the file has.
    length: u64,
    /// What the hash function makes of a certain name: tables are laid out by it.
    hash: u64,
    rest: [u8; 24],
    /// Of all of the header before it, and of the table of sections.
    checksum: u64,
}

/// Where a section lies.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
struct Entry {
    section: u32,
    /// How many bytes a row has.
    row: u32,
    start: u64,
    /// Without the zeros that fill it up.
    length: u64,
    /// With them.
    checksum: u64,
}

fn checksum(bytes: &[u8]) -> u64 {
    twox_hash::XxHash3_64::oneshot(bytes)
}

/// The next place at which a section may begin.
const fn aligned(at: usize) -> usize {
    at.next_multiple_of(ALIGNMENT)
}
