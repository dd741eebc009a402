//! What was proven, what was not, and what is wrong.

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::names::ChainId;

/// The outcome of a verification.
///
/// `Display` prints what is wrong and the sums; serialize it for every single file.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Every chain of digests, in the order of account, region and trail.
    pub chains: Vec<ChainReport>,
    /// Files among the digests that belong to no chain.
    pub strays: Vec<DigestOutcome>,
    /// Log files that no digest names.
    pub unlisted: Unlisted,
}

/// The outcome for one chain.
#[derive(Clone, Debug, Serialize)]
pub struct ChainReport {
    /// Which chain.
    #[serde(flatten)]
    pub id: ChainId,
    /// Where the oldest digest that could be read begins.
    #[serde(serialize_with = "maybe_time")]
    pub start: Option<Timestamp>,
    /// Where the newest digest that could be read ends: nothing is said about later.
    #[serde(serialize_with = "maybe_time")]
    pub end: Option<Timestamp>,
    /// Every digest, newest first, then those that are missing.
    pub digests: Vec<DigestOutcome>,
    /// Every log file a digest names, in the order of the digests.
    pub logs: Vec<LogOutcome>,
    /// Where the chain is interrupted, newest first.
    pub gaps: Vec<Gap>,
}

/// What became of one digest file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DigestOutcome {
    /// Where it was found or, when it is missing, where it should be.
    pub key: String,
    /// The outcome.
    #[serde(flatten)]
    pub status: DigestStatus,
}

/// What became of one log file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogOutcome {
    /// Where the digest says it is.
    pub key: String,
    /// The digest that names it.
    pub digest: String,
    /// The outcome.
    #[serde(flatten)]
    pub status: LogStatus,
}

/// The outcome for a digest file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum DigestStatus {
    /// It is what CloudTrail wrote.
    Valid {
        /// How that was proven.
        proof: Proof,
    },
    /// Nothing contradicts it, but its signature was not kept and no later digest carries it.
    SignatureUnknown,
    /// A later digest names it, and it is not there.
    Missing,
    /// Its content is genuine, but it belongs elsewhere.
    Moved {
        /// Where it belongs.
        from: String,
    },
    /// It cannot be understood.
    BadFormat {
        /// Why.
        reason: String,
    },
    /// No snapshot of keys has the one that signed it.
    KeyUnknown {
        /// The fingerprint of that key.
        fingerprint: String,
    },
    /// The key that should have signed it was not in use at its time.
    KeyOutOfTime {
        /// The fingerprint of that key.
        fingerprint: String,
    },
    /// The signature was not made over this content, or there is none where one must be.
    SignatureInvalid,
    /// It is not the content that a later, valid digest recorded.
    HashMismatch,
    /// It is there and cannot be read.
    Unreadable {
        /// Why.
        reason: String,
    },
}

/// How a digest was proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// By the signature in the object's metadata.
    Metadata,
    /// By the signature that its successor carries.
    Successor,
    /// By the hash in a valid successor; the key for its own signature is unknown.
    Hash,
}

/// The outcome for a log file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum LogStatus {
    /// It is what CloudTrail delivered.
    Valid,
    /// It agrees with its digest, which itself is not proven.
    Unproven,
    /// It is not there.
    Missing,
    /// Its content has changed.
    Modified,
    /// Its content is genuine, but it stands elsewhere.
    Moved {
        /// Where it stands.
        to: String,
    },
    /// It is there and cannot be read or uncompressed.
    Unreadable {
        /// Why.
        reason: String,
    },
}

/// An interruption of a chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// The end of the last digest before it, if there is one.
    #[serde(serialize_with = "maybe_time")]
    pub after: Option<Timestamp>,
    /// The start of the first digest after it.
    #[serde(serialize_with = "time")]
    pub before: Timestamp,
    /// Why the chain is interrupted.
    #[serde(flatten)]
    pub kind: GapKind,
}

/// Why a chain is interrupted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum GapKind {
    /// CloudTrail began a new chain: logging or validation had been off.
    Paused,
    /// A digest is missing, and perhaps more before it.
    Missing {
        /// The digest that is named and not there.
        key: String,
    },
    /// The chain goes on in another bucket.
    OtherBucket {
        /// The digest that is named there.
        key: String,
    },
    /// The digests end before the time that was asked for.
    Ending,
    /// The files begin here; what came before is not among them.
    Beginning {
        /// The digest that is named and not there.
        key: String,
    },
}

/// Log files that no digest names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Unlisted {
    /// How many there are.
    pub n_files: usize,
    /// How many of them were delivered, by their names, in a time that valid digests cover.
    ///
    /// Another trail without validation, or a backfill still to come, explains them; so does
    /// somebody who put them there.
    pub n_in_covered_time: usize,
    /// The first of their names.
    pub keys: Vec<String>,
}

/// Whether an outcome speaks for a file, against it, or not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Proven.
    Valid,
    /// Neither proven nor contradicted.
    Unproven,
    /// Contradicted, missing or unusable.
    Invalid,
}

impl DigestStatus {
    /// Returns whether this speaks for the file.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Valid { .. } => Verdict::Valid,
            Self::SignatureUnknown => Verdict::Unproven,
            _ => Verdict::Invalid,
        }
    }
}

impl LogStatus {
    /// Returns whether this speaks for the file.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Valid => Verdict::Valid,
            Self::Unproven => Verdict::Unproven,
            _ => Verdict::Invalid,
        }
    }
}

fn time<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(time)
}

#[expect(clippy::ref_option, reason = "serde asks for a reference")]
fn maybe_time<S: Serializer>(time: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => serializer.collect_str(time),
        None => serializer.serialize_none(),
    }
}
