//! Attacks on a folder of log files, and the innocent cases beside them.

use expect_test::{Expect, expect};
use jiff::{Timestamp, ToSpan as _};

use crate::{DigestStatus, GapKind, LogStatus, Options, Proof, PublicKeys, Report, Verdict};

mod bad_input;
mod bucket;
mod links;
mod logs;
mod proofs;
mod signer;
mod tree;

use tree::{MIDNIGHT, PLAN, Plan, Tree};

/// Compares what a person reads, without the part of the keys that never changes.
#[track_caller]
fn check(report: &Report, expected: Expect) {
    let text = report.to_string();
    let text = text.replace("audit/AWSLogs/111122223333/", "…/").replace("111122223333_", "");
    let text =
        text.replace("/us-east-1/2026/03/01/", "/…/").replace("CloudTrail-Digest_us-east-1_", "");
    expected.assert_eq(&format!("{text}valid: {}\n", report.is_valid()));
}

fn at(hour: i64) -> Timestamp {
    MIDNIGHT.parse::<Timestamp>().unwrap() + hour.hours()
}

/// Returns the statuses of the only chain's digests, newest first.
fn statuses(report: &Report) -> Vec<&DigestStatus> {
    assert_eq!(report.chains.len(), 1);
    report.chains[0].digests.iter().map(|digest| &digest.status).collect()
}

#[test]
fn a_whole_chain_is_valid() {
    let report = Tree::of(&PLAN).report();
    check(
        &report,
        expect![[r#"
        111122223333 us-east-1 trail main_trail: 2026-03-01T00:00:00Z to 2026-03-01T04:00:00Z
        4/4 digest files valid
        6/6 log files valid
        valid: true
    "#]],
    );
    let proof = DigestStatus::Valid { proof: Proof::Metadata };
    assert!(statuses(&report).iter().all(|status| **status == proof));
    assert!(report.chains[0].gaps.is_empty());
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let tree = Tree::of(&PLAN);
    let json = |report: &Report| serde_json::to_string(report).unwrap();
    assert_eq!(json(&tree.report()), json(&tree.report()));
}

#[test]
fn json_names_every_file_with_its_status() {
    let report = Tree::of(&Plan { n_hours: 1, ..PLAN }).report();
    let json = serde_json::to_string_pretty(&report).unwrap();
    expect![[r#"
        {
          "chains": [
            {
              "account": "111122223333",
              "region": "us-east-1",
              "trail": "main_trail",
              "home_region": "eu-west-1",
              "is_backfill": false,
              "start": "2026-03-01T00:00:00Z",
              "end": "2026-03-01T01:00:00Z",
              "digests": [
                {
                  "key": "audit/AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/03/01/111122223333_CloudTrail-Digest_us-east-1_main_trail_eu-west-1_20260301T010000Z.json.gz",
                  "status": "valid",
                  "proof": "metadata"
                }
              ],
              "logs": [
                {
                  "key": "audit/AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/01/111122223333_CloudTrail_us-east-1_20260301T0005Z_hourly.json.gz",
                  "digest": "audit/AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/03/01/111122223333_CloudTrail-Digest_us-east-1_main_trail_eu-west-1_20260301T010000Z.json.gz",
                  "status": "valid"
                },
                {
                  "key": "audit/AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/01/111122223333_CloudTrail_us-east-1_20260301T0035Z_hourly.json.gz",
                  "digest": "audit/AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/03/01/111122223333_CloudTrail-Digest_us-east-1_main_trail_eu-west-1_20260301T010000Z.json.gz",
                  "status": "valid"
                }
              ],
              "gaps": []
            }
          ],
          "strays": [],
          "unlisted": {
            "n_files": 0,
            "n_in_covered_time": 0,
            "keys": []
          }
        }"#]].assert_eq(&json);
    let summary = serde_json::to_string(&report.summary()).unwrap();
    expect![[r#"{"digests":{"n_valid":1,"n_unproven":0,"n_invalid":0},"backfill_digests":{"n_valid":0,"n_unproven":0,"n_invalid":0},"logs":{"n_valid":2,"n_unproven":0,"n_invalid":0},"is_valid":true}"#]].assert_eq(&summary);
}

#[test]
fn an_empty_folder_proves_nothing() {
    let report = Tree::of(&Plan { n_hours: 0, ..PLAN }).report();
    check(
        &report,
        expect![[r#"
        no digest files: nothing can be proven
        valid: false
    "#]],
    );
}

#[test]
fn backfill_is_a_chain_of_its_own() {
    let mut tree = Tree::of(&PLAN);
    tree.deliver(&Plan { n_hours: 2, is_backfill: true, idle: &[], ..PLAN });
    check(
        &tree.report(),
        expect![[r#"
        111122223333 us-east-1 trail main_trail: 2026-03-01T00:00:00Z to 2026-03-01T04:00:00Z
        111122223333 us-east-1 trail main_trail, backfill: 2026-03-01T00:00:00Z to 2026-03-01T02:00:00Z
        4/4 digest files valid
        2/2 backfill digest files valid
        10/10 log files valid
        valid: true
    "#]],
    );
}

#[test]
fn a_time_is_verified_without_its_neighbours() {
    let tree = Tree::of(&Plan { n_hours: 6, idle: &[], ..PLAN });
    let options = Options { since: Some(at(2)), until: Some(at(3)), ..Options::default() };
    let report = tree.report_with(&tree::keys(), &options);
    check(
        &report,
        expect![[r#"
        111122223333 us-east-1 trail main_trail: 2026-03-01T02:00:00Z to 2026-03-01T04:00:00Z
        2/2 digest files valid
        4/4 log files valid
        valid: true
    "#]],
    );
}

#[test]
fn other_accounts_and_regions_are_left_out() {
    let tree = Tree::of(&PLAN);
    let of = |account: &str, region: &str| Options {
        accounts: [account.to_owned()].into(),
        regions: [region.to_owned()].into(),
        ..Options::default()
    };
    let n_chains = |options: Options| tree.report_with(&tree::keys(), &options).chains.len();
    assert_eq!(n_chains(of("111122223333", "us-east-1")), 1);
    assert_eq!(n_chains(of("111122223333", "eu-west-1")), 0);
    assert_eq!(n_chains(of("444455556666", "us-east-1")), 0);
}

#[test]
fn hostile_names_cannot_steer_a_terminal() {
    let mut report = Tree::of(&Plan { n_hours: 1, ..PLAN }).report();
    let log = &mut report.chains[0].logs[0];
    log.key = "log\u{1b}[2J\u{202e}\nvalid".to_owned();
    log.status = LogStatus::Missing;
    assert_eq!(log.status.verdict(), Verdict::Invalid);
    assert!(report.to_string().contains(r"log\u{1b}[2J\u{202e}\u{a}valid"));
}

/// Returns the kinds of the only chain's gaps.
fn gaps(report: &Report) -> Vec<&GapKind> {
    report.chains[0].gaps.iter().map(|gap| &gap.kind).collect()
}

/// Keys that sign nothing here, under the same fingerprint.
fn wrong_keys() -> PublicKeys {
    let snapshot = signer::Signer::theirs().snapshot(signer::FINGERPRINT);
    PublicKeys::from_json(snapshot.to_string().as_bytes()).unwrap()
}
