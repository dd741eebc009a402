//! `probe`: an outsider who is turned away at several doors and let in at an open one.

use std::collections::BTreeSet;

use super::{Kind, Watch};
use crate::exchanges::{Choice, Exchange, Hit, Outcome};
use crate::kept::{Part, kept};
use crate::limits::{PROBES_MAX, SCOPES_MAX};
use crate::raised::Raised;
use crate::setup::{Fault, Setup};
use crate::state::{Fading, Key};

pub(super) const KIND: Kind = Kind {
    name: "probe",
    doc: "Raises a host whose port answers an outsider who has failed at `doors` different doors \
          (a host and a port) of the account within `memory_seconds`, before or after. `ports` and \
          `other_than_ports` say which open ports matter; failures count at every port.",
    facts: &["count", "value", "host", "own", "peer", "port"],
    every_row_speaks: false,
    read,
};

struct Probe {
    choice: Choice,
    doors: usize,
    memory_seconds: u32,
    outsiders: Fading<Outsider>,
}

/// Somebody who knocks.
#[derive(Default)]
struct Outsider {
    /// The doors that stayed shut; no more of them than make a scanner.
    shut: BTreeSet<u64>,
    /// When it first knocked, or nothing.
    since: i64,
    is_scanner: bool,
    /// The doors that opened before it was clear who knocks.
    open: Vec<Exchange>,
}

fn read(setup: &mut Setup<'_>) -> Result<Box<dyn Watch>, Fault> {
    let doors: usize = setup.require("doors")?;
    if !(2..=PROBES_MAX).contains(&doors) {
        return Err(Fault::near("doors", format!("`doors` lies between 2 and {PROBES_MAX}")));
    }
    Ok(Box::new(Probe {
        choice: Choice::read(setup)?,
        doors,
        memory_seconds: setup.require("memory_seconds")?,
        outsiders: Fading::new(SCOPES_MAX),
    }))
}

impl Watch for Probe {
    fn state(&mut self) -> Vec<&mut dyn Part> {
        vec![&mut self.outsiders]
    }

    fn sees_exchanges(&self) -> bool {
        true
    }

    fn observe_exchange(&mut self, exchange: &Exchange, raised: &mut Raised) {
        let is_knock = exchange.begins && !exchange.is_outbound && exchange.peer_is_public;
        if !is_knock {
            return;
        }
        let key = Key::hashed(&(&exchange.owner.account, exchange.peer));
        let (now, memory) = (exchange.first.0, i64::from(self.memory_seconds) * 1_000_000);
        let is_over = |it: &Outsider| it.since.saturating_add(memory) < now;
        let outsider = self.outsiders.entry_unless(key, exchange.first, is_over);
        if outsider.since == 0 {
            outsider.since = now;
        }
        if exchange.outcome.is_failure() {
            outsider.fails(exchange, self.doors);
        }
        let is_open = exchange.outcome == Outcome::Answered && self.choice.fits(exchange);
        if is_open && (outsider.is_scanner || outsider.open.len() < PROBES_MAX) {
            outsider.open.push(exchange.clone());
        }
        if outsider.is_scanner {
            for open in std::mem::take(&mut outsider.open) {
                raise(&open, raised);
            }
        }
    }

    fn history_days(&self) -> u32 {
        1
    }
}

fn raise(open: &Exchange, raised: &mut Raised) {
    let Some(draft) = raised.draft_of(open) else { return };
    let n_peers = draft.meets(&open.peer);
    draft.hit(&Hit::of(open), open.is_outbound);
    draft.at_least("value", n_peers);
}

impl Outsider {
    fn fails(&mut self, exchange: &Exchange, doors: usize) {
        if self.is_scanner {
            return;
        }
        self.shut.insert(Key::hashed(&(exchange.own, exchange.port)).short());
        self.is_scanner = doors <= self.shut.len();
    }
}

kept!(Outsider { shut, since, is_scanner, open });
