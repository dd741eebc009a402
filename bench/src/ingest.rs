//! The whole pipeline: gz → deduplicated, entity-extracted, sorted, committed table.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use anyhow::Result;
use haechi_catalog::Catalog;
use haechi_lake::{IngestOptions, Lake, Location, ingest, stats};
use haechi_model::{Timestamp, Window};
use haechi_sources::{DiscoverOptions, Mappings, S3Options, discover};

use crate::usage::usage;

/// When the rows of a benchmark were stored.
const NOW: Timestamp = Timestamp(1_767_225_600_000_000);

/// Ingests and prints one JSON line.
pub(crate) fn run(path: &str, folder: &Path, threads: usize) -> Result<()> {
    let _ = std::fs::remove_dir_all(folder);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let catalog = Catalog::built_in()?;
    let mappings = Mappings::new(catalog.sources.values());
    let before = usage()?;
    let start = Instant::now();
    let options = DiscoverOptions {
        runtime: runtime.handle().clone(),
        s3: S3Options::default(),
        window: Window::default(),
    };
    let objects = discover(&[path.to_owned()], &options)?;
    let location = Location::Folder(folder.to_owned());
    let lake = runtime.block_on(Lake::open_or_create(&location, &catalog))?;
    let options = IngestOptions {
        threads,
        gathered_bytes: usize::from(haechi_lake::limits::GATHERED_MIB) << 20,
        now: NOW,
        run: "bench".to_owned(),
        runtime: runtime.handle().clone(),
        stop: Arc::new(AtomicBool::new(false)),
    };
    let (lake, done) = ingest(lake, &mappings, &objects, &options, &|_| {})?;
    let wall = start.elapsed().as_secs_f64();
    let after = usage()?;
    let cpu = after.cpu_seconds - before.cpu_seconds;
    let stats = runtime.block_on(stats(&lake, options.now))?;
    let table: u64 = stats.sources.values().map(|source| source.bytes).sum();
    let line = serde_json::json!({
        "threads": threads,
        "files": done.files,
        "read": done.read,
        "accepted": done.accepted,
        "duplicate": done.duplicate,
        "rejected": done.rejected,
        "gz_bytes": done.bytes_stored,
        "raw_bytes": done.bytes,
        "table_bytes": table,
        "table_to_gz": ratio(table, done.bytes_stored),
        "commits": stats.version,
        "wall_seconds": wall,
        "cpu_seconds": cpu,
        "records_per_cpu_second": per_second(done.read, cpu),
        "records_per_wall_second": per_second(done.read, wall),
        "raw_megabytes_per_cpu_second": per_second(done.bytes, cpu) / 1e6,
        "peak_megabytes": after.peak_megabytes,
    });
    print(&line.to_string());
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn per_second(value: u64, seconds: f64) -> f64 {
    (value as f64 / seconds).round()
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn ratio(left: u64, right: u64) -> f64 {
    (left as f64 / right.max(1) as f64 * 100.0).round() / 100.0
}

#[expect(clippy::print_stdout, reason = "a benchmark's figures are its output")]
fn print(line: &str) {
    println!("{line}");
}
