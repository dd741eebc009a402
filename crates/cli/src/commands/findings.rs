//! `haechi findings`: what was found.

use anyhow::Result;
use haechi_detect::Filter;

use crate::args::{Findings, SummaryFormat};
use crate::lake::{findings, location, open};
use crate::session::Session;
use haechi_output as output;

use crate::summary;

pub fn run(session: &Session, args: &Findings) -> Result<()> {
    match args {
        Findings::List { lake, severity, format } => {
            open(session, lake)?;
            let filter = Filter { band_min: *severity, archived: Some(false) };
            let found = findings(&location(lake)?)?.list(filter)?;
            match format {
                SummaryFormat::Json => output::json(&serde_json::to_value(&found)?),
                SummaryFormat::Table => {
                    let findings: Vec<_> = found.iter().map(|it| &it.finding).collect();
                    output::text(&summary::findings(&findings, usize::MAX))
                }
            }
        }
        Findings::Show { id, lake, format } => {
            open(session, lake)?;
            let found = findings(&location(lake)?)?.get(id)?;
            match format {
                SummaryFormat::Json => output::json(&serde_json::to_value(&found)?),
                SummaryFormat::Table => {
                    output::text(&summary::finding(&found.finding, &session.catalog))
                }
            }
        }
    }
}
