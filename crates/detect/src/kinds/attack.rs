//! `attack`: findings of other pages, and weaker signs, that one hand has left within a day.

use haechi_model::Timestamp;

use super::{Kind, Watch};
use crate::attacks::{By, Outline, Stage, Weak};
use crate::conditions::AnyOf;
use crate::field::Field;
use crate::kept::{Part, kept};
use crate::limits::{SCOPES_MAX, STAGES_MAX, WEAK_STEPS_MAX};
use crate::raised::Raised;
use crate::rows::Row;
use crate::schema::{ACCOUNT, REGION};
use crate::setup::{Fault, Setup};
use crate::signals::{Sign, Teller};
use crate::state::{DistinctDays, Fading, Key};

pub(super) const KIND: Kind = Kind {
    name: "attack",
    doc: "Raises an attack when one hand reaches `stages_min` different `stages` within \
          `within_seconds`. A stage is reached by findings of the `pages` that it names (`folder/*` \
          names a whole folder, of any source), and by weaker steps: `rows` of the page's own \
          source, left alone when somebody takes them on more than `routine_days` different days. \
          The worst step of each stage counts, a finding by its severity and a weaker step \
          `weak_score`, which is 2 if it is left out; \
          together they must come to `score_min`. One of the stages `needs` must be among them. \
          `by` is what joins: `credentials`, through every role that is taken on and every key \
          that is made, or `host`, with other hosts of its role. Archived findings count too.",
    facts: &["count", "value", "window", "steps", "who"],
    every_row_speaks: false,
    read,
};

struct Attack {
    outline: Outline,
    /// For each stage, the rows that are weaker steps of it.
    weak: Vec<AnyOf>,
    /// What such a step is called.
    name: Option<Field>,
    teller: Teller,
    routine_days: usize,
    noted: Fading<Noted>,
    routines: Fading<DistinctDays>,
}

/// The weaker steps of one stage by one hand.
#[derive(Default)]
struct Noted {
    routine: Option<Key>,
    steps: Vec<Taken>,
}

struct Taken {
    name: String,
    account: Option<String>,
    region: Option<String>,
    stage: usize,
    sign: Sign,
}

fn read(setup: &mut Setup<'_>) -> Result<Box<dyn Watch>, Fault> {
    let tables: Vec<toml::Table> = setup.require("stages")?;
    if !(2..=STAGES_MAX).contains(&tables.len()) {
        return Err(Fault::near("stages", format!("there are 2 to {STAGES_MAX} stages")));
    }
    let (mut stages, mut weak, mut also) = (Vec::new(), Vec::new(), AnyOf::default());
    for mut table in tables {
        let stage = stage_of(&mut table)?;
        let rows = table.remove("rows").unwrap_or_else(|| toml::Value::Array(Vec::new()));
        also = also.or(AnyOf::read(&rows, setup)?);
        weak.push(AnyOf::read(&rows, setup)?);
        if let Some(key) = table.keys().next() {
            return Err(Fault::near(key, format!("a stage has no setting `{key}`")));
        }
        stages.push(stage);
    }
    setup.look_also_at(also);
    let needs: Vec<String> = setup.take("needs")?.unwrap_or_default();
    let place = |name: &String| {
        let reason = || Fault::near("needs", format!("there is no stage `{name}`"));
        stages.iter().position(|stage| stage.name == *name).ok_or_else(reason)
    };
    let needs = needs.iter().map(place).collect::<Result<Vec<_>, _>>()?;
    let name = match setup.take_field("named_by")? {
        None if setup.schema.slot("eventName").is_some() => {
            Some(setup.field("named_by", "eventName")?)
        }
        named => named,
    };
    let teller = Teller::of(setup.schema);
    setup.read_slots(teller.slots());
    let outline = Outline {
        by: by(&setup.require::<String>("by")?)?,
        within_seconds: setup.require("within_seconds")?,
        stages_min: setup.require("stages_min")?,
        score_min: setup.require("score_min")?,
        weak_score: setup.take("weak_score")?.unwrap_or(WEAK_SCORE),
        needs,
        stages,
    };
    Ok(Box::new(Attack {
        outline,
        weak,
        name,
        teller,
        routine_days: setup.take("routine_days")?.unwrap_or(usize::MAX),
        noted: Fading::new(SCOPES_MAX),
        routines: Fading::new(SCOPES_MAX),
    }))
}

fn by(name: &str) -> Result<By, Fault> {
    match name {
        "credentials" => Ok(By::Credentials),
        "host" => Ok(By::Host),
        _ => Err(Fault::near("by", "`by` is `credentials` or `host`")),
    }
}

fn stage_of(table: &mut toml::Table) -> Result<Stage, Fault> {
    let name = table.remove("name").and_then(|name| name.as_str().map(str::to_owned));
    let name = name.ok_or_else(|| Fault::near("stages", "a stage has a `name`"))?;
    let pages = table.remove("pages").unwrap_or_else(|| toml::Value::Array(Vec::new()));
    let reason =
        |error: toml::de::Error| Fault::near("pages", format!("`pages`: {}", error.message()));
    Ok(Stage { name, pages: pages.try_into().map_err(reason)? })
}

impl Watch for Attack {
    fn state(&mut self) -> Vec<&mut dyn Part> {
        vec![&mut self.noted, &mut self.routines]
    }

    fn attack(&self) -> Option<&Outline> {
        Some(&self.outline)
    }

    fn observe(&mut self, row: &Row<'_>, raised: &mut Raised) {
        if !raised.is_signed(row.time()) {
            return;
        }
        for stage in 0..self.weak.len() {
            if self.weak.get(stage).is_some_and(|rows| rows.holds(row)) {
                self.note(stage, row);
            }
        }
    }

    fn weak_steps(&mut self) -> Vec<Weak> {
        let noted = std::mem::replace(&mut self.noted, Fading::new(1));
        let mut weak = Vec::new();
        for noted in noted.into_ordered() {
            let routine = noted.routine.and_then(|key| self.routines.get_mut(key).copied());
            if routine.is_some_and(|days| days.exceed(self.routine_days)) {
                continue;
            }
            weak.extend(noted.steps.into_iter().map(Taken::into_weak));
        }
        weak
    }

    fn history_days(&self) -> u32 {
        self.outline.within_seconds.div_ceil(SECONDS_PER_DAY)
    }
}

/// What a weaker step counts where a page does not say.
const WEAK_SCORE: f64 = 2.0;
const SECONDS_PER_DAY: u32 = 86_400;
const SECONDS_PER_HOUR: i64 = 3_600;

impl Attack {
    fn note(&mut self, stage: usize, row: &Row<'_>) {
        let sign = self.teller.sign(row, "unknown");
        let account = row.text(ACCOUNT);
        let name = self.name.as_ref().and_then(|name| name.text(row));
        let name = name.map_or_else(|| self.outline.stage_name(stage), Into::into);
        let routine = Key::hashed(&(stage, account, &sign.tie.who));
        self.routines.entry(routine, row.time()).note(row.time());
        let hand = Key::hashed(&(stage, sign.tie.own, sign.tie.key, &sign.tie.host));
        let noted = self.noted.entry(hand, row.time());
        noted.routine = Some(routine);
        if noted.steps.len() < WEAK_STEPS_MAX && !noted.has_recent(&name, sign.time) {
            let (account, region) =
                (account.map(str::to_owned), row.text(REGION).map(str::to_owned));
            noted.steps.push(Taken { name, account, region, stage, sign });
        }
    }
}

impl Noted {
    /// Tells whether the same step was taken within the hour.
    fn has_recent(&self, name: &str, now: Timestamp) -> bool {
        let hour_ago = now.plus_seconds(-SECONDS_PER_HOUR);
        let mut recent = self.steps.iter().rev().take_while(|step| hour_ago < step.sign.time);
        recent.any(|step| step.name == name)
    }
}

impl Taken {
    fn into_weak(self) -> Weak {
        let Self { name, account, region, stage, sign } = self;
        Weak { stage, name, account, region, sign }
    }
}

kept!(Noted { routine, steps });
kept!(Taken { name, account, region, stage, sign });
