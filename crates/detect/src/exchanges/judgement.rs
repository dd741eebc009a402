//! Who asked whom, and what came of it.

use std::net::IpAddr;

use haechi_model::Timestamp;

use super::address::is_public;
use super::assembler::{Name, Pending};
use super::interfaces::{Interface, Interfaces};
use super::part::{Part, Socket};
use super::{Exchange, Load, Outcome};
use crate::kept::kept;
use crate::state::Key;

const TCP: u8 = 6;
const UDP: u8 = 17;
const SYN: u8 = 2;
const ACK: u8 = 16;
const RST: u8 = 4;
/// Ports from which clients speak on Linux; other systems begin at 49,152.
const EPHEMERAL_FROM: u16 = 32_768;
/// Ports that only servers are given.
const PRIVILEGED_UNTIL: u16 = 1_024;
/// The longest packet that refuses a connection: headers without options.
const RESET_BYTES_V4: u64 = 40;
const RESET_BYTES_V6: u64 = 60;
/// The longest packet that only asks for a connection: headers with all options.
const SYN_BYTES: u64 = 80;
/// How long a connection without packets is still known.
const KNOWN_SECONDS: i64 = 3_600;

/// A connection that has been seen before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    client_is_low: bool,
    last: Timestamp,
}

/// `Fading` wants to make new entries; what it makes is overwritten at once.
impl Default for Known {
    fn default() -> Self {
        Self { client_is_low: false, last: Timestamp(i64::MIN) }
    }
}

/// What was said in one direction.
#[derive(Debug, Clone, Copy, Default)]
struct Side {
    load: Load,
    flags: Option<u8>,
    n_parts: usize,
    is_rejected: bool,
}

/// What is known from before: the connection, and which ends are servers.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Before {
    pub(super) connection: Option<Known>,
    pub(super) low_listens: bool,
    pub(super) high_listens: bool,
}

/// What is to be thought of a window's records.
#[derive(Debug)]
pub(super) struct Judgement {
    client: Side,
    server: Side,
    client_is_low: bool,
    begins: bool,
    outcome: Outcome,
}

impl Known {
    /// Tells whether it was without packets for so long that it is not known any more.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        self.last < now.plus_seconds(-KNOWN_SECONDS)
    }
}

impl Side {
    fn of<'a>(parts: impl Iterator<Item = &'a Part>) -> Self {
        let mut side = Self::default();
        for part in parts {
            side.load.add(part.load);
            side.n_parts += 1;
            side.is_rejected |= part.is_rejected;
            if let Some(flags) = part.flags {
                side.flags = Some(side.flags.unwrap_or(0) | flags);
            }
        }
        side
    }

    fn has(&self, flag: u8) -> bool {
        self.flags.is_some_and(|flags| flags & flag != 0)
    }

    fn asks(&self) -> bool {
        self.has(SYN) && !self.has(ACK)
    }

    fn is_silent(&self) -> bool {
        self.n_parts == 0
    }

    /// Tells whether every packet is as short as one that refuses.
    fn only_refuses(&self, is_v4: bool) -> bool {
        let longest = if is_v4 { RESET_BYTES_V4 } else { RESET_BYTES_V6 };
        !self.is_silent() && self.load.packet_bytes() <= longest
    }
}

impl Judgement {
    /// Judges the records of a window.
    pub(super) fn of(name: &Name, pending: &Pending, before: Before) -> Self {
        let from_low = |part: &&Part| part.source == name.low;
        let low = Side::of(pending.parts.iter().filter(from_low));
        let high = Side::of(pending.parts.iter().filter(|part| !from_low(part)));
        let known = before.connection.filter(|known| !known.is_over(pending.first));
        let before = Before { connection: known, ..before };
        let client_is_low = client_is_low(name, &low, &high, before);
        let (client, server) = if client_is_low { (low, high) } else { (high, low) };
        let is_v4 = name.low.address.is_ipv4();
        let begins = begins(name.protocol, &client, known.is_some());
        let outcome = match outcome(name.protocol, is_v4, &client, &server) {
            // What has been answered before goes on: its acknowledgements only look like refusals.
            Outcome::Refused if !begins => Outcome::Answered,
            Outcome::Silent if !begins => Outcome::Unknown,
            other => other,
        };
        Self { client, server, client_is_low, begins, outcome }
    }

    /// Tells whether later windows of the connection should know this one.
    pub(super) fn stays_known(&self) -> bool {
        matches!(self.outcome, Outcome::Answered | Outcome::Unknown)
    }

    /// Returns what later windows should know.
    pub(super) fn known(&self, now: Timestamp) -> Known {
        Known { client_is_low: self.client_is_low, last: now }
    }

    /// Returns the end that listens, when the records show it: a server that has answered.
    pub(super) fn listener(&self, name: &Name) -> Option<Socket> {
        let (client, server) =
            if self.client_is_low { (name.low, name.high) } else { (name.high, name.low) };
        let is_shown = self.client.asks() || serves(server.port, client.port);
        (is_shown && self.outcome == Outcome::Answered).then_some(server)
    }

    /// Tells it as our own end saw it; nothing when the interface only passed it on.
    pub(super) fn exchange(
        &self,
        (name, connection): (Name, Key),
        pending: &Pending,
        interfaces: &mut Interfaces,
    ) -> Option<Exchange> {
        let (client, server) =
            if self.client_is_low { (name.low, name.high) } else { (name.high, name.low) };
        let interface = interfaces.entry(name.interface, pending.first);
        let is_outbound = is_outbound(interface, &pending.parts, client.address)?;
        let (own, peer) = if is_outbound { (client, server) } else { (server, client) };
        let end = pending.parts.iter().map(|part| part.end).max().unwrap_or_default();
        let is_blind = pending.first.0 / MICROS <= interface.blind_until;
        let owner = interface.owner(own.address);
        let is_unheard = self.outcome == Outcome::Silent && is_blind;
        let service = |part: &Part| {
            let (of_source, of_target) = &part.services;
            if part.source == peer { of_source.clone() } else { of_target.clone() }
        };
        Some(Exchange {
            owner,
            own: own.address,
            peer: peer.address,
            peer_is_public: interfaces.is_outside(peer.address),
            peer_service: pending.parts.iter().filter_map(service).min(),
            is_outbound,
            port: server.port,
            protocol: name.protocol,
            first: pending.first,
            last: pending.first.max(Timestamp::from_seconds(end)),
            asked: self.client.load,
            answered: self.server.load,
            outcome: if is_unheard { Outcome::Unknown } else { self.outcome },
            begins: self.begins,
            connection,
            places: places(&pending.parts, client.address),
        })
    }
}

const MICROS: i64 = 1_000_000;

fn client_is_low(name: &Name, low: &Side, high: &Side, before: Before) -> bool {
    if low.asks() != high.asks() {
        return low.asks();
    }
    if let Some(known) = before.connection {
        return known.client_is_low;
    }
    let (low_port, high_port) = (name.low.port, name.high.port);
    let (low_serves, high_serves) = (serves(low_port, high_port), serves(high_port, low_port));
    if low_serves != high_serves {
        return high_serves;
    }
    let is_two_sided = !low.is_silent() && !high.is_silent();
    if !is_two_sided {
        return high.is_silent();
    }
    let is_v4 = name.low.address.is_ipv4();
    let (low_refuses, high_refuses) = (low.only_refuses(is_v4), high.only_refuses(is_v4));
    // Who refuses was asked; both look alike when a probe without options is refused.
    if name.protocol == TCP && low_refuses != high_refuses {
        return high_refuses;
    }
    if before.low_listens != before.high_listens {
        return before.high_listens;
    }
    high_port <= low_port
}

/// Tells whether the first of two ports looks like a server's, and the other like its client's.
fn serves(server: u16, client: u16) -> bool {
    let is_service = server < PRIVILEGED_UNTIL && PRIVILEGED_UNTIL <= client;
    is_service || (server < EPHEMERAL_FROM && EPHEMERAL_FROM <= client)
}

fn begins(protocol: u8, client: &Side, is_known: bool) -> bool {
    // Only the other direction was recorded: the beginning lies elsewhere.
    if client.is_silent() {
        return false;
    }
    match client.flags {
        Some(_) if protocol == TCP => client.has(SYN),
        _ => !is_known,
    }
}

fn outcome(protocol: u8, is_v4: bool, client: &Side, server: &Side) -> Outcome {
    if client.is_rejected {
        return Outcome::Rejected;
    }
    // The answer was turned away, or only the answer was recorded.
    if server.is_rejected || client.is_silent() {
        return Outcome::Unknown;
    }
    match protocol {
        TCP if server.is_silent() => silent(client),
        TCP => answered(is_v4, client, server),
        UDP if server.is_silent() => Outcome::Silent,
        _ if server.is_silent() => Outcome::Unknown,
        _ => Outcome::Answered,
    }
}

/// A client that sends more than requests to connect is heard by somebody: the log is one-sided.
fn silent(client: &Side) -> Outcome {
    let only_asks = match client.flags {
        Some(_) => client.has(SYN),
        None => true,
    };
    let is_short = client.load.packet_bytes() <= SYN_BYTES;
    if only_asks && is_short { Outcome::Silent } else { Outcome::Unknown }
}

fn answered(is_v4: bool, client: &Side, server: &Side) -> Outcome {
    if server.has(SYN) {
        return Outcome::Answered;
    }
    let is_refusal = server.only_refuses(is_v4) && server.load.packets <= client.load.packets;
    let asked_to_connect = client.flags.is_none() || client.has(SYN);
    let says_reset = server.flags.is_none() || server.has(RST);
    if is_refusal && asked_to_connect && says_reset {
        return Outcome::Refused;
    }
    Outcome::Answered
}

/// Tells whether our own end asked; nothing when neither end is ours.
fn is_outbound(interface: &Interface, parts: &[Part], client: IpAddr) -> Option<bool> {
    let part = parts.first()?;
    let source_is_own = part.is_egress.or_else(|| interface.owns_first(part.flow));
    let Some(source_is_own) = source_is_own else { return Some(true) };
    let (own, flow) = if source_is_own {
        (part.source.address, part.flow.0)
    } else {
        (part.target.address, part.flow.1)
    };
    // A NAT gateway passes on what the interface of the instance has recorded already.
    if own != flow && is_public(own) {
        return None;
    }
    Some(own == client)
}

fn places(parts: &[Part], client: IpAddr) -> Vec<super::Place> {
    let by_client = |part: &&Part| part.source.address == client;
    let first = parts.iter().filter(by_client);
    let then = parts.iter().filter(|part| !by_client(part));
    first.chain(then).map(|part| part.place.clone()).collect()
}

kept!(Known { client_is_low, last });
