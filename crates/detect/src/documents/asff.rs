//! A finding in the AWS Security Finding Format, as `BatchImportFindings` takes it.

use haechi_model::{Band, Finding};
use serde_json::{Value, json};

use super::{account_of, at, cut, partition_of, region_of, text_at, without_nothing};
use crate::store::{Feedback, StoredFinding};

/// The form's version.
const SCHEMA_VERSION: &str = "2018-10-08";
/// What Security Hub takes at most.
const TITLE_MAX: usize = 256;
const DESCRIPTION_MAX: usize = 1_024;
const ID_MAX: usize = 512;
const FIELD_MAX: usize = 2_048;

/// Returns the finding as Security Hub takes findings of an account's own product.
#[must_use]
pub fn asff(stored: &StoredFinding) -> Value {
    let finding = &stored.finding;
    let (region, account) = (region_of(finding), account_of(finding));
    let partition = partition_of(region);
    let why = if finding.why.en.is_empty() { &finding.title } else { &finding.why.en };
    without_nothing(json!({
        "SchemaVersion": SCHEMA_VERSION,
        "Id": format!("haechi/{region}/{account}/{}", finding.id),
        "ProductArn": format!(
            "arn:{partition}:securityhub:{region}:{account}:product/{account}/default"
        ),
        "ProductName": "haechi",
        "GeneratorId": format!("haechi/{}", finding.page),
        "AwsAccountId": account,
        "Region": region,
        "Types": [format!("{}/{}", category_of(finding), finding.kind.replace('/', "-"))],
        "FirstObservedAt": finding.first_seen.to_string(),
        "LastObservedAt": finding.last_seen.to_string(),
        "CreatedAt": stored.created.to_string(),
        "UpdatedAt": stored.updated.to_string(),
        "FindingProviderFields": {
            "Severity": { "Label": label_of(finding), "Original": finding.severity.value().to_string() },
        },
        "Severity": { "Label": label_of(finding), "Original": finding.severity.value().to_string() },
        "Title": cut(&finding.title, TITLE_MAX),
        "Description": cut(why, DESCRIPTION_MAX),
        "ProductFields": {
            "haechi/page": finding.page,
            "haechi/count": finding.count.to_string(),
            "haechi/subject": cut(&finding.subject, FIELD_MAX),
            "haechi/evidence": cut(&finding.evidence, FIELD_MAX),
            "haechi/techniques": finding.techniques.join(","),
            "haechi/client": text_at(&stored.details, &["client", "family"]),
            "haechi/country": remote(stored, &["country", "countryCode"]),
            "haechi/asn": remote(stored, &["organization", "asn"]),
            "haechi/organization": remote(stored, &["organization", "asnOrg"]),
        },
        "Resources": [resource_of(stored)],
        "Network": network_of(stored),
        "RecordState": if stored.archived { "ARCHIVED" } else { "ACTIVE" },
        "VerificationState": verification_of(stored.feedback),
        "Sample": stored.is_sample,
    }))
}

/// Returns what is known of the other end, whatever the finding is about.
fn remote<'a>(stored: &'a StoredFinding, path: &[&str]) -> Option<&'a str> {
    let actions = ["awsApiCallAction", "networkConnectionAction"];
    actions.iter().find_map(|action| {
        let details = at(&stored.details, &["action", action, "remoteIpDetails"])?;
        text_at(details, path)
    })
}

fn label_of(finding: &Finding) -> &'static str {
    match finding.severity.band() {
        Band::Low => "LOW",
        Band::Medium => "MEDIUM",
        Band::High => "HIGH",
        Band::Critical => "CRITICAL",
    }
}

/// Returns the namespace and category of Security Hub's taxonomy for a finding type's purpose.
fn category_of(finding: &Finding) -> &'static str {
    match finding.kind.split(':').next().unwrap_or_default() {
        "Recon" | "Discovery" => "TTPs/Discovery",
        "UnauthorizedAccess" | "InitialAccess" => "TTPs/Initial Access",
        "CredentialAccess" => "TTPs/Credential Access",
        "Persistence" => "TTPs/Persistence",
        "PrivilegeEscalation" => "TTPs/Privilege Escalation",
        "DefenseEvasion" | "DefenseImpairment" | "Stealth" => "TTPs/Defense Evasion",
        "Execution" => "TTPs/Execution",
        "LateralMovement" => "TTPs/Lateral Movement",
        "Backdoor" | "Trojan" => "TTPs/Command and Control",
        "Exfiltration" => "Effects/Data Exfiltration",
        "Policy" => "Effects/Data Exposure",
        "CryptoCurrency" | "Impact" => "Effects/Resource Consumption",
        _ => "Unusual Behaviors/User",
    }
}

fn resource_of(stored: &StoredFinding) -> Value {
    let finding = &stored.finding;
    let (region, account) = (region_of(finding), account_of(finding));
    let partition = partition_of(region);
    let resource = stored.details.get("resource").cloned().unwrap_or_default();
    let key = text_at(&resource, &["accessKeyDetails", "accessKeyId"]);
    let instance = text_at(&resource, &["instanceDetails", "instanceId"]);
    let bucket = text_at(&resource, &["s3BucketDetails"])
        .or_else(|| resource.get("s3BucketDetails")?.get(0)?.get("arn")?.as_str());
    let is_bucket = text_at(&resource, &["resourceType"]) == Some("S3Bucket");
    let (kind, id) = match (instance, key, bucket) {
        (_, _, Some(bucket)) if is_bucket => ("AwsS3Bucket", bucket.to_owned()),
        (Some(instance), None, _) => {
            let arn = format!("arn:{partition}:ec2:{region}:{account}:instance/{instance}");
            ("AwsEc2Instance", arn)
        }
        (_, Some(key), _) => ("AwsIamAccessKey", format!("AWS::IAM::AccessKey:{key}")),
        _ if finding.subject.is_empty() => ("Other", "unknown".to_owned()),
        _ => ("Other", cut(&finding.subject, ID_MAX)),
    };
    let user = |name: &str| text_at(&resource, &["accessKeyDetails", name]);
    let of_key = (kind == "AwsIamAccessKey").then(|| {
        json!({"AwsIamAccessKey": {
            "PrincipalId": user("principalId"),
            "PrincipalName": user("userName"),
            "PrincipalType": user("userType"),
        }})
    });
    json!({"Type": kind, "Id": id, "Partition": partition, "Region": region, "Details": of_key})
}

fn network_of(stored: &StoredFinding) -> Option<Value> {
    let connection = stored.details.get("action")?.get("networkConnectionAction")?;
    let is_out = text_at(connection, &["connectionDirection"]) == Some("OUTBOUND");
    let end = |end: &str| {
        let family = |family: &str| text_at(connection, &[&format!("{end}IpDetails"), family]);
        let port = connection.get(format!("{end}PortDetails")).and_then(|it| it.get("port"));
        (family("ipAddressV4"), family("ipAddressV6"), port.cloned())
    };
    let (source, target) =
        if is_out { (end("local"), end("remote")) } else { (end("remote"), end("local")) };
    Some(json!({
        "Direction": if is_out { "OUT" } else { "IN" },
        "Protocol": text_at(connection, &["protocol"]),
        "SourceIpV4": source.0,
        "SourceIpV6": source.1,
        "SourcePort": source.2,
        "DestinationIpV4": target.0,
        "DestinationIpV6": target.1,
        "DestinationPort": target.2,
    }))
}

/// Providers may say what became of a finding in `VerificationState` only when people said so.
fn verification_of(feedback: Option<Feedback>) -> Option<&'static str> {
    feedback.map(|feedback| match feedback {
        Feedback::Useful => "TRUE_POSITIVE",
        Feedback::NotUseful => "FALSE_POSITIVE",
    })
}
