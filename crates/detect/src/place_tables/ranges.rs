//! A table of ranges: the starts in order, so that one search finds the range of an address.

use std::collections::HashMap;
use std::net::IpAddr;

use super::BadTable;

/// Ranges of IPv4 and IPv6 addresses, each with a value; values are kept once.
#[derive(Default)]
pub(super) struct Ranges {
    v4: Vec<Range<u32>>,
    v6: Vec<Range<u128>>,
    values: Vec<Value>,
}

/// The addresses from the first to the last, both included.
struct Range<T> {
    first: T,
    last: T,
    value: u32,
}

/// What a range is.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Value {
    Country(String),
    System(u32, String),
}

/// Tells whether the bytes are text of ranges rather than a binary table.
pub(super) fn is_csv(bytes: &[u8]) -> bool {
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    std::str::from_utf8(first).is_ok_and(|line| line.contains(','))
}

impl Ranges {
    /// Reads `first,last,country` and `first,last,asn,name`, a range a line.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, BadTable> {
        let mut ranges = Self::default();
        let mut known: HashMap<Value, u32> = HashMap::new();
        for (index, line) in String::from_utf8_lossy(bytes).lines().enumerate() {
            let fault = |reason: &str| BadTable {
                line: Some(index + 1),
                reason: format!("{reason} in `{}`", crate::value::shown(line)),
            };
            if line.trim().is_empty() {
                continue;
            }
            let (first, last, value) = read_line(line).map_err(fault)?;
            let n_known = u32::try_from(known.len()).map_err(|_| fault("too many values"))?;
            let value = *known.entry(value).or_insert_with_key(|value| {
                ranges.values.push(value.clone());
                n_known
            });
            match (first, last) {
                (IpAddr::V4(first), IpAddr::V4(last)) => {
                    ranges.v4.push(Range { first: first.into(), last: last.into(), value });
                }
                (IpAddr::V6(first), IpAddr::V6(last)) => {
                    ranges.v6.push(Range { first: first.into(), last: last.into(), value });
                }
                _ => return Err(fault("a range is of one family")),
            }
        }
        ranges.v4.sort_unstable_by_key(|range| range.first);
        ranges.v6.sort_unstable_by_key(|range| range.first);
        Ok(ranges)
    }

    /// Returns the country of an address.
    pub(super) fn country(&self, address: IpAddr) -> Option<String> {
        match self.value(address)? {
            Value::Country(code) => Some(code.clone()),
            Value::System(..) => None,
        }
    }

    /// Returns the autonomous system of an address.
    pub(super) fn asn(&self, address: IpAddr) -> Option<u32> {
        match self.value(address)? {
            Value::System(number, _) => Some(*number),
            Value::Country(_) => None,
        }
    }

    /// Returns the name of the autonomous system of an address.
    pub(super) fn organisation(&self, address: IpAddr) -> Option<String> {
        match self.value(address)? {
            Value::System(_, name) => Some(name.clone()).filter(|name| !name.is_empty()),
            Value::Country(_) => None,
        }
    }

    fn value(&self, address: IpAddr) -> Option<&Value> {
        let index = match address {
            IpAddr::V4(v4) => find(&self.v4, v4.into()),
            IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
                Some(v4) => find(&self.v4, v4.into()),
                None => find(&self.v6, v6.into()),
            },
        };
        self.values.get(usize::try_from(index?).ok()?)
    }
}

fn find<T: Ord + Copy>(ranges: &[Range<T>], address: T) -> Option<u32> {
    let after = ranges.partition_point(|range| range.first <= address);
    let range = ranges.get(after.checked_sub(1)?)?;
    (address <= range.last).then_some(range.value)
}

fn read_line(line: &str) -> Result<(IpAddr, IpAddr, Value), &'static str> {
    let mut fields = line.splitn(4, ',').map(|field| field.trim().trim_matches('"'));
    let mut address = || {
        let text = fields.next().unwrap_or_default();
        text.parse::<IpAddr>().map_err(|_| "a range begins and ends with an address")
    };
    let (first, last) = (address()?, address()?);
    let value = fields.next().ok_or("there is no value")?;
    if last < first {
        return Err("the range ends before it begins");
    }
    let is_country = value.len() == 2 && value.bytes().all(|byte| byte.is_ascii_alphabetic());
    if is_country {
        return Ok((first, last, Value::Country(value.to_ascii_uppercase())));
    }
    let number = value.trim_start_matches("AS").parse();
    let number = number.map_err(|_| "the value is neither two letters nor a system's number")?;
    let name = fields.next().unwrap_or_default().to_owned();
    Ok((first, last, Value::System(number, name)))
}
