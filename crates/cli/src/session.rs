//! What a command has at hand: the catalogue, a runtime, the time.

use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use haechi_catalog::Catalog;
use haechi_model::{Timestamp, Window};
use tokio::runtime::Runtime;

use crate::args::{Args, Command, WindowArgs};

/// What a command has at hand.
pub struct Session {
    /// What the product knows.
    pub catalog: Catalog,
    /// Where requests run.
    pub runtime: Runtime,
    /// When the command was started.
    pub now: Timestamp,
}

impl Session {
    /// Begins a command.
    pub fn new(args: &Args) -> Result<Self> {
        let catalog = match (&args.command, &args.catalog) {
            (Command::Query(_) | Command::Sql(_), folder) => Catalog::tables(folder.as_deref())?,
            (_, Some(folder)) => Catalog::with_overlay(folder)?,
            (_, None) => Catalog::built_in()?,
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        Ok(Self { catalog, runtime, now: moment() })
    }

    /// Begins another round of a command that goes on.
    pub fn set_now(&mut self) {
        self.now = moment();
    }

    /// Returns a name that no other run has.
    pub fn run_name(&self) -> String {
        format!("{:x}-{:x}", self.now.0, std::process::id())
    }

    /// Reads a window of time.
    pub fn window(&self, args: &WindowArgs) -> Result<Window> {
        let read = |text: &Option<String>| text.as_deref().map(|it| self.moment(it)).transpose();
        Ok(Window { from: read(&args.since)?, until: read(&args.until)? })
    }

    /// Reads a moment: ISO 8601, a day, or a span before now such as `7d` or `90min`.
    fn moment(&self, text: &str) -> Result<Timestamp> {
        if let Ok(moment) = Timestamp::parse(text) {
            return Ok(moment);
        }
        if let Ok(day) = text.parse::<jiff::civil::Date>() {
            let midnight = day.to_zoned(jiff::tz::TimeZone::UTC)?.timestamp();
            return Ok(Timestamp(midnight.as_microsecond()));
        }
        let span: jiff::Span = text.parse().map_err(|_| {
            anyhow!("`{text}` is not a time: use 2024-05-01T12:00Z, 2024-05-01 or 7d")
        })?;
        let hours = jiff::SpanRelativeTo::days_are_24_hours();
        let seconds = span.total((jiff::Unit::Second, hours)).context("the span is too long")?;
        let before = Duration::try_from_secs_f64(seconds).context("the span is too long")?;
        let micros = i64::try_from(before.as_micros()).context("the span is too long")?;
        Ok(Timestamp(self.now.0.saturating_sub(micros)))
    }
}

#[expect(clippy::disallowed_methods, reason = "this is where time enters")]
fn moment() -> Timestamp {
    Timestamp(jiff::Zoned::now().timestamp().as_microsecond())
}
