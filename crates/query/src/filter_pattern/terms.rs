//! Patterns of words: `ERROR -timeout`, `?ERROR ?WARN`, `"exact phrase"`, `%re[gx]+%`.

use memchr::memmem::Finder;
use regex::bytes::Regex;

use super::cursor::Cursor;
use super::{Dialect, regular};
use crate::diagnostic::{Diagnostic, Outcome};
use crate::span::Span;

/// Words that a message must have, may have, or must not have.
#[derive(Debug)]
pub(super) struct Terms {
    required: Vec<Term>,
    /// One of these must be there, if there are no others.
    optional: Vec<Term>,
    excluded: Vec<Term>,
    pub warnings: Vec<Diagnostic>,
}

#[derive(Debug)]
enum Term {
    Phrase(Box<Finder<'static>>),
    Expression(Regex),
}

impl Terms {
    pub(super) fn parse(cursor: &mut Cursor<'_>, dialect: Dialect) -> Outcome<Self> {
        let (mut required, mut optional, mut excluded) = (Vec::new(), Vec::new(), Vec::new());
        let mut first_optional = None;
        loop {
            cursor.skip_spaces();
            if cursor.is_at_end() {
                break;
            }
            let start = cursor.position();
            let group = match cursor.peek() {
                Some('?') => &mut optional,
                Some('-') => &mut excluded,
                _ => &mut required,
            };
            cursor.eat("?");
            if cursor.position() == start {
                cursor.eat("-");
            }
            group.push(Term::parse(cursor, dialect)?);
            if cursor.since(start).starts_with('?') {
                first_optional.get_or_insert(Span::new(start, cursor.position()));
            }
        }
        let is_mixed = !required.is_empty() || !excluded.is_empty();
        let mut warnings = Vec::new();
        if let Some(span) = first_optional.filter(|_| is_mixed) {
            optional.clear();
            let message = "terms with `?` have no effect beside other terms";
            let hint = "use only `?` terms, or an expression such as %ERROR|WARN%";
            warnings.push(*Diagnostic::warning(span, message).with_hint(hint));
        }
        Ok(Self { required, optional, excluded, warnings })
    }

    pub(super) fn matches(&self, message: &str) -> bool {
        let is_there = |term: &Term| term.is_in(message);
        let has_one = self.optional.is_empty() || self.optional.iter().any(is_there);
        has_one && self.required.iter().all(is_there) && !self.excluded.iter().any(is_there)
    }
}

impl Term {
    fn parse(cursor: &mut Cursor<'_>, dialect: Dialect) -> Outcome<Self> {
        match cursor.peek() {
            Some('"') => Ok(Self::phrase(&cursor.quoted()?)),
            Some('%') => Ok(Self::Expression(regular::parse(cursor, dialect)?)),
            _ => {
                let start = cursor.position();
                let word = cursor.take_while(|it| !it.is_whitespace());
                check_word(word, start, dialect)?;
                Ok(Self::phrase(word))
            }
        }
    }

    /// A phrase of nothing but spaces stands for everything.
    fn phrase(text: &str) -> Self {
        let text = if text.trim().is_empty() { "" } else { text };
        Self::Phrase(Box::new(Finder::new(text).into_owned()))
    }

    fn is_in(&self, message: &str) -> bool {
        match self {
            Self::Phrase(finder) => finder.find(message.as_bytes()).is_some(),
            Self::Expression(expression) => expression.is_match(message.as_bytes()),
        }
    }
}

/// Refuses a word that is none, and for AWS one that needs quotes.
fn check_word(word: &str, start: usize, dialect: Dialect) -> Outcome<()> {
    let span = Span::new(start, start + word.len());
    if word.is_empty() {
        return Err(Diagnostic::error(span, "a term is expected after the sign")
            .with_hint("write a sign that is meant as text in double quotes"));
    }
    let is_plain = |it: char| it.is_alphanumeric() || it == '_';
    if dialect == Dialect::Aws && !word.chars().all(is_plain) {
        let message = format!("AWS takes `{word}` only in double quotes");
        return Err(Diagnostic::error(span, message).with_hint(format!("write \"{word}\"")));
    }
    Ok(())
}
