//! The view `coverage`: by source, account, region and hour, what is there and what is missing.

use haechi_catalog::{Catalog, Source};

/// The time of delivery in an object's name: `…_20260302T0305Z_…` as most of AWS's logs are named,
/// or `…2026-03-02-03-05-10-<16 digits>` as those of S3 access. Nothing where there is none.
const DELIVERED: &str = "coalesce(try_cast(regexp_replace(file, \
    '^.*_([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})Z[^/]*$', \
    '\\1-\\2-\\3T\\4:\\5:00Z') as timestamp), try_cast(regexp_replace(file, \
    '^.*([0-9]{4}-[0-9]{2}-[0-9]{2})-([0-9]{2})-([0-9]{2})-([0-9]{2})-[0-9A-F]{16}$', \
    '\\1T\\2:\\3:\\4Z') as timestamp))";

/// Files of the trail's own that are not what their digests say, each by its newest verification.
const FAILURES: &str = "select 'cloudtrail' as source, verified_account as account, region, \
    date_trunc('hour', time) as hour, 0 as records, 0 as no_data, 0 as lost, \
    cast(null as bigint) as late_seconds_max, count(*) as digest_failures \
    from (select *, row_number() over (partition by file \
    order by ingested desc, verified_failed desc) as nth from verified) \
    where nth = 1 and verified_failed \
    group by verified_account, region, date_trunc('hour', time)";

/// Returns the SQL of the view.
pub fn view(catalog: &Catalog) -> String {
    let mut hours: Vec<String> = catalog.sources.values().map(hours_of).collect();
    hours.push(FAILURES.to_owned());
    format!(
        "select source, account, region, hour, records, no_data, lost, \
         case when 0 < records then cast((extract(epoch from hour) - extract(epoch from \
         max(case when 0 < records then hour end) over (partition by source, account, region \
         order by hour rows between unbounded preceding and 1 preceding))) / 3600 as bigint) - 1 \
         end as hours_without_records_before, late_seconds_max, digest_failures \
         from (select source, account, region, hour, sum(records) as records, \
         sum(no_data) as no_data, sum(lost) as lost, max(late_seconds_max) as late_seconds_max, \
         sum(digest_failures) as digest_failures from ({}) \
         group by source, account, region, hour)",
        hours.join(" union all ")
    )
}

/// Returns the SQL of a source's hours.
///
/// Names are looked at once for each object and hour: there are far fewer of them than records.
fn hours_of(source: &Source) -> String {
    let status = |word: &str| match source.column("log_status") {
        Some(_) => format!("count(*) filter (where log_status = '{word}')"),
        None => "0".to_owned(),
    };
    format!(
        "select '{name}' as source, account, region, hour, sum(records) as records, \
         sum(no_data) as no_data, sum(lost) as lost, \
         max(case when late < 0 then 0 else late end) as late_seconds_max, 0 as digest_failures \
         from (select account, region, date_trunc('hour', time) as hour, \
         cast(extract(epoch from {DELIVERED}) - extract(epoch from min(time)) as bigint) as late, \
         count(*) as records, {no_data} as no_data, {lost} as lost \
         from {name} group by account, region, date_trunc('hour', time), file) \
         group by account, region, hour",
        name = source.name,
        no_data = status("NODATA"),
        lost = status("SKIPDATA"),
    )
}
