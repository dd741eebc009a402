use serde_json::json;

use super::*;

#[track_caller]
fn check(criteria: &str, expected: bool) {
    let info = json!({"page": "recon/port-scan", "subject": "i-0a", "sample": false});
    let finding = json!({
        "type": "Recon:EC2/Portscan",
        "severity": 5.0,
        "updatedAt": "2026-03-02T00:00:00Z",
        "resource": {"instanceDetails": {"networkInterfaces": [{"vpcId": "vpc-1"}, {"vpcId": "vpc-2"}]}},
        "service": {"archived": false, "additionalInfo": {"value": info.to_string()}},
    });
    let read = Criteria::read(criteria).unwrap();
    assert_eq!(read.fit(&finding), expected, "{criteria}");
}

#[test]
fn every_operator_compares() {
    check(r#"{"Criterion":{"type":{"Equals":["x","Recon:EC2/Portscan"]}}}"#, true);
    check(r#"{"criterion":{"type":{"Neq":["Recon:EC2/Portscan"]}}}"#, false);
    check(r#"{"severity":{"GreaterThanOrEqual":5,"LessThan":7}}"#, true);
    check(r#"{"severity":{"gt":5}}"#, false);
    check(r#"{"severity":{"lte":5}}"#, true);
    check(r#"{"severity":{"Equals":["5"]}}"#, true);
    check(r#"{"type":{"Matches":["Recon:*/Port?can"]}}"#, true);
    check(r#"{"type":{"NotMatches":["Recon:*"]}}"#, false);
    check(r#"{"service.archived":{"Equals":["false"]}}"#, true);
}

#[test]
fn times_compare_as_milliseconds_or_as_times() {
    check(r#"{"updatedAt":{"Gte":1772409600000}}"#, true);
    check(r#"{"updatedAt":{"LessThan":"2026-03-02T00:00:00Z"}}"#, false);
}

#[test]
fn lists_on_the_way_are_gone_through() {
    let vpc = "resource.instanceDetails.networkInterfaces.vpcId";
    check(&format!(r#"{{"{vpc}":{{"Equals":["vpc-2"]}}}}"#), true);
    check(&format!(r#"{{"{vpc}":{{"NotEquals":["vpc-2"]}}}}"#), false);
}

#[test]
fn what_a_finding_does_not_have_equals_nothing() {
    let user = "resource.accessKeyDetails.userName";
    check(&format!(r#"{{"{user}":{{"Equals":["eve"]}}}}"#), false);
    check(&format!(r#"{{"{user}":{{"NotEquals":["eve"]}}}}"#), true);
    check(r#"{"haechi.page":{"Matches":["recon/*"]},"haechi.subject":{"Equals":["i-0a"]}}"#, true);
}

#[test]
fn mistakes_are_named() {
    let said = |text: &str| Criteria::read(text).unwrap_err().to_string();
    assert!(said("{").contains("line 1"));
    assert!(said(r#"{"Type":{"Equals":["x"]}}"#).contains("did you mean `type`?"));
    assert!(said(r#"{"severty":{"Equals":["8"]}}"#).contains("did you mean `severity`?"));
    assert!(said(r#"{"type":{"Like":["x"]}}"#).starts_with("type.Like: the operators are"));
    assert!(said(r#"{"severity":{"Gt":"high"}}"#).contains("number"));
    assert!(said(r#"{"type":["x"]}"#).starts_with("type: "));
}

#[test]
fn a_pattern_of_stars_ends_soon() {
    assert!(!matches(&"*a".repeat(200), &"a".repeat(199)));
    assert!(matches("*", "") && matches("a*c", "abbc") && !matches("a?c", "ac"));
}
