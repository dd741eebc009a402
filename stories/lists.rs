//! Looking for the addresses and domains of one's own lists.

use std::fs;

use serde_json::Value;

use crate::support::Desk;

const FLOWS: &str = "\
version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status
2 111122223333 eni-0a1b2c3d 10.0.0.5 203.0.113.9 40000 8443 6 12 2400 1772442000 1772442050 ACCEPT OK
2 111122223333 eni-0a1b2c3d 203.0.113.9 10.0.0.5 8443 40000 6 9 4000 1772442000 1772442050 ACCEPT OK
2 111122223333 eni-0a1b2c3d 10.0.0.5 198.51.100.7 40001 9001 6 12 2400 1772442000 1772442050 ACCEPT OK
2 111122223333 eni-0a1b2c3d 198.51.100.7 10.0.0.5 9001 40001 6 9 4000 1772442000 1772442050 ACCEPT OK
";

fn types(desk: &Desk, lake: &str, lists: &[&str]) -> Vec<String> {
    let logs = desk.path("logs");
    fs::create_dir_all(&logs).unwrap();
    fs::write(logs.join("flows.log"), FLOWS).unwrap();
    let lake = desk.path(lake);
    let mut arguments =
        vec!["scan", logs.to_str().unwrap(), "--lake", lake.to_str().unwrap(), "--format", "json"];
    arguments.extend(lists.iter().flat_map(|list| ["--threat-list", list]));
    let report = desk.json(&arguments);
    let finding_type = |finding: &Value| finding["type"].as_str().unwrap().to_owned();
    report["findings"].as_array().unwrap().iter().map(finding_type).collect()
}

#[test]
fn contacts_are_found_by_the_lists_that_were_given() {
    let desk = Desk::new();
    let (bad, tor) = (desk.path("bad.txt"), desk.path("tor.txt"));
    fs::write(&bad, "# seen in March\n203.0.113.0/24\n").unwrap();
    fs::write(&tor, "ExitAddress 198.51.100.7 2026-03-01 00:00:00\n").unwrap();
    let (bad, tor) = (bad.to_str().unwrap(), format!("tor={}", tor.display()));
    assert!(types(&desk, "none", &[]).is_empty());
    assert_eq!(types(&desk, "bad", &[bad]), ["Backdoor:EC2/C&CActivity.B"]);
    let both = types(&desk, "both", &[bad, &tor]);
    assert!(both.contains(&"UnauthorizedAccess:EC2/TorClient".to_owned()) && both.len() == 2);
}

#[test]
fn a_list_without_entries_is_a_mistake() {
    let desk = Desk::new();
    let (list, lake) = (desk.path("list.txt"), desk.path("lake"));
    fs::write(&list, "nothing here\n").unwrap();
    let said = desk.fail(&[
        "scan",
        desk.path("logs").to_str().unwrap(),
        "--lake",
        lake.to_str().unwrap(),
        "--threat-list",
        list.to_str().unwrap(),
    ]);
    assert!(said.contains("has no address, network or domain"), "{said}");
}

/// Scans flows of one moment into a lake of its own, and returns what was found.
fn scan(desk: &Desk, more: &[&str]) -> usize {
    let logs = desk.path("logs");
    fs::create_dir_all(&logs).unwrap();
    fs::write(logs.join("flows.log"), FLOWS).unwrap();
    let lake = desk.path("lake");
    let mut arguments =
        vec!["scan", logs.to_str().unwrap(), "--lake", lake.to_str().unwrap(), "--format", "json"];
    arguments.extend(more);
    desk.json(&arguments)["findings"].as_array().unwrap().len()
}

fn n_findings(desk: &Desk) -> usize {
    let lake = desk.path("lake");
    let list = ["findings", "list", "--lake", lake.to_str().unwrap(), "--format", "json"];
    desk.json(&list).as_array().unwrap().len()
}

#[test]
fn a_new_list_is_searched_for_in_all_of_history() {
    let desk = Desk::new();
    assert_eq!(scan(&desk, &[]), 0);
    let list = desk.path("bad.csv");
    fs::write(&list, "Indicator type,Indicator,Description\nIPv4,203.0.113.9,\nIPv4,nothing,\n")
        .unwrap();
    let (lake, list) = (desk.path("lake"), list.to_str().unwrap().to_owned());
    let lake = lake.to_str().unwrap();
    let added = desk.command(&["lists", "add", &list, "--lake", lake]).output().unwrap();
    let said = String::from_utf8_lossy(&added.stderr).into_owned();
    assert!(said.contains("bad.csv:3:6: `nothing` is no address"), "{said}");
    let said = String::from_utf8_lossy(&added.stdout).into_owned();
    assert!(
        said.contains("1 entries of the list threat") && said.contains("1 new finding"),
        "{said}"
    );
    assert_eq!(n_findings(&desk), 1);
    let shown = desk.run(&["lists", "list", "--lake", lake]);
    assert!(shown.contains("OTX_CSV"), "{shown}");
}

#[test]
fn a_list_that_changes_is_searched_for_in_all_of_history_by_the_next_scan() {
    let desk = Desk::new();
    scan(&desk, &[]);
    let (lake, list) = (desk.path("lake"), desk.path("bad.txt"));
    let (lake, list) = (lake.to_str().unwrap(), list.to_str().unwrap());
    fs::write(list, "192.0.2.77\n").unwrap();
    desk.run(&["lists", "add", list, "--lake", lake]);
    assert_eq!(n_findings(&desk), 0);
    fs::write(list, "192.0.2.77\n198.51.100.7\n").unwrap();
    // The scan itself looks at a time in which nothing happened.
    assert_eq!(scan(&desk, &["--since", "2026-06-01"]), 0);
    assert_eq!(n_findings(&desk), 1);
    desk.run(&["lists", "remove", list, "--lake", lake]);
    assert!(desk.run(&["lists", "list", "--lake", lake]).contains("no lists"));
    let trusted = desk.path("ours.txt");
    fs::write(&trusted, "198.51.100.0/24\n").unwrap();
    let trusted = format!("trusted={}", trusted.display());
    assert_eq!(types(&desk, "other", &[list]).len(), 1);
    assert!(types(&desk, "third", &[list, &trusted]).is_empty());
}

/// What is told of a finding is read from its newest record, for many findings by one query.
#[test]
fn hundreds_of_findings_about_flows_tell_what_their_records_say() {
    let desk = Desk::new();
    let mut flows = FLOWS.lines().next().unwrap().to_owned();
    for host in 0..200 {
        let port = 40_000 + host;
        flows += &format!(
            "\n2 111122223333 eni-{host:08x} 10.0.1.{host} 203.0.113.9 {port} 8443 6 12 2400 \
             1772442000 1772442050 ACCEPT OK\n\
             2 111122223333 eni-{host:08x} 203.0.113.9 10.0.1.{host} 8443 {port} 6 9 4000 \
             1772442000 1772442050 ACCEPT OK"
        );
    }
    let (list, logs, lake) = (desk.path("bad.txt"), desk.path("flows.log"), desk.path("lake"));
    fs::write(&list, "203.0.113.9\n").unwrap();
    fs::write(&logs, flows).unwrap();
    let (list, lake) = (list.to_str().unwrap(), lake.to_str().unwrap());
    desk.run(&["scan", logs.to_str().unwrap(), "--lake", lake, "--threat-list", list]);
    assert_eq!(n_findings(&desk), 200);
    let criteria = r#"{"Criterion":{"service.action.networkConnectionAction.remoteIpDetails.ipAddressV4":{"Equals":["203.0.113.9"]}}}"#;
    let list = ["findings", "list", "--lake", lake, "--format", "json", "--criteria", criteria];
    assert_eq!(desk.json(&list).as_array().unwrap().len(), 200);
}
