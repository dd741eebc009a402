//! `scan`: a client that tries one port after the other, or one host after the other, in vain.
//!
//! A sequential test of two hypotheses (Jung, Paxson, Berger and Balakrishnan, 2004): each first
//! contact with a new target speaks for a scanner when it fails and against one when it succeeds,
//! and the test decides as soon as what it has seen is clear enough. A pure scan is told after
//! five targets; who mostly succeeds is cleared as fast.

use std::collections::HashSet;

use haechi_model::Timestamp;
use serde::Deserialize;

use super::{Kind, Watch};
use crate::exchanges::{Choice, Exchange, Hit, Outcome};
use crate::kept::{Part, kept};
use crate::limits::{ROUTINE_HISTORY_DAYS, SCAN_TARGETS_MAX, SCOPES_MAX};
use crate::raised::Raised;
use crate::setup::{Fault, Setup};
use crate::state::{Fading, Key};

pub(super) const KIND: Kind = Kind {
    name: "scan",
    doc: "Raises a host when one client tries one target after the other and fails: different \
          `targets`, `ports` of one host or `hosts` on one port. Each first contact counts once; a \
          sequential test decides with the probability `false_alarm` of calling an ordinary client \
          a scanner. `many` different targets within `memory_seconds` are a scan whatever came of \
          them. A host that has begun to scan on `routine_days` different days, always at about \
          the same time of day and at no other, does it by a timetable: it is left alone from then \
          on, and what was found before is withdrawn.",
    facts: &["count", "value", "host", "own", "peer", "port"],
    every_row_speaks: false,
    read,
};

/// How likely a new contact succeeds: of an ordinary client, and of a scanner.
const SUCCESS_OF_CLIENT: f64 = 0.8;
const SUCCESS_OF_SCANNER: f64 = 0.2;
/// How likely a scanner is to be called one.
const DETECTION: f64 = 0.99;

struct Scan {
    choice: Choice,
    targets: Targets,
    memory_seconds: u32,
    bounds: Bounds,
    routine_days: Option<u32>,
    walks: Fading<Walk>,
    /// When hosts begin to scan.
    timetables: Fading<Timetable>,
}

/// Where the test decides.
#[derive(Clone, Copy)]
struct Bounds {
    /// The logarithms of the likelihood ratio.
    scanner_from: f64,
    client_until: f64,
    many: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Targets {
    Ports,
    Hosts,
}

/// The test of one client against one host, or on one port.
#[derive(Default)]
struct Walk {
    likelihood: f64,
    last: Option<Timestamp>,
    contacted: HashSet<u64, ahash::RandomState>,
    /// The failures that have led here; nothing once it is decided.
    hits: Vec<Hit>,
    is_scanner: bool,
    n_targets: u64,
}

/// When a host began to scan, on so many days.
#[derive(Default)]
struct Timetable {
    last: Option<Timestamp>,
    last_day: Option<i64>,
    n_days: u32,
    /// The second of the day at which it began first.
    second: i64,
    is_irregular: bool,
}

/// How far apart the beginnings of a routine lie: a scanner waits for the one before it.
const TIMETABLE_SECONDS: i64 = 5_400;
const DAY_SECONDS: i64 = 86_400;

fn read(setup: &mut Setup<'_>) -> Result<Box<dyn Watch>, Fault> {
    let false_alarm: f64 = setup.require("false_alarm")?;
    if !(1e-12..0.5).contains(&false_alarm) {
        return Err(Fault::near("false_alarm", "`false_alarm` lies between 1e-12 and 0.5"));
    }
    Ok(Box::new(Scan {
        choice: Choice::read(setup)?,
        targets: setup.require("targets")?,
        memory_seconds: setup.require("memory_seconds")?,
        bounds: Bounds {
            scanner_from: (DETECTION / false_alarm).ln(),
            client_until: ((1.0 - DETECTION) / (1.0 - false_alarm)).ln(),
            many: setup.take("many")?,
        },
        routine_days: setup.take("routine_days")?,
        walks: Fading::new(SCOPES_MAX),
        timetables: Fading::new(SCOPES_MAX),
    }))
}

impl Watch for Scan {
    fn state(&mut self) -> Vec<&mut dyn Part> {
        vec![&mut self.walks, &mut self.timetables]
    }

    fn sees_exchanges(&self) -> bool {
        true
    }

    fn observe_exchange(&mut self, exchange: &Exchange, raised: &mut Raised) {
        let is_attempt = exchange.begins && exchange.outcome != Outcome::Unknown;
        if !is_attempt || !self.choice.fits(exchange) {
            return;
        }
        let (scope, target) = self.scope_of(exchange);
        let oldest = exchange.first.plus_seconds(-i64::from(self.memory_seconds));
        let is_over = |walk: &Walk| walk.last.is_some_and(|last| last < oldest);
        let walk = self.walks.entry_unless(scope, exchange.first, is_over);
        walk.last = Some(exchange.first);
        if !walk.meets(target) {
            return;
        }
        let is_failure = exchange.outcome.is_failure();
        if !walk.is_scanner && !walk.decide(exchange, self.bounds) {
            return;
        }
        let is_routine = self.routine_days.is_some_and(|days| {
            let host = Key::hashed(&(&exchange.owner.account, &exchange.owner.host));
            let timetable = self.timetables.entry(host, exchange.first);
            timetable.note(exchange.first, self.memory_seconds);
            timetable.is_kept_for(days)
        });
        if is_routine {
            walk.hits = Vec::new();
            raised.withdraw(&exchange.owner, &Hit::of(exchange));
            return;
        }
        let Some(draft) = raised.draft_of(exchange) else { return };
        for hit in std::mem::take(&mut walk.hits) {
            draft.hit(&hit, exchange.is_outbound);
        }
        if is_failure || self.bounds.many.is_some() {
            draft.hit(&Hit::of(exchange), exchange.is_outbound);
        }
        draft.at_least("value", walk.n_targets);
    }

    fn history_days(&self) -> u32 {
        // Routine shows only over weeks.
        self.routine_days.map_or(1, |_| ROUTINE_HISTORY_DAYS)
    }
}

impl Timetable {
    /// Notes that a host scans: it begins when it has not done so for a while.
    fn note(&mut self, now: Timestamp, memory_seconds: u32) {
        let oldest = now.plus_seconds(-i64::from(memory_seconds));
        let begins = self.last.is_none_or(|last| last < oldest);
        self.last = Some(now);
        if !begins {
            return;
        }
        let second = (now.0 / 1_000_000).rem_euclid(DAY_SECONDS);
        if self.n_days == 0 {
            self.second = second;
        }
        let apart = (second - self.second).rem_euclid(DAY_SECONDS);
        let apart = apart.min(DAY_SECONDS - apart);
        self.is_irregular |= TIMETABLE_SECONDS < apart;
        if self.last_day != Some(now.day()) {
            self.last_day = Some(now.day());
            self.n_days = self.n_days.saturating_add(1);
        }
    }

    fn is_kept_for(&self, days: u32) -> bool {
        days <= self.n_days && !self.is_irregular
    }
}

impl Scan {
    /// Returns what is tested together, and what of it is contacted.
    fn scope_of(&self, exchange: &Exchange) -> (Key, u64) {
        let host = (&exchange.owner.account, &exchange.owner.host, exchange.protocol);
        let (client, server, port) = (exchange.client(), exchange.server(), exchange.port);
        match self.targets {
            Targets::Ports => {
                (Key::hashed(&(host, client, server, exchange.is_outbound)), u64::from(port))
            }
            Targets::Hosts => {
                let scope = Key::hashed(&(host, client, port, exchange.is_outbound));
                (scope, Key::hashed(&server).short())
            }
        }
    }
}

impl Walk {
    /// Notes a contact; tells whether it is the first with this target.
    fn meets(&mut self, target: u64) -> bool {
        if SCAN_TARGETS_MAX <= self.contacted.len() {
            self.contacted.clear();
        }
        let is_first = self.contacted.insert(target);
        self.n_targets += u64::from(is_first);
        is_first
    }

    /// Moves the test on by one contact; tells whether the client is a scanner.
    fn decide(&mut self, exchange: &Exchange, bounds: Bounds) -> bool {
        let is_failure = exchange.outcome.is_failure();
        let (of_scanner, of_client) = if is_failure {
            (1.0 - SUCCESS_OF_SCANNER, 1.0 - SUCCESS_OF_CLIENT)
        } else {
            (SUCCESS_OF_SCANNER, SUCCESS_OF_CLIENT)
        };
        self.likelihood += (of_scanner / of_client).ln();
        let keeps_all = bounds.many.is_some();
        if self.likelihood <= bounds.client_until {
            self.likelihood = 0.0;
            self.hits.retain(|_| keeps_all);
        }
        let is_scanner = bounds.scanner_from <= self.likelihood;
        let is_many = bounds.many.is_some_and(|many| many <= self.n_targets);
        self.is_scanner = is_scanner || is_many;
        if !self.is_scanner && (is_failure || keeps_all) && self.hits.len() < SCAN_TARGETS_MAX {
            if self.hits.is_empty() {
                // Most clients fail once at most, and a list that grows begins with four places.
                self.hits.reserve_exact(1);
            }
            self.hits.push(Hit::of(exchange));
        }
        self.is_scanner
    }
}

kept!(Timetable { last, last_day, n_days, second, is_irregular });
kept!(Walk { likelihood, last, contacted, hits, is_scanner, n_targets });
