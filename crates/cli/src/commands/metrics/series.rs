//! The view `series`: every metric of the lake, and those that are made from logs.
//!
//! One row for each point: minutes of what is counted, whatever period what was delivered has.

use haechi_catalog::{Catalog, Source};

/// The namespace of what is made from logs.
pub const OURS: &str = "haechi";

/// Who made a call, with the sessions of a role together.
const PRINCIPAL: &str = "coalesce(\"sessionIssuer_arn\", \"userIdentity_arn\", \
    \"userIdentity_invokedBy\", \"userIdentity_principalId\")";

/// A metric made from logs.
struct Derived {
    name: &'static str,
    unit: &'static str,
    table: &'static str,
    dimensions: &'static [(&'static str, &'static str)],
    /// What is summed up.
    amount: &'static str,
    condition: &'static str,
}

const DERIVED: &[Derived] = &[
    Derived {
        name: "calls",
        unit: "Count",
        table: "cloudtrail",
        dimensions: &[
            ("eventSource", "\"eventSource\""),
            ("eventName", "\"eventName\""),
            ("principal", PRINCIPAL),
        ],
        amount: "1",
        condition: "\"insightType\" is null and \"eventName\" is not null",
    },
    Derived {
        name: "errors",
        unit: "Count",
        table: "cloudtrail",
        dimensions: &[
            ("eventSource", "\"eventSource\""),
            ("eventName", "\"eventName\""),
            ("errorCode", "\"errorCode\""),
            ("principal", PRINCIPAL),
        ],
        amount: "1",
        condition: "\"insightType\" is null and \"errorCode\" is not null",
    },
    Derived {
        name: "bytes",
        unit: "Bytes",
        table: "vpc_flow",
        dimensions: &[
            ("interface", "interface_id"),
            ("instance", "instance_id"),
            ("from", "srcaddr"),
            ("to", "dstaddr"),
            ("action", "action"),
        ],
        amount: "bytes",
        condition: "bytes is not null",
    },
    Derived {
        name: "dns_queries",
        unit: "Count",
        table: "route53_resolver",
        dimensions: &[("name", "query_name"), ("vpc", "vpc_id"), ("from", "srcaddr")],
        amount: "1",
        condition: "query_name is not null",
    },
];

/// Returns the SQL of the view.
pub fn view(catalog: &Catalog) -> String {
    parts(catalog, |_| true)
}

/// Returns the SQL of the points of one metric: the view without the parts that hold others.
pub fn of(catalog: &Catalog, namespace: Option<&str>, name: &str) -> String {
    let is_asked = |part: Option<&str>| match part {
        None => namespace != Some(OURS),
        Some(ours) => namespace.is_none_or(|it| it == OURS) && ours == name,
    };
    let parts = parts(catalog, is_asked);
    if parts.is_empty() { delivered() } else { parts }
}

/// Returns the SQL of the parts that are asked for: by the name of what is made from logs, nothing
/// for what was delivered.
fn parts(catalog: &Catalog, is_asked: impl Fn(Option<&str>) -> bool) -> String {
    let mut parts = Vec::new();
    if is_asked(None) {
        parts.push(delivered());
    }
    parts.extend(DERIVED.iter().filter(|it| is_asked(Some(it.name))).map(derived));
    let volumes = VOLUMES.iter().filter(|it| is_asked(Some(it.name)));
    parts.extend(volumes.map(|volume| volume_of(catalog, volume)));
    parts.join(" union all ")
}

/// Points as they were delivered; of those that came several times, the last.
fn delivered() -> String {
    let lone = "coalesce(value, value_average)";
    format!(
        "select time, account, region, namespace, metric_name, dimensions, unit, \
         coalesce(sample_count, case when {lone} is not null then 1.0 end) as sample_count, \
         coalesce(value_sum, {lone} * coalesce(sample_count, 1.0)) as value_sum, \
         coalesce(value_min, {lone}) as value_min, coalesce(value_max, {lone}) as value_max, \
         coalesce(json_get(record, 'percentiles'), json_get(record, 'value')) as value_others \
         from (select *, row_number() over (partition by account, region, namespace, \
         metric_name, dimensions, query_id, time \
         order by ingested desc, file desc, position desc) as nth from metric) \
         where nth = 1 and metric_name is not null and time is not null"
    )
}

fn derived(metric: &Derived) -> String {
    let Derived { name, unit, table, dimensions, amount, condition } = metric;
    counted(&Counted {
        name,
        unit,
        table: (*table).to_owned(),
        dimensions: object(dimensions),
        amount,
        condition,
    })
}

/// What is counted of every source.
struct Volume {
    name: &'static str,
    unit: &'static str,
    amount: &'static str,
}

const VOLUMES: &[Volume] = &[
    Volume { name: "log_records", unit: "Count", amount: "1" },
    Volume { name: "log_bytes", unit: "Bytes", amount: "octet_length(record)" },
];

/// Counts the records of all sources at once: a query has only so many operators.
fn volume_of(catalog: &Catalog, volume: &Volume) -> String {
    let logs = catalog.sources.values().filter(|source| source.name != "metric");
    let records: Vec<String> = logs.map(records_of).collect();
    counted(&Counted {
        name: volume.name,
        unit: volume.unit,
        table: format!("({})", records.join(" union all ")),
        dimensions: object(&[("source", "source"), ("logGroup", "\"logGroup\"")]),
        amount: volume.amount,
        condition: "true",
    })
}

fn records_of(source: &Source) -> String {
    let log_group = match source.column("logGroup") {
        Some(_) => "\"logGroup\"",
        None => "cast(null as varchar) as \"logGroup\"",
    };
    let name = source.name.replace('\'', "''");
    format!("select time, account, region, record, '{name}' as source, {log_group} from \"{name}\"")
}

struct Counted<'a> {
    name: &'a str,
    unit: &'a str,
    table: String,
    /// The SQL of the dimensions.
    dimensions: String,
    amount: &'a str,
    condition: &'a str,
}

/// Returns the SQL that counts minute by minute.
fn counted(it: &Counted<'_>) -> String {
    let Counted { name, unit, table, dimensions, amount, condition } = it;
    format!(
        "select time, account, region, '{OURS}' as namespace, '{name}' as metric_name, \
         dimensions, '{unit}' as unit, cast(n as double) as sample_count, \
         cast(total as double) as value_sum, cast(low as double) as value_min, \
         cast(high as double) as value_max, cast(null as varchar) as value_others \
         from (select date_trunc('minute', time) as time, account, region, \
         {dimensions} as dimensions, count(*) as n, sum({amount}) as total, \
         min({amount}) as low, max({amount}) as high from {table} \
         where time is not null and {condition} group by 1, 2, 3, 4)"
    )
}

/// Returns the SQL of a JSON object; dimensions that are not there are left out.
fn object(dimensions: &[(&str, &str)]) -> String {
    let member = |(name, value): &(&str, &str)| {
        format!(
            "coalesce(',\"{name}\":\"' || replace(replace({value}, '\\', '\\\\'), '\"', '\\\"') \
             || '\"', '')"
        )
    };
    let members: Vec<String> = dimensions.iter().map(member).collect();
    format!("'{{' || substr({}, 2) || '}}'", members.join(" || "))
}
