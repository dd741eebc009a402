//! The public keys CloudTrail signs with, from a snapshot of `aws cloudtrail list-public-keys`.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::{SignedDuration, Timestamp};
use rsa::{RsaPublicKey, pkcs1::DecodeRsaPublicKey};
use serde::Deserialize;

use crate::limits::KEY_SLACK;

/// Public keys by fingerprint.
///
/// CloudTrail has its own keys in every region, so that a snapshot covers the region and the
/// time it was asked for. Snapshots add up with [`PublicKeys::extend`].
#[derive(Clone, Debug, Default)]
pub struct PublicKeys {
    by_fingerprint: BTreeMap<String, Vec<PublicKey>>,
}

#[derive(Clone, Debug)]
struct PublicKey {
    key: RsaPublicKey,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

/// What the snapshots say about a fingerprint.
pub(crate) enum Lookup<'a> {
    /// No snapshot holds it.
    Unknown,
    /// It is there, but was not in use at that time.
    OutOfTime,
    /// The keys that may have signed.
    Keys(Vec<&'a RsaPublicKey>),
}

/// Why a snapshot of keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The text is not the JSON of `list-public-keys`.
    #[error("this is not the output of `aws cloudtrail list-public-keys`")]
    Json(#[from] serde_json::Error),
    /// One of its keys is not a PKCS#1 RSA key.
    #[error("the key with fingerprint `{0}` is not an RSA key in PKCS#1 form")]
    Key(String),
    /// One of its keys has a validity that is not a time.
    #[error("the validity of the key with fingerprint `{0}` is not a time")]
    Validity(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Snapshot {
    public_key_list: Vec<RawKey>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawKey {
    value: String,
    fingerprint: String,
    validity_start_time: Option<RawTime>,
    validity_end_time: Option<RawTime>,
}

/// The AWS CLI prints times as text today and printed seconds in its first version.
#[derive(Deserialize)]
#[serde(untagged)]
enum RawTime {
    Text(String),
    Seconds(f64),
}

impl PublicKeys {
    /// Reads the JSON that `aws cloudtrail list-public-keys` prints.
    ///
    /// # Errors
    /// When the text is not that JSON, or one of its keys cannot be used.
    pub fn from_json(json: &[u8]) -> Result<Self, KeysError> {
        let snapshot: Snapshot = serde_json::from_slice(json)?;
        let mut keys = Self::default();
        for raw in snapshot.public_key_list {
            let key = raw.key()?;
            keys.by_fingerprint.entry(raw.fingerprint.to_ascii_lowercase()).or_default().push(key);
        }
        Ok(keys)
    }

    /// Adds the keys of another snapshot: a region, a month.
    pub fn extend(&mut self, other: Self) {
        for (fingerprint, keys) in other.by_fingerprint {
            self.by_fingerprint.entry(fingerprint).or_default().extend(keys);
        }
    }

    /// Returns the number of different fingerprints.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_fingerprint.len()
    }

    /// Returns whether there is no key at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_fingerprint.is_empty()
    }

    /// Returns the keys with a fingerprint that were in use at a time, if the time is known.
    pub(crate) fn lookup(&self, fingerprint: &str, signed: Option<Timestamp>) -> Lookup<'_> {
        let Some(keys) = self.by_fingerprint.get(fingerprint) else { return Lookup::Unknown };
        let in_time = |key: &&PublicKey| signed.is_none_or(|signed| key.covers(signed));
        let usable: Vec<_> = keys.iter().filter(in_time).map(|key| &key.key).collect();
        if usable.is_empty() { Lookup::OutOfTime } else { Lookup::Keys(usable) }
    }
}

impl PublicKey {
    fn covers(&self, signed: Timestamp) -> bool {
        let not_early = self
            .first
            .is_none_or(|first| first.saturating_sub(KEY_SLACK).is_ok_and(|t| t <= signed));
        let not_late =
            self.last.is_none_or(|last| last.saturating_add(KEY_SLACK).is_ok_and(|t| signed <= t));
        not_early && not_late
    }
}

impl RawKey {
    fn key(&self) -> Result<PublicKey, KeysError> {
        let key = STANDARD
            .decode(self.value.trim())
            .ok()
            .and_then(|der| RsaPublicKey::from_pkcs1_der(&der).ok())
            .ok_or_else(|| KeysError::Key(self.fingerprint.clone()))?;
        let time = |raw: &Option<RawTime>| {
            let time = raw.as_ref().map(RawTime::timestamp);
            time.transpose().map_err(|_| KeysError::Validity(self.fingerprint.clone()))
        };
        let first = time(&self.validity_start_time)?;
        let last = time(&self.validity_end_time)?;
        Ok(PublicKey { key, first, last })
    }
}

impl RawTime {
    fn timestamp(&self) -> Result<Timestamp, jiff::Error> {
        match self {
            Self::Text(text) => text.parse(),
            Self::Seconds(seconds) => {
                Timestamp::from_duration(SignedDuration::try_from_secs_f64(*seconds)?)
            }
        }
    }
}
