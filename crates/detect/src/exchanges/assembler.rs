//! Puts records together until they are complete, and hands exchanges on in one order.
//!
//! Both directions of a window begin within seconds of each other, so a record waits for its
//! fellows for [`HOLD_SECONDS`] and no longer. What is handed on stands in the order of its first
//! moment and then of its own content: how records were cut into files, and which came twice,
//! changes nothing.

use std::collections::{HashMap, VecDeque};

use haechi_model::Timestamp;

use super::interfaces::Interfaces;
use super::judgement::{Before, Judgement, Known};
use super::part::{Part, Socket, Texts};
use super::{Exchange, FlowSlots};
use crate::kept::{self, kept};
use crate::limits::{CONNECTIONS_MAX, INTERFACES_MAX, PENDING_MAX};
use crate::rows::Row;
use crate::state::{Fading, Key};

/// How long a record waits for the other direction: longer than a server takes to answer, and no
/// longer than the shortest window, so that two windows of a connection stay two exchanges.
pub(super) const HOLD_SECONDS: i64 = 45;

/// Records of flows on their way to exchanges.
pub(crate) struct Assembler {
    slots: FlowSlots,
    pending: HashMap<Name, Pending, ahash::RandomState>,
    /// The pending ones by their first moment.
    queue: VecDeque<(Timestamp, Name)>,
    interfaces: Interfaces,
    open: Fading<Known>,
    /// The ends that have been seen to be servers.
    listeners: Fading<()>,
    texts: Texts,
    now: Timestamp,
}

/// Who talks to whom through which interface, whoever asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Name {
    pub(super) low: Socket,
    pub(super) high: Socket,
    pub(super) protocol: u8,
    pub(super) interface: Key,
}

/// The records of one window so far.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) first: Timestamp,
    pub(super) parts: Vec<Part>,
}

impl Assembler {
    /// Returns what outlives the process; texts are learnt again.
    pub(crate) fn state(&mut self) -> Vec<&mut dyn kept::Part> {
        let mut parts: Vec<&mut dyn kept::Part> = vec![
            &mut self.pending,
            &mut self.queue,
            &mut self.open,
            &mut self.listeners,
            &mut self.now,
        ];
        parts.extend(self.interfaces.state());
        parts
    }

    /// Begins with nothing.
    pub(crate) fn new(slots: &FlowSlots) -> Self {
        let hasher = ahash::RandomState::with_seeds(1, 2, 3, 4);
        Self {
            slots: *slots,
            pending: HashMap::with_hasher(hasher),
            queue: VecDeque::new(),
            interfaces: Interfaces::default(),
            open: Fading::new(CONNECTIONS_MAX),
            listeners: Fading::new(INTERFACES_MAX),
            texts: Texts::default(),
            now: Timestamp(i64::MIN),
        }
    }

    /// Takes the next row in time order; returns the exchanges that are now complete.
    pub(crate) fn take(&mut self, row: &Row<'_>) -> Vec<Exchange> {
        let mut ready = Vec::new();
        // Only when time moves on: all rows of a moment have then been seen.
        if self.now < row.time() {
            ready = self.until(row.time().plus_seconds(-HOLD_SECONDS));
            self.now = row.time();
        }
        self.add(row);
        if PENDING_MAX < self.pending.len() {
            ready.extend(self.until(self.middle()));
        }
        ready
    }

    /// Ends: returns the exchanges that were still waiting.
    pub(crate) fn finish(&mut self) -> Vec<Exchange> {
        self.until(Timestamp(i64::MAX))
    }

    fn add(&mut self, row: &Row<'_>) {
        let interface = Interfaces::key_of(&self.slots, row);
        let status = self.slots.status.and_then(|slot| row.text(slot));
        if status == Some("SKIPDATA") {
            let end = self.slots.end.and_then(|slot| row.int(slot)).unwrap_or_default();
            let known = self.interfaces.entry(interface, row.time());
            known.blind_until = known.blind_until.max(end);
        }
        for part in Part::read_all(&self.slots, row, &mut self.texts) {
            self.interfaces.learn(interface, part.flow, (&self.slots, row));
            self.add_part(part, interface, row.time());
        }
    }

    fn add_part(&mut self, part: Part, interface: Key, now: Timestamp) {
        let (low, high) = (part.source.min(part.target), part.source.max(part.target));
        let name = Name { low, high, protocol: part.protocol, interface };
        let queue = &mut self.queue;
        let pending = self.pending.entry(name).or_insert_with(|| {
            queue.push_back((now, name));
            Pending { first: now, parts: Vec::new() }
        });
        match pending.parts.iter_mut().find(|known| known.is_again(&part)) {
            // The same place whichever of the two came first.
            Some(known) => known.place = known.place.clone().min(part.place),
            None => pending.parts.push(part),
        }
    }

    /// Returns the moment before which half of what waits has begun.
    fn middle(&self) -> Timestamp {
        let middle = self.queue.get(self.queue.len() / 2);
        middle.map_or(self.now, |(first, _)| *first)
    }

    /// Takes out what began until then, in order.
    fn until(&mut self, limit: Timestamp) -> Vec<Exchange> {
        let mut names = Vec::new();
        while let Some((first, name)) = self.queue.front().copied().filter(|it| it.0 <= limit) {
            names.push((first, name));
            self.queue.pop_front();
        }
        names.sort_unstable();
        let mut exchanges = Vec::new();
        for (first, name) in names {
            let Some(mut pending) = self.pending.remove(&name) else { continue };
            pending.parts.sort_unstable_by(|one, other| one.place.cmp(&other.place));
            let connection = Key::hashed(&name);
            let mut listens = |end: &Socket| self.listeners.get_mut(Key::hashed(end)).is_some();
            let before = Before {
                low_listens: listens(&name.low),
                high_listens: listens(&name.high),
                connection: self.open.get_mut(connection).copied(),
            };
            let judgement = Judgement::of(&name, &pending, before);
            if let Some(listener) = judgement.listener(&name) {
                self.listeners.entry(Key::hashed(&listener), first);
            }
            if judgement.stays_known() {
                let is_over = |known: &Known| known.is_over(first);
                *self.open.entry_unless(connection, first, is_over) = judgement.known(first);
            }
            exchanges.extend(judgement.exchange(
                (name, connection),
                &pending,
                &mut self.interfaces,
            ));
        }
        exchanges
    }
}

kept!(Name { low, high, protocol, interface });
kept!(Pending { first, parts });
