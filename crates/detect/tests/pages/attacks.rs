//! An attack that leaves its traces in three logs is one finding, whatever order they come in.

use arrow::record_batch::RecordBatch;
use haechi_detect::{Detector, Live};
use haechi_model::{Finding, Timestamp, Window};

use crate::{examples, reader};

/// How late rows come, in seconds.
const LATENESS: u32 = 600;

/// The host asks for names that it makes up and scans a neighbour.
const FLOWS: &str = r#"
{"repeat":6,"after":600,"dstaddr":"10.0.0.9","dstport":"1{n}","packets":1,"bytes":60}
"#;
const QUERIES: &str = r#"
{"repeat":40,"after":1200,"query_type":"TXT","query_name":"0f3a9c7e1b2d4f6a8c0e{n}d5b7f9a1c3e5.t.example.net."}
"#;
/// Its credentials are used to look around.
const CALLS: &str = r#"
{"after":1800,"eventName":"GetCallerIdentity","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE:i-0a1b2c3d4e5f60718","arn":"arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d4e5f60718","sessionContext":{"sessionIssuer":{"arn":"arn:aws:iam::111122223333:role/web"}}}}
{"eventSource":"secretsmanager.amazonaws.com","eventName":"GetSecretValue","repeat":30,"requestParameters":{"secretId":"secret-{n}"},"userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE:i-0a1b2c3d4e5f60718","arn":"arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d4e5f60718","sessionContext":{"sessionIssuer":{"arn":"arn:aws:iam::111122223333:role/web"}}}}
"#;

fn logs() -> [(&'static str, RecordBatch); 3] {
    [("vpc_flow", FLOWS), ("route53_resolver", QUERIES), ("cloudtrail", CALLS)].map(
        |(source, text)| {
            let mapping = &examples::CATALOG.sources[source];
            (source, reader::batch(mapping, &reader::events(mapping, text)))
        },
    )
}

fn attacks(findings: &[Finding]) -> Vec<&Finding> {
    findings.iter().filter(|finding| finding.kind.starts_with("AttackSequence:EC2")).collect()
}

fn replayed(logs: &[(&str, RecordBatch)], window: Window) -> Vec<Finding> {
    let mut detector: Detector = examples::detector(&examples::CATALOG);
    detector.set_window(window);
    for (source, rows) in logs {
        detector.observe(source, rows).unwrap();
    }
    detector.finish()
}

#[test]
fn traces_in_three_logs_are_one_attack() {
    let findings = replayed(&logs(), Window::default());
    let found = attacks(&findings);
    assert_eq!(found.len(), 1, "{findings:#?}");
    assert_eq!(found[0].subject, "i-0a1b2c3d4e5f60718");
    for kind in ["Recon:EC2/Portscan", "Trojan:EC2/DNSDataExfiltration", "SecretsReadInBulk"] {
        assert!(found[0].why.en.contains(kind), "{}", found[0].why.en);
    }
    for source in ["vpc_flow", "route53_resolver", "cloudtrail"] {
        assert!(found[0].evidence.contains(&format!("from \"{source}\"")));
    }
    assert_eq!(found[0].records.len() as u64, found[0].count);
}

#[test]
fn without_one_of_the_logs_there_is_no_attack() {
    for missing in 0..3 {
        let mut some = logs().to_vec();
        some.remove(missing);
        assert!(attacks(&replayed(&some, Window::default())).is_empty(), "without {missing}");
    }
}

#[test]
fn the_order_of_the_logs_changes_nothing() {
    let whole = replayed(&logs(), Window::default());
    let mut backwards = logs();
    backwards.reverse();
    assert_eq!(replayed(&backwards, Window::default()), whole);
}

#[test]
fn a_stream_that_stops_and_goes_on_finds_the_same() {
    let whole = replayed(&logs(), Window::default());
    let mut live = Live::new(examples::detector(&examples::CATALOG), LATENESS);
    let logs = logs();
    for (at, (source, rows)) in logs.iter().enumerate() {
        for start in (0..rows.num_rows()).step_by(3) {
            let n_rows = 3.min(rows.num_rows() - start);
            live.take(source, &rows.slice(start, n_rows)).unwrap();
        }
        let detector = examples::detector(&examples::CATALOG);
        let (resumed, anew) = Live::resume(detector, LATENESS, &live.snapshot()).unwrap();
        assert!(anew.is_empty(), "{anew:?}");
        live = resumed;
        // What waited comes again.
        for (source, rows) in &logs[..=at] {
            live.take(source, rows).unwrap();
        }
    }
    assert_eq!(live.finish().unwrap(), whole);
}

#[test]
fn an_attack_that_ends_inside_the_window_may_begin_before_it() {
    let from = Timestamp::parse("2026-01-05T09:25:00Z").unwrap();
    let window = Window { from: Some(from), until: None };
    let findings = replayed(&logs(), window);
    let found = attacks(&findings);
    assert_eq!(found.len(), 1, "{findings:#?}");
    assert!(found[0].first_seen < from);
    let later = Window { from: Some(from.plus_seconds(3_600)), until: None };
    assert!(attacks(&replayed(&logs(), later)).is_empty());
}

/// Somebody without a name looks around in a cluster, takes its secrets and its node, and hides.
const CLUSTER: &str = r#"
{"verb":"list","user":{"username":"system:anonymous"},"sourceIPs":["203.0.113.9"],"objectRef":{"resource":"pods","namespace":"shop"},"responseStatus":{"code":200}}
{"after":60,"verb":"list","user":{"username":"system:anonymous"},"sourceIPs":["203.0.113.9"],"objectRef":{"resource":"secrets","namespace":"shop"},"responseStatus":{"code":200}}
{"after":60,"verb":"create","user":{"username":"system:anonymous"},"sourceIPs":["203.0.113.9"],"objectRef":{"resource":"pods","namespace":"shop","name":"x"},"responseStatus":{"code":201},"requestObject":{"spec":{"containers":[{"image":"alpine","securityContext":{"privileged":true}}]}}}
{"after":60,"verb":"deletecollection","user":{"username":"system:anonymous"},"sourceIPs":["203.0.113.9"],"objectRef":{"resource":"events","namespace":"shop"},"responseStatus":{"code":200}}
"#;

#[test]
fn an_attack_in_a_cluster_is_no_attack_with_credentials_of_aws() {
    let mapping = &examples::CATALOG.sources["eks_audit"];
    let rows = reader::batch(mapping, &reader::events(mapping, CLUSTER));
    let findings = replayed(&[("eks_audit", rows)], Window::default());
    let is_sequence = |it: &&Finding| it.kind.starts_with("AttackSequence:");
    let kinds: Vec<&str> = findings.iter().filter(is_sequence).map(|it| &*it.kind).collect();
    assert_eq!(kinds, ["AttackSequence:EKS/CompromisedCluster"]);
}
