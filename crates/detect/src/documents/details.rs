//! What one record tells of a finding: who did it, to what, from where, in GuardDuty's words.

use std::net::IpAddr;

use haechi_model::Finding;
use haechi_origins::{Clients, Tables};
use serde_json::{Value, json};

use super::{text_at, without_nothing};

/// Returns the source whose records a finding's evidence gives.
#[must_use]
pub fn source_of(finding: &Finding) -> Option<&str> {
    let rest = finding.evidence.strip_prefix("select * from \"")?;
    rest.split_once('"').map(|(source, _)| source)
}

/// Returns the resource and the action of a finding, by one of its records, and what is known of
/// the other end: `client` and `aws` are words of ours.
///
/// A record of CloudTrail is the event; one of the other sources is its columns by their names.
#[must_use]
pub fn details(
    finding: &Finding,
    source: &str,
    record: &Value,
    (places, clients): (&Tables, &Clients),
) -> Value {
    let type_names = |name: &str| finding.kind.contains(&format!(":{name}/"));
    let details = match source {
        "cloudtrail" => {
            let resource_type = if type_names("S3") { "S3Bucket" } else { "AccessKey" };
            json!({
                "resource": api_resource(resource_type, record),
                "action": api_action(record, places),
                "client": client(record, clients),
                "aws": aws(address_in(record, &["sourceIPAddress"]), places),
            })
        }
        "route53_resolver" => json!({
            "resource": instance(record),
            "action": {
                "actionType": "DNS_REQUEST",
                "dnsRequestAction": {
                    "domain": text_at(record, &["query_name"]).map(|it| it.trim_end_matches('.')),
                    "protocol": text_at(record, &["transport"]),
                    "blocked": text_at(record, &["firewall_rule_action"]) == Some("BLOCK"),
                },
            },
        }),
        "vpc_flow" | "transit_gateway_flow" => {
            let ends = Ends::of(finding, record);
            json!({
                "resource": instance(record),
                "action": connection(&ends, record, places),
                "aws": aws(ends.peer.0, places),
            })
        }
        _ => json!({}),
    };
    without_nothing(details)
}

fn api_resource(resource_type: &str, event: &Value) -> Value {
    let identity = |path: &[&str]| {
        let path: Vec<&str> = std::iter::once("userIdentity").chain(path.iter().copied()).collect();
        text_at(event, &path)
    };
    let user_name = identity(&["userName"])
        .or_else(|| identity(&["sessionContext", "sessionIssuer", "userName"]));
    let bucket = text_at(event, &["requestParameters", "bucketName"]);
    let bucket = bucket.map(|name| json!([{"name": name, "arn": format!("arn:aws:s3:::{name}")}]));
    json!({
        "resourceType": resource_type,
        "accessKeyDetails": {
            "accessKeyId": identity(&["accessKeyId"]),
            "principalId": identity(&["principalId"]),
            "userName": user_name,
            "userType": identity(&["type"]),
        },
        "s3BucketDetails": bucket,
        "instanceDetails": { "instanceId": instance_of_session(event) },
    })
}

/// Returns the instance whose credentials were used: their session is named after it.
fn instance_of_session(event: &Value) -> Option<&str> {
    let arn = text_at(event, &["userIdentity", "arn"])?;
    arn.rsplit('/').next().filter(|session| session.starts_with("i-"))
}

fn api_action(event: &Value, places: &Tables) -> Value {
    let caller = text_at(event, &["sourceIPAddress"]);
    let address: Option<IpAddr> = caller.and_then(|caller| caller.parse().ok());
    let domain = caller.filter(|_| address.is_none());
    let caller_type = if address.is_some() { "Remote IP" } else { "Domain" };
    json!({
        "actionType": "AWS_API_CALL",
        "awsApiCallAction": {
            "api": text_at(event, &["eventName"]),
            "serviceName": text_at(event, &["eventSource"]),
            "callerType": caller.map(|_| caller_type),
            "domainDetails": { "domain": domain },
            "errorCode": text_at(event, &["errorCode"]),
            "userAgent": text_at(event, &["userAgent"]),
            "remoteIpDetails": address.map(|address| remote(address, places)),
        },
    })
}

fn instance(record: &Value) -> Value {
    json!({
        // GuardDuty calls everything behind an interface an instance.
        "resourceType": "Instance",
        "instanceDetails": {
            "instanceId": text_at(record, &["instance_id"]),
            "networkInterfaces": [{
                "networkInterfaceId": text_at(record, &["interface_id"]),
                "subnetId": text_at(record, &["subnet_id"]),
                "vpcId": text_at(record, &["vpc_id"]),
            }],
        },
    })
}

/// The two ends of a connection: ours and the other one, each with its port.
struct Ends<'a> {
    is_outgoing: bool,
    local: (Option<IpAddr>, Option<&'a Value>),
    peer: (Option<IpAddr>, Option<&'a Value>),
}

impl<'a> Ends<'a> {
    fn of(finding: &Finding, record: &'a Value) -> Self {
        let source = address_in(record, &["pkt_srcaddr", "srcaddr"]);
        let target = address_in(record, &["pkt_dstaddr", "dstaddr"]);
        let is_ours = |it: Option<IpAddr>| it.is_some_and(|it| it.to_string() == finding.subject);
        let is_outgoing = is_ours(source) || (!is_ours(target) && source.is_some_and(is_private));
        let (from, to) = ((source, record.get("srcport")), (target, record.get("dstport")));
        let (local, peer) = if is_outgoing { (from, to) } else { (to, from) };
        Self { is_outgoing, local, peer }
    }
}

fn connection(ends: &Ends<'_>, record: &Value, places: &Tables) -> Value {
    json!({
        "actionType": "NETWORK_CONNECTION",
        "networkConnectionAction": {
            "blocked": text_at(record, &["action"]) == Some("REJECT"),
            "connectionDirection": if ends.is_outgoing { "OUTBOUND" } else { "INBOUND" },
            "protocol": protocol(record.get("protocol")),
            "localIpDetails": ends.local.0.map(by_family),
            "localPortDetails": { "port": ends.local.1 },
            "localNetworkInterface": text_at(record, &["interface_id"]),
            "remoteIpDetails": ends.peer.0.map(|peer| remote(peer, places)),
            "remotePortDetails": { "port": ends.peer.1 },
        },
    })
}

/// Returns the first address that stands in one of the fields.
fn address_in(record: &Value, fields: &[&str]) -> Option<IpAddr> {
    fields.iter().find_map(|field| text_at(record, &[field]))?.parse().ok()
}

fn client(event: &Value, clients: &Clients) -> Value {
    let of = |tell: fn(&Clients, &str) -> Option<String>| {
        text_at(event, &["userAgent"]).and_then(|user_agent| tell(clients, user_agent))
    };
    json!({
        "family": of(Clients::family),
        "kind": of(Clients::kind),
        "system": of(Clients::system),
    })
}

/// Returns the service of AWS that has an address.
fn aws(address: Option<IpAddr>, places: &Tables) -> Value {
    let aws = address.and_then(|address| places.aws(address));
    aws.map_or(Value::Null, |aws| json!({"service": aws.service, "region": aws.region}))
}

fn protocol(number: Option<&Value>) -> Option<String> {
    Some(match number?.as_i64()? {
        1 => "ICMP".to_owned(),
        6 => "TCP".to_owned(),
        17 => "UDP".to_owned(),
        number => number.to_string(),
    })
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private(),
        IpAddr::V6(v6) => v6.is_unique_local(),
    }
}

fn by_family(address: IpAddr) -> Value {
    match address {
        IpAddr::V4(v4) => json!({"ipAddressV4": v4.to_string()}),
        IpAddr::V6(v6) => json!({"ipAddressV6": v6.to_string()}),
    }
}

fn remote(address: IpAddr, places: &Tables) -> Value {
    let mut remote = by_family(address);
    let geo = places.coordinates(address).map(|(lat, lon)| json!({"lat": lat, "lon": lon}));
    let more = [
        ("country", json!({"countryCode": places.country(address)})),
        ("geoLocation", geo.unwrap_or_default()),
        (
            "organization",
            json!({
                "asn": places.asn(address).map(|asn| asn.to_string()),
                "asnOrg": places.organisation(address),
            }),
        ),
    ];
    if let Some(object) = remote.as_object_mut() {
        object.extend(more.map(|(name, value)| (name.to_owned(), value)));
    }
    remote
}
