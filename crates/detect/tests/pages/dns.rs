//! Real DNS queries, as the resolver's log would show them: tunnels, made-up names, ordinary days.

use std::collections::{BTreeMap, BTreeSet};

use expect_test::{Expect, expect};
use haechi_catalog::{Detection, Source};
use haechi_model::{Finding, Timestamp};
use serde_json::{Value, json};

use crate::{examples, reader, zeek};

/// Returns queries out of a list of DNS messages, those of each capture a day after the last.
///
/// Most captures stand days apart, and all have the same few clients.
fn queries(file: &str) -> Vec<Value> {
    let text = zeek::text(&zeek::corpus().join("dns-tunnel").join(file));
    let mut queries = Vec::new();
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [file, time, client, _, _, _, "Q", name, kind, ..] = fields.as_slice() else {
            continue;
        };
        let seconds: f64 = time.parse().unwrap();
        let kind = match *kind {
            "1" => "A",
            "5" => "CNAME",
            "16" => "TXT",
            "25" => "KEY",
            _ => "OTHER",
        };
        queries.push(query(seconds, (client, file), name, (kind, "NOERROR")));
    }
    queries
}

#[expect(clippy::cast_possible_truncation, reason = "microseconds since 1970 fit")]
fn query(
    seconds: f64,
    (client, capture): (&str, &str),
    name: &str,
    (kind, code): (&str, &str),
) -> Value {
    json!({
        "version": "1.100000", "account_id": "111122223333", "region": "eu-west-1",
        "vpc_id": "vpc-0a1b2c3d",
        "query_timestamp": Timestamp((seconds * 1e6) as i64).to_string(),
        "query_name": format!("{name}."), "query_type": kind, "query_class": "IN",
        "rcode": code, "answers": [], "srcaddr": client, "srcport": "48701",
        "transport": "UDP", "srcids": { "instance": format!("{capture}/{client}") },
    })
}

fn found_in(mut queries: Vec<Value>) -> Vec<Finding> {
    queries.sort_by_cached_key(|query| query["query_timestamp"].to_string());
    examples::found_by_all("route53_resolver", &|source| reader::batch(source, &queries))
}

/// Writes how many findings there are of each page, and about how many captures they are.
fn summary(findings: &[Finding]) -> String {
    let mut by_page: BTreeMap<&str, (usize, BTreeMap<&str, u64>)> = BTreeMap::new();
    for finding in findings {
        let (n_findings, captures) = by_page.entry(&finding.page).or_default();
        *n_findings += 1;
        let capture = finding.subject.split('/').next().unwrap();
        *captures.entry(capture).or_default() += finding.count;
    }
    let line = |(page, (n, captures)): (&&str, &(usize, BTreeMap<&str, u64>))| {
        format!("{page}: {n} findings in {} captures\n", captures.len())
    };
    by_page.iter().map(line).collect()
}

#[track_caller]
fn check(queries: Vec<Value>, expected: &Expect) {
    expected.assert_eq(&summary(&found_in(queries)));
}

#[test]
fn corpus_all_tunnels_are_found() {
    check(
        queries("tunnel_known.csv.gz"),
        &expect![[r#"
        exfiltration/dns-tunnel: 4 findings in 4 captures
    "#]],
    );
}

#[test]
fn corpus_half_a_million_ordinary_queries_are_quiet() {
    let queries = queries("normal_a.csv.gz");
    assert_eq!(queries.len(), 509_999);
    check(queries, &expect![[r#""#]]);
}

/// Names that programs made: the model has seen none of these families.
#[test]
fn corpus_names_that_nobody_chose_are_found_in_groups_of_ten() {
    let text = zeek::text(&zeek::corpus().join("dga/dga_families.csv.gz"));
    let mut families: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let (family, name) = line.split_once(',').unwrap();
        families.entry(family).or_default().push(name);
    }
    families.retain(|_, names| 20 <= names.len());
    // A group is ten different names; some lists have names twice.
    for names in families.values_mut() {
        let mut known = BTreeSet::new();
        names.retain(|name| known.insert(*name));
    }
    let mut shares = Vec::new();
    for (family, names) in &families {
        shares.push((share_of_groups_found(names, 200), *family));
    }
    shares.sort_by(|one, other| one.0.total_cmp(&other.0));
    #[expect(clippy::cast_precision_loss, reason = "a few dozen families")]
    let mean = shares.iter().map(|(share, _)| share).sum::<f64>() / shares.len() as f64;
    let n_whole = shares.iter().filter(|(share, _)| 0.99 <= *share).count();
    let found = format!(
        "{} families, mean share of groups found {mean:.3}, {n_whole} found always\nmissed: {}\n",
        shares.len(),
        shares
            .iter()
            .take(8)
            .map(|it| format!("{} {:.2}", it.1, it.0))
            .collect::<Vec<_>>()
            .join(", "),
    );
    expect![[r#"
        45 families, mean share of groups found 0.957, 39 found always
        missed: suppobox 0.30, bazarbackdoor 0.54, charbot 0.63, qsnatch 0.84, ngioweb 0.86, nymaim2 0.89, banjori 1.00, bumblebee 1.00
    "#]].assert_eq(&found);
}

#[test]
fn corpus_groups_of_ten_ordinary_names_are_quiet() {
    let path = zeek::corpus().join("domains-benign/opendns-random-domains.txt");
    let text = zeek::text(&path);
    // The other half has served to make the model.
    let names: Vec<&str> = text.lines().step_by(2).collect();
    let share = share_of_groups_found(&names, 40_000);
    expect![[r#"
        share of groups found 0.00000
    "#]]
    .assert_eq(&format!("share of groups found {share:.5}\n"));
}

/// Asks for groups of ten names, each group by a host of its own; returns how many are raised.
#[expect(clippy::cast_precision_loss, reason = "thousands of groups")]
fn share_of_groups_found(names: &[&str], n_groups: usize) -> f64 {
    let mut queries = Vec::new();
    // A walk through the list that visits each name and is the same on every run.
    let step =
        [7_919, 7_907, 7_901].into_iter().find(|step| !names.len().is_multiple_of(*step)).unwrap();
    let mut at = 0;
    for group in 0..n_groups {
        let host = format!("{group}");
        for position in 0..10_u32 {
            at = (at + step) % names.len();
            let seconds = 1_780_000_000.0 + f64::from(position);
            queries.push(query(seconds, ("10.0.0.5", &host), names[at], ("A", "NXDOMAIN")));
        }
        at += 1;
    }
    let is_wanted = |it: &Detection| it.name == "command-and-control/generated-names";
    let rows = |source: &Source| reader::batch(source, &queries);
    let findings = examples::found_by("route53_resolver", &is_wanted, &rows);
    findings.len() as f64 / n_groups as f64
}
