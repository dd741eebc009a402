//! What identities and accounts usually do: on which of the last 45 days each value was seen.
//!
//! Days are counted and not records: a script calls a thousand times in a minute, and is still
//! something that happened once. Today does not count, so that the order within a day is nothing.

mod days;
mod learnt;
mod manner;

use std::borrow::Cow;

use haechi_model::Timestamp;

use crate::field::Field;
use crate::kept::{Part, kept};
use crate::limits::{HABIT_SCOPES_MAX, HABIT_VALUES_MAX, HABIT_VALUES_OF_SCOPE_MAX};
use crate::network::Network;
use crate::places::Place;
use crate::rows::Row;
use crate::schema::ACCOUNT;
use crate::state::{Fading, Key};

pub(crate) use days::{HISTORY_DAYS, Rarity};

use days::Days;
use learnt::{Learnt, Saying};

/// What is looked at, and of whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outline {
    /// Who has habits, beside the account.
    pub(crate) identity: Field,
    /// What is looked at, by name.
    pub(crate) aspects: Vec<Aspect>,
    /// The conditions of the only rows that are learnt from; without them, all rows are.
    pub(crate) only_from: Option<String>,
}

/// One thing that is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Aspect {
    /// Its name on the page.
    pub(crate) name: String,
    field: Field,
    form: Form,
}

/// What two values are compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    /// The names of programs, without their versions.
    Client,
    /// Whose network an address lies in, or else its neighbourhood.
    Network,
    /// The country of an address; without tables, nothing.
    Country,
}

/// The habits of everybody.
pub(crate) struct Habits {
    pub(crate) outline: Outline,
    scopes: Fading<Scope>,
    values: Fading<Days>,
    learnt: Learnt,
}

/// An identity or an account.
#[derive(Debug, Default)]
struct Scope {
    /// The days on which it did anything.
    days: Days,
    /// How many different values each aspect has shown.
    n_values: Vec<usize>,
}

/// How unusual a row is.
#[derive(Debug)]
pub(crate) struct Judgement {
    /// The days that the identity is known from.
    pub(crate) identity_days: u32,
    /// The days that the account is known from.
    pub(crate) account_days: u32,
    /// What each aspect is, in the order of the outline, where the row has a value.
    pub(crate) aspects: Vec<Option<Seen>>,
}

/// A value, and how often it was seen before.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) value: String,
    pub(crate) for_identity: Rarity,
    pub(crate) for_account: Rarity,
}

impl Aspect {
    /// Makes an aspect; its name says what its values are compared by.
    pub(crate) fn new(name: String, field: Field) -> Self {
        let form = match name.as_str() {
            "user_agent" => Form::Client,
            "network" => Form::Network,
            "country" => Form::Country,
            _ => Form::Text,
        };
        Self { name, field, form }
    }

    fn value<'a>(&self, row: &Row<'a>) -> Option<Cow<'a, str>> {
        let text = self.field.text(row)?;
        match self.form {
            Form::Text => Some(text),
            Form::Client => Some(Cow::Owned(manner::client(&text))),
            Form::Network => {
                let network = place_of(row, &text).and_then(|place| place.network);
                let around = || Network::around(&text).map(|network| network.to_string());
                network.or_else(around).map(Cow::Owned)
            }
            Form::Country => place_of(row, &text).and_then(|place| place.country).map(Cow::Owned),
        }
    }
}

/// Returns where an address is, where there are tables.
fn place_of(row: &Row<'_>, address: &str) -> Option<Place> {
    Some(row.places()?.place_of(address.parse().ok()?))
}

impl Habits {
    /// Returns what outlives the process.
    pub(crate) fn state(&mut self) -> Vec<&mut dyn Part> {
        vec![&mut self.scopes, &mut self.values]
    }

    /// Begins without habits.
    pub(crate) fn new(outline: Outline) -> Self {
        let (scopes, values) = (Fading::new(HABIT_SCOPES_MAX), Fading::new(HABIT_VALUES_MAX));
        Self { outline, scopes, values, learnt: Learnt::default() }
    }

    /// Returns whom a row is of: an identity and its account.
    fn scopes_of(&self, row: &Row<'_>) -> Option<[Key; 2]> {
        let account = Key::of(&[row.text(ACCOUNT).unwrap_or_default()]);
        let identity = self.outline.identity.text(row)?;
        Some([account.with(&identity), account])
    }

    /// Judges a row by what was seen on the days before it.
    pub(crate) fn judge(&mut self, row: &Row<'_>) -> Option<Judgement> {
        let [identity, account] = self.scopes_of(row)?;
        let day = row.time().day();
        let known = |scopes: &mut Fading<Scope>, key| {
            scopes.get_mut(key).map_or(0, |scope| scope.days.before(day))
        };
        let identity_days = known(&mut self.scopes, identity);
        let account_days = known(&mut self.scopes, account);
        let mut aspects = Vec::with_capacity(self.outline.aspects.len());
        for (at, aspect) in self.outline.aspects.iter().enumerate() {
            let value = aspect.value(row);
            aspects.push(value.map(|value| {
                let mut rarity = |scope: Key, n_days: u32| {
                    let shown = self.scopes.get_mut(scope).and_then(|it| it.n_values.get(at));
                    let seen = self.values.get_mut(value_key(scope, at, &value));
                    let seen = seen.map_or(0, |days| days.before(day));
                    // Who shows a new value all the time has no habit to break.
                    let is_varied = shown.is_some_and(|it| HABIT_VALUES_OF_SCOPE_MAX <= *it);
                    if is_varied { Rarity::Frequent } else { Rarity::of(seen, n_days) }
                };
                let for_identity = rarity(identity, identity_days);
                let for_account = rarity(account, account_days);
                Seen { value: value.into_owned(), for_identity, for_account }
            }));
        }
        Some(Judgement { identity_days, account_days, aspects })
    }

    /// Learns from a row.
    pub(crate) fn learn(&mut self, row: &Row<'_>) {
        let mut saying = Saying::default();
        saying.add(row.text(ACCOUNT));
        saying.add(self.outline.identity.text(row).as_deref());
        for aspect in &self.outline.aspects {
            saying.add(aspect.field.text(row).as_deref());
        }
        let n_forgotten = self.scopes.n_forgotten() + self.values.n_forgotten();
        if self.learnt.is_new(&saying, row.time().day(), n_forgotten) {
            self.learn_anew(row);
        }
    }

    fn learn_anew(&mut self, row: &Row<'_>) {
        let Some(scopes) = self.scopes_of(row) else { return };
        let today = row.time().start_of_day();
        let n_aspects = self.outline.aspects.len();
        for scope in scopes {
            let known = self.scopes.entry(scope, today);
            known.days.note(row.time().day());
            known.n_values.resize(n_aspects, 0);
        }
        for at in 0..n_aspects {
            let Some(aspect) = self.outline.aspects.get(at) else { continue };
            let Some(value) = aspect.value(row) else { continue };
            for scope in scopes {
                self.learn_value(scope, at, &value, today);
            }
        }
    }

    fn learn_value(&mut self, scope: Key, at: usize, value: &str, now: Timestamp) {
        let Some(known) = self.scopes.get_mut(scope).and_then(|it| it.n_values.get_mut(at)) else {
            return;
        };
        let key = value_key(scope, at, value);
        if self.values.get_mut(key).is_none() {
            if HABIT_VALUES_OF_SCOPE_MAX <= *known {
                return;
            }
            *known += 1;
        }
        self.values.entry(key, now).note(now.day());
    }
}

fn value_key(scope: Key, at: usize, value: &str) -> Key {
    Key::hashed(&(scope, at, value))
}

kept!(Scope { days, n_values });
