//! `haechi tail`: new lines of files and folders, or new records of a lake, as they come, filtered
//! by a pattern.

mod arriving;
mod follow;
mod packed;

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use haechi_output::printable_lines;
use haechi_query::filter_pattern::FilterPattern;
use serde_json::json;

use self::arriving::Arriving;
use self::follow::{Followed, Take};
use super::filter_pattern::compiled;
use crate::args::{Tail, TailFormat};
use crate::session::Session;
use crate::talk;

/// How long to wait before looking again: short enough to feel live, long enough to cost nothing.
const PAUSE: Duration = Duration::from_millis(200);

/// The same for a lake, whose log may have to be asked for over the network.
const PAUSE_OF_LAKE: Duration = Duration::from_secs(1);

/// What is followed.
enum Source<'s> {
    Files(Followed),
    Lake(Box<Arriving<'s>>),
}

impl Source<'_> {
    fn look(&mut self, take: Take<'_>) -> Result<()> {
        match self {
            Self::Files(files) => {
                files.look(take);
                Ok(())
            }
            Self::Lake(lake) => lake.look(take),
        }
    }
}

pub fn run(session: &Session, args: &Tail) -> Result<ExitCode> {
    let Some(pattern) = compiled(&args.filter, args.compat) else {
        return Ok(ExitCode::from(2));
    };
    let (mut followed, kind, pause) = if args.group.is_empty() {
        (
            Source::Files(Followed::of(&args.paths, args.from_start, &session.catalog)?),
            "file",
            PAUSE,
        )
    } else {
        (Source::Lake(Box::new(Arriving::of(session, args)?)), "group", PAUSE_OF_LAKE)
    };
    let mut printer = Printer { pattern, format: args.format, kind, last: String::new() };
    // Ends with the process, or when nobody reads any more.
    loop {
        let mut written = Ok(());
        followed.look(&mut |name, line| {
            written = printer.print(name, line);
            written.is_ok()
        })?;
        match written.and_then(|()| io::stdout().flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                return Ok(ExitCode::SUCCESS);
            }
            other => other?,
        }
        if args.once {
            return Ok(ExitCode::SUCCESS);
        }
        std::thread::sleep(pause);
    }
}

/// Prints lines that match.
struct Printer {
    pattern: FilterPattern,
    format: TailFormat,
    /// What lines come from: files, or log groups.
    kind: &'static str,
    /// The one whose lines came last.
    last: String,
}

impl Printer {
    fn print(&mut self, name: &str, line: &str) -> io::Result<()> {
        let Some(extracted) = self.pattern.extract(line) else { return Ok(()) };
        let mut out = io::stdout().lock();
        match self.format {
            TailFormat::Text => {
                if self.last != name {
                    talk::note(&format!("==> {name} <=="));
                    name.clone_into(&mut self.last);
                }
                writeln!(out, "{}", printable_lines(line))
            }
            TailFormat::Jsonl => {
                let event =
                    json!({ self.kind: name, "message": line, "extractedValues": extracted });
                writeln!(out, "{event}")
            }
        }
    }
}
