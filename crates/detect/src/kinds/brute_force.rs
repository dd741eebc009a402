//! `brute_force`: one connection like the other to a service that asks for a password.
//!
//! A flow log does not show passwords, but a login that fails is always the same talk: as many
//! packets, as many bytes. Who guesses has it again and again; who has guessed right stays and
//! talks on.

use std::collections::VecDeque;

use haechi_model::Timestamp;
use serde::Deserialize;

use super::{Kind, Watch};
use crate::exchanges::{Choice, Exchange, Hit, Outcome};
use crate::kept::{Part, kept};
use crate::limits::{ATTEMPTS_MAX, SCOPES_MAX};
use crate::raised::Raised;
use crate::sentence::Fact;
use crate::setup::{Fault, Setup};
use crate::state::{Fading, Key};

pub(super) const KIND: Kind = Kind {
    name: "brute_force",
    doc: "Raises a host when `count` connections of one client to one service within \
          `window_seconds` look like failed logins: at least `packets` packets from the client, at \
          most `bytes` bytes both ways, and all of about the same size. With `raises = \
          \"success\"`, raises instead the connection of such a client that goes on to carry more \
          than `bytes`, and more than twice what its failed ones have.",
    facts: &["count", "value", "window", "bytes", "host", "own", "peer", "port"],
    every_row_speaks: false,
    read,
};

/// How far sizes may spread around their median: the middle four fifths within this factor.
const SPREAD_MAX: f64 = 1.5;
/// How much larger than a failed login a successful one is.
const SUCCESS_FACTOR: u64 = 2;
/// How long a guesser is remembered, in windows.
const MEMORY_WINDOWS: i64 = 144;

struct BruteForce {
    choice: Choice,
    count: usize,
    window_seconds: u32,
    packets: u64,
    bytes: u64,
    raises: Raises,
    guessers: Fading<Guesser>,
    /// What connections of guessers have carried so far.
    talks: Fading<Talk>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Raises {
    #[default]
    Attempts,
    Success,
}

/// One client at one service.
#[derive(Default)]
struct Guesser {
    attempts: VecDeque<Attempt>,
    /// Whether the burst that goes on has been raised.
    is_raised: bool,
    /// When it last was clear that somebody guesses, and what an attempt carries then.
    guessed: Option<(Timestamp, u64)>,
}

struct Attempt {
    bytes: u64,
    hit: Hit,
}

/// One connection that may have succeeded.
#[derive(Default)]
struct Talk {
    bytes: u64,
    hits: Vec<Hit>,
    is_raised: bool,
}

fn read(setup: &mut Setup<'_>) -> Result<Box<dyn Watch>, Fault> {
    let count: usize = setup.require("count")?;
    if !(3..=ATTEMPTS_MAX).contains(&count) {
        return Err(Fault::near("count", format!("`count` lies between 3 and {ATTEMPTS_MAX}")));
    }
    Ok(Box::new(BruteForce {
        choice: Choice::read(setup)?,
        count,
        window_seconds: setup.require("window_seconds")?,
        packets: setup.require("packets")?,
        bytes: setup.require("bytes")?,
        raises: setup.take("raises")?.unwrap_or_default(),
        guessers: Fading::new(SCOPES_MAX / 4),
        talks: Fading::new(SCOPES_MAX),
    }))
}

impl Watch for BruteForce {
    fn state(&mut self) -> Vec<&mut dyn Part> {
        vec![&mut self.guessers, &mut self.talks]
    }

    fn sees_exchanges(&self) -> bool {
        true
    }

    fn observe_exchange(&mut self, exchange: &Exchange, raised: &mut Raised) {
        let is_heard = exchange.outcome == Outcome::Answered;
        if !is_heard || exchange.protocol != TCP || !self.choice.fits(exchange) {
            return;
        }
        match self.raises {
            Raises::Attempts => self.guess(exchange, Some(raised)),
            Raises::Success => {
                self.talk(exchange, raised);
                self.guess(exchange, None);
            }
        }
    }

    fn history_days(&self) -> u32 {
        1
    }
}

const TCP: u8 = 6;

fn key_of(exchange: &Exchange) -> Key {
    let host = (&exchange.owner.account, &exchange.owner.host);
    Key::hashed(&(host, exchange.client(), exchange.server(), exchange.port))
}

impl BruteForce {
    /// Counts an attempt, and raises the burst that it belongs to.
    fn guess(&mut self, exchange: &Exchange, raised: Option<&mut Raised>) {
        let is_attempt = exchange.begins
            && self.packets <= exchange.asked.packets
            && exchange.bytes() <= self.bytes;
        if !is_attempt {
            return;
        }
        let oldest = exchange.first.plus_seconds(-i64::from(self.window_seconds));
        let clear_from = self.clear_from(exchange);
        let is_over = |it: &Guesser| it.is_over(oldest, clear_from);
        let guesser = self.guessers.entry_unless(key_of(exchange), exchange.first, is_over);
        guesser.add(exchange, oldest, self.count);
        let Some(median) = guesser.alike(self.count) else {
            guesser.is_raised = false;
            return;
        };
        guesser.guessed = Some((exchange.first, median));
        let Some(draft) = raised.and_then(|raised| raised.draft_of(exchange)) else { return };
        if std::mem::replace(&mut guesser.is_raised, true) {
            draft.hit(&Hit::of(exchange), exchange.is_outbound);
        } else {
            for attempt in &guesser.attempts {
                draft.hit(&attempt.hit, exchange.is_outbound);
            }
        }
        let n_clients = draft.meets(&exchange.client());
        draft.at_least("value", n_clients);
        draft.fact("bytes", Fact::Number(median));
        draft.fact("window", Fact::Seconds(self.window_seconds.into()));
    }

    /// Returns the moment from which on whoever was clear to guess is remembered.
    fn clear_from(&self, exchange: &Exchange) -> Timestamp {
        exchange.first.plus_seconds(-MEMORY_WINDOWS * i64::from(self.window_seconds))
    }

    /// Follows what a guesser's connection carries.
    fn talk(&mut self, exchange: &Exchange, raised: &mut Raised) {
        let guesser = self.guessers.get_mut(key_of(exchange));
        let Some((last_clear, median)) = guesser.and_then(|it| it.guessed) else { return };
        if last_clear < self.clear_from(exchange) {
            return;
        }
        if exchange.begins {
            *self.talks.entry(exchange.connection, exchange.first) = Talk::default();
        }
        let talk = self.talks.entry(exchange.connection, exchange.first);
        talk.bytes = talk.bytes.saturating_add(exchange.bytes());
        if talk.hits.len() < ATTEMPTS_MAX {
            talk.hits.push(Hit::of(exchange));
        }
        let enough = self.bytes.max(median.saturating_mul(SUCCESS_FACTOR));
        if talk.bytes <= enough {
            return;
        }
        let Some(draft) = raised.draft_of(exchange) else { return };
        let hits = std::mem::take(&mut talk.hits);
        for hit in hits {
            draft.hit(&hit, exchange.is_outbound);
        }
        if !std::mem::replace(&mut talk.is_raised, true) {
            draft.one_more("value");
        }
        draft.at_least("bytes", talk.bytes);
        draft.fact("window", Fact::Seconds(self.window_seconds.into()));
    }
}

impl Guesser {
    /// Tells whether all attempts are too old to count, and whoever guessed is forgotten.
    fn is_over(&self, oldest: Timestamp, clear_from: Timestamp) -> bool {
        self.attempts.back().is_none_or(|attempt| attempt.hit.first < oldest)
            && self.guessed.is_none_or(|(last_clear, _)| last_clear < clear_from)
    }

    fn add(&mut self, exchange: &Exchange, oldest: Timestamp, count: usize) {
        while self.attempts.front().is_some_and(|attempt| attempt.hit.first < oldest) {
            self.attempts.pop_front();
        }
        self.attempts.push_back(Attempt { bytes: exchange.bytes(), hit: Hit::of(exchange) });
        if count < self.attempts.len() {
            self.attempts.pop_front();
        }
    }

    /// Returns the median size, when there are enough attempts and all are about that large.
    fn alike(&self, count: usize) -> Option<u64> {
        if self.attempts.len() < count {
            return None;
        }
        let mut sizes: Vec<u64> = self.attempts.iter().map(|attempt| attempt.bytes).collect();
        sizes.sort_unstable();
        let at = |share: usize| sizes.get((sizes.len() - 1) * share / 10).copied().unwrap_or(0);
        let (lower, median, upper) = (at(1), at(5), at(9));
        #[expect(clippy::cast_precision_loss, reason = "sizes of failed logins are small")]
        let is_alike = upper as f64 <= lower as f64 * SPREAD_MAX;
        is_alike.then_some(median)
    }
}

kept!(Guesser { attempts, is_raised, guessed });
kept!(Attempt { bytes, hit });
kept!(Talk { bytes, hits, is_raised });
