//! One flow record, read from its row.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use super::{FlowSlots, Load, Place};
use crate::kept::kept;
use crate::limits::TEXTS_MAX;
use crate::rows::Row;
use crate::schema::{FILE, POSITION};

/// An address and a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Socket {
    pub(super) address: IpAddr,
    pub(super) port: u16,
}

/// One record: what went from one end to the other.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// The ends of the packets.
    pub(super) source: Socket,
    pub(super) target: Socket,
    /// The addresses of the flow, one of which is the interface's own.
    pub(super) flow: (IpAddr, IpAddr),
    pub(super) protocol: u8,
    pub(super) load: Load,
    /// The flags of TCP, where the log has them.
    pub(super) flags: Option<u8>,
    pub(super) is_rejected: bool,
    /// Whether the source is our own end, where the log says so.
    pub(super) is_egress: Option<bool>,
    /// Seconds since 1970.
    pub(super) end: i64,
    pub(super) services: (Option<Arc<str>>, Option<Arc<str>>),
    pub(super) place: Place,
}

/// Texts that come again and again, each kept once.
#[derive(Debug, Default)]
pub(super) struct Texts(HashMap<String, Arc<str>, ahash::RandomState>);

impl Texts {
    pub(super) fn shared(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return Arc::clone(known);
        }
        if TEXTS_MAX <= self.0.len() {
            self.0.clear();
        }
        let shared: Arc<str> = text.into();
        self.0.insert(text.to_owned(), Arc::clone(&shared));
        shared
    }
}

impl Part {
    /// Reads a row; nothing when it has no addresses, as a gap in the log has none.
    pub(super) fn read(slots: &FlowSlots, row: &Row<'_>, texts: &mut Texts) -> Option<Self> {
        let address = |slot: usize| row.text(slot)?.parse::<IpAddr>().ok();
        let maybe_address = |slot: Option<usize>| slot.and_then(address);
        let maybe_text = |slot: Option<usize>| slot.and_then(|slot| row.text(slot));
        let number = |slot| row.int(slot).and_then(|it| u64::try_from(it).ok()).unwrap_or(0);
        let port = |slot| row.int(slot).and_then(|it| u16::try_from(it).ok()).unwrap_or(0);
        let flow = (address(slots.source)?, address(slots.target)?);
        let source = maybe_address(slots.packet_source).unwrap_or(flow.0);
        let target = maybe_address(slots.packet_target).unwrap_or(flow.1);
        let flags = slots.flags.and_then(|slot| row.int(slot)).map(|it| it.to_le_bytes()[0]);
        let mut service = |slot| maybe_text(slot).map(|text| texts.shared(text));
        let services = (service(slots.service_of_source), service(slots.service_of_target));
        Some(Self {
            source: Socket { address: source, port: port(slots.source_port) },
            target: Socket { address: target, port: port(slots.target_port) },
            flow,
            protocol: protocol(slots, row),
            load: Load { packets: number(slots.packets), bytes: number(slots.bytes) },
            flags,
            is_rejected: maybe_text(slots.action) == Some("REJECT"),
            is_egress: maybe_text(slots.direction).map(|direction| direction == "egress"),
            end: end(slots, row),
            services,
            place: place_of(row, texts),
        })
    }

    /// Reads the directions that a row has: both of a whole connection, else one.
    pub(super) fn read_all(slots: &FlowSlots, row: &Row<'_>, texts: &mut Texts) -> Vec<Self> {
        let Some(mut first) = Self::read(slots, row, texts) else { return Vec::new() };
        let Some(both) = &slots.both else { return vec![first] };
        // Other logs of Zeek have addresses too, and no packets.
        if row.int(slots.packets).is_none() {
            return Vec::new();
        }
        let is_local = |slot| row.text(slot).map(|text| matches!(text, "T" | "true"));
        let (local_source, local_target) =
            (is_local(both.local_source), is_local(both.local_target));
        first.is_egress = local_source.filter(|_| local_source != local_target);
        let history = row.text(both.history).unwrap_or_default();
        let number = |slot| row.int(slot).and_then(|it| u64::try_from(it).ok()).unwrap_or(0);
        let answer = Self {
            source: first.target,
            target: first.source,
            flow: (first.flow.1, first.flow.0),
            load: Load { packets: number(both.packets), bytes: number(both.bytes) },
            flags: Some(flags_of(history, char::to_ascii_lowercase)),
            is_egress: first.is_egress.map(|is_egress| !is_egress),
            ..first.clone()
        };
        first.flags = Some(flags_of(history, char::to_ascii_uppercase));
        [first, answer].into_iter().filter(|part| 0 < part.load.packets).collect()
    }

    /// Tells whether both say the same of the same packets: one record that was delivered twice,
    /// or two flow logs over one interface.
    pub(super) fn is_again(&self, other: &Self) -> bool {
        self.source == other.source
            && self.load == other.load
            && self.end == other.end
            && self.flags.unwrap_or(0) == other.flags.unwrap_or(0)
            && self.is_rejected == other.is_rejected
    }
}

/// Returns the flags that one end has set: S is a SYN, H a SYN-ACK, F a FIN, R a reset.
fn flags_of(history: &str, of_end: impl Fn(&char) -> char) -> u8 {
    let letters = [('s', 2), ('h', 18), ('f', 1), ('r', 4)];
    let set = letters.iter().filter(|(letter, _)| history.contains(of_end(letter)));
    set.fold(0, |flags, (_, flag)| flags | flag)
}

fn protocol(slots: &FlowSlots, row: &Row<'_>) -> u8 {
    match row.text(slots.protocol) {
        Some("tcp") => 6,
        Some("udp") => 17,
        Some("icmp") => 1,
        _ => row.int(slots.protocol).and_then(|it| u8::try_from(it).ok()).unwrap_or(0),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a longer connection ends when it ends")]
fn end(slots: &FlowSlots, row: &Row<'_>) -> i64 {
    let start = row.time().0 / 1_000_000;
    let seconds = slots.both.and_then(|both| row.float(both.seconds)).unwrap_or(0.0);
    let said = slots.end.and_then(|slot| row.int(slot));
    said.unwrap_or_else(|| start.saturating_add(seconds.max(0.0) as i64))
}

fn place_of(row: &Row<'_>, texts: &mut Texts) -> Place {
    let file = texts.shared(row.text(FILE).unwrap_or_default());
    Place { file, position: row.int(POSITION).unwrap_or_default() }
}

kept!(Socket { address, port });
kept!(Part {
    source,
    target,
    flow,
    protocol,
    load,
    flags,
    is_rejected,
    is_egress,
    end,
    services,
    place
});
