//! `fan_out`: a host that is served by many peers within a short time.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::{Kind, Watch};
use crate::exchanges::{Choice, Exchange, Hit, Outcome};
use crate::kept::Part;
use crate::limits::{BURST_VALUES_MAX, ROUTINE_HISTORY_DAYS, SCOPES_MAX};
use crate::raised::Raised;
use crate::sentence::Fact;
use crate::setup::{Fault, Setup};
use crate::state::{DistinctDays, Fading, Key};

pub(super) const KIND: Kind = Kind {
    name: "fan_out",
    doc: "Raises a host that has answered exchanges with `hosts` different peers on one port within \
          `window_seconds`. A host that has done so on more than `routine_days` different days, or \
          comes close to it (half of `hosts`), does it for a living.",
    facts: &["count", "value", "bytes", "window", "host", "own", "peer", "port"],
    every_row_speaks: false,
    read,
};

struct FanOut {
    choice: Choice,
    hosts: usize,
    window_seconds: u32,
    routine_days: usize,
    seen: Fading<BTreeMap<IpAddr, Hit>>,
    routines: Fading<DistinctDays>,
}

fn read(setup: &mut Setup<'_>) -> Result<Box<dyn Watch>, Fault> {
    let hosts: usize = setup.require("hosts")?;
    if !(2..=BURST_VALUES_MAX).contains(&hosts) {
        let reason = format!("`hosts` lies between 2 and {BURST_VALUES_MAX}");
        return Err(Fault::near("hosts", reason));
    }
    Ok(Box::new(FanOut {
        choice: Choice::read(setup)?,
        hosts,
        window_seconds: setup.require("window_seconds")?,
        routine_days: setup.require("routine_days")?,
        seen: Fading::new(SCOPES_MAX / hosts),
        routines: Fading::new(SCOPES_MAX),
    }))
}

impl Watch for FanOut {
    fn state(&mut self) -> Vec<&mut dyn Part> {
        vec![&mut self.seen, &mut self.routines]
    }

    fn sees_exchanges(&self) -> bool {
        true
    }

    fn observe_exchange(&mut self, exchange: &Exchange, raised: &mut Raised) {
        if exchange.outcome != Outcome::Answered || !self.choice.fits(exchange) {
            return;
        }
        let owner = &exchange.owner;
        let key = Key::hashed(&(&owner.account, &owner.host, exchange.port));
        let seen = self.seen.entry(key, exchange.first);
        let oldest = exchange.first.plus_seconds(-i64::from(self.window_seconds));
        seen.retain(|_, hit| oldest <= hit.last);
        if seen.len() < self.hosts {
            seen.insert(exchange.peer, Hit::of(exchange));
        }
        let routine = self.routines.entry(key, exchange.first);
        if self.hosts.div_ceil(2) <= seen.len() {
            routine.note(exchange.first);
        }
        if seen.len() < self.hosts || routine.exceed(self.routine_days) {
            return;
        }
        let Some(draft) = raised.draft_of(exchange) else { return };
        let begins = draft.count == 0;
        if begins {
            for hit in seen.values() {
                draft.meets(&hit.peer);
                draft.hit(hit, exchange.is_outbound);
            }
        }
        let is_new = draft.known("value") < draft.meets(&exchange.peer);
        if is_new && !begins {
            draft.hit(&Hit::of(exchange), exchange.is_outbound);
        }
        let n_peers = draft.meets(&exchange.peer);
        draft.at_least("value", n_peers);
        let bytes = draft.known("bytes").saturating_add(exchange.sent().bytes);
        draft.at_least("bytes", bytes);
        draft.fact("window", Fact::Seconds(self.window_seconds.into()));
    }

    fn history_days(&self) -> u32 {
        ROUTINE_HISTORY_DAYS
    }
}
