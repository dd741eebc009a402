//! From what a person names (files, folders, globs, `-`, `s3://…`) to the objects to read.
//!
//! Names come first and bytes later: nothing is opened here, so a pipe cannot hang the command
//! and a file that may not be read is found out when its turn comes.

mod bucket;
mod days;
mod folder;
mod found;
mod pattern;

#[cfg(test)]
mod tests;

use std::io::{self, ErrorKind};
use std::path::Path;

use haechi_model::Window;
use tokio::runtime::Handle;

pub use found::Discovered;
use found::Found;
use pattern::Pattern;

use crate::s3::{S3Error, S3Options};

/// Members by which a folder is known as a lake: its log, or what haechi keeps beside it.
const LAKE_MEMBERS: &[&str] = &["_delta_log", "_haechi"];

/// How to look for objects.
#[derive(Debug, Clone)]
pub struct DiscoverOptions {
    /// The runtime that requests to S3 run on; looking blocks the calling thread.
    pub runtime: Handle,
    /// How to reach S3.
    pub s3: S3Options,
    /// The time that is asked for: an object whose name tells another day is left out.
    pub window: Window,
}

/// Why what was named cannot be looked for.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// Nothing has that name.
    #[error("there is nothing at `{input}`")]
    Missing {
        /// What was named.
        input: String,
    },
    /// The pattern is well formed, but no file matches it.
    #[error("nothing matches `{input}`")]
    NoMatch {
        /// What was named.
        input: String,
    },
    /// The pattern is malformed.
    #[error("`{input}` is not a pattern")]
    Pattern {
        /// What was named.
        input: String,
        /// What is wrong with it.
        source: globset::Error,
    },
    /// It looks like the address of something that is not S3.
    #[error("`{input}` is not a path and not the address of an S3 bucket")]
    Address {
        /// What was named.
        input: String,
    },
    /// The bucket cannot be listed.
    #[error("cannot list `{input}`")]
    Bucket {
        /// What was named.
        input: String,
        /// What S3 said.
        source: object_store::Error,
    },
    /// There are more objects than one run takes.
    #[error("`{input}` brings more than {} objects", crate::limits::OBJECTS_MAX)]
    TooMany {
        /// What was named.
        input: String,
    },
}

impl DiscoverError {
    /// Returns what the person can do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        if let Some(error) = S3Error::behind(self) {
            return error.hint();
        }
        match self {
            Self::Missing { input } if input.starts_with("s3://") => {
                "check the bucket and the key; end it with `*` to take every key that begins like it"
            }
            Self::Missing { .. } => {
                "name a file, a folder, a glob such as `logs/**/*.gz`, `-` or `s3://bucket/prefix`"
            }
            Self::NoMatch { .. } => {
                "`*` stays within one folder, `**` goes through all; quote it for the shell"
            }
            Self::Pattern { .. } => {
                "close each `[` and `{`, or put `\\` before a special character"
            }
            Self::Address { .. } => "only `s3://bucket/prefix` is read over the network",
            Self::Bucket { source: object_store::Error::InvalidPath { .. }, .. } => {
                "a key with an empty part, as in `a//b`, cannot be read: name the prefixes beside it"
            }
            Self::Bucket { .. } => "check the AWS_* variables, the endpoint's above all",
            Self::TooMany { .. } => "name less at a time, such as one account or one month",
        }
    }
}

/// Looks for the objects that the inputs name, each once, in the order of their names.
///
/// Folders are taken with all that is below them, through symbolic links, except for `.git` and
/// lakes. What is there but cannot be read as a log is named in [`Discovered::skipped`].
///
/// # Errors
/// An input names nothing, is malformed, or S3 refuses it.
pub fn discover(inputs: &[String], options: &DiscoverOptions) -> Result<Discovered, DiscoverError> {
    let mut inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    // Whatever order they are given in, a file that two of them reach goes by one name.
    inputs.sort_unstable();
    inputs.dedup();
    let mut found = Found::new(options.window);
    for input in inputs {
        if input == "-" || input == "/dev/stdin" {
            found.stdin();
        } else if let Some(address) = input.strip_prefix("s3://") {
            bucket::find(input, address, options, &mut found)?;
        } else {
            local(input, &mut found)?;
        }
        if found.is_full() {
            return Err(DiscoverError::TooMany { input: input.to_owned() });
        }
    }
    Ok(found.finish(&options.runtime))
}

/// Looks on this machine; what is there under the very name goes before a pattern.
fn local(input: &str, found: &mut Found) -> Result<(), DiscoverError> {
    let path = Path::new(input);
    match path.metadata() {
        Ok(_) => {
            folder::walk(path, None, found);
            Ok(())
        }
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            matching(input, found)
        }
        Err(error) => {
            found.skip(input.to_owned(), unreadable(&error));
            Ok(())
        }
    }
}

/// Takes the input as a pattern.
fn matching(input: &str, found: &mut Found) -> Result<(), DiscoverError> {
    let is_address = input.contains("://");
    let owned = || input.to_owned();
    match Pattern::new(input)? {
        Some(pattern) if folder::walk(&pattern.base(), Some(&pattern), found) => Ok(()),
        Some(_) if !is_address => Err(DiscoverError::NoMatch { input: owned() }),
        None if !is_address => Err(DiscoverError::Missing { input: owned() }),
        _ => Err(DiscoverError::Address { input: owned() }),
    }
}

/// Returns the reason for passing over what the system refuses.
fn unreadable(error: &io::Error) -> String {
    format!("it cannot be read: {error}")
}
