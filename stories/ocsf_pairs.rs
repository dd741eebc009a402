//! The OCSF views against pairs of AWS records and the OCSF events that others made of them.
//!
//! Every attribute that a view has and a pair has must be equal, but for the exceptions that are
//! listed with their reasons. An exception that nothing needs is an error too.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use haechi_catalog::{Catalog, View};
use serde_json::Value;

use crate::corpus::corpus;
use crate::support::Desk;

mod exceptions;

use exceptions::EXCEPTIONS;

/// Pairs: the view, the AWS record and the OCSF event. All but one event lie beside their records.
///
/// The CloudTrail events under `bloblang` were made of records whose ids, account and time had been
/// replaced; those records are the ones under `markdown/AWS/v1.1.0`, so they stand here. (The
/// `.raw` files beside them are not replaced, and Authentication 1.1.0 has none.) Left out is
/// `bloblang/AWS/route53/v1.1.0`, whose event is an empty file.
const PAIRS: &[(&str, &str, &str)] = &[
    (API, "markdown/AWS/v1.0.0-rc.2/CloudTrail/API Activity/samples/generic_api_activity.raw", ""),
    (API, "markdown/AWS/v1.0.0-rc.2/CloudTrail/Account Change/samples/account_change.raw", ""),
    (API, "markdown/AWS/v1.0.0-rc.2/CloudTrail/Authentication/samples/authentication.raw", ""),
    (API, RAW_API, ""),
    (API, RAW_ACCOUNT, ""),
    (API, RAW_SIGN_IN, ""),
    (API, "markdown/AWS/v1.5.0/CloudTrail/API Activity/samples/generic_api_activity.raw", ""),
    (API, "markdown/AWS/v1.5.0/CloudTrail/Account Change/samples/account_change.raw", ""),
    (API, "markdown/AWS/v1.5.0/CloudTrail/Authentication/samples/authentication.raw", ""),
    (API, RAW_API, "bloblang/AWS/CloudTrail/v1.0.0/Api Activity/samples/OCSF_api_activity.json"),
    (
        API,
        RAW_ACCOUNT,
        "bloblang/AWS/CloudTrail/v1.0.0/Account Chanage/samples/OCSF_account_change.json",
    ),
    (
        API,
        RAW_SIGN_IN,
        "bloblang/AWS/CloudTrail/v1.0.0/Authentication/samples/OCSF_authentication.json",
    ),
    (API, RAW_API, "bloblang/AWS/CloudTrail/v1.1.0/Api Activity/samples/OCSF_api_activity.json"),
    (
        API,
        RAW_ACCOUNT,
        "bloblang/AWS/CloudTrail/v1.1.0/Account Chnage/samples/OCSF_account_change.json",
    ),
    (API, RAW_SIGN_IN, "bloblang/AWS/CloudTrail/v1.1.0/Authentication/OCSF_authentication.json"),
    (FLOWS, "markdown/AWS/v1.0.0-rc.2/VPC Flowlogs/samples/vpcflowlog.raw", ""),
    (FLOWS, "markdown/AWS/v1.1.0/VPC Flowlogs/samples/vpcflowlog.raw", ""),
    (FLOWS, "markdown/AWS/v1.5.0/VPC Flowlogs/samples/vpcflowlog.raw", ""),
    (DNS, "markdown/AWS/v1.0.0-rc.2/Route53/samples/route53.raw", ""),
    (DNS, "markdown/AWS/v1.1.0/Route53/samples/route53.raw", ""),
    (DNS, "markdown/AWS/v1.5.0/Route53/samples/route53.raw", ""),
    (
        DNS,
        "bloblang/AWS/route53/v1.0.0/samples/route53.raw",
        "bloblang/AWS/route53/v1.0.0/samples/OCSF_dns_activity.json",
    ),
];

const API: &str = "ocsf_api_activity";
const FLOWS: &str = "ocsf_network_activity";
const DNS: &str = "ocsf_dns_activity";
const RAW_API: &str =
    "markdown/AWS/v1.1.0/CloudTrail/API Activity/samples/generic_api_activity.raw";
const RAW_ACCOUNT: &str =
    "markdown/AWS/v1.1.0/CloudTrail/Account Change/samples/account_change.raw";
const RAW_SIGN_IN: &str =
    "markdown/AWS/v1.1.0/CloudTrail/Authentication/samples/authentication.raw";

fn samples() -> PathBuf {
    corpus().join("ocsf-aws-samples/mappings")
}

#[test]
fn corpus_ocsf_pairs_agree_with_the_views() {
    let catalog = Catalog::built_in().unwrap();
    let mut differences = Vec::new();
    let mut needed = BTreeSet::new();
    let mut n_equal = 0;
    for (view, raw, event) in PAIRS {
        let beside = raw.replace(".raw", ".ocsf");
        let event = if event.is_empty() { &beside } else { *event };
        let row = row_of(view, &samples().join(raw));
        let expected = event_at(&samples().join(event));
        for (path, ours, theirs) in shared(&catalog.views[*view], &row, &expected) {
            let excepted = exceptions_of(event, path);
            if is_equal(path, ours, theirs) {
                n_equal += 1;
            } else if excepted.is_empty() {
                differences.push(format!("{event}: {path} is {ours}, not {theirs}"));
            } else {
                needed.extend(excepted);
            }
        }
    }
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
    let all = EXCEPTIONS.iter().flat_map(|it| it.attributes.iter().map(|path| (it.events, *path)));
    let idle: Vec<_> = all.filter(|it| !needed.contains(it)).collect();
    assert!(idle.is_empty(), "nothing needs these exceptions: {idle:#?}");
    // Exact, so that an exception cannot hide a difference in an event that was equal.
    assert_eq!(n_equal, 794);
}

#[test]
fn corpus_ocsf_attributes_of_the_same_version_have_columns() {
    let catalog = Catalog::built_in().unwrap();
    for (view, raw, _) in PAIRS.iter().filter(|(_, raw, _)| raw.contains("v1.5.0")) {
        let event = event_at(&samples().join(raw.replace(".raw", ".ocsf")));
        let mut paths = leaves("", &event);
        // What has no column is in `raw_data`, and what is to be watched in the source's `entities`.
        paths.retain(|path| !path.starts_with("unmapped.") && path != "observables");
        let columns = &catalog.views[*view].columns;
        paths.retain(|path| !columns.iter().any(|column| column.path == *path));
        assert!(paths.is_empty(), "{view} lacks {paths:?}");
    }
}

fn leaves(path: &str, value: &Value) -> Vec<String> {
    let Some(object) = value.as_object() else { return vec![path.to_owned()] };
    let dot = if path.is_empty() { "" } else { "." };
    object.iter().flat_map(|(key, value)| leaves(&format!("{path}{dot}{key}"), value)).collect()
}

#[test]
fn corpus_ocsf_records_are_read_in_their_own_container() {
    let mut n_records = 0;
    let others = ["EKS", "eks", "Security Hub"];
    for raw in raws_below(&samples()) {
        if others.iter().any(|other| raw.to_str().unwrap().contains(other)) {
            continue;
        }
        let desk = Desk::new();
        let lake = desk.path("lake");
        let arguments = ["ingest", raw.to_str().unwrap(), "--lake", lake.to_str().unwrap()];
        let report = desk.json(&[&arguments[..], &["--format", "json"]].concat());
        assert_eq!(report["records"]["accepted"], 1, "{}: {report}", raw.display());
        assert_eq!(report["records"]["rejected"], 0, "{}: {report}", raw.display());
        n_records += 1;
    }
    assert_eq!(n_records, 22);
}

fn raws_below(folder: &Path) -> Vec<PathBuf> {
    let mut raws = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            raws.extend(raws_below(&path));
        } else if path.extension().is_some_and(|it| it == "raw") {
            raws.push(path);
        }
    }
    raws
}

/// Returns the view's one row over a lake of one record.
fn row_of(view: &str, raw: &Path) -> Value {
    let desk = Desk::new();
    let lake = desk.path("lake");
    desk.run(&["ingest", raw.to_str().unwrap(), "--lake", lake.to_str().unwrap()]);
    let rows = desk.sql(&lake, &format!("select * from {view}"));
    assert_eq!(rows.as_array().unwrap().len(), 1, "{}: {rows}", raw.display());
    rows[0].clone()
}

/// Reads an OCSF event; two of them have a comma before a closing brace.
fn event_at(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap();
    let parts: Vec<&str> =
        text.split('}').map(|part| part.trim_end().trim_end_matches(',')).collect();
    let repaired = parts.join("}");
    serde_json::from_str(&text)
        .or_else(|_| serde_json::from_str(&repaired))
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the attributes that view and event both have: path, our value, theirs.
fn shared<'a>(
    view: &'a View,
    row: &'a Value,
    event: &'a Value,
) -> Vec<(&'a str, &'a Value, &'a Value)> {
    let both = view.columns.iter().filter_map(|column| {
        let theirs = column.path.split('.').try_fold(event, |value, key| value.get(key))?;
        Some((column.path.as_str(), &row[&column.name], theirs))
    });
    both.collect()
}

fn exceptions_of(event: &str, path: &str) -> Vec<(&'static str, &'static str)> {
    let of_event = EXCEPTIONS.iter().filter(|it| event.contains(it.events));
    let of_path = of_event
        .flat_map(|it| it.attributes.iter().map(|attribute| (it.events, *attribute)))
        .filter(|(_, attribute)| *attribute == path);
    of_path.collect()
}

/// Tells whether two values are the same: moments in whatever offset, JSON in whatever spacing and
/// as text or not, anything else to the letter.
fn is_equal(path: &str, ours: &Value, theirs: &Value) -> bool {
    let moment = |value: &Value| value.as_str()?.parse::<jiff::Timestamp>().ok();
    let json = |value: &Value| match value.as_str() {
        Some(text) if text.starts_with(['{', '[']) => serde_json::from_str(text).ok(),
        _ => Some(value.clone()),
    };
    if path.ends_with("_dt") && !ours.is_null() {
        return moment(ours).is_some() && moment(ours) == moment(theirs);
    }
    ours == theirs || json(ours) == json(theirs)
}
