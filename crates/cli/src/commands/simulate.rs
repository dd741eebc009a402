//! `haechi simulate`: the logs of an invented organisation.

use std::fmt::Write as _;

use anyhow::{Context, Result, bail};
use haechi_simulate::{Options, Story, simulate};

use crate::args::Simulate;
use haechi_output as output;

/// The word that stands for every story.
const ALL: &str = "all";

pub fn run(args: &Simulate) -> Result<()> {
    if args.list {
        return output::text(&listing());
    }
    let day: jiff::civil::Date = args
        .start
        .parse()
        .with_context(|| format!("`{}` is not a day: use YYYY-MM-DD", args.start))?;
    let options = Options {
        seed: args.seed,
        start: day.to_zoned(jiff::tz::TimeZone::UTC)?.timestamp(),
        days: args.days,
        stories: attacks(args)?,
        twins: named(&args.twin)?,
        scale: args.scale,
    };
    let out = args.out.as_deref().context("say where to write to: --out DIR")?;
    let truth = simulate(&options, out)?;
    let source = |(name, totals): (&&str, &haechi_simulate::Totals)| {
        format!("{name:<18} {:>8} records in {} files\n", totals.records, totals.files)
    };
    let mut lines: Vec<String> = truth.sources.iter().map(source).collect();
    lines.extend(truth.stories.iter().map(|story| format!("story: {}\n", story.title)));
    lines.extend(truth.twins.values().map(|title| format!("twin: {title}\n")));
    output::text(&lines.concat())
}

/// The attacks to include: none when quiet or when only twins are asked for.
fn attacks(args: &Simulate) -> Result<Vec<&'static Story>> {
    if args.quiet || (args.story.is_empty() && !args.twin.is_empty()) {
        return Ok(Vec::new());
    }
    if args.story.is_empty() {
        return Ok(Story::DEMO.to_vec());
    }
    named(&args.story)
}

fn named(names: &[String]) -> Result<Vec<&'static Story>> {
    if names.iter().any(|name| name == ALL) {
        return Ok(Story::ALL.to_vec());
    }
    let mut stories = Vec::new();
    for name in names {
        let Some(story) = Story::named(name) else {
            bail!("there is no story `{name}`: `haechi simulate --list` names them");
        };
        stories.push(story);
    }
    Ok(stories)
}

/// Every story and its twin, in both languages.
fn listing() -> String {
    let mut text = String::new();
    for story in Story::ALL {
        let (attack, twin) = (story.attack, story.twin);
        // INVARIANT: writing to a string does not fail.
        let _written = writeln!(
            text,
            "{}\n  story  {}\n         {}\n  twin   {}\n         {}",
            story.name, attack.en, attack.ko, twin.en, twin.ko
        );
    }
    text
}
