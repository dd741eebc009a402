//! How a digest is proven: by its metadata, by its successor, by a hash, or not at all.

use expect_test::expect;
use serde_json::json;

use super::{
    bucket::Bucket,
    check,
    signer::{FINGERPRINT, Signer},
    statuses,
    tree::{PLAN, Plan, Tree, keys},
    wrong_keys,
};
use crate::{DigestStatus, LogStatus, Objects as _, Options, Proof, PublicKeys, verify};

const BARE: Plan = Plan { has_metadata: false, ..PLAN };

#[test]
fn without_metadata_successors_prove_all_but_the_newest() {
    let report = Tree::of(&BARE).report();
    check(
        &report,
        expect![[r#"
            111122223333 us-east-1 trail main_trail: 2026-03-01T00:00:00Z to 2026-03-01T04:00:00Z
              digest unproven …/CloudTrail-Digest/…/main_trail_eu-west-1_20260301T040000Z.json.gz: its signature was not kept and no later digest carries it
              log unproven …/CloudTrail/…/CloudTrail_us-east-1_20260301T0305Z_hourly.json.gz: as its digest says, which is not proven itself
              log unproven …/CloudTrail/…/CloudTrail_us-east-1_20260301T0335Z_hourly.json.gz: as its digest says, which is not proven itself
            3/4 digest files valid, 1 unproven
            4/6 log files valid, 2 unproven
            valid: true
        "#]],
    );
    let by_successor = DigestStatus::Valid { proof: Proof::Successor };
    let expected = [&DigestStatus::SignatureUnknown, &by_successor, &by_successor, &by_successor];
    assert_eq!(statuses(&report), expected);
    assert_eq!(report.chains[0].logs[0].status, LogStatus::Unproven);
}

#[test]
fn without_metadata_an_edited_digest_is_found() {
    let tree = Tree::of(&BARE);
    tree.edit(&tree.digests[1], |text| text.replacen("_hourly", "_harmless", 1));
    check(
        &tree.report(),
        expect![[r#"
            111122223333 us-east-1 trail main_trail: 2026-03-01T00:00:00Z to 2026-03-01T04:00:00Z
              digest unproven …/CloudTrail-Digest/…/main_trail_eu-west-1_20260301T040000Z.json.gz: its signature was not kept and no later digest carries it
              digest INVALID …/CloudTrail-Digest/…/main_trail_eu-west-1_20260301T020000Z.json.gz: changed since the next digest recorded its hash
              log unproven …/CloudTrail/…/CloudTrail_us-east-1_20260301T0305Z_hourly.json.gz: as its digest says, which is not proven itself
              log unproven …/CloudTrail/…/CloudTrail_us-east-1_20260301T0335Z_hourly.json.gz: as its digest says, which is not proven itself
              log INVALID …/CloudTrail/…/CloudTrail_us-east-1_20260301T0105Z_harmless.json.gz: its digest names it, and it is not there
              log unproven …/CloudTrail/…/CloudTrail_us-east-1_20260301T0135Z_hourly.json.gz: as its digest says, which is not proven itself
            2/4 digest files valid, 1 unproven, 1 INVALID
            2/6 log files valid, 3 unproven, 1 INVALID
            log files without a digest: 1, 0 of them in a time digests cover
            valid: false
        "#]],
    );
}

#[test]
fn without_metadata_the_one_before_the_newest_is_not_excused() {
    let tree = Tree::of(&BARE);
    tree.edit(&tree.digests[2], |text| {
        text.replacen("\"awsAccountId\"", "\"spare\":0,\"awsAccountId\"", 1)
    });
    let report = tree.report();
    assert_eq!(statuses(&report)[1], &DigestStatus::SignatureInvalid);
    assert!(!report.is_valid());
}

#[test]
fn a_single_digest_without_metadata_proves_nothing() {
    let report = Tree::of(&Plan { n_hours: 1, ..BARE }).report();
    assert_eq!(statuses(&report), [&DigestStatus::SignatureUnknown]);
    assert!(!report.is_valid());
}

#[test]
fn two_heads_without_metadata_are_not_both_excused() {
    let mut tree = Tree::of(&BARE);
    tree.deliver(&Plan { first: 10, n_hours: 2, ..BARE });
    assert!(!tree.report().is_valid());
}

#[test]
fn the_wrong_key_proves_nothing() {
    let report = Tree::of(&PLAN).report_with(&wrong_keys(), &Options::default());
    assert!(statuses(&report).iter().all(|status| **status == DigestStatus::SignatureInvalid));
    assert!(!report.is_valid());
}

#[test]
fn an_unknown_fingerprint_is_told() {
    let report = Tree::of(&PLAN).report_with(&PublicKeys::default(), &Options::default());
    let unknown = DigestStatus::KeyUnknown { fingerprint: FINGERPRINT.to_owned() };
    assert!(statuses(&report).iter().all(|status| **status == unknown));
    assert!(!report.is_valid());
}

#[test]
fn a_key_of_another_time_proves_nothing() {
    let mut snapshot = Signer::ours().snapshot(FINGERPRINT);
    snapshot["PublicKeyList"][0]["ValidityEndTime"] = json!("2026-02-25T00:00:00Z");
    let keys = PublicKeys::from_json(snapshot.to_string().as_bytes()).unwrap();
    let report = Tree::of(&PLAN).report_with(&keys, &Options::default());
    let late = DigestStatus::KeyOutOfTime { fingerprint: FINGERPRINT.to_owned() };
    assert!(statuses(&report).iter().all(|status| **status == late));
}

#[test]
fn the_first_command_line_printed_seconds() {
    let mut snapshot = Signer::ours().snapshot(FINGERPRINT);
    snapshot["PublicKeyList"][0]["ValidityStartTime"] = json!(1_771_545_600.0);
    snapshot["PublicKeyList"][0]["ValidityEndTime"] = json!(1_773_964_800.0);
    let keys = PublicKeys::from_json(snapshot.to_string().as_bytes()).unwrap();
    assert_eq!(keys.len(), 1);
    assert!(Tree::of(&PLAN).report_with(&keys, &Options::default()).is_valid());
}

#[test]
fn a_proven_successor_proves_by_its_hash_where_the_key_is_lost() {
    let report = Tree::of(&Plan { n_hours: 3, n_lost_keys: 2, ..PLAN }).report();
    let by_hash = DigestStatus::Valid { proof: Proof::Hash };
    let by_metadata = DigestStatus::Valid { proof: Proof::Metadata };
    assert_eq!(statuses(&report), [&by_metadata, &by_hash, &by_hash]);
    assert!(report.is_valid());
}

#[test]
fn in_a_bucket_a_digest_without_signature_was_written_anew() {
    let mut bucket = Bucket::of(&Tree::of(&PLAN));
    let newest = bucket.list().unwrap().into_iter().rfind(|key| key.contains("-Digest/")).unwrap();
    assert!(verify(&bucket, &keys(), &Options::default()).unwrap().is_valid());
    bucket.objects.get_mut(&newest).unwrap().1.clear();
    let report = verify(&bucket, &keys(), &Options::default()).unwrap();
    assert_eq!(statuses(&report)[0], &DigestStatus::SignatureInvalid);
    assert!(!report.is_valid());
}

#[test]
fn in_a_bucket_the_whole_key_decides() {
    let mut bucket = Bucket::of(&Tree::of(&PLAN));
    let moved = std::mem::take(&mut bucket.objects).into_iter();
    bucket.objects = moved.map(|(key, object)| (key.replace("audit/", "other/"), object)).collect();
    check(
        &verify(&bucket, &keys(), &Options::default()).unwrap(),
        expect![[r#"
            111122223333 us-east-1 trail main_trail: 2026-03-01T00:00:00Z to 2026-03-01T04:00:00Z
              digest INVALID other/AWSLogs/111122223333/CloudTrail-Digest/…/main_trail_eu-west-1_20260301T040000Z.json.gz: genuine, but it belongs at …/CloudTrail-Digest/…/main_trail_eu-west-1_20260301T040000Z.json.gz
              digest INVALID other/AWSLogs/111122223333/CloudTrail-Digest/…/main_trail_eu-west-1_20260301T030000Z.json.gz: genuine, but it belongs at …/CloudTrail-Digest/…/main_trail_eu-west-1_20260301T030000Z.json.gz
              digest INVALID other/AWSLogs/111122223333/CloudTrail-Digest/…/main_trail_eu-west-1_20260301T020000Z.json.gz: genuine, but it belongs at …/CloudTrail-Digest/…/main_trail_eu-west-1_20260301T020000Z.json.gz
              digest INVALID other/AWSLogs/111122223333/CloudTrail-Digest/…/main_trail_eu-west-1_20260301T010000Z.json.gz: genuine, but it belongs at …/CloudTrail-Digest/…/main_trail_eu-west-1_20260301T010000Z.json.gz
              log INVALID …/CloudTrail/…/CloudTrail_us-east-1_20260301T0305Z_hourly.json.gz: genuine, but it stands at other/AWSLogs/111122223333/CloudTrail/…/CloudTrail_us-east-1_20260301T0305Z_hourly.json.gz
              log INVALID …/CloudTrail/…/CloudTrail_us-east-1_20260301T0335Z_hourly.json.gz: genuine, but it stands at other/AWSLogs/111122223333/CloudTrail/…/CloudTrail_us-east-1_20260301T0335Z_hourly.json.gz
              log INVALID …/CloudTrail/…/CloudTrail_us-east-1_20260301T0105Z_hourly.json.gz: genuine, but it stands at other/AWSLogs/111122223333/CloudTrail/…/CloudTrail_us-east-1_20260301T0105Z_hourly.json.gz
              log INVALID …/CloudTrail/…/CloudTrail_us-east-1_20260301T0135Z_hourly.json.gz: genuine, but it stands at other/AWSLogs/111122223333/CloudTrail/…/CloudTrail_us-east-1_20260301T0135Z_hourly.json.gz
              log INVALID …/CloudTrail/…/CloudTrail_us-east-1_20260301T0005Z_hourly.json.gz: genuine, but it stands at other/AWSLogs/111122223333/CloudTrail/…/CloudTrail_us-east-1_20260301T0005Z_hourly.json.gz
              log INVALID …/CloudTrail/…/CloudTrail_us-east-1_20260301T0035Z_hourly.json.gz: genuine, but it stands at other/AWSLogs/111122223333/CloudTrail/…/CloudTrail_us-east-1_20260301T0035Z_hourly.json.gz
            0/4 digest files valid, 4 INVALID
            0/6 log files valid, 6 INVALID
            valid: false
        "#]],
    );
}
