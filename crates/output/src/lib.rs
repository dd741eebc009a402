//! What goes to standard output: answers in seven formats, and plain text.
//!
//! Logs are written by whoever is being investigated. Every format keeps their text from speaking
//! to something else than the reader: the terminal, the spreadsheet, the next program in a pipe.

mod cells;
mod chart;
mod csv;
mod json;
mod limits;
mod markdown;
mod moments;
mod parquet;
mod plot;
mod printable;
mod table;

#[cfg(test)]
mod tests;

use std::io::{self, IsTerminal, Write};

use anyhow::{Result, bail};
use arrow::record_batch::RecordBatch;
use futures::StreamExt;
use haechi_query::Answer;

pub use chart::{ChartPoint, chart};
pub use printable::printable_lines;

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Columns for people.
    Table,
    /// One array of objects.
    Json,
    /// One object a line.
    Jsonl,
    /// Comma-separated values that a spreadsheet opens without running them.
    Csv,
    /// An Apache Parquet file.
    Parquet,
    /// A table in Markdown.
    Md,
    /// A chart: a bar for each row.
    Plot,
}

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows.
    pub rows: u64,
}

/// Writes rows in one format: each batch as it comes, then the end.
trait Rows {
    fn batch(&mut self, batch: &RecordBatch, out: &mut dyn Write) -> Result<()>;
    fn end(&mut self, out: &mut dyn Write) -> Result<()>;
}

/// Writes an answer to standard output.
///
/// # Errors
/// Standard output cannot be written, the engine fails while it answers, or Parquet is asked of a
/// terminal.
pub async fn answer(answer: Answer, format: Format, wide: bool) -> Result<()> {
    let stdout = io::stdout();
    if format == Format::Parquet && stdout.is_terminal() {
        bail!("a terminal cannot show Parquet: redirect the output to a file");
    }
    let mut out = io::BufWriter::new(stdout.lock());
    let written = write(answer, format, wide, &mut out).await;
    unless_closed(written.map(|_| ()))?;
    unless_closed(out.flush().map_err(anyhow::Error::from))
}

/// Writes an answer; memory stays bounded however many rows come.
///
/// `wide` keeps long cells of a table whole.
///
/// # Errors
/// `out` cannot be written, or the engine fails while it answers.
pub async fn write(
    mut answer: Answer,
    format: Format,
    wide: bool,
    out: &mut dyn Write,
) -> Result<Counts> {
    let schema = moments::nullable(&answer.schema);
    let mut rows: Box<dyn Rows> = match format {
        Format::Table => Box::new(table::Table::new(&schema, wide)),
        Format::Json => Box::new(json::Json::array(&schema)),
        Format::Jsonl => Box::new(json::Json::lines(&schema)),
        Format::Csv => Box::new(csv::Csv::new(&schema)),
        Format::Parquet => Box::new(parquet::Parquet::new(&answer.schema)?),
        Format::Md => Box::new(markdown::Markdown::new(&schema)),
        Format::Plot => Box::new(plot::Plot::new(&schema)),
    };
    let mut counts = Counts::default();
    while let Some(batch) = answer.batches.next().await {
        let batch = batch?;
        counts.rows += batch.num_rows() as u64;
        match format {
            Format::Parquet => rows.batch(&batch, out)?,
            _ => rows.batch(&moments::writable(&batch, &schema)?, out)?,
        }
    }
    rows.end(out)?;
    Ok(counts)
}

/// Prints text that may quote logs.
///
/// # Errors
/// Standard output cannot be written.
pub fn text(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    let written = out.write_all(printable_lines(text).as_bytes()).and_then(|()| out.flush());
    unless_closed(written.map_err(anyhow::Error::from))
}

/// Writes to standard output through a buffer, for output that is too long to hold.
///
/// What is written must be harmless by itself: it goes out as it is.
///
/// # Errors
/// What `write` says, unless the reader closed the pipe.
pub fn stream(write: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let written = write(&mut out);
    unless_closed(written)?;
    unless_closed(out.flush().map_err(anyhow::Error::from))
}

/// Prints one JSON value.
///
/// # Errors
/// Standard output cannot be written.
pub fn json(value: &serde_json::Value) -> Result<()> {
    let mut out = io::stdout().lock();
    let text = serde_json::to_string_pretty(value)?;
    let written = writeln!(out, "{}", json::harmless(&text)).and_then(|()| out.flush());
    unless_closed(written.map_err(anyhow::Error::from))
}

/// Takes a closed pipe for the reader's way to say that it has seen enough.
fn unless_closed(written: Result<()>) -> Result<()> {
    let Err(error) = written else { return Ok(()) };
    let is_closed = error.chain().any(|cause| {
        let io_error = cause.downcast_ref::<io::Error>();
        io_error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    });
    if is_closed { Ok(()) } else { Err(error) }
}
