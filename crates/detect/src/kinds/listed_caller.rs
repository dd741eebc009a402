//! `listed_caller`: a call from an address that stands on one of the user's lists.

use std::sync::Arc;

use super::{Kind, Watch};
use crate::field::Field;
use crate::lists::Lists;
use crate::raised::Raised;
use crate::rows::Row;
use crate::sentence::Fact;
use crate::setup::{Fault, Setup};

pub(super) const KIND: Kind = Kind {
    name: "listed_caller",
    doc: "Raises a record whose field `address` lies in an entry of the user's list of the name \
          `list`. Without such a list, nothing.",
    facts: &["count", "entry"],
    every_row_speaks: false,
    read,
};

struct ListedCaller {
    address: Field,
    list: String,
    lists: Arc<Lists>,
}

fn read(setup: &mut Setup<'_>) -> Result<Box<dyn Watch>, Fault> {
    Ok(Box::new(ListedCaller {
        address: setup.require_field("address")?,
        list: setup.require("list")?,
        lists: Arc::default(),
    }))
}

impl Watch for ListedCaller {
    fn observe(&mut self, row: &Row<'_>, raised: &mut Raised) {
        let Some(text) = self.address.text(row) else { return };
        let Ok(address) = text.parse() else { return };
        let Some(entry) = self.lists.entry_for(&self.list, address) else { return };
        if let Some(draft) = raised.add(row) {
            draft.fact("entry", Fact::Text(entry));
        }
    }

    fn set_lists(&mut self, lists: &Arc<Lists>) {
        self.lists = Arc::clone(lists);
    }
}
