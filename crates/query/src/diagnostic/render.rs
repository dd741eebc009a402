//! A diagnostic as lines for a terminal: message, source line, caret, hints.

use unicode_width::UnicodeWidthChar;

use super::{Diagnostic, Severity, harmless};
use crate::limits::SHOWN_COLUMNS_MAX;
use crate::span::Span;

pub(super) fn render(diagnostic: &Diagnostic, source: &str) -> String {
    let word = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut lines = vec![format!("{word}: {}", diagnostic.message)];
    excerpt(source, diagnostic.span, "", &mut lines);
    for related in &diagnostic.related {
        excerpt(source, related.span, &related.message, &mut lines);
    }
    if !diagnostic.expected.is_empty() {
        lines.push(format!("  = expected: {}", diagnostic.expected.join(", ")));
    }
    if let Some(nearest) = &diagnostic.nearest {
        lines.push(format!("  = hint: did you mean `{nearest}`?"));
    }
    if let Some(hint) = &diagnostic.hint {
        lines.push(format!("  = hint: {hint}"));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// The line on which the span starts, and the carets under what of the span is on it.
fn excerpt(source: &str, span: Span, label: &str, lines: &mut Vec<String>) {
    let before = source.get(..span.start).unwrap_or(source);
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let rest = source.get(start..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default().trim_end_matches('\r');
    let number = before.matches('\n').count() + 1;
    let margin = " ".repeat(number.to_string().len());
    let shown = Shown::new(line, span.start - start, span.end.max(span.start) - start);
    lines.push(format!(" {margin} |"));
    lines.push(format!(" {number} | {}", shown.text).trim_end().to_owned());
    let carets = "^".repeat(shown.width.max(1));
    let under = format!(" {margin} | {}{carets} {label}", " ".repeat(shown.column));
    lines.push(under.trim_end().to_owned());
}

/// The part of a line that is shown, and where in it the span is, in columns.
struct Shown {
    text: String,
    column: usize,
    width: usize,
}

impl Shown {
    /// `start` and `end` are bytes of the line; the end may be behind it.
    fn new(line: &str, start: usize, end: usize) -> Self {
        let mut text = String::new();
        let (mut column, mut width) = (0, 0);
        let skipped = first_shown(line, start);
        if 0 < skipped {
            text.push('…');
            column += 1;
        }
        let mut total = column;
        for (at, character) in line.get(skipped..).unwrap_or_default().char_indices() {
            let at = skipped + at;
            let columns = harmless(character).width().unwrap_or(0);
            if SHOWN_COLUMNS_MAX < total + columns {
                text.push('…');
                break;
            }
            text.push(harmless(character));
            total += columns;
            if at < start {
                column += columns;
            } else if at < end {
                width += columns;
            }
        }
        Self { text, column, width }
    }
}

/// The byte from which a line is shown, so that the span at `start` is on the screen.
fn first_shown(line: &str, start: usize) -> usize {
    let before = line.get(..start).unwrap_or(line);
    let mut columns = 0;
    for (at, character) in before.char_indices().rev() {
        columns += harmless(character).width().unwrap_or(0);
        if SHOWN_COLUMNS_MAX / 2 < columns {
            return at + character.len_utf8();
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Diagnostic;
    use crate::span::Span;

    fn check(source: &str, span: Span, expected: &str) {
        let shown = Diagnostic::error(span, "no").render(source);
        assert_eq!(shown, expected);
    }

    #[test]
    fn the_caret_is_under_the_span() {
        let expected = "error: no\n   |\n 2 | | b c\n   |   ^^^\n";
        check("fields a\n| b c\n| d", Span::new(11, 14), expected);
    }

    #[test]
    fn wide_characters_take_two_columns() {
        let source = "filter 이름 = 오류값";
        let start = source.find("오류").unwrap_or(0);
        let expected = "error: no\n   |\n 1 | filter 이름 = 오류값\n   |               ^^^^\n";
        check(source, Span::new(start, start + "오류".len()), expected);
    }

    #[test]
    fn the_end_has_a_caret_too() {
        check("a |", Span::at(3), "error: no\n   |\n 1 | a |\n   |    ^\n");
        check("", Span::at(0), "error: no\n   |\n 1 |\n   | ^\n");
    }

    #[test]
    fn a_long_line_is_cut_around_the_span() {
        let source = format!("{}x{}", "a".repeat(1000), "b".repeat(1000));
        let shown = Diagnostic::error(Span::new(1000, 1001), "no").render(&source);
        let line = shown.lines().nth(2).unwrap_or_default();
        let caret = shown.lines().nth(3).unwrap_or_default();
        assert!(line.chars().count() < 120, "{line}");
        assert_eq!(line.chars().position(|it| it == 'x'), caret.chars().position(|it| it == '^'));
    }

    #[test]
    fn terminals_are_safe_from_the_query() {
        let shown = Diagnostic::error(Span::new(0, 1), "no").render("\u{1b}[31m\u{202e}x");
        assert!(!shown.contains(['\u{1b}', '\u{202e}']));
    }
}
