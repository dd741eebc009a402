//! What attack sequences are made of: when a page has raised something, by which record, and who
//! is behind it.

use std::borrow::Cow;

use haechi_model::Timestamp;

use crate::exchanges::Hit;
use crate::kept::kept;
use crate::limits::{TRAIL_LOOK_BACK, TRAIL_MAX};
use crate::lineage::{Bearer, own_key};
use crate::rows::Row;
use crate::schema::{ACCOUNT, Schema};
use crate::state::Key;

/// One moment at which something was raised.
#[derive(Debug, Clone)]
pub(crate) struct Sign {
    /// When.
    pub(crate) time: Timestamp,
    /// The record that it was raised at.
    pub(crate) record: String,
    /// Whose it is.
    pub(crate) tie: Tie,
}

/// What joins signs of different pages and of different logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tie {
    /// Who it is, for people: a role, a user, a host.
    pub(crate) who: String,
    /// The key that the call was signed with: lineage tells who asked for it first.
    pub(crate) key: Option<Key>,
    /// The credentials by themselves.
    pub(crate) own: Option<Key>,
    /// The host.
    pub(crate) host: Option<String>,
    /// The role that the host's credentials are of.
    pub(crate) role: Option<String>,
}

/// The signs of one draft, in time order.
#[derive(Debug, Default)]
pub(crate) struct Trail {
    pub(crate) signs: Vec<Sign>,
}

/// How a source tells whose a row is.
#[derive(Debug, Clone)]
pub(crate) enum Teller {
    /// By credentials, as CloudTrail does.
    Bearer(Bearer),
    /// By the user of a cluster, who may have come with a key of AWS.
    Cluster { user: usize, arn: usize, key: usize },
    /// By the host that a finding is about.
    Host,
}

impl Teller {
    /// Finds out how a source tells it.
    pub(crate) fn of(schema: &Schema) -> Self {
        let slot = |name: &str| schema.slot(name);
        if let Some(bearer) = Bearer::of(schema) {
            return Self::Bearer(bearer);
        }
        match (slot("user_username"), slot("user_arn"), slot("user_accessKeyId")) {
            (Some(user), Some(arn), Some(key)) => Self::Cluster { user, arn, key },
            _ => Self::Host,
        }
    }

    /// Returns the columns that are read.
    pub(crate) fn slots(&self) -> Vec<usize> {
        match self {
            Self::Bearer(bearer) => bearer.slots().to_vec(),
            Self::Cluster { user, arn, key } => vec![*user, *arn, *key],
            Self::Host => Vec::new(),
        }
    }

    /// Returns the sign that a row is.
    pub(crate) fn sign(&self, row: &Row<'_>, subject: &str) -> Sign {
        let account = row.text(ACCOUNT).unwrap_or_default();
        let tie = match self {
            Self::Bearer(bearer) => {
                let host = bearer.instance(row);
                let who = bearer.role_or_user(row).unwrap_or(subject);
                Tie {
                    who: who.to_owned(),
                    key: bearer.key(row),
                    own: bearer.own_origin(row),
                    role: host.and_then(|_| bearer.role_or_user(row)).map(str::to_owned),
                    host: host.map(str::to_owned),
                }
            }
            Self::Cluster { user, arn, key } => {
                let arn = row.text(*arn).and_then(only_text);
                let key = row.text(*key).and_then(only_text);
                let user = row.text(*user).unwrap_or(subject);
                let own = arn.as_deref().unwrap_or(user);
                let (own, key) = (own_key(account, own), key.map(|key| Key::of(&[key.as_ref()])));
                Tie { who: user.to_owned(), key, own: Some(own), host: None, role: None }
            }
            Self::Host => Tie::of_host(subject),
        };
        Sign { time: row.time(), record: row.id(), tie }
    }
}

impl Tie {
    fn of_host(host: &str) -> Self {
        let host = host.to_owned();
        Self { who: host.clone(), key: None, own: None, host: Some(host), role: None }
    }
}

impl Sign {
    /// Returns the sign that an exchange of a host is.
    pub(crate) fn of_host(host: &str, hit: &Hit) -> Self {
        let record = hit.place.as_ref().map(crate::exchanges::Place::id).unwrap_or_default();
        Self { time: hit.first, record, tie: Tie::of_host(host) }
    }
}

impl Trail {
    /// Notes a sign, unless the same one has been seen within the hour.
    pub(crate) fn note(&mut self, sign: Sign) {
        let hour_ago = sign.time.plus_seconds(-SECONDS_PER_HOUR);
        let recent = self.signs.iter().rev().take(TRAIL_LOOK_BACK);
        let mut recent = recent.take_while(|known| hour_ago < known.time);
        if self.signs.len() < TRAIL_MAX && !recent.any(|known| known.tie == sign.tie) {
            self.signs.push(sign);
        }
    }
}

const SECONDS_PER_HOUR: i64 = 3_600;

/// Returns the first text of a list of texts as JSON writes it: `["a"]`.
fn only_text(json: &str) -> Option<Cow<'_, str>> {
    let inside = json.trim_start().strip_prefix('[')?.trim_start().strip_prefix('"')?;
    inside.split_once('"').map(|(text, _)| Cow::Borrowed(text))
}

kept!(Sign { time, record, tie });
kept!(Tie { who, key, own, host, role });
kept!(Trail { signs });
