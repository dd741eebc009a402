//! Policy documents: what they allow, and to whom.
//!
//! CloudTrail writes them as JSON (S3) or as a text with JSON in it (IAM), and AWS lets every list
//! of one be written without its brackets.

use serde_json::Value as Json;

use crate::limits::POLICY_BYTES_MAX;

/// A policy document.
pub(crate) struct Policy(Json);

/// A statement of a policy.
pub(crate) struct Statement<'a>(&'a Json);

/// Keys that tie a caller down to a place, an organisation or a resource, in lower case.
const NARROWING_KEYS: &[&str] = &[
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "aws:vpcsourceip",
    "kms:calleraccount",
    "kms:viaservice",
    "lambda:eventsourcetoken",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
];

impl Policy {
    /// Reads a document; what is not one grants nothing.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if POLICY_BYTES_MAX < text.len() {
            return None;
        }
        match serde_json::from_str(text).ok()? {
            Json::String(inner) => serde_json::from_str(&inner).ok().map(Self),
            document => Some(Self(document)),
        }
    }

    /// Returns the statements that allow something.
    pub(crate) fn statements(&self) -> impl Iterator<Item = Statement<'_>> {
        let statements = self.0.get("Statement").unwrap_or(&self.0);
        let allow = |statement: &&Json| statement.get("Effect").is_some_and(|it| it == "Allow");
        one_or_many(statements).filter(allow).map(Statement)
    }
}

impl<'a> Statement<'a> {
    /// Tells whether everybody is meant and no condition narrows that down.
    pub(crate) fn is_public(&self) -> bool {
        let names_everybody = self.principals().any(|principal| principal == "*");
        // `Allow` with `NotPrincipal` means everybody but these.
        let excludes_some = self.0.get("NotPrincipal").is_some();
        (names_everybody || excludes_some) && !self.is_narrowed()
    }

    /// Tells whether every action on every resource is allowed.
    pub(crate) fn is_admin(&self) -> bool {
        let has_star = |key: &str| texts(self.0.get(key)).any(|text| matches!(text, "*" | "*:*"));
        has_star("Action") && has_star("Resource")
    }

    /// Returns the accounts that are named as principals.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = &'a str> {
        self.principals().filter_map(account_in)
    }

    /// Returns the principals of AWS: `*`, account ids and ARNs; services are not among them.
    fn principals(&self) -> impl Iterator<Item = &'a str> {
        let principal = self.0.get("Principal");
        let of_aws = principal.and_then(|principal| principal.get("AWS"));
        texts(principal).chain(texts(of_aws))
    }

    fn is_narrowed(&self) -> bool {
        let Some(conditions) = self.0.get("Condition").and_then(Json::as_object) else {
            return false;
        };
        let narrowing = conditions.iter().filter(|(operator, _)| !is_negative(operator));
        let mut tests = narrowing.filter_map(|(_, test)| test.as_object()).flatten();
        tests.any(|(key, values)| {
            NARROWING_KEYS.contains(&key.to_ascii_lowercase().as_str())
                && texts(Some(values)).all(|value| !matches!(value, "*" | "0.0.0.0/0" | "::/0"))
        })
    }
}

/// Conditions that only say what a caller is not, or that a key may be missing, narrow nothing.
fn is_negative(operator: &str) -> bool {
    let operator = operator.to_ascii_lowercase();
    operator.contains("not") || operator.ends_with("ifexists") || operator.contains("null")
}

/// Returns the account id in an ARN, or the text when it is one.
pub(crate) fn account_in(principal: &str) -> Option<&str> {
    let id = principal.strip_prefix("arn:").map_or(Some(principal), |arn| arn.split(':').nth(3))?;
    let is_id = id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
    is_id.then_some(id)
}

fn one_or_many(json: &Json) -> impl Iterator<Item = &Json> {
    let one = std::slice::from_ref(json);
    json.as_array().map_or(one, Vec::as_slice).iter()
}

fn texts(json: Option<&Json>) -> impl Iterator<Item = &str> {
    json.into_iter().flat_map(one_or_many).filter_map(Json::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_public(policy: &str) -> bool {
        Policy::parse(policy).unwrap().statements().any(|statement| statement.is_public())
    }

    #[track_caller]
    fn check_public(statement: &str, expected: bool) {
        let policy = format!(r#"{{"Statement":[{{"Effect":"Allow",{statement}}}]}}"#);
        assert_eq!(is_public(&policy), expected, "{statement}");
        let text = Json::String(policy).to_string();
        assert_eq!(is_public(&text), expected, "as a text: {statement}");
    }

    #[test]
    fn everybody_is_a_star_in_any_spelling() {
        check_public(r#""Principal":"*""#, true);
        check_public(r#""Principal":{"AWS":"*"}"#, true);
        check_public(r#""Principal":{"AWS":["111122223333","*"]}"#, true);
        check_public(r#""NotPrincipal":{"AWS":"111122223333"}"#, true);
        check_public(r#""Principal":{"AWS":"arn:aws:iam::111122223333:root"}"#, false);
        check_public(r#""Principal":{"Service":"cloudtrail.amazonaws.com"}"#, false);
    }

    #[test]
    fn a_condition_narrows_only_when_it_names_who_may() {
        let with = |condition: &str| format!(r#""Principal":"*","Condition":{{{condition}}}"#);
        check_public(&with(r#""StringEquals":{"aws:PrincipalOrgID":"o-abc"}"#), false);
        check_public(&with(r#""StringEquals":{"AWS:SourceVpce":["vpce-1"]}"#), false);
        check_public(&with(r#""IpAddress":{"aws:SourceIp":"192.0.2.0/24"}"#), false);
        check_public(&with(r#""IpAddress":{"aws:SourceIp":"0.0.0.0/0"}"#), true);
        check_public(&with(r#""StringLike":{"aws:PrincipalArn":"*"}"#), true);
        check_public(&with(r#""StringNotEquals":{"aws:SourceVpc":"vpc-1"}"#), true);
        check_public(&with(r#""Bool":{"aws:SecureTransport":"true"}"#), true);
    }

    #[test]
    fn every_action_on_every_resource_is_admin() {
        let admin = |action: &str, resource: &str| {
            let policy = format!(
                r#"{{"Statement":{{"Effect":"Allow","Action":{action},"Resource":{resource}}}}}"#
            );
            Policy::parse(&policy).unwrap().statements().any(|statement| statement.is_admin())
        };
        assert!(admin(r#""*""#, r#""*""#) && admin(r#"["s3:Get*","*"]"#, r#"["*"]"#));
        assert!(!admin(r#""s3:*""#, r#""*""#) && !admin(r#""*""#, r#""arn:aws:s3:::b""#));
        let denied = r#"{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#;
        assert_eq!(Policy::parse(denied).unwrap().statements().count(), 0);
    }

    #[test]
    fn accounts_stand_in_arns_or_alone() {
        assert_eq!(account_in("arn:aws:iam::444455556666:root"), Some("444455556666"));
        assert_eq!(account_in("444455556666"), Some("444455556666"));
        assert_eq!(account_in("arn:aws:s3:::bucket"), None);
        assert_eq!(account_in("all"), None);
    }
}
