//! `sequence`: steps that the same credentials take one after the other, or together.

use std::borrow::Cow;

use haechi_model::Timestamp;

use super::{Kind, Watch};
use crate::conditions::AnyOf;
use crate::field::Field;
use crate::kept::{Part, kept};
use crate::limits::{SCOPES_MAX, STEPS_MAX};
use crate::lineage::{HANDS_OUT, Lineage};
use crate::raised::{Occurrence, Raised};
use crate::rows::Row;
use crate::schema::ACCOUNT;
use crate::sentence::Fact;
use crate::setup::{Fault, Setup};
use crate::state::{DistinctDays, Fading, Key};

pub(super) const KIND: Kind = Kind {
    name: "sequence",
    doc: "Raises a record that fits `match` as the last of several steps: those of the list \
          `before` must have come in this order within `within_seconds`. With `steps_min`, so many \
          different ones of all steps are enough, in any order. The steps are those of one origin \
          of credentials, through every role that it takes on and every key that it makes; \
          `join = [fields]` joins them by values in place of that, and `same = [fields]` beside \
          it. An origin that does so on more than `routine_days` different days is left alone.",
    facts: &["count", "value", "window", "steps"],
    every_row_speaks: false,
    read,
};

struct Sequence {
    /// The steps and the name of each, the last one last.
    steps: Vec<Step>,
    steps_min: Option<usize>,
    within_seconds: u32,
    join: Option<Vec<Field>>,
    same: Vec<Field>,
    lineage: Lineage,
    routine_days: Option<usize>,
    going: Fading<Progress>,
    /// The days on which an origin has come to the end.
    routines: Fading<DistinctDays>,
}

struct Step {
    rows: AnyOf,
    name: Field,
}

/// How far one origin has come.
#[derive(Default)]
struct Progress {
    /// For each step, the newest way that leads up to it.
    ways: Vec<Option<Way>>,
    /// The records that have been raised.
    raised: Vec<Key>,
}

/// Records that are steps in their order.
#[derive(Clone)]
struct Way {
    since: Timestamp,
    taken: Vec<Taken>,
}

#[derive(Clone)]
struct Taken {
    occurrence: Occurrence,
    name: String,
}

fn read(setup: &mut Setup<'_>) -> Result<Box<dyn Watch>, Fault> {
    let before: Vec<toml::Value> = setup.require("before")?;
    if before.is_empty() || STEPS_MAX <= before.len() {
        return Err(Fault::near("before", format!("`before` has 1 to {} steps", STEPS_MAX - 1)));
    }
    let lineage = Lineage::of(setup.schema);
    setup.read_slots(lineage.slots());
    let mut also = hands_out_keys(setup)?;
    let mut steps = Vec::new();
    for step in &before {
        also = also.or(AnyOf::read(step, setup)?);
        let name = setup.field("before", NAME_OF_STEP)?;
        steps.push(Step { rows: AnyOf::read(step, setup)?, name });
    }
    setup.look_also_at(also);
    let name = setup.field("match", NAME_OF_STEP)?;
    steps.push(Step { rows: setup.matches_again()?, name });
    let steps_min: Option<usize> = setup.take("steps_min")?;
    if steps_min.is_some_and(|least| !(2..=steps.len()).contains(&least)) {
        let reason = format!("`steps_min` lies between 2 and {}", steps.len());
        return Err(Fault::near("steps_min", reason));
    }
    let join = fields(setup, "join")?;
    let same = fields(setup, "same")?.unwrap_or_default();
    Ok(Box::new(Sequence {
        steps,
        steps_min,
        within_seconds: setup.require("within_seconds")?,
        join,
        same,
        lineage,
        routine_days: setup.take("routine_days")?,
        going: Fading::new(SCOPES_MAX),
        routines: Fading::new(SCOPES_MAX),
    }))
}

/// What a step is called in a sentence.
const NAME_OF_STEP: &str = "eventName";

/// Returns the rows that hand out credentials: without them there is no lineage.
fn hands_out_keys(setup: &mut Setup<'_>) -> Result<AnyOf, Fault> {
    let names: Vec<toml::Value> = HANDS_OUT.iter().map(|name| (*name).into()).collect();
    let rows = toml::Table::from_iter([(NAME_OF_STEP.to_owned(), names.into())]);
    AnyOf::read(&rows.into(), setup)
}

fn fields(setup: &mut Setup<'_>, key: &str) -> Result<Option<Vec<Field>>, Fault> {
    let Some(names) = setup.take::<Vec<String>>(key)? else { return Ok(None) };
    names.iter().map(|name| setup.field(key, name)).collect::<Result<_, _>>().map(Some)
}

impl Watch for Sequence {
    fn state(&mut self) -> Vec<&mut dyn Part> {
        vec![self.lineage.state(), &mut self.going, &mut self.routines]
    }

    fn observe(&mut self, row: &Row<'_>, raised: &mut Raised) {
        // Every row is shown to the lineage, a step or not.
        let Some((origin, joined)) = self.joined(row) else { return };
        let is_step: Vec<bool> = self.steps.iter().map(|step| step.rows.holds(row)).collect();
        if !is_step.contains(&true) {
            return;
        }
        let oldest = row.time().plus_seconds(-i64::from(self.within_seconds));
        let progress = self.going.entry(joined, row.time());
        progress.ways.resize(self.steps.len(), None);
        let Some(way) = progress.take(row, &self.steps, &is_step, (oldest, self.steps_min)) else {
            return;
        };
        let routine = self.routines.entry(origin, row.time());
        routine.note(row.time());
        if self.routine_days.is_some_and(|days| routine.exceed(days)) {
            return;
        }
        let identity = raised.identity(row);
        let Some(draft) = raised.draft(row, &identity) else { return };
        for taken in way.taken {
            let key = Key::of(&[&taken.occurrence.id]);
            if !progress.raised.contains(&key) && progress.raised.len() < RAISED_MAX {
                progress.raised.push(key);
                draft.occurs(taken.occurrence);
            }
            draft.lists("steps", &taken.name);
        }
        draft.fact("window", Fact::Seconds(self.within_seconds.into()));
    }

    fn history_days(&self) -> u32 {
        let routine = self.routine_days.map_or(0, |_| crate::limits::ROUTINE_HISTORY_DAYS);
        routine.max(self.within_seconds.div_ceil(SECONDS_PER_DAY))
    }
}

const SECONDS_PER_DAY: u32 = 86_400;
/// The records of one origin that a finding names: as many as findings keep.
const RAISED_MAX: usize = crate::limits::RECORDS_MAX;

impl Sequence {
    /// Returns the origin of a row, and what joins it with others.
    fn joined(&mut self, row: &Row<'_>) -> Option<(Key, Key)> {
        let origin = self.lineage.origin(row);
        let account = Key::of(&[row.text(ACCOUNT).unwrap_or_default()]);
        let with = |key: Key, field: &Field| Some(key.with(&field.text(row)?));
        let origin = match &self.join {
            Some(join) => join.iter().try_fold(account, with)?,
            None => origin?,
        };
        Some((origin, self.same.iter().try_fold(origin, with)?))
    }
}

impl Progress {
    /// Takes a row in; returns the steps when it is the end of them.
    fn take(
        &mut self,
        row: &Row<'_>,
        steps: &[Step],
        is_step: &[bool],
        (oldest, steps_min): (Timestamp, Option<usize>),
    ) -> Option<Way> {
        // From the last to the first: a row is one step of a way and not two.
        for (at, step) in steps.iter().enumerate().rev() {
            if is_step.get(at) != Some(&true) {
                continue;
            }
            let name = step.name.text(row).map_or_else(String::new, Cow::into_owned);
            let taken = Taken { occurrence: Occurrence::of(row), name };
            let before = at.checked_sub(1).filter(|_| steps_min.is_none());
            let before = before.map(|at| self.ways.get(at).cloned().flatten());
            let way = match before {
                None => Way { since: row.time(), taken: vec![taken] },
                Some(Some(mut way)) if oldest <= way.since => {
                    way.taken.push(taken);
                    way
                }
                Some(_) => continue,
            };
            if let Some(place) = self.ways.get_mut(at) {
                *place = Some(way);
            }
        }
        match steps_min {
            None => self.finished(is_step),
            Some(least) => self.gathered(oldest, least),
        }
    }

    fn finished(&self, is_step: &[bool]) -> Option<Way> {
        let way = self.ways.last()?.clone()?;
        (is_step.last() == Some(&true) && way.taken.len() == self.ways.len()).then_some(way)
    }

    fn gathered(&self, oldest: Timestamp, least: usize) -> Option<Way> {
        let recent = |way: &&Way| oldest <= way.since;
        let mut ways: Vec<&Way> = self.ways.iter().flatten().filter(recent).collect();
        if ways.len() < least {
            return None;
        }
        ways.sort_by_key(|way| way.since);
        let since = ways.first()?.since;
        Some(Way { since, taken: ways.iter().flat_map(|way| way.taken.iter().cloned()).collect() })
    }
}

kept!(Progress { ways, raised });
kept!(Way { since, taken });
kept!(Taken { occurrence, name });
