//! Walks a folder through symbolic links, entering every real folder once.

use std::collections::HashSet;
use std::fs::FileType;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::found::Found;
use super::pattern::Pattern;
use super::{LAKE_MEMBERS, unreadable};

/// Adds the files at and below a path (those that the pattern takes); tells whether any were met.
pub(super) fn walk(root: &Path, pattern: Option<&Pattern>, found: &mut Found) -> bool {
    let mut trail = Trail::default();
    let mut any = false;
    // The walk ends: no real folder is entered twice, and a disk has finitely many.
    let mut entries = WalkDir::new(root).follow_links(true).sort_by_file_name().into_iter();
    while !found.is_full()
        && let Some(entry) = entries.next()
    {
        match entry {
            Err(error) => note(root, &error, pattern, found),
            Ok(entry) if entry.file_type().is_dir() => {
                let is_wanted = pattern.is_none_or(|it| it.may_reach(&entry));
                if !is_wanted || !trail.enter(&entry, found) {
                    entries.skip_current_dir();
                }
            }
            Ok(entry) if pattern.is_none_or(|it| it.takes(entry.path())) => {
                any = true;
                file(&entry, &trail, found);
            }
            Ok(_) => {}
        }
    }
    any
}

/// Names what the walk could not look at.
fn note(root: &Path, error: &walkdir::Error, pattern: Option<&Pattern>, found: &mut Found) {
    let path = error.path().unwrap_or(root);
    // A loop leads to a folder that is being read anyway; without a base nothing can match.
    let is_loop = error.loop_ancestor().is_some();
    let is_base = pattern.is_some() && error.depth() == 0;
    if let Some(error) = error.io_error().filter(|_| !is_loop && !is_base) {
        found.skip(path.to_string_lossy().into_owned(), unreadable(error));
    }
}

/// The real folders from the root to where the walk is, and all that it entered.
#[derive(Default)]
struct Trail {
    folders: Vec<PathBuf>,
    entered: HashSet<PathBuf>,
}

impl Trail {
    /// Tells whether to go into a folder.
    fn enter(&mut self, entry: &DirEntry, found: &mut Found) -> bool {
        let name = || entry.path().to_string_lossy().into_owned();
        if 0 < entry.depth() && entry.file_name() == ".git" {
            return false;
        }
        if LAKE_MEMBERS.iter().any(|member| entry.path().join(member).is_dir()) {
            found.skip(name(), "it is a lake".to_owned());
            return false;
        }
        self.folders.truncate(entry.depth());
        match self.real(entry) {
            Ok(real) => {
                self.folders.push(real.clone());
                self.entered.insert(real)
            }
            Err(error) => {
                found.skip(name(), unreadable(&error));
                false
            }
        }
    }

    /// Returns the path without symbolic links; only a link costs a question to the system.
    fn real(&self, entry: &DirEntry) -> std::io::Result<PathBuf> {
        let parent = entry.depth().checked_sub(1).and_then(|depth| self.folders.get(depth));
        match parent.filter(|_| !entry.path_is_symlink()) {
            Some(parent) => Ok(parent.join(entry.file_name())),
            None => entry.path().canonicalize(),
        }
    }
}

fn file(entry: &DirEntry, trail: &Trail, found: &mut Found) {
    let name = || entry.path().to_string_lossy().into_owned();
    if let Some(what) = special(entry.file_type()) {
        return found.skip(name(), what.to_owned());
    }
    let size = entry.metadata().map(|metadata| metadata.len()).map_err(std::io::Error::from);
    match size.and_then(|size| Ok((size, trail.real(entry)?))) {
        Ok((size, real)) => found.file(entry.path(), &real, size),
        Err(error) => found.skip(name(), unreadable(&error)),
    }
}

/// Says what a file is that is no file: opening a pipe would wait for a writer.
fn special(kind: FileType) -> Option<&'static str> {
    let kinds = [
        (kind.is_file(), None),
        (kind.is_fifo(), Some("it is a pipe: give its data on standard input, as `-`")),
        (kind.is_socket(), Some("it is a socket")),
    ];
    let known = kinds.into_iter().find(|(is_it, _)| *is_it);
    known.map_or(Some("it is a device"), |(_, what)| what)
}
