//! Findings of before that rest on what is trusted now.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use haechi_catalog::Source;
use haechi_detect::{Filter, FindingStore, Lists, StoredFinding, source_of};
use haechi_engine::Embedded;
use haechi_model::{Finding, FindingId};

use crate::details::{RECORDS_PER_QUERY, days_of_all, query, records};
use crate::knowledge::Known;
use crate::session::Session;

/// Puts the findings of before right after all of the lake has been searched by the trusted lists
/// as they are now: `found` is what that has found. Returns how many were archived.
///
/// What is found all the same is open again, and what is not found any more, and has a trusted
/// record, is archived. The findings of rules, which may not have been run, are archived when all
/// of their records are trusted.
pub fn retract(
    session: &Session,
    engine: &Embedded,
    known: &Known,
    found: &[Finding],
    store: &mut FindingStore,
) -> Result<u64> {
    let again: Vec<FindingId> = found.iter().map(|finding| finding.id.clone()).collect();
    store.restore(&again)?;
    if !known.lists.has_trusted() {
        return Ok(0);
    }
    let again: BTreeSet<&FindingId> = again.iter().collect();
    let mut open = store.list(Filter { archived: Some(false), ..Filter::default() })?;
    open.retain(|stored| !stored.is_sample && !again.contains(&stored.finding.id));
    let trusted =
        session.runtime.block_on(trusted_records(session, engine, &known.lists, &open))?;
    let rests_on_trust = |stored: &&StoredFinding| {
        let finding = &stored.finding;
        let n_trusted = finding.records.iter().filter(|id| trusted.contains(*id)).count();
        let is_page = session.catalog.detections.contains_key(&finding.page);
        let n_enough = if is_page { 1 } else { finding.records.len().max(1) };
        n_enough <= n_trusted
    };
    let ids: Vec<FindingId> =
        open.iter().filter(rests_on_trust).map(|stored| stored.finding.id.clone()).collect();
    Ok(store.retract(&ids)?)
}

/// Returns those of the findings' records that have a trusted address or domain.
async fn trusted_records(
    session: &Session,
    engine: &Embedded,
    lists: &Lists,
    findings: &[StoredFinding],
) -> Result<BTreeSet<String>> {
    let mut by_source: BTreeMap<&str, Vec<(&Finding, &str)>> = BTreeMap::new();
    for StoredFinding { finding, .. } in findings {
        let Some(source) = source_of(finding) else { continue };
        let ids = finding.records.iter().map(|id| (finding, id.as_str()));
        by_source.entry(source).or_default().extend(ids);
    }
    let mut trusted = BTreeSet::new();
    for (name, asked) in by_source {
        let Some(source) = session.catalog.sources.get(name) else { continue };
        let Some(columns) = columns_of(source) else { continue };
        for some in asked.chunks(RECORDS_PER_QUERY) {
            let ids: Vec<&str> = some.iter().map(|(_, id)| *id).collect();
            let days = days_of_all(some.iter().map(|(finding, _)| *finding));
            let sql = query(name, &columns, &ids, &days);
            for (id, row) in records(engine, &sql).await? {
                let values = row.as_object().into_iter().flat_map(|row| row.values());
                if values.filter_map(|value| value.as_str()).any(|text| lists.trusts(text)) {
                    trusted.insert(id);
                }
            }
        }
    }
    Ok(trusted)
}

/// Returns the columns with a record's name, its addresses and its domains; nothing where there
/// are none.
fn columns_of(source: &Source) -> Option<String> {
    let id = match source.name.as_str() {
        "cloudtrail" => "\"eventID\" as haechi_id",
        _ => "file || ':' || cast(position as varchar) as haechi_id",
    };
    let ends: Vec<String> = source.ends().map(|it| format!("\"{}\"", it.name)).collect();
    (!ends.is_empty()).then(|| format!("{id}, {}", ends.join(", ")))
}
