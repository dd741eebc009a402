//! Where an address is: what tables that the user has given know of it.

use crate::kept::kept;
use std::net::IpAddr;

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

/// The radius of a sphere as large as the earth, in kilometres.
const EARTH_RADIUS_KM: f64 = 6_371.0;

/// Returns the way between two points on the earth in kilometres, by the haversine formula.
pub(crate) fn distance_km(one: (f64, f64), other: (f64, f64)) -> f64 {
    let (latitude, other_latitude) = (one.0.to_radians(), other.0.to_radians());
    let half_height = ((other_latitude - latitude) / 2.0).sin();
    let half_width = ((other.1 - one.1).to_radians() / 2.0).sin();
    let chord =
        half_height * half_height + latitude.cos() * other_latitude.cos() * half_width * half_width;
    2.0 * EARTH_RADIUS_KM * chord.clamp(0.0, 1.0).sqrt().asin()
}

kept!(Place { country, network, coordinates });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_from_seoul_to_paris() {
        let way = distance_km((37.57, 126.98), (48.86, 2.35));
        assert!((8_900.0..9_050.0).contains(&way), "{way}");
        assert!(distance_km((10.0, 10.0), (10.0, 10.0)).abs() < 1e-9);
    }
}
