//! A finding in GuardDuty's form, as `GetFindings` returns it.

use serde_json::{Value, json};

use super::{account_of, cut, partition_of, region_of, without_nothing};
use crate::store::StoredFinding;

/// The form's version, which GuardDuty has not changed since it began.
const SCHEMA_VERSION: &str = "2.0";
/// What GuardDuty's titles and descriptions hold at most.
const TITLE_MAX: usize = 256;
const DESCRIPTION_MAX: usize = 2_048;

/// Returns the finding as GuardDuty writes findings; what is ours alone stands in `additionalInfo`.
#[must_use]
pub fn guardduty(stored: &StoredFinding) -> Value {
    let finding = &stored.finding;
    let (region, account) = (region_of(finding), account_of(finding));
    let partition = partition_of(region);
    let detector = detector_of(account, region);
    let part = |name: &str| stored.details.get(name).cloned().unwrap_or_default();
    let action = part("action");
    let mut resource = part("resource");
    if !resource.is_object() {
        resource = json!({"resourceType": resource_type(&finding.kind)});
    }
    let additional = without_nothing(json!({
        "sample": stored.is_sample,
        "page": finding.page,
        "subject": finding.subject,
        "evidence": finding.evidence,
        "techniques": finding.techniques,
        "records": finding.records,
        "client": part("client"),
        "aws": part("aws"),
    }));
    without_nothing(json!({
        "schemaVersion": SCHEMA_VERSION,
        "accountId": account,
        "region": region,
        "partition": partition,
        "id": finding.id,
        "arn": format!(
            "arn:{partition}:guardduty:{region}:{account}:detector/{detector}/finding/{}",
            finding.id
        ),
        "type": finding.kind,
        "severity": finding.severity,
        "title": cut(&finding.title, TITLE_MAX),
        "description": cut(&finding.why.en, DESCRIPTION_MAX),
        "createdAt": stored.created.to_string(),
        "updatedAt": stored.updated.to_string(),
        "resource": resource,
        "service": {
            "serviceName": "guardduty",
            "detectorId": detector,
            "action": action,
            "archived": stored.archived,
            "count": finding.count,
            "eventFirstSeen": finding.first_seen.to_string(),
            "eventLastSeen": finding.last_seen.to_string(),
            "resourceRole": resource_role(&finding.kind),
            "userFeedback": stored.feedback.map(crate::store::Feedback::name),
            "additionalInfo": { "value": additional.to_string(), "type": "default" },
        },
    }))
}

/// Names a detector after its account and Region, in the form of GuardDuty's names.
pub(super) fn detector_of(account: &str, region: &str) -> String {
    let hash = blake3::hash(format!("haechi {account} {region}").as_bytes());
    hash.to_hex().chars().take(32).collect()
}

/// Returns the type of resource that a finding type names: `Recon:EC2/Portscan` names EC2.
fn resource_type(kind: &str) -> &'static str {
    let named = kind.split_once(':').and_then(|(_, rest)| rest.split_once('/'));
    match named.map(|(resource, _)| resource) {
        Some("EC2") => "Instance",
        Some("S3") => "S3Bucket",
        Some("Lambda") => "Lambda",
        Some("RDS") => "RDSDBInstance",
        _ => "AccessKey",
    }
}

/// Returns whether the resource does something or has it done to it.
fn resource_role(kind: &str) -> &'static str {
    let purpose = kind.split(':').next().unwrap_or_default();
    match purpose {
        "Backdoor" | "CryptoCurrency" | "Trojan" | "Behavior" | "Exfiltration" => "ACTOR",
        _ => "TARGET",
    }
}
