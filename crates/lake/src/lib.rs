//! Rows to one Delta table, exactly once.
//!
//! The lake is a single Delta table, partitioned by source, account and day of the event time, so
//! that one commit is atomic over rows, rejects and the objects they came from. What was stored is
//! known from the table itself and from nothing else: there is no second state to fall out of step
//! with it, whatever moment the process dies at.

mod arrivals;
mod batch;
mod compact;
mod encode;
mod error;
mod files;
mod habits;
mod ingest;
mod keys;
pub mod limits;
mod merge;
mod near;
mod objects;
mod order;
mod reader;
pub mod schema;
mod stats;
mod table;
mod texts;
mod verified;
mod writer;

pub use compact::{Compacted, Expired, compact, expire};
pub use error::LakeError;
pub use files::{LakeFile, Partition};
pub use ingest::{IngestOptions, Ingested, Progress, SourceCounts, ingest};
pub use stats::{Stats, repair, stats};
pub use table::{Lake, Location};
pub use verified::{Verified, put_verified};
