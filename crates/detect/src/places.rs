//! Where an address is: what tables that the user has given know of it.

mod distance;

use std::net::IpAddr;

use crate::kept::kept;

pub(crate) use self::distance::distance_km;

/// What is known of an address; nothing, where no table has it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Place {
    /// The country, in two letters.
    pub country: Option<String>,
    /// The network that announces it, such as `AS64500`.
    pub network: Option<String>,
    /// Latitude and longitude in degrees.
    pub coordinates: Option<(f64, f64)>,
}

/// Tables of addresses.
pub trait Places: Send + Sync {
    /// Returns what the tables know of an address.
    fn place_of(&self, address: IpAddr) -> Place;
}

kept!(Place { country, network, coordinates });
