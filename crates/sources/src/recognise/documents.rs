//! Files that lie among logs and are none: passed over with a reason that helps.

use crate::scan::Scanner;

/// Endings of names, and what such files are.
const NAMES: &[(&str, &str)] = &[
    ("aws-logs-write-test", "it is the test object of a CloudWatch Logs export"),
    ("ground-truth.json", "it is the ground truth of a simulation"),
    (".metadata.json", "it is the metadata of another object"),
];

/// Members that the outermost JSON object of a document has, and what it is then.
const DOCUMENTS: &[(&[&str], &str)] = &[
    (
        &["digestStartTime", "digestEndTime", "digestS3Object"],
        "it is a CloudTrail digest file: `haechi verify` reads it",
    ),
    (&["configSnapshotId"], "it is an AWS Config snapshot"),
    (&["configurationItems"], "it is an AWS Config history"),
    (&["configurationItemStatus"], "it is an AWS Config item"),
    (&["UserDetailList"], "it is a snapshot of IAM users, roles and policies"),
    (&["Version", "Statement"], "it is an IAM policy"),
    (&["AWSTemplateFormatVersion"], "it is a CloudFormation template"),
    (&["type", "id", "objects"], "it is a STIX bundle"),
    (&["type", "id", "spec_version"], "it is a STIX object"),
];

/// Members that begin a file of records: the others need not be looked at.
const RECORDS: &[&str] = &["Records", "eventVersion", "messageType"];

/// Tells what a file is, if its name says that it is no log.
pub(super) fn by_name(name: &str) -> Option<&'static str> {
    NAMES.iter().find(|(end, _)| name.ends_with(end)).map(|(_, what)| *what)
}

/// Tells what a file is, if the first bytes of its outermost object say that it is no log.
pub(super) fn by_members(head: &[u8]) -> Option<&'static str> {
    let text = match str::from_utf8(head) {
        Ok(text) => text,
        Err(error) => str::from_utf8(head.get(..error.valid_up_to())?).ok()?,
    };
    let members = members(text);
    let has = |name: &&str| members.contains(name);
    DOCUMENTS.iter().find(|(names, _)| names.iter().all(has)).map(|(_, what)| *what)
}

/// Returns the names of the outermost object's members, as far as the text goes.
fn members(text: &str) -> Vec<&str> {
    let mut scanner = Scanner::new(text, 0);
    let mut names = Vec::new();
    if !scanner.take_if(b'{') {
        return names;
    }
    while let Ok(name) = scanner.string() {
        names.push(name.text);
        let is_record = RECORDS.contains(&name.text);
        if is_record || !scanner.take_if(b':') || scanner.value().is_err() {
            break;
        }
        if !scanner.take_if(b',') {
            break;
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_told_by_their_outermost_members() {
        let digest = br#"{"digestStartTime":"x","digestEndTime":"y","digestS3Object":"z","logF"#;
        assert!(by_members(digest).is_some_and(|what| what.contains("haechi verify")));
        assert!(by_members(br#"{"configSnapshotId":"1","configurationItems":[{"#).is_some());
        assert!(by_members(br#"{"Version":"2012-10-17","Statement":[]}"#).is_some());
    }

    #[test]
    fn a_log_that_speaks_of_a_document_stays_a_log() {
        let log = br#"{"Records":[{"requestParameters":{"configSnapshotId":"x"}}]}"#;
        assert_eq!(by_members(log), None);
        assert_eq!(by_members(b"[{\"configSnapshotId\":1}]"), None);
    }
}
