//! Tables in `MaxMind`'s form, by several makers who name the same things differently.

use std::net::IpAddr;

use maxminddb::Reader;
use serde::Deserialize;

use crate::ranges::BadTable;

/// A table in `MaxMind`'s form.
pub(crate) struct MaxMind(Reader<Vec<u8>>);

/// What the tables of several makers have in common, under the names that each gives it.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Entry {
    country: Option<Country>,
    country_code: Option<String>,
    registered_country: Option<Country>,
    autonomous_system_number: Option<u32>,
    autonomous_system_organization: Option<String>,
    asn: Option<Number>,
    as_name: Option<String>,
    location: Option<Coordinates>,
    #[serde(alias = "lat")]
    latitude: Option<Degrees>,
    #[serde(alias = "lng")]
    longitude: Option<Degrees>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Country {
    Named(String),
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
    latitude: Option<Degrees>,
    longitude: Option<Degrees>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Degrees {
    Plain(f64),
    Written(String),
}

impl MaxMind {
    pub(crate) fn read(bytes: Vec<u8>) -> Result<Self, BadTable> {
        let fault = |error: maxminddb::MaxMindDbError| BadTable {
            line: None,
            reason: format!(
                "it is neither a table of haechi's, JSON, CSV nor a MaxMind database: {error}"
            ),
        };
        Ok(Self(Reader::from_source(bytes).map_err(fault)?))
    }

    pub(crate) fn entry(&self, address: IpAddr) -> Option<Entry> {
        // A table of IPv4 alone answers IPv6 with an error, which means that it does not know.
        self.0.lookup(address).ok()?.decode().ok()?
    }

    pub(crate) fn about(&self) -> String {
        let about = self.0.metadata();
        format!("MaxMind database of the type {}", about.database_type.escape_debug())
    }
}

impl Entry {
    pub(crate) fn country(self) -> Option<String> {
        let is_code = |code: &String| code.len() == 2;
        let described = |country| match country {
            Country::Named(name) => Some(name).filter(is_code),
            Country::Described { iso_code } => iso_code,
        };
        let code = self.country_code.filter(is_code);
        let code = code.or_else(|| self.country.and_then(described));
        code.or_else(|| self.registered_country.and_then(described))
    }

    pub(crate) fn asn(self) -> Option<u32> {
        self.autonomous_system_number.or_else(|| match self.asn? {
            Number::Plain(number) => Some(number),
            Number::Written(text) => text.trim_start_matches("AS").parse().ok(),
        })
    }

    pub(crate) fn organisation(self) -> Option<String> {
        self.autonomous_system_organization.or(self.as_name).filter(|name| !name.is_empty())
    }

    pub(crate) fn coordinates(self) -> Option<(f64, f64)> {
        let (latitude, longitude) = match self.location {
            Some(location) => (location.latitude, location.longitude),
            None => (self.latitude, self.longitude),
        };
        latitude.and_then(Degrees::number).zip(longitude.and_then(Degrees::number))
    }
}

impl Degrees {
    fn number(self) -> Option<f64> {
        match self {
            Self::Plain(number) => Some(number),
            Self::Written(text) => text.parse().ok(),
        }
    }
}
