//! `haechi detect explain`: why a finding was raised, as it can be checked.

use std::fmt::Write;

use anyhow::Result;
use haechi_detect::source_of;
use haechi_model::Finding;
use haechi_output::{self as output, Format};
use haechi_query::Engine;

use crate::args::LakeArgs;
use crate::lake::{engine, findings, location, open};
use crate::session::Session;

/// LIMIT: how many records an explanation shows; the evidence gives the others.
const RECORDS_SHOWN: usize = 20;

/// What is shown of a source's records; of the others, the records themselves.
const COLUMNS: &[(&str, &str)] = &[
    (
        "cloudtrail",
        "time, \"eventSource\", \"eventName\", \"errorCode\", \"userIdentity_arn\", \
         \"sourceIPAddress\", \"userAgent\"",
    ),
    ("vpc_flow", "time, srcaddr, srcport, dstaddr, dstport, protocol, packets, bytes, action"),
    ("route53_resolver", "time, srcaddr, query_name, query_type, rcode"),
];

pub fn run(session: &Session, id: &str, lake: &LakeArgs) -> Result<()> {
    let opened = open(session, lake)?;
    let finding = findings(&location(lake)?)?.get(id)?.finding;
    output::text(&words(session, &finding)?)?;
    let engine = engine(&opened, &session.catalog, lake)?;
    let evidence = &finding.evidence;
    let source = source_of(&finding).unwrap_or_default();
    let columns = COLUMNS.iter().find(|(name, _)| *name == source);
    let columns = columns.map_or("time, record", |(_, columns)| columns);
    let by_day = format!(
        "select date, count(*) as records, min(time) as first, max(time) as last \
         from ({evidence}) group by date order by date"
    );
    let first = format!("select {columns} from ({evidence}) order by time limit {RECORDS_SHOWN}");
    session.runtime.block_on(async {
        output::text("\nby day\n")?;
        output::answer(engine.query(&by_day).await?, Format::Table, false).await?;
        output::text("\nfirst records\n")?;
        output::answer(engine.query(&first).await?, Format::Table, false).await
    })?;
    Ok(())
}

/// Returns what the page says and what it looked for.
fn words(session: &Session, finding: &Finding) -> Result<String> {
    let mut text = String::new();
    writeln!(text, "{}\n\nwhy\n  {}", finding.title, finding.why.en)?;
    match session.catalog.detections.get(&finding.page) {
        Some(page) => {
            writeln!(text, "\nwhat it means\n  {}", page.page.about.replace('\n', "\n  "))?;
            writeln!(text, "\nlooked for: page {}, kind {}", finding.page, page.kind)?;
            for (name, value) in &page.settings {
                writeln!(text, "  {name} = {value}")?;
            }
            writeln!(text, "  one finding for each {}", page.subject)?;
        }
        None => writeln!(text, "\nthe page `{}` is not in the catalogue", finding.page)?,
    }
    writeln!(text, "\nabout {}: {} records", finding.subject, finding.count)?;
    Ok(text)
}
