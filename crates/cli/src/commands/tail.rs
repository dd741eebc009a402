//! `haechi tail`: new lines of files and folders as they come, filtered by a pattern.

mod follow;

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use haechi_output::printable_lines;
use haechi_query::filter_pattern::FilterPattern;
use serde_json::json;

use self::follow::Followed;
use super::filter_pattern::compiled;
use crate::args::{Tail, TailFormat};
use crate::talk;

/// How long to wait before looking again: short enough to feel live, long enough to cost nothing.
const PAUSE: Duration = Duration::from_millis(200);

pub fn run(args: &Tail) -> Result<ExitCode> {
    let Some(pattern) = compiled(&args.filter, args.compat) else {
        return Ok(ExitCode::from(2));
    };
    let mut followed = Followed::of(&args.paths, args.from_start)?;
    let mut printer = Printer { pattern, format: args.format, file: String::new() };
    // Ends with the process, or when nobody reads any more.
    loop {
        let mut written = Ok(());
        followed.look(&mut |file, line| {
            written = printer.print(file, line);
            written.is_ok()
        });
        match written.and_then(|()| io::stdout().flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                return Ok(ExitCode::SUCCESS);
            }
            other => other?,
        }
        if args.once {
            return Ok(ExitCode::SUCCESS);
        }
        std::thread::sleep(PAUSE);
    }
}

/// Prints lines that match.
struct Printer {
    pattern: FilterPattern,
    format: TailFormat,
    /// The file whose lines came last.
    file: String,
}

impl Printer {
    fn print(&mut self, file: &str, line: &str) -> io::Result<()> {
        let Some(extracted) = self.pattern.extract(line) else { return Ok(()) };
        let mut out = io::stdout().lock();
        match self.format {
            TailFormat::Text => {
                if self.file != file {
                    talk::note(&format!("==> {file} <=="));
                    file.clone_into(&mut self.file);
                }
                writeln!(out, "{}", printable_lines(line))
            }
            TailFormat::Jsonl => {
                let event = json!({ "file": file, "message": line, "extractedValues": extracted });
                writeln!(out, "{event}")
            }
        }
    }
}
