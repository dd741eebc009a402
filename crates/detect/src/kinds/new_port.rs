//! `new_port`: a remote port that a host with a history has never used before.

use std::collections::HashSet;

use haechi_model::Timestamp;

use super::{Kind, Watch};
use crate::exchanges::{Choice, Exchange, Hit, Outcome};
use crate::kept::{Part, kept};
use crate::limits::{HISTORY_DAYS_MAX, SCOPE_VALUES_MAX, SCOPES_MAX};
use crate::raised::Raised;
use crate::sentence::Fact;
use crate::setup::{Fault, Setup};
use crate::state::{Fading, Key};

pub(super) const KIND: Kind = Kind {
    name: "new_port",
    doc: "Raises a host that uses a remote port for the first time, once it has been seen for \
          `history_days` days and in `history_connections` connections that the page looks at, \
          with at most `ports_max` different ports so far: who uses many has no habits.",
    facts: &["count", "value", "history_days", "host", "own", "peer", "port"],
    every_row_speaks: false,
    read,
};

struct NewPort {
    choice: Choice,
    history_days: u32,
    history_connections: u64,
    ports_max: usize,
    hosts: Fading<Habits>,
}

#[derive(Default)]
struct Habits {
    since: Option<Timestamp>,
    n_connections: u64,
    ports: HashSet<(u8, u16)>,
}

fn read(setup: &mut Setup<'_>) -> Result<Box<dyn Watch>, Fault> {
    let history_days: u32 = setup.require("history_days")?;
    if HISTORY_DAYS_MAX < history_days {
        let reason = format!("`history_days` is at most {HISTORY_DAYS_MAX}");
        return Err(Fault::near("history_days", reason));
    }
    let ports_max: usize = setup.require("ports_max")?;
    Ok(Box::new(NewPort {
        choice: Choice::read(setup)?,
        history_days,
        history_connections: setup.require("history_connections")?,
        ports_max: ports_max.min(SCOPE_VALUES_MAX),
        hosts: Fading::new(SCOPES_MAX / 10),
    }))
}

impl Watch for NewPort {
    fn state(&mut self) -> Vec<&mut dyn Part> {
        vec![&mut self.hosts]
    }

    fn learns_from_trusted(&self) -> bool {
        true
    }

    fn sees_exchanges(&self) -> bool {
        true
    }

    fn observe_exchange(&mut self, exchange: &Exchange, raised: &mut Raised) {
        let is_used = exchange.begins && exchange.outcome == Outcome::Answered;
        if !is_used || !self.choice.fits(exchange) {
            return;
        }
        let host = Key::hashed(&(&exchange.owner.account, &exchange.owner.host));
        let habits = self.hosts.entry(host, exchange.first);
        let since = *habits.since.get_or_insert(exchange.first);
        let n_days = (exchange.first.0 - since.0).max(0).cast_unsigned() / MICROS_PER_DAY;
        let is_known = u64::from(self.history_days) <= n_days
            && self.history_connections <= habits.n_connections
            && habits.ports.len() <= self.ports_max;
        habits.n_connections += 1;
        let is_new = habits.ports.len() <= self.ports_max
            && habits.ports.insert((exchange.protocol, exchange.port));
        if is_known
            && is_new
            && let Some(draft) = raised.draft_of(exchange)
        {
            draft.hit(&Hit::of(exchange), exchange.is_outbound);
            draft.fact("history_days", Fact::Number(n_days));
            draft.at_least("value", habits.n_connections - 1);
        }
    }

    fn history_days(&self) -> u32 {
        // No longer than it takes to know a host: flow logs are large.
        self.history_days.saturating_add(1)
    }
}

const MICROS_PER_DAY: u64 = 86_400_000_000;

kept!(Habits { since, n_connections, ports });
