//! What the fuzz targets run. The same files are part of the crates' own tests
//! (`tests/fuzz_corpus.rs`), which replay the corpus.

pub mod digest;
pub mod filter_pattern;
pub mod list;
pub mod page;
pub mod query;
pub mod reading;
pub mod series;
pub mod sigma;
pub mod snapshot;
pub mod time;
