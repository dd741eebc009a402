//! `flood`: far more packets than anyone answers, or far more answers than anyone asked for.

use std::sync::Arc;

use super::{Kind, Watch};
use crate::exchanges::{Choice, Exchange, Hit, Load, Owner};
use crate::kept::{Part, kept};
use crate::limits::{ATTEMPTS_MAX, FLOOD_PAIRS_MAX};
use crate::raised::Raised;
use crate::sentence::Fact;
use crate::setup::{Fault, Setup};
use crate::state::{Fading, Key};

pub(super) const KIND: Kind = Kind {
    name: "flood",
    doc: "Raises a host that sends at least `packets` packets within a minute to one peer and \
          port, and gets at most `answer_percent` as many back; or, with `amplification`, that \
          sends at least so many times the bytes that it was sent. Connections of one minute count \
          together, however many ports they come from.",
    facts: &["count", "value", "bytes", "window", "host", "own", "peer", "port"],
    every_row_speaks: false,
    read,
};

struct Flood {
    choice: Choice,
    packets: u64,
    answer_percent: u64,
    amplification: u64,
    minutes: Fading<Minute>,
}

/// What went between a host and a peer in the newest minute.
#[derive(Default)]
struct Minute {
    /// Minutes since 1970.
    number: i64,
    owner: Option<Arc<Owner>>,
    is_outbound: bool,
    sent: Load,
    received: Load,
    hits: Vec<Hit>,
}

fn read(setup: &mut Setup<'_>) -> Result<Box<dyn Watch>, Fault> {
    let answer_percent: Option<u64> = setup.take("answer_percent")?;
    let amplification: Option<u64> = setup.take("amplification")?;
    if answer_percent.is_some() == amplification.is_some() {
        let reason = "this kind needs either `answer_percent` or `amplification`";
        return Err(Fault::near("kind", reason));
    }
    Ok(Box::new(Flood {
        choice: Choice::read(setup)?,
        packets: setup.require("packets")?,
        answer_percent: answer_percent.unwrap_or(u64::MAX),
        amplification: amplification.unwrap_or(0),
        minutes: Fading::new(FLOOD_PAIRS_MAX),
    }))
}

impl Watch for Flood {
    fn state(&mut self) -> Vec<&mut dyn Part> {
        vec![&mut self.minutes]
    }

    fn sees_exchanges(&self) -> bool {
        true
    }

    fn observe_exchange(&mut self, exchange: &Exchange, raised: &mut Raised) {
        if !self.choice.fits(exchange) {
            return;
        }
        let host = (&exchange.owner.account, &exchange.owner.host);
        let place = (exchange.peer, exchange.port, exchange.protocol, exchange.is_outbound);
        let now = exchange.first.0.div_euclid(60_000_000);
        let enough = self.packets;
        let is_over = |it: &Minute| it.number != now && it.sent.packets < enough;
        let key = Key::hashed(&(host, place));
        let minute = self.minutes.entry_unless(key, exchange.first, is_over);
        if minute.number != now {
            let before = std::mem::take(minute);
            *minute = Minute { number: now, ..Minute::default() };
            minute.add(exchange);
            self.raise(&before, raised);
            return;
        }
        minute.add(exchange);
    }

    fn finish(&mut self, raised: &mut Raised) {
        let minutes = std::mem::replace(&mut self.minutes, Fading::new(1));
        for minute in minutes.into_ordered() {
            self.raise(&minute, raised);
        }
    }
}

impl Flood {
    fn raise(&self, minute: &Minute, raised: &mut Raised) {
        let (sent, received) = (minute.sent, minute.received);
        let is_answered = sent.packets.saturating_mul(self.answer_percent) / 100 < received.packets;
        let is_amplified = received.bytes.saturating_mul(self.amplification) <= sent.bytes;
        if sent.packets < self.packets || is_answered || !is_amplified {
            return;
        }
        let (Some(owner), Some(first)) = (&minute.owner, minute.hits.first()) else { return };
        let Some(draft) = raised.draft_at(owner, first) else { return };
        for hit in &minute.hits {
            draft.hit(hit, minute.is_outbound);
        }
        draft.at_least("value", sent.packets);
        draft.at_least("bytes", sent.bytes);
        draft.fact("window", Fact::Seconds(60));
    }
}

impl Minute {
    fn add(&mut self, exchange: &Exchange) {
        let sent = exchange.sent();
        let received = if exchange.is_outbound { exchange.answered } else { exchange.asked };
        // A window of ten minutes counts with the part of it that one minute is.
        let minutes = exchange.seconds().div_ceil(60).max(1);
        let part =
            |load: Load| Load { packets: load.packets / minutes, bytes: load.bytes / minutes };
        self.sent.add(part(sent));
        self.received.add(part(received));
        self.is_outbound = exchange.is_outbound;
        self.owner.get_or_insert_with(|| Arc::clone(&exchange.owner));
        if self.hits.is_empty() {
            // Most pairs have one exchange a minute, and a list that grows begins with four places.
            self.hits.reserve_exact(1);
        }
        if self.hits.len() < ATTEMPTS_MAX {
            self.hits.push(Hit::of(exchange));
        }
    }
}

kept!(Minute { number, owner, is_outbound, sent, received, hits });
