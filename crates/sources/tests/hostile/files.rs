//! Files that vanish, that are no files, and too many of them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use haechi_model::Window;
use haechi_sources::{DiscoverOptions, Discovered, Object, Place, S3Options, discover, open};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::support::{event, gzip, read_opened, trail};

fn found(folder: &Path) -> Discovered {
    let runtime = Runtime::new().unwrap();
    let options = DiscoverOptions {
        runtime: runtime.handle().clone(),
        s3: S3Options::default(),
        window: Window::default(),
    };
    discover(&[folder.to_str().unwrap().to_owned()], &options).unwrap()
}

#[test]
fn a_file_that_vanishes_after_it_was_found_is_an_error_of_its_own() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("1"), event(1)).unwrap();
    fs::write(folder.path().join("2"), event(2)).unwrap();
    let found = found(folder.path());
    fs::remove_file(folder.path().join("1")).unwrap();
    let opened: Vec<_> = found.objects().map(|object| open(&object)).collect();
    assert!(opened[0].as_ref().is_err_and(|it| it.kind() == std::io::ErrorKind::NotFound));
    read_opened(opened.into_iter().nth(1).unwrap().unwrap()).check(1, &[]);
}

#[test]
fn what_may_not_be_read_is_an_error_of_its_own() {
    let folder = TempDir::new().unwrap();
    let object = |path: &Path| Object {
        name: path.display().to_string(),
        size: None,
        place: Place::File(path.to_owned()),
    };
    assert!(open(&object(folder.path())).is_err());
    let secret = folder.path().join("secret");
    fs::write(&secret, event(1)).unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
    // The administrator may read anything.
    if fs::read(&secret).is_err() {
        assert!(open(&object(&secret)).is_err());
    }
}

#[test]
fn a_folder_that_may_not_be_read_is_named_and_the_rest_is_found() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("log"), event(1)).unwrap();
    let closed = folder.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    let found = found(folder.path());
    assert_eq!(found.n_objects(), 1);
    if fs::read_dir(&closed).is_err() {
        assert_eq!(found.skipped.len(), 1, "{:?}", found.skipped);
        assert!(found.skipped[0].1.contains("denied"));
    }
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn thousands_of_tiny_files_are_each_read_once() {
    const N_FILES: usize = 2_000;
    let folder = TempDir::new().unwrap();
    for number in 0..N_FILES {
        let below = folder.path().join(format!("{:02}", number % 50));
        fs::create_dir_all(&below).unwrap();
        let text = gzip(trail(&[event(number as u64)]).as_bytes());
        fs::write(below.join(format!("{number}.json.gz")), text).unwrap();
    }
    let found = found(folder.path());
    assert_eq!((found.n_objects(), found.skipped.len()), (N_FILES, 0));
    let names: Vec<String> = found.objects().map(|it| it.name).collect();
    assert!(names.is_sorted());
    let mut n_rows = 0;
    for object in found.objects().step_by(10) {
        n_rows += read_opened(open(&object).unwrap()).rows.len();
    }
    assert_eq!(n_rows, N_FILES / 10);
}
