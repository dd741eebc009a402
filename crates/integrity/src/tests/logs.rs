//! Log files: changed, deleted, moved, broken, added.

use std::fs;

use expect_test::expect;

use super::{
    check,
    tree::{PLAN, Tree, gzip, log_key},
};

#[test]
fn a_changed_log_file_is_found() {
    let tree = Tree::of(&PLAN);
    tree.edit(&tree.logs[1], |text| text.replace("hourly", "harmless"));
    check(
        &tree.report(),
        expect![[r#"
            111122223333 us-east-1 trail main_trail: 2026-03-01T00:00:00Z to 2026-03-01T04:00:00Z
              log INVALID …/CloudTrail/…/CloudTrail_us-east-1_20260301T0035Z_hourly.json.gz: changed since CloudTrail delivered it
            4/4 digest files valid
            5/6 log files valid, 1 INVALID
            valid: false
        "#]],
    );
}

#[test]
fn a_deleted_log_file_is_found() {
    let tree = Tree::of(&PLAN);
    tree.remove(&tree.logs[0]);
    check(
        &tree.report(),
        expect![[r#"
            111122223333 us-east-1 trail main_trail: 2026-03-01T00:00:00Z to 2026-03-01T04:00:00Z
              log INVALID …/CloudTrail/…/CloudTrail_us-east-1_20260301T0005Z_hourly.json.gz: its digest names it, and it is not there
            4/4 digest files valid
            5/6 log files valid, 1 INVALID
            valid: false
        "#]],
    );
}

#[test]
fn a_moved_log_file_is_found_in_its_new_place() {
    let tree = Tree::of(&PLAN);
    let to = tree.logs[0].replace("AWSLogs", "Archive");
    tree.rename(&tree.logs[0], &to);
    check(
        &tree.report(),
        expect![[r#"
            111122223333 us-east-1 trail main_trail: 2026-03-01T00:00:00Z to 2026-03-01T04:00:00Z
              log INVALID …/CloudTrail/…/CloudTrail_us-east-1_20260301T0005Z_hourly.json.gz: genuine, but it stands at audit/Archive/111122223333/CloudTrail/…/CloudTrail_us-east-1_20260301T0005Z_hourly.json.gz
            4/4 digest files valid
            5/6 log files valid, 1 INVALID
            valid: false
        "#]],
    );
}

#[test]
fn a_namesake_with_other_content_does_not_stand_in() {
    let tree = Tree::of(&PLAN);
    tree.remove(&tree.logs[0]);
    tree.write(&tree.logs[0].replace("AWSLogs", "Archive"), "{}");
    check(
        &tree.report(),
        expect![[r#"
            111122223333 us-east-1 trail main_trail: 2026-03-01T00:00:00Z to 2026-03-01T04:00:00Z
              log INVALID …/CloudTrail/…/CloudTrail_us-east-1_20260301T0005Z_hourly.json.gz: its digest names it, and it is not there
            4/4 digest files valid
            5/6 log files valid, 1 INVALID
            log files without a digest: 1, 1 of them in a time digests cover
            valid: false
        "#]],
    );
}

#[test]
fn a_cut_log_file_is_unreadable() {
    let tree = Tree::of(&PLAN);
    let path = tree.path(&tree.logs[2]);
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    check(
        &tree.report(),
        expect![[r#"
            111122223333 us-east-1 trail main_trail: 2026-03-01T00:00:00Z to 2026-03-01T04:00:00Z
              log INVALID …/CloudTrail/…/CloudTrail_us-east-1_20260301T0105Z_hourly.json.gz: cannot be read: it cannot be uncompressed
            4/4 digest files valid
            5/6 log files valid, 1 INVALID
            valid: false
        "#]],
    );
}

#[test]
fn an_appended_gzip_member_is_a_change() {
    let tree = Tree::of(&PLAN);
    let path = tree.path(&tree.logs[0]);
    let bytes = [fs::read(&path).unwrap(), gzip("{\"Records\":[]}")].concat();
    fs::write(&path, bytes).unwrap();
    check(
        &tree.report(),
        expect![[r#"
            111122223333 us-east-1 trail main_trail: 2026-03-01T00:00:00Z to 2026-03-01T04:00:00Z
              log INVALID …/CloudTrail/…/CloudTrail_us-east-1_20260301T0005Z_hourly.json.gz: changed since CloudTrail delivered it
            4/4 digest files valid
            5/6 log files valid, 1 INVALID
            valid: false
        "#]],
    );
}

#[test]
fn a_log_file_that_was_uncompressed_under_its_name_is_still_genuine() {
    let tree = Tree::of(&PLAN);
    let path = tree.path(&tree.logs[0]);
    let text = crate::content::plain(&fs::read(&path).unwrap(), u64::MAX).unwrap();
    fs::write(&path, text).unwrap();
    assert!(tree.report().is_valid());
}

#[test]
fn log_files_without_a_digest_are_counted() {
    let tree = Tree::of(&PLAN);
    tree.write(&log_key(super::at(1), "planted"), "{}");
    tree.write(&log_key(super::at(9), "tooNew"), "{}");
    tree.write("audit/notes.json.gz", "{}");
    check(
        &tree.report(),
        expect![[r#"
            111122223333 us-east-1 trail main_trail: 2026-03-01T00:00:00Z to 2026-03-01T04:00:00Z
            4/4 digest files valid
            6/6 log files valid
            log files without a digest: 2, 1 of them in a time digests cover
            valid: true
        "#]],
    );
}
