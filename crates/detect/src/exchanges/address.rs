//! Which addresses lie outside.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Tells whether an address is one of the internet's.
///
/// Documentation ranges count as such: they stand for the internet in examples, and nowhere else.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or_else(|| is_global_v6(v6), is_public_v4),
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [first, second, ..] = v4.octets();
    let is_shared = first == 100 && (64..128).contains(&second);
    let is_reserved = first == 0 || 224 <= first;
    !(is_shared || is_reserved || v4.is_private() || v4.is_loopback() || v4.is_link_local())
}

fn is_global_v6(v6: Ipv6Addr) -> bool {
    // 2000::/3 is all that has been given out.
    v6.segments().first().is_some_and(|first| first & 0xe000 == 0x2000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_internet_is_what_is_not_set_aside() {
        let public = |text: &str| is_public(text.parse().unwrap());
        assert!(public("203.0.113.9") && public("1.1.1.1") && public("2001:db8::1"));
        for text in ["10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254"] {
            assert!(!public(text), "{text}");
        }
        for text in ["127.0.0.1", "224.0.0.1", "255.255.255.255", "fd00::1", "fe80::1", "ff02::1"] {
            assert!(!public(text), "{text}");
        }
        assert!(!public("::ffff:10.0.0.1") && public("::ffff:198.51.100.1"));
    }
}
