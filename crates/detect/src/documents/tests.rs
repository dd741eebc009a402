use haechi_catalog::Catalog;
use haechi_model::{Explanation, Finding, FindingId, Severity, Timestamp};
use haechi_origins::{Clients, Tables};
use serde_json::json;

use super::*;
use crate::store::{Feedback, StoredFinding};

fn stored(kind: &str, source: &str, record: &Value) -> StoredFinding {
    let finding = Finding {
        id: FindingId("0123456789abcdef0123".to_owned()),
        kind: kind.to_owned(),
        page: "recon/port-scan".to_owned(),
        title: "It happened".repeat(40),
        title_ko: "일어남".to_owned(),
        severity: Severity::new(8.0).unwrap(),
        subject: "10.0.0.5".to_owned(),
        account: Some("111122223333".to_owned()),
        region: Some("cn-north-1".to_owned()),
        count: 3,
        first_seen: Timestamp(1_772_442_000_000_000),
        last_seen: Timestamp(1_772_442_060_000_000),
        records: vec!["a".to_owned()],
        why: Explanation { en: "Because.".to_owned(), ko: "왜냐하면".to_owned() },
        evidence: format!("select * from \"{source}\" where \"date\" >= '2026-03-02'"),
        techniques: vec!["T1562.008".to_owned(), "T1046".to_owned()],
    };
    assert_eq!(source_of(&finding), Some(source));
    let mut places = Tables::default();
    places.add(b"203.0.113.0,203.0.113.255,SE\n".to_vec()).unwrap();
    places.add(b"203.0.113.0,203.0.113.255,64496,Example\n".to_vec()).unwrap();
    places.add(AWS.as_bytes().to_vec()).unwrap();
    let clients = Clients::of(&Catalog::tables(None).unwrap());
    StoredFinding {
        details: details(&finding, source, record, (&places, &clients)),
        finding,
        archived: false,
        suppressed_by: None,
        feedback: None,
        comments: None,
        is_sample: false,
        created: Timestamp(1_772_442_100_000_000),
        updated: Timestamp(1_772_442_100_000_000),
        earlier_evidence: Vec::new(),
    }
}

const AWS: &str = r#"{"prefixes": [{"ip_prefix": "203.0.113.0/24", "region": "eu-north-1",
    "service": "EC2", "network_border_group": "eu-north-1"}]}"#;

fn call() -> StoredFinding {
    let event = json!({
        "eventSource": "cloudtrail.amazonaws.com", "eventName": "StopLogging",
        "sourceIPAddress": "203.0.113.9", "userAgent": "aws-cli/2",
        "userIdentity": {"type": "IAMUser", "userName": "eve", "accessKeyId": "AKIAEXAMPLE"},
    });
    stored("Stealth:IAMUser/CloudTrailLoggingDisabled", "cloudtrail", &event)
}

fn flow() -> StoredFinding {
    let flow = json!({
        "srcaddr": "10.0.0.5", "dstaddr": "203.0.113.9", "srcport": 40000, "dstport": 22,
        "protocol": 6, "action": "ACCEPT", "instance_id": "i-0a", "interface_id": "eni-0b",
    });
    stored("UnauthorizedAccess:EC2/SSHBruteForce", "vpc_flow", &flow)
}

#[track_caller]
fn fits(schema: &str, document: &Value) {
    assert_eq!(schemas::faults(schema, document), [""; 0], "{document:#}");
}

#[test]
fn documents_are_what_their_schemas_say() {
    let query = json!({"query_name": "x.example.net.", "instance_id": "i-0a"});
    let lookup = stored("Backdoor:EC2/C&CActivity.B!DNS", "route53_resolver", &query);
    let strange = stored("Nonsense", "other", &json!({}));
    let mut judged = call();
    (judged.archived, judged.is_sample) = (true, true);
    judged.feedback = Some(Feedback::Useful);
    for stored in [call(), flow(), lookup, strange, judged] {
        fits(schemas::GUARDDUTY, &guardduty(&stored));
        fits(schemas::ASFF, &asff(&stored));
        fits(schemas::OCSF, &ocsf(&stored));
        assert!(asff(&stored)["Title"].as_str().unwrap().chars().count() <= 256);
    }
}

#[test]
fn a_call_names_its_caller_in_every_form() {
    let stored = call();
    let document = guardduty(&stored);
    let action = &document["service"]["action"]["awsApiCallAction"];
    assert_eq!(action["api"], "StopLogging");
    assert_eq!(action["remoteIpDetails"]["ipAddressV4"], "203.0.113.9");
    assert_eq!(action["remoteIpDetails"]["country"]["countryCode"], "SE");
    assert_eq!(action["remoteIpDetails"]["organization"]["asn"], "64496");
    assert_eq!(action["remoteIpDetails"]["organization"]["asnOrg"], "Example");
    let additional = document["service"]["additionalInfo"]["value"].as_str().unwrap();
    let additional: Value = serde_json::from_str(additional).unwrap();
    assert_eq!(additional["client"], json!({"family": "AWS CLI", "kind": "command_line"}));
    assert_eq!(additional["aws"], json!({"service": "EC2", "region": "eu-north-1"}));
    assert_eq!(document["resource"]["accessKeyDetails"]["userName"], "eve");
    assert!(document["arn"].as_str().unwrap().starts_with("arn:aws-cn:guardduty:cn-north-1:"));
    let document = asff(&stored);
    assert_eq!(document["Resources"][0]["Id"], "AWS::IAM::AccessKey:AKIAEXAMPLE");
    assert_eq!(
        document["Types"][0],
        "TTPs/Defense Evasion/Stealth:IAMUser-CloudTrailLoggingDisabled"
    );
    let document = ocsf(&stored);
    assert_eq!(document["evidences"][0]["src_endpoint"]["ip"], "203.0.113.9");
    let caller = &document["evidences"][0]["src_endpoint"];
    assert_eq!(caller["autonomous_system"], json!({"number": 64_496, "name": "Example"}));
    assert_eq!(caller["location"]["country"], "SE");
    assert_eq!(document["evidences"][0]["http_request"]["user_agent"], "aws-cli/2");
    assert_eq!(document["unmapped"]["client"]["family"], "AWS CLI");
    assert_eq!(document["evidences"][0]["api"]["operation"], "StopLogging");
    assert_eq!(document["finding_info"]["attacks"][0]["sub_technique"]["uid"], "T1562.008");
    assert_eq!(document["type_uid"], 200_401);
}

#[test]
fn a_connection_has_two_ends_and_a_direction() {
    let stored = flow();
    let document = guardduty(&stored);
    let action = &document["service"]["action"]["networkConnectionAction"];
    assert_eq!(action["connectionDirection"], "OUTBOUND");
    assert_eq!(action["remotePortDetails"]["port"], 22);
    assert_eq!(action["localIpDetails"]["ipAddressV4"], "10.0.0.5");
    assert_eq!(stored.details["aws"]["service"], "EC2");
    let network = &asff(&stored)["Network"];
    assert_eq!(
        (&network["SourceIpV4"], &network["DestinationPort"]),
        (&json!("10.0.0.5"), &json!(22))
    );
    assert_eq!(ocsf(&stored)["evidences"][0]["dst_endpoint"]["ip"], "203.0.113.9");
}

#[test]
fn what_people_say_is_in_the_documents() {
    let mut stored = call();
    stored.archived = true;
    stored.feedback = Some(Feedback::NotUseful);
    assert_eq!(guardduty(&stored)["service"]["userFeedback"], "NOT_USEFUL");
    assert_eq!(asff(&stored)["RecordState"], "ARCHIVED");
    assert_eq!(asff(&stored)["VerificationState"], "FALSE_POSITIVE");
    assert_eq!(ocsf(&stored)["status"], "Archived");
    stored.suppressed_by = Some("rule".to_owned());
    assert_eq!(ocsf(&stored)["status"], "Suppressed");
}
