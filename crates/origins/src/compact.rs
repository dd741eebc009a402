//! A table of addresses in as few bytes as a look-up by halving needs, and its form in a file.
//!
//! ```text
//! mark 16 | kind 1 | n_about n_v4 n_v6 n_values n_text: 4 each | about
//! v4 starts 4·n, values 4·n | v6 starts 16·n, values 4·n
//! numbers 4·n | ends of texts 4·n | texts | digest of all before 32
//! ```
//! Numbers stand with their lowest byte first.

use std::net::IpAddr;

use crate::column::Column;
use crate::ranges::{BadTable, Value};

/// What such a file begins with; another form gets another mark.
const MARK: &[u8; 16] = b"haechi origins 1";
const DIGEST_BYTES: usize = 32;

/// What a table knows of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The country, in two letters.
    Countries,
    /// The autonomous system: its number and its name.
    Networks,
    /// The service of AWS and its Region.
    Aws,
}

/// A table of addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compact {
    kind: Kind,
    about: String,
    v4: Column<u32>,
    v6: Column<u128>,
    numbers: Vec<u32>,
    /// Where the text of each value ends; it begins where the one before it ends.
    ends: Vec<u32>,
    text: String,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Countries, Self::Networks, Self::Aws];

    /// Its name, which is its file's name too.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Countries => "countries",
            Self::Networks => "networks",
            Self::Aws => "aws",
        }
    }

    fn number(self) -> u8 {
        match self {
            Self::Countries => 0,
            Self::Networks => 1,
            Self::Aws => 2,
        }
    }
}

impl Compact {
    pub(crate) fn new(
        kind: Kind,
        about: &str,
        values: &[Value],
        (v4, v6): (Column<u32>, Column<u128>),
    ) -> Self {
        let mut text = String::new();
        let (mut numbers, mut ends) = (Vec::new(), Vec::new());
        for (number, name) in values {
            text.push_str(name);
            numbers.push(*number);
            // LIMIT: texts of 4 GiB would need more ranges than are read.
            ends.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
        }
        Self { kind, about: about.to_owned(), v4, v6, numbers, ends, text }
    }

    /// Makes a table of AWS's own list of its addresses, `ip-ranges.json`.
    ///
    /// # Errors
    /// The bytes are no such list.
    pub fn of_aws(bytes: &[u8], about: &str) -> Result<Self, BadTable> {
        crate::aws::table(bytes, about)
    }

    /// Returns what the table knows.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns where its ranges come from, in the words of whoever made it.
    #[must_use]
    pub fn about(&self) -> &str {
        &self.about
    }

    /// Returns how many starts of ranges it has, of both families.
    #[must_use]
    pub fn n_starts(&self) -> usize {
        self.v4.starts.len() + self.v6.starts.len()
    }

    /// Returns the number and the text of an address.
    pub(crate) fn value(&self, address: IpAddr) -> Option<(u32, &str)> {
        let value = match address.to_canonical() {
            IpAddr::V4(v4) => self.v4.value(v4.into()),
            IpAddr::V6(v6) => self.v6.value(v6.into()),
        };
        let at = usize::try_from(value?).ok()?;
        let begins = at.checked_sub(1).map_or(Some(&0), |before| self.ends.get(before))?;
        let range = usize::try_from(*begins).ok()?..usize::try_from(*self.ends.get(at)?).ok()?;
        Some((*self.numbers.get(at)?, self.text.get(range)?))
    }

    /// Writes the table down.
    #[must_use]
    pub fn written(&self) -> Vec<u8> {
        let mut out = MARK.to_vec();
        out.push(self.kind.number());
        let sizes = [
            self.about.len(),
            self.v4.starts.len(),
            self.v6.starts.len(),
            self.numbers.len(),
            self.text.len(),
        ];
        for size in sizes {
            // LIMIT: no more ranges are read than fit.
            out.extend(u32::try_from(size).unwrap_or(u32::MAX).to_le_bytes());
        }
        out.extend(self.about.as_bytes());
        out.extend(self.v4.starts.iter().flat_map(|it| it.to_le_bytes()));
        out.extend(self.v4.values.iter().flat_map(|it| it.to_le_bytes()));
        out.extend(self.v6.starts.iter().flat_map(|it| it.to_le_bytes()));
        out.extend(self.v6.values.iter().flat_map(|it| it.to_le_bytes()));
        out.extend(self.numbers.iter().flat_map(|it| it.to_le_bytes()));
        out.extend(self.ends.iter().flat_map(|it| it.to_le_bytes()));
        out.extend(self.text.as_bytes());
        let digest = blake3::hash(&out);
        out.extend(digest.as_bytes());
        out
    }

    /// Tells whether the bytes are such a table, sound or not.
    pub(crate) fn is_written(bytes: &[u8]) -> bool {
        bytes.starts_with(MARK)
    }

    /// Reads a table that was written down.
    ///
    /// # Errors
    /// The bytes are no such table, or not all of it is as it was written.
    pub fn read(bytes: &[u8]) -> Result<Self, BadTable> {
        let fault = |reason: &str| BadTable { line: None, reason: reason.to_owned() };
        let Some(rest) = bytes.strip_prefix(MARK) else {
            return Err(fault("it is no table of haechi's"));
        };
        let damaged = || fault("it is damaged: make it again with `haechi enrich update`");
        let parts = bytes.len().checked_sub(DIGEST_BYTES).and_then(|at| bytes.split_at_checked(at));
        let (content, digest) = parts.ok_or_else(damaged)?;
        if blake3::hash(content).as_bytes() != digest {
            return Err(damaged());
        }
        let rest = rest.get(..rest.len().saturating_sub(DIGEST_BYTES)).ok_or_else(damaged)?;
        read_content(rest).ok_or_else(damaged)
    }
}

fn read_content(mut rest: &[u8]) -> Option<Compact> {
    let rest = &mut rest;
    let number = *take(rest, 1)?.first()?;
    let kind = Kind::ALL.into_iter().find(|kind| kind.number() == number)?;
    let mut sizes = [0; 5];
    for size in &mut sizes {
        *size = usize::try_from(u32::from_le_bytes(*take(rest, 4)?.as_array()?)).ok()?;
    }
    let [n_about, n_v4, n_v6, n_values, n_text] = sizes;
    let about = String::from_utf8(take(rest, n_about)?.to_vec()).ok()?;
    let v4 = Column { starts: numbers(rest, n_v4)?, values: numbers(rest, n_v4)? };
    let starts = take(rest, n_v6.checked_mul(16)?)?.as_chunks::<16>().0;
    let starts = starts.iter().map(|bytes| u128::from_le_bytes(*bytes)).collect();
    let v6 = Column { starts, values: numbers(rest, n_v6)? };
    let (numbers, ends) = (numbers(rest, n_values)?, numbers(rest, n_values)?);
    let text = String::from_utf8(take(rest, n_text)?.to_vec()).ok()?;
    let is_sound = v4.is_sound(n_values) && v6.is_sound(n_values) && rest.is_empty();
    is_sound.then_some(Compact { kind, about, v4, v6, numbers, ends, text })
}

fn take<'a>(rest: &mut &'a [u8], n_bytes: usize) -> Option<&'a [u8]> {
    rest.split_off(..n_bytes)
}

fn numbers(rest: &mut &[u8], n: usize) -> Option<Vec<u32>> {
    let chunks = take(rest, n.checked_mul(4)?)?.as_chunks::<4>().0;
    Some(chunks.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Ranges;

    fn table() -> Compact {
        let mut ranges = Ranges::default();
        ranges.add("ours", b"192.0.2.0,192.0.2.255,KR\n2001:db8::,2001:db8::f,SE\n").unwrap();
        ranges.tables().remove(0)
    }

    #[test]
    fn a_table_is_read_as_it_was_written() {
        let table = table();
        assert_eq!(Compact::read(&table.written()), Ok(table.clone()));
        assert_eq!((table.kind(), table.about(), table.n_starts()), (Kind::Countries, "ours", 4));
        assert_eq!(table.value("2001:db8::f".parse().unwrap()), Some((0, "SE")));
    }

    #[test]
    fn a_table_that_is_cut_or_changed_is_damaged() {
        let bytes = table().written();
        for end in 0..bytes.len() {
            assert!(Compact::read(&bytes[..end]).is_err(), "{end}");
        }
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(Compact::read(&changed).is_err(), "{at}");
        }
        // Whoever writes a digest of their own must not make us read beyond the end.
        for at in MARK.len()..bytes.len() - DIGEST_BYTES {
            let mut changed = bytes[..bytes.len() - DIGEST_BYTES].to_vec();
            changed[at] ^= 0x81;
            let digest = blake3::hash(&changed);
            changed.extend(digest.as_bytes());
            if let Ok(table) = Compact::read(&changed) {
                table.value("192.0.2.1".parse().unwrap());
                table.value("2001:db8::1".parse().unwrap());
            }
        }
    }
}
