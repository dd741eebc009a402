//! `haechi filters`: questions about findings that are kept, and suppression rules.

use std::fmt::Write;

use anyhow::Result;
use haechi_detect::{FilterAction, SavedFilter};
use haechi_output as output;

use super::findings::criteria;
use crate::args::{Action, FilterArgs, Filters, LakeArgs, SummaryFormat};
use crate::lake::{findings, location, open};
use crate::session::Session;

pub fn run(session: &Session, args: &Filters) -> Result<()> {
    match args {
        Filters::Create(args) => put(session, args, false),
        Filters::Update(args) => put(session, args, true),
        Filters::List { lake, format } => list(session, lake, *format),
        Filters::Delete { name, lake } => {
            open(session, lake)?;
            Ok(findings(&location(lake)?)?.delete_filter(name)?)
        }
    }
}

fn put(session: &Session, args: &FilterArgs, is_update: bool) -> Result<()> {
    open(session, &args.lake)?;
    let (_, criteria) = criteria(&args.finding_criteria)?;
    let action = match args.action {
        Action::Noop => FilterAction::Noop,
        Action::Archive => FilterAction::Archive,
    };
    let filter = SavedFilter {
        name: args.name.clone(),
        action,
        rank: args.rank,
        description: args.description.clone(),
        criteria,
        archived: 0,
    };
    let mut store = findings(&location(&args.lake)?)?;
    store.put_filter(&filter, is_update)?;
    if args.existing {
        let n_archived = store.suppress(None)?;
        output::text(&format!("{n_archived} findings archived\n"))?;
    }
    Ok(())
}

fn list(session: &Session, lake: &LakeArgs, format: SummaryFormat) -> Result<()> {
    open(session, lake)?;
    let filters = findings(&location(lake)?)?.filters()?;
    if format == SummaryFormat::Json {
        return output::json(&serde_json::to_value(&filters)?);
    }
    let mut text = String::new();
    for filter in &filters {
        let SavedFilter { name, rank, description, criteria, archived, .. } = filter;
        let action = filter.action.name();
        writeln!(text, "{rank:>3}  {action:<7}  {name}  {archived} archived  {description}")?;
        writeln!(text, "              {}", criteria.trim())?;
    }
    if filters.is_empty() {
        text.push_str("no filters\n");
    }
    output::text(&text)
}
