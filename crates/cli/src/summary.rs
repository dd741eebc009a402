//! What a scan says to a person.

use std::collections::BTreeMap;
use std::fmt::Write;

use anyhow::Result;
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use futures::TryStreamExt;
use haechi_catalog::Catalog;
use haechi_lake::{Ingested, Lake, Stats};
use haechi_model::{Band, Finding, Timestamp, Window};
use haechi_query::Engine;
use serde::Serialize;

use crate::args::LakeArgs;

/// How many findings and principals a summary names.
const NAMED: usize = 10;
/// How many principals a summary names in each list.
const PRINCIPALS: usize = 5;
/// How many bars a sparkline has.
const BARS: usize = 40;

/// What the lake holds, in the large.
#[derive(Debug, Default)]
pub struct Overview {
    /// By source, in the order of their names.
    pub sources: Vec<SourceOverview>,
    /// Principals with the most events.
    pub busiest: Vec<(String, u64)>,
    /// Principals that were seen last of all for the first time.
    pub newest: Vec<(String, Timestamp)>,
    /// Why records were rejected, and how many.
    pub rejects: Vec<(String, u64)>,
}

/// What the lake holds of one source.
#[derive(Debug, Default, Clone, PartialEq, Serialize)]
pub struct SourceOverview {
    /// The source's table.
    pub source: String,
    /// Records.
    pub records: u64,
    /// Accounts, in order.
    pub accounts: Vec<String>,
    /// Regions, in order.
    pub regions: Vec<String>,
    /// The first event time.
    pub first_seen: Option<Timestamp>,
    /// The last event time.
    pub last_seen: Option<Timestamp>,
    /// Days between the first and the last without a record.
    pub days_without_records: u64,
    /// Records that say that traffic was lost (`SKIPDATA`).
    pub lost: u64,
    /// Records by day, for the sparkline.
    #[serde(skip)]
    days: BTreeMap<i64, u64>,
}

impl Overview {
    /// Asks the lake.
    pub async fn of(engine: &dyn Engine, lake: &Lake, window: Window) -> Result<Self> {
        let mut overview = Self::default();
        let names: std::collections::BTreeSet<String> =
            lake.files()?.into_iter().map(|file| file.partition.source).collect();
        let within = within(window);
        for name in names.iter().filter(|it| *it != "objects" && *it != "rejects") {
            let lost = match name.as_str() {
                "vpc_flow" | "transit_gateway_flow" => {
                    "count(*) filter (where log_status = 'SKIPDATA')"
                }
                _ => "0",
            };
            let sql = format!(
                "select account, region, date, count(*) as n, min(time) as first, \
                 max(time) as last, {lost} as lost from {name} {within} \
                 group by account, region, date"
            );
            let mut source = SourceOverview { source: name.clone(), ..SourceOverview::default() };
            for batch in batches(engine, &sql).await? {
                source.add(&batch);
            }
            source.finish();
            if 0 < source.records {
                overview.sources.push(source);
            }
        }
        if names.contains("cloudtrail") {
            overview.principals(engine, &within).await?;
        }
        if names.contains("rejects") {
            let sql = "select reject_reason, count(*) as n from rejects group by reject_reason \
                       order by n desc, reject_reason limit 5";
            for batch in batches(engine, sql).await? {
                overview.rejects.extend(pairs(&batch));
            }
        }
        Ok(overview)
    }

    async fn principals(&mut self, engine: &dyn Engine, within: &str) -> Result<()> {
        let by = |order: &str| {
            format!(
                "select \"userIdentity_arn\", count(*) as n, min(time) as first from cloudtrail \
                 {within} group by \"userIdentity_arn\" having \"userIdentity_arn\" is not null \
                 order by {order} desc, \"userIdentity_arn\" limit {PRINCIPALS}"
            )
        };
        for batch in batches(engine, &by("n")).await? {
            self.busiest.extend(pairs(&batch));
        }
        for batch in batches(engine, &by("first")).await? {
            for row in 0..batch.num_rows() {
                let name = text(&batch, 0, row);
                self.newest.extend(name.zip(moment(&batch, 2, row)));
            }
        }
        Ok(())
    }
}

impl SourceOverview {
    fn add(&mut self, batch: &RecordBatch) {
        for row in 0..batch.num_rows() {
            self.accounts.extend(text(batch, 0, row));
            self.regions.extend(text(batch, 1, row));
            let records = int(batch, 3, row).unwrap_or_default();
            self.records += records;
            self.lost += int(batch, 6, row).unwrap_or_default();
            let (first, last) = (moment(batch, 4, row), moment(batch, 5, row));
            self.first_seen = [self.first_seen, first].into_iter().flatten().min();
            self.last_seen = [self.last_seen, last].into_iter().flatten().max();
            if let Some(first) = first {
                *self.days.entry(first.day()).or_default() += records;
            }
        }
    }

    fn finish(&mut self) {
        for names in [&mut self.accounts, &mut self.regions] {
            names.sort();
            names.dedup();
        }
        let span = self.days.keys().next().zip(self.days.keys().next_back());
        let n_days = span.map_or(0, |(first, last)| last.saturating_sub(*first).saturating_add(1));
        self.days_without_records = u64::try_from(n_days).unwrap_or(0) - self.days.len() as u64;
    }

    fn sparkline(&self) -> String {
        let Some((first, last)) = self.days.keys().next().zip(self.days.keys().next_back()) else {
            return String::new();
        };
        let n_days = usize::try_from(last - first).unwrap_or(0) + 1;
        let n_bars = n_days.min(BARS);
        let mut bars = vec![0_u64; n_bars];
        for (day, n) in &self.days {
            let index = usize::try_from(day - first).unwrap_or(0) * n_bars / n_days;
            if let Some(bar) = bars.get_mut(index) {
                *bar += n;
            }
        }
        let highest = bars.iter().copied().max().unwrap_or(1).max(1);
        bars.iter().map(|bar| level(*bar, highest)).collect()
    }
}

fn level(value: u64, highest: u64) -> char {
    const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let index = usize::try_from(value.saturating_mul(7).div_ceil(highest)).unwrap_or(7);
    if value == 0 { ' ' } else { LEVELS.get(index).copied().unwrap_or('█') }
}

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
pub fn finding(finding: &Finding, catalog: &Catalog) -> String {
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
    line(&mut text, &format!("\nwhy\n  {}\n  {}", finding.why.en, finding.why.ko));
    if let Some(page) = page {
        line(&mut text, &format!("\nwhat it means\n  {}", page.page.about.replace('\n', "\n  ")));
        let respond = page.page.prose.iter().find(|(heading, _)| heading == "Respond");
        if let Some((_, prose)) = respond {
            line(&mut text, &format!("\nrespond\n  {}", prose.replace('\n', "\n  ")));
        }
    }
    line(
        &mut text,
        &format!("\nevidence\n  haechi sql \"{}\"", finding.evidence.replace('"', "\\\"")),
    );
    line(&mut text, &format!("\nrecords\n  {}", finding.records.join("\n  ")));
    text
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

/// Returns the condition that keeps to the window.
fn within(window: Window) -> String {
    let bound = |sign: &str, time: Timestamp| format!("time {sign} timestamp '{time}'");
    let bounds: Vec<String> =
        [window.from.map(|from| bound(">=", from)), window.until.map(|until| bound("<", until))]
            .into_iter()
            .flatten()
            .collect();
    if bounds.is_empty() { String::new() } else { format!("where {}", bounds.join(" and ")) }
}

async fn batches(engine: &dyn Engine, sql: &str) -> Result<Vec<RecordBatch>> {
    Ok(engine.query(sql).await?.batches.try_collect().await?)
}

fn pairs(batch: &RecordBatch) -> Vec<(String, u64)> {
    let pair = |row| text(batch, 0, row).zip(int(batch, 1, row));
    (0..batch.num_rows()).filter_map(pair).collect()
}

fn text(batch: &RecordBatch, column: usize, row: usize) -> Option<String> {
    let values =
        arrow::compute::cast(batch.columns().get(column)?, &arrow::datatypes::DataType::Utf8);
    let values = values.ok()?;
    let values = values.as_string_opt::<i32>()?;
    values.is_valid(row).then(|| values.value(row).to_owned())
}

fn int(batch: &RecordBatch, column: usize, row: usize) -> Option<u64> {
    let values = batch.columns().get(column)?.as_primitive_opt::<Int64Type>()?;
    values.is_valid(row).then(|| u64::try_from(values.value(row)).ok()).flatten()
}

fn moment(batch: &RecordBatch, column: usize, row: usize) -> Option<Timestamp> {
    let values = batch.columns().get(column)?.as_primitive_opt::<TimestampMicrosecondType>()?;
    values.is_valid(row).then(|| Timestamp(values.value(row)))
}
