//! What one round of following leaves to the next, as bytes.

use std::collections::{BTreeMap, BTreeSet};

use haechi_model::Timestamp;

use crate::kept::{Kept, taken};

/// What every state begins with; the number changes with its form.
const MAGIC: &[u8] = b"haechi-follow-1\n";

/// What one round leaves to the next.
#[derive(Debug, PartialEq)]
pub(super) struct State {
    /// Stands for what the user knew.
    pub(super) known_as: String,
    /// The accounts that the lake had.
    pub(super) accounts: BTreeSet<String>,
    /// Up to when each source's rows have been looked at, and how many rows there were before.
    pub(super) until: BTreeMap<String, (Timestamp, u64)>,
    /// What the pages remember.
    pub(super) detector: Vec<u8>,
}

impl State {
    /// Writes it down, closed by a digest.
    pub(super) fn written(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        self.known_as.write(&mut out);
        self.accounts.write(&mut out);
        self.until.write(&mut out);
        self.detector.len().write(&mut out);
        out.extend_from_slice(&self.detector);
        let digest = *blake3::hash(&out).as_bytes();
        out.extend(digest);
        out
    }

    /// Reads what was written, or nothing when a byte of it is not as it was.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let length = bytes.len().checked_sub(blake3::OUT_LEN)?;
        let (written, digest) = bytes.split_at_checked(length)?;
        if blake3::hash(written).as_bytes() != digest {
            return None;
        }
        let mut rest = written.strip_prefix(MAGIC)?;
        let known_as = String::read(&mut rest)?;
        let accounts = BTreeSet::read(&mut rest)?;
        let until = BTreeMap::read(&mut rest)?;
        let length = usize::read(&mut rest)?;
        let detector = taken(&mut rest, length)?.to_vec();
        rest.is_empty().then_some(Self { known_as, accounts, until, detector })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_read_back_whole_or_not_at_all() {
        let state = State {
            known_as: "lists".to_owned(),
            accounts: BTreeSet::from(["111122223333".to_owned()]),
            until: BTreeMap::from([("cloudtrail".to_owned(), (Timestamp(5), 7))]),
            detector: vec![1, 2, 3],
        };
        let written = state.written();
        assert_eq!(State::read(&written), Some(state));
        for length in 0..written.len() {
            assert_eq!(State::read(&written[..length]), None);
        }
        let mut damaged = written;
        damaged[20] ^= 1;
        assert_eq!(State::read(&damaged), None);
    }
}
