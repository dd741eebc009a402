//! `haechi metrics plot`: a metric with the band of its usual values, in the terminal.

use std::fmt::Write;

use anyhow::{Result, bail};
use haechi_output as output;
use haechi_output::{ChartPoint, chart};

use super::choice::{Choice, MetricLake};
use super::get::{from, moment};
use super::learning;
use crate::args::MetricsPlot;
use crate::lake::{engine, open};
use crate::session::Session;

/// No more of the points outside of the band are explained.
const EXPLAINED_MAX: usize = 10;

pub fn run(session: &Session, args: &MetricsPlot) -> Result<()> {
    let width = learning::width(args.width)?;
    let options = learning::options(&args.learning)?;
    let zone = learning::zone(&args.learning)?;
    let lake = open(session, &args.series.lake)?;
    let engine = engine(&lake, &session.catalog, &args.series.lake)?;
    let window = session.window(&args.series.window)?;
    let choice = Choice::of(&args.series)?;
    let series = {
        let lake = MetricLake { engine: &engine, catalog: &session.catalog };
        session.runtime.block_on(choice.read(&lake, window))?
    };
    let verdicts = learning::judged(&series, &options, &zone, width);
    let shown = from(series, window);
    if shown.is_empty() {
        bail!("there are no points of `{}` here: `haechi metrics list`", args.series.metric);
    }
    let points: Vec<ChartPoint> = shown
        .iter()
        .map(|(at, value)| {
            let verdict = verdicts.get(at);
            ChartPoint {
                at: *at,
                value: *value,
                band: verdict.map(|it| (it.band.lower, it.band.upper)),
                is_marked: verdict.is_some_and(|it| it.is_outside),
            }
        })
        .collect();
    let mut text = chart(&points, args.columns, args.rows, &moment);
    let mut outside: Vec<_> = shown
        .iter()
        .filter_map(|(at, value)| Some((at, value, verdicts.get(at).filter(|it| it.is_outside)?)))
        .collect();
    let n_outside = outside.len();
    outside.sort_by(|one, other| {
        other.2.deviations.abs().total_cmp(&one.2.deviations.abs()).then(one.0.cmp(other.0))
    });
    writeln!(text, "\n{n_outside} of {} points lie outside of the band", shown.len())?;
    for (at, value, verdict) in outside.into_iter().take(EXPLAINED_MAX) {
        writeln!(text, "{}  {value}: {verdict}", moment(*at))?;
    }
    output::text(&text)
}
