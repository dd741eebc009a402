//! Whether a query makes sense, without looking at any data.
//!
//! Unlike the parser, this goes on behind an error: it gives everything that is wrong.

mod compat;
mod expression;
mod pattern;
mod regular;
pub(crate) mod scope;
mod stage;

pub use regular::parsed_fields;

use crate::ast::{Command, Query};
use crate::diagnostic::Diagnostic;
use crate::limits::DIAGNOSTICS_MAX;

/// What to check.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// AWS's own limits are errors, too.
    pub compat: bool,
}

/// Where a query stands, which decides what it may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The query itself.
    Top,
    /// Inside `in ( … )`.
    Membership,
    /// The right side of `join`.
    Join,
    /// Inside `appendcols ( … )`.
    Columns,
}

/// Everything that is wrong with a query, errors and warnings, in the order of the text.
///
/// The query is what [`crate::parse`] made of the text.
#[must_use]
pub fn check(source: &str, query: &Query, options: &Options) -> Vec<Diagnostic> {
    let mut checker = Checker { diagnostics: Vec::new(), regexes: 0 };
    checker.query(query, Place::Top);
    if options.compat {
        compat::text(source, &mut checker.diagnostics);
        compat::check(query, &mut checker.diagnostics);
    }
    let mut diagnostics = checker.diagnostics;
    diagnostics.sort_by_key(|it| (it.span.start, it.span.end));
    diagnostics
}

/// What has been found so far.
struct Checker {
    diagnostics: Vec<Diagnostic>,
    /// How many regular expressions there were.
    regexes: usize,
}

impl Checker {
    #[expect(clippy::boxed_local, reason = "diagnostics are built in a box")]
    fn report(&mut self, diagnostic: Box<Diagnostic>) {
        if !self.is_full() {
            self.diagnostics.push(*diagnostic);
        }
    }

    /// Whether so much is wrong that the rest does not matter.
    fn is_full(&self) -> bool {
        DIAGNOSTICS_MAX <= self.diagnostics.len()
    }

    fn query(&mut self, query: &Query, place: Place) {
        stage::order(query, place, self);
        stage::n_fields(query, self);
        scope::names(query, self);
        for stage in &query.stages {
            stage::arguments(&stage.command, stage.span, self);
            for expr in stage.command.expressions() {
                self.inner(expr, place);
            }
            if let Some(inner) = stage.command.query() {
                let is_join = matches!(stage.command, Command::Join(_));
                self.query(inner, if is_join { Place::Join } else { Place::Columns });
            }
        }
    }
}
