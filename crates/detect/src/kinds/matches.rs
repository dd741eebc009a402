//! `match`: every row that fits the page's conditions is an occurrence.

use super::{Kind, Watch};
use crate::raised::Raised;
use crate::rows::Row;

pub(super) const KIND: Kind = Kind {
    name: "match",
    doc: "Raises each record that fits `match` and not `unless`.",
    facts: &["count"],
    every_row_speaks: true,
    read: |_| Ok(Box::new(Matches)),
};

struct Matches;

impl Watch for Matches {
    fn observe(&mut self, row: &Row<'_>, raised: &mut Raised) {
        raised.add(row);
    }
}
