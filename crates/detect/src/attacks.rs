//! Attack sequences: what different pages have raised, put together by who is behind it.
//!
//! A finding says what has happened; an attack is several of them by one hand within a day. They
//! come from pages of any depth and any source, and some are raised only at the end, so sequences
//! are judged when everything has been seen: what they find depends on what there is, not on the
//! order in which it came.

mod evidence;
mod judgement;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use haechi_model::{Finding, Window};

use crate::about::About;
use crate::lineage::Lineage;
use crate::raised::{Draft, Occurrence};
use crate::sentence::{Fact, Sentence};
use crate::signals::Sign;
use judgement::{Attack, Step};

/// What an attack sequence is made of.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outline {
    /// What joins its steps.
    pub(crate) by: By,
    /// Within which time they come.
    pub(crate) within_seconds: u32,
    /// The stages, in the order of their telling.
    pub(crate) stages: Vec<Stage>,
    /// How many different stages there must be.
    pub(crate) stages_min: usize,
    /// The stages without which it is no attack of this sort; one of them is enough.
    pub(crate) needs: Vec<usize>,
    /// What the worst steps of the stages must add up to.
    pub(crate) score_min: f64,
    /// What a step counts that is no finding by itself; findings count their severity.
    pub(crate) weak_score: f64,
}

/// What joins the steps of an attack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// The credentials, through every role that is taken on and every key that is made.
    Credentials,
    /// The host, and other hosts of its role once it is deep enough in an attack of its own.
    Host,
}

/// One stage of an attack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stage {
    /// Its name.
    pub(crate) name: String,
    /// The pages whose findings are steps of it: by name, or all of a folder by `folder/*`.
    pub(crate) pages: Vec<String>,
}

/// One moment of a page's finding.
#[derive(Debug, Clone)]
pub(crate) struct Signal {
    /// Where its records stand.
    pub(crate) source: Arc<str>,
    /// The page.
    pub(crate) page: Arc<str>,
    /// The type of the finding.
    pub(crate) kind: Arc<str>,
    /// How bad the finding is.
    pub(crate) severity: f64,
    /// The account.
    pub(crate) account: Option<String>,
    /// The Region.
    pub(crate) region: Option<String>,
    /// When, by which record, and whose.
    pub(crate) sign: Sign,
}

/// A step that is no finding: a row that fits a stage's own conditions.
#[derive(Debug, Clone)]
pub(crate) struct Weak {
    /// The stage, by its place.
    pub(crate) stage: usize,
    /// What it is called in a sentence.
    pub(crate) name: String,
    /// The account.
    pub(crate) account: Option<String>,
    /// The Region.
    pub(crate) region: Option<String>,
    /// When, by which record, and whose.
    pub(crate) sign: Sign,
}

/// A page of an attack sequence that has seen everything.
pub(crate) struct Ended {
    pub(crate) about: About,
    pub(crate) sentence: Sentence,
    pub(crate) source: Arc<str>,
    pub(crate) outline: Outline,
    pub(crate) weak: Vec<Weak>,
    pub(crate) window: Window,
}

/// How records are named in SQL, for each source: by a column, or by object and position.
pub(crate) type Ids = BTreeMap<String, Option<String>>;

impl Outline {
    /// Returns the stage that a page's findings are steps of.
    pub(crate) fn stage_of(&self, page: &str) -> Option<usize> {
        self.stages.iter().position(|stage| stage.names(page))
    }

    /// Returns the name of a stage.
    pub(crate) fn stage_name(&self, stage: usize) -> String {
        self.stages.get(stage).map(|stage| stage.name.clone()).unwrap_or_default()
    }
}

impl Stage {
    fn names(&self, page: &str) -> bool {
        self.pages.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(folder) => page.starts_with(folder),
            None => page == pattern,
        })
    }
}

impl Ended {
    /// Returns the attacks that signals and weak steps add up to.
    pub(crate) fn findings(
        &self,
        signals: &[Signal],
        lineage: &mut Option<Lineage>,
        ids: &Ids,
    ) -> Vec<Finding> {
        let steps = self.steps(signals);
        let attacks = judgement::attacks(&self.outline, self.window, steps, lineage);
        // Whoever has left nothing in the log of a sequence is no matter of it: a cluster's
        // attack is one of the cluster, and of AWS's credentials only when they were used.
        let is_own = |attack: &&Attack<'_>| match self.outline.by {
            By::Credentials => attack.steps.iter().any(|step| *step.source == *self.source),
            By::Host => true,
        };
        attacks.iter().filter(is_own).filter_map(|attack| self.finding(attack, ids)).collect()
    }

    fn steps<'a>(&'a self, signals: &'a [Signal]) -> Vec<Step<'a>> {
        let of_signal = |signal: &'a Signal| {
            // A sequence is no step of itself.
            let stage =
                self.outline.stage_of(&signal.page).filter(|_| *signal.page != *self.about.page);
            Some(Step {
                stage: stage?,
                score: signal.severity,
                name: &signal.kind,
                source: &signal.source,
                account: signal.account.as_deref(),
                region: signal.region.as_deref(),
                sign: &signal.sign,
            })
        };
        let of_weak = |weak: &'a Weak| Step {
            stage: weak.stage,
            score: self.outline.weak_score,
            name: &weak.name,
            source: &self.source,
            account: weak.account.as_deref(),
            region: weak.region.as_deref(),
            sign: &weak.sign,
        };
        signals.iter().filter_map(of_signal).chain(self.weak.iter().map(of_weak)).collect()
    }

    fn finding(&self, attack: &Attack<'_>, ids: &Ids) -> Option<Finding> {
        let first = attack.steps.first()?;
        let mut draft = Draft::of_subject(first.sign.time, attack.subject, first.account);
        draft.region = first.region.map(str::to_owned);
        let mut known = HashSet::new();
        for step in &attack.steps {
            draft.lists("steps", step.name);
            if known.insert(step.record()) {
                let id = step.sign.record.clone();
                draft.occurs(Occurrence { id, time: step.sign.time });
            }
        }
        draft.fact("who", Fact::Text(attack.subject.to_owned()));
        draft.fact("value", Fact::Number(attack.n_stages as u64));
        draft.fact("window", Fact::Seconds(self.outline.within_seconds.into()));
        let mut finding = self.about.finding(&self.sentence, None, draft);
        finding.evidence = evidence::of(&attack.steps, &finding.records, &self.source, ids);
        Some(finding)
    }
}
