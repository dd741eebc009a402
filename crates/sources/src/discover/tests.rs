//! Folders, links, pipes, globs, lakes and buckets.

use std::fs;
use std::io::Read;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::sync::Arc;

use haechi_model::{Timestamp, Window};
use object_store::memory::InMemory;
use object_store::path::Path as Key;
use object_store::{ObjectStoreExt, PutPayload};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::found::{Found, Store};
use super::pattern::Pattern;
use super::*;

fn tree(files: &[&str]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for file in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "x").unwrap();
    }
    folder
}

fn look(folder: &TempDir, inputs: &[&str], window: Window) -> Result<Discovered, DiscoverError> {
    let runtime = Runtime::new().unwrap();
    let root = folder.path().to_str().unwrap();
    let inputs: Vec<String> = inputs
        .iter()
        .map(
            |it| if *it == "-" || it.contains(':') { (*it).into() } else { format!("{root}/{it}") },
        )
        .collect();
    let options =
        DiscoverOptions { runtime: runtime.handle().clone(), s3: S3Options::default(), window };
    discover(&inputs, &options)
}

/// Compares the names below the folder: objects, then what was skipped with the reasons.
#[track_caller]
fn check(folder: &TempDir, inputs: &[&str], objects: &[&str], skipped: &[(&str, &str)]) {
    let found = look(folder, inputs, Window::default()).unwrap();
    let root = format!("{}/", folder.path().display());
    let names: Vec<String> = found.objects().map(|it| it.name.replace(&root, "")).collect();
    assert_eq!(names, objects);
    let passed: Vec<(String, &str)> =
        found.skipped.iter().map(|(name, why)| (name.replace(&root, ""), why.as_str())).collect();
    let skipped: Vec<(String, &str)> =
        skipped.iter().map(|(name, why)| ((*name).to_owned(), *why)).collect();
    assert_eq!(passed, skipped);
}

#[test]
fn a_folder_is_taken_with_all_below_it_in_order() {
    let folder = tree(&["b/2.gz", "b/1.gz", "a", ".hidden", ".git/config", "b/c/3"]);
    check(&folder, &[""], &[".hidden", "a", "b/1.gz", "b/2.gz", "b/c/3"], &[]);
    check(&folder, &["b/1.gz"], &["b/1.gz"], &[]);
}

#[test]
fn overlapping_inputs_give_each_object_once() {
    let folder = tree(&["a/1", "a/2", "b/3"]);
    symlink("a", folder.path().join("z")).unwrap();
    symlink("a/1", folder.path().join("zz")).unwrap();
    check(
        &folder,
        &["z", "a", "a/1", "a/*", "b", "-", "-", "zz"],
        &["-", "a/1", "a/2", "b/3"],
        &[],
    );
}

#[test]
fn loops_of_links_end_and_each_folder_is_read_once() {
    let folder = tree(&["a/1", "a/b/2"]);
    symlink("..", folder.path().join("a/b/up")).unwrap();
    symlink("b", folder.path().join("a/again")).unwrap();
    symlink(".", folder.path().join("a/self")).unwrap();
    symlink("../a", folder.path().join("a/twice")).unwrap();
    check(&folder, &["a"], &["a/1", "a/again/2"], &[]);
}

#[test]
fn what_would_hang_or_is_gone_is_named() {
    let folder = tree(&["log"]);
    let path = |name: &str| folder.path().join(name);
    let made = std::process::Command::new("mkfifo").arg(path("pipe")).status();
    let _socket = UnixListener::bind(path("socket")).unwrap();
    symlink("nowhere", path("broken")).unwrap();
    symlink("/dev/null", path("null")).unwrap();
    let mut skipped = vec![
        ("broken", "it cannot be read: No such file or directory (os error 2)"),
        ("null", "it is a device"),
        ("pipe", "it is a pipe: give its data on standard input, as `-`"),
        ("socket", "it is a socket"),
    ];
    if !made.is_ok_and(|it| it.success()) {
        skipped.remove(2);
    }
    check(&folder, &[""], &["log"], &skipped);
}

#[test]
fn a_lake_is_no_log() {
    let folder = tree(&["logs/1", "lake/_delta_log/0.json", "lake/source=x/1.parquet"]);
    fs::create_dir_all(folder.path().join("new/_haechi")).unwrap();
    let skipped = [("lake", "it is a lake"), ("new", "it is a lake")];
    check(&folder, &[""], &["logs/1"], &skipped);
}

#[test]
fn globs_stay_in_their_folders() {
    let folder = tree(&["l/1.gz", "l/2.txt", "l/d/3.gz", "l/d/e/4.gz", "l/f.gz/5", "m/6.gz"]);
    check(&folder, &["l/*.gz"], &["l/1.gz", "l/f.gz/5"], &[]);
    check(&folder, &["l/**/*.gz"], &["l/1.gz", "l/d/3.gz", "l/d/e/4.gz", "l/f.gz/5"], &[]);
    check(&folder, &["*/[0-9].gz"], &["l/1.gz", "m/6.gz"], &[]);
    check(&folder, &["{l/d,m}/*.gz"], &["l/d/3.gz", "m/6.gz"], &[]);
    check(&folder, &["l/d*/"], &["l/d/3.gz", "l/d/e/4.gz"], &[]);
}

#[test]
fn a_name_with_special_characters_is_first_a_name() {
    let folder = tree(&["a[1].gz", "a1.gz"]);
    check(&folder, &["a[1].gz"], &["a[1].gz"], &[]);
    check(&folder, &["a[12].gz"], &["a1.gz"], &[]);
}

#[test]
fn what_is_not_there_is_named_with_a_hint() {
    let folder = tree(&["a"]);
    let error = |input: &str| look(&folder, &[input], Window::default()).unwrap_err();
    assert!(matches!(error("b"), DiscoverError::Missing { .. }));
    assert!(error("b").to_string().ends_with("/b`") && !error("b").hint().is_empty());
    assert!(matches!(error("a/b"), DiscoverError::Missing { .. }));
    assert!(matches!(error("a/*.gz"), DiscoverError::NoMatch { .. }));
    assert!(matches!(error("*.gz"), DiscoverError::NoMatch { .. }));
    assert!(matches!(error("none/*.gz"), DiscoverError::NoMatch { .. }));
    assert!(matches!(error("a[.gz"), DiscoverError::Pattern { .. }));
    assert!(matches!(error("gs://bucket/*.gz"), DiscoverError::Address { .. }));
    assert!(matches!(error("https://example.com/x"), DiscoverError::Address { .. }));
}

#[test]
fn a_name_that_is_not_utf8_still_leads_to_its_file() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tree(&[]);
    let path = folder.path().join(std::ffi::OsStr::from_bytes(b"odd\xff.json"));
    if fs::write(&path, "x").is_err() {
        return; // This file system knows only UTF-8.
    }
    let found = look(&folder, &[""], Window::default()).unwrap();
    let object = found.object(0).unwrap();
    assert!(object.name.ends_with("odd\u{fffd}.json") && object.reader().is_ok());
    assert_eq!((found.n_objects(), found.n_bytes()), (1, 1));
}

#[test]
fn days_outside_the_window_are_counted() {
    let trail = "AWSLogs/111122223333/CloudTrail/us-east-1/2021/07";
    let folder = tree(&[&format!("{trail}/01/a.gz"), &format!("{trail}/29/b.gz"), "c"]);
    let from = Timestamp::parse("2021-07-29T00:00:00Z").ok();
    let found = look(&folder, &[""], Window { from, until: None }).unwrap();
    assert_eq!((found.n_objects(), found.n_outside_window), (2, 1));
}

fn bucket(keys: &[&str], key: &str) -> (bool, Vec<String>, Vec<(String, String)>) {
    let runtime = Runtime::new().unwrap();
    let store = Arc::new(InMemory::new());
    for key in keys {
        let key = Key::parse(key).unwrap();
        runtime.block_on(store.put(&key, PutPayload::from_static(b"text"))).unwrap();
    }
    let store = Store { address: "s3://logs/".into(), store };
    let mut found = Found::new(Window::default());
    let pattern = Pattern::new(key).unwrap();
    let any = runtime.block_on(bucket::gather(store, key, pattern.as_ref(), &mut found)).unwrap();
    let found = found.finish(runtime.handle());
    for object in found.objects() {
        let mut text = String::new();
        object.reader().unwrap().read_to_string(&mut text).unwrap();
        assert_eq!((text.as_str(), object.size), ("text", Some(4)));
    }
    (any, found.objects().map(|it| it.name).collect(), found.skipped)
}

#[test]
fn a_bucket_gives_a_key_a_prefix_or_a_glob() {
    let keys = ["a/1.gz", "a/b/2.gz", "a/b/3 %25é.txt", "ab/4.gz", "5.gz"];
    let names = |key: &str| bucket(&keys, key).1.join(" ").replace("s3://logs/", "");
    assert_eq!(names("a/1.gz"), "a/1.gz");
    assert_eq!(names("a"), "a/1.gz a/b/2.gz a/b/3 %25é.txt");
    assert_eq!(names("a/b/"), "a/b/2.gz a/b/3 %25é.txt");
    assert_eq!(names("a/**/*.gz"), "a/1.gz a/b/2.gz");
    assert_eq!(names("a*"), "a/1.gz a/b/2.gz a/b/3 %25é.txt ab/4.gz");
    assert_eq!(bucket(&keys, "").1.len(), 5);
    assert!(!bucket(&keys, "c").0 && !bucket(&keys, "*.json").0);
}

#[test]
fn a_lake_in_a_bucket_is_no_log() {
    let keys = ["a/1.gz", "lake/0", "lake/_delta_log/0.json", "lake/z", "my_delta_log/x"];
    let (_, names, skipped) = bucket(&keys, "");
    assert_eq!(names, ["s3://logs/a/1.gz", "s3://logs/my_delta_log/x"]);
    assert_eq!(skipped, [("s3://logs/lake/".to_owned(), "it is a lake".to_owned())]);
}

#[test]
fn secrets_stay_out_of_logs() {
    let options = S3Options { secret_access_key: Some("secret".into()), ..S3Options::default() };
    assert!(!format!("{options:?}").contains("secret"));
}
