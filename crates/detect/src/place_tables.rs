//! Where an address is and whose it is, by tables that the user brings: `.mmdb` files,
//! or ranges as CSV. Without tables nothing is known, and nothing is ever asked of the network.

mod ranges;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use maxminddb::Reader;
use serde::Deserialize;

use self::ranges::Ranges;
use crate::places::{Place, Places};

/// The tables; the first that knows an address speaks for it.
#[derive(Default)]
pub struct PlaceTables {
    tables: Vec<Table>,
}

/// Why a table cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{reason}")]
pub struct BadTable {
    /// The line of the CSV, counted from 1; nothing for a binary table.
    pub line: Option<usize>,
    /// What is wrong.
    pub reason: String,
}

enum Table {
    Binary(Box<Reader<Vec<u8>>>),
    Ranges(Ranges),
}

/// What the tables of several makers have in common, under the names that each gives it.
#[derive(Debug, Default, Deserialize)]
struct Entry {
    country: Option<Country>,
    country_code: Option<String>,
    registered_country: Option<Country>,
    autonomous_system_number: Option<u32>,
    autonomous_system_organization: Option<String>,
    asn: Option<Number>,
    as_name: Option<String>,
    location: Option<Coordinates>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Country {
    Code(String),
    Described { iso_code: Option<String> },
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Number {
    Plain(u32),
    Written(String),
}

#[derive(Debug, Deserialize)]
struct Coordinates {
    latitude: Option<f64>,
    longitude: Option<f64>,
}

impl PlaceTables {
    /// Adds a table: an `.mmdb` file, or CSV of `first,last,country` or `first,last,asn,name`.
    ///
    /// # Errors
    /// The bytes are neither; the error says where.
    pub fn add(&mut self, bytes: Vec<u8>) -> Result<(), BadTable> {
        let table = if ranges::is_csv(&bytes) {
            Table::Ranges(Ranges::read(&bytes)?)
        } else {
            let fault = |error: maxminddb::MaxMindDbError| BadTable {
                line: None,
                reason: format!("it is neither CSV nor a MaxMind database: {error}"),
            };
            Table::Binary(Box::new(Reader::from_source(bytes).map_err(fault)?))
        };
        self.tables.push(table);
        Ok(())
    }

    /// Tells whether there is no table.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// Returns the two letters of the country that the address is in.
    #[must_use]
    pub fn country(&self, address: IpAddr) -> Option<String> {
        self.first(|table| match table {
            Table::Binary(reader) => entry(reader, address)?.country_code(),
            Table::Ranges(ranges) => ranges.country(address),
        })
    }

    /// Returns the number of the autonomous system that announces the address.
    #[must_use]
    pub fn asn(&self, address: IpAddr) -> Option<u32> {
        self.first(|table| match table {
            Table::Binary(reader) => entry(reader, address)?.asn(),
            Table::Ranges(ranges) => ranges.asn(address),
        })
    }

    /// Returns the name of the organisation behind the autonomous system.
    #[must_use]
    pub fn organisation(&self, address: IpAddr) -> Option<String> {
        self.first(|table| match table {
            Table::Binary(reader) => {
                let entry = entry(reader, address)?;
                entry.autonomous_system_organization.or(entry.as_name)
            }
            Table::Ranges(ranges) => ranges.organisation(address),
        })
    }

    /// Returns latitude and longitude, which only tables of cities have.
    #[must_use]
    pub fn coordinates(&self, address: IpAddr) -> Option<(f64, f64)> {
        self.first(|table| match table {
            Table::Binary(reader) => {
                let location = entry(reader, address)?.location?;
                location.latitude.zip(location.longitude)
            }
            Table::Ranges(_) => None,
        })
    }

    fn first<T>(&self, look: impl Fn(&Table) -> Option<T>) -> Option<T> {
        self.tables.iter().find_map(look)
    }
}

impl Places for PlaceTables {
    fn place_of(&self, address: IpAddr) -> Place {
        Place {
            country: self.country(address),
            network: self.asn(address).map(|number| format!("AS{number}")),
            coordinates: self.coordinates(address),
        }
    }
}

fn entry(reader: &Reader<Vec<u8>>, address: IpAddr) -> Option<Entry> {
    // A table of IPv4 alone answers IPv6 with an error, which means that it does not know.
    reader.lookup(address).ok()?.decode().ok()?
}

impl Entry {
    fn country_code(self) -> Option<String> {
        let described = |country| match country {
            Country::Code(code) => Some(code),
            Country::Described { iso_code } => iso_code,
        };
        let code = self.country.and_then(described).or(self.country_code);
        code.or_else(|| self.registered_country.and_then(described))
    }

    fn asn(self) -> Option<u32> {
        self.autonomous_system_number.or_else(|| match self.asn? {
            Number::Plain(number) => Some(number),
            Number::Written(text) => text.trim_start_matches("AS").parse().ok(),
        })
    }
}
