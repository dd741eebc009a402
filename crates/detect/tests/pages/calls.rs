//! Real calls of attackers, and a real account full of other people's work.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Read;
use std::path::{Path, PathBuf};

use expect_test::expect;
use haechi_model::Finding;
use serde_json::Value;

use crate::{examples, reader, zeek};

/// Runs every page over calls, in the order of a plan's query, each call once.
fn found_in(calls: impl IntoIterator<Item = Value>) -> (Vec<Finding>, usize) {
    let text = |call: &Value, key: &str| call[key].as_str().unwrap_or_default().to_owned();
    let in_order: BTreeMap<(String, String), Value> = calls
        .into_iter()
        .map(|call| ((text(&call, "eventTime"), text(&call, "eventID")), call))
        .collect();
    let calls: Vec<Value> = in_order.into_values().collect();
    let findings = examples::found_by_all("cloudtrail", &|source| reader::batch(source, &calls));
    (findings, calls.len())
}

fn files_below(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path, ending));
        } else if path.to_str().unwrap().ends_with(ending) {
            files.push(path);
        }
    }
    files.sort();
    files
}

#[test]
fn corpus_every_technique_is_found_at_medium_or_higher() {
    let files = files_below(&zeek::corpus().join("cloudtrail-stratus"), ".json");
    let mut missed = Vec::new();
    let mut found_by = String::new();
    for file in &files {
        let calls: Vec<Value> = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let (mut findings, _) = found_in(calls);
        findings.retain(|finding| 4.0 <= finding.severity.value());
        let technique = file.file_stem().unwrap().to_str().unwrap().to_owned();
        if findings.is_empty() {
            missed.push(technique.clone());
        }
        let pages: BTreeSet<&str> = findings.iter().map(|it| it.page.as_str()).collect();
        let pages: Vec<&str> = pages.into_iter().collect();
        writeln!(found_by, "{technique}: {}", pages.join(" ")).unwrap();
    }
    assert_eq!(files.len(), 35);
    assert!(missed.is_empty(), "{missed:?}");
    expect![[r#"
        aws.credential-access.ec2-get-password-data: credential/windows-passwords
        aws.credential-access.ec2-steal-instance-credentials: initial-access/stolen-instance-credentials
        aws.credential-access.secretsmanager-batch-retrieve-secrets: credential/secrets-in-batches
        aws.credential-access.secretsmanager-retrieve-secrets: credential/secrets-in-bulk
        aws.credential-access.ssm-retrieve-securestring-parameters: credential/parameters-decrypted
        aws.defense-evasion.cloudtrail-delete: defence/trail-stopped
        aws.defense-evasion.cloudtrail-event-selectors: defence/trail-reduced
        aws.defense-evasion.cloudtrail-stop: defence/trail-stopped
        aws.defense-evasion.dns-delete-logs: defence/dns-logs-deleted
        aws.defense-evasion.organizations-leave: defence/organization-left
        aws.defense-evasion.vpc-remove-flow-logs: defence/flow-logs-deleted
        aws.discovery.ec2-download-user-data: recon/user-data-read
        aws.execution.ec2-launch-unusual-instances: impact/accelerated-instances
        aws.execution.ec2-user-data: execution/user-data-run persistence/user-data-replaced
        aws.execution.ssm-send-command: execution/commands-on-many
        aws.execution.ssm-start-session: execution/sessions-on-many
        aws.exfiltration.ec2-security-group-open-port-22-ingress: persistence/port-opened-to-world
        aws.exfiltration.ec2-share-ami: exfiltration/image-shared
        aws.exfiltration.ec2-share-ebs-snapshot: exfiltration/snapshot-shared
        aws.exfiltration.rds-share-snapshot: exfiltration/database-snapshot-shared
        aws.impact.bedrock-invoke-model: impact/model-access-enabled
        aws.initial-access.console-login-without-mfa: initial-access/console-login-without-mfa
        aws.lateral-movement.ec2-instance-connect: lateral-movement/ssh-keys-pushed
        aws.lateral-movement.ec2-serial-console-send-ssh-public-key: lateral-movement/serial-console
        aws.persistence.iam-backdoor-role: persistence/role-trust-opened
        aws.persistence.iam-backdoor-user: persistence/key-for-another-user
        aws.persistence.iam-create-admin-user: privilege-escalation/admin-policy-attached privilege-escalation/administrator-created
        aws.persistence.iam-create-backdoor-role: persistence/role-made-for-outsiders privilege-escalation/admin-policy-attached
        aws.persistence.iam-create-user-login-profile: persistence/password-for-another-user
        aws.persistence.lambda-backdoor-function: persistence/function-opened
        aws.persistence.lambda-layer-extension: persistence/function-code-replaced
        aws.persistence.lambda-overwrite-code: persistence/function-code-replaced
        aws.persistence.rolesanywhere-create-trust-anchor: persistence/trust-anchor-created
        aws.persistence.sts-federation-token: persistence/federation-token
        aws.privilege-escalation.iam-update-user-login-profile: persistence/password-for-another-user
    "#]].assert_eq(&found_by);
}

fn sans_calls() -> Vec<Value> {
    let folder = zeek::corpus().join("cloudtrail-sans504-s3-ransomware");
    let mut calls = Vec::new();
    for file in files_below(&folder, ".json.gz") {
        let mut text = String::new();
        let bytes = std::fs::File::open(&file).unwrap();
        flate2::read::MultiGzDecoder::new(bytes).read_to_string(&mut text).unwrap();
        let mut whole: Value = serde_json::from_str(&text).unwrap();
        calls.append(whole["Records"].as_array_mut().unwrap());
    }
    calls
}

#[test]
fn corpus_an_accounts_stories_stand_at_the_top() {
    let (findings, n_calls) = found_in(sans_calls());
    let line =
        |it: &Finding| format!("{:.1} {} count={}\n", it.severity.value(), it.page, it.count);
    let found: String = findings.iter().map(line).collect();
    expect![[r#"
        9.3 initial-access/compromised-credentials count=4
        8.0 initial-access/root-login-without-mfa count=3
        8.0 privilege-escalation/admin-policy-written count=1
        7.0 exfiltration/objects-read-in-bulk count=100
        5.0 initial-access/root-use count=22
        5.0 recon/denied-calls count=4
        4.5 recon/permissions-explored count=6
    "#]]
    .assert_eq(&found);
    let n_triggering: u64 = findings.iter().map(|finding| finding.count).sum();
    assert_eq!(n_calls, 23_981);
    assert!(n_triggering * 100 < n_calls as u64, "{n_triggering} of {n_calls}");
}
