//! Living with findings: putting them away, judging them, handing them on, trying pages out.

use std::fs;

use serde_json::{Value, json};

use crate::support::Desk;

/// A lake with findings in it.
struct Room {
    desk: Desk,
    lake: String,
}

fn event(id: &str, day: u32, name: &str) -> Value {
    json!({
        "eventVersion": "1.11", "eventID": id, "eventName": name,
        "eventTime": format!("2026-03-0{day}T10:00:00Z"),
        "eventSource": "cloudtrail.amazonaws.com", "awsRegion": "eu-north-1",
        "sourceIPAddress": "203.0.113.9", "userAgent": "aws-cli/2.15.0",
        "recipientAccountId": "111122223333", "eventCategory": "Management",
        "requestParameters": {"name": "main"},
        "userIdentity": {
            "type": "IAMUser", "accountId": "111122223333", "userName": "eve",
            "arn": "arn:aws:iam::111122223333:user/eve", "principalId": "AIDAEXAMPLE",
            "accessKeyId": "AKIAEXAMPLE",
        },
    })
}

impl Room {
    fn new() -> Self {
        let desk = Desk::new();
        let lake = desk.path("lake").to_str().unwrap().to_owned();
        Self { desk, lake }
    }

    /// Scans one file of events.
    fn scan(&self, file: &str, events: &[Value], more: &[&str]) -> Value {
        let path = self.desk.path(file);
        fs::write(&path, json!({"Records": events}).to_string()).unwrap();
        let mut arguments = vec!["scan", path.to_str().unwrap(), "--format", "json"];
        arguments.extend(more);
        serde_json::from_str(&self.run(&arguments)).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> String {
        let mut arguments = arguments.to_vec();
        arguments.extend(["--lake", &self.lake]);
        self.desk.run(&arguments)
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let mut arguments = arguments.to_vec();
        arguments.extend(["--format", "json"]);
        serde_json::from_str(&self.run(&arguments)).unwrap()
    }

    /// Returns the ids of the findings about stopped trails.
    fn ids(&self, more: &[&str]) -> Vec<String> {
        let mut arguments = vec!["findings", "list", "--type", "Stealth:IAMUser/CloudTrail*"];
        arguments.extend(more);
        let found = self.json(&arguments);
        let id = |it: &Value| it["id"].as_str().unwrap().to_owned();
        found.as_array().unwrap().iter().map(id).collect()
    }
}

#[test]
fn people_archive_judge_and_hand_on() {
    let room = Room::new();
    let places = room.desk.path("places.csv");
    fs::write(&places, "203.0.113.0,203.0.113.255,SE\n").unwrap();
    let events = [event("a1", 2, "StopLogging"), event("a2", 3, "DeleteTrail")];
    room.scan("one.json", &events, &["--places", places.to_str().unwrap()]);
    let ids = room.ids(&[]);
    assert_eq!(ids.len(), 1);
    let id = ids[0].as_str();
    room.run(&["findings", "archive", id]);
    assert!(room.ids(&[]).is_empty());
    assert_eq!(room.ids(&["--archived"]), ids);
    room.run(&["findings", "unarchive", id]);
    let feedback = ["findings", "feedback", id, "--feedback", "not-useful", "--comments", "ours"];
    room.run(&feedback);
    assert!(room.run(&["findings", "show", id]).contains("feedback NOT_USEFUL ours"));
    let criteria = r#"{"Criterion":{"service.action.awsApiCallAction.remoteIpDetails.country.countryCode":{"Equals":["SE"]}}}"#;
    assert_eq!(room.ids(&["--criteria", criteria]), ids);
    let other = r#"{"Criterion":{"resource.accessKeyDetails.userName":{"NotEquals":["eve"]}}}"#;
    assert!(room.ids(&["--criteria", other]).is_empty());

    let chosen = ["--subject", "*user/eve", "--type", "Stealth:*"];
    let export = |form| room.run(&[&["findings", "export", "--as", form][..], &chosen].concat());
    let guardduty: Value = serde_json::from_str(&export("guardduty")).unwrap();
    let finding = &guardduty["Findings"][0];
    assert_eq!(finding["service"]["userFeedback"], "NOT_USEFUL");
    assert_eq!(finding["service"]["action"]["awsApiCallAction"]["api"], "DeleteTrail");
    assert_eq!(finding["service"]["count"], 2);
    let asff: Value = serde_json::from_str(&export("asff")).unwrap();
    assert_eq!(asff[0]["Resources"][0]["Id"], "AWS::IAM::AccessKey:AKIAEXAMPLE");
    let ocsf: Value = serde_json::from_str(export("ocsf").lines().next().unwrap()).unwrap();
    assert_eq!(ocsf["class_uid"], 2004);
}

#[test]
fn a_suppression_rule_archives_what_is_new_and_what_people_see_stays_short() {
    let room = Room::new();
    let criteria = r#"{"Criterion":{"type":{"Matches":["Stealth:*"]},"resource.accessKeyDetails.userName":{"Equals":["eve"]}}}"#;
    room.scan("none.json", &[event("a0", 1, "DescribeTrails")], &[]);
    let create = ["filters", "create", "--name", "eve", "--action", "ARCHIVE"];
    room.run(&[&create[..], &["--finding-criteria", criteria]].concat());
    let report = room.scan("one.json", &[event("a1", 2, "StopLogging")], &["--fail-on", "high"]);
    assert_eq!(report["archived"], 1, "{report:#}");
    assert!(room.ids(&[]).is_empty());
    let filters = room.json(&["filters", "list"]);
    assert_eq!((&filters[0]["action"], &filters[0]["archived"]), (&json!("ARCHIVE"), &json!(1)));
    let id = &room.ids(&["--archived"])[0];
    assert!(room.run(&["findings", "show", id]).contains("archived by the filter eve"));
    room.run(&["filters", "delete", "eve"]);
    assert!(room.run(&["filters", "list"]).contains("no filters"));
    let bad = ["filters", "create", "--name", "x", "--lake", &room.lake, "--finding-criteria"];
    let said = room.desk.fail(&[&bad[..], &[r#"{"Type":{"Equals":["x"]}}"#]].concat());
    assert!(said.contains("did you mean `type`?"), "{said}");
}

#[test]
fn samples_are_marked_and_only_of_known_types() {
    let room = Room::new();
    room.scan("none.json", &[event("a0", 1, "DescribeTrails")], &[]);
    let kind = "Stealth:IAMUser/CloudTrailLoggingDisabled";
    room.run(&["findings", "create-samples", "--types", kind]);
    let export = room.run(&["findings", "export", "--as", "asff", "--type", kind]);
    let found: Value = serde_json::from_str(&export).unwrap();
    assert_eq!(found[0]["Sample"], true);
    let sample = r#"{"service.additionalInfo.sample":{"Equals":["true"]}}"#;
    assert_eq!(room.ids(&["--criteria", sample]).len(), found.as_array().unwrap().len());
    let unknown = ["findings", "create-samples", "--types", "No:Such/Type", "--lake", &room.lake];
    assert!(room.desk.fail(&unknown).contains("no detection has the type"));
}

#[test]
fn a_page_is_tried_out_before_it_is_put_to_work() {
    let room = Room::new();
    let events = [event("a1", 2, "StopLogging"), event("a2", 3, "StopLogging")];
    room.scan("one.json", &events, &[]);
    let trial = room.json(&["detect", "test", "defence/trail-stopped"]);
    assert_eq!(trial[0]["findings"], 1);
    assert_eq!(trial[0]["days"], json!({"2026-03-02": 1, "2026-03-03": 1}));
    assert_eq!(trial[0]["subjects"][0], json!(["arn:aws:iam::111122223333:user/eve", 2]));
    let pages = concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalog/detections/defence");
    let said = room.run(&["detect", "test", pages]);
    assert!(said.contains("trail-stopped: 1 findings about 1 subjects, 2 records on 2 days"));
    let id = &room.ids(&[])[0];
    let said = room.run(&["detect", "explain", id]);
    assert!(said.contains("StopLogging") && said.contains("2026-03-03"), "{said}");
}

#[test]
fn coverage_is_a_layer_for_the_navigator() {
    let desk = Desk::new();
    let layer = desk.json(&["detect", "coverage", "--format", "navigator"]);
    assert_eq!(layer["versions"]["layer"], "4.5");
    let techniques = layer["techniques"].as_array().unwrap();
    let stopped = |it: &&Value| it["techniqueID"] == "T1562.008";
    let stopped = techniques.iter().find(stopped).unwrap();
    assert!(stopped["comment"].as_str().unwrap().contains("defence/trail-stopped"));
    assert!(desk.run(&["detect", "coverage"]).contains("T1562.008"));
}

const RULE: &str = "\
title: Trail Stopped By Anyone
id: 33333333-2222-4333-8444-555555555555
logsource: { product: aws, service: cloudtrail }
detection:
    selection:
        eventName: StopLogging
    condition: selection
level: medium
tags: [attack.t1562.008]
";

#[test]
fn sigma_rules_find_and_what_cannot_be_used_is_named() {
    let room = Room::new();
    let rules = room.desk.path("rules");
    fs::create_dir_all(rules.join("deep")).unwrap();
    fs::write(rules.join("deep/trail.yml"), RULE).unwrap();
    fs::write(rules.join("windows.yml"), RULE.replace("aws", "windows")).unwrap();
    fs::write(rules.join("broken.yml"), "title: [").unwrap();
    let rules = rules.to_str().unwrap();
    let events = [event("a1", 2, "StopLogging"), event("a2", 3, "StopLogging")];
    let report = room.scan("one.json", &events, &["--rules", rules]);
    let found = report["findings"].as_array().unwrap();
    let of_rule = |it: &&Value| it["type"] == "Sigma:CloudTrail/TrailStoppedByAnyone";
    let finding = found.iter().find(of_rule).unwrap();
    assert_eq!((&finding["count"], &finding["severity"]), (&json!(2), &json!(5.0)));
    let evidence = finding["evidence"].as_str().unwrap();
    assert_eq!(room.desk.sql(room.lake.as_ref(), evidence).as_array().unwrap().len(), 2);
    let trial = ["detect", "test", rules, "--lake", &room.lake];
    let output = room.desk.command(&trial).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("windows.yml:3:23: rules run over product aws"), "{said}");
    assert!(said.contains("broken.yml:"), "{said}");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("1 findings about 1 subjects, 2 records on 2 days"), "{said}");
    let covered = room.desk.run(&["detect", "coverage", "--rules", rules]);
    let line = covered.lines().find(|line| line.contains("sigma/33333333")).unwrap();
    assert!(line.contains("Sigma:CloudTrail/TrailStoppedByAnyone"), "{line}");
}

#[test]
fn all_records_that_a_rule_fits_are_kept() {
    let room = Room::new();
    let rule = room.desk.path("trail.yml");
    fs::write(&rule, RULE).unwrap();
    let events: Vec<Value> =
        (0..250).map(|number| event(&format!("a{number:03}"), 2, "StopLogging")).collect();
    let report = room.scan("one.json", &events, &["--rules", rule.to_str().unwrap()]);
    let found = report["findings"].as_array().unwrap();
    let of_rule = |it: &&Value| it["type"] == "Sigma:CloudTrail/TrailStoppedByAnyone";
    let id = found.iter().find(of_rule).unwrap()["id"].as_str().unwrap();
    let lines = room.desk.run(&["findings", "show", id, "--lake", &room.lake, "--records"]);
    assert_eq!(lines.lines().count(), 250);
}

#[test]
fn all_records_of_a_finding_are_kept() {
    let room = Room::new();
    let events: Vec<Value> =
        (0..250).map(|number| event(&format!("a{number:03}"), 2, "StopLogging")).collect();
    room.scan("one.json", &events, &[]);
    let id = &room.ids(&[])[0];
    let show = ["findings", "show", id, "--lake", &room.lake];
    let said = room.desk.run(&show);
    assert!(said.contains("and 50 more"), "{said}");
    let lines = room.desk.run(&[&show[..], &["--records"]].concat());
    let records: Vec<&str> = lines.lines().collect();
    assert_eq!((records.len(), records[0], records[249]), (250, "a000", "a249"));
    let json = room.desk.json(&[&show[..], &["--format", "json"]].concat());
    assert_eq!(json["records"].as_array().unwrap().len(), 250);
    let later: Vec<Value> =
        (0..3).map(|number| event(&format!("b{number:03}"), 4, "StopLogging")).collect();
    room.scan("two.json", &later, &["--since", "2026-03-04"]);
    let lines = room.desk.run(&[&show[..], &["--records"]].concat());
    assert_eq!(lines.lines().count(), 253);
}
