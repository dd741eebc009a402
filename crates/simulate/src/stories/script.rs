//! Writes a story down, step by step: the traces it leaves and the answer sheet.

use crate::{
    access::Visit,
    cloudtrail::{self, Call, Place},
    dns::Lookup,
    flows::Flow,
    identity::Caller,
    moment::Moment,
    random::Random,
    traces::Traces,
    truth::{Step, StoryTruth},
};

/// A story while it is being told.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) random: Random,
    truth: StoryTruth,
    traces: Traces,
    step: Step,
    first: Option<Moment>,
    last: Option<Moment>,
}

impl Script {
    /// Opens a story; the truth holds what is known before it starts.
    pub(super) fn open(seed: u64, truth: StoryTruth) -> Self {
        let random = Random::stream(seed, &format!("story/{}", truth.name), 0);
        let (traces, step) = (Traces::default(), Step::default());
        Self { random, truth, traces, step, first: None, last: None }
    }

    /// Starts the next step.
    pub(super) fn step(&mut self, name: &'static str) {
        let finished = std::mem::replace(&mut self.step, Step { name, ..Step::default() });
        if !finished.is_empty() {
            self.truth.steps.push(finished);
        }
    }

    /// The intruder calls AWS.
    pub(super) fn call(&mut self, caller: &Caller, place: Place, call: &Call) {
        let event = cloudtrail::record(caller, place, call, &mut self.random);
        self.step.cloudtrail_ids.push(event.id.clone());
        self.saw(event.time);
        self.traces.events.push(event);
        self.meet(caller);
    }

    /// Packets pass an interface.
    pub(super) fn packets(&mut self, flows: Vec<Flow>) {
        for flow in flows {
            self.step.flow_lines += 1;
            self.saw(flow.end);
            self.traces.flows.push(flow);
        }
    }

    /// A server asks for a name.
    pub(super) fn lookup(&mut self, lookup: Lookup) {
        self.step.dns_lines += 1;
        self.saw(lookup.time);
        self.traces.lookups.push(lookup);
    }

    /// A bucket is asked for an object.
    pub(super) fn visit(&mut self, visit: Visit) {
        self.step.s3_access_lines += 1;
        self.saw(visit.time);
        self.traces.visits.push(visit);
    }

    /// Closes the story.
    pub(super) fn close(mut self) -> (StoryTruth, Traces) {
        self.step("");
        self.truth.begins = self.first.unwrap_or_default().iso();
        self.truth.ends = self.last.unwrap_or_default().iso();
        (self.truth, self.traces)
    }

    fn saw(&mut self, moment: Moment) {
        self.first = Some(self.first.map_or(moment, |first| first.min(moment)));
        self.last = Some(self.last.map_or(moment, |last| last.max(moment)));
    }

    fn meet(&mut self, caller: &Caller) {
        remember(&mut self.truth.principals, &caller.arn);
        remember(&mut self.truth.access_keys, &caller.key);
        remember(&mut self.truth.addresses, &caller.address);
    }
}

fn remember(list: &mut Vec<String>, text: &str) {
    if !text.is_empty() && !list.iter().any(|known| known == text) {
        list.push(text.to_owned());
    }
}
