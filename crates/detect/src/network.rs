//! Networks: CIDR ranges, and the neighbourhood of an address.

use crate::kept::kept;
use std::net::{IpAddr, Ipv6Addr};

/// How much of an address names its neighbourhood: what one site is usually given.
const NEIGHBOURHOOD_V4: u8 = 24;
const NEIGHBOURHOOD_V6: u8 = 48;
/// A range of at least 2^24 IPv4 addresses, or a sixteenth of a thousandth of IPv6, is everybody.
const WORLD_V4: u8 = 8;
const WORLD_V6: u8 = 16;
/// Where an IPv4 address begins when it is written into an IPv6 one.
const V4_OFFSET: u8 = 96;

/// A CIDR range; an address alone is a range of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Network {
    bits: u128,
    length: u8,
    is_v4: bool,
}

impl Network {
    /// Reads `192.0.2.0/24`, `2001:db8::/32` or a lone address.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/').map_or((text, None), |(it, n)| (it, Some(n)));
        let address: IpAddr = address.parse().ok()?;
        let length_max = if address.is_ipv4() { 32 } else { 128 };
        let length = length.map_or(Some(length_max), |text| text.parse().ok())?;
        (length <= length_max).then(|| Self::of(address, length))
    }

    /// Returns the neighbourhood of an address: /24 of IPv4, /48 of IPv6.
    pub(crate) fn around(text: &str) -> Option<Self> {
        let address: IpAddr = text.parse().ok()?;
        let length = if address.is_ipv4() { NEIGHBOURHOOD_V4 } else { NEIGHBOURHOOD_V6 };
        Some(Self::of(address, length))
    }

    /// Returns the network of that length around an address.
    pub(crate) fn of(address: IpAddr, length: u8) -> Self {
        let (address, is_v4) = match address {
            IpAddr::V4(v4) => (v4.to_ipv6_mapped(), true),
            IpAddr::V6(v6) => (v6, false),
        };
        let kept = if is_v4 { length.saturating_add(V4_OFFSET) } else { length };
        Self { bits: u128::from(address) & mask(kept), length, is_v4 }
    }

    /// Returns the family, true for IPv4, and the length.
    pub(crate) fn length_key(&self) -> (bool, u8) {
        (self.is_v4, self.length)
    }

    /// Tells whether the other range lies inside this one.
    pub(crate) fn contains(&self, other: &Self) -> bool {
        let kept = if self.is_v4 { self.length.saturating_add(V4_OFFSET) } else { self.length };
        self.is_v4 == other.is_v4
            && self.length <= other.length
            && other.bits & mask(kept) == self.bits
    }

    /// Tells whether the range is so wide that it is meant for everybody.
    pub(crate) fn is_nearly_everything(&self) -> bool {
        self.length < if self.is_v4 { WORLD_V4 } else { WORLD_V6 }
    }
}

fn mask(kept: u8) -> u128 {
    u128::MAX.checked_shl(128_u32.saturating_sub(u32::from(kept))).unwrap_or(0)
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let address = Ipv6Addr::from(self.bits);
        match address.to_ipv4_mapped() {
            Some(v4) if self.is_v4 => write!(f, "{v4}/{}", self.length),
            _ => write!(f, "{address}/{}", self.length),
        }
    }
}

kept!(Network { bits, length, is_v4 });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_contains_what_lies_in_it() {
        let contains = |outer: &str, inner: &str| {
            Network::parse(outer).unwrap().contains(&Network::parse(inner).unwrap())
        };
        assert!(contains("192.0.2.0/24", "192.0.2.77"));
        assert!(!contains("192.0.2.0/24", "192.0.3.77"));
        assert!(contains("0.0.0.0/0", "10.0.0.0/8") && !contains("10.0.0.0/8", "0.0.0.0/0"));
        assert!(contains("2001:db8::/32", "2001:db8:1::1") && !contains("::/0", "192.0.2.1"));
    }

    #[test]
    fn neighbourhoods_are_written_as_ranges() {
        assert_eq!(Network::around("192.0.2.77").unwrap().to_string(), "192.0.2.0/24");
        assert_eq!(Network::around("2001:db8:1:2::3").unwrap().to_string(), "2001:db8:1::/48");
        assert!(Network::around("cloudtrail.amazonaws.com").is_none());
    }

    #[test]
    fn half_the_world_is_the_world() {
        let wide = |text: &str| Network::parse(text).unwrap().is_nearly_everything();
        assert!(wide("0.0.0.0/0") && wide("128.0.0.0/1") && wide("::/0"));
        assert!(!wide("10.0.0.0/8") && !wide("192.0.2.1"));
        assert!(Network::parse("192.0.2.0/33").is_none() && Network::parse("x/8").is_none());
    }
}
