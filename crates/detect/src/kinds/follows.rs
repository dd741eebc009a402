//! `follows`: a record that comes after another one with which it shares values, or without one.

use haechi_model::Timestamp;
use serde::Deserialize;

use super::{Kind, Watch};
use crate::conditions::AnyOf;
use crate::field::Field;
use crate::kept::Part;
use crate::limits::SCOPES_MAX;
use crate::raised::Raised;
use crate::rows::Row;
use crate::schema::ACCOUNT;
use crate::sentence::Fact;
use crate::setup::{Fault, Setup};
use crate::state::{Fading, Key};

pub(super) const KIND: Kind = Kind {
    name: "follows",
    doc: "Raises a record that fits `match` when a record that fits `after` came at most \
          `within_seconds` before it in the same account with the same values in all fields of \
          `join`; with `after_is = \"absent\"`, when none did.",
    facts: &["count", "window"],
    every_row_speaks: false,
    read,
};

struct Follows {
    matches: AnyOf,
    after: AnyOf,
    after_is: AfterIs,
    join: Vec<Field>,
    within_seconds: u32,
    /// When a record that fits `after` last came with these values.
    seen: Fading<Option<Timestamp>>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AfterIs {
    #[default]
    Present,
    Absent,
}

fn read(setup: &mut Setup<'_>) -> Result<Box<dyn Watch>, Fault> {
    let after: toml::Value = setup.require("after")?;
    // Read twice: once for the page to let these rows through, once to know them again.
    let also = AnyOf::read(&after, setup)?;
    setup.look_also_at(also);
    let names: Vec<String> = setup.require("join")?;
    let mut join = Vec::new();
    for name in &names {
        join.push(setup.field("join", name)?);
    }
    Ok(Box::new(Follows {
        matches: setup.matches_again()?,
        after: AnyOf::read(&after, setup)?,
        after_is: setup.take("after_is")?.unwrap_or_default(),
        join,
        within_seconds: setup.require("within_seconds")?,
        seen: Fading::new(SCOPES_MAX),
    }))
}

impl Watch for Follows {
    fn state(&mut self) -> Vec<&mut dyn Part> {
        vec![&mut self.seen]
    }

    fn observe(&mut self, row: &Row<'_>, raised: &mut Raised) {
        let Some(key) = self.key_of(row) else { return };
        if self.matches.holds(row) {
            let oldest = row.time().plus_seconds(-i64::from(self.within_seconds));
            let seen = self.seen.get_mut(key).and_then(|seen| *seen);
            let is_present = seen.is_some_and(|seen| oldest <= seen);
            if is_present == (self.after_is == AfterIs::Present)
                && let Some(draft) = raised.add(row)
            {
                draft.fact("window", Fact::Seconds(self.within_seconds.into()));
            }
        }
        if self.after.holds(row) {
            *self.seen.entry(key, row.time()) = Some(row.time());
        }
    }

    fn history_days(&self) -> u32 {
        self.within_seconds.div_ceil(SECONDS_PER_DAY)
    }
}

const SECONDS_PER_DAY: u32 = 86_400;

impl Follows {
    /// Returns what the row is joined by; nothing when it lacks one of the values.
    fn key_of(&self, row: &Row<'_>) -> Option<Key> {
        let account = Key::of(&[row.text(ACCOUNT).unwrap_or_default()]);
        self.join.iter().try_fold(account, |key, field| Some(key.with(&field.text(row)?)))
    }
}
