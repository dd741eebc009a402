//! `haechi lake`: stats, compact, expire.

use anyhow::{Result, anyhow};
use haechi_lake::{compact, expire, repair, stats};
use haechi_model::Timestamp;

use crate::args::{LakeCommand, SummaryFormat};
use crate::lake::open;
use crate::session::Session;
use haechi_output as output;

use crate::summary;

pub fn run(session: &Session, args: &LakeCommand) -> Result<()> {
    match args {
        LakeCommand::Stats { lake, repair: with_repair, now, format } => {
            let lake = open(session, lake)?;
            let stats = session.runtime.block_on(stats(&lake, session.now))?;
            match format {
                SummaryFormat::Json => output::json(&serde_json::to_value(&stats)?)?,
                SummaryFormat::Table => output::text(&summary::stats(&stats))?,
            }
            if *with_repair {
                let gone = session.runtime.block_on(repair(&lake, session.now, *now))?;
                crate::talk::note(&format!(
                    "deleted {} files that belonged to no commit",
                    gone.len()
                ));
            }
        }
        LakeCommand::Compact { lake } => {
            let mut lake = open(session, lake)?;
            let run = session.run_name();
            let done = session.runtime.block_on(compact(&mut lake, &run, session.now))?;
            output::text(&format!(
                "merged {} files into {}: {} → {}\n",
                done.merged,
                done.written,
                summary::bytes(done.bytes_before),
                summary::bytes(done.bytes_after)
            ))?;
        }
        LakeCommand::Expire { lake, keep_days, before } => {
            let first_day = first_day(session, *keep_days, before.as_deref())?;
            let mut lake = open(session, lake)?;
            let done = session.runtime.block_on(expire(&mut lake, &first_day, session.now))?;
            output::text(&format!(
                "removed {} records of days before {first_day} ({} files)\n",
                done.rows, done.files
            ))?;
        }
    }
    Ok(())
}

/// Returns the first day that is kept.
fn first_day(session: &Session, keep_days: Option<u32>, before: Option<&str>) -> Result<String> {
    if let Some(day) = before {
        let valid = day.parse::<jiff::civil::Date>();
        return Ok(valid.map_err(|_| anyhow!("`{day}` is not a day: use YYYY-MM-DD"))?.to_string());
    }
    let days = i64::from(keep_days.unwrap_or_default());
    let first = Timestamp(session.now.0.saturating_sub(days * 86_400_000_000));
    first.date().ok_or_else(|| anyhow!("so many days ago there was no calendar"))
}
