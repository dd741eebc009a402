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
