//! Ranges as text: `first,last,country` and `first,last,asn,name`, a range a line.

use std::collections::HashMap;
use std::net::IpAddr;

use crate::column::{Column, NOTHING, Range};
use crate::compact::{Compact, Kind};
use crate::limits::{RANGES_MAX, SHOWN_CHARACTERS_MAX};

/// Why a table cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{reason}")]
pub struct BadTable {
    /// The line of the text, counted from 1; nothing for a binary table.
    pub line: Option<usize>,
    /// What is wrong.
    pub reason: String,
}

/// What a range is: a number, a text, or both.
pub(crate) type Value = (u32, String);

/// Ranges of one kind, as they are read.
#[derive(Debug, Default)]
pub struct Ranges {
    countries: Rows,
    networks: Rows,
}

/// Ranges that are still in no order; each value is kept once.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    abouts: Vec<String>,
    v4: Vec<Range<u32>>,
    v6: Vec<Range<u128>>,
    values: Vec<Value>,
    known: HashMap<Value, u32>,
}

/// Tells whether the bytes are text of ranges rather than a binary table.
pub(crate) fn is_csv(bytes: &[u8]) -> bool {
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    std::str::from_utf8(first).is_ok_and(|line| line.contains(','))
}

impl Ranges {
    /// Adds the ranges of a text, with words on where they come from.
    ///
    /// # Errors
    /// A line is no range; the error names it.
    pub fn add(&mut self, about: &str, bytes: &[u8]) -> Result<(), BadTable> {
        for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let line = String::from_utf8_lossy(line);
            let line = line.trim_end_matches('\r');
            let fault = |reason: &str| BadTable {
                line: Some(index + 1),
                reason: format!("{reason} in `{}`", shown(line)),
            };
            if line.trim().is_empty() {
                continue;
            }
            let (first, last, kind, value) = read_line(line).map_err(fault)?;
            let rows = match kind {
                Kind::Networks => &mut self.networks,
                _ => &mut self.countries,
            };
            rows.add((first, last), value).map_err(fault)?;
            rows.comes_from(about);
        }
        Ok(())
    }

    /// Returns a table for each kind of range that there is.
    #[must_use]
    pub fn tables(self) -> Vec<Compact> {
        let kinds = [(Kind::Countries, self.countries), (Kind::Networks, self.networks)];
        let filled = kinds.into_iter().filter(|(_, rows)| !rows.values.is_empty());
        filled.map(|(kind, rows)| rows.table(kind)).collect()
    }
}

impl Rows {
    /// Adds the addresses from the first to the last.
    pub(crate) fn add(
        &mut self,
        (first, last): (IpAddr, IpAddr),
        value: Value,
    ) -> Result<(), &'static str> {
        if RANGES_MAX <= self.v4.len() + self.v6.len() {
            return Err("there are too many ranges");
        }
        let value = self.know(value);
        match (first, last) {
            (IpAddr::V4(first), IpAddr::V4(last)) => {
                self.v4.push(Range { first: first.into(), last: last.into(), value });
            }
            (IpAddr::V6(first), IpAddr::V6(last)) => {
                self.v6.push(Range { first: first.into(), last: last.into(), value });
            }
            _ => return Err("a range is of one family"),
        }
        Ok(())
    }

    /// Returns the number of a value, which is a new one for a new value.
    pub(crate) fn know(&mut self, value: Value) -> u32 {
        // LIMIT: there are no more values than ranges.
        let n_known = u32::try_from(self.values.len()).unwrap_or(NOTHING);
        *self.known.entry(value).or_insert_with_key(|value| {
            self.values.push(value.clone());
            n_known
        })
    }

    /// Returns the values, and the ranges of both families put flat.
    pub(crate) fn flat(self) -> (Vec<Value>, Column<u32>, Column<u128>) {
        (self.values, Column::of(self.v4), Column::of(self.v6))
    }

    fn comes_from(&mut self, about: &str) {
        if self.abouts.last().is_none_or(|last| last != about) {
            self.abouts.push(about.to_owned());
        }
    }

    fn table(self, kind: Kind) -> Compact {
        let about = self.abouts.join("; ");
        let (values, v4, v6) = self.flat();
        Compact::new(kind, &about, &values, (v4, v6))
    }
}

type Line = (IpAddr, IpAddr, Kind, Value);

fn read_line(line: &str) -> Result<Line, &'static str> {
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
        return Ok((first, last, Kind::Countries, (0, value.to_ascii_uppercase())));
    }
    let number = value.trim_start_matches("AS").parse();
    let number = number.map_err(|_| "the value is neither two letters nor a network's number")?;
    let name = fields.next().unwrap_or_default().replace("\"\"", "\"");
    Ok((first, last, Kind::Networks, (number, name)))
}

/// Returns the beginning of a line as an error may show it.
fn shown(line: &str) -> String {
    let safe = |letter: char| if letter.is_control() { '\u{fffd}' } else { letter };
    line.chars().take(SHOWN_CHARACTERS_MAX).map(safe).collect()
}
