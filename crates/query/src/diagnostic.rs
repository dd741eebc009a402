//! What is wrong with a query, where, and what to do about it.

mod render;

use std::fmt;

use crate::limits::QUOTED_CHARACTERS_MAX;
use crate::span::Span;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The query does not run.
    Error,
    /// The query runs, and may not do what was meant.
    Warning,
}

/// One thing that is wrong with a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one line without a final period; the user's own text is in backticks.
    pub message: String,
    /// Where.
    pub span: Span,
    /// Other places that explain it.
    pub related: Vec<Related>,
    /// What could have stood there instead.
    pub expected: Vec<String>,
    /// The known name that is closest to what was written.
    pub nearest: Option<String>,
    /// What to do.
    pub hint: Option<String>,
}

/// Another place that explains what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// What is there.
    pub message: String,
    /// Where.
    pub span: Span,
}

/// What a step of reading a query gives.
pub type Outcome<T> = Result<T, Box<Diagnostic>>;

impl Diagnostic {
    /// An error at a place.
    #[must_use]
    pub fn error(span: Span, message: impl Into<String>) -> Box<Self> {
        Self::new(Severity::Error, span, message.into())
    }

    /// A warning at a place.
    #[must_use]
    pub fn warning(span: Span, message: impl Into<String>) -> Box<Self> {
        Self::new(Severity::Warning, span, message.into())
    }

    fn new(severity: Severity, span: Span, message: String) -> Box<Self> {
        let (related, expected) = (Vec::new(), Vec::new());
        Box::new(Self { severity, message, span, related, expected, nearest: None, hint: None })
    }

    /// The same, saying what to do.
    #[must_use]
    pub fn with_hint(mut self: Box<Self>, hint: impl Into<String>) -> Box<Self> {
        self.hint = Some(hint.into());
        self
    }

    /// The same, saying what could have stood there.
    #[must_use]
    pub fn with_expected(mut self: Box<Self>, expected: &[&str]) -> Box<Self> {
        self.expected = expected.iter().map(|&it| it.to_owned()).collect();
        self
    }

    /// The same, naming what may have been meant.
    #[must_use]
    pub fn with_nearest(mut self: Box<Self>, nearest: Option<&str>) -> Box<Self> {
        self.nearest = nearest.map(str::to_owned);
        self
    }

    /// The same, pointing at another place.
    #[must_use]
    pub fn with_related(mut self: Box<Self>, span: Span, message: &str) -> Box<Self> {
        self.related.push(Related { message: message.to_owned(), span });
        self
    }

    /// Whether the query does not run.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The message with the source line and a caret under the exact span.
    #[must_use]
    pub fn render(&self, source: &str) -> String {
        render::render(self, source)
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Diagnostic {}

/// The user's text for a message: in backticks, on one line, not too long.
pub(crate) fn quoted(text: &str) -> String {
    let shown: String = text.chars().take(QUOTED_CHARACTERS_MAX).map(harmless).collect();
    let rest = if text.chars().nth(QUOTED_CHARACTERS_MAX).is_some() { "…" } else { "" };
    format!("`{shown}{rest}`")
}

/// A character as it may be shown on a terminal.
fn harmless(character: char) -> char {
    match character {
        '\t' | '\n' | '\r' => ' ',
        it if it.is_control() || is_bidirectional(it) => '\u{fffd}',
        it => it,
    }
}

/// Characters that reorder the text around them.
fn is_bidirectional(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
