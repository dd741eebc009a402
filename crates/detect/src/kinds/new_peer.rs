//! `new_peer`: a host that turns to a sort of peer that it has never needed.

use std::collections::BTreeSet;
use std::net::IpAddr;

use haechi_model::Timestamp;

use super::{Kind, Watch};
use crate::exchanges::{Choice, Exchange, Hit, Outcome};
use crate::kept::{Part, kept};
use crate::limits::{HISTORY_DAYS_MAX, SCOPES_MAX};
use crate::raised::Raised;
use crate::sentence::Fact;
use crate::setup::{Fault, Setup};
use crate::state::{Fading, Key};

pub(super) const KIND: Kind = Kind {
    name: "new_peer",
    doc: "Raises a host that has an answered exchange with a peer that the page chooses (one of \
          `addresses`, when they are given) for the first time, once the host has been seen for \
          `history_days` days and in `history_connections` connections of any sort. A host that \
          has used three such peers has a choice of its own and is left alone.",
    facts: &["count", "value", "history_days", "host", "own", "peer", "port"],
    every_row_speaks: false,
    read,
};

/// So many peers of the sort are no novelty.
const PEERS_MAX: usize = 3;

struct NewPeer {
    choice: Choice,
    addresses: Option<BTreeSet<IpAddr>>,
    history_days: u32,
    history_connections: u64,
    hosts: Fading<Host>,
}

#[derive(Default)]
struct Host {
    since: Option<Timestamp>,
    n_connections: u64,
    peers: BTreeSet<IpAddr>,
}

fn read(setup: &mut Setup<'_>) -> Result<Box<dyn Watch>, Fault> {
    let history_days: u32 = setup.require("history_days")?;
    if HISTORY_DAYS_MAX < history_days {
        let reason = format!("`history_days` is at most {HISTORY_DAYS_MAX}");
        return Err(Fault::near("history_days", reason));
    }
    Ok(Box::new(NewPeer {
        choice: Choice::read(setup)?,
        addresses: setup.take("addresses")?,
        history_days,
        history_connections: setup.require("history_connections")?,
        hosts: Fading::new(SCOPES_MAX / 10),
    }))
}

impl Watch for NewPeer {
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
        if !exchange.begins || exchange.outcome != Outcome::Answered {
            return;
        }
        let host = Key::hashed(&(&exchange.owner.account, &exchange.owner.host));
        let known = self.hosts.entry(host, exchange.first);
        let since = *known.since.get_or_insert(exchange.first);
        let n_days = (exchange.first.0 - since.0).max(0).cast_unsigned() / MICROS_PER_DAY;
        let is_known = u64::from(self.history_days) <= n_days
            && self.history_connections <= known.n_connections;
        known.n_connections += 1;
        let is_listed = self.addresses.as_ref().is_none_or(|it| it.contains(&exchange.peer));
        let is_chosen = is_listed && self.choice.fits(exchange);
        let is_new =
            is_chosen && known.peers.len() < PEERS_MAX && known.peers.insert(exchange.peer);
        if is_known
            && is_new
            && let Some(draft) = raised.draft_of(exchange)
        {
            draft.hit(&Hit::of(exchange), exchange.is_outbound);
            draft.fact("history_days", Fact::Number(n_days));
            draft.at_least("value", known.n_connections - 1);
        }
    }

    fn history_days(&self) -> u32 {
        // No longer than it takes to know a host: flow logs are large.
        self.history_days.saturating_add(1)
    }
}

const MICROS_PER_DAY: u64 = 86_400_000_000;

kept!(Host { since, n_connections, peers });
