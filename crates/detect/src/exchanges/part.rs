//! One flow record, read from its row.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use super::{FlowSlots, Load, Place};
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
            protocol: row.int(slots.protocol).and_then(|it| u8::try_from(it).ok()).unwrap_or(0),
            load: Load { packets: number(slots.packets), bytes: number(slots.bytes) },
            flags,
            is_rejected: maybe_text(slots.action) == Some("REJECT"),
            is_egress: maybe_text(slots.direction).map(|direction| direction == "egress"),
            end: row.int(slots.end).unwrap_or(row.time().0 / 1_000_000),
            services,
            place: place_of(row, texts),
        })
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

fn place_of(row: &Row<'_>, texts: &mut Texts) -> Place {
    let file = texts.shared(row.text(FILE).unwrap_or_default());
    Place { file, position: row.int(POSITION).unwrap_or_default() }
}
