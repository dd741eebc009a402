//! A stretch of an object's uncompressed bytes that moves forward: memory stays bounded however
//! large the object is.

use std::io::{self, Read};

use crate::limits::WINDOW_BYTES;

/// The bytes between what was taken and what was not yet read.
pub(crate) struct Window {
    reader: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    start: usize,
    /// Where `start` lies in the object.
    position: u64,
    /// How many bytes are read at a time.
    pub fill_bytes: usize,
    /// No more bytes will come.
    pub is_last: bool,
    /// Why no more bytes come, if the object did not end by itself.
    pub fault: Option<io::Error>,
}

impl Window {
    /// Returns a window over bytes that are all there, followed by what the reader has.
    pub(crate) fn new(buffer: Vec<u8>, reader: Option<Box<dyn Read + Send>>) -> Self {
        let is_last = reader.is_none();
        let reader = reader.unwrap_or_else(|| Box::new(io::empty()));
        let fill_bytes = WINDOW_BYTES;
        Self { reader, buffer, start: 0, position: 0, fill_bytes, is_last, fault: None }
    }

    /// Gives up the memory that the bytes are in.
    pub(crate) fn into_memory(self) -> Vec<u8> {
        self.buffer
    }

    /// Returns the bytes that are there.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    /// Returns where the first of the bytes lies in the object.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// Gives up the first bytes.
    pub(crate) fn take(&mut self, n_bytes: usize) {
        let n_bytes = n_bytes.min(self.bytes().len());
        self.start += n_bytes;
        self.position += n_bytes as u64;
    }

    /// Reads until so many bytes are there, or all of them.
    pub(crate) fn fill_to(&mut self, n_bytes: usize) {
        while self.bytes().len() < n_bytes && !self.is_last {
            self.fill();
        }
    }

    /// Reads more behind the bytes that are there.
    pub(crate) fn fill(&mut self) {
        self.buffer.drain(..self.start);
        self.start = 0;
        let wanted = self.fill_bytes as u64;
        match (&mut self.reader).take(wanted).read_to_end(&mut self.buffer) {
            Ok(n_bytes) => self.is_last = (n_bytes as u64) < wanted,
            Err(fault) => {
                self.is_last = true;
                self.fault = Some(fault);
            }
        }
    }
}
