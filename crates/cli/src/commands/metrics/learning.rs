//! How series are learned: the options that bands have in common.

use anyhow::{Context, Result, bail};
use haechi_baseline::{Baseline, Options, Point, Series, Verdict, local_seconds, seconds};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

use crate::args::{Adaptation, LearningArgs};

/// Returns how a baseline learns.
pub fn options(args: &LearningArgs) -> Result<Options> {
    let adaptation = match args.adaptation {
        Adaptation::Fast => haechi_baseline::Adaptation::Fast,
        Adaptation::Normal => haechi_baseline::Adaptation::Normal,
        Adaptation::Slow => haechi_baseline::Adaptation::Slow,
    };
    let excluded = args.exclude.iter().map(|range| moments(range)).collect::<Result<Vec<_>>>()?;
    Ok(Options { adaptation, lowest: args.lowest, highest: args.highest, excluded })
}

/// Returns the zone whose clock days and weeks follow.
pub fn zone(args: &LearningArgs) -> Result<TimeZone> {
    let Some(name) = &args.time_zone else { return Ok(TimeZone::UTC) };
    TimeZone::get(name)
        .with_context(|| format!("`{name}` is no time zone: use a name such as Asia/Seoul"))
}

/// Checks a width in deviations.
pub fn width(width: f64) -> Result<f64> {
    if !(0.0..=1000.0).contains(&width) {
        bail!("`--width {width}` is no width of a band: use a number from 0 to 1000");
    }
    Ok(width)
}

/// Returns what a baseline says of each point, from what came before it.
pub fn judged(
    series: &Series,
    options: &Options,
    zone: &TimeZone,
    width: f64,
) -> BTreeMap<i64, Verdict> {
    let mut baseline = Baseline::new(options.clone());
    let verdicts = series.iter().filter_map(|(at, value)| {
        let point = Point { seconds: local_seconds(*at, zone), value: *value };
        Some((*at, baseline.observe(point, width)?))
    });
    verdicts.collect()
}

fn moments(range: &str) -> Result<(i64, i64)> {
    let Some((first, last)) = range.split_once('/') else {
        bail!("`--exclude {range}` names no two moments: use FIRST/LAST");
    };
    let (first, last) = (seconds(first)?, seconds(last)?);
    if last < first {
        bail!("`--exclude {range}` ends before it begins");
    }
    Ok((first, last))
}
