//! `haechi simulate`: the logs of an invented organisation.

use anyhow::{Context, Result};
use haechi_simulate::{Options, Story, simulate};

use crate::args::Simulate;
use haechi_output as output;

pub fn run(args: &Simulate) -> Result<()> {
    let day: jiff::civil::Date = args
        .start
        .parse()
        .with_context(|| format!("`{}` is not a day: use YYYY-MM-DD", args.start))?;
    let options = Options {
        seed: args.seed,
        start: day.to_zoned(jiff::tz::TimeZone::UTC)?.timestamp(),
        days: args.days,
        stories: if args.quiet { Vec::new() } else { Story::ALL.to_vec() },
        scale: args.scale,
    };
    let truth = simulate(&options, &args.out)?;
    let source = |(name, totals): (&&str, &haechi_simulate::Totals)| {
        format!("{name:<18} {:>8} records in {} files\n", totals.records, totals.files)
    };
    let mut lines: Vec<String> = truth.sources.iter().map(source).collect();
    lines.extend(truth.stories.iter().map(|story| format!("story: {}\n", story.title)));
    output::text(&lines.concat())
}
