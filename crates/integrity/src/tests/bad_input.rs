//! Whatever the bytes are: no panic, and nothing proven that CloudTrail did not write.

use std::{collections::BTreeMap, sync::LazyLock};

use proptest::prelude::*;

use super::{
    bucket::Bucket,
    tree::{PLAN, Plan, Tree, gzip, keys},
};
use crate::{
    DigestStatus, LogStatus, Options, PublicKeys, Report, content, hex,
    names::{digest_name, in_place, is_digest, log_name},
    verify,
};

struct Sample {
    key: String,
    text: Vec<u8>,
    metadata: BTreeMap<String, String>,
    keys: PublicKeys,
}

/// One genuine digest, the first of its chain.
static SAMPLE: LazyLock<Sample> = LazyLock::new(|| {
    let tree = Tree::of(&Plan { n_hours: 1, ..PLAN });
    let mut bucket = Bucket::of(&tree);
    let key = tree.digests[0].clone();
    let (stored, metadata) = bucket.objects.remove(&key).unwrap();
    let text = content::plain(&stored, u64::MAX).unwrap();
    Sample { key, text, metadata, keys: keys() }
});

fn report_of(bytes: Vec<u8>) -> Report {
    let mut bucket = Bucket::default();
    bucket.objects.insert(SAMPLE.key.clone(), (bytes, SAMPLE.metadata.clone()));
    let report = verify(&bucket, &SAMPLE.keys, &Options::default()).unwrap();
    let _ = (report.to_string(), serde_json::to_string(&report).unwrap());
    report
}

fn is_proven(report: &Report) -> bool {
    let digests = report.chains.iter().flat_map(|chain| &chain.digests);
    let mut statuses = digests.map(|digest| &digest.status);
    statuses.any(|status| matches!(status, DigestStatus::Valid { .. }))
}

#[test]
fn the_sample_itself_is_proven_and_its_log_files_are_missed() {
    let report = report_of(SAMPLE.text.clone());
    assert!(is_proven(&report));
    assert!(!report.is_valid());
    assert!(report.chains[0].logs.iter().all(|log| log.status == LogStatus::Missing));
}

proptest! {
    #[test]
    fn random_bytes_are_no_digest(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(!is_proven(&report_of(bytes)));
    }

    #[test]
    fn random_bytes_after_a_gzip_header_are_no_digest(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
    ) {
        let stored = [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], bytes.as_slice()].concat();
        prop_assert!(!is_proven(&report_of(stored)));
    }

    #[test]
    fn one_changed_byte_unproves_a_digest(at: prop::sample::Index, byte: u8) {
        let mut text = SAMPLE.text.clone();
        let at = at.index(text.len());
        prop_assume!(text[at] != byte);
        text[at] = byte;
        prop_assert!(!is_proven(&report_of(text)));
    }

    #[test]
    fn a_cut_gzip_stream_is_no_digest(at: prop::sample::Index) {
        let stored = gzip(std::str::from_utf8(&SAMPLE.text).unwrap());
        let cut = stored[..at.index(stored.len())].to_vec();
        prop_assert!(!is_proven(&report_of(cut)));
    }

    #[test]
    fn names_are_read_without_panic(key in ".{0,80}", other in ".{0,80}") {
        let _ = (is_digest(&key), digest_name(&key), log_name(&key), in_place(&key, &other));
    }

    #[test]
    fn hexadecimal_comes_back(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        prop_assert_eq!(hex::decode(&hex::encode(&bytes)), Some(bytes));
    }

    #[test]
    fn keys_are_read_without_panic(text in ".{0,200}") {
        let quoted = serde_json::to_string(&text).unwrap();
        let entry = format!(r#"{{"PublicKeyList":[{{"Value":{quoted},"Fingerprint":"a"}}]}}"#);
        prop_assert!(PublicKeys::from_json(entry.as_bytes()).is_err());
        prop_assert!(PublicKeys::from_json(text.as_bytes()).is_err());
    }
}
