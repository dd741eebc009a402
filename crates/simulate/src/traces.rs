//! What an hour leaves behind, before it is written in anybody's format.

use std::collections::BTreeMap;

use crate::{
    access::Visit, cloudtrail::Event, cluster::Audit, dns::Lookup, flows::Flow, lambda::Line,
    moment::Moment,
};

/// The step of a story that a line belongs to, counted from the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mark {
    pub(crate) story: &'static str,
    pub(crate) step: usize,
}

/// Records of every source, in no particular order.
#[derive(Debug, Default)]
pub(crate) struct Traces {
    pub(crate) events: Vec<Event>,
    pub(crate) flows: Vec<Flow>,
    pub(crate) lookups: Vec<Lookup>,
    pub(crate) visits: Vec<Visit>,
    pub(crate) lines: Vec<Line>,
    pub(crate) audits: Vec<Audit>,
}

impl Traces {
    /// Takes over what another one holds.
    pub(crate) fn absorb(&mut self, other: Self) {
        self.events.extend(other.events);
        self.flows.extend(other.flows);
        self.lookups.extend(other.lookups);
        self.visits.extend(other.visits);
        self.lines.extend(other.lines);
        self.audits.extend(other.audits);
    }

    /// Drops what lies outside of the run.
    pub(crate) fn keep_between(&mut self, start: Moment, end: Moment) {
        let within = |moment: Moment| start <= moment && moment < end;
        self.events.retain(|event| within(event.time));
        self.flows.retain(|flow| within(flow.start) && flow.end <= end);
        self.lookups.retain(|lookup| within(lookup.time));
        self.visits.retain(|visit| within(visit.time));
        self.lines.retain(|line| within(line.time));
        self.audits.retain(|audit| within(audit.time));
    }

    /// Splits by the hour, so that a story can be told hour by hour.
    pub(crate) fn by_hour(self) -> BTreeMap<Moment, Self> {
        let mut hours: BTreeMap<Moment, Self> = BTreeMap::new();
        for event in self.events {
            hours.entry(event.time.hour_start()).or_default().events.push(event);
        }
        for flow in self.flows {
            hours.entry(flow.start.hour_start()).or_default().flows.push(flow);
        }
        for lookup in self.lookups {
            hours.entry(lookup.time.hour_start()).or_default().lookups.push(lookup);
        }
        for visit in self.visits {
            hours.entry(visit.time.hour_start()).or_default().visits.push(visit);
        }
        for line in self.lines {
            hours.entry(line.time.hour_start()).or_default().lines.push(line);
        }
        for audit in self.audits {
            hours.entry(audit.time.hour_start()).or_default().audits.push(audit);
        }
        hours
    }
}
