//! One object, from its bytes to rows and rejects.

use std::io;

use crate::content::Opened;
use crate::limits::{SNIFF_BYTES, STRANGE_LINES_MAX};
use crate::mapping::Mappings;
use crate::recognise::{self, Content};
use crate::s3::S3Error;
use crate::window::Window;
use crate::{Reject, Row, Sink, SinkError, json, parquet, text};

/// What an object gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Records that became rows.
    pub rows: u64,
    /// Records that became rejects.
    pub rejects: u64,
    /// Uncompressed bytes.
    pub n_bytes: u64,
    /// Why the object was passed over, if it was.
    pub skipped: Option<Skipped>,
}

/// Why an object is no log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped(pub String);

/// Why an object could not be read to its end.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The rows could not be taken.
    #[error("the rows cannot be stored")]
    Sink(#[from] SinkError),
    /// The object is not there or may not be read.
    #[error("cannot read `{name}`")]
    Object {
        /// The object.
        name: String,
        /// What the system said.
        source: io::Error,
    },
}

/// Reads an opened object into the sink; nothing is left of it but its memory.
///
/// # Errors
/// The sink cannot go on, or S3 does not give the rest of the object: another run may get it.
/// Faults in the object itself become rejects.
pub fn read_object(
    name: &str,
    opened: &mut Opened,
    mappings: &Mappings,
    sink: &mut dyn Sink,
) -> Result<Summary, SinkError> {
    let mut window = Window::new(std::mem::take(&mut opened.start), opened.rest.take());
    while window.bytes().len() < SNIFF_BYTES && !window.is_last {
        window.fill();
    }
    let mut output = Output::new(sink);
    let content = recognise::content(name, window.bytes());
    read_content(&content, name, (&mut window, mappings), &mut output)?;
    if let Some(source) = window.fault.take_if(|fault| S3Error::behind(fault).is_some()) {
        return Err(Box::new(ReadError::Object { name: name.to_owned(), source }));
    }
    let summary = output.finish(&window)?;
    opened.start = window.into_memory();
    Ok(summary)
}

fn read_content(
    content: &Content,
    name: &str,
    (window, mappings): (&mut Window, &Mappings),
    output: &mut Output<'_>,
) -> Result<(), SinkError> {
    match content {
        Content::Empty => output.skip("it is empty"),
        Content::NoLog(what) => output.skip(what),
        Content::Parquet => parquet::read(name, window, mappings, output)?,
        Content::Json => json::read(name, window, mappings, output)?,
        Content::Text => text::read(name, window, mappings, output)?,
    }
    Ok(())
}

/// Reads bytes that come in small pieces, which must change nothing.
#[cfg(test)]
pub(crate) fn read_in_pieces(
    bytes: &[u8],
    fill_bytes: usize,
    mappings: &Mappings,
    sink: &mut dyn Sink,
) -> Result<Summary, SinkError> {
    let mut window = Window::new(Vec::new(), Some(Box::new(io::Cursor::new(bytes.to_vec()))));
    window.fill_bytes = fill_bytes;
    let mut output = Output::new(sink);
    let content = recognise::content("", bytes);
    read_content(&content, "", (&mut window, mappings), &mut output)?;
    output.finish(&window)
}

/// Counts what goes to the sink, and holds back what may turn out to be no log at all.
pub(crate) struct Output<'a> {
    sink: &'a mut dyn Sink,
    summary: Summary,
    /// Records that no source recognises, before the first that one does.
    strange: Vec<Reject>,
    /// What the object is when nothing in it is recognised.
    pub without_rows: &'static str,
    /// The object is no log: stop reading.
    pub is_over: bool,
}

impl<'a> Output<'a> {
    fn new(sink: &'a mut dyn Sink) -> Self {
        let without_rows = "no log source recognises its records";
        let (summary, strange) = (Summary::default(), Vec::new());
        Self { sink, summary, strange, without_rows, is_over: false }
    }

    pub(crate) fn row(&mut self, row: &Row<'_>) -> Result<(), SinkError> {
        self.settle()?;
        self.summary.rows += 1;
        self.sink.row(row)
    }

    /// Takes a record that is malformed.
    pub(crate) fn reject(&mut self, reject: Reject) -> Result<(), SinkError> {
        self.settle()?;
        self.keep(reject)
    }

    /// Takes a record that no source recognises.
    pub(crate) fn strange(&mut self, reject: Reject) -> Result<(), SinkError> {
        if 0 < self.summary.rows + self.summary.rejects {
            return self.keep(reject);
        }
        self.strange.push(reject);
        if STRANGE_LINES_MAX <= self.strange.len() {
            self.skip(self.without_rows);
        }
        Ok(())
    }

    /// Gives the whole object up as no log.
    pub(crate) fn skip(&mut self, why: &str) {
        self.is_over = true;
        self.strange.clear();
        self.summary.skipped = Some(Skipped(why.to_owned()));
    }

    fn settle(&mut self) -> Result<(), SinkError> {
        for reject in std::mem::take(&mut self.strange) {
            self.keep(reject)?;
        }
        Ok(())
    }

    fn keep(&mut self, reject: Reject) -> Result<(), SinkError> {
        self.summary.rejects += 1;
        self.sink.reject(reject)
    }

    fn finish(mut self, window: &Window) -> Result<Summary, SinkError> {
        self.summary.n_bytes = window.position() + window.bytes().len() as u64;
        if let Some(fault) = &window.fault {
            let reason = format!("the object cannot be read further: {fault}");
            self.strange.clear();
            self.summary.skipped = None;
            self.reject(Reject::new(self.summary.n_bytes, reason, &[]))?;
        }
        if !self.strange.is_empty() {
            self.skip(self.without_rows);
        }
        Ok(self.summary)
    }
}
