//! `haechi query`: a query of Logs Insights over a lake, or over files as they lie.

mod read;

use std::io::Read;

use anyhow::{Result, anyhow};
use haechi_engine::Stop;
use haechi_query::ast::{Command, Query as Tree, Stage};
use haechi_query::diagnostic::Diagnostic;
use haechi_query::sql::{self, Dress, Group, Request, Sql};
use haechi_query::{check, parse};

use crate::args::{Query, WindowArgs};
use crate::groups::{Logs, of_files, of_lake};
use crate::session::Session;
use crate::{tables, talk};
use haechi_output::{self as output, Format};

/// How many rows an answer has at most without `limit`, as in AWS.
const ROWS_MAX: u64 = 10_000;

pub fn run(session: &Session, args: &Query) -> Result<()> {
    let (text, files) = args.asked()?;
    let text = read_text(text)?;
    let query = checked(&text, args)?;
    if args.instead.check {
        return Ok(());
    }
    let mut logs = match files {
        [] => of_lake(session, &args.lake)?,
        files => of_files(session, files, &window_of_files(&query, args), &args.lake)?,
    };
    logs.add_lookups(&args.table)?;
    tables::tell(session, &logs.engine, &args.places.places, &text)?;
    session.runtime.block_on(async {
        if !args.group.is_empty() || text.to_ascii_lowercase().contains("source") {
            logs.add_message_groups().await?;
        }
        let groups = match args.group.as_slice() {
            [] => logs.groups.clone(),
            names => logs.named(names)?,
        };
        let sql = lowered(session, args, &text, (&query, &logs, &groups))?;
        if args.instead.explain {
            return output::text(&format!("{}\n", sql.text));
        }
        let n_matched = answer(&logs, &sql, args).await?;
        if n_matched == 0 {
            for warning in sql::misspelt(&query, &groups) {
                talk::note(warning.render(&text).trim_end());
            }
        }
        Ok(())
    })
}

/// Returns the window of the files to read: a query that compares two windows needs earlier ones.
fn window_of_files(query: &Tree, args: &Query) -> WindowArgs {
    let compares = |it: &Stage| matches!(it.command, Command::Diff(_) | Command::LogCompare(_));
    if query.stages.iter().any(compares) {
        return WindowArgs { since: None, until: args.window.until.clone() };
    }
    args.window.clone()
}

/// Prints the answer, and what was read for it; returns how many records matched.
async fn answer(logs: &Logs, sql: &Sql, args: &Query) -> Result<usize> {
    let stop = logs.engine.stop();
    let (answer, figures) = logs.engine.query_counted(&sql.text).await?;
    stop_on_interrupt(&stop);
    output::answer(answer, format(args), args.wide).await?;
    read::say(&figures.read(), logs.files.as_ref());
    if stop.is_set() {
        talk::note("stopped: this is the answer of what had been read by then");
    }
    Ok(figures.read().rows_matched)
}

fn format(args: &Query) -> Format {
    if args.plot { Format::Plot } else { args.format }
}

/// Makes the first Ctrl-C end the query with the rows that it has, and the second end everything.
fn stop_on_interrupt(stop: &Stop) {
    let stop = stop.clone();
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            if stop.is_set() {
                std::process::abort();
            }
            stop.now();
        }
    });
}

fn read_text(text: &str) -> Result<String> {
    let mut text = text.to_owned();
    if text == "-" {
        text.clear();
        std::io::stdin().read_to_string(&mut text)?;
    }
    Ok(text)
}

/// Reads and checks the query; says what is odd about it.
fn checked(text: &str, args: &Query) -> Result<Tree> {
    let query = parse(text).map_err(|error| shown(&error, text))?;
    let options = check::Options { compat: args.compat };
    let diagnostics = check::check(text, &query, &options);
    let (errors, warnings): (Vec<_>, Vec<_>) = diagnostics.iter().partition(|it| it.is_error());
    for warning in warnings {
        talk::note(warning.render(text).trim_end());
    }
    match errors.as_slice() {
        [] => Ok(query),
        errors => {
            let all: Vec<String> = errors.iter().map(|error| rendered(error, text)).collect();
            Err(anyhow!("{}", all.join("\n")))
        }
    }
}

fn lowered(
    session: &Session,
    args: &Query,
    text: &str,
    (query, logs, groups): (&Tree, &Logs, &[Group]),
) -> Result<Sql> {
    let window = session.window(&args.window)?;
    let request = Request {
        groups,
        is_named: !args.group.is_empty(),
        lookups: &logs.lookups,
        from: window.from.map(|it| it.0),
        until: window.until.map(|it| it.0),
        now: session.now.0,
        rows_max: ROWS_MAX,
        dress: match format(args) {
            Format::Json | Format::Jsonl | Format::Plot => Dress::Numbers,
            Format::Parquet => Dress::Typed,
            _ => Dress::Shown,
        },
        compat: args.compat,
    };
    if groups.is_empty() {
        return Err(read::nothing(logs.files.as_ref()));
    }
    sql::lower(query, &request).map_err(|error| shown(&error, text))
}

fn shown(error: &Diagnostic, text: &str) -> anyhow::Error {
    anyhow!("{}", rendered(error, text))
}

/// Returns the diagnostic without the word that the error begins with anyway.
fn rendered(error: &Diagnostic, text: &str) -> String {
    let rendered = error.render(text);
    let rendered = rendered.trim_end();
    rendered.strip_prefix("error: ").unwrap_or(rendered).to_owned()
}
