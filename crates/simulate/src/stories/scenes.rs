//! Moves that several stories and twins make.

use serde_json::{Value, json};

use super::script::Script;
use crate::{
    calls::{Api, reads, writes},
    cloudtrail::{self, Call, Place},
    dns::{self, Question},
    flows::{self, End, Exchange},
    identity::{self, Caller},
    moment::Moment,
    organisation::{Host, Network, SHOP, VIRGINIA},
    parameters,
    people::PEOPLE,
};

/// A call that looks at something.
pub(super) fn read(service: &'static str, name: &'static str, request: Value) -> Call {
    Call { api: reads(service, name), request, ..Call::default() }
}

/// A call that changes something.
pub(super) fn write(service: &'static str, name: &'static str, request: Value) -> Call {
    Call { api: writes(service, name), request, ..Call::default() }
}

/// A call that asks who one is.
pub(super) fn who_am_i(caller: &Caller) -> Call {
    Call {
        response: json!({ "account": caller.account, "arn": caller.arn }),
        ..read("sts", "GetCallerIdentity", Value::Null)
    }
}

/// A moment in the shop.
pub(super) fn shop(time: Moment) -> Place {
    Place { account: SHOP, region: VIRGINIA, time }
}

/// A person of the organisation, in the session that covers a moment.
pub(super) fn staff(script: &Script<'_>, name: &str, time: Moment) -> Option<Caller> {
    let person = PEOPLE.iter().find(|person| person.name == name)?;
    Some(identity::person(script.organisation.seed, person, time))
}

/// The same caller somewhere else, with another program.
pub(super) fn elsewhere(caller: Caller, address: &str, agent: &str) -> Caller {
    Caller { address: address.to_owned(), agent: agent.to_owned(), ..caller }
}

/// Asks for one thing after the other, seconds apart; those that are refused are refused.
pub(super) fn look_around(
    script: &mut Script<'_>,
    caller: &Caller,
    start: Moment,
    apis: &[Api],
    is_refused: fn(&Api) -> bool,
) {
    let site = script.shop();
    let mut time = start;
    for api in apis {
        let mut call = parameters::everyday(*api, site, &mut script.random);
        if is_refused(api) {
            call.error = Some(cloudtrail::refusal(caller, *api));
        }
        script.call(caller, shop(time), &call);
        time = time.plus(script.random.between(4, 20));
    }
}

/// How two hosts talk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Talk {
    pub(super) seconds: i64,
    /// Packets and bytes of who asks.
    pub(super) sent: (i64, i64),
    /// Packets and bytes of who answers.
    pub(super) received: (i64, i64),
    pub(super) is_accepted: bool,
}

/// A packet that nobody answers.
pub(super) const KNOCK: Talk =
    Talk { seconds: 0, sent: (1, 60), received: (0, 0), is_accepted: false };

/// Two hosts talk over TCP: who asks, and who is asked at which port.
pub(super) fn connect(
    script: &mut Script<'_>,
    network: &Network,
    (client, server, port): (&str, &str, u16),
    start: Moment,
    talk: Talk,
) {
    let source = u16::try_from(script.random.between(32_768, 60_999)).unwrap_or(40_000);
    let exchange = Exchange {
        client: End { address: client.to_owned(), port: source },
        server: End { address: server.to_owned(), port },
        protocol: 6,
        start,
        seconds: talk.seconds,
        sent: talk.sent,
        received: talk.received,
        is_accepted: talk.is_accepted,
    };
    script.packets(flows::lines(network, &exchange));
}

/// A connection of so many minutes, as flow logs show it: one record a minute with the same ports.
pub(super) fn connect_long(
    script: &mut Script<'_>,
    network: &Network,
    (client, server, port): (&str, &str, u16),
    (start, minutes): (Moment, i64),
    talk: Talk,
) {
    let source = u16::try_from(script.random.between(32_768, 60_999)).unwrap_or(40_000);
    for minute in 0..minutes {
        let exchange = Exchange {
            client: End { address: client.to_owned(), port: source },
            server: End { address: server.to_owned(), port },
            protocol: 6,
            start: start.plus(minute * 60),
            seconds: 58,
            sent: talk.sent,
            received: talk.received,
            is_accepted: talk.is_accepted,
        };
        script.packets(flows::lines(network, &exchange));
    }
}

/// A host asks for a name.
pub(super) fn ask(
    script: &mut Script<'_>,
    (network, host): (&Network, &Host),
    time: Moment,
    (kind, name): (&'static str, &str),
    answer: Option<&str>,
) {
    let port = script.random.between(32_768, 60_999);
    let question = Question { name, kind, answer };
    script.lookup(dns::lookup(network, host, time, port, question));
}
