//! Where an address belongs (country, network, service of AWS) and what a client is, by tables
//! and rules at hand. Nothing is ever asked of the network.

mod aws;
mod clients;
mod column;
mod compact;
pub mod limits;
mod maxmind;
mod ranges;
mod tables;

pub use clients::Clients;
pub use compact::{Compact, Kind};
pub use ranges::{BadTable, Ranges};
pub use tables::{Aws, TableError, Tables};
