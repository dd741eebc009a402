//! What is remembered, on its way to a file and back: values, a piece of many at a time.
//!
//! No value is cut in two. A state is its pieces, each behind its length, and a length of nothing;
//! a digest of everything comes last.

use std::io::{self, Read, Write};

use crate::limits::PIECE_BYTES;

const LENGTH_BYTES: usize = size_of::<u32>();

/// Values on their way out.
pub(crate) struct Pieces<'o> {
    out: &'o mut dyn Write,
    digest: blake3::Hasher,
    piece: Vec<u8>,
    /// The first thing that went wrong; nothing is written after it.
    fault: Option<io::Error>,
}

impl<'o> Pieces<'o> {
    /// Begins to write.
    pub(crate) fn new(out: &'o mut dyn Write) -> Self {
        Self { out, digest: blake3::Hasher::new(), piece: Vec::new(), fault: None }
    }

    /// Writes bytes that belong to no state.
    pub(crate) fn beside(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        if self.fault.is_none() {
            self.fault = self.out.write_all(bytes).err();
        }
    }

    /// Adds a value, which `write` appends.
    pub(crate) fn add(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        write(&mut self.piece);
        if PIECE_BYTES <= self.piece.len() {
            self.pass();
        }
    }

    /// Ends a state.
    pub(crate) fn end_state(&mut self) {
        self.pass();
        self.beside(&[0; LENGTH_BYTES]);
    }

    /// Ends the writing.
    pub(crate) fn close(mut self) -> io::Result<()> {
        let digest = *self.digest.finalize().as_bytes();
        self.beside(&digest);
        self.fault.map_or_else(|| self.out.flush(), Err)
    }

    fn pass(&mut self) {
        let mut piece = std::mem::take(&mut self.piece);
        if !piece.is_empty() {
            match u32::try_from(piece.len()) {
                Ok(length) => self.beside(&length.to_le_bytes()),
                Err(error) => self.fault = Some(io::Error::other(error)),
            }
            self.beside(&piece);
        }
        piece.clear();
        self.piece = piece;
    }
}

/// Values that come back.
pub(crate) struct Arriving<'s> {
    source: &'s mut dyn Read,
    digest: blake3::Hasher,
    piece: Vec<u8>,
    /// How much of the piece has been taken.
    n_taken: usize,
    /// Whether the state has no more pieces.
    is_ended: bool,
}

impl<'s> Arriving<'s> {
    /// Begins to read.
    pub(crate) fn new(source: &'s mut dyn Read) -> Self {
        let digest = blake3::Hasher::new();
        Self { source, digest, piece: Vec::new(), n_taken: 0, is_ended: true }
    }

    /// Reads bytes that belong to no state.
    pub(crate) fn beside<const N: usize>(&mut self) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        self.source.read_exact(&mut bytes).ok()?;
        self.digest.update(&bytes);
        Some(bytes)
    }

    /// Begins the next state.
    pub(crate) fn begin_state(&mut self) {
        (self.is_ended, self.n_taken) = (false, 0);
        self.piece.clear();
    }

    /// Takes a value, which `read` takes off the front; nothing when there is none.
    pub(crate) fn take<T>(&mut self, read: impl FnOnce(&mut &[u8]) -> Option<T>) -> Option<T> {
        self.refill()?;
        let mut bytes = self.piece.get(self.n_taken..)?;
        let value = read(&mut bytes)?;
        self.n_taken = self.piece.len() - bytes.len();
        Some(value)
    }

    /// Tells whether all of the state has been taken.
    pub(crate) fn is_at_end(&mut self) -> bool {
        self.refill().is_some() && self.is_ended
    }

    /// Passes over what is left of the state.
    pub(crate) fn skip(&mut self) -> Option<()> {
        // Ends because every piece takes bytes off the source.
        while !self.is_ended {
            self.n_taken = self.piece.len();
            self.refill()?;
        }
        Some(())
    }

    /// Tells whether everything was read as it was written; nothing comes after it.
    pub(crate) fn is_whole(&mut self) -> bool {
        let digest = *self.digest.finalize().as_bytes();
        self.beside() == Some(digest)
    }

    /// Reads the next piece when this one has been taken.
    fn refill(&mut self) -> Option<()> {
        if self.is_ended || self.n_taken < self.piece.len() {
            return Some(());
        }
        let length = u32::from_le_bytes(self.beside()?);
        (self.n_taken, self.is_ended) = (0, length == 0);
        self.piece.clear();
        // Grows with what is there: a length that lies takes no memory.
        let n_read = self.source.take(length.into()).read_to_end(&mut self.piece).ok()?;
        self.digest.update(&self.piece);
        (u32::try_from(n_read) == Ok(length)).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, VecDeque};
    use std::fmt::Debug;

    use super::*;
    use crate::kept::Kept;

    /// Reads a state of one value, or nothing when it is not whole.
    fn gathered<T: Kept>(mut bytes: &[u8]) -> Option<T> {
        let mut arriving = Arriving::new(&mut bytes);
        arriving.begin_state();
        let value = T::gather(&mut arriving)?;
        (arriving.is_at_end() && arriving.is_whole()).then_some(value)
    }

    #[track_caller]
    fn check<T: Kept + PartialEq + Debug>(value: &T) {
        let mut out = Vec::new();
        let mut pieces = Pieces::new(&mut out);
        value.pass(&mut pieces);
        pieces.end_state();
        pieces.close().unwrap();
        assert_eq!(gathered::<T>(&out).as_ref(), Some(value));
        let all = out.len();
        for length in (0..all).step_by(all.div_ceil(50)).chain([all - 1]) {
            assert_eq!(gathered::<T>(&out[..length]), None, "cut after {length} of {all}");
        }
        out[all / 2] ^= 1;
        assert_eq!(gathered::<T>(&out), None);
        let mut bytes = out.as_slice();
        let mut arriving = Arriving::new(&mut bytes);
        arriving.begin_state();
        assert!(arriving.skip().is_none() || !arriving.is_whole());
    }

    #[test]
    fn what_is_passed_on_in_pieces_is_gathered_whole_or_not_at_all() {
        check(&"text 가".to_owned());
        check(&Vec::<u64>::new());
        check(&(0..200).map(|it| (it, "x".repeat(2_000))).collect::<HashMap<u32, String>>());
        check(&vec!["y".repeat(3 * PIECE_BYTES); 2]);
        check(&VecDeque::from([(), ()]));
    }

    #[test]
    fn a_count_that_lies_ends_with_what_arrives() {
        let mut out = Vec::new();
        let mut pieces = Pieces::new(&mut out);
        pieces.add(|piece| usize::MAX.write(piece));
        pieces.add(|piece| 7_u64.write(piece));
        pieces.end_state();
        pieces.close().unwrap();
        assert_eq!(gathered::<Vec<u64>>(&out), None);
    }

    #[test]
    fn a_full_disk_is_said() {
        let mut two = [0_u8; 2];
        let mut out = two.as_mut_slice();
        let mut pieces = Pieces::new(&mut out);
        pieces.add(|piece| 7_u64.write(piece));
        pieces.end_state();
        assert_eq!(pieces.close().unwrap_err().kind(), io::ErrorKind::WriteZero);
    }
}
