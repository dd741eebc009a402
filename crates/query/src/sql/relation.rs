//! What a stage finds: columns, their order, what the answer shows of them.

use super::kind::{Kind, Term};
use super::text;
use crate::ast::Period;

/// What the stages so far have made.
#[derive(Debug, Clone)]
pub(super) struct Relation {
    /// The subselect that it reads from.
    pub(super) from: String,
    /// The columns that stages have made; the last of a name counts.
    pub(super) columns: Vec<Column>,
    /// Whether fields of the events can still be reached.
    pub(super) is_open: bool,
    /// What the answer shows, in order, when no `display` says otherwise.
    pub(super) shown: Vec<String>,
    /// Whether a `fields` said what to show.
    pub(super) is_chosen: bool,
    /// What `display` asked for.
    pub(super) displayed: Option<Vec<String>>,
    /// The keys that rows are ordered by, as SQL; none means the order of nature: newest first, or
    /// by group.
    pub(super) order: Vec<String>,
    /// Whether some stage has limited the rows.
    pub(super) is_limited: bool,
    /// The column of `bin()` that the last `stats` made.
    pub(super) bins: Option<Bins>,
    /// Names in SQL that are taken.
    taken: Vec<String>,
}

/// A column.
#[derive(Debug, Clone)]
pub(super) struct Column {
    /// How the query names it.
    pub(super) name: String,
    /// Its name in SQL.
    pub(super) identifier: String,
    /// What it holds.
    pub(super) kind: Kind,
}

/// The keys of a `stats … by bin(…)`.
#[derive(Debug, Clone)]
pub(super) struct Bins {
    /// The column of times, by its name in SQL.
    pub(super) column: String,
    /// The other keys, by their names in SQL.
    pub(super) others: Vec<String>,
    /// How long the bins are.
    pub(super) period: Period,
    /// How far their borders are moved.
    pub(super) offset: Option<Period>,
}

impl Column {
    pub(super) fn term(&self) -> Term {
        Term::new(text::name(&self.identifier), self.kind)
    }
}

impl Relation {
    pub(super) fn of_events(from: &str) -> Self {
        Self {
            from: from.to_owned(),
            columns: Vec::new(),
            is_open: true,
            shown: Vec::new(),
            is_chosen: false,
            displayed: None,
            order: Vec::new(),
            is_limited: false,
            bins: None,
            taken: Vec::new(),
        }
    }

    pub(super) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().rev().find(|column| column.name == name)
    }

    /// Adds a column and returns its name in SQL, which no other column has.
    pub(super) fn add(&mut self, name: &str, kind: Kind) -> String {
        let identifier = self.fresh(name);
        let column = Column { name: name.to_owned(), identifier: identifier.clone(), kind };
        self.columns.push(column);
        identifier
    }

    /// Gives a column another name.
    pub(super) fn alias(&mut self, name: &str, of: &str) {
        if let Some(column) = self.column(of) {
            let column = Column { name: name.to_owned(), ..column.clone() };
            self.columns.push(column);
        }
    }

    /// Returns a name in SQL that no column has, and takes it.
    pub(super) fn fresh(&mut self, name: &str) -> String {
        let mut identifier = name.to_owned();
        let mut number = 1;
        // Ends because only so many names are taken.
        while self.taken.contains(&identifier) {
            number += 1;
            identifier = format!("{name}#{number}");
        }
        self.taken.push(identifier.clone());
        identifier
    }

    /// Takes the name of a field of the events.
    pub(super) fn take(&mut self, name: &str) {
        if !self.taken.iter().any(|it| it == name) {
            self.taken.push(name.to_owned());
        }
    }

    /// Shows a column, unless it is shown.
    pub(super) fn show(&mut self, name: &str) {
        if !self.shown.iter().any(|it| it == name) {
            self.shown.push(name.to_owned());
        }
    }

    /// Begins anew: only columns that are added from here on are known.
    pub(super) fn restart(&mut self) {
        self.columns.clear();
        self.taken.clear();
        self.is_open = false;
        self.shown.clear();
        self.is_chosen = true;
        self.displayed = None;
        self.order.clear();
        self.is_limited = false;
        self.bins = None;
    }
}
