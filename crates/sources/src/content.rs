//! An object's bytes, uncompressed: gzip, zstd or as they are, by content and not by name.

use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;
use libdeflater::Decompressor;
use memchr::memmem;

use crate::limits::{COMPRESSION_LAYERS_MAX, RATIO_COUNTS_FROM, RATIO_MAX, WHOLE_BYTES_MAX};
use crate::object::{Object, Place};

/// An object, opened.
pub struct Opened {
    /// What tells this object's bytes from any other's: the first half of their BLAKE3 digest.
    pub identity: u128,
    /// How many bytes it has as stored.
    pub n_bytes_stored: u64,
    /// The uncompressed bytes that are there already.
    pub(crate) start: Vec<u8>,
    /// Where the rest comes from, if there is more.
    pub(crate) rest: Option<Stream>,
}

type Stream = Box<dyn Read + Send>;

/// What an object was uncompressed into, for the next one: asking the system for memory anew with
/// every object costs a tenth of an ingest, and more with several workers.
#[derive(Debug, Default)]
pub struct Memory(Vec<u8>);

const GZIP: &[u8] = &[0x1f, 0x8b, 0x08];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// Opens an object: takes its identity, then uncompresses it (in one go when it is small).
///
/// An object that is too large to hold is read once for its identity and a second time for its
/// records.
///
/// # Errors
/// The object cannot be read. A fault inside the compressed data is not an error here: it ends
/// the bytes, and the reader of records says where.
pub fn open(object: &Object) -> io::Result<Opened> {
    open_in(Memory::default(), object)
}

/// Opens an object in the memory of an earlier one.
///
/// # Errors
/// See [`open`].
pub fn open_in(memory: Memory, object: &Object) -> io::Result<Opened> {
    let mut reader = object.reader()?;
    if matches!(object.place, Place::Stdin) {
        return Opened::of_stream(reader);
    }
    let stored = first_piece(&mut reader)?;
    if stored.len() < WHOLE_BYTES_MAX {
        return Ok(Opened::of_bytes_in(memory, stored));
    }
    let (identity, n_bytes_stored) = identity_of_all(stored, reader)?;
    let rest = Some(layered(object.reader()?));
    Ok(Opened { identity, n_bytes_stored, start: Vec::new(), rest })
}

impl Opened {
    /// Opens bytes that are all there.
    #[must_use]
    pub fn of_bytes(stored: Vec<u8>) -> Self {
        Self::of_bytes_in(Memory::default(), stored)
    }

    fn of_bytes_in(memory: Memory, stored: Vec<u8>) -> Self {
        let identity = identity_of(&blake3::hash(&stored));
        let n_bytes_stored = stored.len() as u64;
        let (start, rest) = uncompressed(stored, memory);
        Self { identity, n_bytes_stored, start, rest }
    }

    /// Returns the memory of an object that was read.
    #[must_use]
    pub fn into_memory(self) -> Memory {
        Memory(self.start)
    }

    /// Opens bytes that come only once, as standard input does.
    ///
    /// When there are too many to hold, the identity is that of the first piece and the number of
    /// stored bytes is 0: a repeated run of a source without ids cannot be told from new data.
    ///
    /// # Errors
    /// The first piece cannot be read.
    pub fn of_stream(mut reader: Stream) -> io::Result<Self> {
        let stored = first_piece(&mut reader)?;
        if stored.len() < WHOLE_BYTES_MAX {
            return Ok(Self::of_bytes(stored));
        }
        let identity = identity_of(&blake3::hash(&stored));
        let rest = Some(layered(Box::new(Cursor::new(stored).chain(reader))));
        Ok(Self { identity, n_bytes_stored: 0, start: Vec::new(), rest })
    }

    /// Returns the uncompressed bytes; a fault inside the compressed data is an error of reading.
    #[must_use]
    pub fn into_reader(self) -> Box<dyn Read + Send> {
        let rest = self.rest.unwrap_or_else(|| Box::new(io::empty()));
        Box::new(Cursor::new(self.start).chain(rest))
    }
}

fn first_piece(reader: &mut Stream) -> io::Result<Vec<u8>> {
    let mut stored = Vec::new();
    reader.take(WHOLE_BYTES_MAX as u64).read_to_end(&mut stored)?;
    Ok(stored)
}

/// Reads to the end and returns the identity and the number of all bytes.
fn identity_of_all(first: Vec<u8>, reader: Stream) -> io::Result<(u128, u64)> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&first);
    drop(first);
    hasher.update_reader(reader)?;
    Ok((identity_of(&hasher.finalize()), hasher.count()))
}

fn identity_of(digest: &blake3::Hash) -> u128 {
    u128::from_be_bytes(digest.as_bytes().first_chunk().copied().unwrap_or_default())
}

/// Uncompresses bytes that are all there, in one go where that is safe.
fn uncompressed(stored: Vec<u8>, memory: Memory) -> (Vec<u8>, Option<Stream>) {
    if !is_compressed(&stored) {
        return (stored, None);
    }
    let plain = if stored.starts_with(GZIP) { gunzip_whole(&stored, memory) } else { None };
    match plain {
        Some(plain) if !is_compressed(&plain) => (plain, None),
        _ => (Vec::new(), Some(layered(Box::new(Cursor::new(stored))))),
    }
}

/// Uncompresses a gzip file of one member with the faster library; anything else is left alone.
fn gunzip_whole(stored: &[u8], Memory(mut plain): Memory) -> Option<Vec<u8>> {
    let size = u32::from_le_bytes(*stored.last_chunk::<4>()?) as usize;
    // A second member would be lost: the library stops behind the first. Its header may also
    // stand in the data by chance, and then the slower reader does the same work.
    let may_have_more = memmem::find(stored.get(3..)?, GZIP).is_some();
    if may_have_more || WHOLE_BYTES_MAX < size {
        return None;
    }
    // What the last object left is overwritten; only what is beyond it is filled.
    plain.resize(size, 0);
    let n_bytes = Decompressor::new().gzip_decompress(stored, &mut plain).ok()?;
    (n_bytes == size).then_some(plain)
}

fn is_compressed(bytes: &[u8]) -> bool {
    bytes.starts_with(GZIP) || bytes.starts_with(ZSTD)
}

/// Wraps the reader in as many decoders as its content asks for.
fn layered(reader: Stream) -> Stream {
    let n_bytes_stored = Arc::new(AtomicU64::new(0));
    let mut reader: Stream = Box::new(Counted { reader, n_bytes: Arc::clone(&n_bytes_stored) });
    for _ in 0..COMPRESSION_LAYERS_MAX {
        let decoded = match decoder(reader) {
            Ok(Layer::Compressed(decoder)) => decoder,
            Ok(Layer::Plain(plain)) => return plain,
            Err(fault) => return Box::new(Broken { fault: Some(fault) }),
        };
        let n_bytes_stored = Arc::clone(&n_bytes_stored);
        reader = Box::new(Bounded { decoder: decoded, n_bytes_stored, n_bytes: 0 });
    }
    reader
}

enum Layer {
    Compressed(Stream),
    Plain(Stream),
}

/// Looks at the first bytes and takes the decoder that they ask for.
fn decoder(reader: Stream) -> io::Result<Layer> {
    let mut reader = BufReader::with_capacity(128 << 10, reader);
    let head = reader.fill_buf()?;
    Ok(if head.starts_with(GZIP) {
        Layer::Compressed(Box::new(MultiGzDecoder::new(reader)))
    } else if head.starts_with(ZSTD) {
        Layer::Compressed(Box::new(zstd::Decoder::with_buffer(reader)?))
    } else {
        Layer::Plain(Box::new(reader))
    })
}

/// Counts what is read.
struct Counted {
    reader: Stream,
    n_bytes: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_bytes = self.reader.read(buffer)?;
        self.n_bytes.fetch_add(n_bytes as u64, Ordering::Relaxed);
        Ok(n_bytes)
    }
}

/// Stops a decoder whose output is out of all proportion to what was stored.
struct Bounded {
    decoder: Stream,
    n_bytes_stored: Arc<AtomicU64>,
    n_bytes: u64,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_bytes = self.decoder.read(buffer)?;
        self.n_bytes += n_bytes as u64;
        let n_bytes_stored = self.n_bytes_stored.load(Ordering::Relaxed);
        if RATIO_COUNTS_FROM < self.n_bytes
            && n_bytes_stored.saturating_mul(RATIO_MAX) < self.n_bytes
        {
            return Err(io::Error::other(format!(
                "a decompression bomb: uncompressed it is more than {RATIO_MAX} times its size"
            )));
        }
        Ok(n_bytes)
    }
}

/// Says once why nothing can be read.
struct Broken {
    fault: Option<io::Error>,
}

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.fault.take().map_or(Ok(0), Err)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn all_of(stored: Vec<u8>) -> Vec<u8> {
        let (mut bytes, rest) = uncompressed(stored, Memory::default());
        if let Some(mut rest) = rest {
            let _ = rest.read_to_end(&mut bytes);
        }
        bytes
    }

    #[test]
    fn every_wrapping_gives_the_same_bytes() {
        let text = b"some text, some text, some text".as_slice();
        assert_eq!(all_of(text.to_vec()), text);
        assert_eq!(all_of(gzip(text)), text);
        assert_eq!(all_of(gzip(&gzip(text))), text);
        assert_eq!(all_of(zstd::encode_all(text, 1).unwrap()), text);
    }

    #[test]
    fn concatenated_members_are_all_read() {
        let twice = [gzip(b"same"), gzip(b"same")].concat();
        assert_eq!(all_of(twice), b"samesame");
    }

    #[test]
    fn a_header_that_is_cut_is_a_fault_and_not_nothing() {
        let stored = gzip(b"text");
        for n_bytes in 3..stored.len() {
            let opened = Opened::of_bytes(stored[..n_bytes].to_vec());
            assert!(opened.rest.unwrap().read_to_end(&mut Vec::new()).is_err(), "{n_bytes}");
        }
    }

    #[test]
    fn a_truncated_member_gives_what_it_has() {
        let text: Vec<u8> = (0..20_000_u32).flat_map(u32::to_le_bytes).collect();
        let mut stored = gzip(&text);
        stored.truncate(stored.len() / 2);
        let bytes = all_of(stored);
        assert!(!bytes.is_empty() && text.starts_with(&bytes));
    }
}
