use haechi_model::{Band, Explanation, Finding, FindingId, Severity, Timestamp};

use super::{Feedback, Filter, FilterAction, FindingStore, SavedFilter};
use crate::{Evidence, StoreError};

const NOW: Timestamp = Timestamp(1_772_442_000_000_000);

fn finding(id: &str, severity: f64, count: u64) -> Finding {
    Finding {
        id: FindingId(id.to_owned()),
        kind: "Test:IAMUser/Test".to_owned(),
        page: "test".to_owned(),
        title: "Test".to_owned(),
        title_ko: "시험".to_owned(),
        severity: Severity::new(severity).unwrap(),
        subject: "x'; drop table finding; --".to_owned(),
        account: Some("111122223333".to_owned()),
        region: None,
        count,
        first_seen: Timestamp(1),
        last_seen: Timestamp(2),
        records: vec!["a".to_owned(), "b\"c".to_owned()],
        why: Explanation { en: "why".to_owned(), ko: "왜".to_owned() },
        evidence: "select 1".to_owned(),
        techniques: vec!["T1".to_owned()],
    }
}

fn store() -> (tempfile::TempDir, FindingStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = FindingStore::open(&folder.path().join("findings.sqlite")).unwrap();
    (folder, store)
}

#[test]
fn a_finding_comes_back_as_it_went_in() {
    let (_folder, mut store) = store();
    let finding = finding("0123456789abcdef0123", 8.0, 3);
    store.put(std::slice::from_ref(&finding), NOW).unwrap();
    let stored = store.get("0123").unwrap();
    assert_eq!(stored.finding, finding);
    assert!(!stored.archived);
    let json = serde_json::to_value(&stored).unwrap();
    assert_eq!(json["type"], "Test:IAMUser/Test");
    assert_eq!(json["severity"], 8.0);
}

#[test]
fn the_same_findings_again_change_nothing_and_new_counts_replace_old_ones() {
    let (folder, mut store) = store();
    let findings = [finding("aa", 8.0, 3), finding("bb", 2.0, 1)];
    store.put(&findings, NOW).unwrap();
    let first = store.list(Filter::default()).unwrap();
    store.put(&findings, NOW).unwrap();
    assert_eq!(store.list(Filter::default()).unwrap(), first);
    store.put(&[finding("aa", 8.0, 5)], NOW).unwrap();
    drop(store);
    let store = FindingStore::open(&folder.path().join("findings.sqlite")).unwrap();
    assert_eq!(store.get("aa").unwrap().finding.count, 5);
    assert_eq!(store.count().unwrap(), 2);
}

#[test]
fn lists_are_worst_first_and_can_be_narrowed() {
    let (_folder, mut store) = store();
    store.put(&[finding("aa", 2.0, 1), finding("bb", 9.5, 1), finding("cc", 5.0, 1)], NOW).unwrap();
    let ids = |filter: Filter| -> Vec<String> {
        store.list(filter).unwrap().into_iter().map(|it| it.finding.id.0).collect()
    };
    assert_eq!(ids(Filter::default()), ["bb", "cc", "aa"]);
    assert_eq!(ids(Filter { band_min: Some(Band::Medium), archived: None }), ["bb", "cc"]);
    assert!(ids(Filter { band_min: None, archived: Some(true) }).is_empty());
}

#[test]
fn a_prefix_must_be_unique_unless_it_is_an_id() {
    let (_folder, mut store) = store();
    store.put(&[finding("ab", 2.0, 1), finding("abc", 2.0, 1)], NOW).unwrap();
    assert!(matches!(store.get("a"), Err(StoreError::Ambiguous { .. })));
    assert_eq!(store.get("ab").unwrap().finding.id.0, "ab");
    assert!(matches!(store.get("x"), Err(StoreError::Unknown { .. })));
    assert!(matches!(store.get(""), Err(StoreError::Unknown { .. })));
    assert!(matches!(store.get("a%"), Err(StoreError::Unknown { .. })));
}

#[test]
fn a_newer_store_is_left_alone() {
    let (folder, store) = store();
    store.connection.execute("insert into schema_version values (99)", []).unwrap();
    drop(store);
    let error = FindingStore::open(&folder.path().join("findings.sqlite")).err().unwrap();
    assert!(matches!(error, StoreError::Newer { found: 99, .. }));
}

#[test]
fn what_is_not_a_store_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("findings.sqlite");
    std::fs::write(&path, "this is not a database, however long it goes on ".repeat(99)).unwrap();
    assert!(matches!(FindingStore::open(&path), Err(StoreError::Open { .. })));
}

/// Returns a finding whose records lie between two moments.
fn seen(first: i64, last: i64, records: &[&str]) -> Finding {
    let records: Vec<String> = records.iter().map(|id| (*id).to_owned()).collect();
    Finding {
        first_seen: Timestamp(first),
        last_seen: Timestamp(last),
        evidence: format!("select {first}"),
        ..Finding { count: records.len() as u64, records, ..finding("aa", 5.0, 0) }
    }
}

#[test]
fn a_look_at_the_last_day_takes_nothing_from_what_was_there() {
    let (_folder, mut store) = store();
    store.put(&[seen(10, 30, &["a", "b", "c"])], NOW).unwrap();
    store.put(&[seen(30, 40, &["c", "d"])], Timestamp(NOW.0 + 1)).unwrap();
    let stored = store.get("aa").unwrap();
    assert_eq!((stored.finding.count, stored.finding.records.concat()), (4, "abcd".to_owned()));
    assert_eq!(
        (stored.finding.first_seen, stored.finding.last_seen),
        (Timestamp(10), Timestamp(40))
    );
    assert_eq!(stored.earlier_evidence, ["select 10"]);
    assert_eq!((stored.created, stored.updated), (NOW, Timestamp(NOW.0 + 1)));
    store.put(&[seen(30, 40, &["c", "d"])], Timestamp(NOW.0 + 2)).unwrap();
    assert_eq!(store.get("aa").unwrap(), stored);
    store.put(&[seen(5, 50, &["a", "b", "c", "d", "e"])], Timestamp(NOW.0 + 3)).unwrap();
    let stored = store.get("aa").unwrap();
    assert_eq!((stored.finding.count, stored.earlier_evidence.len()), (5, 0));
}

fn rule(name: &str, criteria: &str, action: FilterAction) -> SavedFilter {
    SavedFilter {
        name: name.to_owned(),
        action,
        rank: 1,
        description: String::new(),
        criteria: criteria.to_owned(),
        archived: 0,
    }
}

#[test]
fn suppression_rules_archive_what_is_new() {
    let (_folder, mut store) = store();
    let low = r#"{"severity":{"Lt":4}}"#;
    store.put(&[finding("old", 2.0, 1)], NOW).unwrap();
    let later = Timestamp(NOW.0 + 1);
    store.put(&[finding("new", 2.0, 1), finding("bad", 8.0, 1)], later).unwrap();
    store.put_filter(&rule("only a question", low, FilterAction::Noop), false).unwrap();
    assert_eq!(store.suppress(None).unwrap(), 0);
    store.put_filter(&rule("low", low, FilterAction::Archive), false).unwrap();
    assert_eq!(store.suppress(Some(later)).unwrap(), 1);
    assert!(!store.get("old").unwrap().archived && !store.get("bad").unwrap().archived);
    assert_eq!(store.get("new").unwrap().suppressed_by.as_deref(), Some("low"));
    assert_eq!(store.filter("low").unwrap().archived, 1);
    assert_eq!(store.suppress(None).unwrap(), 1);
}

#[test]
fn filters_are_created_once_updated_and_deleted() {
    let (_folder, mut store) = store();
    let filter = rule("x", "{}", FilterAction::Archive);
    assert!(matches!(store.put_filter(&filter, true), Err(StoreError::UnknownFilter { .. })));
    store.put_filter(&filter, false).unwrap();
    assert!(matches!(store.put_filter(&filter, false), Err(StoreError::FilterExists { .. })));
    store.put_filter(&rule("x", "{}", FilterAction::Noop), true).unwrap();
    assert_eq!(store.filter("x").unwrap().action, FilterAction::Noop);
    store.delete_filter("x").unwrap();
    assert!(matches!(store.delete_filter("x"), Err(StoreError::UnknownFilter { .. })));
}

#[test]
fn a_person_archives_and_judges() {
    let (_folder, mut store) = store();
    store.put(&[finding("aa", 5.0, 1)], NOW).unwrap();
    let ids = [FindingId("aa".to_owned())];
    store.set_archived(&ids, true).unwrap();
    store.set_feedback(&ids, Feedback::NotUseful, "our scanner").unwrap();
    store.put_details(&[(ids[0].clone(), serde_json::json!({"resource": {}}))]).unwrap();
    store.put(&[finding("aa", 5.0, 9)], NOW).unwrap();
    let stored = store.get("aa").unwrap();
    assert!(stored.archived && stored.suppressed_by.is_none());
    assert_eq!(stored.feedback, Some(Feedback::NotUseful));
    assert_eq!((stored.comments.as_deref(), stored.finding.count), (Some("our scanner"), 9));
    store.set_archived(&ids, false).unwrap();
    assert!(!store.get("aa").unwrap().archived);
}

#[test]
fn a_store_of_the_first_version_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("findings.sqlite");
    let old = rusqlite::Connection::open(&path).unwrap();
    old.execute_batch("create table schema_version (version integer not null) strict;").unwrap();
    old.execute_batch(super::migrations::FIRST).unwrap();
    old.execute("insert into schema_version values (1)", []).unwrap();
    old.execute(
        "insert into finding values ('aa','T','p','t','t',5.0,'s',null,null,1,1,2,'[]','w','w','e','[]',1)",
        [],
    )
    .unwrap();
    drop(old);
    let stored = FindingStore::open(&path).unwrap().get("aa").unwrap();
    assert!(stored.archived && stored.earlier_evidence.is_empty() && !stored.is_sample);
}

#[test]
fn the_ids_of_all_records_are_kept_once_each() {
    let (_folder, mut store) = store();
    let ids = |numbers: std::ops::Range<u32>| -> Vec<String> {
        numbers.map(|number| format!("{number:04}")).collect()
    };
    let all = ids(0..450);
    let first = Finding { records: ids(0..200), count: 450, ..seen(10, 30, &[]) };
    for _ in 0..2 {
        store
            .keep(&[(first.id.clone(), ids(200..320)), (first.id.clone(), ids(320..450))])
            .unwrap();
        store.put(std::slice::from_ref(&first), NOW).unwrap();
        assert_eq!(store.records(&store.get("aa").unwrap().finding).unwrap(), all);
    }
    // A look at a later day begins with other records; none of either is lost.
    let later = Finding { records: ids(440..460), count: 20, ..seen(29, 40, &[]) };
    store.put(&[later], NOW).unwrap();
    assert_eq!(store.records(&store.get("aa").unwrap().finding).unwrap(), ids(0..460));
}

#[test]
fn what_a_trusted_list_archives_it_gives_back() {
    let (_folder, mut store) = store();
    store.put(&[finding("aa", 8.0, 3), finding("bb", 8.0, 3)], NOW).unwrap();
    let ids = ["aa", "bb"].map(|id| FindingId(id.to_owned()));
    store.set_archived(&ids[1..], true).unwrap();
    // What a person has archived is not taken over.
    assert_eq!(store.retract(&ids).unwrap(), 1);
    let reason = |store: &FindingStore, id| store.get(id).unwrap().suppressed_by;
    assert_eq!(reason(&store, "aa").as_deref(), Some(crate::BY_TRUSTED_LIST));
    assert_eq!(reason(&store, "bb"), None);
    assert_eq!(store.restore(&ids).unwrap(), 1);
    assert!(!store.get("aa").unwrap().archived && store.get("bb").unwrap().archived);
}
