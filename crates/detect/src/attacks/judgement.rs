//! Which steps are an attack: those of one hand that reach enough stages within the time.

use std::collections::{BTreeMap, BTreeSet};

use haechi_model::{Timestamp, Window};

use super::{By, Outline};
use crate::lineage::Lineage;
use crate::signals::Sign;
use crate::state::Key;

/// One step of an attack.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step<'a> {
    pub(super) stage: usize,
    pub(super) score: f64,
    pub(super) name: &'a str,
    pub(super) source: &'a str,
    pub(super) account: Option<&'a str>,
    pub(super) region: Option<&'a str>,
    pub(super) sign: &'a Sign,
}

/// Steps that are an attack, in time order.
#[derive(Debug)]
pub(super) struct Attack<'a> {
    pub(super) subject: &'a str,
    pub(super) n_stages: usize,
    pub(super) steps: Vec<Step<'a>>,
}

/// Returns the attacks, at most one for each hand.
pub(super) fn attacks<'a>(
    outline: &Outline,
    window: Window,
    mut steps: Vec<Step<'a>>,
    lineage: &mut Option<Lineage>,
) -> Vec<Attack<'a>> {
    steps.sort_by(|one, other| one.order().cmp(&other.order()));
    let roles = roles_of(&steps);
    let mut by_hand: BTreeMap<Key, Vec<Step<'a>>> = BTreeMap::new();
    for step in steps {
        if let Some(hand) = step.hand(outline.by, &roles, lineage) {
            by_hand.entry(hand).or_default().push(step);
        }
    }
    let attack = |steps: Vec<Step<'a>>| attack_in(outline, window, &steps, &roles);
    by_hand.into_values().filter_map(attack).collect()
}

/// The role of each host, as far as its credentials were seen.
type Roles<'a> = BTreeMap<&'a str, &'a str>;

fn roles_of<'a>(steps: &[Step<'a>]) -> Roles<'a> {
    let role = |step: &Step<'a>| {
        let tie = &step.sign.tie;
        tie.host.as_deref().zip(tie.role.as_deref())
    };
    steps.iter().filter_map(role).collect()
}

impl<'a> Step<'a> {
    /// Returns what steps are put in order by.
    fn order(&self) -> (Timestamp, usize, &'a str, &'a str, &'a str, &'a str) {
        let Sign { time, record, tie } = self.sign;
        (*time, self.stage, self.name, self.source, record.as_str(), tie.who.as_str())
    }

    /// Returns the name of its record in all logs.
    pub(super) fn record(&self) -> (&'a str, &'a str) {
        (self.source, self.sign.record.as_str())
    }

    /// Returns whose step it is.
    fn hand(&self, by: By, roles: &Roles<'_>, lineage: &mut Option<Lineage>) -> Option<Key> {
        let tie = &self.sign.tie;
        match by {
            By::Credentials => {
                let asked_for = tie.key.zip(lineage.as_mut());
                let origin = asked_for.and_then(|(key, lineage)| lineage.origin_of(key));
                origin.or(tie.own)
            }
            By::Host => {
                let host = tie.host.as_deref()?;
                let account = self.account.unwrap_or_default();
                let role = roles.get(host).map(|role| Key::of(&["role", role]));
                Some(role.unwrap_or_else(|| Key::of(&["host", account, host])))
            }
        }
    }
}

/// What the steps within the time have reached, stage by stage.
struct Reached<'a> {
    scores: Vec<BTreeMap<u64, usize>>,
    /// The records: one that fits several stages, as an address on several lists, is one step.
    records: BTreeMap<(&'a str, &'a str), usize>,
}

impl<'a> Reached<'a> {
    fn add(&mut self, step: &Step<'a>) {
        *self.records.entry(step.record()).or_default() += 1;
        if let Some(scores) = self.scores.get_mut(step.stage) {
            *scores.entry(step.score.to_bits()).or_default() += 1;
        }
    }

    fn remove(&mut self, step: &Step<'a>) {
        let record = step.record();
        if let Some(n) = self.records.get_mut(&record) {
            *n -= 1;
            if *n == 0 {
                self.records.remove(&record);
            }
        }
        let Some(scores) = self.scores.get_mut(step.stage) else { return };
        let score = step.score.to_bits();
        if let Some(n) = scores.get_mut(&score) {
            *n -= 1;
            if *n == 0 {
                scores.remove(&score);
            }
        }
    }

    /// Tells whether it is enough for an attack.
    fn is_enough(&self, outline: &Outline) -> bool {
        // Bits of positive numbers stand in the order of the numbers.
        let worst = |scores: &BTreeMap<u64, usize>| {
            scores.last_key_value().map_or(0.0, |(bits, _)| f64::from_bits(*bits))
        };
        let has = |stage: &usize| self.scores.get(*stage).is_some_and(|it| !it.is_empty());
        let n_stages = self.scores.iter().filter(|scores| !scores.is_empty()).count();
        let has_needed = outline.needs.is_empty() || outline.needs.iter().any(has);
        let score: f64 = self.scores.iter().map(worst).sum();
        let has_stages = outline.stages_min <= n_stages.min(self.records.len());
        has_needed && has_stages && outline.score_min <= score
    }
}

fn attack_in<'a>(
    outline: &Outline,
    window: Window,
    steps: &[Step<'a>],
    roles: &Roles<'a>,
) -> Option<Attack<'a>> {
    let mut reached =
        Reached { scores: vec![BTreeMap::new(); outline.stages.len()], records: BTreeMap::new() };
    let mut belongs = BTreeSet::new();
    let mut start = 0;
    for (end, step) in steps.iter().enumerate() {
        reached.add(step);
        let oldest = step.sign.time.plus_seconds(-i64::from(outline.within_seconds));
        while let Some(old) = steps.get(start).filter(|old| old.sign.time < oldest) {
            reached.remove(old);
            start += 1;
        }
        if window.contains(step.sign.time) && reached.is_enough(outline) {
            belongs.extend(start..=end);
        }
    }
    let steps: Vec<Step<'a>> = belongs.iter().filter_map(|at| steps.get(*at).copied()).collect();
    let hosts: BTreeSet<&str> = steps.iter().filter_map(|it| it.sign.tie.host.as_deref()).collect();
    let of_one_host = match (outline.by, hosts.first().copied()) {
        (By::Credentials, _) => None,
        (By::Host, first) => first,
    };
    let mut subject = steps.first()?.sign.tie.who.as_str();
    if let Some(host) = of_one_host {
        subject = match roles.get(host) {
            Some(role) if 1 < hosts.len() => role,
            _ => host,
        };
        if !has_deep_host(&steps) {
            return None;
        }
    }
    let n_stages = steps.iter().map(|step| step.stage).collect::<BTreeSet<_>>().len();
    Some(Attack { subject, n_stages, steps })
}

/// Tells whether one host has reached two stages by itself: single signs of many hosts of one
/// role are what happens everywhere.
fn has_deep_host(steps: &[Step<'_>]) -> bool {
    let mut stages: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for step in steps {
        if let Some(host) = step.sign.tie.host.as_deref() {
            stages.entry(host).or_default().insert(step.stage);
        }
    }
    stages.values().any(|stages| 2 <= stages.len())
}
