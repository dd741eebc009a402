//! What the API server of an EKS cluster was asked: audit events of Kubernetes, as CloudWatch Logs
//! hands them on.
//!
//! As in EKS's own audit policy, the moment a request is received is no record of its own, and
//! what secrets hold is never written down.

use serde::Serialize;
use serde_json::{Value, json};

use crate::{identity::Caller, ids, moment::Moment, random::Random, traces::Mark};

/// An audit event, ready to be written.
#[derive(Clone, Debug)]
pub(crate) struct Audit {
    pub(crate) time: Moment,
    pub(crate) text: String,
    pub(crate) mark: Option<Mark>,
}

/// Who asks, from where, with what program.
#[derive(Clone, Debug)]
pub(crate) struct Asker {
    user: Value,
    address: String,
    agent: String,
}

/// What is asked, and whether it was allowed.
#[derive(Clone, Debug)]
pub(crate) struct Ask<'a> {
    pub(crate) verb: &'a str,
    /// The path of what is no object, such as `/version`.
    pub(crate) path: &'a str,
    pub(crate) group: &'a str,
    /// The kind of object, and behind a slash the part of it: `pods/log`.
    pub(crate) resource: &'a str,
    pub(crate) namespace: &'a str,
    pub(crate) name: &'a str,
    pub(crate) body: Value,
    pub(crate) code: u16,
}

impl Default for Ask<'_> {
    fn default() -> Self {
        let (path, group, namespace, name) = ("", "", "", "");
        let (verb, resource, body, code) = ("get", "", Value::Null, 200);
        Self { verb, path, group, resource, namespace, name, body, code }
    }
}

/// Asks about objects of a kind in a namespace, or in all of them.
pub(crate) fn ask<'a>(verb: &'a str, resource: &'a str, namespace: &'a str) -> Ask<'a> {
    let code = if verb == "create" { 201 } else { 200 };
    Ask { verb, group: group_of(resource), resource, namespace, code, ..Ask::default() }
}

/// Asks for a path that is no object.
pub(crate) fn ask_path(path: &str) -> Ask<'_> {
    Ask { path, ..Ask::default() }
}

/// A part of the cluster, known by a name of its own.
pub(crate) fn component(name: &str, address: &str, agent: &str) -> Asker {
    let mut groups = vec!["system:authenticated"];
    if name.starts_with("system:serviceaccount:") {
        groups.push("system:serviceaccounts");
    }
    if name.starts_with("system:node:") {
        groups.push("system:nodes");
    }
    let user = json!({ "username": name, "groups": groups });
    Asker { user, address: address.to_owned(), agent: agent.to_owned() }
}

/// Somebody who does not say who they are.
pub(crate) fn anonymous(address: &str, agent: &str) -> Asker {
    let user = json!({ "username": "system:anonymous", "groups": ["system:unauthenticated"] });
    Asker { user, address: address.to_owned(), agent: agent.to_owned() }
}

/// Somebody who signs in with AWS's credentials.
pub(crate) fn known_to_aws(caller: &Caller, agent: &str) -> Asker {
    let id = caller.identity.get("principalId").and_then(Value::as_str).unwrap_or_default();
    let id = id.split(':').next().unwrap_or_default();
    let issuer = caller.identity.pointer("/sessionContext/sessionIssuer/arn");
    let session = caller.arn.rsplit('/').next().unwrap_or_default();
    let user = json!({
        "username": caller.arn,
        "uid": format!("aws-iam-authenticator:{}:{id}", caller.account),
        "groups": ["system:authenticated"],
        "extra": {
            "accessKeyId": [caller.key],
            "arn": [caller.arn],
            "canonicalArn": [issuer.and_then(Value::as_str).unwrap_or(&caller.arn)],
            "principalId": [id],
            "sessionName": [session],
        },
    });
    Asker { user, address: caller.address.clone(), agent: agent.to_owned() }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    kind: &'static str,
    api_version: &'static str,
    level: &'static str,
    #[serde(rename = "auditID")]
    audit_id: String,
    stage: &'static str,
    #[serde(rename = "requestURI")]
    request_uri: String,
    verb: &'a str,
    user: &'a Value,
    #[serde(rename = "sourceIPs")]
    source_ips: [&'a str; 1],
    user_agent: &'a str,
    #[serde(skip_serializing_if = "Value::is_null")]
    object_ref: Value,
    response_status: Value,
    #[serde(skip_serializing_if = "Value::is_null")]
    request_object: &'a Value,
    #[serde(skip_serializing_if = "Value::is_null")]
    response_object: Value,
    request_received_timestamp: String,
    stage_timestamp: String,
    annotations: Value,
}

/// Writes down that something was asked.
pub(crate) fn record(asker: &Asker, ask: &Ask<'_>, time: Moment, random: &mut Random) -> Audit {
    let received = random.between(0, 700_000);
    let answered = received + random.between(900, 250_000);
    let shown = time.iso();
    let second = shown.trim_end_matches('Z');
    let is_allowed = ask.code != 403;
    let body = if is_allowed { &ask.body } else { &Value::Null };
    let record = Record {
        kind: "Event",
        api_version: "audit.k8s.io/v1",
        level: level_of(ask, body),
        audit_id: ids::uuid(random),
        stage: "ResponseComplete",
        request_uri: uri_of(ask),
        verb: ask.verb,
        user: &asker.user,
        source_ips: [&asker.address],
        user_agent: &asker.agent,
        object_ref: object_of(ask),
        response_status: status_of(ask, &asker.user),
        request_object: body,
        response_object: answer_to(body, &shown, random),
        request_received_timestamp: format!("{second}.{received:06}Z"),
        stage_timestamp: format!("{second}.{answered:06}Z"),
        annotations: json!({
            "authorization.k8s.io/decision": if is_allowed { "allow" } else { "forbid" },
            "authorization.k8s.io/reason": "",
        }),
    };
    let text = serde_json::to_string(&record).unwrap_or_default();
    Audit { time, text, mark: None }
}

fn level_of(ask: &Ask<'_>, body: &Value) -> &'static str {
    if !body.is_null() {
        return "RequestResponse";
    }
    let is_hidden = ask.resource.starts_with("secrets") || ask.resource.starts_with("configmaps");
    if is_hidden || ask.resource.is_empty() { "Metadata" } else { "Request" }
}

fn group_of(resource: &str) -> &'static str {
    match resource.split('/').next().unwrap_or_default() {
        "deployments" | "daemonsets" | "replicasets" | "statefulsets" => "apps",
        "jobs" | "cronjobs" => "batch",
        "leases" => "coordination.k8s.io",
        "endpointslices" => "discovery.k8s.io",
        "roles" | "rolebindings" | "clusterroles" | "clusterrolebindings" => {
            "rbac.authorization.k8s.io"
        }
        "selfsubjectaccessreviews" | "subjectaccessreviews" => "authorization.k8s.io",
        "horizontalpodautoscalers" => "autoscaling",
        _ => "",
    }
}

fn uri_of(ask: &Ask<'_>) -> String {
    if ask.resource.is_empty() {
        return ask.path.to_owned();
    }
    let root =
        if ask.group.is_empty() { "/api".to_owned() } else { format!("/apis/{}", ask.group) };
    let (resource, part) = parts_of(ask.resource);
    let mut uri = format!("{root}/v1");
    if !ask.namespace.is_empty() {
        uri = format!("{uri}/namespaces/{}", ask.namespace);
    }
    uri = format!("{uri}/{resource}");
    // What is made stands in the body, and not in the path.
    let is_new = ask.verb == "create" && part.is_none();
    if !ask.name.is_empty() && !is_new {
        uri = format!("{uri}/{}", ask.name);
    }
    if let Some(part) = part {
        uri = format!("{uri}/{part}");
    }
    if ask.verb == "watch" {
        uri = format!("{uri}?allowWatchBookmarks=true&watch=true");
    }
    uri
}

fn parts_of(resource: &str) -> (&str, Option<&str>) {
    resource.split_once('/').map_or((resource, None), |(resource, part)| (resource, Some(part)))
}

fn object_of(ask: &Ask<'_>) -> Value {
    if ask.resource.is_empty() {
        return Value::Null;
    }
    let (resource, part) = parts_of(ask.resource);
    let mut object = json!({ "resource": resource, "apiVersion": "v1" });
    let texts = [
        ("apiGroup", ask.group),
        ("namespace", ask.namespace),
        ("name", ask.name),
        ("subresource", part.unwrap_or_default()),
    ];
    for (name, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
        if let Some(object) = object.as_object_mut() {
            object.insert(name.to_owned(), text.into());
        }
    }
    object
}

fn status_of(ask: &Ask<'_>, user: &Value) -> Value {
    if ask.code < 400 {
        return json!({ "metadata": {}, "code": ask.code });
    }
    let who = user.get("username").and_then(Value::as_str).unwrap_or_default();
    let what = if ask.resource.is_empty() { ask.path } else { ask.resource };
    let message = format!("User \"{who}\" cannot {} \"{what}\"", ask.verb);
    let reason = if ask.code == 403 { "Forbidden" } else { "NotFound" };
    let status = "Failure";
    json!({ "metadata": {}, "status": status, "reason": reason, "message": message, "code": ask.code })
}

/// The object as the API server keeps it.
fn answer_to(body: &Value, now: &str, random: &mut Random) -> Value {
    let mut kept = body.clone();
    if let Some(kept) = kept.as_object_mut() {
        let mut metadata = kept.get("metadata").cloned().unwrap_or_else(|| json!({}));
        if let Some(metadata) = metadata.as_object_mut() {
            metadata.insert("uid".to_owned(), ids::uuid(random).into());
            metadata.insert("creationTimestamp".to_owned(), now.into());
        }
        kept.insert("metadata".to_owned(), metadata);
    }
    kept
}
