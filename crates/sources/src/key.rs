//! What an object's name says about its records, in the layouts that AWS delivers to S3.

use haechi_model::EntityKind;

use crate::json::Context;

/// Returns the account and the Region that the object's name holds:
/// `AWSLogs/111122223333/WAFLogs/us-east-1/…`, `aws-account-id=…/aws-region=…` and
/// `111122223333/us-east-1/bucket/…`.
pub(crate) fn context_of(name: &str) -> Context<'_> {
    let mut context = Context::default();
    let folders = name.rsplit_once('/').map_or("", |(folders, _)| folders);
    for segment in folders.split('/') {
        let value = segment.rsplit_once('=').map_or(segment, |(_, value)| value);
        if EntityKind::Account.accepts(value) {
            context.account = Some(value);
        } else if context.account.is_some() && context.region.is_none() && is_region(value) {
            context.region = Some(value);
        }
    }
    context
}

/// Tells whether the text looks like `us-gov-west-1`.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let is_word = |part: &&str| 2 <= part.len() && part.bytes().all(|it| it.is_ascii_lowercase());
    match parts.as_slice() {
        [country, words @ .., number] => {
            country.len() == 2
                && (1..=2).contains(&words.len())
                && is_word(country)
                && words.iter().all(is_word)
                && number.len() == 1
                && number.bytes().all(|it| it.is_ascii_digit())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delivered_objects_name_their_account_and_region() {
        for (name, expected) in [
            ("b/AWSLogs/111122223333/vpcflowlogs/eu-west-1/2024/06/01/x.gz", (true, true)),
            ("AWSLogs/aws-account-id=111122223333/aws-region=eu-west-1/x", (true, true)),
            ("logs/111122223333/eu-west-1/bucket/2024/06/01/x", (true, true)),
            ("AWSLogs/o-abc/111122223333/elasticloadbalancing/x", (true, false)),
            ("logs/access.log", (false, false)),
        ] {
            let context = context_of(name);
            let found = (context.account, context.region);
            let account = expected.0.then_some("111122223333");
            assert_eq!(found, (account, expected.1.then_some("eu-west-1")), "{name}");
        }
    }
}
