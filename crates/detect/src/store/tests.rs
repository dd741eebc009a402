use haechi_model::{Band, Explanation, Finding, FindingId, Severity, Timestamp};

use super::{Filter, FindingStore};
use crate::StoreError;

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
    store.put(std::slice::from_ref(&finding)).unwrap();
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
    store.put(&findings).unwrap();
    let first = store.list(Filter::default()).unwrap();
    store.put(&findings).unwrap();
    assert_eq!(store.list(Filter::default()).unwrap(), first);
    store.put(&[finding("aa", 8.0, 5)]).unwrap();
    drop(store);
    let store = FindingStore::open(&folder.path().join("findings.sqlite")).unwrap();
    assert_eq!(store.get("aa").unwrap().finding.count, 5);
    assert_eq!(store.count().unwrap(), 2);
}

#[test]
fn lists_are_worst_first_and_can_be_narrowed() {
    let (_folder, mut store) = store();
    store.put(&[finding("aa", 2.0, 1), finding("bb", 9.5, 1), finding("cc", 5.0, 1)]).unwrap();
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
    store.put(&[finding("ab", 2.0, 1), finding("abc", 2.0, 1)]).unwrap();
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
