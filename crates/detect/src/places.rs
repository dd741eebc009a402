//! Where an address is: what tables that the user has given know of it.

mod distance;

use std::net::IpAddr;

use haechi_origins::{Aws, Tables};

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

    /// Returns the name of the organisation that announces an address.
    fn organisation_of(&self, _address: IpAddr) -> Option<String> {
        None
    }

    /// Returns the service of AWS that has an address.
    fn aws_of(&self, _address: IpAddr) -> Option<Aws> {
        None
    }
}

impl Places for Tables {
    fn place_of(&self, address: IpAddr) -> Place {
        Place {
            country: self.country(address),
            network: self.asn(address).map(|number| format!("AS{number}")),
            coordinates: self.coordinates(address),
        }
    }

    fn organisation_of(&self, address: IpAddr) -> Option<String> {
        self.organisation(address)
    }

    fn aws_of(&self, address: IpAddr) -> Option<Aws> {
        self.aws(address)
    }
}

kept!(Place { country, network, coordinates });
