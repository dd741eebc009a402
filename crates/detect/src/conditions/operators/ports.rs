//! `opens_port_to_world`: a security group rule that lets everybody in on a port.
//!
//! EC2 writes one rule flat in the request, and several as `ipPermissions.items[]`, each with
//! lists of ranges; older and newer calls spell the ranges differently.

use serde_json::Value as Json;
use toml::Value as Toml;

use super::Operator;
use crate::conditions::Test;
use crate::network::Network;
use crate::rows::Row;
use crate::setup::Setup;
use crate::value::Value;

pub(super) const OPENS_PORT_TO_WORLD: Operator = Operator {
    name: "opens_port_to_world",
    doc: "The request adds a rule that lets nearly every address in on one of these ports.",
    read: opens_port_to_world,
};

/// The keys under which a range stands.
const RANGE_KEYS: [&str; 6] = ["cidrIp", "cidrIpv6", "cidrIpv4", "CidrIp", "CidrIpv6", "CidrIpv4"];
/// The keys under which lists stand that hold rules or ranges.
const LIST_KEYS: [&str; 8] = [
    "ipPermissions",
    "ipRanges",
    "ipv6Ranges",
    "items",
    "IpPermissions",
    "IpRanges",
    "Ipv6Ranges",
    "groups",
];

struct OpensPort(Vec<u64>);

fn opens_port_to_world(argument: &Toml, _: &mut Setup<'_>) -> Result<Box<dyn Test>, String> {
    let ports = argument.as_array().ok_or("a list of ports")?;
    let port = |item: &Toml| item.as_integer().and_then(|port| u64::try_from(port).ok());
    let ports = ports.iter().map(port).collect::<Option<Vec<_>>>();
    Ok(Box::new(OpensPort(ports.ok_or("a list of ports")?)))
}

impl Test for OpensPort {
    fn holds(&self, value: &Value<'_>, _: &Row<'_>) -> bool {
        let Value::Nested(text) = value else { return false };
        let Ok(request) = serde_json::from_str::<Json>(text) else { return false };
        rules_in(&request).into_iter().any(|rule| self.covers(rule) && has_world(rule))
    }
}

impl OpensPort {
    fn covers(&self, rule: &Json) -> bool {
        let protocol = rule.get("ipProtocol").or_else(|| rule.get("IpProtocol"));
        if protocol.is_some_and(|protocol| text_of(protocol) == "-1") {
            return true;
        }
        let port = |lower: &str, upper: &str| {
            let json = rule.get(lower).or_else(|| rule.get(upper))?;
            text_of(json).parse::<u64>().ok()
        };
        let from = port("fromPort", "FromPort").unwrap_or(0);
        let to = port("toPort", "ToPort").unwrap_or(from);
        self.0.iter().any(|port| (from..=to).contains(port))
    }
}

/// Returns the request itself, when it is a flat rule, and every item of its rules.
fn rules_in(request: &Json) -> Vec<&Json> {
    let rules = request.get("ipPermissions").or_else(|| request.get("IpPermissions"));
    let items = rules.and_then(|rules| rules.get("items")).unwrap_or(&Json::Null);
    let listed = items.as_array().map_or(&[] as &[Json], Vec::as_slice);
    std::iter::once(request).chain(listed).collect()
}

// The recursion ends because serde_json refuses documents nested deeper than 128.
fn has_world(json: &Json) -> bool {
    match json {
        Json::Array(items) => items.iter().any(has_world),
        Json::Object(fields) => fields.iter().any(|(key, field)| {
            let is_range = RANGE_KEYS.contains(&key.as_str()) && is_world(&text_of(field));
            // A flat rule's own lists are judged as rules of their own.
            let is_list =
                LIST_KEYS.contains(&key.as_str()) && !key.eq_ignore_ascii_case("ipPermissions");
            is_range || (is_list && has_world(field))
        }),
        _ => false,
    }
}

/// Two halves of the address space in two rules are the world as well, so `/0` is not asked for.
fn is_world(range: &str) -> bool {
    Network::parse(range).is_some_and(|network| network.is_nearly_everything())
}

fn text_of(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(request: &str, expected: bool) {
        let request: Json = serde_json::from_str(request).unwrap();
        let test = OpensPort(vec![22]);
        let found = rules_in(&request).into_iter().any(|rule| test.covers(rule) && has_world(rule));
        assert_eq!(found, expected, "{request}");
    }

    #[test]
    fn a_flat_rule_is_a_rule() {
        check(r#"{"cidrIp":"0.0.0.0/0","fromPort":22,"toPort":22,"ipPermissions":{}}"#, true);
        check(r#"{"cidrIp":"203.0.113.0/24","fromPort":22,"toPort":22,"ipPermissions":{}}"#, false);
        check(r#"{"cidrIp":"0.0.0.0/0","fromPort":443,"toPort":443}"#, false);
    }

    #[test]
    fn the_range_and_the_port_belong_to_one_rule() {
        let rule = |port: u16, range: &str| {
            format!(
                r#"{{"ipProtocol":"tcp","fromPort":{port},"toPort":{port},"ipRanges":{{"items":[{{"cidrIp":"{range}"}}]}}}}"#
            )
        };
        let request = |rules: &[String]| {
            format!(r#"{{"groupId":"sg-1","ipPermissions":{{"items":[{}]}}}}"#, rules.join(","))
        };
        check(&request(&[rule(443, "0.0.0.0/0"), rule(22, "0.0.0.0/0")]), true);
        check(&request(&[rule(443, "0.0.0.0/0"), rule(22, "10.0.0.0/8")]), false);
    }

    #[test]
    fn every_protocol_and_ipv6_count() {
        check(
            r#"{"ipPermissions":{"items":[{"ipProtocol":"-1","ipv6Ranges":{"items":[{"cidrIpv6":"::/0"}]}}]}}"#,
            true,
        );
        check(r#"{"cidrIp":"128.0.0.0/1","fromPort":0,"toPort":65535}"#, true);
    }
}
