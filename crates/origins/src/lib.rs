//! Where an address belongs (country, network, service of AWS) and what a client is, by tables
//! and rules at hand. Nothing is ever asked of the network.

mod clients;
pub mod limits;

pub use clients::Clients;
