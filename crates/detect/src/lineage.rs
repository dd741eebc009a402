//! Whose credentials are used: who asked for them first, however many roles lie between.
//!
//! `AssumeRole` answers with a key; whoever calls with that key is the one who asked for it. Where
//! the answer was not seen, a session is itself by its role session and the moment it was made.

use crate::kept::Part;
use crate::limits::LINEAGE_MAX;
use crate::rows::Row;
use crate::schema::{ACCOUNT, Schema};
use crate::sql;
use crate::state::{Fading, Key};

/// The calls that hand out credentials: without their rows there is no lineage.
pub(crate) const HANDS_OUT: [&str; 6] = [
    "AssumeRole",
    "AssumeRoleWithSAML",
    "AssumeRoleWithWebIdentity",
    "CreateAccessKey",
    "GetFederationToken",
    "GetSessionToken",
];

/// Where credentials come from, as far as it was seen.
pub(crate) struct Lineage {
    bearer: Option<Bearer>,
    /// The origin of each key that was handed out.
    origins: Fading<Option<Key>>,
}

/// The columns that tell whose credentials a row was made with.
#[derive(Debug, Clone)]
pub(crate) struct Bearer {
    key: usize,
    principal: usize,
    arn: usize,
    role: usize,
    made: usize,
    source_identity: usize,
    /// Where a call's answer holds a key: of a session, or of a user.
    handed_out: [usize; 2],
}

impl Lineage {
    /// Begins without credentials; a source that has none has no lineage.
    pub(crate) fn of(schema: &Schema) -> Self {
        Self { bearer: Bearer::of(schema), origins: Fading::new(LINEAGE_MAX) }
    }

    /// Returns what outlives the process.
    pub(crate) fn state(&mut self) -> &mut dyn Part {
        &mut self.origins
    }

    /// Returns the columns that are read.
    pub(crate) fn slots(&self) -> Vec<usize> {
        self.bearer.as_ref().map_or_else(Vec::new, |bearer| {
            bearer.slots().into_iter().chain(bearer.handed_out).collect()
        })
    }

    /// Returns who is behind a row, and notes the key that the row hands out.
    pub(crate) fn origin(&mut self, row: &Row<'_>) -> Option<Key> {
        let bearer = self.bearer.as_ref()?;
        let key = bearer.key(row);
        let known = key.and_then(|key| *self.origins.get_mut(key)?);
        let origin = known.or_else(|| bearer.own_origin(row))?;
        for handed_out in bearer.handed_out.iter().filter_map(|slot| row.text(*slot)) {
            *self.origins.entry(Key::of(&[handed_out]), row.time()) = Some(origin);
        }
        if let Some(key) = key.filter(|_| known.is_some()) {
            // In use: it is not to be forgotten.
            self.origins.entry(key, row.time());
        }
        Some(origin)
    }

    /// Notes the keys that a row hands out; other rows cost two looks.
    pub(crate) fn note(&mut self, row: &Row<'_>) {
        let Some(bearer) = &self.bearer else { return };
        if bearer.handed_out.iter().any(|slot| row.text(*slot).is_some()) {
            self.origin(row);
        }
    }

    /// Returns SQL that holds for the rows that hand out keys, where the source has such.
    pub(crate) fn predicate(&self, schema: &Schema) -> Option<String> {
        self.bearer.as_ref()?;
        let name = schema.quoted(schema.slot("eventName")?);
        Some(format!("{name} in {}", sql::literals(&HANDS_OUT.map(str::to_owned))))
    }

    /// Returns who asked for a key, when it was seen.
    pub(crate) fn origin_of(&mut self, key: Key) -> Option<Key> {
        *self.origins.get_mut(key)?
    }
}

impl Bearer {
    /// Finds the columns; nothing for a source that does not tell of credentials.
    pub(crate) fn of(schema: &Schema) -> Option<Self> {
        let slot = |name: &str| schema.slot(name);
        Some(Self {
            key: slot("userIdentity.accessKeyId")?,
            principal: slot("userIdentity.principalId")?,
            arn: slot("userIdentity.arn")?,
            role: slot("sessionIssuer_arn")?,
            made: slot("session_creationDate")?,
            source_identity: slot("session_sourceIdentity")?,
            handed_out: [slot("issued_accessKeyId")?, slot("created_accessKeyId")?],
        })
    }

    /// Returns the columns that tell who calls.
    pub(crate) fn slots(&self) -> [usize; 6] {
        [self.key, self.principal, self.arn, self.role, self.made, self.source_identity]
    }

    /// Returns the key that a row was signed with.
    pub(crate) fn key(&self, row: &Row<'_>) -> Option<Key> {
        row.text(self.key).map(|key| Key::of(&[key]))
    }

    /// Returns the role of a session, or else the user.
    pub(crate) fn role_or_user<'a>(&self, row: &Row<'a>) -> Option<&'a str> {
        row.text(self.role).or_else(|| row.text(self.arn))
    }

    /// Returns the instance whose credentials a row was made with: its session has its name.
    pub(crate) fn instance<'a>(&self, row: &Row<'a>) -> Option<&'a str> {
        row.text(self.role)?;
        let (_, session) = row.text(self.arn)?.rsplit_once('/')?;
        session.starts_with("i-").then_some(session)
    }

    /// Returns who a row's credentials are by themselves.
    pub(crate) fn own_origin(&self, row: &Row<'_>) -> Option<Key> {
        let account = row.text(ACCOUNT).unwrap_or_default();
        // A source identity is set once and stays, whatever roles are taken on.
        if let Some(person) = row.text(self.source_identity) {
            return Some(Key::of(&["person", account, person]));
        }
        let session = row.text(self.principal).zip(row.text(self.made));
        if let Some((principal, made)) = session {
            return Some(Key::of(&["session", principal, made]));
        }
        row.text(self.arn)
            .or_else(|| row.text(self.principal))
            .or_else(|| row.text(self.key))
            .map(|own| own_key(account, own))
    }
}

/// Returns the key of somebody who is nothing but a name.
pub(crate) fn own_key(account: &str, own: &str) -> Key {
    Key::of(&["own", account, own])
}
