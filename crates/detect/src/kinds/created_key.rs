//! `created_key`: an access key that is made and then used from where nobody of the account was.

use std::borrow::Cow;
use std::collections::HashSet;

use haechi_model::Timestamp;

use super::{Kind, Watch};
use crate::field::Field;
use crate::kept::{Part, kept};
use crate::limits::{KEYS_MAX, SCOPE_VALUES_MAX, SCOPES_MAX};
use crate::network::Network;
use crate::raised::{Occurrence, Raised};
use crate::rows::Row;
use crate::schema::ACCOUNT;
use crate::sentence::Fact;
use crate::setup::{Fault, Setup};
use crate::state::{Fading, Key};

pub(super) const KIND: Kind = Kind {
    name: "created_key",
    doc: "Follows the keys that appear in the field `created`, and raises the first record of each \
          network in which such a key stands in the field `used`, when the address in `address` \
          lies neither in the network that the key was made from nor in one that the account's \
          other keys have been used from.",
    facts: &["count", "value", "key", "creator", "creator_network"],
    every_row_speaks: false,
    read,
};

struct CreatedKey {
    created: Field,
    used: Field,
    address: Field,
    creator: Field,
    keys: Fading<NewKey>,
    /// Networks that other keys of an account were used from.
    known: HashSet<(Key, Network)>,
}

/// A key that was made while we watched.
#[derive(Default)]
struct NewKey {
    made: Option<Occurrence>,
    creator: String,
    network: Option<Network>,
    raised: HashSet<Network>,
}

fn read(setup: &mut Setup<'_>) -> Result<Box<dyn Watch>, Fault> {
    Ok(Box::new(CreatedKey {
        created: setup.require_field("created")?,
        used: setup.require_field("used")?,
        address: setup.require_field("address")?,
        creator: setup.require_field("creator")?,
        keys: Fading::new(KEYS_MAX),
        known: HashSet::new(),
    }))
}

impl Watch for CreatedKey {
    fn state(&mut self) -> Vec<&mut dyn Part> {
        vec![&mut self.keys, &mut self.known]
    }

    fn learns_from_trusted(&self) -> bool {
        true
    }

    fn observe(&mut self, row: &Row<'_>, raised: &mut Raised) {
        let network = self.address.text(row).and_then(|address| Network::around(&address));
        let account = Key::of(&[row.text(ACCOUNT).unwrap_or_default()]);
        self.follow(row, network);
        let Some(network) = network else { return };
        let used = self.used.text(row);
        let new_key = used.as_deref().and_then(|used| self.keys.get_mut(key_of(used)));
        let Some(new_key) = new_key else {
            // What an old key does is what the account is used to.
            if self.known.len() < SCOPES_MAX {
                self.known.insert((account, network));
            }
            return;
        };
        let is_expected = new_key.network == Some(network)
            || self.known.contains(&(account, network))
            // With the memory full, an unknown network says nothing.
            || SCOPES_MAX <= self.known.len();
        let is_silent = is_expected || SCOPE_VALUES_MAX <= new_key.raised.len();
        if is_silent || !new_key.raised.insert(network) {
            return;
        }
        let identity = raised.identity(row);
        let Some(draft) = raised.draft(row, &identity) else { return };
        if let Some(made) = new_key.made.take() {
            draft.occurs(made);
        }
        draft.occurs(Occurrence::of(row));
        draft.fact("value", Fact::Text(network.to_string()));
        draft.fact("key", Fact::Text(used.unwrap_or_default().into_owned()));
        draft.fact("creator", Fact::Text(new_key.creator.clone()));
        let made_from =
            new_key.network.map_or_else(|| "–".to_owned(), |network| network.to_string());
        draft.fact("creator_network", Fact::Text(made_from));
    }

    fn history_days(&self) -> u32 {
        HISTORY_DAYS
    }
}

/// How long before the window a key may have been made, and networks learnt.
const HISTORY_DAYS: u32 = 45;

impl CreatedKey {
    /// Notes the key that a row makes.
    fn follow(&mut self, row: &Row<'_>, network: Option<Network>) {
        let Some(created) = self.created.text(row) else { return };
        let now: Timestamp = row.time();
        let key = self.keys.entry(key_of(&created), now);
        key.made = Some(Occurrence::of(row));
        key.creator = self.creator.text(row).map_or_else(|| "–".to_owned(), Cow::into_owned);
        key.network = network;
    }
}

fn key_of(id: &str) -> Key {
    Key::of(&[id])
}

kept!(NewKey { made, creator, network, raised });
