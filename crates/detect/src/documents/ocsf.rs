//! A finding in OCSF: class Detection Finding (2004), version 1.5.0.

use haechi_model::{Band, Finding, Timestamp};
use serde_json::{Value, json};

use super::{account_of, partition_of, region_of, text_at, without_nothing};
use crate::store::StoredFinding;

/// The version of the schema.
const VERSION: &str = "1.5.0";
const CLASS: u32 = 2_004;

/// Returns the finding as an OCSF Detection Finding with the profiles `cloud` and `datetime`.
#[must_use]
pub fn ocsf(stored: &StoredFinding) -> Value {
    let finding = &stored.finding;
    let is_new = stored.created == stored.updated;
    let activity = if is_new { 1 } else { 2 };
    let (severity_id, severity) = severity_of(finding);
    let (status_id, status) = status_of(stored);
    let region = region_of(finding);
    without_nothing(json!({
        "activity_id": activity,
        "activity_name": if is_new { "Create" } else { "Update" },
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": CLASS,
        "class_name": "Detection Finding",
        "type_uid": CLASS * 100 + activity,
        "time": millis(stored.updated),
        "time_dt": stored.updated.to_string(),
        "start_time": millis(finding.first_seen),
        "end_time": millis(finding.last_seen),
        "severity_id": severity_id,
        "severity": severity,
        "status_id": status_id,
        "status": status,
        "count": finding.count,
        "is_alert": true,
        "message": finding.why.en,
        "metadata": {
            "version": VERSION,
            "profiles": ["cloud", "datetime"],
            "product": { "name": "haechi", "vendor_name": "haechi" },
        },
        "cloud": {
            "provider": "AWS",
            "region": region,
            "account": { "uid": account_of(finding), "type_id": 10, "type": "AWS Account" },
        },
        "finding_info": {
            "uid": finding.id,
            "title": finding.title,
            "desc": finding.why.en,
            "types": [finding.kind],
            "created_time": millis(stored.created),
            "modified_time": millis(stored.updated),
            "first_seen_time": millis(finding.first_seen),
            "last_seen_time": millis(finding.last_seen),
            "analytic": { "name": finding.page, "type_id": 1, "type": "Rule" },
            "attacks": attacks(finding),
        },
        "evidences": [evidence_of(stored)],
        "resources": [{
            "uid": finding.subject,
            "type": stored.details.get("resource").and_then(|it| it.get("resourceType")),
            "region": region,
            "cloud_partition": partition_of(region),
        }],
        "unmapped": {
            "query": finding.evidence,
            "records": finding.records,
            "sample": stored.is_sample,
            "client": stored.details.get("client"),
            "aws": stored.details.get("aws"),
        },
    }))
}

fn attacks(finding: &Finding) -> Vec<Value> {
    let attack = |technique: &String| {
        let (parent, is_sub) = match technique.split_once('.') {
            Some((parent, _)) => (parent, true),
            None => (technique.as_str(), false),
        };
        let sub = is_sub.then(|| json!({"uid": technique}));
        json!({"version": "17.1", "technique": {"uid": parent}, "sub_technique": sub})
    };
    finding.techniques.iter().map(attack).collect()
}

fn severity_of(finding: &Finding) -> (u32, &'static str) {
    match finding.severity.band() {
        Band::Low => (2, "Low"),
        Band::Medium => (3, "Medium"),
        Band::High => (4, "High"),
        Band::Critical => (5, "Critical"),
    }
}

fn status_of(stored: &StoredFinding) -> (u32, &'static str) {
    match (&stored.suppressed_by, stored.archived) {
        (Some(_), true) => (3, "Suppressed"),
        (None, true) => (5, "Archived"),
        (_, false) => (1, "New"),
    }
}

fn evidence_of(stored: &StoredFinding) -> Value {
    let action = stored.details.get("action").cloned().unwrap_or_default();
    let key = stored.details.get("resource").and_then(|it| it.get("accessKeyDetails")).cloned();
    let key = key.unwrap_or_default();
    let call = action.get("awsApiCallAction").cloned().unwrap_or_default();
    let connection = action.get("networkConnectionAction").cloned().unwrap_or_default();
    let end = |end: &str, base: &Value| {
        let family = |family: &str| text_at(base, &[&format!("{end}IpDetails"), family]);
        let port = base.get(format!("{end}PortDetails")).and_then(|it| it.get("port"));
        let country = text_at(base, &[&format!("{end}IpDetails"), "country", "countryCode"]);
        json!({
            "ip": family("ipAddressV4").or_else(|| family("ipAddressV6")),
            "port": port,
            "location": { "country": country },
            "autonomous_system": system_of(base.get(format!("{end}IpDetails"))),
        })
    };
    let is_out = text_at(&connection, &["connectionDirection"]) == Some("OUTBOUND");
    let (near, far) = (end("local", &connection), end("remote", &connection));
    let (source, target) = if is_out { (near, far) } else { (far, near) };
    let caller = end("remote", &call);
    json!({
        "api": text_at(&call, &["api"]).map(|api| json!({
            "operation": api,
            "service": { "name": text_at(&call, &["serviceName"]) },
            "response": { "error": text_at(&call, &["errorCode"]) },
        })),
        "actor": { "user": {
            "name": text_at(&key, &["userName"]),
            "uid": text_at(&key, &["principalId"]),
            "credential_uid": text_at(&key, &["accessKeyId"]),
        }},
        "src_endpoint": if call.is_object() { caller } else { source },
        "dst_endpoint": target,
        "http_request": { "user_agent": text_at(&call, &["userAgent"]) },
        "query": { "hostname": text_at(&action, &["dnsRequestAction", "domain"]) },
        "data": { "type": stored.finding.kind },
    })
}

/// Returns the network that announces an address.
fn system_of(details: Option<&Value>) -> Value {
    let organization = details.and_then(|it| it.get("organization")).cloned().unwrap_or_default();
    let number = text_at(&organization, &["asn"]).and_then(|asn| asn.parse::<u32>().ok());
    json!({"number": number, "name": text_at(&organization, &["asnOrg"])})
}

fn millis(time: Timestamp) -> i64 {
    time.0.div_euclid(1_000)
}
