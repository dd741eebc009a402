//! Writes a story down, step by step: the traces it leaves and the answer sheet.

use crate::{
    access::Visit,
    cloudtrail::{self, Call, Place},
    cluster::{self, Ask, Asker, Audit},
    dns::Lookup,
    flows::Flow,
    identity::Caller,
    moment::Moment,
    organisation::{Organisation, SHOP, VIRGINIA},
    parameters::Site,
    random::Random,
    stories::Story,
    traces::{Mark, Traces},
    truth::{Step, StoryTruth},
};

/// A story while it is being told.
#[derive(Debug)]
pub(crate) struct Script<'a> {
    pub(super) organisation: &'a Organisation,
    pub(super) random: Random,
    /// Whose steps lines are marked with: an attack's. A twin's lines are nobody's.
    marks: Option<&'static str>,
    truth: StoryTruth,
    traces: Traces,
    step: Step,
    first: Option<Moment>,
    last: Option<Moment>,
}

impl<'a> Script<'a> {
    /// Opens a story, or one day of its twin.
    pub(super) fn open(
        organisation: &'a Organisation,
        story: &'static Story,
        twin_of_day: Option<i64>,
    ) -> Self {
        let what = if twin_of_day.is_some() { "twin" } else { "story" };
        let label = format!("{what}/{}", story.name);
        let random = Random::stream(organisation.seed, &label, twin_of_day.unwrap_or_default());
        let marks = twin_of_day.is_none().then_some(story.name);
        let truth =
            StoryTruth { name: story.name, title: story.attack.en, ..StoryTruth::default() };
        let (traces, step) = (Traces::default(), Step::default());
        Self { organisation, random, marks, truth, traces, step, first: None, last: None }
    }

    /// Notes what is known before the story starts.
    pub(super) fn knows(&mut self, truth: StoryTruth) {
        self.truth = StoryTruth { name: self.truth.name, title: self.truth.title, ..truth };
    }

    /// Where most stories take place: the shop, in Virginia.
    pub(super) fn shop(&self) -> Site {
        Site { seed: self.organisation.seed, account: SHOP, region: VIRGINIA }
    }

    /// Starts the next step.
    pub(super) fn step(&mut self, name: &'static str) {
        self.step_of(name, &[]);
    }

    /// Starts the next step, which a finding should tell by one of these techniques.
    pub(super) fn step_of(&mut self, name: &'static str, techniques: &[&'static str]) {
        let next = Step { name, techniques: techniques.to_vec(), ..Step::default() };
        let finished = std::mem::replace(&mut self.step, next);
        if !finished.is_empty() {
            self.truth.steps.push(finished);
        }
    }

    /// Somebody calls AWS.
    pub(super) fn call(&mut self, caller: &Caller, place: Place, call: &Call) {
        let event = cloudtrail::record(caller, place, call, &mut self.random);
        self.step.cloudtrail_ids.push(event.id.clone());
        self.saw(event.time);
        self.traces.events.push(event);
        self.meet(caller);
    }

    /// Packets pass an interface.
    pub(super) fn packets(&mut self, flows: Vec<Flow>) {
        let mark = self.mark();
        for flow in flows {
            self.step.flow_lines += 1;
            self.saw(flow.end);
            self.traces.flows.push(Flow { mark, ..flow });
        }
    }

    /// A server asks for a name.
    pub(super) fn lookup(&mut self, lookup: Lookup) {
        self.step.dns_lines += 1;
        self.saw(lookup.time);
        self.traces.lookups.push(Lookup { mark: self.mark(), ..lookup });
    }

    /// A bucket is asked for an object.
    pub(super) fn visit(&mut self, visit: Visit) {
        self.step.s3_access_lines += 1;
        self.saw(visit.time);
        self.traces.visits.push(visit);
    }

    /// Somebody asks the cluster's API server.
    pub(super) fn audit(&mut self, asker: &Asker, ask: &Ask<'_>, time: Moment) {
        let audit = cluster::record(asker, ask, time, &mut self.random);
        self.step.eks_audit_events += 1;
        self.saw(time);
        self.traces.audits.push(Audit { mark: self.mark(), ..audit });
    }

    /// Closes the story.
    pub(super) fn close(mut self) -> (StoryTruth, Traces) {
        self.step("");
        self.truth.begins = self.first.unwrap_or_default().iso();
        self.truth.ends = self.last.unwrap_or_default().iso();
        (self.truth, self.traces)
    }

    /// Which step a line belongs to: the one that is open.
    fn mark(&self) -> Option<Mark> {
        self.marks.map(|story| Mark { story, step: self.truth.steps.len() })
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
