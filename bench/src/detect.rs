//! The whole catalogue over native files: what detection costs, and what it remembers.

use std::collections::BTreeSet;
use std::io::{BufWriter, Seek as _};
use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use arrow::array::RecordBatch;
use haechi_catalog::{Catalog, Source};
use haechi_detect::Detector;

use crate::compare::print;
use crate::replay::Replay;
use crate::stream::{BATCH_ROWS, Opened, Reading, open, read};
use crate::usage::{thread_seconds, usage};

/// How late CloudTrail's records come in files that are read one Region after the other.
const LATENESS_SECONDS: i64 = 6 * 86_400;
/// How late records of CloudTrail come in files that are read in the order of their delivery.
const LATENESS_AS_DELIVERED_SECONDS: i64 = 3_600;
/// How late records of logs come whose files stand in the order of time.
const LATENESS_IN_ORDER_SECONDS: i64 = 600;
/// The rows that are shown again and again: enough for variety, and little beside what is measured.
const KEPT_ROWS: usize = 32_768;
/// The largest states are named.
const STATES_SHOWN: usize = 12;

/// Runs every page over a folder, one thread, and prints a JSON line for each source.
///
/// With `events`, the rows are shown again under new ids and later days until there are so many.
pub(crate) fn run(folder: &Path, events: Option<u64>) -> Result<()> {
    let catalog = Catalog::built_in()?;
    let mut detector = Detector::new(&catalog)?;
    let opened = open(folder, &catalog)?;
    for source in opened.files.sources() {
        one_source(&mut detector, &opened, source, events)?;
    }
    let n_dropped = detector.n_dropped();
    let peak_megabytes = usage()?.peak_megabytes;
    let snapshot = snapshot_bytes(&mut detector)?;
    for (n_bytes, whose) in detector.state_sizes().into_iter().take(STATES_SHOWN) {
        print(&serde_json::json!({ "state": whose, "snapshot_bytes": n_bytes }).to_string());
    }
    let start = thread_seconds()?;
    let findings = detector.finish();
    let line = serde_json::json!({
        "pages": catalog.detections.len(),
        "findings": findings.len(),
        "occurrences": findings.iter().map(|it| it.count).sum::<u64>(),
        "occurrences_dropped": n_dropped,
        "snapshot_bytes": snapshot,
        "finish_seconds": thread_seconds()? - start,
        "peak_megabytes": peak_megabytes,
        "peak_megabytes_with_snapshot": usage()?.peak_megabytes,
    });
    print(&line.to_string());
    Ok(())
}

/// Shows one source's rows, and prints what that cost.
fn one_source(
    detector: &mut Detector,
    opened: &Opened,
    source: &Source,
    events: Option<u64>,
) -> Result<()> {
    let columns = columns_of(detector, &source.name);
    if columns.is_empty() {
        return Ok(());
    }
    let ids: Vec<&str> = source.id.as_deref().map_or(vec!["file", "position"], |id| vec![id]);
    let lateness_seconds = match (source.id.is_none(), opened.is_as_delivered) {
        (true, _) => LATENESS_IN_ORDER_SECONDS,
        (false, true) => LATENESS_AS_DELIVERED_SECONDS,
        (false, false) => LATENESS_SECONDS,
    };
    let reading = Reading {
        source: &source.name,
        columns: &columns,
        ids: &ids,
        lateness_seconds,
        only: None,
    };
    let (wall, start) = (Instant::now(), thread_seconds()?);
    let mut detect_seconds = 0.0;
    let mut kept = Vec::new();
    let done = read(&opened.files, &reading, &mut |batch| {
        let start = thread_seconds()?;
        detector.observe(&source.name, batch)?;
        detect_seconds += thread_seconds()? - start;
        if events.is_some() && kept.len() * BATCH_ROWS < KEPT_ROWS {
            kept.push(batch.clone());
        }
        Ok(())
    })?;
    let mut n_events = done.n_rows + done.n_duplicates;
    if let Some(events) = events {
        let events = events.saturating_sub(n_events);
        let replay = Replay { batches: &kept, ids: &ids, events };
        n_events += again(detector, &source.name, &replay, &mut detect_seconds)?;
    }
    let cpu = thread_seconds()? - start;
    let line = serde_json::json!({
        "source": source.name,
        "events": n_events,
        "duplicates": done.n_duplicates,
        "late": done.n_late,
        "events_per_cpu_second": per_second(n_events, cpu),
        "cpu_seconds": cpu,
        "wall_seconds": wall.elapsed().as_secs_f64(),
        "order_seconds": done.order_seconds,
        "detect_seconds": detect_seconds,
        "rows_detected_per_cpu_second": per_second(n_events - done.n_duplicates, detect_seconds),
        "peak_megabytes": usage()?.peak_megabytes,
    });
    print(&line.to_string());
    Ok(())
}

/// Returns the columns that the pages read of a source.
fn columns_of(detector: &Detector, source: &str) -> Vec<String> {
    let plans = detector.plans();
    let of_source = plans.iter().filter(|plan| plan.source == source);
    let columns = of_source.flat_map(|plan| plan.columns.iter().map(|it| it.replace('"', "")));
    columns.collect::<BTreeSet<String>>().into_iter().collect()
}

/// Shows the rows again and again; returns how many.
fn again(
    detector: &mut Detector,
    source: &str,
    replay: &Replay<'_>,
    detect_seconds: &mut f64,
) -> Result<u64> {
    replay.run(&mut |batch: &RecordBatch| {
        for start in (0..batch.num_rows()).step_by(BATCH_ROWS) {
            let rows = batch.slice(start, BATCH_ROWS.min(batch.num_rows() - start));
            let start = thread_seconds()?;
            detector.observe(source, &rows)?;
            *detect_seconds += thread_seconds()? - start;
        }
        Ok(())
    })
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
pub(crate) fn per_second(value: u64, seconds: f64) -> f64 {
    (value as f64 / seconds).round()
}

/// Writes a snapshot as `haechi watch` does, a piece at a time; returns how many bytes it has.
fn snapshot_bytes(detector: &mut Detector) -> Result<u64> {
    let mut file = BufWriter::new(tempfile::tempfile()?);
    detector.write_snapshot(&mut file)?;
    Ok(file.stream_position()?)
}
