//! What a subscription of CloudWatch Logs is handed: a batch of a stream's events, as one object.

use serde::Serialize;

use crate::{
    cluster::Audit,
    ids,
    organisation::{CLUSTER, SHOP},
    random::Random,
    traces::Mark,
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Batch<'a> {
    message_type: &'static str,
    owner: &'static str,
    log_group: String,
    log_stream: String,
    subscription_filters: [&'static str; 1],
    log_events: Vec<LogEvent<'a>>,
}

#[derive(Serialize)]
struct LogEvent<'a> {
    id: String,
    timestamp: i64,
    message: &'a str,
}

/// Adds a batch to the text of a file, and notes where the messages of attacks begin.
pub(crate) fn append(
    seed: u64,
    audits: &[&Audit],
    text: &mut String,
    mut note: impl FnMut(Mark, usize),
) {
    let mut random = Random::stream(seed, "subscription", 0);
    let stream = ids::hex(&mut random, 32);
    let events = audits.iter().map(|audit| LogEvent {
        id: log_event_id(audit),
        timestamp: audit.time.0 * 1000,
        message: &audit.text,
    });
    let batch = Batch {
        message_type: "DATA_MESSAGE",
        owner: SHOP,
        log_group: format!("/aws/eks/{CLUSTER}/cluster"),
        log_stream: format!("kube-apiserver-audit-{stream}"),
        subscription_filters: ["to-the-log-archive"],
        log_events: events.collect(),
    };
    let begins = text.len();
    text.push_str(&serde_json::to_string(&batch).unwrap_or_default());
    text.push('\n');
    // A message cannot hold the text by which it is found, for its quotes are escaped.
    let mut rest = begins;
    for audit in audits {
        let Some(found) = text.get(rest..).and_then(|text| text.find(MESSAGE)) else { return };
        rest += found + MESSAGE.len();
        if let Some(mark) = audit.mark {
            // A reader names a message by the quote that it begins with.
            note(mark, rest - 1);
        }
    }
}

const MESSAGE: &str = ",\"message\":\"";

/// The number of a log event: its time, and what tells it from others of that time.
fn log_event_id(audit: &Audit) -> String {
    let mut random = Random::stream(0, &audit.text, audit.time.0);
    format!("{:019}{:019}{:018}", audit.time.0, random.next() >> 2, random.below(1_000_000_000))
}
