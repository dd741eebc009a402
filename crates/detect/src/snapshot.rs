//! What a run remembers, as bytes: a list of states, each by whose it is.

use std::collections::HashMap;
use std::io::{self, Read, Seek, Write};

use crate::DetectError;
use crate::kept::{Arriving, Part, Pieces};

/// Whose a state is, and its parts.
pub(crate) type State<'a> = (String, Vec<&'a mut dyn Part>);

/// What a snapshot is read from: looked through once for damage, and then read.
pub trait Source: Read + Seek {}

impl<T: Read + Seek> Source for T {}

/// What every snapshot begins with; the number changes with the form of any state.
const MAGIC: [u8; 22] = *b"haechi-detect-state-4\n";

/// Names whose a state is without repeating a page: definitions are long.
fn digest(whose: &str) -> u128 {
    let [digest @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] =
        *blake3::hash(whose.as_bytes()).as_bytes();
    u128::from_le_bytes(digest)
}

/// Writes states down, closed by a digest of them all.
pub(crate) fn write(states: Vec<State<'_>>, out: &mut dyn Write) -> io::Result<()> {
    let mut pieces = Pieces::new(out);
    pieces.beside(&MAGIC);
    pieces.beside(&(states.len() as u64).to_le_bytes());
    for (whose, parts) in states {
        pieces.beside(&digest(&whose).to_le_bytes());
        for part in parts {
            part.save(&mut pieces);
        }
        pieces.end_state();
    }
    pieces.close()
}

/// Returns how many bytes the parts of a state have.
pub(crate) fn size(parts: &[&mut dyn Part]) -> usize {
    let mut counter = Counter(0);
    let mut pieces = Pieces::new(&mut counter);
    for part in parts {
        part.save(&mut pieces);
    }
    pieces.end_state();
    counter.0
}

/// Counts bytes and keeps none.
struct Counter(usize);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Puts what was written into the states it belongs to, once it is known to be whole; returns
/// those for which there was nothing. What comes behind it is left.
pub(crate) fn read(
    source: &mut dyn Source,
    states: Vec<State<'_>>,
) -> Result<Vec<String>, DetectError> {
    let fault = |reason| DetectError::Snapshot { reason };
    let start = source.stream_position().map_err(|_| fault("its file cannot be read"))?;
    taken_up(&mut Arriving::new(&mut *source), HashMap::new())?;
    source.seek(io::SeekFrom::Start(start)).map_err(|_| fault("its file cannot be read"))?;
    let by_digest = states.into_iter().map(|state| (digest(&state.0), state)).collect();
    let left = taken_up(&mut Arriving::new(source), by_digest)?;
    let mut anew: Vec<String> = left.iter().filter_map(|(whose, _)| page_of(whose)).collect();
    anew.sort();
    Ok(anew)
}

/// Reads everything, and loads what belongs to a state; returns the states that nothing was for.
fn taken_up<'a>(
    arriving: &mut Arriving<'_>,
    mut by_digest: HashMap<u128, State<'a>>,
) -> Result<Vec<State<'a>>, DetectError> {
    let fault = |reason| DetectError::Snapshot { reason };
    if arriving.beside() != Some(MAGIC) {
        return Err(fault("it is no snapshot of this version"));
    }
    let cut = || fault("it is cut off or damaged");
    let n_states = u64::from_le_bytes(arriving.beside().ok_or_else(cut)?);
    // Ends with the bytes, whatever the number says.
    for _ in 0..n_states {
        let digest = u128::from_le_bytes(arriving.beside().ok_or_else(cut)?);
        arriving.begin_state();
        if let Some((_, parts)) = by_digest.remove(&digest) {
            let loaded = parts.into_iter().try_for_each(|part| part.load(arriving));
            if loaded.is_none() || !arriving.is_at_end() {
                return Err(fault("one of its states is damaged"));
            }
        }
        arriving.skip().ok_or_else(cut)?;
    }
    if !arriving.is_whole() {
        return Err(cut());
    }
    Ok(by_digest.into_values().collect())
}

/// Returns the page whose state it is, if it is a page's.
fn page_of(whose: &str) -> Option<String> {
    let (_, definition) = whose.split_once(" page ")?;
    definition.lines().next().map(str::to_owned)
}
