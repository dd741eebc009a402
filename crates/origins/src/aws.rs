//! AWS's own list of its addresses, `ip-ranges.json`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::Deserialize;

use crate::compact::{Compact, Kind};
use crate::ranges::{BadTable, Rows, Value};

/// The service that all of AWS's addresses are listed under, beside their own.
const EVERY: &str = "AMAZON";

#[derive(Deserialize)]
struct List {
    #[serde(rename = "createDate")]
    created: Option<String>,
    #[serde(default)]
    prefixes: Vec<Prefix>,
    #[serde(default)]
    ipv6_prefixes: Vec<Prefix>,
}

#[derive(Deserialize)]
struct Prefix {
    #[serde(alias = "ip_prefix", alias = "ipv6_prefix")]
    network: String,
    region: String,
    service: String,
}

/// Tells whether the bytes are JSON.
pub(crate) fn is_json(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().first() == Some(&b'{')
}

/// Makes a table of the list: each address with the narrowest service that has it; what is listed
/// as Amazon's alone is `AMAZON`.
pub(crate) fn table(bytes: &[u8], about: &str) -> Result<Compact, BadTable> {
    let list: List = serde_json::from_slice(bytes).map_err(|error| BadTable {
        line: Some(error.line()),
        reason: format!("it is not AWS's `ip-ranges.json`: {error}"),
    })?;
    let mut prefixes: Vec<&Prefix> = list.prefixes.iter().chain(&list.ipv6_prefixes).collect();
    let fault = |reason: String| BadTable { line: None, reason };
    if prefixes.is_empty() {
        return Err(fault("it has no `prefixes`: it is not AWS's `ip-ranges.json`".to_owned()));
    }
    // Of services with the same range, the first by name wins, whatever the order of the file.
    prefixes
        .sort_by(|one, other| (&other.service, &other.region).cmp(&(&one.service, &one.region)));
    let (mut own, mut every) = (Rows::default(), Rows::default());
    // One list of values for both, so that the columns can be laid over each other.
    let mut values = Rows::default();
    for prefix in &prefixes {
        let Some(range) = range_of(&prefix.network) else {
            return Err(fault(format!("`{}` is no network", prefix.network.escape_debug())));
        };
        let value: Value = (0, format!("{} {}", prefix.service, prefix.region));
        for rows in [&mut own, &mut every, &mut values] {
            rows.know(value.clone());
        }
        let rows = if prefix.service == EVERY { &mut every } else { &mut own };
        rows.add(range, value).map_err(|reason| fault(reason.to_owned()))?;
    }
    let ((_, own_v4, own_v6), (_, every_v4, every_v6)) = (own.flat(), every.flat());
    let both = (every_v4.under(&own_v4), every_v6.under(&own_v6));
    let created = list.created.map_or(String::new(), |day| format!(", of {day}"));
    Ok(Compact::new(Kind::Aws, &format!("{about}{created}"), &values.flat().0, both))
}

/// Returns the first and the last address of `192.0.2.0/24`.
fn range_of(network: &str) -> Option<(IpAddr, IpAddr)> {
    let (address, length) = network.split_once('/')?;
    let length: u32 = length.parse().ok()?;
    match address.parse().ok()? {
        IpAddr::V4(v4) => {
            let hosts = u32::MAX.checked_shr(length).unwrap_or(0);
            let first = u32::from(v4) & !hosts;
            let last = Ipv4Addr::from(first | hosts);
            (length <= 32).then(|| (Ipv4Addr::from(first).into(), last.into()))
        }
        IpAddr::V6(v6) => {
            let hosts = u128::MAX.checked_shr(length).unwrap_or(0);
            let first = u128::from(v6) & !hosts;
            let last = Ipv6Addr::from(first | hosts);
            (length <= 128).then(|| (Ipv6Addr::from(first).into(), last.into()))
        }
    }
}
