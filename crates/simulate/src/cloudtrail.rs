//! One CloudTrail record, version 1.11, with its fields in AWS's order.

use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    calls::{Api, Effect},
    identity::Caller,
    ids,
    moment::Moment,
    organisation::{self, VIRGINIA},
    random::Random,
};

/// A record, ready to be written.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) account: &'static str,
    pub(crate) region: &'static str,
    pub(crate) time: Moment,
    pub(crate) id: String,
    pub(crate) text: String,
}

/// What is called and what comes back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Call {
    pub(crate) api: Api,
    pub(crate) request: Value,
    pub(crate) response: Value,
    pub(crate) resources: Vec<Value>,
    pub(crate) extra: Value,
    /// Where it is recorded, if not where the caller is: data events are where the bucket is.
    pub(crate) region: Option<&'static str>,
    /// Code (sign-ins have none) and message, if it failed.
    pub(crate) error: Option<(&'static str, String)>,
}

/// Where and when a call is recorded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) account: &'static str,
    pub(crate) region: &'static str,
    pub(crate) time: Moment,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    event_version: &'static str,
    user_identity: &'a Value,
    event_time: String,
    event_source: String,
    event_name: &'static str,
    aws_region: &'static str,
    #[serde(rename = "sourceIPAddress")]
    source_ip_address: &'a str,
    user_agent: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<&'a str>,
    request_parameters: &'a Value,
    response_elements: &'a Value,
    #[serde(skip_serializing_if = "Value::is_null")]
    additional_event_data: &'a Value,
    #[serde(rename = "requestID", skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    #[serde(rename = "eventID")]
    event_id: &'a str,
    read_only: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resources: &'a Vec<Value>,
    event_type: &'static str,
    management_event: bool,
    recipient_account_id: &'static str,
    #[serde(rename = "sharedEventID", skip_serializing_if = "Option::is_none")]
    shared_event_id: Option<String>,
    event_category: &'static str,
    #[serde(skip_serializing_if = "Value::is_null")]
    tls_details: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_credential_from_console: Option<&'static str>,
}

/// Writes down a call.
pub(crate) fn record(caller: &Caller, place: Place, call: &Call, random: &mut Random) -> Event {
    let Place { account, time, .. } = place;
    let region =
        if is_global(call.api.service) { VIRGINIA } else { call.region.unwrap_or(place.region) };
    let id = ids::uuid(random);
    let is_by_service = caller.address.ends_with(".amazonaws.com");
    let is_service = is_by_service && caller.arn.is_empty();
    let effect = call.api.effect;
    let is_data = matches!(effect, Effect::ReadsObject | Effect::WritesObject);
    let has_no_answer = call.error.is_some() && effect != Effect::SignsIn;
    let record = Record {
        event_version: "1.11",
        user_identity: &caller.identity,
        event_time: time.iso(),
        event_source: format!("{}.amazonaws.com", call.api.service),
        event_name: call.api.name,
        aws_region: region,
        source_ip_address: &caller.address,
        user_agent: &caller.agent,
        error_code: call.error.as_ref().map(|(code, _)| *code).filter(|code| !code.is_empty()),
        error_message: call.error.as_ref().map(|(_, message)| message.as_str()),
        request_parameters: &call.request,
        response_elements: if has_no_answer { &Value::Null } else { &call.response },
        additional_event_data: &call.extra,
        request_id: (effect != Effect::SignsIn).then(|| request_id(call.api.service, random)),
        event_id: &id,
        read_only: matches!(effect, Effect::Reads | Effect::ReadsObject),
        resources: &call.resources,
        event_type: if effect == Effect::SignsIn { "AwsConsoleSignIn" } else { "AwsApiCall" },
        management_event: !is_data,
        recipient_account_id: account,
        shared_event_id: is_service.then(|| ids::uuid(random)),
        event_category: if is_data { "Data" } else { "Management" },
        tls_details: if is_by_service { Value::Null } else { tls(call.api.service, region) },
        session_credential_from_console: (caller.is_console && effect != Effect::SignsIn)
            .then_some("true"),
    };
    let text = serde_json::to_string(&record).unwrap_or_default();
    Event { account, region, time, id, text }
}

/// The refusal that a service words in its own way.
pub(crate) fn refusal(caller: &Caller, api: Api) -> (&'static str, String) {
    let code = match api.service {
        "ec2" => "Client.UnauthorizedOperation",
        "lambda" | "secretsmanager" | "dynamodb" | "kms" | "ssm" | "logs" | "organizations"
        | "glue" | "athena" | "ecr" | "config" | "guardduty" => "AccessDeniedException",
        _ => "AccessDenied",
    };
    let action = api.name.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == 'v');
    let action = format!("{}:{action}", api.service);
    let message = format!(
        "User: {} is not authorized to perform: {action} because no identity-based policy allows \
         the {action} action",
        caller.arn
    );
    (code, message)
}

/// The extra fields of a data event on an object.
pub(crate) fn transfer(bytes_in: i64, bytes_out: i64, random: &mut Random) -> Value {
    json!({
        "SignatureVersion": "SigV4",
        "CipherSuite": "TLS_AES_128_GCM_SHA256",
        "bytesTransferredIn": bytes_in,
        "AuthenticationMethod": "AuthHeader",
        "x-amz-id-2": format!("{}=", ids::unique(random, 75)),
        "bytesTransferredOut": bytes_out,
    })
}

/// The bucket and the object that a data event touches.
pub(crate) fn object_resources(bucket: &str, key: &str) -> Vec<Value> {
    let owner = organisation::owner_of(bucket);
    vec![
        json!({ "type": "AWS::S3::Object", "ARN": format!("arn:aws:s3:::{bucket}/{key}") }),
        json!({ "accountId": owner, "type": "AWS::S3::Bucket", "ARN": format!("arn:aws:s3:::{bucket}") }),
    ]
}

/// Services that record everything in Virginia.
fn is_global(service: &str) -> bool {
    matches!(service, "iam" | "organizations" | "signin" | "ce" | "budgets" | "health")
}

fn request_id(service: &str, random: &mut Random) -> String {
    if service == "s3" { ids::capitals(random, 16) } else { ids::uuid(random) }
}

fn tls(service: &str, region: &str) -> Value {
    let host = match service {
        "iam" | "organizations" | "ce" | "budgets" | "health" => format!("{service}.amazonaws.com"),
        "signin" => format!("{region}.signin.aws.amazon.com"),
        _ => format!("{service}.{region}.amazonaws.com"),
    };
    json!({
        "tlsVersion": "TLSv1.3",
        "cipherSuite": "TLS_AES_128_GCM_SHA256",
        "clientProvidedHostHeader": host,
    })
}
