//! `volume`: a day on which a host sends far more than on any day before.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;

use super::{Kind, Watch};
use crate::exchanges::{Choice, Exchange, Hit};
use crate::kept::{Part, kept};
use crate::limits::{FEW_MAX, SCOPES_MAX};
use crate::raised::Raised;
use crate::sentence::Fact;
use crate::setup::{Fault, Setup};
use crate::state::{Fading, Key};

pub(super) const KIND: Kind = Kind {
    name: "volume",
    doc: "Raises a host that has sent more than `bytes` bytes in a day (UTC), and more than \
          `factor` times what it sent on its busiest of the last `history_days` days; it must \
          have been seen on so many days.",
    facts: &["count", "value", "bytes", "usual", "host", "own", "peer", "port"],
    every_row_speaks: false,
    read,
};

struct Volume {
    choice: Choice,
    bytes: u64,
    factor: u64,
    history_days: usize,
    hosts: Fading<Days>,
}

/// What a host has sent, day by day.
#[derive(Default)]
struct Days {
    /// The days before today on which it sent something, newest last.
    before: VecDeque<u64>,
    today: i64,
    sent: u64,
    /// The peers of today to whom it sent, as far as they are kept.
    peers: BTreeMap<IpAddr, (u64, Hit)>,
}

fn read(setup: &mut Setup<'_>) -> Result<Box<dyn Watch>, Fault> {
    let history_days: usize = setup.require("history_days")?;
    if !(2..=60).contains(&history_days) {
        return Err(Fault::near("history_days", "`history_days` lies between 2 and 60"));
    }
    Ok(Box::new(Volume {
        choice: Choice::read(setup)?,
        bytes: setup.require("bytes")?,
        factor: setup.require("factor")?,
        history_days,
        hosts: Fading::new(SCOPES_MAX / 10),
    }))
}

impl Watch for Volume {
    fn state(&mut self) -> Vec<&mut dyn Part> {
        vec![&mut self.hosts]
    }

    fn sees_exchanges(&self) -> bool {
        true
    }

    fn observe_exchange(&mut self, exchange: &Exchange, raised: &mut Raised) {
        if !self.choice.fits(exchange) {
            return;
        }
        let host = Key::hashed(&(&exchange.owner.account, &exchange.owner.host));
        let days = self.hosts.entry(host, exchange.first);
        days.turn_to(exchange.first.day(), self.history_days);
        let sent = exchange.sent().bytes;
        days.sent = days.sent.saturating_add(sent);
        days.note(exchange, sent);
        let busiest = days.before.iter().copied().max().unwrap_or(0);
        let is_known = self.history_days <= days.before.len();
        let is_much = self.bytes < days.sent && busiest.saturating_mul(self.factor) < days.sent;
        if !is_known || !is_much {
            return;
        }
        let Some(draft) = raised.draft_of(exchange) else { return };
        // What came before it was too much belongs to it as well.
        for (_, hit) in std::mem::take(&mut days.peers).into_values() {
            draft.hit(&hit, exchange.is_outbound);
        }
        draft.at_least("bytes", days.sent);
        draft.fact("usual", Fact::Number(busiest));
        draft.fact("value", Fact::Number(days.sent / busiest.max(1)));
    }

    fn history_days(&self) -> u32 {
        u32::try_from(self.history_days).unwrap_or(u32::MAX).saturating_add(1)
    }
}

impl Days {
    fn turn_to(&mut self, day: i64, n_days: usize) {
        if day == self.today {
            return;
        }
        if 0 < self.sent {
            self.before.push_back(self.sent);
        }
        if n_days < self.before.len() {
            self.before.pop_front();
        }
        (self.today, self.sent) = (day, 0);
        self.peers.clear();
    }

    /// Notes who was sent how much; of many, those who were sent least are let go.
    fn note(&mut self, exchange: &Exchange, sent: u64) {
        let new = || (0, Hit::of(exchange));
        let (bytes, hit) = self.peers.entry(exchange.peer).or_insert_with(new);
        *bytes = bytes.saturating_add(sent);
        hit.last = exchange.last;
        if self.peers.len() <= FEW_MAX {
            return;
        }
        let least = self.peers.iter().min_by_key(|(_, (bytes, _))| *bytes).map(|(peer, _)| *peer);
        if let Some(least) = least {
            self.peers.remove(&least);
        }
    }
}

kept!(Days { before, today, sent, peers });
