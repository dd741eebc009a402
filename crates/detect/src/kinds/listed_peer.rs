//! `listed_peer`: an exchange with an address that stands on one of the user's lists.

use std::sync::Arc;

use super::{Kind, Watch};
use crate::exchanges::{Choice, Exchange, Hit, Outcome};
use crate::lists::Lists;
use crate::raised::Raised;
use crate::sentence::Fact;
use crate::setup::{Fault, Setup};

pub(super) const KIND: Kind = Kind {
    name: "listed_peer",
    doc: "Raises a host that has an exchange with a peer on the user's list of the name `list`, \
          when the peer answered or was answered. Without such a list, nothing.",
    facts: &["count", "value", "bytes", "entry", "host", "own", "peer", "port"],
    every_row_speaks: false,
    read,
};

struct ListedPeer {
    choice: Choice,
    list: String,
    lists: Arc<Lists>,
}

fn read(setup: &mut Setup<'_>) -> Result<Box<dyn Watch>, Fault> {
    Ok(Box::new(ListedPeer {
        choice: Choice::read(setup)?,
        list: setup.require("list")?,
        lists: Arc::default(),
    }))
}

impl Watch for ListedPeer {
    fn sees_exchanges(&self) -> bool {
        true
    }

    fn set_lists(&mut self, lists: &Arc<Lists>) {
        self.lists = Arc::clone(lists);
    }

    fn observe_exchange(&mut self, exchange: &Exchange, raised: &mut Raised) {
        if exchange.outcome != Outcome::Answered || !self.choice.fits(exchange) {
            return;
        }
        let Some(entry) = self.lists.entry_for(&self.list, exchange.peer) else { return };
        let Some(draft) = raised.draft_of(exchange) else { return };
        draft.hit(&Hit::of(exchange), exchange.is_outbound);
        let n_peers = draft.meets(&exchange.peer);
        draft.at_least("value", n_peers);
        draft.at_least("bytes", draft.known("bytes").saturating_add(exchange.bytes()));
        draft.fact("entry", Fact::Text(entry));
    }
}
