//! What is said beside an answer: how much was read for it, and what could not be.

use anyhow::{Error, anyhow};
use haechi_engine::Read;
use haechi_sources::Told;

use crate::groups::AskedFiles;
use crate::talk;

/// How many objects of a kind are named; of the others the number is told.
const NAMED_MAX: usize = 3;

/// Says what was read.
pub fn say(read: &Read, asked: Option<&AskedFiles>) {
    let Read { rows_matched, rows_scanned, bytes_scanned } = read;
    let Some(AskedFiles { files, skipped }) = asked else {
        talk::note(&format!(
            "recordsMatched {rows_matched}, recordsScanned {rows_scanned}, bytesScanned {bytes_scanned}"
        ));
        return;
    };
    let told = files.told();
    let n_skipped = told.skipped.len() + told.unreadable.len() + skipped.len();
    talk::note(&format!(
        "recordsMatched {rows_matched}, recordsScanned {rows_scanned}, bytesScanned {}, \
         recordsRejected {}, recordsDuplicate {}, filesSkipped {n_skipped}",
        told.bytes_stored,
        told.n_rejects(),
        told.n_duplicates
    ));
    let passed_over: Vec<(String, String)> = skipped.iter().chain(&told.skipped).cloned().collect();
    name("skipped", &passed_over);
    name("cannot be read", &told.unreadable);
    odd(&told);
}

/// Says why there is nothing to ask.
pub fn nothing(asked: Option<&AskedFiles>) -> Error {
    let Some(AskedFiles { files, skipped }) = asked else {
        return anyhow!("the lake holds no logs: `haechi ingest` puts some into it");
    };
    let told = files.told();
    name("skipped", skipped);
    name("skipped", &told.skipped);
    name("cannot be read", &told.unreadable);
    anyhow!("none of the files holds logs that haechi knows")
}

/// Names the first objects of a list, each with the reason.
fn name(what: &str, objects: &[(String, String)]) {
    for (name, reason) in objects.iter().take(NAMED_MAX) {
        talk::note(&format!("{what}: `{name}`: {reason}"));
    }
    if NAMED_MAX < objects.len() {
        talk::note(&format!("{what}: {} more", objects.len() - NAMED_MAX));
    }
}

/// Says what makes the answer less than whole.
fn odd(told: &Told) {
    for (source, n_records) in &told.strays {
        talk::note(&format!(
            "{n_records} records of {source} stand behind others in their files and were left out; \
             `haechi ingest` takes them all"
        ));
    }
    if 0 < told.n_unchecked {
        talk::note(&format!(
            "{} records came when the memory for knowing duplicates was full: \
             records that come twice may count twice; --memory gives more",
            told.n_unchecked
        ));
    }
}
