//! Every attack that haechi can invent is found by its own records, and its quiet twin is quiet.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::Desk;

/// The severity at which a finding is medium.
const MEDIUM: f64 = 4.0;

#[test]
fn every_story_is_told_by_findings_about_its_own_records() {
    let missed = missed(&["--story", "all", "--days", "30", "--scale", "0.05"]);
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn thirty_days_of_every_twin_have_no_finding_at_medium_or_above() {
    let loud = loud(&["--twin", "all", "--days", "30", "--scale", "0.05"]);
    assert!(loud.is_empty(), "{loud:#?}");
}

#[test]
fn a_cluster_that_was_opened_is_told_as_one_attack() {
    let (report, _, _) = judged(&["--story", "open-cluster", "--days", "7", "--scale", "0.05"]);
    let told = |it: &Value| it["type"] == "AttackSequence:EKS/CompromisedCluster";
    let told: Vec<&Value> = findings(&report).filter(|it| told(it)).collect();
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(told[0]["subject"], "system:anonymous");
    assert!(9.0 <= severity(told[0]));
}

#[test]
fn the_list_names_every_story_in_two_languages_and_a_wrong_name_is_told() {
    let desk = Desk::new();
    let list = desk.run(&["simulate", "--list"]);
    let names: Vec<&str> = list.lines().filter(|line| !line.starts_with(' ')).collect();
    assert!(names.contains(&"leaked-key") && 15 <= names.len(), "{list}");
    assert_eq!(list.lines().count(), 5 * names.len(), "a name and four sentences each");
    let korean = |line: &&str| line.chars().any(|letter| ('가'..='힣').contains(&letter));
    assert_eq!(list.lines().filter(korean).count(), 2 * names.len());
    let out = desk.path("logs");
    let wrong = ["simulate", "--out", out.to_str().unwrap(), "--story", "no-such"];
    let output = desk.command(&wrong).output().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("no-such") && said.contains("--list"), "{said}");
}

/// Invents and scans; returns the report and the truth.
fn judged(simulate: &[&str]) -> (Value, Value, String) {
    let desk = Desk::new();
    let (logs, truth) = desk.simulate(simulate);
    let (logs, lake) = (logs.to_str().unwrap(), desk.path("lake"));
    let report = desk.json(&["scan", logs, "--lake", lake.to_str().unwrap(), "--format", "json"]);
    (report, truth, format!("{logs}/"))
}

/// Returns the findings at medium or above of a run in which nobody attacks.
pub(crate) fn loud(simulate: &[&str]) -> Vec<String> {
    let (report, truth, _) = judged(simulate);
    assert!(truth["stories"].as_array().unwrap().is_empty());
    assert!(!truth["twins"].as_object().unwrap().is_empty());
    let told = |it: &Value| format!("{} {}", it["type"], it["why"]["en"]);
    findings(&report).filter(|it| MEDIUM <= severity(it)).map(told).collect()
}

/// Returns the steps of stories that no finding at medium or above tells by one of the step's
/// techniques and one of its records.
pub(crate) fn missed(simulate: &[&str]) -> Vec<String> {
    let (report, truth, logs) = judged(simulate);
    let mut missed = Vec::new();
    for story in truth["stories"].as_array().unwrap() {
        let steps = story["steps"].as_array().unwrap();
        let to_tell = steps.iter().filter(|step| !texts(&step["techniques"]).is_empty());
        let mut n_steps = 0;
        for step in to_tell {
            n_steps += 1;
            if !is_told(step, &report, &logs) {
                missed.push(format!("{}: {}", story["name"], step["name"]));
            }
        }
        assert!(0 < n_steps, "{} has no step that a finding should tell", story["name"]);
    }
    missed
}

fn is_told(step: &Value, report: &Value, logs: &str) -> bool {
    let records: BTreeSet<&str> =
        texts(&step["cloudtrail_ids"]).into_iter().chain(texts(&step["lines"])).collect();
    let techniques = texts(&step["techniques"]);
    let mut loud = findings(report).filter(|finding| MEDIUM <= severity(finding));
    loud.any(|finding| {
        let below = |record: &str| records.contains(record.strip_prefix(logs).unwrap_or(record));
        let has_record = texts(&finding["records"]).into_iter().any(below);
        let has_technique = texts(&finding["techniques"]).iter().any(|it| techniques.contains(it));
        has_record && has_technique
    })
}

fn findings(report: &Value) -> impl Iterator<Item = &Value> {
    report["findings"].as_array().unwrap().iter()
}

fn severity(finding: &Value) -> f64 {
    finding["severity"].as_f64().unwrap()
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}
