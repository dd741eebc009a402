//! Globs: which paths they take, and where to begin to look.

use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use walkdir::DirEntry;

use super::DiscoverError;

/// Characters that make a name a pattern.
const SPECIAL: &[char] = &['*', '?', '[', '{'];

/// A glob.
pub(super) struct Pattern {
    matcher: GlobMatcher,
    /// What stands before the first part with a special character, with its slash.
    pub(super) before: String,
    /// How many parts follow, unless that may be any number.
    n_parts: Option<usize>,
}

impl Pattern {
    /// Returns the pattern that the text is, or nothing when it is a plain name.
    pub(super) fn new(text: &str) -> Result<Option<Self>, DiscoverError> {
        let Some(special) = text.find(SPECIAL) else { return Ok(None) };
        let slash = text.get(..special).and_then(|plain| plain.rfind('/'));
        let (before, rest) =
            text.split_at_checked(slash.map_or(0, |at| at + 1)).unwrap_or_default();
        let rest = rest.trim_end_matches('/');
        let glob = GlobBuilder::new(text.trim_end_matches('/')).literal_separator(true).build();
        let matcher = glob
            .map_err(|source| DiscoverError::Pattern { input: text.to_owned(), source })?
            .compile_matcher();
        // Braces may hold slashes.
        let is_deep = rest.contains("**") || rest.contains('{');
        let n_parts = (!is_deep).then(|| rest.split('/').count());
        Ok(Some(Self { matcher, before: before.to_owned(), n_parts }))
    }

    /// Returns the folder that holds all that it takes.
    pub(super) fn base(&self) -> PathBuf {
        PathBuf::from(if self.before.is_empty() { "." } else { &self.before })
    }

    /// Tells whether it takes a file: by the file's path, or by that of a folder above.
    pub(super) fn takes(&self, path: &Path) -> bool {
        let path =
            if self.before.is_empty() { path.strip_prefix(".").unwrap_or(path) } else { path };
        path.ancestors().any(|it| self.matcher.is_match(it))
    }

    /// Tells whether it may take something in a folder of the base.
    pub(super) fn may_reach(&self, folder: &DirEntry) -> bool {
        self.n_parts.is_none_or(|n_parts| folder.depth() < n_parts) || self.takes(folder.path())
    }
}
