//! `first_seen`: a value that a principal, key or account with a history has never shown before.

use std::collections::HashSet;

use haechi_model::Timestamp;
use serde::Deserialize;

use super::{Kind, Watch};
use crate::conditions::AnyOf;
use crate::field::Field;
use crate::kept::{Part, kept};
use crate::limits::{HISTORY_DAYS_MAX, SCOPE_VALUES_MAX, SCOPES_MAX};
use crate::network::Network;
use crate::raised::Raised;
use crate::rows::Row;
use crate::schema::ACCOUNT;
use crate::sentence::Fact;
use crate::setup::{Fault, Setup};
use crate::state::{Fading, Key};

pub(super) const KIND: Kind = Kind {
    name: "first_seen",
    doc: "Raises a record whose `value` has not been seen before in its `scope` (a field; the \
          subject when it is not set), once the scope has been known for `history_days` and has \
          shown `history_events` records. `value_as = \"network\"` compares the neighbourhoods of \
          addresses, /24 or /48. With `events_each`, the scope must have shown so many records for \
          each value that it knows: where hardly anybody comes twice, a new one is nothing new. Where `raises` has conditions, rows that do not fit them are only \
          learnt from.",
    facts: &["count", "value", "history_days", "history_events"],
    every_row_speaks: false,
    read,
};

struct FirstSeen {
    value: Field,
    value_as: ValueAs,
    scope: Option<Field>,
    /// What rows must fit to be raised and not only learnt from.
    raises: Option<AnyOf>,
    history_days: u32,
    history_events: u64,
    events_each: u64,
    scopes: Fading<Scope>,
}

/// What two values are compared by.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ValueAs {
    #[default]
    Text,
    Network,
}

#[derive(Default)]
struct Scope {
    since: Option<Timestamp>,
    n_events: u64,
    values: HashSet<Key>,
}

fn read(setup: &mut Setup<'_>) -> Result<Box<dyn Watch>, Fault> {
    let history_days: u32 = setup.require("history_days")?;
    if HISTORY_DAYS_MAX < history_days {
        let reason = format!("`history_days` is at most {HISTORY_DAYS_MAX}");
        return Err(Fault::near("history_days", reason));
    }
    let raises: Option<toml::Value> = setup.take("raises")?;
    let raises = raises.map(|raises| AnyOf::read(&raises, setup)).transpose()?;
    Ok(Box::new(FirstSeen {
        raises,
        value: setup.require_field("value")?,
        value_as: setup.take("value_as")?.unwrap_or_default(),
        scope: setup.take_field("scope")?,
        history_days,
        history_events: setup.require("history_events")?,
        events_each: setup.take("events_each")?.unwrap_or(0),
        scopes: Fading::new(SCOPES_MAX),
    }))
}

impl Watch for FirstSeen {
    fn state(&mut self) -> Vec<&mut dyn Part> {
        vec![&mut self.scopes]
    }

    fn learns_from_trusted(&self) -> bool {
        true
    }

    fn observe(&mut self, row: &Row<'_>, raised: &mut Raised) {
        let Some(value) = self.value_of(row) else { return };
        let scope = match &self.scope {
            None => raised.identity(row).key(),
            Some(field) => {
                let Some(text) = field.text(row) else { return };
                Key::of(&[row.text(ACCOUNT).unwrap_or_default(), &text])
            }
        };
        let scope = self.scopes.entry(scope, row.time());
        let since = *scope.since.get_or_insert(row.time());
        let n_days = (row.time().0 - since.0).max(0).cast_unsigned() / MICROS_PER_DAY;
        let is_known = u64::from(self.history_days) <= n_days
            && self.history_events <= scope.n_events
            && self.events_each.saturating_mul(scope.values.len() as u64) <= scope.n_events
            && scope.values.len() < SCOPE_VALUES_MAX;
        scope.n_events += 1;
        let is_new = scope.values.len() < SCOPE_VALUES_MAX
            && scope.values.insert(Key::of(&[value.as_str()]));
        if is_known
            && is_new
            && self.raises.as_ref().is_none_or(|raises| raises.holds(row))
            && let Some(draft) = raised.add(row)
        {
            draft.fact("value", Fact::Text(value));
            draft.fact("history_days", Fact::Number(n_days));
            draft.fact("history_events", Fact::Number(scope.n_events - 1));
        }
    }

    fn history_days(&self) -> u32 {
        HISTORY_DAYS_DEFAULT.max(self.history_days)
    }
}

const MICROS_PER_DAY: u64 = 86_400_000_000;
/// What a window is preceded by: six weeks and a half, a month's rhythm with room to spare.
const HISTORY_DAYS_DEFAULT: u32 = 45;

impl FirstSeen {
    fn value_of(&self, row: &Row<'_>) -> Option<String> {
        let text = self.value.text(row)?;
        match self.value_as {
            ValueAs::Text => Some(text.into_owned()),
            ValueAs::Network => Network::around(&text).map(|network| network.to_string()),
        }
    }
}

kept!(Scope { since, n_events, values });
