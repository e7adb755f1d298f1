//! Rolebook, from the files that the workload comes in.

use crate::orgs::World;
use crate::peer::{Asked, Peer};
use ::rolebook::Engine;
use ::rolebook::engine::query;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// The engine.
pub(crate) struct Rolebook {
    engine: Engine,
}

/// Writes the files that [`Rolebook::open`] reads.
pub(crate) fn write(world: &World, folder: &Path) -> io::Result<()> {
    fs::write(folder.join("policy.rolebook"), world.policy())?;
    let mut directory = BufWriter::new(File::create(folder.join("directory.jsonl"))?);
    world.write_directory(&mut directory)?;
    directory.flush()
}

impl Rolebook {
    pub(crate) fn open(folder: &Path) -> Self {
        let engine = Engine::open(&[PathBuf::from(folder)], &[]).expect("the workload is sound");
        Self { engine }
    }
}

impl Peer for Rolebook {
    fn check(&mut self, asked: &Asked<'_>) -> bool {
        let query = query(asked.subject, asked.action, asked.resource);
        self.engine.check(&query).expect("a sound request").allowed
    }
}
