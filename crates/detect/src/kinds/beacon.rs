//! `beacon`: two ends that meet like clockwork, as a machine does that asks for orders.
//!
//! Flow logs round time to their windows, and whoever writes malware lets it wait a random part
//! of its interval more or less. Both leave the intervals within a narrow band: a beat that waits
//! up to half its interval more or less never takes three times as long as another. People and
//! programs that work on demand wait a moment now and an hour then.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use haechi_model::Timestamp;

use super::{Kind, Watch};
use crate::exchanges::{Choice, Exchange, Hit, Outcome, Owner};
use crate::kept::{Part, kept};
use crate::limits::{PAIRS_MAX, SCOPES_MAX};
use crate::raised::Raised;
use crate::sentence::Fact;
use crate::setup::{Fault, Setup};
use crate::state::{Fading, Key};

pub(super) const KIND: Kind = Kind {
    name: "beacon",
    doc: "Raises a host and a peer that meet at regular intervals on one port: at least `beats` \
          times, with `regular_percent` of the intervals within a factor of three of each other, \
          and those covering as much of the time from the first to the last. A peer with which \
          more than `hosts_max` hosts meet so, or a port at which more than so many peers do, is \
          a service and left alone. With `settled_days`, so is a rhythm of \
          `settled_interval_seconds` or slower that was there when the records of its account \
          began, and since then for so many days: nothing began, and orders that are worth \
          waiting for are asked for more often.",
    facts: &["count", "value", "window", "regular_percent", "host", "own", "peer", "port"],
    every_row_speaks: false,
    read,
};

/// The lower ends of the bins of intervals, in minutes: exact where logs are coarse.
const EDGES: [u32; 25] = [
    1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 18, 22, 27, 33, 40, 50, 60, 75, 90, 120, 150, 180, 240, 360,
];
/// How many times as long as the shortest interval of a beat the longest may be.
const BAND: u32 = 3;
/// With a beat a minute, logs cannot tell a beat from steady traffic; so all of it must fit, and
/// there may hardly be a minute with two connections.
const DENSE_PERCENT: u64 = 98;
const DENSE_CONNECTIONS_PERCENT: u64 = 150;
const DAY_MINUTES: u32 = 24 * 60;

struct Beacon {
    choice: Choice,
    beats: u32,
    regular_percent: u64,
    hosts_max: usize,
    settled: Option<Settled>,
    pairs: Fading<Pair>,
    /// The minute in which something of an account was met first.
    begun: Fading<Option<u32>>,
}

/// When a rhythm is as old as the records, and part of what a host is for.
#[derive(Clone, Copy)]
struct Settled {
    days: u32,
    shortest_minutes: u32,
}

/// What is kept of a host and a peer: below 200 bytes with its key.
#[derive(Default)]
struct Pair {
    owner: Option<Arc<Owner>>,
    latest: Option<Hit>,
    is_outbound: bool,
    /// Minutes since 1970.
    first: u32,
    last: u32,
    n_beats: u32,
    n_connections: u32,
    /// How many intervals begin in each bin.
    intervals: [u16; EDGES.len()],
}

/// A band of intervals that holds most of them.
struct Band {
    percent: u64,
    covered_percent: u64,
    shortest: u32,
    /// The middle interval, in minutes.
    median: u32,
}

fn read(setup: &mut Setup<'_>) -> Result<Box<dyn Watch>, Fault> {
    let settled = match setup.take("settled_days")? {
        Some(days) => {
            let seconds: u32 = setup.require("settled_interval_seconds")?;
            Some(Settled { days, shortest_minutes: seconds.div_ceil(60) })
        }
        None => None,
    };
    Ok(Box::new(Beacon {
        choice: Choice::read(setup)?,
        beats: setup.require("beats")?,
        regular_percent: setup.require("regular_percent")?,
        hosts_max: setup.require("hosts_max")?,
        settled,
        pairs: Fading::new(PAIRS_MAX),
        begun: Fading::new(SCOPES_MAX),
    }))
}

impl Watch for Beacon {
    fn state(&mut self) -> Vec<&mut dyn Part> {
        vec![&mut self.pairs, &mut self.begun]
    }

    fn sees_exchanges(&self) -> bool {
        true
    }

    fn observe_exchange(&mut self, exchange: &Exchange, _: &mut Raised) {
        let is_met = exchange.begins && exchange.outcome == Outcome::Answered;
        if !is_met || !self.choice.fits(exchange) {
            return;
        }
        let account = self.begun.entry(Key::hashed(&exchange.owner.account), exchange.first);
        account.get_or_insert(minute_of(exchange));
        let host = (&exchange.owner.account, &exchange.owner.host);
        let place = (exchange.peer, exchange.port, exchange.protocol, exchange.is_outbound);
        let pair = self.pairs.entry(Key::hashed(&(host, place)), exchange.first);
        pair.meets(exchange);
    }

    fn finish(&mut self, raised: &mut Raised) {
        let pairs = std::mem::replace(&mut self.pairs, Fading::new(1)).into_ordered();
        let beat = |pair: Pair| self.beat_of(&pair).map(|band| (pair, band));
        let beating: Vec<(Pair, Band)> = pairs.into_iter().filter_map(beat).collect();
        let mut services: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (pair, _) in &beating {
            if let Some((service, user)) = pair.service() {
                services.entry(service).or_default().insert(user);
            }
        }
        for (pair, band) in &beating {
            let users = pair.service().and_then(|(service, _)| services.get(&service));
            let is_rare = users.is_none_or(|users| users.len() <= self.hosts_max);
            if is_rare && !self.is_settled(pair, band) {
                raise(pair, band, raised);
            }
        }
    }

    fn history_days(&self) -> u32 {
        // A rhythm shows within two days, and that it is an old one a day after it has settled.
        self.settled.map_or(2, |settled| settled.days + 1).max(2)
    }
}

impl Beacon {
    /// Returns the band of a pair that meets like clockwork.
    fn beat_of(&self, pair: &Pair) -> Option<Band> {
        if pair.n_beats < self.beats {
            return None;
        }
        let regular = pair.bands().filter(|band| self.is_regular(pair, band));
        regular.max_by_key(|band| (band.percent, band.covered_percent))
    }

    /// Tells whether a slow rhythm was there before we looked, and has been since.
    fn is_settled(&mut self, pair: &Pair, band: &Band) -> bool {
        let (Some(settled), Some(owner)) = (self.settled, &pair.owner) else { return false };
        let begun = self.begun.get_mut(Key::hashed(&owner.account)).and_then(|begun| *begun);
        begun.is_some_and(|begun| {
            let is_old = pair.first <= begun.saturating_add(DAY_MINUTES);
            let has_lasted = begun.saturating_add(settled.days * DAY_MINUTES) <= pair.last;
            is_old && has_lasted && settled.shortest_minutes <= band.shortest
        })
    }

    fn is_regular(&self, pair: &Pair, band: &Band) -> bool {
        let is_dense = band.shortest <= 1;
        let percent = if is_dense { DENSE_PERCENT } else { self.regular_percent };
        let n_connections = u64::from(pair.n_connections) * 100;
        let is_crowded = u64::from(pair.n_beats) * DENSE_CONNECTIONS_PERCENT < n_connections;
        percent <= band.percent
            && self.regular_percent <= band.covered_percent
            && !(is_dense && is_crowded)
    }
}

fn raise(pair: &Pair, band: &Band, raised: &mut Raised) {
    let (Some(owner), Some(latest)) = (&pair.owner, &pair.latest) else { return };
    let Some(draft) = raised.draft_at(owner, latest) else { return };
    draft.hit(latest, pair.is_outbound);
    draft.count = u64::from(pair.n_beats);
    draft.first = Timestamp::from_seconds(i64::from(pair.first) * 60);
    draft.fact("value", Fact::Seconds(u64::from(band.median) * 60));
    draft.fact("window", Fact::Seconds(u64::from(pair.last - pair.first) / 60 * 3_600));
    draft.fact("regular_percent", Fact::Number(band.percent));
}

/// The minute in which an exchange began, counted since 1970.
fn minute_of(exchange: &Exchange) -> u32 {
    u32::try_from(exchange.first.0 / 60_000_000).unwrap_or(0)
}

impl Pair {
    fn meets(&mut self, exchange: &Exchange) {
        let minute = minute_of(exchange);
        self.n_connections = self.n_connections.saturating_add(1);
        self.owner.get_or_insert_with(|| Arc::clone(&exchange.owner));
        self.latest = Some(Hit::of(exchange));
        self.is_outbound = exchange.is_outbound;
        if self.n_beats == 0 {
            (self.first, self.last, self.n_beats) = (minute, minute, 1);
            return;
        }
        // Several connections of a minute are one beat.
        let interval = minute.saturating_sub(self.last);
        if interval == 0 {
            return;
        }
        self.n_beats = self.n_beats.saturating_add(1);
        self.last = minute;
        let bin = EDGES.iter().rposition(|edge| *edge <= interval).unwrap_or(0);
        if let Some(count) = self.intervals.get_mut(bin) {
            *count = count.saturating_add(1);
        }
    }

    /// Returns the bands in which intervals may lie.
    fn bands(&self) -> impl Iterator<Item = Band> {
        EDGES.into_iter().filter_map(|shortest| self.band_from(shortest))
    }

    fn band_from(&self, shortest: u32) -> Option<Band> {
        let total: u64 = self.intervals.iter().map(|count| u64::from(*count)).sum();
        let span = u64::from(self.last - self.first).max(1);
        // A minute may be nearly two when times are rounded, and no more.
        let longest = if shortest == 1 { 2 } else { shortest * BAND };
        let inside = || {
            let bins = EDGES.into_iter().zip(self.intervals.map(u64::from));
            bins.filter(move |(edge, _)| (shortest..=longest).contains(edge))
        };
        let n_inside: u64 = inside().map(|(_, count)| count).sum();
        let minutes: u64 = inside().map(|(edge, count)| u64::from(edge) * count).sum();
        let mut left = n_inside / 2;
        let middle = inside().find(|(_, count)| {
            let is_here = left < *count;
            left = left.saturating_sub(*count);
            is_here
        });
        Some(Band {
            percent: (n_inside * 100).checked_div(total)?,
            covered_percent: (minutes * 100 / span).min(100),
            shortest,
            median: middle.map_or(shortest, |(edge, _)| edge),
        })
    }

    /// Returns what is used, and by whom.
    fn service(&self) -> Option<(String, String)> {
        let (owner, latest) = (self.owner.as_ref()?, self.latest.as_ref()?);
        let (peer, port) = (latest.peer, latest.port);
        Some(if self.is_outbound {
            (format!("{peer} {port}"), owner.host.clone())
        } else {
            (format!("{} {port}", owner.host), peer.to_string())
        })
    }
}

kept!(Pair { owner, latest, is_outbound, first, last, n_beats, n_connections, intervals });
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_takes_less_than_200_bytes() {
        let size = size_of::<(Key, (Timestamp, Pair))>();
        assert!(size < 200, "{size}");
    }
}
