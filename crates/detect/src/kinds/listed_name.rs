//! `listed_name`: a name that stands on one of the user's lists, or below one that does.

use std::sync::Arc;

use super::{Kind, Watch};
use crate::field::Field;
use crate::lists::Lists;
use crate::raised::Raised;
use crate::rows::Row;
use crate::sentence::Fact;
use crate::setup::{Fault, Setup};

pub(super) const KIND: Kind = Kind {
    name: "listed_name",
    doc: "Raises a record whose field `name` is a domain on the user's list of the name `list`, or \
          stands below one. Without such a list, nothing.",
    facts: &["count", "entry"],
    every_row_speaks: false,
    read,
};

struct ListedName {
    name: Field,
    list: String,
    lists: Arc<Lists>,
}

fn read(setup: &mut Setup<'_>) -> Result<Box<dyn Watch>, Fault> {
    Ok(Box::new(ListedName {
        name: setup.require_field("name")?,
        list: setup.require("list")?,
        lists: Arc::default(),
    }))
}

impl Watch for ListedName {
    fn set_lists(&mut self, lists: &Arc<Lists>) {
        self.lists = Arc::clone(lists);
    }

    fn observe(&mut self, row: &Row<'_>, raised: &mut Raised) {
        let Some(name) = self.name.text(row) else { return };
        let Some(entry) = self.lists.domain_for(&self.list, &name) else { return };
        if let Some(draft) = raised.add(row) {
            draft.fact("entry", Fact::Text(entry));
        }
    }
}
