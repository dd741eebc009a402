//! What may be written at a place of a query, right or still unfinished.

mod place;

use crate::check::scope;
use crate::commands::{self, CommandInfo, Takes};
use crate::functions::{self, FunctionKind};
use crate::limits::COMPLETIONS_MAX;
use crate::parser::parse;
use crate::print;
use crate::span::Span;
use place::{Awaited, Place};

/// What may be written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completions {
    /// What is replaced: the word at the cursor, as far as it is written.
    pub span: Span,
    /// What may stand there, the likeliest first.
    pub items: Vec<Completion>,
}

/// One thing that may be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What is put in.
    pub text: String,
    /// What it is.
    pub kind: CompletionKind,
    /// How it is used; empty for fields and keywords.
    pub usage: String,
    /// What it does; empty for fields and keywords.
    pub doc: &'static str,
}

/// The kinds of things that may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompletionKind {
    /// A command.
    Command,
    /// A function; its text ends with the open parenthesis.
    Function,
    /// A field, or a name given earlier in the query.
    Field,
    /// A word of a command or an operator.
    Keyword,
}

/// Operators that are words.
const OPERATORS: &[&str] = &["and", "or", "not", "like", "in"];

/// Says what may be written at a byte of a query, given the fields of the logs.
#[must_use]
pub fn complete(source: &str, cursor: usize, fields: &[String]) -> Completions {
    let cursor = (0..=cursor.min(source.len())).rev().find(|it| source.is_char_boundary(*it));
    let Some(place) = place::at(source, cursor.unwrap_or_default()) else {
        return Completions::default();
    };
    let mut items = match (place.awaited, place.command) {
        (Awaited::Command, _) => all_commands(),
        (Awaited::Operand, Some(command)) => operands(source, &place, command, fields),
        (Awaited::Operator, Some(command)) => words(command, true),
        (Awaited::Name, _) | (_, None) => Vec::new(),
    };
    let written = place.word.text(source).trim_matches('`').to_lowercase();
    let rank = |it: &Completion| {
        let text = it.text.trim_matches('`').to_lowercase();
        if text.starts_with(&written) { Some(0) } else { text.contains(&written).then_some(1) }
    };
    items.retain(|it| rank(it).is_some());
    items.sort_by_key(rank);
    items.truncate(COMPLETIONS_MAX);
    Completions { span: place.word, items }
}

fn all_commands() -> Vec<Completion> {
    let item = |it: &&CommandInfo| Completion {
        text: it.name.to_owned(),
        kind: CompletionKind::Command,
        usage: it.usage.to_owned(),
        doc: it.doc,
    };
    commands::ALL.iter().map(item).collect()
}

fn operands(
    source: &str,
    place: &Place,
    command: &CommandInfo,
    fields: &[String],
) -> Vec<Completion> {
    let mut items = Vec::new();
    if command.takes != Takes::Nothing {
        let known = known_fields(source, place, fields);
        items.extend(known.iter().map(|it| named(print::name(it), CompletionKind::Field)));
    }
    if command.takes == Takes::Expressions {
        let is_aggregating = command.name == "stats" && !place.is_behind_by;
        items.extend(all_functions(is_aggregating));
    }
    items.extend(words(command, false));
    items
}

/// The fields of the logs and the names given before; behind `stats` only what it gives.
fn known_fields(source: &str, place: &Place, fields: &[String]) -> Vec<String> {
    let before = source.get(place.query_start..place.stage_start).unwrap_or_default();
    let before = before.trim_end().trim_end_matches('|');
    if let Some(columns) = parse(before).ok().and_then(|it| scope::columns(&it)) {
        return columns.into_iter().collect();
    }
    let is_new = |it: &&String| !fields.contains(it);
    place.names.iter().filter(is_new).chain(fields).cloned().collect()
}

fn all_functions(is_aggregating: bool) -> Vec<Completion> {
    let fits = |kind| is_aggregating || kind == FunctionKind::Scalar;
    let item = |it: &'static functions::Function| Completion {
        text: format!("{}(", it.name),
        kind: CompletionKind::Function,
        usage: it.usage(),
        doc: it.doc,
    };
    functions::all().filter(|it| fits(it.kind)).map(item).collect()
}

/// The words of a command; operators only stand behind something.
fn words(command: &CommandInfo, is_behind_operand: bool) -> Vec<Completion> {
    let operators = match (command.takes, is_behind_operand) {
        (Takes::Expressions, true) => OPERATORS,
        (Takes::Expressions, false) => &["not"],
        _ => &[],
    };
    let words = command.keywords.iter().chain(operators);
    words.map(|it| named((*it).to_owned(), CompletionKind::Keyword)).collect()
}

fn named(text: String, kind: CompletionKind) -> Completion {
    Completion { text, kind, usage: String::new(), doc: "" }
}

#[cfg(test)]
mod tests;
