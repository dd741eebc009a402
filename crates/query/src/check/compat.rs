//! AWS's own limits, for scripts that must run there, too.

use crate::ast::{Call, Command, Expr, ExprKind, Period, Query, Selector, Source};
use crate::diagnostic::{Diagnostic, quoted};
use crate::functions;
use crate::limits::{
    AWS_ACCOUNTS_MAX, AWS_CASE_BRANCHES_MAX, AWS_DATA_SOURCES_MAX, AWS_GROUPS_MAX,
    AWS_NAME_PREFIXES_MAX, AWS_QUERY_CHARACTERS_MAX, AWS_ROWS_MAX, AWS_STATS_MAX, AWS_TAGS_MAX,
};
use crate::span::Span;

/// AWS takes texts of so many characters, comments and all.
pub(super) fn text(source: &str, diagnostics: &mut Vec<Diagnostic>) {
    if let Some((at, _)) = source.char_indices().nth(AWS_QUERY_CHARACTERS_MAX) {
        let message = format!("AWS takes queries of {AWS_QUERY_CHARACTERS_MAX} characters");
        refuse(Span::new(at, source.len()), &message, diagnostics);
    }
}

/// Adds what AWS refuses although it makes sense.
pub(super) fn check(query: &Query, diagnostics: &mut Vec<Diagnostic>) {
    let mut stats = 0;
    for stage in &query.stages {
        let at = stage.name_span;
        match &stage.command {
            Command::Stats(_) => {
                stats += 1;
                if stats == AWS_STATS_MAX + 1 {
                    refuse(at, &format!("AWS takes {AWS_STATS_MAX} `stats` at most"), diagnostics);
                }
            }
            Command::Limit(limit) if AWS_ROWS_MAX < limit.count => {
                refuse(at, &format!("AWS gives {AWS_ROWS_MAX} rows at most"), diagnostics);
            }
            Command::Source(it) => source(it, at, diagnostics),
            _ => {}
        }
        for expr in stage.command.expressions() {
            expr.walk(&mut |it| expression(it, diagnostics));
        }
        if let Some(inner) = stage.command.query() {
            check(inner, diagnostics);
        }
    }
}

fn refuse(at: Span, message: &str, diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.push(*Diagnostic::error(at, message));
}

fn expression(expr: &Expr, diagnostics: &mut Vec<Diagnostic>) {
    match &expr.kind {
        ExprKind::Call(call) if functions::is_own(&call.name.text) => {
            let message = format!("AWS has no function {}", quoted(&call.name.text));
            refuse(expr.span, &message, diagnostics);
        }
        ExprKind::Call(call) if is_long_case(call) => {
            let message = format!("AWS takes {AWS_CASE_BRANCHES_MAX} branches at most");
            refuse(expr.span, &message, diagnostics);
        }
        ExprKind::Period(Period { count, unit }) => {
            let Some(most) = unit.aws_count_max().filter(|it| it < count) else { return };
            let message = format!("AWS reads this as {most}{}", unit.name());
            refuse(expr.span, &message, diagnostics);
        }
        ExprKind::InQuery { query, .. } => check(query, diagnostics),
        _ => {}
    }
}

fn is_long_case(call: &Call) -> bool {
    let is_case = call.name.text.eq_ignore_ascii_case("case");
    is_case && AWS_CASE_BRANCHES_MAX < call.arguments.len() / 2
}

fn source(source: &Source, at: Span, diagnostics: &mut Vec<Diagnostic>) {
    let is_group = |it: &&Selector| matches!(it, Selector::Group(_));
    if AWS_GROUPS_MAX < source.selectors.iter().filter(is_group).count() {
        refuse(at, &format!("AWS takes {AWS_GROUPS_MAX} log groups at most"), diagnostics);
    }
    for selector in &source.selectors {
        let counts = match selector {
            Selector::Group(_) => continue,
            Selector::LogGroups { name_prefixes, accounts, .. } => vec![
                ("prefixes", name_prefixes.len(), AWS_NAME_PREFIXES_MAX),
                ("accounts", accounts.len(), AWS_ACCOUNTS_MAX),
            ],
            Selector::DataSource(names) => vec![("sources", names.len(), AWS_DATA_SOURCES_MAX)],
            Selector::LogGroupTags(filters) => {
                let values = filters.iter().map(|it| it.values.len()).max().unwrap_or(0);
                vec![("tags", filters.len(), AWS_TAGS_MAX), ("values", values, AWS_TAGS_MAX)]
            }
        };
        for (what, count, most) in counts {
            if most < count {
                refuse(at, &format!("AWS takes {most} {what} at most"), diagnostics);
            }
        }
    }
}
