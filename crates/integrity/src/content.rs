//! Uncompressed content within bounds: CloudTrail's hashes are taken before compression.

use std::io::{self, Read};

use flate2::bufread::MultiGzDecoder;
use sha2::{Digest as _, Sha256};

/// A SHA-256 hash.
pub(crate) type Hash = [u8; 32];

/// The first bytes of every gzip member.
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// How many bytes are hashed at a time.
const CHUNK_BYTES: usize = 64 << 10;

/// Why content could not be uncompressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ContentError {
    /// The gzip stream is cut short or broken.
    #[error("it cannot be uncompressed")]
    Corrupt,
    /// The content passes the limit.
    #[error("it holds more than {0} bytes")]
    TooLarge(u64),
}

/// Returns the uncompressed bytes.
pub(crate) fn plain(stored: &[u8], limit: u64) -> Result<Vec<u8>, ContentError> {
    let mut content = Vec::new();
    each_chunk(stored, limit, |chunk| content.extend_from_slice(chunk))?;
    Ok(content)
}

/// Returns the hash of the uncompressed bytes, without holding them.
pub(crate) fn plain_hash(stored: &[u8], limit: u64) -> Result<Hash, ContentError> {
    let mut hasher = Sha256::new();
    each_chunk(stored, limit, |chunk| hasher.update(chunk))?;
    Ok(hasher.finalize().into())
}

/// Returns the hash of bytes as they are.
pub(crate) fn hash(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// Hands out the uncompressed bytes in chunks.
///
/// Every gzip member counts: a reader of logs would read an appended one too.
fn each_chunk(stored: &[u8], limit: u64, mut take: impl FnMut(&[u8])) -> Result<(), ContentError> {
    let mut reader: Box<dyn Read + '_> = if stored.starts_with(&GZIP_MAGIC) {
        Box::new(MultiGzDecoder::new(stored))
    } else {
        Box::new(stored)
    };
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut n_total = 0;
    // Ends with the input, or at the limit.
    loop {
        let n_read = match reader.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(n_read) => n_read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return Err(ContentError::Corrupt),
        };
        n_total += n_read as u64;
        if limit < n_total {
            return Err(ContentError::TooLarge(limit));
        }
        take(chunk.get(..n_read).unwrap_or_default());
    }
}
