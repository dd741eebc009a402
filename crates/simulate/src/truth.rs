//! What really happened: the answer sheet that lies beside the logs.

use std::collections::BTreeMap;

use serde::Serialize;

/// What a run wrote and what a reader of its logs should find.
///
/// Its JSON starts with `haechi_ground_truth` and has no field of a log record, so that a scan of
/// the folder can tell it from a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Truth {
    /// Version of this shape.
    #[serde(rename = "haechi_ground_truth")]
    pub version: u32,
    /// The seed of the run.
    pub seed: u64,
    /// First second of the run.
    pub from: String,
    /// First second after the run.
    pub until: String,
    /// Accounts of the organisation.
    pub accounts: Vec<String>,
    /// What was written, by source: `cloudtrail`, `vpc_flow`, `route53_resolver`, `cloudwatch_logs`,
    /// `s3_access`, `eks_audit`.
    pub sources: BTreeMap<&'static str, Totals>,
    /// The attacks.
    pub stories: Vec<StoryTruth>,
    /// The quiet twins that were lived, by the names of their stories, and what they do.
    pub twins: BTreeMap<&'static str, &'static str>,
    /// What looks like an attack and is none.
    pub innocent: Vec<&'static str>,
}

/// How much of one source was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Files, deliveries of the same content included.
    pub files: u64,
    /// Records, repeated ones included; header lines are no records.
    pub records: u64,
    /// Files that repeat another file under another name.
    pub duplicate_files: u64,
    /// Records in those files.
    pub duplicate_records: u64,
}

impl Totals {
    /// Records that are left when every record counts once.
    #[must_use]
    pub fn unique_records(&self) -> u64 {
        self.records.saturating_sub(self.duplicate_records)
    }
}

/// One attack.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StoryTruth {
    /// Short name, as in options.
    pub name: &'static str,
    /// One sentence.
    pub title: &'static str,
    /// Account in which it happens.
    pub account: String,
    /// Time of its first trace.
    pub begins: String,
    /// Time of its last trace.
    pub ends: String,
    /// ARNs that the intruder acts as.
    pub principals: Vec<String>,
    /// Access keys that the intruder uses.
    pub access_keys: Vec<String>,
    /// Addresses that the intruder comes from or calls home to.
    pub addresses: Vec<String>,
    /// What is touched: buckets, snapshots, users, instances.
    pub resources: Vec<String>,
    /// What happens, in order.
    pub steps: Vec<Step>,
    /// Findings to expect, in plain words.
    pub expected: Vec<&'static str>,
}

/// One move of an attack.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What happens, in a few words.
    pub name: &'static str,
    /// Ids of its CloudTrail records (`eventID`).
    pub cloudtrail_ids: Vec<String>,
    /// Lines that it leaves in flow logs.
    pub flow_lines: u64,
    /// Lines that it leaves in the resolver's query log.
    pub dns_lines: u64,
    /// Lines that it leaves in S3 access logs.
    pub s3_access_lines: u64,
    /// Audit events of a cluster that it leaves.
    pub eks_audit_events: u64,
    /// Names of its lines in flow and query logs, and of its audit events: the file below the
    /// folder, a colon, and how many bytes of the unpacked file lie before it.
    pub lines: Vec<String>,
    /// ATT&CK techniques of which at least one should be told by a finding about these records.
    pub techniques: Vec<&'static str>,
}

impl Step {
    /// Says whether the step left a trace at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.cloudtrail_ids.is_empty()
            && self.flow_lines + self.dns_lines + self.s3_access_lines + self.eks_audit_events == 0
    }
}

/// What everyday life contains on purpose, in every run.
pub(crate) const INNOCENT: [&str; 9] = [
    "a nightly job reads hundreds of objects of the customer bucket, always as the same role",
    "a nightly backup shares snapshots with another account of the organisation",
    "log deliveries of the platform account are refused for ever",
    "people run into a handful of refusals when a permission is missing",
    "people with access keys make a new one now and then, from their usual desk",
    "scanners from the internet knock at every public address and are rejected",
    "every server asks for the time, and load balancers ask servers for their health",
    "one server fetches rates from one address every hour, from the first hour on",
    "load balancers and strangers ask the cluster's API server without a name, and get no further",
];
