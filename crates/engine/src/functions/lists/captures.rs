//! What the groups of a regular expression caught.

use std::cell::RefCell;

use datafusion::common::{DataFusionError, exec_datafusion_err, exec_err};
use haechi_query::regular::groups_fit;
use regex::{CaptureLocations, Captures, Regex, RegexBuilder};

use super::{Lines, Lister, Lists, udf};
use crate::functions::{Function, Make};
use crate::limits::REGEX_BYTES_MAX;

pub(super) const FIRST: Function = Function {
    name: "regex_captures",
    usage: "regex_captures(text, expression)",
    doc: "Gives what each group of the expression caught in its first match; NULL without a match.",
    example: "regex_captures('user=eve', 'user=(.*)')",
    make: Make::Own(|| udf(FIRST.name, 2, &First)),
};

pub(super) const EVERY: Function = Function {
    name: "regex_captures_all",
    usage: "regex_captures_all(text, expression)",
    doc: "Gives, for each match, what the groups caught, as a JSON list; one item of NULL without a match.",
    example: "regex_captures_all('a1 b2', '([a-z])([0-9])')",
    make: Make::Own(|| udf(EVERY.name, 2, &Every)),
};

#[derive(Debug)]
struct First;

#[derive(Debug)]
struct Every;

struct FirstOf {
    expression: Regex,
    /// Where the groups of the last match are, kept to be used again.
    places: CaptureLocations,
}

struct EveryOf(Regex);

impl Lister for First {
    fn with(&self, expression: &str) -> Result<Box<dyn Lists>, DataFusionError> {
        let expression = compiled(expression)?;
        let places = expression.capture_locations();
        Ok(Box::new(FirstOf { expression, places }))
    }
}

impl Lister for Every {
    fn with(&self, expression: &str) -> Result<Box<dyn Lists>, DataFusionError> {
        Ok(Box::new(EveryOf(compiled(expression)?)))
    }
}

impl Lists for FirstOf {
    fn add(&mut self, text: &str, lists: &mut Lines) {
        if self.expression.captures_read(&mut self.places, text).is_none() {
            lists.append_null();
            return;
        }
        for group in 1..self.places.len() {
            let place = self.places.get(group);
            lists.values().append_option(place.and_then(|(start, end)| text.get(start..end)));
        }
        lists.append(true);
    }
}

impl Lists for EveryOf {
    fn add(&mut self, text: &str, lists: &mut Lines) {
        let mut n_matches = 0;
        for captures in self.0.captures_iter(text) {
            lists.values().append_value(as_json(&captures));
            n_matches += 1;
        }
        if n_matches == 0 {
            lists.values().append_null();
        }
        lists.append(true);
    }
}

/// Writes the groups as a JSON list: its items are reached by number.
fn as_json(captures: &Captures<'_>) -> String {
    let groups: Vec<Option<&str>> =
        captures.iter().skip(1).map(|it| it.map(|it| it.as_str())).collect();
    sonic_rs::to_string(&groups).unwrap_or_default()
}

thread_local! {
    /// The expression that this thread compiled last: a query brings the same one for every batch.
    static LAST: RefCell<Option<(String, Regex)>> = const { RefCell::new(None) };
}

fn compiled(expression: &str) -> Result<Regex, DataFusionError> {
    let known = LAST.with_borrow(|last| {
        last.as_ref().filter(|(text, _)| text == expression).map(|(_, regex)| regex.clone())
    });
    if let Some(regex) = known {
        return Ok(regex);
    }
    if !groups_fit(expression, true) {
        return exec_err!("a regular expression has too many groups: `(?:…)` remembers nothing");
    }
    let regex = RegexBuilder::new(expression).size_limit(REGEX_BYTES_MAX).build();
    let regex = regex.map_err(|error| {
        exec_datafusion_err!("`{expression}` is no regular expression: {error}")
    })?;
    LAST.set(Some((expression.to_owned(), regex.clone())));
    Ok(regex)
}
