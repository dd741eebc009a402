//! What a run remembers, as bytes: a list of states, each by whose it is.

use std::collections::HashMap;

use crate::DetectError;
use crate::kept::{Kept, Part, taken};

/// Whose a state is, and its parts.
pub(crate) type State<'a> = (String, Vec<&'a mut dyn Part>);

/// What every snapshot begins with; the number changes with the form of any state.
const MAGIC: &[u8] = b"haechi-detect-state-2\n";

/// Names whose a state is without repeating a page: definitions are long.
fn digest(whose: &str) -> u128 {
    let [digest @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] =
        *blake3::hash(whose.as_bytes()).as_bytes();
    u128::from_le_bytes(digest)
}

/// Writes states down, closed by a digest of them all.
pub(crate) fn write(states: Vec<State<'_>>) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    states.len().write(&mut out);
    for (whose, parts) in states {
        digest(&whose).write(&mut out);
        let mut state = Vec::new();
        for part in parts {
            part.save(&mut state);
        }
        state.len().write(&mut out);
        out.extend(state);
    }
    let checksum = *blake3::hash(&out).as_bytes();
    out.extend(checksum);
    out
}

/// Puts what was written into the states it belongs to; returns those for which there was nothing.
pub(crate) fn read(bytes: &[u8], states: Vec<State<'_>>) -> Result<Vec<String>, DetectError> {
    let fault = |reason| DetectError::Snapshot { reason };
    if !bytes.starts_with(MAGIC) {
        return Err(fault("it is no snapshot of this version"));
    }
    let length = bytes.len().saturating_sub(blake3::OUT_LEN);
    let (written, checksum) = bytes.split_at_checked(length).unwrap_or_default();
    if blake3::hash(written).as_bytes() != checksum {
        return Err(fault("it is cut off or damaged"));
    }
    let by_digest = listed(written).ok_or(fault("its list of states is damaged"))?;
    let mut anew = Vec::new();
    for (whose, parts) in states {
        let Some(mut state) = by_digest.get(&digest(&whose)).copied() else {
            anew.extend(page_of(&whose));
            continue;
        };
        let read = parts.into_iter().try_for_each(|part| part.load(&mut state));
        if read.is_none() || !state.is_empty() {
            return Err(fault("one of its states is damaged"));
        }
    }
    Ok(anew)
}

fn listed(written: &[u8]) -> Option<HashMap<u128, &[u8]>> {
    let mut rest = written.strip_prefix(MAGIC)?;
    let mut by_digest = HashMap::new();
    for _ in 0..usize::read(&mut rest)? {
        let digest = u128::read(&mut rest)?;
        let length = usize::read(&mut rest)?;
        by_digest.insert(digest, taken(&mut rest, length)?);
    }
    rest.is_empty().then_some(by_digest)
}

/// Returns the page whose state it is, if it is a page's.
fn page_of(whose: &str) -> Option<String> {
    let (_, definition) = whose.split_once(" page ")?;
    definition.lines().next().map(str::to_owned)
}
