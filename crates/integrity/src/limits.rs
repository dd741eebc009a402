//! Every limit of this crate, with its reason.

use jiff::SignedDuration;

/// The largest object read into memory, in bytes as stored.
///
/// CloudTrail closes a log file at some tens of megabytes of JSON, a few megabytes compressed.
pub const STORED_BYTES_MAX: u64 = 256 << 20;

/// The largest log file, in uncompressed bytes; it is hashed as a stream and never held.
///
/// Gzip packs at most 1:1032, so that a small file cannot keep the verifier busy for hours.
pub const LOG_BYTES_MAX: u64 = 4 << 30;

/// The largest digest file, in uncompressed bytes; it is held while it is parsed.
///
/// One entry takes about 500 bytes, so this is more than 100,000 log files in one hour.
pub const DIGEST_BYTES_MAX: u64 = 64 << 20;

/// The largest metadata sidecar, in bytes.
///
/// S3 allows 2 KB of user metadata; the rest of `head-object` is a few lines.
pub const METADATA_BYTES_MAX: u64 = 64 << 10;

/// The longest signature accepted, in bytes: an RSA key of 8,192 bits.
///
/// CloudTrail signs with 2,048 bits today.
pub const SIGNATURE_BYTES_MAX: usize = 1024;

/// How many names of log files without a digest a report carries; all of them are counted.
pub const UNLISTED_NAMES_MAX: usize = 1000;

/// The time one digest file covers.
pub const DIGEST_PERIOD: SignedDuration = SignedDuration::from_hours(1);

/// How far outside its validity a key may have signed.
///
/// A digest is signed somewhat after the hour it covers, and a key may change in between.
pub const KEY_SLACK: SignedDuration = SignedDuration::from_hours(24);
