//! `haechi metrics`: series of numbers, in the lake and in files, and what is unusual about them.

mod alarm;
pub mod choice;
pub mod get;
mod learning;
mod plot;
mod put;
mod queries;
pub mod series;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use haechi_baseline::{Baseline, Columns, Detector, Point, Row, local_seconds};
use haechi_output as output;
use jiff::tz::TimeZone;

use crate::args::{Metrics, MetricsBand};
use crate::session::Session;

/// The longest line of a series: a time and a number need a hundredth of this, and a file without
/// line ends must not fill the memory.
const LINE_BYTES_MAX: u64 = 64 * 1024;

pub fn run(session: &Session, args: &Metrics) -> Result<()> {
    match args {
        Metrics::List(args) => get::list(session, args),
        Metrics::Get(args) => get::get(session, args),
        Metrics::Answer { file, answer } => get::answer(session, file, answer),
        Metrics::Put(args) => put::run(session, args),
        Metrics::Plot(args) => plot::run(session, args),
        Metrics::Alarm(args) => alarm::run(session, args),
        Metrics::Score { file, reasons } => {
            let lines = Lines::open(file)?;
            output::stream(|out| score(lines, *reasons, out))
        }
        Metrics::Band(args) => band(args),
    }
}

fn band(args: &MetricsBand) -> Result<()> {
    let width = learning::width(args.width)?;
    let baseline = Baseline::new(learning::options(&args.learning)?);
    let zone = learning::zone(&args.learning)?;
    let lines = Lines::open(&args.file)?;
    output::stream(|out| bands(lines, baseline, &zone, (width, out)))
}

/// Writes a line for each line read, in the same order, as soon as it is read.
fn score(mut lines: Lines, has_reasons: bool, out: &mut dyn Write) -> Result<()> {
    let columns = lines.columns()?;
    writeln!(out, "timestamp,value,anomaly_score{}", if has_reasons { ",reason" } else { "" })?;
    let mut detector = Detector::default();
    while lines.advance()? {
        let row = lines.row(columns)?;
        let anomaly = detector.observe(row.point);
        write!(out, "{},{},{:.6}", row.timestamp, row.value, anomaly.score)?;
        match anomaly.reason.filter(|_| has_reasons) {
            Some(reason) => writeln!(out, ",{reason}")?,
            None => writeln!(out, "{}", if has_reasons { "," } else { "" })?,
        }
    }
    Ok(())
}

/// Writes the band of each point as it was before the point was seen; empty until there is one.
fn bands(
    mut lines: Lines,
    mut baseline: Baseline,
    zone: &TimeZone,
    (width, out): (f64, &mut dyn Write),
) -> Result<()> {
    let columns = lines.columns()?;
    writeln!(
        out,
        "timestamp,value,lower,expected,upper,deviations,percentile,component,is_outside"
    )?;
    while lines.advance()? {
        let row = lines.row(columns)?;
        write!(out, "{},{}", row.timestamp, row.value)?;
        let Point { seconds, value } = row.point;
        let point = Point { seconds: local_seconds(seconds, zone), value };
        let Some(verdict) = baseline.observe(point, width) else {
            writeln!(out, ",,,,,,,")?;
            continue;
        };
        let band = verdict.band;
        write!(out, ",{:.6},{:.6},{:.6}", band.lower, band.expected, band.upper)?;
        write!(out, ",{:.3},{:.3}", verdict.deviations, verdict.percentile)?;
        writeln!(out, ",{},{}", verdict.component.name(), verdict.is_outside)?;
    }
    Ok(())
}

/// The lines of a file, and where in it we are.
struct Lines {
    name: String,
    reader: Box<dyn BufRead>,
    number: u64,
    line: String,
}

impl Lines {
    fn open(path: &Path) -> Result<Self> {
        let (name, reader): (_, Box<dyn BufRead>) = if path == Path::new("-") {
            ("standard input".to_owned(), Box::new(BufReader::new(io::stdin())))
        } else {
            let name = path.display().to_string();
            let file = File::open(path).with_context(|| format!("cannot read `{name}`"))?;
            (format!("`{name}`"), Box::new(BufReader::new(file)))
        };
        Ok(Self { name, reader, number: 0, line: String::new() })
    }

    /// Reads the first line, which names the columns.
    fn columns(&mut self) -> Result<Columns> {
        if !self.advance()? {
            bail!("{} is empty: its first line should be `timestamp,value`", self.name);
        }
        Columns::of_header(&self.line).with_context(|| self.place())
    }

    /// Moves to the next line that is not blank; says whether there is one.
    fn advance(&mut self) -> Result<bool> {
        loop {
            self.line.clear();
            self.number += 1;
            let mut limited = (&mut self.reader).take(LINE_BYTES_MAX);
            let n_bytes = limited.read_line(&mut self.line).with_context(|| self.place())?;
            if n_bytes == 0 {
                return Ok(false);
            }
            if LINE_BYTES_MAX <= n_bytes as u64 {
                bail!("{}: the line is longer than {LINE_BYTES_MAX} bytes", self.place());
            }
            if !self.line.trim().is_empty() {
                return Ok(true);
            }
        }
    }

    fn row(&self, columns: Columns) -> Result<Row<'_>> {
        Row::parse(&self.line, columns).with_context(|| self.place())
    }

    fn place(&self) -> String {
        format!("{}, line {}", self.name, self.number)
    }
}
