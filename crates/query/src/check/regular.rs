//! Regular expressions: those of RE2, without looking around and back.

use regex_syntax::ast::ErrorKind;

use super::{Checker, pattern};
use crate::ast::{Name, Regex};
use crate::diagnostic::{Diagnostic, quoted};
use crate::limits::{REGEX_BYTES_MAX, REGEXES_MAX};
use crate::regular::groups_fit;
use crate::span::Span;

/// Checks an expression; gives the names of its groups, `None` for one without.
pub(super) fn expression(
    pattern: &str,
    span: Span,
    checker: &mut Checker,
) -> Option<Vec<Option<String>>> {
    checker.regexes += 1;
    if REGEXES_MAX < checker.regexes {
        if checker.regexes == REGEXES_MAX + 1 {
            let message = format!("the query has more than {REGEXES_MAX} regular expressions");
            checker.report(Diagnostic::error(span, message).with_hint("join some with `|`"));
        }
        return None;
    }
    if let Err(error) = regex_syntax::Parser::new().parse(pattern) {
        checker.report(syntax(&error, pattern, span));
        return None;
    }
    let Ok(regex) = regex::RegexBuilder::new(pattern).size_limit(REGEX_BYTES_MAX).build() else {
        let error = Diagnostic::error(span, "this regular expression needs too much memory");
        checker.report(error.with_hint("repeat less: `{1000}` inside `{1000}` is a million"));
        return None;
    };
    if !groups_fit(pattern, true) {
        let error = Diagnostic::error(span, "this regular expression has too many groups");
        checker.report(error.with_hint("`(?:…)` is a group that remembers nothing"));
        return None;
    }
    Some(regex.capture_names().skip(1).map(|it| it.map(str::to_owned)).collect())
}

fn syntax(error: &regex_syntax::Error, pattern: &str, span: Span) -> Box<Diagnostic> {
    let (reason, part, is_around) = match error {
        regex_syntax::Error::Parse(it) => {
            let around = matches!(
                it.kind(),
                ErrorKind::UnsupportedLookAround | ErrorKind::UnsupportedBackreference
            );
            (it.kind().to_string(), *it.span(), around)
        }
        regex_syntax::Error::Translate(it) => (it.kind().to_string(), *it.span(), false),
        _ => return Diagnostic::error(span, "this is not a regular expression"),
    };
    let reason = reason.lines().next().unwrap_or_default().trim_end_matches('.').to_owned();
    let part = pattern.get(part.start.offset..part.end.offset).unwrap_or_default();
    let shown = if part.is_empty() { String::new() } else { format!(" at {}", quoted(part)) };
    let message = format!("this is not a regular expression{shown}: {reason}");
    let error = Diagnostic::error(span, message);
    if is_around {
        return error.with_hint("combine two conditions instead: `like /a/ and not like /b/`");
    }
    error.with_hint("a sign that means itself has a backslash in front, such as `\\.` or `\\[`")
}

/// The new fields of `parse /…/ as …`: for each group with a name its number, from 1, and the
/// name.
///
/// Names behind `as` go to the groups without a name, in order; when there are as many names as
/// groups altogether, to all of them. None when the numbers do not fit, or the expression is
/// wrong.
#[must_use]
pub fn parsed_fields(regex: &Regex, names: &[Name]) -> Option<Vec<(usize, String)>> {
    let compiled = regex::Regex::new(&regex.pattern).ok()?;
    let groups: Vec<Option<&str>> = compiled.capture_names().skip(1).collect();
    named(&groups, names)
}

fn named(groups: &[Option<&str>], names: &[Name]) -> Option<Vec<(usize, String)>> {
    let unnamed = groups.iter().filter(|it| it.is_none()).count();
    let is_for_all = names.len() == groups.len();
    if !names.is_empty() && names.len() != unnamed && !is_for_all {
        return None;
    }
    let mut names = names.iter().map(|it| it.text.as_str());
    let mut fields = Vec::new();
    for (index, group) in groups.iter().enumerate() {
        let given = if is_for_all || group.is_none() { names.next() } else { None };
        fields.extend(given.or(*group).map(|it| (index + 1, it.to_owned())));
    }
    Some(fields)
}

/// Checks that every new field of `parse` has a name.
pub(super) fn groups(regex: &Regex, names: &[Name], checker: &mut Checker) {
    let Some(groups) = expression(&regex.pattern, regex.span, checker) else { return };
    let groups: Vec<Option<&str>> = groups.iter().map(Option::as_deref).collect();
    if groups.is_empty() {
        let error = Diagnostic::error(regex.span, "the expression has no group");
        checker.report(error.with_hint("each group is one new field: `/user=(?<user>\\w+)/`"));
        return;
    }
    let Some(fields) = named(&groups, names) else {
        let unnamed = groups.iter().filter(|it| it.is_none()).count();
        let groups = pattern::counted(unnamed, "group");
        let names = pattern::counted(names.len(), "name");
        let message = format!("the expression has {groups} without a name for {names}");
        checker.report(Diagnostic::error(regex.span, message));
        return;
    };
    if fields.is_empty() {
        let error = Diagnostic::error(regex.span, "no group of the expression has a name");
        checker.report(error.with_hint("write `(?<name>…)`, or names behind `as`"));
    }
    pattern::duplicates(fields.iter().map(|(_, it)| (it.as_str(), regex.span)), checker);
}
