//! A digest file: which log files one hour brought, and which digest came before.

use jiff::Timestamp;
use serde::Deserialize;

use crate::{
    content::{self, ContentError, Hash},
    hex,
    limits::DIGEST_BYTES_MAX,
};

/// The one way CloudTrail hashes.
const HASH_ALGORITHM: &str = "SHA-256";

/// The one way CloudTrail signs.
pub(crate) const SIGNATURE_ALGORITHM: &str = "SHA256withRSA";

/// The place an object has in S3.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Location {
    pub(crate) bucket: String,
    pub(crate) object: String,
}

/// A digest file as it claims to be; nothing here is proven yet.
#[derive(Clone, Debug)]
pub(crate) struct Digest {
    pub(crate) location: Location,
    pub(crate) start: Timestamp,
    pub(crate) end: Timestamp,
    /// The end as it is written, since the signature covers the text.
    pub(crate) end_text: String,
    pub(crate) fingerprint: String,
    /// The previous signature as it is written, since the signature covers the text.
    pub(crate) previous_signature: Option<String>,
    pub(crate) previous: Option<Previous>,
    pub(crate) logs: Vec<LogEntry>,
    /// The hash of this digest's own content.
    pub(crate) hash: Hash,
}

/// What a digest says about the digest before it.
#[derive(Clone, Debug)]
pub(crate) struct Previous {
    pub(crate) location: Location,
    pub(crate) hash: Hash,
}

/// What a digest says about a log file.
#[derive(Clone, Debug)]
pub(crate) struct LogEntry {
    pub(crate) location: Location,
    pub(crate) hash: Hash,
}

/// Why bytes are not a digest file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FormatError {
    #[error(transparent)]
    Content(#[from] ContentError),
    #[error("it is not the JSON of a digest at line {line} column {column}")]
    Json { line: usize, column: usize },
    #[error("`{0}` cannot be understood")]
    Field(&'static str),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    digest_start_time: String,
    digest_end_time: String,
    digest_s3_bucket: String,
    digest_s3_object: String,
    digest_public_key_fingerprint: String,
    digest_signature_algorithm: Option<String>,
    previous_digest_s3_bucket: Option<String>,
    previous_digest_s3_object: Option<String>,
    previous_digest_hash_value: Option<String>,
    previous_digest_hash_algorithm: Option<String>,
    previous_digest_signature: Option<String>,
    log_files: Option<Vec<RawLog>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawLog {
    s3_bucket: String,
    s3_object: String,
    hash_value: String,
    hash_algorithm: Option<String>,
}

impl Digest {
    /// Reads a digest from its bytes as stored.
    pub(crate) fn from_stored(stored: &[u8]) -> Result<Self, FormatError> {
        let content = content::plain(stored, DIGEST_BYTES_MAX)?;
        let raw: Raw = serde_json::from_slice(&content)
            .map_err(|error| FormatError::Json { line: error.line(), column: error.column() })?;
        let is_ours = raw
            .digest_signature_algorithm
            .as_deref()
            .is_none_or(|name| name == SIGNATURE_ALGORITHM);
        if !is_ours {
            return Err(FormatError::Field("digestSignatureAlgorithm"));
        }
        let previous = previous_in(&raw)?;
        let logs = raw.log_files.into_iter().flatten().map(LogEntry::try_from);
        Ok(Self {
            logs: logs.collect::<Result<_, _>>()?,
            location: Location { bucket: raw.digest_s3_bucket, object: raw.digest_s3_object },
            start: time(&raw.digest_start_time, "digestStartTime")?,
            end: time(&raw.digest_end_time, "digestEndTime")?,
            end_text: raw.digest_end_time,
            fingerprint: raw.digest_public_key_fingerprint.to_ascii_lowercase(),
            previous_signature: raw.previous_digest_signature,
            previous,
            hash: content::hash(&content),
        })
    }
}

impl TryFrom<RawLog> for LogEntry {
    type Error = FormatError;

    fn try_from(raw: RawLog) -> Result<Self, FormatError> {
        if raw.hash_algorithm.is_some_and(|name| name != HASH_ALGORITHM) {
            return Err(FormatError::Field("hashAlgorithm"));
        }
        let hash = hash_of(&raw.hash_value, "hashValue")?;
        Ok(Self { location: Location { bucket: raw.s3_bucket, object: raw.s3_object }, hash })
    }
}

/// Returns the previous digest, or nothing when all of its fields are null: a chain begins.
fn previous_in(raw: &Raw) -> Result<Option<Previous>, FormatError> {
    let fields = (
        &raw.previous_digest_s3_bucket,
        &raw.previous_digest_s3_object,
        &raw.previous_digest_hash_value,
        &raw.previous_digest_signature,
    );
    let (bucket, object, hash_value) = match fields {
        (None, None, None, None) => return Ok(None),
        (Some(bucket), Some(object), Some(hash_value), Some(_)) => (bucket, object, hash_value),
        _ => return Err(FormatError::Field("previousDigest…")),
    };
    let algorithm = raw.previous_digest_hash_algorithm.as_deref();
    if algorithm.is_some_and(|name| name != HASH_ALGORITHM) {
        return Err(FormatError::Field("previousDigestHashAlgorithm"));
    }
    Ok(Some(Previous {
        location: Location { bucket: bucket.clone(), object: object.clone() },
        hash: hash_of(hash_value, "previousDigestHashValue")?,
    }))
}

fn hash_of(text: &str, field: &'static str) -> Result<Hash, FormatError> {
    hex::decode(text).and_then(|bytes| Hash::try_from(bytes).ok()).ok_or(FormatError::Field(field))
}

fn time(text: &str, field: &'static str) -> Result<Timestamp, FormatError> {
    text.parse().map_err(|_| FormatError::Field(field))
}
