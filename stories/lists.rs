//! Looking for the addresses and domains of one's own lists.

use std::fmt::Write as _;
use std::fs;

use serde_json::{Value, json};

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

/// Writes two trails stopped, one from an office and one from elsewhere; returns the folder.
fn stopped_trails(desk: &Desk) -> String {
    let event = |id: &str, user: &str, address: &str| {
        json!({
            "eventVersion": "1.11", "eventID": id, "eventName": "StopLogging",
            "eventTime": "2026-03-02T10:00:00Z", "awsRegion": "eu-north-1",
            "eventSource": "cloudtrail.amazonaws.com", "sourceIPAddress": address,
            "userAgent": "aws-cli/2.15.0", "recipientAccountId": "111122223333",
            "requestParameters": {"name": "main"},
            "userIdentity": {
                "type": "IAMUser", "accountId": "111122223333", "userName": user,
                "arn": format!("arn:aws:iam::111122223333:user/{user}"),
            },
        })
    };
    let events = [event("e1", "kim", "203.0.113.9"), event("e2", "eve", "198.51.100.7")];
    let logs = desk.path("trail.json");
    fs::write(&logs, json!({ "Records": events }).to_string()).unwrap();
    logs.to_str().unwrap().to_owned()
}

#[test]
fn what_is_trusted_is_found_by_no_page_and_what_was_found_is_archived_with_the_reason() {
    let desk = Desk::new();
    let (logs, lake) = (stopped_trails(&desk), desk.path("lake"));
    let lake = lake.to_str().unwrap();
    let scan = |more: &[&str]| {
        let scan = ["scan", &logs, "--lake", lake, "--format", "json"];
        let report = desk.json(&[&scan[..], more].concat());
        report["findings"].as_array().unwrap().len()
    };
    let open = |more: &[&str]| {
        let list = ["findings", "list", "--lake", lake, "--format", "json"];
        let found = desk.json(&[&list[..], more].concat());
        let user =
            |it: &Value| it["subject"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        let mut users: Vec<String> = found.as_array().unwrap().iter().map(user).collect();
        users.sort();
        users
    };
    assert_eq!(scan(&[]), 2);
    let offices = desk.path("offices.txt");
    fs::write(&offices, "203.0.113.0/24\n").unwrap();
    let trusted = format!("trusted={}", offices.display());
    desk.run(&["lists", "add", &trusted, "--lake", lake]);
    assert_eq!(open(&[]), ["eve"]);
    assert_eq!(open(&["--archived"]), ["kim"]);
    let archived =
        desk.json(&["findings", "list", "--archived", "--lake", lake, "--format", "json"]);
    let id = archived[0]["id"].as_str().unwrap().to_owned();
    let shown = desk.run(&["findings", "show", &id, "--lake", lake]);
    assert!(shown.contains("archived: it rests on what stands on a trusted list"), "{shown}");
    assert_eq!(scan(&[]), 1);

    // The office moves: the list changes, and a scan of another time looks at everything again.
    fs::write(&offices, "198.51.100.0/24\n").unwrap();
    scan(&["--since", "2026-06-01"]);
    assert_eq!(
        (open(&[]), open(&["--archived"])),
        (vec!["kim".to_owned()], vec!["eve".to_owned()])
    );
    desk.run(&["lists", "remove", &trusted, "--lake", lake]);
    assert_eq!(open(&[]), ["eve", "kim"]);

    // Once, without keeping the list.
    let other = desk.path("other");
    let once = ["scan", &logs, "--lake", other.to_str().unwrap(), "--format", "json"];
    let report = desk.json(&[&once[..], &["--threat-list", &trusted]].concat());
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
    assert!(report["findings"][0]["subject"].as_str().unwrap().ends_with("kim"));
}

#[test]
fn addresses_that_stand_in_a_list_are_trusted_too() {
    let desk = Desk::new();
    let event = json!({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata",
        "auditID": "00000000-0000-4000-8000-000000000001", "stage": "ResponseComplete",
        "requestURI": "/api/v1/namespaces/shop/pods", "verb": "list",
        "user": {"username": "system:anonymous", "groups": ["system:unauthenticated"]},
        "sourceIPs": ["10.0.0.7", "203.0.113.9"], "userAgent": "curl/8.0",
        "objectRef": {"resource": "pods", "namespace": "shop", "apiVersion": "v1"},
        "responseStatus": {"metadata": {}, "code": 200},
        "requestReceivedTimestamp": "2026-03-02T10:00:00.000000Z",
        "stageTimestamp": "2026-03-02T10:00:00.100000Z",
    });
    let (logs, offices) = (desk.path("audit.json"), desk.path("offices.txt"));
    fs::write(&logs, format!("{event}\n")).unwrap();
    fs::write(&offices, "203.0.113.0/24\n").unwrap();
    let lake = desk.path("lake");
    let lake = lake.to_str().unwrap();
    desk.run(&["scan", logs.to_str().unwrap(), "--lake", lake]);
    assert_eq!(n_findings(&desk), 1);
    desk.run(&["lists", "add", &format!("trusted={}", offices.display()), "--lake", lake]);
    assert_eq!(n_findings(&desk), 0);
}

const RULE: &str = "title: Trail stopped\nid: 0b2ea3a5-7a0e-4b4b-9e55-1f2f6a0d9c11\n\
    status: test\nlogsource:\n  product: aws\n  service: cloudtrail\n\
    detection:\n  selection:\n    eventName: StopLogging\n  condition: selection\nlevel: high\n";

#[test]
fn sigma_rules_do_not_see_what_is_trusted() {
    let desk = Desk::new();
    let (logs, lake) = (stopped_trails(&desk), desk.path("lake"));
    let (rule, offices) = (desk.path("rule.yml"), desk.path("offices.txt"));
    fs::write(&rule, RULE).unwrap();
    fs::write(&offices, "203.0.113.0/24\n").unwrap();
    let trusted = format!("trusted={}", offices.display());
    let scan = |lists: &[&str]| {
        let scan = ["scan", &logs, "--lake", lake.to_str().unwrap(), "--format", "json"];
        let report = desk.json(&[&scan[..], &["--rules", rule.to_str().unwrap()], lists].concat());
        report["findings"].as_array().unwrap().len()
    };
    assert_eq!((scan(&[]), scan(&["--threat-list", &trusted])), (4, 2));
}

#[test]
fn hundreds_of_findings_about_flows_tell_what_their_records_say() {
    let desk = Desk::new();
    let mut flows = FLOWS.lines().next().unwrap().to_owned();
    for host in 0..200 {
        let port = 40_000 + host;
        let _ = write!(
            flows,
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
