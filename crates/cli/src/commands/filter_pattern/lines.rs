//! The lines of objects, one after the other, uncompressed.

use std::io::{self, BufRead, BufReader, Read};

use haechi_sources::limits::RECORD_BYTES_MAX;
use haechi_sources::{Discovered, Objects, open};

use crate::talk;

/// Lines of objects; what cannot be read is told and passed over.
pub struct Lines {
    found: Discovered,
    next_object: usize,
    open: Option<(String, BufReader<Box<dyn Read + Send>>)>,
}

impl Lines {
    pub fn of(found: Discovered) -> Self {
        for (name, reason) in &found.skipped {
            talk::note(&format!("passed over `{name}`: {reason}"));
        }
        Self { found, next_object: 0, open: None }
    }

    /// Returns the next line without its end, with what is not UTF-8 replaced.
    pub fn next(&mut self) -> Option<String> {
        loop {
            if self.open.is_none() {
                let object = self.found.object_at(self.next_object)?;
                self.next_object += 1;
                match open(&object) {
                    Ok(opened) => {
                        let reader = BufReader::new(opened.into_reader());
                        self.open = Some((object.name, reader));
                    }
                    Err(error) => talk::note(&format!("cannot read `{}`: {error}", object.name)),
                }
                continue;
            }
            let (name, reader) = self.open.as_mut()?;
            match read_line(reader) {
                Ok(Some(Line::Whole(line))) => return Some(line),
                Ok(Some(Line::TooLong)) => {
                    talk::note(&format!(
                        "a line of `{name}` is longer than {} MiB and was passed over",
                        RECORD_BYTES_MAX >> 20
                    ));
                }
                Ok(None) => self.open = None,
                Err(error) => {
                    talk::note(&format!("`{name}` cannot be read any further: {error}"));
                    self.open = None;
                }
            }
        }
    }
}

enum Line {
    Whole(String),
    TooLong,
}

fn read_line(reader: &mut impl BufRead) -> io::Result<Option<Line>> {
    let mut bytes = Vec::new();
    let longest = RECORD_BYTES_MAX as u64 + 1;
    let n_bytes = reader.by_ref().take(longest).read_until(b'\n', &mut bytes)?;
    if n_bytes == 0 {
        return Ok(None);
    }
    if bytes.last() != Some(&b'\n') && RECORD_BYTES_MAX < n_bytes {
        reader.skip_until(b'\n')?;
        return Ok(Some(Line::TooLong));
    }
    while matches!(bytes.last(), Some(b'\n' | b'\r')) {
        bytes.pop();
    }
    let text = String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    Ok(Some(Line::Whole(text)))
}
