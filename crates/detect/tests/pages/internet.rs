//! A day of a real machine that anyone on the internet can reach, as a flow log would show it.

use expect_test::{Expect, expect};
use haechi_model::Finding;
use serde_json::Value;

use crate::zeek::{self, Format};
use crate::{examples, reader};

fn findings_in(format: Format) -> Vec<Finding> {
    let folder = zeek::corpus().join("flows-zeek-internet-facing-vm/2024-04-19");
    let connections = zeek::records(&folder, "conn");
    let own = zeek::busiest_address(&connections);
    let mut flows = zeek::flows(&connections, &own, format);
    flows.extend(zeek::open_flows(&zeek::records(&folder, "open_conn"), &own, format));
    found_in(flows)
}

/// Runs every page over flows, in the order of a plan's query.
pub(crate) fn found_in(mut flows: Vec<Value>) -> Vec<Finding> {
    flows.sort_by_key(|flow| flow["start"].as_i64());
    examples::found_by_all("vpc_flow", &|source| reader::batch(source, &flows))
}

#[track_caller]
fn check(format: Format, expected: &Expect) {
    // Without the addresses: the logs are not ours to repeat.
    let line = |it: &Finding| {
        format!(
            "{:.1} {} count={}
",
            it.severity.value(),
            it.page,
            it.count
        )
    };
    let found: String = findings_in(format).iter().map(line).collect();
    expected.assert_eq(&found);
}

#[test]
fn corpus_exposed_machine_by_the_minute() {
    check(
        Format { window: 60, has_flags: true },
        &expect![[r#"
        5.0 lateral-movement/long-session count=1
        4.0 command-and-control/beacon-inbound count=317
        2.5 credential/ssh-guessed count=702
        2.0 recon/port-probe count=58
    "#]],
    );
}

#[test]
fn corpus_exposed_machine_in_the_default_format() {
    check(
        Format { window: 60, has_flags: false },
        &expect![[r#"
        5.0 lateral-movement/long-session count=1
        4.0 command-and-control/beacon-inbound count=317
        2.5 credential/ssh-guessed count=702
        2.0 recon/port-probe count=59
    "#]],
    );
}

#[test]
fn corpus_exposed_machine_by_ten_minutes() {
    check(
        Format { window: 600, has_flags: true },
        &expect![[r#"
        5.0 lateral-movement/long-session count=1
        4.0 command-and-control/beacon-inbound count=317
        2.5 credential/ssh-guessed count=702
        2.0 recon/port-probe count=59
    "#]],
    );
}

/// Networks of people who browse.
#[test]
fn corpus_other_networks() {
    let format = Format { window: 60, has_flags: true };
    let mut found = Vec::new();
    for folder in ["flows-zeek-rita-small/proxy", "flows-zeek-rita-small/proxy_rolling"] {
        let connections = zeek::records(&zeek::corpus().join(folder), "conn");
        let own = zeek::busiest_address(&connections);
        found.push(format!("{folder}:\n"));
        let findings = found_in(zeek::flows(&connections, &own, format));
        let lines = findings.iter().map(|it| format!("  {} count={}\n", it.page, it.count));
        found.extend(lines);
    }
    expect![[r#"
        flows-zeek-rita-small/proxy:
        flows-zeek-rita-small/proxy_rolling:
    "#]]
    .assert_eq(&found.concat());
}
