//! Which exchanges a page looks at.

use serde::Deserialize;

use super::{Exchange, FlowSlots};
use crate::setup::{Fault, Setup};

/// What pages about exchanges say of them, in the same words for every kind.
#[derive(Debug, Default)]
pub(crate) struct Choice {
    direction: Option<Direction>,
    peers: Option<Peers>,
    protocols: Vec<u8>,
    other_than_protocols: Vec<u8>,
    ports: Vec<Ports>,
    other_than_ports: Vec<Ports>,
    /// Whether exchanges with services of AWS are left out.
    without_services: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Direction {
    Inbound,
    Outbound,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Peers {
    Public,
    Private,
}

/// A port, or the first and the last of a range.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
enum Ports {
    One(u16),
    Range([u16; 2]),
}

impl Ports {
    fn contains(self, port: u16) -> bool {
        match self {
            Self::One(one) => one == port,
            Self::Range([first, last]) => first <= port && port <= last,
        }
    }
}

impl Choice {
    /// Reads a page's words.
    pub(crate) fn read(setup: &mut Setup<'_>) -> Result<Self, Fault> {
        setup.require_flows()?;
        Ok(Self {
            direction: setup.take("direction")?,
            peers: setup.take("peers")?,
            protocols: setup.take("protocols")?.unwrap_or_default(),
            other_than_protocols: setup.take("other_than_protocols")?.unwrap_or_default(),
            ports: setup.take("ports")?.unwrap_or_default(),
            other_than_ports: setup.take("other_than_ports")?.unwrap_or_default(),
            without_services: setup.take("without_aws_services")?.unwrap_or_default(),
        })
    }

    /// Tells whether the page looks at the exchange.
    pub(crate) fn fits(&self, exchange: &Exchange) -> bool {
        let direction_fits = self
            .direction
            .is_none_or(|direction| exchange.is_outbound == (direction == Direction::Outbound));
        let peers_fit =
            self.peers.is_none_or(|peers| exchange.peer_is_public == (peers == Peers::Public));
        let among = |ports: &[Ports]| ports.iter().any(|ports| ports.contains(exchange.port));
        direction_fits
            && peers_fit
            && (self.protocols.is_empty() || self.protocols.contains(&exchange.protocol))
            && !self.other_than_protocols.contains(&exchange.protocol)
            && (self.ports.is_empty() || among(&self.ports))
            && !among(&self.other_than_ports)
            && !(self.without_services && is_service(exchange))
    }
}

/// `EC2` stands for the addresses that anyone can rent.
fn is_service(exchange: &Exchange) -> bool {
    exchange.peer_service.as_deref().is_some_and(|service| service != "EC2")
}

impl Setup<'_> {
    /// Makes sure that the source has flows, and reads their columns.
    fn require_flows(&mut self) -> Result<(), Fault> {
        let Some(slots) = FlowSlots::of(self.schema) else {
            let reason = format!("`{}` has no flows for this kind", self.schema.source);
            return Err(Fault::near("source", reason));
        };
        self.read_slots(slots.all());
        Ok(())
    }
}
