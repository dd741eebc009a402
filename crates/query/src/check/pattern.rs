//! The pattern of `parse`: as many stars as names.

use std::collections::BTreeSet;

use super::Checker;
use crate::ast::{Name, Text};
use crate::diagnostic::{Diagnostic, quoted};
use crate::span::Span;

pub(super) fn glob(pattern: &Text, names: &[Name], checker: &mut Checker) {
    let stars = pattern.text.matches('*').count();
    if stars == 0 {
        let error = Diagnostic::error(pattern.span, "the pattern has no `*`");
        checker.report(error.with_hint("each `*` is one new field: `\"user=*\" as user`"));
    } else if stars != names.len() {
        let message = format!("the pattern has {stars} `*` for {}", counted(names.len(), "name"));
        let first = names.first().map_or(pattern.span, |it| it.span);
        let last = names.last().map_or(pattern.span, |it| it.span);
        let error = Diagnostic::error(pattern.span, message);
        checker.report(error.with_related(first.to(last), "the names"));
    }
    duplicates(names.iter().map(|it| (it.text.as_str(), it.span)), checker);
}

/// A number of things in words.
pub(super) fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// Names that stand there twice.
pub(super) fn duplicates<'a>(names: impl Iterator<Item = (&'a str, Span)>, checker: &mut Checker) {
    let mut seen = BTreeSet::new();
    for (name, span) in names {
        if !seen.insert(name) {
            let message = format!("the name {} stands there twice", quoted(name));
            checker.report(Diagnostic::error(span, message));
        }
    }
}
