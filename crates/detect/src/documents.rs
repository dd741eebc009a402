//! Findings as other tools read them: GuardDuty's JSON, Security Hub's ASFF, and OCSF.
//!
//! GuardDuty's form is the one that the others are made from, and the one that filters ask about.

mod asff;
mod details;
mod guardduty;
mod ocsf;
#[cfg(test)]
mod schemas;
#[cfg(test)]
mod tests;

pub use asff::asff;
pub use details::{details, source_of};
pub use guardduty::guardduty;
pub use ocsf::ocsf;

use serde_json::Value;

/// Returns the value at a path of keys, where there is one.
fn at<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, key| value.get(key))
}

/// Returns the text at a path of keys, where there is one that says something.
fn text_at<'a>(value: &'a Value, path: &[&str]) -> Option<&'a str> {
    at(value, path)?.as_str().filter(|text| !text.is_empty() && *text != "-")
}

/// Takes what says nothing out of an object: nulls, and objects and lists without anything left.
fn without_nothing(value: Value) -> Value {
    let is_something = |value: &Value| match value {
        Value::Null => false,
        Value::Object(object) => !object.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => true,
    };
    match value {
        // The recursion ends with the documents that this module writes, a dozen levels deep.
        Value::Object(object) => object
            .into_iter()
            .map(|(key, value)| (key, without_nothing(value)))
            .filter(|(_, value)| is_something(value))
            .collect(),
        Value::Array(items) => {
            items.into_iter().map(without_nothing).filter(is_something).collect()
        }
        value => value,
    }
}

/// Returns the text, cut to so many characters.
fn cut(text: &str, characters_max: usize) -> String {
    text.chars().take(characters_max).collect()
}

/// Returns the Region that a document names when the logs name none: documents must have one.
fn region_of(finding: &haechi_model::Finding) -> &str {
    finding.region.as_deref().filter(|region| !region.is_empty()).unwrap_or("us-east-1")
}

/// Returns the account that a document names when the logs name none.
fn account_of(finding: &haechi_model::Finding) -> &str {
    let is_id = |id: &&str| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
    finding.account.as_deref().filter(is_id).unwrap_or("000000000000")
}

/// Returns the partition of AWS that a Region belongs to.
fn partition_of(region: &str) -> &'static str {
    match region {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}
