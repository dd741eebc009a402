//! What holds for pages about flows, however the log was made and delivered.

use haechi_model::Finding;
use serde_json::{Value, json};

use crate::{examples, reader};

/// Returns what does not depend on where records stand.
fn said(findings: &[Finding]) -> Vec<String> {
    let line = |it: &Finding| {
        format!("{} {} {} {} {}", it.page, it.subject, it.count, it.first_seen, it.why.en)
    };
    findings.iter().map(line).collect()
}

fn found_in(flows: &[Value]) -> Vec<Finding> {
    examples::found_by_all("vpc_flow", &|source| reader::batch(source, flows))
}

fn flows(text: &str) -> Vec<Value> {
    reader::events(&examples::CATALOG.sources["vpc_flow"], text)
}

/// The flows of every example of every page.
fn all_flows() -> Vec<Vec<Value>> {
    let of_flows = examples::CATALOG.detections.values().filter(|it| it.source == "vpc_flow");
    let examples = of_flows.flat_map(|detection| &detection.page.examples);
    examples.filter_map(|it| Some(flows(&examples::block(it, "jsonl")?.text))).collect()
}

#[test]
fn records_that_come_twice_change_nothing() {
    for once in all_flows() {
        let mut twice = Vec::new();
        for flow in &once {
            twice.extend([flow.clone(), flow.clone()]);
        }
        assert_eq!(said(&found_in(&once)), said(&found_in(&twice)));
    }
}

#[test]
fn the_order_within_a_moment_changes_nothing() {
    for flows in all_flows() {
        let mut other = flows.clone();
        other.reverse();
        // Stable: what begins in the same second stays in the other order.
        other.sort_by_key(|flow| flow["start"].as_i64());
        let mut first = flows;
        first.sort_by_key(|flow| flow["start"].as_i64());
        assert_eq!(said(&found_in(&first)), said(&found_in(&other)));
    }
}

#[test]
fn both_ends_of_a_scan_may_log_it() {
    let scan = |interface: &str, direction: &str, host: &str| {
        format!(
            "{{\"repeat\":8,\"interface-id\":\"{interface}\",\"instance-id\":\"{host}\",\
             \"srcaddr\":\"10.0.0.5\",\"dstaddr\":\"10.0.9.9\",\"dstport\":\"2{{n}}\",\
             \"packets\":1,\"bytes\":60,\"flow-direction\":\"{direction}\"}}\n"
        )
    };
    let text = scan("eni-a", "egress", "i-a") + &scan("eni-b", "ingress", "i-b");
    let found = found_in(&flows(&text));
    let subjects: Vec<(&str, u64)> =
        found.iter().map(|it| (it.subject.as_str(), it.count)).collect();
    assert_eq!(subjects, [("i-a", 8)], "who is scanned does not scan");
}

#[test]
fn a_gateway_does_not_scan_for_its_instances() {
    // The gateway's interface sees the instance's packets come in, with their true target.
    let text = "{\"repeat\":20,\"interface-id\":\"eni-nat\",\"instance-id\":null,\
        \"srcaddr\":\"10.0.0.5\",\"dstaddr\":\"10.0.0.250\",\"pkt-srcaddr\":\"10.0.0.5\",\
        \"pkt-dstaddr\":\"203.0.113.9\",\"dstport\":\"2{n}\",\"packets\":1,\"bytes\":60,\
        \"flow-direction\":\"ingress\"}";
    assert!(found_in(&flows(text)).is_empty());
}

#[test]
fn windows_of_ten_minutes_and_of_one_give_the_same() {
    let scan = |seconds: i64| {
        let text = "{\"repeat\":8,\"dstport\":\"2{n}\",\"packets\":1,\"bytes\":60}";
        let mut flows = flows(text);
        for flow in &mut flows {
            let start = flow["start"].as_i64().unwrap();
            flow["end"] = json!(start + seconds);
        }
        said(&found_in(&flows))
    };
    assert_eq!((scan(58).len(), scan(58)), (1, scan(598)));
}

#[test]
fn a_scan_is_told_within_six_attempts() {
    let scan = |n: usize| {
        let text = format!("{{\"repeat\":{n},\"dstport\":\"2{{n}}\",\"packets\":1,\"bytes\":60}}");
        found_in(&flows(&text)).len()
    };
    assert_eq!((scan(4), scan(5)), (0, 1));
}

#[test]
fn the_internets_noise_is_quiet() {
    // Every port of every kind, from hundreds of addresses, turned away or refused.
    let knocks = |port: u16| {
        [("", "REJECT"), (REFUSAL, "ACCEPT")].map(|(answer, action)| {
            format!(
                "{{\"repeat\":120,\"srcaddr\":\"198.51.100.{{n}}\",\"srcport\":51000,\
                 \"dstaddr\":\"10.0.0.5\",\"dstport\":{port},\"packets\":1,\"bytes\":40,\
                 \"action\":\"{action}\"{answer}}}\n"
            )
        })
    };
    let ports = [22, 23, 80, 443, 445, 3389, 5432, 6379, 9200];
    let text: Vec<String> = ports.into_iter().flat_map(knocks).collect();
    assert!(found_in(&flows(&text.concat())).is_empty());
}

const REFUSAL: &str = ",\"answer\":{\"packets\":1,\"bytes\":40}";

#[track_caller]
fn check_zeek(text: &str, expected: &[(&str, &str, u64)]) {
    let source = &examples::CATALOG.sources["zeek"];
    let rows = reader::batch(source, &reader::events(source, text));
    let found = examples::found_by_all("zeek", &|_| rows.clone());
    let said: Vec<(&str, &str, u64)> =
        found.iter().map(|it| (it.page.as_str(), it.subject.as_str(), it.count)).collect();
    assert_eq!(said, expected);
    let lake = crate::lake::Lake::of("zeek", &rows);
    for finding in &found {
        let shown = lake.ids(&finding.evidence);
        assert!(finding.records.iter().all(|it| shown.contains(it)), "{}", finding.evidence);
    }
}

#[test]
fn the_same_pages_look_at_zeeks_connections() {
    let scan = "{\"repeat\":8,\"id.resp_p\":\"2{n}\",\"orig_pkts\":1,\"orig_ip_bytes\":60,\
        \"resp_pkts\":1,\"resp_ip_bytes\":40,\"history\":\"Sr\"}";
    check_zeek(scan, &[("recon/port-scan", "10.0.0.5", 8)]);
    let guesses = "{\"repeat\":25,\"every\":20,\"id.orig_h\":\"203.0.113.9\",\
        \"id.resp_h\":\"10.0.0.5\",\"id.orig_p\":\"41{nnn}\",\"id.resp_p\":22,\
        \"local_orig\":\"F\",\"local_resp\":\"T\"}";
    check_zeek(guesses, &[("credential/ssh-guessed", "10.0.0.5", 25)]);
    // A name that was looked up has addresses too, and is no connection.
    let query = "{\"repeat\":30,\"id.resp_p\":\"2{n}\",\"query\":\"www.example.com\",\
        \"orig_pkts\":null,\"orig_ip_bytes\":null,\"resp_pkts\":null,\"history\":null}";
    check_zeek(query, &[]);
}
