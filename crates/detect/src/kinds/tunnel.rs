//! `tunnel`: names that carry data to whoever owns the domain below which they stand.
//!
//! Each query of a tunnel is a new name with as much in it as fits; the owner of the domain reads
//! them as they arrive. Ordinary hosts ask for few names below one domain, and for short ones.

use std::collections::HashSet;

use haechi_model::Timestamp;

use super::{Kind, Watch};
use crate::field::Field;
use crate::kept::{Part, kept};
use crate::limits::{BURST_VALUES_MAX, SCOPES_MAX, TUNNEL_NAMES_MAX};
use crate::names::{Name, is_mechanical};
use crate::raised::{Occurrence, Raised};
use crate::rows::Row;
use crate::sentence::Fact;
use crate::setup::{Fault, Setup};
use crate::sql::literal;
use crate::state::{Fading, Key};

pub(super) const KIND: Kind = Kind {
    name: "tunnel",
    doc: "Raises a subject and a registered domain when, within `window_seconds`, at least `count` \
          different names of at least `length` characters below the domain are asked for in the \
          field `name`, with at least `bytes` bytes in all. Addresses written backwards and names \
          that a search list makes do not count.",
    facts: &["count", "value", "bytes", "window", "domain"],
    every_row_speaks: false,
    read,
};

struct Tunnel {
    name: Field,
    /// The name in SQL.
    column: Option<String>,
    count: usize,
    length: usize,
    bytes: usize,
    window_seconds: u32,
    domains: Fading<Below>,
}

/// The names below one domain that one subject has asked for.
#[derive(Default)]
struct Below {
    since: Option<Timestamp>,
    names: HashSet<u64, ahash::RandomState>,
    bytes: usize,
    /// The first query of each name, until it is clear what they are.
    hits: Vec<Occurrence>,
}

fn read(setup: &mut Setup<'_>) -> Result<Box<dyn Watch>, Fault> {
    let count: usize = setup.require("count")?;
    if !(2..=TUNNEL_NAMES_MAX).contains(&count) {
        let reason = format!("`count` lies between 2 and {TUNNEL_NAMES_MAX}");
        return Err(Fault::near("count", reason));
    }
    let name = setup.require_field("name")?;
    Ok(Box::new(Tunnel {
        column: name.sql(setup.schema),
        name,
        count,
        length: setup.require("length")?,
        bytes: setup.require("bytes")?,
        window_seconds: setup.require("window_seconds")?,
        domains: Fading::new(SCOPES_MAX),
    }))
}

impl Watch for Tunnel {
    fn state(&mut self) -> Vec<&mut dyn Part> {
        vec![&mut self.domains]
    }

    fn observe(&mut self, row: &Row<'_>, raised: &mut Raised) {
        let Some(text) = self.name.text(row) else { return };
        let Some(name) = Name::parse(&text, &[]) else { return };
        let below = name.below();
        if below.len() < self.length || is_mechanical(below) {
            return;
        }
        let identity = raised.identity(row).with(name.domain());
        let known = self.domains.entry(identity.key(), row.time());
        let oldest = row.time().plus_seconds(-i64::from(self.window_seconds));
        if known.since.is_none_or(|since| since < oldest) {
            *known = Below { since: Some(row.time()), ..Below::default() };
        }
        let is_full = BURST_VALUES_MAX <= known.names.len();
        if is_full || !known.names.insert(Key::of(&[below]).short()) {
            return;
        }
        known.bytes += below.len();
        if known.hits.len() < TUNNEL_NAMES_MAX {
            known.hits.push(Occurrence::of(row));
        }
        if known.names.len() < self.count || known.bytes < self.bytes {
            return;
        }
        let Some(draft) = raised.draft(row, &identity) else { return };
        for hit in std::mem::take(&mut known.hits) {
            draft.occurs(hit);
        }
        draft.at_least("value", known.names.len() as u64);
        draft.at_least("bytes", known.bytes as u64);
        draft.fact("window", Fact::Seconds(self.window_seconds.into()));
        draft.fact("domain", Fact::Text(name.domain().to_owned()));
        draft.evidence = self.column.as_ref().map(|column| below_domain(column, name.domain()));
    }

    fn history_days(&self) -> u32 {
        1
    }
}

/// Returns SQL that holds for names below a domain, with and without the final dot.
fn below_domain(column: &str, domain: &str) -> String {
    // `_` stands for any letter in a pattern; the names it lets in besides are hardly ever there.
    let like = |pattern: String| format!("lower({column}) like {}", literal(&pattern));
    format!("({} or {})", like(format!("%.{domain}.")), like(format!("%.{domain}")))
}

kept!(Below { since, names, bytes, hits });
