//! Route 53 Resolver query log: one JSON object a line.

use serde::Serialize;

use crate::{
    moment::Moment,
    organisation::{Host, Network},
    traces::Mark,
};

/// A question and what came back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'a> {
    /// The name, without the final dot.
    pub(crate) name: &'a str,
    pub(crate) kind: &'static str,
    /// The answer, or nothing for a name that does not exist.
    pub(crate) answer: Option<&'a str>,
}

/// One line.
#[derive(Clone, Debug)]
pub(crate) struct Lookup {
    /// Tells which network's log the line belongs to.
    pub(crate) vpc: String,
    pub(crate) time: Moment,
    pub(crate) text: String,
    /// The step of an attack that left it.
    pub(crate) mark: Option<Mark>,
}

#[derive(Serialize)]
struct Line<'a> {
    version: &'static str,
    account_id: &'static str,
    region: &'static str,
    vpc_id: &'a str,
    query_timestamp: String,
    query_name: String,
    query_type: &'static str,
    query_class: &'static str,
    rcode: &'static str,
    answers: Vec<Answer<'a>>,
    srcaddr: &'a str,
    srcport: String,
    transport: &'static str,
    srcids: Sources<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer<'a> {
    rdata: &'a str,
    r#type: &'static str,
    class: &'static str,
}

#[derive(Serialize)]
struct Sources<'a> {
    instance: &'a str,
}

/// Writes down a question that a host asks.
pub(crate) fn lookup(
    network: &Network,
    host: &Host,
    time: Moment,
    port: i64,
    question: Question<'_>,
) -> Lookup {
    let answer = |rdata| Answer { rdata, r#type: question.kind, class: "IN" };
    let line = Line {
        version: "1.100000",
        account_id: network.account,
        region: network.region,
        vpc_id: &network.vpc,
        query_timestamp: time.iso(),
        query_name: format!("{}.", question.name),
        query_type: question.kind,
        query_class: "IN",
        rcode: if question.answer.is_some() { "NOERROR" } else { "NXDOMAIN" },
        answers: question.answer.map(answer).into_iter().collect(),
        srcaddr: &host.private,
        srcport: port.to_string(),
        transport: "UDP",
        srcids: Sources { instance: &host.instance },
    };
    let text = serde_json::to_string(&line).unwrap_or_default();
    Lookup { vpc: network.vpc.clone(), time, text, mark: None }
}
