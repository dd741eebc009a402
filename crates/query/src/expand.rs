//! Puts in what a query leaves open: parameters `{{name}}` and saved queries `$Name(p="v")`.
//!
//! A value cannot break out of the place where it is put: inside quotes, backticks and slashes
//! it is escaped, behind a comparison it gets quotes unless it is a literal, and elsewhere it must
//! not hold `|`, `#` or an open bracket.

mod substitute;

use std::collections::BTreeMap;

use crate::ast::{Command, Expr, ExprKind, Query, SavedCall};
use crate::diagnostic::{Diagnostic, Outcome, quoted};
use crate::limits::EXPANDED_BYTES_MAX;
use crate::nearest::nearest;
use crate::parser::parse;
use crate::span::Span;

/// Values of parameters by their names.
pub type Values = BTreeMap<String, String>;

/// A query that others can call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SavedQuery {
    /// Its stages, with `{{name}}` for its parameters.
    pub text: String,
    /// The values of parameters that a call does not give.
    pub defaults: Values,
}

/// Why a query could not be made complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpandError {
    /// The text that the diagnostic speaks of: the query as far as it was made complete, or the
    /// saved query.
    pub text: String,
    /// What is wrong.
    pub diagnostic: Box<Diagnostic>,
}

/// Puts the values of parameters and the stages of saved queries into a query.
///
/// A saved query cannot call another.
///
/// # Errors
/// A parameter has no value or one that cannot stand where it is used; a saved query is unknown,
/// calls another, or is given a parameter that it does not have; the text becomes too long.
pub fn expand(
    source: &str,
    values: &Values,
    saved: &BTreeMap<String, SavedQuery>,
) -> Result<String, ExpandError> {
    let failed = |text: &str, diagnostic| ExpandError { text: text.to_owned(), diagnostic };
    let text = substitute::values(source, values).map_err(|it| failed(source, it))?;
    if !text.contains('$') {
        return Ok(text);
    }
    let query = parse(&text).map_err(|it| failed(&text, it))?;
    let mut calls = Vec::new();
    calls_in(&query, &mut calls);
    let mut complete = String::new();
    let mut done = 0;
    for (span, call) in calls {
        complete.push_str(text.get(done..span.start).unwrap_or_default());
        let inner = stages(call, saved).map_err(|(it, of)| failed(of.unwrap_or(&text), it))?;
        complete.push_str(inner.trim());
        // The saved query may end with a comment.
        complete.push('\n');
        done = span.end;
        if EXPANDED_BYTES_MAX < complete.len() {
            let message = format!("the query becomes longer than {EXPANDED_BYTES_MAX} bytes");
            return Err(failed(&text, Diagnostic::error(span, message)));
        }
    }
    complete.push_str(text.get(done..).unwrap_or_default());
    Ok(complete)
}

/// The calls in a query, in the order of the text.
fn calls_in<'a>(query: &'a Query, calls: &mut Vec<(Span, &'a SavedCall)>) {
    for stage in &query.stages {
        if let Command::Saved(call) = &stage.command {
            calls.push((stage.span, call));
        }
        for expr in stage.command.expressions() {
            expr.walk(&mut |it: &'a Expr| {
                if let ExprKind::InQuery { query, .. } = &it.kind {
                    calls_in(query, calls);
                }
            });
        }
        if let Some(inner) = stage.command.query() {
            calls_in(inner, calls);
        }
    }
    calls.sort_by_key(|(span, _)| span.start);
}

/// What is wrong, and the saved query's text if it is wrong in there.
type Wrong<'a> = (Box<Diagnostic>, Option<&'a str>);

/// The stages of a saved query with the values of a call.
fn stages<'a>(
    call: &SavedCall,
    saved: &'a BTreeMap<String, SavedQuery>,
) -> Result<String, Wrong<'a>> {
    let Some(query) = saved.get(&call.name.text) else {
        let message = format!("there is no saved query {}", quoted(&call.name.text));
        let close = nearest(&call.name.text, saved.keys().map(String::as_str));
        return Err((Diagnostic::error(call.name.span, message).with_nearest(close), None));
    };
    let wanted = substitute::names(&query.text).map_err(|it| (it, Some(query.text.as_str())))?;
    let mut values = query.defaults.clone();
    for argument in &call.arguments {
        if !wanted.contains(&argument.name.text) {
            let message = format!(
                "the saved query {} has no parameter {}",
                quoted(&call.name.text),
                quoted(&argument.name.text)
            );
            let close = nearest(&argument.name.text, wanted.iter().map(String::as_str));
            return Err((Diagnostic::error(argument.name.span, message).with_nearest(close), None));
        }
        values.insert(argument.name.text.clone(), argument.value.text.clone());
    }
    if let Some(name) = wanted.iter().find(|it| !values.contains_key(*it)) {
        let message = format!("the parameter {} has no value", quoted(name));
        let usage = format!("${}({name}=\"…\")", call.name.text);
        let error = Diagnostic::error(call.name.span, message);
        return Err((error.with_hint(format!("write {}", quoted(&usage))), None));
    }
    complete(&query.text, &values).map_err(|it| (it, Some(query.text.as_str())))
}

/// A saved query's text with its values, if it is whole and calls no other.
fn complete(text: &str, values: &Values) -> Outcome<String> {
    let complete = substitute::values(text, values)?;
    let mut calls = Vec::new();
    let query = parse(&complete)?;
    calls_in(&query, &mut calls);
    if calls.is_empty() {
        return Ok(complete);
    }
    let message = "a saved query cannot call another";
    Err(Diagnostic::error(Span::at(0), message).with_hint("put the other's stages into it"))
}

#[cfg(test)]
mod tests;
