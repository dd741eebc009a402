//! How far reading has come: on a terminal only.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use haechi_lake::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::summary::count;

/// A line that tells how far reading has come.
pub struct Bar {
    shown: ProgressBar,
    n_files: usize,
    files: AtomicU64,
    records: AtomicU64,
    start: Instant,
}

impl Bar {
    /// Begins with so many files and bytes to read.
    pub fn new(n_files: usize, n_bytes: u64) -> Self {
        let bar = ProgressBar::new(n_bytes);
        if !std::io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        let template = "{bar:24} {bytes}/{total_bytes} · {msg} · {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        let (files, records) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { shown: bar, n_files, files, records, start: Instant::now() }
    }

    /// Counts an object.
    pub fn tick(&self, progress: &Progress) {
        let files = self.files.fetch_add(1, Ordering::Relaxed) + 1;
        let records =
            self.records.fetch_add(progress.records, Ordering::Relaxed) + progress.records;
        self.shown.inc(progress.bytes_stored);
        let seconds = self.start.elapsed().as_secs_f64().max(0.001);
        #[expect(clippy::cast_precision_loss, reason = "a rate for people to glance at")]
        let rate = records as f64 / seconds;
        self.shown.set_message(format!(
            "{files}/{} files · {} events/s",
            self.n_files,
            count(rate)
        ));
    }

    /// Takes the line away.
    pub fn finish(&self) {
        self.shown.finish_and_clear();
    }
}
