//! An organisation under attack, written in AWS's own file formats.
//!
//! Twelve people, a handful of programs and three networks live through some days; their logs go
//! into a folder as AWS would deliver them. Attacks hide among them, and an answer sheet says
//! where. Each attack has a quiet twin: innocent work that most resembles it. What a story or a
//! twin adds changes nothing else. Same options, same bytes: there is no clock, no environment,
//! and chance comes from the seed alone.

mod access;
mod acts;
mod background;
mod calls;
mod cloudtrail;
mod cluster;
mod dns;
mod flows;
mod identity;
mod ids;
mod lambda;
mod layout;
mod limits;
mod moment;
mod organisation;
mod parameters;
mod people;
mod random;
mod rhythm;
mod stories;
mod subscription;
mod traces;
mod truth;
mod writer;

#[cfg(test)]
mod tests;

use std::{
    io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use crate::{
    background::World,
    moment::{DAY, HOUR, Moment},
    organisation::{ACCOUNTS, Organisation},
    rhythm::Scale,
    traces::{Mark, Traces},
    writer::Writer,
};
pub use crate::{
    stories::{Story, Words},
    truth::{Step, StoryTruth, Totals, Truth},
};

/// What to simulate.
#[derive(Clone, Debug)]
pub struct Options {
    /// Decides everything that looks like chance.
    pub seed: u64,
    /// The first second; fractions of it are dropped.
    pub start: Timestamp,
    /// How many days, from 1 to 400.
    pub days: u32,
    /// The attacks to include.
    pub stories: Vec<&'static Story>,
    /// The stories whose quiet twins to live through, every day of the run.
    pub twins: Vec<&'static Story>,
    /// How much everyday activity, 1.0 being the small organisation. Stories do not grow.
    pub scale: f64,
}

/// Why nothing, or not everything, was written.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    /// The number of days is out of range.
    #[error("cannot simulate {days} days; 1 to {} are possible", limits::DAYS_MAX)]
    Days {
        /// What was asked for.
        days: u32,
    },
    /// The scale is out of range.
    #[error(
        "cannot simulate at scale {scale}; {} to {} are possible",
        limits::SCALE_MIN,
        limits::SCALE_MAX
    )]
    Scale {
        /// What was asked for.
        scale: f64,
    },
    /// The run would not fit into the calendar.
    #[error("cannot simulate from `{start}`: the run must lie between 1970 and 9999")]
    Start {
        /// What was asked for.
        start: Timestamp,
    },
    /// The folder holds something already.
    #[error("`{path}` is not empty")]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// A file could not be written.
    #[error("cannot write `{path}`")]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Writes an organisation's logs into an empty folder and returns what is true about them.
///
/// # Errors
///
/// When an option is out of range, the folder is not empty, or a file cannot be written.
pub fn simulate(options: &Options, folder: &Path) -> Result<Truth, SimulateError> {
    let (start, end) = span(options)?;
    let scale = Scale::new(options.scale).ok_or(SimulateError::Scale { scale: options.scale })?;
    let organisation = Organisation::found(options.seed);
    let world = World { organisation: &organisation, scale, seed: options.seed };
    let mut writer = Writer::open(folder, &organisation)?;
    let (mut stories, told) = tell_stories(options, &organisation, start);
    let mut told = told.by_hour();
    let mut hour = start.hour_start();
    // Ends: every round moves the hour towards the end of a run that `span` has bounded.
    while hour < end {
        if (hour == start.hour_start()) || hour.hour_of_day() == 0 {
            let today = live_twins(options, &organisation, (start, hour));
            for (hour, traces) in today.by_hour() {
                told.entry(hour).or_default().absorb(traces);
            }
        }
        let mut traces = background::live(world, hour);
        traces.absorb(told.remove(&hour).unwrap_or_default());
        traces.keep_between(start, end);
        writer.write(hour, traces)?;
        hour = hour.plus(HOUR);
    }
    let (sources, lines) = writer.close()?;
    for story in &mut stories {
        for (number, step) in story.steps.iter_mut().enumerate() {
            let mark = Mark { story: story.name, step: number };
            step.lines = lines.get(&mark).cloned().unwrap_or_default();
        }
    }
    let truth = Truth {
        version: 1,
        seed: options.seed,
        from: start.iso(),
        until: end.iso(),
        accounts: ACCOUNTS.map(str::to_owned).to_vec(),
        sources,
        stories,
        twins: options.twins.iter().map(|story| (story.name, story.twin.en)).collect(),
        innocent: truth::INNOCENT.to_vec(),
    };
    writer::write_truth(folder, &truth)?;
    Ok(truth)
}

fn span(options: &Options) -> Result<(Moment, Moment), SimulateError> {
    let days = options.days;
    if days == 0 || limits::DAYS_MAX < days {
        return Err(SimulateError::Days { days });
    }
    let start = Moment(options.start.as_second());
    let end = start.plus(i64::from(days) * DAY);
    // Snapshots and sessions are written with times up to a day later than the last record.
    if start < Moment(0) || Timestamp::from_second(end.plus(DAY).0).is_err() {
        return Err(SimulateError::Start { start: options.start });
    }
    Ok((start, end))
}

fn tell_stories(
    options: &Options,
    organisation: &Organisation,
    start: Moment,
) -> (Vec<StoryTruth>, Traces) {
    let mut truths = Vec::new();
    let mut traces = Traces::default();
    for story in chosen(&options.stories) {
        let (truth, left) = stories::tell(story, organisation, start, i64::from(options.days));
        truths.push(truth);
        traces.absorb(left);
    }
    (truths, traces)
}

/// Lives the day that begins in an hour, in every twin that was chosen.
fn live_twins(
    options: &Options,
    organisation: &Organisation,
    (start, hour): (Moment, Moment),
) -> Traces {
    let day = (hour.day() - start.day(), Moment(hour.day() * DAY));
    let mut traces = Traces::default();
    for story in chosen(&options.twins) {
        traces.absorb(stories::live(story, organisation, day));
    }
    traces
}

/// The chosen stories, each once, in the order of the manual.
fn chosen(stories: &[&Story]) -> impl Iterator<Item = &'static Story> {
    let is_chosen = |story: &&Story| stories.iter().any(|chosen| chosen.name == story.name);
    Story::ALL.iter().copied().filter(is_chosen)
}
