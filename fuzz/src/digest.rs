//! Digest files and snapshots of keys: a broken or hostile one is an outcome in the report.

use std::collections::BTreeMap;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use haechi_integrity::{Objects, ObjectsError, Options, PublicKeys, verify};

const KEY: &str = "AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2024/05/01/\
     111122223333_CloudTrail-Digest_eu-west-1_trail_eu-west-1_20240501T100000Z.json.gz";

struct OneDigest(Vec<u8>);

impl Objects for OneDigest {
    fn list(&self) -> Result<Vec<String>, ObjectsError> {
        Ok(vec![KEY.to_owned()])
    }

    fn read(&self, _: &str) -> Result<Vec<u8>, ObjectsError> {
        Ok(self.0.clone())
    }

    fn metadata(&self, _: &str) -> Option<BTreeMap<String, String>> {
        let entry = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let signed = [("signature", "00ff"), ("signature-algorithm", "SHA256withRSA")];
        Some(signed.into_iter().map(entry).collect())
    }
}

/// Verifies the bytes as a digest file, stored as they are or compressed first.
pub fn digest(data: &[u8]) {
    let keys = PublicKeys::from_json(data).unwrap_or_default();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let compressed = encoder.write_all(data).and_then(|()| encoder.finish());
    let stored = [Some(data.to_vec()).filter(|it| it.starts_with(&[0x1f])), compressed.ok()];
    for stored in stored.into_iter().flatten() {
        let report = verify(&OneDigest(stored), &keys, &Options::default());
        let words = report.map(|it| it.to_string());
        assert!(words.is_ok_and(|words| !words.is_empty()));
    }
}
