//! What this process has used so far, as Linux counts it.

use anyhow::{Context, Result};

/// Processor seconds and the largest memory.
#[derive(Clone, Copy)]
pub(crate) struct Usage {
    /// User and system seconds of all threads.
    pub cpu_seconds: f64,
    /// The largest resident set, in MB.
    pub peak_megabytes: f64,
}

/// Reads `/proc/self`.
pub(crate) fn usage() -> Result<Usage> {
    let stat = std::fs::read_to_string("/proc/self/stat").context("benchmarks need Linux")?;
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = |index: usize| -> f64 {
        after_name.split_whitespace().nth(index).and_then(|it| it.parse().ok()).unwrap_or(0.0)
    };
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes: f64 =
        peak.and_then(|it| it.split_whitespace().next()?.parse().ok()).unwrap_or(0.0);
    // Linux counts in ticks of 10 ms on every machine that this is run on.
    Ok(Usage { cpu_seconds: (ticks(11) + ticks(12)) / 100.0, peak_megabytes: kilobytes / 1_024.0 })
}

/// Returns the seconds that this thread has run, to the nanosecond.
pub(crate) fn thread_seconds() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos = stat.split_whitespace().next().and_then(|it| it.parse::<u64>().ok());
    Ok(std::time::Duration::from_nanos(nanos.context("benchmarks need Linux")?).as_secs_f64())
}
