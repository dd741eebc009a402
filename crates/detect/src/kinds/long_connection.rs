//! `long_connection`: a connection that stays open for days, put together from its windows.

use haechi_model::Timestamp;

use super::{Kind, Watch};
use crate::exchanges::{Choice, Exchange, Hit, Outcome};
use crate::kept::{Part, kept};
use crate::limits::CONNECTIONS_MAX;
use crate::raised::Raised;
use crate::sentence::Fact;
use crate::setup::{Fault, Setup};
use crate::state::Fading;

pub(super) const KIND: Kind = Kind {
    name: "long_connection",
    doc: "Raises a connection that has been open for `seconds`: records of the same two ends and \
          ports that follow each other without a pause of more than `pause_seconds`.",
    facts: &["count", "value", "bytes", "host", "own", "peer", "port"],
    every_row_speaks: false,
    read,
};

struct LongConnection {
    choice: Choice,
    seconds: u32,
    pause_seconds: u32,
    connections: Fading<Connection>,
}

#[derive(Default)]
struct Connection {
    since: Option<Hit>,
    last: Option<Timestamp>,
    bytes: u64,
    is_raised: bool,
}

fn read(setup: &mut Setup<'_>) -> Result<Box<dyn Watch>, Fault> {
    Ok(Box::new(LongConnection {
        choice: Choice::read(setup)?,
        seconds: setup.require("seconds")?,
        pause_seconds: setup.require("pause_seconds")?,
        connections: Fading::new(CONNECTIONS_MAX),
    }))
}

impl Watch for LongConnection {
    fn state(&mut self) -> Vec<&mut dyn Part> {
        vec![&mut self.connections]
    }

    fn sees_exchanges(&self) -> bool {
        true
    }

    fn observe_exchange(&mut self, exchange: &Exchange, raised: &mut Raised) {
        let is_heard = matches!(exchange.outcome, Outcome::Answered | Outcome::Unknown);
        if !is_heard || !self.choice.fits(exchange) {
            return;
        }
        let oldest = exchange.first.plus_seconds(-i64::from(self.pause_seconds));
        let is_over = |it: &Connection| it.last.is_some_and(|last| last < oldest);
        let key = exchange.connection;
        let connection = self.connections.entry_unless(key, exchange.first, is_over);
        connection.since.get_or_insert_with(|| Hit::of(exchange));
        connection.last = Some(exchange.last.max(connection.last.unwrap_or(exchange.last)));
        connection.bytes = connection.bytes.saturating_add(exchange.bytes());
        let Some(since) = &connection.since else { return };
        let micros = (exchange.last.0 - since.first.0).max(0).cast_unsigned();
        let n_seconds = micros / 1_000_000;
        if n_seconds < u64::from(self.seconds) {
            return;
        }
        let Some(draft) = raised.draft_of(exchange) else { return };
        if !std::mem::replace(&mut connection.is_raised, true) {
            draft.hit(since, exchange.is_outbound);
        }
        draft.last = draft.last.max(exchange.last);
        draft.at_least("bytes", connection.bytes);
        // Whole hours, so that the sentence reads well.
        let hours = n_seconds / 3_600 * 3_600;
        if draft.known("value") < hours {
            draft.fact("value", Fact::Seconds(hours));
        }
    }

    fn history_days(&self) -> u32 {
        self.seconds.div_ceil(86_400) + 1
    }
}

kept!(Connection { since, last, bytes, is_raised });
