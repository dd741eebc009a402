//! What one round of following leaves to the next, before what the pages remember.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};

use haechi_model::Timestamp;

use crate::kept::{Arriving, Kept, Pieces, kept};

/// What every state begins with; the number changes with its form.
const MAGIC: [u8; 16] = *b"haechi-follow-2\n";

/// How far one round has come, and what it knew.
#[derive(Debug, PartialEq)]
pub(super) struct State {
    /// Stands for what the user knew.
    pub(super) known_as: String,
    /// The accounts that the lake had.
    pub(super) accounts: BTreeSet<String>,
    /// Up to when each source's rows have been looked at, and how many rows there were before.
    pub(super) until: BTreeMap<String, (Timestamp, u64)>,
}

impl State {
    /// Writes it down, closed by a digest.
    pub(super) fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut pieces = Pieces::new(out);
        pieces.beside(&MAGIC);
        self.pass(&mut pieces);
        pieces.end_state();
        pieces.close()
    }

    /// Reads what was written, or nothing when a byte of it is not as it was.
    pub(super) fn read_from(source: &mut dyn Read) -> Option<Self> {
        let mut arriving = Arriving::new(source);
        if arriving.beside()? != MAGIC {
            return None;
        }
        arriving.begin_state();
        let state = Self::gather(&mut arriving)?;
        (arriving.is_at_end() && arriving.is_whole()).then_some(state)
    }
}

kept!(State { known_as, accounts, until });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_read_back_whole_or_not_at_all() {
        let state = State {
            known_as: "lists".to_owned(),
            accounts: BTreeSet::from(["111122223333".to_owned()]),
            until: BTreeMap::from([("cloudtrail".to_owned(), (Timestamp(5), 7))]),
        };
        let mut written = Vec::new();
        state.write_to(&mut written).unwrap();
        assert_eq!(State::read_from(&mut written.as_slice()), Some(state));
        for length in 0..written.len() {
            assert_eq!(State::read_from(&mut &written[..length]), None);
        }
        for at in 0..written.len() {
            let mut damaged = written.clone();
            damaged[at] ^= 1;
            assert_eq!(State::read_from(&mut damaged.as_slice()), None);
        }
    }
}
