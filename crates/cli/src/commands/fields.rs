//! `haechi fields`: the fields of a log group, and how many percent of its events have each.

use anyhow::Result;
use haechi_query::Engine;
use haechi_query::sql::fields;

use crate::args::Fields;
use crate::groups::of_lake;
use crate::session::Session;
use haechi_output as output;

/// How many of the newest events are looked at: a sample, as AWS takes one.
const EVENTS_MAX: u64 = 10_000;

pub fn run(session: &Session, args: &Fields) -> Result<()> {
    let mut logs = of_lake(session, &args.lake)?;
    let window = session.window(&args.window)?;
    let (from, until) = (window.from.map(|it| it.0), window.until.map(|it| it.0));
    session.runtime.block_on(async {
        logs.add_message_groups().await?;
        let groups = logs.named(std::slice::from_ref(&args.group))?;
        for group in &groups {
            let sql = fields(group, from, until, EVENTS_MAX);
            let answer = logs.engine.query(&sql).await?;
            output::answer(answer, args.format, true).await?;
        }
        Ok(())
    })
}
