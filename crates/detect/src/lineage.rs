//! Whose credentials are used: who asked for them first, however many roles lie between.
//!
//! `AssumeRole` answers with a key; whoever calls with that key is the one who asked for it. Where
//! the answer was not seen, a session is itself by its role session and the moment it was made.

use crate::kept::Part;
use crate::limits::LINEAGE_MAX;
use crate::rows::Row;
use crate::schema::{ACCOUNT, Schema};
use crate::state::{Fading, Key};

/// Where credentials come from, as far as it was seen.
pub(crate) struct Lineage {
    slots: Option<Slots>,
    /// The origin of each key that was handed out.
    origins: Fading<Option<Key>>,
}

/// The columns that tell.
struct Slots {
    key: usize,
    principal: usize,
    arn: usize,
    made: usize,
    source_identity: usize,
    /// Where a call's answer holds a key: of a session, or of a user.
    handed_out: [usize; 2],
}

impl Lineage {
    /// Begins without credentials; a source that has none has no lineage.
    pub(crate) fn of(schema: &Schema) -> Self {
        Self { slots: slots_of(schema), origins: Fading::new(LINEAGE_MAX) }
    }

    /// Returns what outlives the process.
    pub(crate) fn state(&mut self) -> &mut dyn Part {
        &mut self.origins
    }

    /// Returns the columns that are read.
    pub(crate) fn slots(&self) -> Vec<usize> {
        self.slots.as_ref().map_or_else(Vec::new, |slots| {
            let [session, user] = slots.handed_out;
            let own = [slots.key, slots.principal, slots.arn, slots.made, slots.source_identity];
            own.into_iter().chain([session, user]).collect()
        })
    }

    /// Returns who is behind a row, and notes the key that the row hands out.
    pub(crate) fn origin(&mut self, row: &Row<'_>) -> Option<Key> {
        let slots = self.slots.as_ref()?;
        let key = row.text(slots.key);
        let known = key.and_then(|key| *self.origins.get_mut(Key::of(&[key]))?);
        let origin = known.or_else(|| slots.own_origin(row))?;
        for handed_out in slots.handed_out.iter().filter_map(|slot| row.text(*slot)) {
            *self.origins.entry(Key::of(&[handed_out]), row.time()) = Some(origin);
        }
        if let Some(key) = key.filter(|_| known.is_some()) {
            // In use: it is not to be forgotten.
            self.origins.entry(Key::of(&[key]), row.time());
        }
        Some(origin)
    }
}

impl Slots {
    /// Returns who a row's credentials are by themselves.
    fn own_origin(&self, row: &Row<'_>) -> Option<Key> {
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
            .map(|own| Key::of(&["own", account, own]))
    }
}

fn slots_of(schema: &Schema) -> Option<Slots> {
    let slot = |name: &str| schema.slot(name);
    Some(Slots {
        key: slot("userIdentity.accessKeyId")?,
        principal: slot("userIdentity.principalId")?,
        arn: slot("userIdentity.arn")?,
        made: slot("session_creationDate")?,
        source_identity: slot("session_sourceIdentity")?,
        handed_out: [slot("issued_accessKeyId")?, slot("created_accessKeyId")?],
    })
}
