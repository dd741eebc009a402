//! A report, file by file: for those who keep outcomes.

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    limits::DIGEST_PERIOD,
    names::{digest_name, log_name},
    report::{ChainReport, DigestOutcome, LogOutcome, Report, Verdict},
};

/// What became of one digest or log file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileOutcome<'a> {
    /// Where it was found or, when it is missing, where it should be.
    pub key: &'a str,
    /// It is a digest file.
    pub is_digest: bool,
    /// The account of its chain, if it has one.
    pub account: Option<&'a str>,
    /// The region of its chain, if it has one.
    pub region: Option<&'a str>,
    /// When a log file was delivered; when the time begins that a digest covers.
    pub time: Option<Timestamp>,
    /// The outcome, as it is spelt in a report.
    pub status: String,
    /// Whether that speaks for the file.
    pub verdict: Verdict,
}

impl Report {
    /// Returns the outcome of every digest and of every log file that one of them names.
    #[must_use]
    pub fn files(&self) -> Vec<FileOutcome<'_>> {
        let strays = self.strays.iter().map(|stray| digest(stray, None));
        let chains = self.chains.iter().flat_map(|chain| {
            let digests = chain.digests.iter().map(move |it| digest(it, Some(chain)));
            digests.chain(chain.logs.iter().map(move |it| log(it, chain)))
        });
        chains.chain(strays).collect()
    }
}

fn digest<'a>(outcome: &'a DigestOutcome, chain: Option<&'a ChainReport>) -> FileOutcome<'a> {
    let DigestOutcome { key, status } = outcome;
    FileOutcome {
        key,
        is_digest: true,
        account: chain.map(|chain| chain.id.account.as_str()),
        region: chain.map(|chain| chain.id.region.as_str()),
        time: start(key),
        status: name(status),
        verdict: status.verdict(),
    }
}

fn log<'a>(outcome: &'a LogOutcome, chain: &'a ChainReport) -> FileOutcome<'a> {
    let LogOutcome { key, digest, status } = outcome;
    FileOutcome {
        key,
        is_digest: false,
        account: Some(&chain.id.account),
        region: Some(&chain.id.region),
        time: log_name(key).map(|name| name.delivered).or_else(|| start(digest)),
        status: name(status),
        verdict: status.verdict(),
    }
}

/// Returns where the time begins that a digest of that name covers.
fn start(key: &str) -> Option<Timestamp> {
    digest_name(key)?.end.checked_sub(DIGEST_PERIOD).ok()
}

fn name(status: &impl Serialize) -> String {
    let value = serde_json::to_value(status).unwrap_or_default();
    value.get("status").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}
