//! The chain: deleted, moved, edited and forged digests, pauses and edges.

use std::fs;

use expect_test::expect;

use super::{
    at, check, gaps, statuses,
    tree::{PLAN, Plan, Tree, keys},
};
use crate::{DigestStatus, GapKind, Options};

const LONG: Plan = Plan { n_hours: 6, idle: &[], ..PLAN };

#[test]
fn a_digest_deleted_in_the_middle_is_found() {
    let tree = Tree::of(&LONG);
    tree.remove(&tree.digests[2]);
    tree.remove(&tree.digests[3]);
    check(
        &tree.report(),
        expect![[r#"
            111122223333 us-east-1 trail main_trail: 2026-03-01T00:00:00Z to 2026-03-01T06:00:00Z
              digest INVALID …/CloudTrail-Digest/…/main_trail_eu-west-1_20260301T040000Z.json.gz: a later digest names it, and it is not there
              gap from 2026-03-01T02:00:00Z to 2026-03-01T04:00:00Z: nothing vouches for this time
            4/5 digest files valid, 1 INVALID
            8/8 log files valid
            log files without a digest: 4, 0 of them in a time digests cover
            valid: false
        "#]],
    );
}

#[test]
fn the_beginning_of_a_copy_is_told_and_is_no_fault() {
    let tree = Tree::of(&LONG);
    tree.remove(&tree.digests[0]);
    let report = tree.report();
    assert!(report.is_valid());
    assert_eq!(gaps(&report), [&GapKind::Beginning { key: tree.digests[0].clone() }]);
}

#[test]
fn a_beginning_after_the_time_asked_for_is_a_fault() {
    let tree = Tree::of(&LONG);
    tree.remove(&tree.digests[0]);
    tree.remove(&tree.digests[1]);
    let since = |hour| Options { since: Some(at(hour)), ..Options::default() };
    assert!(!tree.report_with(&keys(), &since(1)).is_valid());
    assert!(tree.report_with(&keys(), &since(2)).is_valid());
}

#[test]
fn an_end_before_the_time_asked_for_is_told() {
    let tree = Tree::of(&LONG);
    let until = |hour| Options { until: Some(at(hour)), ..Options::default() };
    assert_eq!(gaps(&tree.report_with(&keys(), &until(9))), [&GapKind::Ending]);
    assert!(gaps(&tree.report_with(&keys(), &until(6))).is_empty());
}

#[test]
fn a_pause_in_logging_is_told_and_is_no_fault() {
    let mut tree = Tree::of(&PLAN);
    tree.deliver(&Plan { first: 10, n_hours: 2, ..PLAN });
    check(
        &tree.report(),
        expect![[r#"
        111122223333 us-east-1 trail main_trail: 2026-03-01T00:00:00Z to 2026-03-01T12:00:00Z
          gap from 2026-03-01T04:00:00Z to 2026-03-01T10:00:00Z: logging or validation was off
        6/6 digest files valid
        10/10 log files valid
        valid: true
    "#]],
    );
}

#[test]
fn a_moved_digest_is_found_and_still_proves_its_log_files() {
    let tree = Tree::of(&LONG);
    let from = &tree.digests[2];
    let to = from.replace("us-east-1/2026", "us-east-1/2025");
    tree.rename(from, &to);
    tree.rename(&format!("{from}.metadata.json"), &format!("{to}.metadata.json"));
    check(
        &tree.report(),
        expect![[r#"
            111122223333 us-east-1 trail main_trail: 2026-03-01T00:00:00Z to 2026-03-01T06:00:00Z
              digest INVALID …/CloudTrail-Digest/us-east-1/2025/03/01/main_trail_eu-west-1_20260301T030000Z.json.gz: genuine, but it belongs at …/CloudTrail-Digest/…/main_trail_eu-west-1_20260301T030000Z.json.gz
            5/6 digest files valid, 1 INVALID
            12/12 log files valid
            valid: false
        "#]],
    );
}

#[test]
fn a_renamed_digest_is_known_by_its_content() {
    let tree = Tree::of(&LONG);
    let to = "audit/AWSLogs/111122223333/CloudTrail-Digest/old.json.gz";
    tree.rename(&tree.digests[2], to);
    let report = tree.report();
    let moved = DigestStatus::Moved { from: tree.digests[2].clone() };
    assert!(statuses(&report).contains(&&moved));
    assert!(!report.is_valid());
}

#[test]
fn an_old_digest_in_place_of_a_new_one_is_found() {
    let tree = Tree::of(&LONG);
    fs::copy(tree.path(&tree.digests[1]), tree.path(&tree.digests[4])).unwrap();
    check(
        &tree.report(),
        expect![[r#"
            111122223333 us-east-1 trail main_trail: 2026-03-01T00:00:00Z to 2026-03-01T06:00:00Z
              digest INVALID …/CloudTrail-Digest/…/main_trail_eu-west-1_20260301T050000Z.json.gz: genuine, but it belongs at …/CloudTrail-Digest/…/main_trail_eu-west-1_20260301T020000Z.json.gz
            5/6 digest files valid, 1 INVALID
            12/12 log files valid
            log files without a digest: 2, 0 of them in a time digests cover
            valid: false
        "#]],
    );
}

#[test]
fn an_edited_digest_is_found() {
    let tree = Tree::of(&LONG);
    tree.edit(&tree.digests[3], |text| text.replacen("_hourly", "_harmless", 1));
    check(
        &tree.report(),
        expect![[r#"
            111122223333 us-east-1 trail main_trail: 2026-03-01T00:00:00Z to 2026-03-01T06:00:00Z
              digest INVALID …/CloudTrail-Digest/…/main_trail_eu-west-1_20260301T040000Z.json.gz: changed since the next digest recorded its hash
              log INVALID …/CloudTrail/…/CloudTrail_us-east-1_20260301T0305Z_harmless.json.gz: its digest names it, and it is not there
              log unproven …/CloudTrail/…/CloudTrail_us-east-1_20260301T0335Z_hourly.json.gz: as its digest says, which is not proven itself
            5/6 digest files valid, 1 INVALID
            10/12 log files valid, 1 unproven, 1 INVALID
            log files without a digest: 1, 0 of them in a time digests cover
            valid: false
        "#]],
    );
}

#[test]
fn a_file_that_is_no_digest_is_found() {
    let tree = Tree::of(&LONG);
    tree.edit(&tree.digests[3], |_| "{}".to_owned());
    tree.write("audit/AWSLogs/111122223333/CloudTrail-Digest/odd.json.gz", "[]");
    check(
        &tree.report(),
        expect![[r#"
            111122223333 us-east-1 trail main_trail: 2026-03-01T00:00:00Z to 2026-03-01T06:00:00Z
              digest INVALID …/CloudTrail-Digest/…/main_trail_eu-west-1_20260301T040000Z.json.gz: not a digest file: it is not the JSON of a digest at line 1 column 2
            digest INVALID …/CloudTrail-Digest/odd.json.gz: not a digest file: it is not the JSON of a digest at line 1 column 2
            5/7 digest files valid, 2 INVALID
            10/10 log files valid
            log files without a digest: 2, 0 of them in a time digests cover
            valid: false
        "#]],
    );
}

#[test]
fn a_cut_digest_is_found() {
    let tree = Tree::of(&LONG);
    let path = tree.path(&tree.digests[1]);
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    check(
        &tree.report(),
        expect![[r#"
            111122223333 us-east-1 trail main_trail: 2026-03-01T00:00:00Z to 2026-03-01T06:00:00Z
              digest INVALID …/CloudTrail-Digest/…/main_trail_eu-west-1_20260301T020000Z.json.gz: not a digest file: it cannot be uncompressed
            5/6 digest files valid, 1 INVALID
            10/10 log files valid
            log files without a digest: 2, 0 of them in a time digests cover
            valid: false
        "#]],
    );
}

#[test]
fn a_copy_may_begin_anywhere() {
    for (from, to) in [
        ("audit/AWSLogs", "backup/2026/AWSLogs"),
        ("audit/AWSLogs/111122223333", ""),
        ("audit/AWSLogs/111122223333/CloudTrail-Digest", "CloudTrail-Digest"),
    ] {
        let tree = Tree::of(&PLAN);
        let copy = Tree::of(&Plan { n_hours: 0, ..PLAN });
        let keys = tree.digests.iter().chain(&tree.logs);
        for key in keys.filter(|key| key.starts_with(from)) {
            let target = key.replacen(from, to, 1);
            let target = target.trim_start_matches('/');
            fs::create_dir_all(copy.path(target).parent().unwrap()).unwrap();
            fs::copy(tree.path(key), copy.path(target)).unwrap();
        }
        let report = copy.report();
        assert_eq!(report.summary().digests.n_valid, 3, "{from} → {to}: {report}");
        assert_eq!(report.summary().digests.n_unproven, 1);
    }
}
