//! Addresses: what they are and where they belong.
//!
//! Each function is a line or two: they stand together in one file.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::by_row::{ByRow, Given, Kind, Value};
use super::{Function, Make};

/// Every function of addresses that looks at one address alone.
pub(super) const ALL: &[&Function] = &[&VERSION, &TO_NUMBER, &IS_PRIVATE, &IS_PUBLIC, &IS_RESERVED];

const VERSION: Function = Function {
    name: "ip_version",
    usage: "ip_version(text)",
    doc: "Gives 4 or 6 for an address of that version, and 0 for a text that is no address.",
    example: "ip_version('2001:db8::1')",
    make: Make::ByRow(ByRow::new(&[Kind::Text], Kind::Integer, |values| {
        let text = values.first().and_then(|value| value.text());
        let version = text.map(|text| match text.parse::<IpAddr>() {
            Ok(IpAddr::V4(_)) => 4,
            Ok(IpAddr::V6(_)) => 6,
            Err(_) => 0,
        });
        version.into()
    })),
};

const TO_NUMBER: Function = Function {
    name: "ip_number",
    usage: "ip_number(text)",
    doc: "Gives the 32 bits of an IPv4 address as a number.",
    example: "ip_number('192.0.2.1')",
    make: Make::ByRow(ByRow::new(&[Kind::Text], Kind::Integer, |values| {
        let text = values.first().and_then(|value| value.text());
        let address = text.and_then(|text| text.parse::<Ipv4Addr>().ok());
        address.map(|address| i64::from(u32::from(address))).into()
    })),
};

const IS_PRIVATE: Function = Function {
    name: "ip_is_private",
    usage: "ip_is_private(ip)",
    doc: "Tells whether the address is of a private network (RFC 1918, RFC 4193).",
    example: "ip_is_private('10.0.0.1')",
    make: Make::ByRow(of_address(|values| about(values, is_private))),
};

const IS_PUBLIC: Function = Function {
    name: "ip_is_public",
    usage: "ip_is_public(ip)",
    doc: "Tells whether the address is neither private nor reserved.",
    example: "ip_is_public('8.8.8.8')",
    make: Make::ByRow(of_address(|values| about(values, |ip| !is_private(ip) && !is_reserved(ip)))),
};

const IS_RESERVED: Function = Function {
    name: "ip_is_reserved",
    usage: "ip_is_reserved(ip)",
    doc: "Tells whether the address is set aside for something else than hosts of the Internet or of private networks (RFC 6890).",
    example: "ip_is_reserved('127.0.0.1')",
    make: Make::ByRow(of_address(|values| about(values, is_reserved))),
};

const fn of_address(call: for<'a> fn(&[Value<'a>]) -> Given<'a>) -> ByRow {
    ByRow::new(&[Kind::Text], Kind::Boolean, call)
}

/// Says something about the address; nothing about a text that is none.
fn about(values: &[Value<'_>], is: fn(IpAddr) -> bool) -> Given<'static> {
    let text = values.first().and_then(|value| value.text());
    text.and_then(|text| text.parse::<IpAddr>().ok()).map(|ip| is(ip.to_canonical())).into()
}

fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_private(),
        IpAddr::V6(ip) => ip.is_unique_local(),
    }
}

fn is_reserved(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_reserved_v4(ip),
        IpAddr::V6(ip) => is_reserved_v6(ip),
    }
}

fn is_reserved_v4(ip: Ipv4Addr) -> bool {
    let [first, second, third, _] = ip.octets();
    let shared = first == 100 && (64..128).contains(&second);
    let protocols = (first, second, third) == (192, 0, 0);
    let benchmarks = first == 198 && (18..20).contains(&second);
    first == 0
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || ip.is_multicast()
        || 240 <= first
        || shared
        || protocols
        || benchmarks
}

fn is_reserved_v6(ip: Ipv6Addr) -> bool {
    let [first, second, ..] = ip.segments();
    let documentation = first == 0x2001 && second == 0x0db8;
    let protocols = first == 0x2001 && second < 0x0200;
    let discard = first == 0x0100 && ip.segments().iter().skip(1).take(3).all(|it| *it == 0);
    ip.is_loopback()
        || ip.is_unspecified()
        || ip.is_unicast_link_local()
        || ip.is_multicast()
        || documentation
        || protocols
        || discard
}
