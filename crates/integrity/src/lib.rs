//! Proves that CloudTrail log files are the ones CloudTrail delivered, online or from a copy.
//!
//! Every hour CloudTrail signs a digest file: the hashes of the hour's log files, and the hash
//! and the signature of the digest before. AWS checks them in the bucket alone, because a copy
//! loses the signature in the object's metadata. Here a digest is also proven by its successor,
//! which carries its signature, so that a folder and a snapshot of the public keys are enough
//! for everything but the newest hour.

pub mod limits;

// What is asked: of which objects, with which keys, about which time.
mod folder;
mod keys;
mod objects;
mod options;

// The way through: list, sort into chains, judge, follow to the log files, count the rest.
mod chain;
mod gaps;
mod index;
mod logs;
mod members;
mod unlisted;
mod verify;

// CloudTrail's format: names, digests, signatures, compression.
mod content;
mod digest;
mod hex;
mod names;
mod signature;

// The answer.
mod display;
mod files;
mod report;
mod summary;

#[cfg(test)]
#[expect(
    clippy::needless_pass_by_value,
    clippy::needless_raw_string_hashes,
    reason = "expectations are written by `expect-test` and taken by value, as in its manual"
)]
mod tests;

pub use files::FileOutcome;
pub use folder::Folder;
pub use keys::{KeysError, PublicKeys};
pub use names::ChainId;
pub use objects::{Objects, ObjectsError};
pub use options::Options;
pub use report::{
    ChainReport, DigestOutcome, DigestStatus, Gap, GapKind, LogOutcome, LogStatus, Proof, Report,
    Unlisted, Verdict,
};
pub use summary::{Summary, Tally};
pub use verify::verify;
