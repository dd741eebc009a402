//! What two ends said to each other within a window: flow records put together.
//!
//! A flow log has one record for each direction, window and interface, and does not say who asked.
//! Pages about networks look at exchanges instead: both directions, who opened the connection and
//! what came of it, seen from the interface that wrote the records down.

mod address;
mod assembler;
mod choice;
mod few;
mod interfaces;
mod judgement;
mod part;
mod slots;
mod trace;

use std::net::IpAddr;
use std::sync::Arc;

use haechi_model::Timestamp;

use crate::kept::{Kept, kept};
use crate::state::Key;

pub(crate) use assembler::Assembler;
pub(crate) use choice::Choice;
pub(crate) use few::Few;
pub(crate) use slots::FlowSlots;
pub(crate) use trace::{Aspect, Trace, TraceSql};

/// One connection, or one window of a longer one, as an interface of our own saw it.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    /// Whose interface it was.
    pub(crate) owner: Arc<Owner>,
    /// The address of our own end.
    pub(crate) own: IpAddr,
    /// The address of the other end.
    pub(crate) peer: IpAddr,
    /// Whether the other end lies outside: a public address that is none of our interfaces'.
    pub(crate) peer_is_public: bool,
    /// The AWS service that the other end belongs to, when the record names one.
    pub(crate) peer_service: Option<Arc<str>>,
    /// Whether our own end opened the connection.
    pub(crate) is_outbound: bool,
    /// The port of the end that was asked.
    pub(crate) port: u16,
    /// The IANA number of the protocol.
    pub(crate) protocol: u8,
    /// When the first record begins.
    pub(crate) first: Timestamp,
    /// When the last record ends.
    pub(crate) last: Timestamp,
    /// What the end that asked has sent.
    pub(crate) asked: Load,
    /// What the end that was asked has sent.
    pub(crate) answered: Load,
    /// What came of it.
    pub(crate) outcome: Outcome,
    /// Whether the connection begins here; otherwise it was open before.
    pub(crate) begins: bool,
    /// The name of the connection, the same in every window.
    pub(crate) connection: Key,
    /// Where the records stand, those of the end that asked first.
    pub(crate) places: Vec<Place>,
}

/// The host behind an interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owner {
    /// The instance, or the address where no instance is named.
    pub(crate) host: String,
    /// The account.
    pub(crate) account: Option<String>,
    /// The Region.
    pub(crate) region: Option<String>,
}

/// Packets and bytes that went one way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Load {
    /// The packets.
    pub(crate) packets: u64,
    /// The bytes, with their headers.
    pub(crate) bytes: u64,
}

/// What came of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The other end spoke.
    Answered,
    /// The other end said that nothing listens there.
    Refused,
    /// Nothing came back.
    Silent,
    /// A security group or a network ACL turned it away.
    Rejected,
    /// The records do not tell.
    Unknown,
}

/// Where a record stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) file: Arc<str>,
    pub(crate) position: i64,
}

/// What is kept of an exchange until it is known whether it speaks for a finding.
#[derive(Debug, Clone)]
pub(crate) struct Hit {
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
    pub(crate) own: IpAddr,
    pub(crate) peer: IpAddr,
    pub(crate) port: u16,
    pub(crate) place: Option<Place>,
}

impl Load {
    /// Returns the mean size of a packet, at least one byte for each packet there is.
    pub(crate) fn packet_bytes(self) -> u64 {
        self.bytes.checked_div(self.packets).unwrap_or(0)
    }

    /// Adds what another record says went the same way.
    pub(crate) fn add(&mut self, other: Self) {
        self.packets = self.packets.saturating_add(other.packets);
        self.bytes = self.bytes.saturating_add(other.bytes);
    }
}

impl Outcome {
    /// Tells whether the attempt failed.
    pub(crate) fn is_failure(self) -> bool {
        matches!(self, Self::Refused | Self::Silent | Self::Rejected)
    }
}

impl Place {
    /// Returns the name of the record, as rows without an id are named.
    pub(crate) fn id(&self) -> String {
        format!("{}:{}", self.file, self.position)
    }
}

impl Hit {
    /// Takes down an exchange.
    pub(crate) fn of(exchange: &Exchange) -> Self {
        Self {
            first: exchange.first,
            last: exchange.last,
            own: exchange.own,
            peer: exchange.peer,
            port: exchange.port,
            place: exchange.places.first().cloned(),
        }
    }
}

impl Exchange {
    /// Returns the end that asked.
    pub(crate) fn client(&self) -> IpAddr {
        if self.is_outbound { self.own } else { self.peer }
    }

    /// Returns the end that was asked.
    pub(crate) fn server(&self) -> IpAddr {
        if self.is_outbound { self.peer } else { self.own }
    }

    /// Returns all bytes, both ways.
    pub(crate) fn bytes(&self) -> u64 {
        self.asked.bytes.saturating_add(self.answered.bytes)
    }

    /// Returns what our own end has sent.
    pub(crate) fn sent(&self) -> Load {
        if self.is_outbound { self.asked } else { self.answered }
    }

    /// Returns how long it took, as far as its records tell.
    pub(crate) fn seconds(&self) -> u64 {
        (self.last.0 - self.first.0).max(0).cast_unsigned() / 1_000_000
    }
}

kept!(Exchange {
    owner,
    own,
    peer,
    peer_is_public,
    peer_service,
    is_outbound,
    port,
    protocol,
    first,
    last,
    asked,
    answered,
    outcome,
    begins,
    connection,
    places
});
kept!(Owner { host, account, region });
kept!(Load { packets, bytes });
kept!(Place { file, position });
kept!(Hit { first, last, own, peer, port, place });

impl Kept for Outcome {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Answered => 0_u8.write(out),
            Self::Refused => 1_u8.write(out),
            Self::Silent => 2_u8.write(out),
            Self::Rejected => 3_u8.write(out),
            Self::Unknown => 4_u8.write(out),
        }
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        match u8::read(bytes)? {
            0 => Some(Self::Answered),
            1 => Some(Self::Refused),
            2 => Some(Self::Silent),
            3 => Some(Self::Rejected),
            4 => Some(Self::Unknown),
            _ => None,
        }
    }
}
