//! `generated_names`: names that do not exist and that nobody would choose, one after the other.
//!
//! Malware that finds its server by names made from the date tries many of which few exist. One
//! strange name proves nothing, so names are judged in groups.

use std::collections::HashSet;

use haechi_model::Timestamp;

use super::{Kind, Watch};
use crate::field::Field;
use crate::kept::{Part, kept};
use crate::limits::{SCOPES_MAX, TUNNEL_NAMES_MAX};
use crate::names::{Name, likelihood};
use crate::raised::{Occurrence, Raised};
use crate::rows::Row;
use crate::sentence::Fact;
use crate::setup::{Fault, Setup};
use crate::state::{Fading, Key};

pub(super) const KIND: Kind = Kind {
    name: "generated_names",
    doc: "Raises a subject when the score of `count` different registered names in the field \
          `name`, asked for within `window_seconds`, is at least `score`: how much likelier one \
          program made them than people, as a logarithm, by their letters and words and by what \
          they have in common. The model was made for groups of ten. Names below one of the \
          `providers` of free names count as registered. Each group is judged once.",
    facts: &["count", "value", "window", "names"],
    every_row_speaks: false,
    read,
};

struct GeneratedNames {
    name: Field,
    count: usize,
    score: f32,
    window_seconds: u32,
    providers: Vec<String>,
    groups: Fading<Group>,
}

/// The names that are gathered, and those of the group before, which do not count again.
#[derive(Default)]
struct Group {
    since: Option<Timestamp>,
    known: HashSet<u64, ahash::RandomState>,
    hits: Vec<(String, Occurrence)>,
}

fn read(setup: &mut Setup<'_>) -> Result<Box<dyn Watch>, Fault> {
    let count: usize = setup.require("count")?;
    if !(5..=TUNNEL_NAMES_MAX).contains(&count) {
        let reason = format!("`count` lies between 5 and {TUNNEL_NAMES_MAX}");
        return Err(Fault::near("count", reason));
    }
    Ok(Box::new(GeneratedNames {
        name: setup.require_field("name")?,
        count,
        score: setup.require("score")?,
        window_seconds: setup.require("window_seconds")?,
        providers: setup.take("providers")?.unwrap_or_default(),
        groups: Fading::new(SCOPES_MAX),
    }))
}

impl Watch for GeneratedNames {
    fn state(&mut self) -> Vec<&mut dyn Part> {
        vec![&mut self.groups]
    }

    fn observe(&mut self, row: &Row<'_>, raised: &mut Raised) {
        let Some(text) = self.name.text(row) else { return };
        let Some(name) = Name::parse(&text, &self.providers) else { return };
        if !is_judged(name.label()) {
            return;
        }
        let identity = raised.identity(row);
        let group = self.groups.entry(identity.key(), row.time());
        let oldest = row.time().plus_seconds(-i64::from(self.window_seconds));
        if group.since.is_none_or(|since| since < oldest) {
            *group = Group { since: Some(row.time()), ..Group::default() };
        }
        if !group.known.insert(Key::of(&[name.domain()]).short()) {
            return;
        }
        group.hits.push((name.domain().to_owned(), Occurrence::of(row)));
        if group.hits.len() < self.count {
            return;
        }
        let hits = std::mem::take(&mut group.hits);
        let names = hits.iter().filter_map(|(domain, _)| Name::parse(domain, &self.providers));
        let score = likelihood(&names.collect::<Vec<_>>());
        if TUNNEL_NAMES_MAX < group.known.len() {
            group.known.clear();
        }
        group.since = Some(row.time());
        if score < self.score {
            return;
        }
        let Some(draft) = raised.draft(row, &identity) else { return };
        let examples: Vec<&str> = hits.iter().take(3).map(|(domain, _)| domain.as_str()).collect();
        draft.fact("names", Fact::Text(examples.join(", ")));
        draft.fact("window", Fact::Seconds(self.window_seconds.into()));
        for (domain, hit) in hits {
            let n_names = draft.meets(&domain);
            draft.at_least("value", n_names);
            draft.occurs(hit);
        }
    }

    fn history_days(&self) -> u32 {
        1
    }
}

/// Labels of services begin with `_`, and names in other scripts are written in a code.
fn is_judged(label: &str) -> bool {
    3 <= label.len() && !label.starts_with('_') && !label.starts_with("xn--")
}

kept!(Group { since, known, hits });
