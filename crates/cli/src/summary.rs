//! What a scan says to a person.

use std::collections::BTreeMap;
use std::fmt::Write;

use haechi_catalog::Catalog;
use haechi_detect::{BY_TRUSTED_LIST, StoredFinding};
use haechi_lake::{Ingested, Stats};
use haechi_model::{Band, Finding, Timestamp};
use serde_json::Value;

use crate::args::LakeArgs;
use crate::overview::Overview;

/// How many findings and principals a summary names.
const NAMED: usize = 10;

/// Returns the whole summary.
pub fn of(
    ingested: &Ingested,
    overview: &Overview,
    found: &[Finding],
    elapsed_seconds: f64,
    lake: &LakeArgs,
) -> String {
    let mut text = reading(ingested);
    text.push('\n');
    sources(&mut text, overview);
    let worst: Vec<&Finding> = found.iter().collect();
    text.push('\n');
    text.push_str(&findings(&worst, NAMED));
    principals(&mut text, overview);
    next(&mut text, found, lake, overview);
    line(&mut text, &format!("\n{elapsed_seconds:.1} s"));
    text
}

/// Returns what was read.
pub fn reading(ingested: &Ingested) -> String {
    let mut text = String::new();
    line(
        &mut text,
        &format!(
            "read      {} records in {} files ({} stored, {} as text)",
            number(ingested.read),
            number(ingested.files),
            bytes(ingested.bytes_stored),
            bytes(ingested.bytes)
        ),
    );
    line(
        &mut text,
        &format!(
            "accepted  {}   duplicate {}   rejected {}",
            number(ingested.accepted),
            number(ingested.duplicate),
            number(ingested.rejected)
        ),
    );
    named(&mut text, "skipped", &ingested.skipped);
    named(&mut text, "unreadable", &ingested.unreadable);
    text
}

/// Writes how many objects were passed over, by reason.
fn named(text: &mut String, what: &str, objects: &[(String, String)]) {
    let mut reasons: BTreeMap<&str, (u64, &str)> = BTreeMap::new();
    for (name, reason) in objects {
        reasons.entry(reason).or_insert((0, name)).0 += 1;
    }
    for (reason, (n, example)) in reasons {
        line(text, &format!("{what:<9} {} files: {reason} (such as {example})", number(n)));
    }
}

fn sources(text: &mut String, overview: &Overview) {
    for source in &overview.sources {
        let span = match (source.first_seen, source.last_seen) {
            (Some(first), Some(last)) => format!("{} … {}", minute(first), minute(last)),
            _ => "no times".to_owned(),
        };
        line(
            text,
            &format!(
                "{:<18} {:>12} records  {} accounts  {} Regions  {span}  {}",
                source.source,
                number(source.records),
                source.accounts.len(),
                source.regions.len(),
                source.sparkline()
            ),
        );
        if 0 < source.days_without_records {
            let days = source.days_without_records;
            line(text, &format!("{:<18} gap: {days} days without a record", ""));
        }
        if 0 < source.lost {
            let lost = number(source.lost);
            line(text, &format!("{:<18} gap: {lost} SKIPDATA records: traffic was not logged", ""));
        }
    }
    for (reason, n) in &overview.rejects {
        line(text, &format!("rejected {}: {reason}", number(*n)));
    }
}

/// Returns a list of findings, worst first.
pub fn findings(found: &[&Finding], most: usize) -> String {
    let mut text = String::new();
    if found.is_empty() {
        line(&mut text, "no findings");
        return text;
    }
    let count = |band: Band| found.iter().filter(|it| it.severity.band() == band).count();
    let bands = Band::WORST_FIRST.map(|band| format!("{} {band}", count(band)));
    line(&mut text, &format!("findings  {}", bands.join(" · ")));
    for finding in found.iter().take(most) {
        let id: String = finding.id.0.chars().take(8).collect();
        line(
            &mut text,
            &format!(
                "  {:<8} {:>4.1}  {id}  {}",
                finding.severity.band(),
                finding.severity.value(),
                finding.title
            ),
        );
        line(&mut text, &format!("  {:<8} {:>4}  {:8}  {}", "", "", "", finding.why.en));
    }
    if most < found.len() {
        line(&mut text, &format!("  and {} more: haechi findings list", found.len() - most));
    }
    text
}

/// Returns one finding in full.
pub fn finding(stored: &StoredFinding, catalog: &Catalog) -> String {
    let finding = &stored.finding;
    let mut text = String::new();
    let page = catalog.detections.get(&finding.page);
    line(&mut text, &finding.title);
    line(&mut text, &format!("{}\n", finding.title_ko));
    let severity = format!("{:.1} {}", finding.severity.value(), finding.severity.band());
    let seen = format!("{} … {}", minute(finding.first_seen), minute(finding.last_seen));
    let facts = [
        ("id", finding.id.0.clone()),
        ("type", finding.kind.clone()),
        ("severity", severity),
        ("subject", finding.subject.clone()),
        ("account", finding.account.clone().unwrap_or_default()),
        ("Region", finding.region.clone().unwrap_or_default()),
        ("seen", seen),
        ("count", number(finding.count)),
        ("techniques", finding.techniques.join(", ")),
    ];
    for (name, value) in facts {
        line(&mut text, &format!("{name:<11} {value}"));
    }
    for (name, value) in actor(&stored.details) {
        line(&mut text, &format!("{name:<11} {value}"));
    }
    line(&mut text, &format!("\nwhy\n  {}\n  {}", finding.why.en, finding.why.ko));
    if let Some(page) = page {
        line(&mut text, &format!("\nwhat it means\n  {}", page.page.about.replace('\n', "\n  ")));
        let respond = page.page.prose.iter().find(|(heading, _)| heading == "Respond");
        if let Some((_, prose)) = respond {
            line(&mut text, &format!("\nrespond\n  {}", prose.replace('\n', "\n  ")));
        }
    }
    opinions(&mut text, stored);
    line(&mut text, "\nevidence");
    for evidence in stored.earlier_evidence.iter().chain([&finding.evidence]) {
        // It holds values out of logs: only single quotes keep a shell from running them.
        line(&mut text, &format!("  haechi sql '{}'", evidence.replace('\'', "'\\''")));
    }
    line(&mut text, &format!("\nrecords\n  {}", finding.records.join("\n  ")));
    let n_more = finding.count.saturating_sub(finding.records.len() as u64);
    if 0 < n_more {
        let id = &finding.id;
        line(
            &mut text,
            &format!("  and {} more: haechi findings show {id} --records", number(n_more)),
        );
    }
    text
}

/// Returns what is known of whoever was at the other end, by the newest record.
fn actor(details: &Value) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    let text = |path: &str| details.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let joined = |parts: &[&str]| {
        parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ")
    };
    for action in ["awsApiCallAction", "networkConnectionAction"] {
        let remote = |rest: &str| text(&format!("/action/{action}/remoteIpDetails/{rest}"));
        let address = joined(&[remote("ipAddressV4"), remote("ipAddressV6")]);
        let country = remote("country/countryCode");
        let asn = remote("organization/asn");
        let asn = if asn.is_empty() { String::new() } else { format!("AS{asn}") };
        let network = joined(&[&asn, remote("organization/asnOrg")]);
        facts.push(("from", address));
        facts.push(("country", country.to_owned()));
        facts.push(("network", network));
    }
    facts.push(("AWS", joined(&[text("/aws/service"), text("/aws/region")])));
    let kind = text("/client/kind").replace('_', " ");
    let kind = if kind.is_empty() { kind } else { format!("({kind})") };
    let system = text("/client/system");
    let system = if system.is_empty() { String::new() } else { format!("on {system}") };
    facts.push(("client", joined(&[text("/client/family"), &kind, &system])));
    facts.retain(|(_, value)| !value.is_empty());
    facts
}

/// Writes what people and rules have made of a finding.
fn opinions(text: &mut String, stored: &StoredFinding) {
    if stored.suppressed_by.as_deref() == Some(BY_TRUSTED_LIST) {
        line(text, "\narchived: it rests on what stands on a trusted list");
    } else if let Some(name) = &stored.suppressed_by {
        line(text, &format!("\narchived by the filter {name}"));
    } else if stored.archived {
        line(text, "\narchived");
    }
    if let Some(feedback) = stored.feedback {
        let comments = stored.comments.as_deref().unwrap_or_default();
        line(text, &format!("\nfeedback {} {comments}", feedback.name()));
    }
}

fn principals(text: &mut String, overview: &Overview) {
    if overview.busiest.is_empty() {
        return;
    }
    line(text, "\nbusiest principals");
    for (name, n) in &overview.busiest {
        line(text, &format!("  {:>12}  {name}", number(*n)));
    }
    line(text, "newest principals");
    for (name, first) in &overview.newest {
        line(text, &format!("  {:>12}  {name}", minute(*first)));
    }
}

fn next(text: &mut String, found: &[Finding], lake: &LakeArgs, overview: &Overview) {
    let option = lake.lake.as_ref().map_or(String::new(), |it| format!(" --lake {it}"));
    line(text, "\nnext");
    if let Some(worst) = found.first() {
        let id: String = worst.id.0.chars().take(8).collect();
        line(text, &format!("  haechi findings show {id}{option}"));
    }
    if let Some(source) = overview.sources.first() {
        let sql = format!("select * from {} order by time desc limit 20", source.source);
        line(text, &format!("  haechi sql '{sql}'{option}"));
    }
    if !overview.rejects.is_empty() {
        line(text, &format!("  haechi rejects{option}"));
    }
    line(text, &format!("  haechi coverage{option}"));
}

/// Returns what a lake holds.
pub fn stats(stats: &Stats) -> String {
    let mut text = String::new();
    line(&mut text, &format!("{} commits", stats.version));
    for (name, source) in &stats.sources {
        line(
            &mut text,
            &format!(
                "{name:<18} {:>12} rows  {:>6} files  {:>10}",
                number(source.rows),
                number(source.files),
                bytes(source.bytes)
            ),
        );
    }
    for orphan in &stats.orphans {
        let age = if orphan.is_old { "old" } else { "young: a writer may be at work" };
        line(&mut text, &format!("orphan {} ({}, {age})", orphan.path, bytes(orphan.bytes)));
    }
    text
}

fn line(text: &mut String, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{line}");
}

/// Returns a number with its thousands apart.
pub fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if 0 < index && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Returns a rate as a whole number with its thousands apart.
pub fn count(rate: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rates are small")]
    number(rate.max(0.0) as u64)
}

/// Returns a size for people.
pub fn bytes(value: u64) -> String {
    indicatif::BinaryBytes(value).to_string()
}

fn minute(time: Timestamp) -> String {
    let text = time.to_string();
    text.get(..16).map_or_else(|| text.clone(), |minute| minute.replace('T', " "))
}
