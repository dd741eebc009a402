//! `haechi filter-pattern`: which messages a pattern matches, as `TestMetricFilter` tells.

mod lines;
mod matches;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use anyhow::Result;
use futures::executor::block_on;
use futures::stream;
use haechi_query::Answer;
use haechi_query::filter_pattern::{Dialect, FilterPattern};
use haechi_sources::{DiscoverOptions, discover};

use self::lines::Lines;
use self::matches::Matches;
use crate::args::FilterPatternCommand;
use crate::lake::s3_options;
use crate::session::Session;
use crate::talk;
use haechi_output as output;

pub fn run(session: &Session, command: &FilterPatternCommand) -> Result<ExitCode> {
    let FilterPatternCommand::Test { pattern, paths, compat, format, wide } = command;
    let Some(compiled) = compiled(pattern, *compat) else {
        return Ok(ExitCode::from(2));
    };
    let options = DiscoverOptions {
        runtime: session.runtime.handle().clone(),
        s3: s3_options()?,
        window: haechi_model::Window::default(),
    };
    let mut matches = Matches::of(compiled, Lines::of(discover(paths, &options)?));
    let counts = Arc::clone(&matches.counts);
    let batches = Box::pin(stream::iter(std::iter::from_fn(move || matches.next())));
    let answer = Answer { schema: matches::schema(), batches };
    // Not on the session's runtime: reading from S3 blocks on it.
    block_on(output::answer(answer, *format, *wide))?;
    let count = |number: &std::sync::atomic::AtomicU64| number.load(Ordering::Relaxed);
    talk::note(&format!("{} of {} lines match", count(&counts.matched), count(&counts.read)));
    Ok(ExitCode::SUCCESS)
}

/// Compiles a pattern and tells what is odd about it; nothing when it is none, which is told too.
pub fn compiled(pattern: &str, compat: bool) -> Option<FilterPattern> {
    let dialect = if compat { Dialect::Aws } else { Dialect::Open };
    match FilterPattern::compile(pattern, dialect) {
        Ok(compiled) => {
            for warning in compiled.warnings() {
                talk::note(warning.render(pattern).trim_end());
            }
            Some(compiled)
        }
        Err(error) => {
            talk::note(error.render(pattern).trim_end());
            None
        }
    }
}
