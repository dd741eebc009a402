//! Bytes to rows and rejects.
//!
//! An object (a file, an S3 object, standard input) is uncompressed, recognised by its content,
//! cut into records, and each record becomes a row of its source's table or a reject that says
//! where and why. Nothing here fails on input: only reading the object itself can.

mod content;
mod discover;
mod files;
mod guard;
mod in_memory;
mod joined;
mod json;
mod key;
pub mod limits;
mod lookup;
mod mapping;
mod object;
mod parquet;
mod read;
mod recognise;
mod rows;
mod s3;
mod scan;
pub mod schema;
#[cfg(test)]
mod tests;
mod text;
mod time;
mod window;

pub use content::{Memory, Opened, open, open_in};
pub use discover::{DiscoverError, DiscoverOptions, Discovered, discover};
pub use files::{Asked, AskedColumn, AskedValues, Files, Make, Only, Reading, Told};
pub use in_memory::InMemory;
pub use joined::Joined;
pub use lookup::lookup_table;
pub use mapping::{Mapping, Mappings};
pub use object::{Object, Objects, Place};
pub use read::{ReadError, Skipped, Summary, read_object};
pub use rows::{RowBuilder, Rows, record_id};
pub use s3::{S3Error, S3Fault, S3Options, open_bucket};

/// Receives what a reader makes of an object.
pub trait Sink {
    /// Takes one row.
    ///
    /// # Errors
    /// The sink cannot go on; reading stops.
    fn row(&mut self, row: &Row<'_>) -> Result<(), SinkError>;

    /// Takes one reject.
    ///
    /// # Errors
    /// The sink cannot go on; reading stops.
    fn reject(&mut self, reject: Reject) -> Result<(), SinkError>;
}

/// What stopped a sink, in its own words.
pub type SinkError = Box<dyn std::error::Error + Send + Sync>;

/// One record, taken apart.
pub struct Row<'a> {
    /// The source that it belongs to.
    pub mapping: &'a Mapping,
    /// Its fields, by slot.
    pub fields: &'a mapping::Fields<'a>,
    /// Its bytes, verbatim.
    pub record: &'a str,
    /// Where it begins in the uncompressed object.
    pub position: u64,
    /// Which of its columns give its bytes when they are joined, unless a value is written in
    /// another way than its column would be.
    pub layout: Option<&'a Joined>,
}

/// A record that cannot be a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Where it begins in the uncompressed object.
    pub position: u64,
    /// What is wrong with it.
    pub reason: String,
    /// Its first bytes, with what is not UTF-8 replaced.
    pub first_bytes: String,
    /// The source it seems to belong to, where that is known.
    pub origin: Option<String>,
}
