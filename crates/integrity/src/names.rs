//! What the names of digest and log files say, and whether a file stands in its place.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde::Serialize;

/// The folder of digest files, and the middle of their names.
const DIGEST_FOLDER: &str = "CloudTrail-Digest";

/// Where a key becomes CloudTrail's own, after the bucket owner's prefix.
const PLACE: &str = "AWSLogs/";

/// One line of digests, each of which names the one before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ChainId {
    /// The account whose logs are digested.
    pub account: String,
    /// The region whose logs are digested.
    pub region: String,
    /// The name of the trail.
    pub trail: String,
    /// The region the trail was made in.
    pub home_region: String,
    /// Whether these digests came later, for log files the hourly ones missed.
    pub is_backfill: bool,
}

/// What the name of a digest file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DigestName {
    pub(crate) chain: ChainId,
    pub(crate) end: Timestamp,
}

/// What the name of a log file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogName {
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) delivered: Timestamp,
}

/// Returns whether a key is that of a digest file.
pub(crate) fn is_digest(key: &str) -> bool {
    let in_folder = key.split('/').any(|part| part == DIGEST_FOLDER);
    let named_so = file_name(key).contains("_CloudTrail-Digest_");
    (in_folder || named_so) && key.ends_with(".json.gz")
}

/// Returns what a digest's name says:
/// `<account>_CloudTrail-Digest_<region>_<trail>_<home region>_<end>[_backfill].json.gz`.
pub(crate) fn digest_name(key: &str) -> Option<DigestName> {
    let stem = file_name(key).strip_suffix(".json.gz")?;
    let (stem, is_backfill) = match stem.strip_suffix("_backfill") {
        Some(stem) => (stem, true),
        None => (stem, false),
    };
    let (account, rest) = stem.split_once('_')?;
    let (region, rest) = rest.strip_prefix(DIGEST_FOLDER)?.strip_prefix('_')?.split_once('_')?;
    // A trail's name may hold underscores; regions and times do not.
    let (rest, end) = rest.rsplit_once('_')?;
    let (trail, home_region) = rest.rsplit_once('_')?;
    let chain = ChainId {
        account: account.to_owned(),
        region: region.to_owned(),
        trail: trail.to_owned(),
        home_region: home_region.to_owned(),
        is_backfill,
    };
    Some(DigestName { chain, end: time_in_name("%Y%m%dT%H%M%SZ", end)? })
}

/// Returns what a log's name says:
/// `<account>_CloudTrail[-<kind>]_<region>_<delivery minute>_<unique>.json.gz`.
pub(crate) fn log_name(key: &str) -> Option<LogName> {
    let mut parts = file_name(key).strip_suffix(".json.gz")?.split('_');
    let (account, kind, region) = (parts.next()?, parts.next()?, parts.next()?);
    let delivered = time_in_name("%Y%m%dT%H%MZ", parts.next()?)?;
    let is_log = kind.starts_with("CloudTrail") && kind != DIGEST_FOLDER;
    is_log.then(|| LogName { account: account.to_owned(), region: region.to_owned(), delivered })
}

/// Returns the part after the last `/`.
pub(crate) fn file_name(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or(key)
}

/// Returns the part before the digest folder: prefix, organization, account.
pub(crate) fn branch(key: &str) -> Option<&str> {
    key.rsplit_once("/CloudTrail-Digest/").map(|(branch, _)| branch)
}

/// Returns whether a file found at `found` in a copy stands where `claimed` says.
///
/// Whoever copied the files chose what comes before `AWSLogs/`, or began below it.
pub(crate) fn in_place(found: &str, claimed: &str) -> bool {
    match place(found) {
        Some(place_found) => place(claimed) == Some(place_found),
        None => {
            claimed.strip_suffix(found).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        }
    }
}

/// Returns a key from its last folder `AWSLogs` on.
fn place(key: &str) -> Option<&str> {
    let begins_part = |at: &usize| {
        key.get(..*at).is_some_and(|before| before.is_empty() || before.ends_with('/'))
    };
    let at = key.rmatch_indices(PLACE).map(|(at, _)| at).find(begins_part)?;
    key.get(at..)
}

fn time_in_name(format: &str, text: &str) -> Option<Timestamp> {
    let time = DateTime::strptime(format, text).ok()?;
    TimeZone::UTC.to_timestamp(time).ok()
}
