//! Of each record, the parts that rules ask for: the rest is skipped, not parsed.

use rsigma_parser::value::SigmaValue;
use rsigma_parser::{Detection, DetectionItem, Modifier, SigmaRule};
use serde_json::{Map, Value};

/// The parts of records that rules have asked for so far, each with a number.
#[derive(Default)]
pub(crate) struct Parts {
    names: Vec<String>,
}

/// Which parts are wanted, a bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted(u64);

impl Wanted {
    pub(crate) const NOTHING: Self = Self(0);
    /// The whole record.
    const EVERYTHING: Self = Self(u64::MAX);

    /// Returns what either wants.
    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl Parts {
    /// Returns the parts that a rule reads.
    pub(crate) fn of_rule(&mut self, rule: &SigmaRule) -> Wanted {
        let detections = rule.detection.named.values();
        detections.fold(Wanted::NOTHING, |wanted, it| wanted.and(self.of_detection(it)))
    }

    /// Returns the part that a field lies in.
    pub(crate) fn of_field(&mut self, field: &str) -> Wanted {
        let root = field.split('.').next().unwrap_or_default();
        if root.is_empty() || field.contains(['[', '\\']) {
            return Wanted::EVERYTHING;
        }
        let number = self.names.iter().position(|name| name == root).unwrap_or_else(|| {
            self.names.push(root.to_owned());
            self.names.len() - 1
        });
        let bit = u32::try_from(number).ok().and_then(|number| 1_u64.checked_shl(number));
        // The last bit would make one part look like everything.
        bit.filter(|bit| bit.leading_zeros() != 0).map_or(Wanted::EVERYTHING, Wanted)
    }

    // The recursion ends with the parsed rule, whose depth the parser limits.
    fn of_detection(&mut self, detection: &Detection) -> Wanted {
        match detection {
            Detection::AllOf(items) => {
                items.iter().fold(Wanted::NOTHING, |wanted, it| wanted.and(self.of_item(it)))
            }
            Detection::AnyOf(several) | Detection::And(several) => {
                several.iter().fold(Wanted::NOTHING, |wanted, it| wanted.and(self.of_detection(it)))
            }
            _ => Wanted::EVERYTHING,
        }
    }

    fn of_item(&mut self, item: &DetectionItem) -> Wanted {
        let Some(name) = &item.field.name else { return Wanted::EVERYTHING };
        if item.field.modifiers.contains(&Modifier::Expand) {
            // What stands between `%` is another field.
            return Wanted::EVERYTHING;
        }
        let mut wanted = self.of_field(name);
        if item.field.modifiers.contains(&Modifier::FieldRef) {
            for value in &item.values {
                let other = match value {
                    SigmaValue::String(text) => text.as_plain(),
                    _ => None,
                };
                let other = other.map_or(Wanted::EVERYTHING, |other| self.of_field(&other));
                wanted = wanted.and(other);
            }
        }
        wanted
    }

    /// Returns the wanted parts of a record, or nothing when it is no JSON object.
    pub(crate) fn read(&self, record: &str, wanted: Wanted) -> Option<Value> {
        if wanted == Wanted::EVERYTHING {
            return sonic_rs::from_str(record).ok();
        }
        let mut parts = Map::new();
        for member in sonic_rs::to_object_iter(record) {
            let (key, value) = member.ok()?;
            if self.wants(&key, wanted) {
                parts.insert(key.to_string(), sonic_rs::from_str(value.as_raw_str()).ok()?);
            }
        }
        Some(Value::Object(parts))
    }

    fn wants(&self, key: &str, wanted: Wanted) -> bool {
        // A key with a dot in it may be what a path means.
        if key.contains(['.', '[', '\\']) {
            return true;
        }
        let mut numbered = self.names.iter().zip(0_u32..);
        let found = numbered.find(|(name, _)| *name == key);
        found.is_some_and(|(_, number)| wanted.0.checked_shr(number).unwrap_or(0) & 1 == 1)
    }
}

/// The fields of a CloudTrail record.
const FIELDS: &[&str] = &[
    "additionalEventData",
    "addendum",
    "apiVersion",
    "awsRegion",
    "edgeDeviceDetails",
    "errorCode",
    "errorMessage",
    "eventCategory",
    "eventContext",
    "eventID",
    "eventName",
    "eventSource",
    "eventTime",
    "eventType",
    "eventVersion",
    "insightDetails",
    "managementEvent",
    "readOnly",
    "recipientAccountId",
    "requestID",
    "requestParameters",
    "resources",
    "responseElements",
    "serviceEventDetails",
    "sessionCredentialFromConsole",
    "sharedEventID",
    "sourceIPAddress",
    "tlsDetails",
    "userAgent",
    "userIdentity",
    "vpcEndpointAccountId",
    "vpcEndpointId",
];

/// Tells whether a path begins with a field of CloudTrail's records.
pub(crate) fn is_field(path: &str) -> bool {
    path.split(['.', '[']).next().is_some_and(|root| FIELDS.contains(&root))
}

/// Returns the first name between `%` that a rule wants something put in for.
pub(crate) fn placeholder(rule: &SigmaRule) -> Option<String> {
    let named = |value: &SigmaValue| match value {
        SigmaValue::String(text) => text.original.split('%').nth(1).map(str::to_owned),
        _ => None,
    };
    let items = parts_of(rule).into_iter().filter_map(|part| match part {
        Detection::AllOf(items) => Some(items),
        _ => None,
    });
    let expanded = items.flatten().filter(|it| it.field.modifiers.contains(&Modifier::Expand));
    expanded.flat_map(|item| &item.values).find_map(named)
}

/// Tells whether a rule looks at the members of an array one by one.
pub(crate) fn goes_through_members(rule: &SigmaRule) -> bool {
    parts_of(rule).iter().any(|part| matches!(part, Detection::ArrayMatch { .. }))
}

/// Returns what a rule is made of, at any depth.
fn parts_of(rule: &SigmaRule) -> Vec<&Detection> {
    let mut parts: Vec<&Detection> = rule.detection.named.values().collect();
    let mut next = 0;
    // Ends with the parsed rule, which is finite.
    while let Some(part) = parts.get(next) {
        next += 1;
        match *part {
            Detection::AnyOf(several) | Detection::And(several) => parts.extend(several),
            Detection::ArrayMatch { body, .. } => parts.push(body),
            Detection::Conditional { named, .. } => parts.extend(named.values()),
            Detection::AllOf(_) | Detection::Keywords(_) => {}
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_is_asked_for_is_read() {
        let mut parts = Parts::default();
        let wanted = parts.of_field("userIdentity.arn").and(parts.of_field("eventName"));
        let other = parts.of_field("errorCode");
        let record = r#"{"eventName":"A","x":[1,{"y":2}],"userIdentity":{"arn":"b"},"a.b":1}"#;
        let read = parts.read(record, wanted).unwrap();
        assert_eq!(read, json!({"eventName": "A", "userIdentity": {"arn": "b"}, "a.b": 1}));
        assert_eq!(parts.read(record, other).unwrap(), json!({"a.b": 1}));
        let whole: Value = serde_json::from_str(record).unwrap();
        assert_eq!(parts.read(record, parts_of_path(&mut Parts::default())).unwrap(), whole);
        for broken in ["", "[1]", "{", r#"{"eventName":tru}"#, "null"] {
            assert_eq!(parts.read(broken, wanted), None, "{broken}");
        }
    }

    fn parts_of_path(parts: &mut Parts) -> Wanted {
        parts.of_field("resources[0].ARN")
    }

    #[test]
    fn too_many_parts_are_everything() {
        let mut parts = Parts::default();
        let wanted: Vec<Wanted> = (0..70).map(|it| parts.of_field(&format!("f{it}"))).collect();
        assert_ne!(wanted[62], Wanted::EVERYTHING);
        assert_eq!((wanted[63], wanted[69]), (Wanted::EVERYTHING, Wanted::EVERYTHING));
    }
}
