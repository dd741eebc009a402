//! A folder of signed digests and their log files, as CloudTrail would have delivered them.

use std::{
    collections::BTreeMap,
    fs,
    io::{Read as _, Write as _},
    path::PathBuf,
};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::signer::{FINGERPRINT, Signer};
use crate::{Folder, Options, PublicKeys, Report, content, hex, verify};

pub(super) const BUCKET: &str = "example-trail";
pub(super) const TOP: &str = "audit/AWSLogs/111122223333";
pub(super) const MIDNIGHT: &str = "2026-03-01T00:00:00Z";

/// The fingerprint of a key that is lost.
const LOST: &str = "00000000000000000000000000000000";

/// What CloudTrail delivers.
pub(super) struct Plan {
    /// How many hours after midnight this begins.
    pub(super) first: i64,
    pub(super) n_hours: i64,
    pub(super) is_backfill: bool,
    /// Whether the objects' metadata was kept beside them.
    pub(super) has_metadata: bool,
    /// How many hours at the beginning are signed with a key that no snapshot holds.
    pub(super) n_lost_keys: i64,
    /// The hours without a log file.
    pub(super) idle: &'static [i64],
}

/// Four hours, the third of them idle.
pub(super) const PLAN: Plan = Plan {
    first: 0,
    n_hours: 4,
    is_backfill: false,
    has_metadata: true,
    n_lost_keys: 0,
    idle: &[2],
};

pub(super) struct Tree {
    pub(super) folder: TempDir,
    /// The keys of the digests, oldest first.
    pub(super) digests: Vec<String>,
    /// The keys of the log files, oldest first.
    pub(super) logs: Vec<String>,
}

struct Previous {
    object: String,
    hash: String,
    signature: String,
}

impl Tree {
    pub(super) fn of(plan: &Plan) -> Self {
        let mut tree =
            Self { folder: TempDir::new().unwrap(), digests: Vec::new(), logs: Vec::new() };
        tree.deliver(plan);
        tree
    }

    /// Delivers a chain of its own into the same folder.
    pub(super) fn deliver(&mut self, plan: &Plan) {
        let signer = Signer::ours();
        let mut previous: Option<Previous> = None;
        for hour in plan.first..plan.first + plan.n_hours {
            previous = Some(self.deliver_hour(plan, hour, previous.as_ref(), &signer));
        }
    }

    fn deliver_hour(
        &mut self,
        plan: &Plan,
        hour: i64,
        previous: Option<&Previous>,
        signer: &Signer,
    ) -> Previous {
        let start = MIDNIGHT.parse::<Timestamp>().unwrap() + hour.hours();
        let end = start + 1.hour();
        let object = digest_key(end, plan.is_backfill);
        let logs =
            if plan.idle.contains(&hour) { Vec::new() } else { self.deliver_logs(start, plan) };
        let digest = json!({
            "awsAccountId": "111122223333",
            "digestStartTime": start.to_string(),
            "digestEndTime": end.to_string(),
            "digestS3Bucket": BUCKET,
            "digestS3Object": object,
            "digestPublicKeyFingerprint": if hour < plan.n_lost_keys { LOST } else { FINGERPRINT },
            "digestSignatureAlgorithm": "SHA256withRSA",
            "newestEventTime": null,
            "oldestEventTime": null,
            "previousDigestS3Bucket": previous.map(|_| BUCKET),
            "previousDigestS3Object": previous.map(|previous| &previous.object),
            "previousDigestHashValue": previous.map(|previous| &previous.hash),
            "previousDigestHashAlgorithm": previous.map(|_| "SHA-256"),
            "previousDigestSignature": previous.map(|previous| &previous.signature),
            "logFiles": logs,
        })
        .to_string();
        let hash = hex::encode(&content::hash(digest.as_bytes()));
        let before = previous.map_or("null", |previous| &previous.signature);
        let signature = signer.sign(&format!("{end}\n{BUCKET}/{object}\n{hash}\n{before}"));
        self.write(&object, &digest);
        if plan.has_metadata {
            self.write_metadata(&object, &signature, plan.is_backfill);
        }
        self.digests.push(object.clone());
        Previous { object, hash, signature }
    }

    fn deliver_logs(&mut self, start: Timestamp, plan: &Plan) -> Vec<Value> {
        let sort = if plan.is_backfill { "late" } else { "hourly" };
        let log = |minute: i64| {
            let delivered = start + minute.minutes();
            let object = log_key(delivered, sort);
            let text =
                json!({ "Records": [{ "eventName": sort, "eventTime": delivered.to_string() }] });
            (object, text.to_string())
        };
        let mut entries = Vec::new();
        for (object, text) in [log(5), log(35)] {
            self.write(&object, &text);
            entries.push(json!({
                "s3Bucket": BUCKET,
                "s3Object": object,
                "hashValue": hex::encode(&content::hash(text.as_bytes())),
                "hashAlgorithm": "SHA-256",
            }));
            self.logs.push(object);
        }
        entries
    }

    pub(super) fn path(&self, key: &str) -> PathBuf {
        self.folder.path().join(key)
    }

    pub(super) fn write(&self, key: &str, text: &str) {
        let path = self.path(key);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, gzip(text)).unwrap();
    }

    fn write_metadata(&self, key: &str, signature: &str, is_backfill: bool) {
        let mut metadata =
            BTreeMap::from([("signature", signature), ("signature-algorithm", "SHA256withRSA")]);
        if is_backfill {
            metadata.insert("backfill-generation-timestamp", "2026-03-02T12:00:00Z");
        }
        let head = json!({ "ContentType": "application/json", "Metadata": metadata });
        fs::write(self.path(&format!("{key}.metadata.json")), head.to_string()).unwrap();
    }

    /// Rewrites a file as an intruder would.
    pub(super) fn edit(&self, key: &str, change: impl FnOnce(String) -> String) {
        let mut text = String::new();
        GzDecoder::new(fs::read(self.path(key)).unwrap().as_slice())
            .read_to_string(&mut text)
            .unwrap();
        self.write(key, &change(text));
    }

    pub(super) fn remove(&self, key: &str) {
        fs::remove_file(self.path(key)).unwrap();
    }

    pub(super) fn rename(&self, key: &str, to: &str) {
        fs::create_dir_all(self.path(to).parent().unwrap()).unwrap();
        fs::rename(self.path(key), self.path(to)).unwrap();
    }

    pub(super) fn report(&self) -> Report {
        self.report_with(&keys(), &Options::default())
    }

    pub(super) fn report_with(&self, keys: &PublicKeys, options: &Options) -> Report {
        let folder = Folder { root: self.folder.path().to_owned() };
        verify(&folder, keys, options).unwrap()
    }
}

pub(super) fn keys() -> PublicKeys {
    let snapshot = Signer::ours().snapshot(FINGERPRINT);
    PublicKeys::from_json(snapshot.to_string().as_bytes()).unwrap()
}

pub(super) fn digest_key(end: Timestamp, is_backfill: bool) -> String {
    let suffix = if is_backfill { "_backfill" } else { "" };
    let name = "111122223333_CloudTrail-Digest_us-east-1_main_trail_eu-west-1";
    format!(
        "{TOP}/CloudTrail-Digest/us-east-1/{}/{name}_{}{suffix}.json.gz",
        day(end),
        end.strftime("%Y%m%dT%H%M%SZ")
    )
}

pub(super) fn log_key(delivered: Timestamp, unique: &str) -> String {
    let minute = delivered.strftime("%Y%m%dT%H%MZ");
    let name = "111122223333_CloudTrail_us-east-1";
    format!("{TOP}/CloudTrail/us-east-1/{}/{name}_{minute}_{unique}.json.gz", day(delivered))
}

pub(super) fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn day(time: Timestamp) -> impl std::fmt::Display {
    time.strftime("%Y/%m/%d").to_string()
}
