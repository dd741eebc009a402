//! What AWS wraps records in: EventBridge events, CloudWatch Logs subscriptions and answers,
//! `LookupEvents` answers, answers of metric calls, Firehose records.

use std::borrow::Cow;

use super::answers;
use crate::mapping::{Fields, Mapping};
use crate::scan::{Fault, Scanner, Shape, Value, unescaped};

/// What an object holds, if it is an envelope.
pub(super) enum Inner<'a> {
    /// An object that begins at that offset.
    Object {
        /// The offset in the envelope.
        offset: usize,
    },
    /// Messages, each a text.
    Messages(Vec<Message<'a>>),
    /// Nothing: CloudWatch Logs asks whether its subscriber is there.
    Probe,
    /// It is no envelope.
    None,
}

/// One message of an envelope.
pub(super) struct Message<'a> {
    /// The message, unescaped.
    pub text: Cow<'a, str>,
    /// Where it begins in the envelope.
    pub offset: usize,
    /// What the envelope says about it.
    pub context: Context<'a>,
}

/// What an envelope, or an object's name, says about the records in it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Context<'a> {
    /// The account that the object's name holds.
    pub account: Option<&'a str>,
    /// The Region that the object's name holds.
    pub region: Option<&'a str>,
    /// The account that owns the log group.
    pub owner: Option<&'a str>,
    /// The log group.
    pub log_group: Option<&'a str>,
    /// The log stream.
    pub log_stream: Option<&'a str>,
    /// When the message was logged, in milliseconds since 1970.
    pub timestamp: Option<&'a str>,
}

impl<'a> Context<'a> {
    /// Puts what is known to the paths that begin with `@`, where the mapping has them.
    pub(crate) fn put(&self, mapping: &Mapping, fields: &mut Fields<'a>) {
        let function = self.log_group.and_then(|group| group.strip_prefix("/aws/lambda/"));
        let known = [
            self.account,
            self.region,
            self.owner,
            self.log_group,
            self.log_stream,
            self.timestamp,
            function,
        ];
        for (target, text) in mapping.context.iter().zip(known) {
            if let Some(text) = text {
                fields.put_text(*target, text);
            }
        }
    }
}

/// Looks into an object for the records that it wraps.
pub(super) fn inner(record: &str) -> Result<Inner<'_>, Fault> {
    let members = members(&mut Scanner::new(record, 0))?;
    let find = |name: &str| members.iter().find(|it| it.name == name);
    if let (Some(_), Some(detail)) = (find("detail-type"), find("detail"))
        && detail.value.shape == Shape::Container
    {
        return Ok(Inner::Object { offset: detail.offset });
    }
    // CloudEvents, and whatever else puts an event into `data`.
    if let Some(data) = find("data").filter(|it| it.value.shape == Shape::Container) {
        return Ok(Inner::Object { offset: data.offset });
    }
    if find("messageType").is_some_and(|it| it.value.text == "CONTROL_MESSAGE") {
        return Ok(Inner::Probe);
    }
    if let Some(points) = answers::points(record, &members)? {
        return Ok(Inner::Messages(points));
    }
    let owner = find("owner").map(|it| it.value.text);
    let log_group = find("logGroup").map(|it| it.value.text);
    let log_stream = find("logStream").or_else(|| find("logStreamName")).map(|it| it.value.text);
    let context = Context { owner, log_group, log_stream, ..Context::default() };
    if let Some(events) = find("logEvents").filter(|it| it.value.shape == Shape::Container) {
        return log_events(record, events.offset, context).map(Inner::Messages);
    }
    let message = find("CloudTrailEvent").or_else(|| find("message").filter(|_| wraps(&members)));
    match message.filter(|it| matches!(it.value.shape, Shape::Plain | Shape::Escaped)) {
        Some(message) => {
            let timestamp = find("timestamp").map(|it| it.value.text);
            let context = Context { timestamp, ..context };
            Ok(Inner::Messages(vec![message_of(message, context)]))
        }
        None => Ok(Inner::None),
    }
}

/// What CloudWatch Logs and Firehose put beside a message.
const BESIDE_A_MESSAGE: &[&str] = &[
    "message",
    "timestamp",
    "ingestionTime",
    "eventId",
    "id",
    "logGroup",
    "logStream",
    "logStreamName",
    "owner",
];

/// Tells whether a message with these members beside it is wrapped: an application writes
/// `message` too, but with members of its own, or with a time that is a text.
fn wraps(members: &[Member<'_>]) -> bool {
    members.iter().all(|it| {
        let is_usual = BESIDE_A_MESSAGE.contains(&it.name);
        is_usual && (it.name != "timestamp" || it.value.shape == Shape::Scalar)
    })
}

/// Returns where the list of records begins in the object at that offset, if it has one.
pub(super) fn list_in(record: &str, offset: usize) -> Result<Option<usize>, Fault> {
    let mut scanner = Scanner::new(record, offset);
    if scanner.peek() != Some(b'{') {
        return Ok(None);
    }
    let members = members(&mut scanner)?;
    let list = members.iter().find(|it| super::LISTS.contains(&it.name) && it.is_array());
    Ok(list.map(|member| member.offset))
}

pub(super) struct Member<'a> {
    pub name: &'a str,
    pub value: Value<'a>,
    /// Where the value begins.
    pub offset: usize,
}

impl Member<'_> {
    pub(super) fn is_array(&self) -> bool {
        self.value.shape == Shape::Container && self.value.text.starts_with('[')
    }
}

/// Returns an object's members.
pub(super) fn members<'a>(scanner: &mut Scanner<'a>) -> Result<Vec<Member<'a>>, Fault> {
    let mut members = Vec::new();
    scanner.take(b'{', "an object")?;
    if scanner.take_if(b'}') {
        return Ok(members);
    }
    loop {
        let name = scanner.string()?.text;
        scanner.take(b':', "`:` behind a member's name")?;
        scanner.peek();
        let offset = scanner.at;
        members.push(Member { name, value: scanner.value()?, offset });
        if !scanner.take_if(b',') {
            scanner.take(b'}', "`,` or `}`")?;
            return Ok(members);
        }
    }
}

fn log_events<'a>(
    record: &'a str,
    offset: usize,
    context: Context<'a>,
) -> Result<Vec<Message<'a>>, Fault> {
    let mut messages = Vec::new();
    let mut scanner = Scanner::new(record, offset);
    scanner.take(b'[', "an array")?;
    if scanner.take_if(b']') {
        return Ok(messages);
    }
    loop {
        let members = members(&mut scanner)?;
        let timestamp = members.iter().find(|it| it.name == "timestamp").map(|it| it.value.text);
        if let Some(message) = members.iter().find(|it| it.name == "message") {
            messages.push(message_of(message, Context { timestamp, ..context }));
        }
        if !scanner.take_if(b',') {
            scanner.take(b']', "`,` or `]`")?;
            return Ok(messages);
        }
    }
}

fn message_of<'a>(member: &Member<'a>, context: Context<'a>) -> Message<'a> {
    let text = match member.value.shape {
        Shape::Escaped => {
            unescaped(member.value.text).map_or(Cow::Borrowed(member.value.text), Cow::Owned)
        }
        _ => Cow::Borrowed(member.value.text),
    };
    Message { text, offset: member.offset, context }
}
