//! `haechi findings`: what was found, and what people make of it.

mod samples;

use anyhow::{Context, Result};
use haechi_detect::{Criteria, Feedback, Filter, StoredFinding, asff, guardduty, ocsf};
use haechi_model::FindingId;
use haechi_output as output;
use serde_json::{Value, json};

use crate::args::{Choice, Findings, Form, Ids, Opinion, SummaryFormat};
use crate::lake::{findings, location, open};
use crate::session::Session;
use crate::summary;

pub fn run(session: &Session, args: &Findings) -> Result<()> {
    match args {
        Findings::List { choice, format } => {
            let found = chosen(session, choice)?;
            match format {
                SummaryFormat::Json => output::json(&serde_json::to_value(&found)?),
                SummaryFormat::Table => {
                    let findings: Vec<_> = found.iter().map(|it| &it.finding).collect();
                    output::text(&summary::findings(&findings, usize::MAX))
                }
            }
        }
        Findings::Show { id, lake, records, format } => {
            open(session, lake)?;
            let store = findings(&location(lake)?)?;
            let mut found = store.get(id)?;
            let all = store.records(&found.finding)?;
            match format {
                SummaryFormat::Json => {
                    found.finding.records = all;
                    output::json(&serde_json::to_value(&found)?)
                }
                SummaryFormat::Table if *records => output::text(&(all.join("\n") + "\n")),
                SummaryFormat::Table => output::text(&summary::finding(&found, &session.catalog)),
            }
        }
        Findings::Archive(ids) => set_archived(session, ids, true),
        Findings::Unarchive(ids) => set_archived(session, ids, false),
        Findings::Feedback { ids, feedback, comments } => {
            let feedback = match feedback {
                Opinion::Useful => Feedback::Useful,
                Opinion::NotUseful => Feedback::NotUseful,
            };
            let named = named(session, ids)?;
            findings(&location(&ids.lake)?)?.set_feedback(&named, feedback, comments)?;
            Ok(())
        }
        Findings::Export { choice, form } => export(&chosen(session, choice)?, *form),
        Findings::CreateSamples { types, lake } => samples::create(session, types, lake),
    }
}

/// Reads criteria, given as JSON or as the name of a file that has them.
pub fn criteria(text: &str) -> Result<(Criteria, String)> {
    if text.trim_start().starts_with('{') {
        let criteria = Criteria::read(text).context("the criteria cannot be used")?;
        return Ok((criteria, text.to_owned()));
    }
    let path = text.strip_prefix("file://").unwrap_or(text);
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read `{path}`"))?;
    let criteria = Criteria::read(&text).with_context(|| format!("`{path}` cannot be used"))?;
    Ok((criteria, text))
}

/// Returns the findings that the options choose.
fn chosen(session: &Session, choice: &Choice) -> Result<Vec<StoredFinding>> {
    open(session, &choice.lake)?;
    let mut wanted = match &choice.criteria {
        Some(text) => criteria(text)?.0,
        None => Criteria::default(),
    };
    if let Some(account) = &choice.account {
        wanted.require("accountId", account);
    }
    for (attribute, pattern) in [("type", &choice.kind), ("haechi.subject", &choice.subject)] {
        if let Some(pattern) = pattern {
            wanted.require_match(attribute, pattern);
        }
    }
    let filter = Filter { band_min: choice.severity, archived: Some(choice.archived) };
    let mut found = findings(&location(&choice.lake)?)?.list(filter)?;
    found.retain(|stored| wanted.fit(&guardduty(stored)));
    Ok(found)
}

fn export(found: &[StoredFinding], form: Form) -> Result<()> {
    match form {
        Form::Guardduty => {
            let all: Vec<Value> = found.iter().map(guardduty).collect();
            output::json(&json!({"Findings": all}))
        }
        Form::Asff => output::json(&found.iter().map(asff).collect()),
        Form::Ocsf => output::stream(|out| {
            for stored in found {
                // JSON escapes what would steer a terminal but for the marks above U+007F.
                writeln!(out, "{}", output::printable_lines(&ocsf(stored).to_string()))?;
            }
            Ok(())
        }),
    }
}

fn set_archived(session: &Session, ids: &Ids, archived: bool) -> Result<()> {
    let named = named(session, ids)?;
    findings(&location(&ids.lake)?)?.set_archived(&named, archived)?;
    Ok(())
}

/// Returns the full ids; nothing is changed when one of them is unknown.
fn named(session: &Session, ids: &Ids) -> Result<Vec<FindingId>> {
    open(session, &ids.lake)?;
    let store = findings(&location(&ids.lake)?)?;
    ids.ids.iter().map(|id| Ok(store.get(id)?.finding.id)).collect()
}
