//! The embedded engine: SQL over the Parquet files of a lake, with DataFusion inside.
//!
//! This is the only crate that names DataFusion. It knows nothing of how a lake is kept: the
//! caller names the tables and their files, and everything above sees
//! [`haechi_query::Engine`] alone.

mod table;

mod aggregates;
mod embedded;
mod errors;
mod figures;
mod files;
mod functions;
mod limits;
mod merging;
mod moments;
mod patterns;
mod plain;
mod provider;
mod rebuilt;
mod session;
mod sparse;
mod statement;
mod stopping;
mod yielding;

pub use embedded::Embedded;
pub use figures::{Figures, Read};
pub use functions::{Function, all as functions};
pub use session::Options;
pub use stopping::Stop;
pub use table::{Table, TableFile};
