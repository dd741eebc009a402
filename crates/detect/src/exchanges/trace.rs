//! The SQL that gives the flow records of a finding again.

use std::fmt::Display;
use std::net::IpAddr;

use super::{Few, FlowSlots, Hit};
use crate::kept::kept;
use crate::limits::VALUES_SHOWN_MAX;
use crate::schema::Schema;
use crate::sql::literal;

/// Between whom the exchanges of a finding were.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trace {
    own: Few<IpAddr>,
    peers: Few<IpAddr>,
    ports: Few<u16>,
    outbound: Few<bool>,
}

/// Something of an exchange that makes findings of their own, beside the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aspect {
    Peer,
    Port,
}

/// The columns of a flow log in SQL.
#[derive(Debug, Clone)]
pub(crate) struct TraceSql {
    source: String,
    target: String,
    source_port: String,
    target_port: String,
}

impl Aspect {
    /// Returns the aspect of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "peer" => Some(Self::Peer),
            "port" => Some(Self::Port),
            _ => None,
        }
    }
}

impl Trace {
    /// Takes an exchange in.
    pub(crate) fn add(&mut self, hit: &Hit, is_outbound: bool) {
        self.own.add(hit.own);
        self.peers.add(hit.peer);
        self.ports.add(hit.port);
        self.outbound.add(is_outbound);
    }

    /// Tells whether nothing was taken in.
    pub(crate) fn is_empty(&self) -> bool {
        self.own.is_empty()
    }

    /// Returns our own addresses, the others' and the ports, as a sentence shows them.
    pub(crate) fn shown(&self) -> [(&'static str, String); 3] {
        [
            ("own", self.own.shown(VALUES_SHOWN_MAX)),
            ("peer", self.peers.shown(VALUES_SHOWN_MAX)),
            ("port", self.ports.shown(VALUES_SHOWN_MAX)),
        ]
    }

    /// Returns SQL that holds for the records, whichever way they went.
    pub(crate) fn sql(&self, columns: &TraceSql) -> String {
        let (source, target) = (columns.source.as_str(), columns.target.as_str());
        let mut ways = Vec::new();
        for is_outbound in self.outbound.all().into_iter().flatten() {
            let asked = if *is_outbound { (source, target) } else { (target, source) };
            ways.push(self.way(asked, &columns.target_port));
            ways.push(self.way((asked.1, asked.0), &columns.source_port));
        }
        format!("(({}))", ways.join(") or ("))
    }

    fn way(&self, (own, peer): (&str, &str), port: &str) -> String {
        let addresses = |few: &Few<IpAddr>| few.all().map(|all| list(all, quoted));
        let parts = [
            addresses(&self.own).map(|list| format!("{own} in {list}")),
            addresses(&self.peers).map(|list| format!("{peer} in {list}")),
            self.ports.all().map(|all| format!("{port} in {}", list(all, u16::to_string))),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() { "true".to_owned() } else { parts.join(" and ") }
    }
}

impl TraceSql {
    /// Returns the columns of a source that has flows.
    pub(crate) fn of(schema: &Schema) -> Option<Self> {
        let slots = FlowSlots::of(schema)?;
        let first_of = |packet: Option<usize>, flow: usize| match packet {
            Some(packet) => {
                format!("coalesce({}, {})", schema.quoted(packet), schema.quoted(flow))
            }
            None => schema.quoted(flow),
        };
        Some(Self {
            source: first_of(slots.packet_source, slots.source),
            target: first_of(slots.packet_target, slots.target),
            source_port: schema.quoted(slots.source_port),
            target_port: schema.quoted(slots.target_port),
        })
    }
}

fn list<'a, T: 'a>(all: impl IntoIterator<Item = &'a T>, write: impl Fn(&T) -> String) -> String {
    let values: Vec<String> = all.into_iter().map(write).collect();
    format!("({})", values.join(", "))
}

fn quoted(value: &impl Display) -> String {
    literal(&value.to_string())
}

kept!(Trace { own, peers, ports, outbound });
