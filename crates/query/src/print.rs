//! Syntax tree to text: what [`crate::parse`] reads back as the same tree.

mod expression;

use crate::ast::{
    Command, Expr, LookupMode, LookupOutput, Name, Number, Path, Period, Projection, Query, Segment,
};
use crate::commands;
use crate::parser::RESERVED;
use crate::token::is_word_character;

/// Writes a query, one stage on a line.
#[must_use]
pub fn print(query: &Query) -> String {
    let mut out = Printer::default();
    out.query(query, "\n| ");
    out.text
}

/// Writes an expression: also the name of a column that has no alias.
#[must_use]
pub fn expression(expr: &Expr) -> String {
    let mut out = Printer::default();
    out.expression(expr);
    out.text
}

/// Writes a text as a string of the language, so that it means itself wherever it is put.
#[must_use]
pub fn string(text: &str) -> String {
    let mut out = Printer::default();
    out.string(text);
    out.text
}

/// Writes a name, in backticks where they are needed.
#[must_use]
pub fn name(text: &str) -> String {
    let mut out = Printer::default();
    out.flat_name(text);
    out.text
}

impl Projection {
    /// The name of the column: the alias, or the text of the expression.
    #[must_use]
    pub fn name(&self) -> String {
        match (&self.alias, &self.expr.kind) {
            (Some(alias), _) => alias.text.clone(),
            (None, crate::ast::ExprKind::Field(path)) => path.text(),
            (None, _) => expression(&self.expr),
        }
    }
}

/// Words that stand in backticks when they are names, because they are something else where a
/// field may stand; beside those that never are names.
const KEYWORDS: &[&str] = &["false", "true", "where"];

/// Text as it is written.
#[derive(Default)]
pub(crate) struct Printer {
    text: String,
}

impl Printer {
    pub(crate) fn text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn query(&mut self, query: &Query, between: &str) {
        for (i, stage) in query.stages.iter().enumerate() {
            if i != 0 {
                self.text(between);
            }
            self.text(commands::name_of(&stage.command));
            let before = self.text.len();
            if !matches!(stage.command, Command::Saved(_)) {
                self.text(" ");
            }
            commands::print(&stage.command, self);
            if self.text.len() == before + 1 {
                self.text.pop();
            }
        }
    }

    pub(crate) fn query_in_parentheses(&mut self, query: &Query) {
        self.text("(");
        self.query(query, " | ");
        self.text(")");
    }

    pub(crate) fn separated<T>(&mut self, items: &[T], mut item: impl FnMut(&mut Self, &T)) {
        for (i, it) in items.iter().enumerate() {
            if i != 0 {
                self.text(", ");
            }
            item(self, it);
        }
    }

    pub(crate) fn projections(&mut self, projections: &[Projection]) {
        self.separated(projections, |out, it| {
            out.expression(&it.expr);
            out.alias(it.alias.as_ref());
        });
    }

    pub(crate) fn alias(&mut self, alias: Option<&Name>) {
        if let Some(alias) = alias {
            self.text(" as ");
            self.name(alias);
        }
    }

    pub(crate) fn name(&mut self, name: &Name) {
        self.flat_name(&name.text);
    }

    /// A name whose dots may stand outside backticks.
    fn flat_name(&mut self, name: &str) {
        let is_bare =
            name.chars().all(is_word_character) && name.split('.').all(|it| !it.is_empty());
        if is_bare && is_bare_start(name) { self.text(name) } else { self.backticks(name) }
    }

    fn backticks(&mut self, name: &str) {
        self.text.push('`');
        self.text.push_str(&name.replace('`', "``"));
        self.text.push('`');
    }

    pub(crate) fn paths(&mut self, paths: &[Path]) {
        self.separated(paths, Self::path);
    }

    pub(crate) fn path(&mut self, path: &Path) {
        self.segments(&path.segments, true);
    }

    /// A path with the name of a join's side in front.
    pub(crate) fn path_within(&mut self, side: &Name, path: &Path) {
        self.name_segment(&side.text, true);
        self.segments(&path.segments, false);
    }

    /// Segments, the first of which begins a path or goes one on.
    fn segments(&mut self, segments: &[Segment], begins: bool) {
        for (i, segment) in segments.iter().enumerate() {
            let is_first = begins && i == 0;
            match segment {
                Segment::Index(index) => self.text(&format!("[{index}]")),
                Segment::Name(name) => {
                    self.text(if is_first { "" } else { "." });
                    self.name_segment(name, is_first);
                }
            }
        }
    }

    /// One part of a path; a part that begins one must not look like anything else.
    fn name_segment(&mut self, name: &str, begins: bool) {
        let is_plain = name_is_plain(name) && (!begins || is_bare_start(name));
        if is_plain { self.text(name) } else { self.backticks(name) }
    }

    /// A name with stars in it.
    pub(crate) fn field_pattern(&mut self, pattern: &str) {
        for (i, part) in pattern.split('*').enumerate() {
            if i != 0 {
                self.text("*");
            }
            if part.chars().all(is_word_character) { self.text(part) } else { self.backticks(part) }
        }
    }

    pub(crate) fn string(&mut self, text: &str) {
        self.text.push('"');
        for character in text.chars() {
            match character {
                '"' => self.text("\\\""),
                '\\' => self.text("\\\\"),
                '\n' => self.text("\\n"),
                '\r' => self.text("\\r"),
                '\t' => self.text("\\t"),
                it => self.text.push(it),
            }
        }
        self.text.push('"');
    }

    pub(crate) fn regex(&mut self, pattern: &str) {
        self.text.push('/');
        let mut characters = pattern.chars();
        while let Some(character) = characters.next() {
            match character {
                '/' => self.text("\\/"),
                '\\' => {
                    self.text.push('\\');
                    self.text.extend(characters.next());
                }
                it => self.text.push(it),
            }
        }
        self.text.push('/');
    }

    pub(crate) fn number(&mut self, number: Number) {
        match number {
            Number::Integer(integer) => self.text(&integer.to_string()),
            // The shortest text that reads back as the same number, always with a point or an
            // exponent.
            Number::Float(float) => self.text(&format!("{float:?}")),
        }
    }

    pub(crate) fn period(&mut self, period: Period) {
        self.text(&format!("{}{}", period.count, period.unit.name()));
    }

    pub(crate) fn lookup_outputs(&mut self, mode: LookupMode, outputs: &[LookupOutput]) {
        self.text(match mode {
            LookupMode::Overwrite => " OUTPUT ",
            LookupMode::FillAbsent => " OUTPUTNEW ",
        });
        self.separated(outputs, |out, output| {
            out.name(&output.column);
            out.alias(output.alias.as_ref());
        });
    }
}

/// Whether a part of a path needs no backticks.
fn name_is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|it| is_word_character(it) && it != '.')
}

/// Whether a name at the start of a path is neither a keyword nor a number.
fn is_bare_start(name: &str) -> bool {
    let is = |word: &&&str| word.eq_ignore_ascii_case(name);
    let begins_with_digit = name.starts_with(|it: char| it.is_ascii_digit());
    !begins_with_digit && !RESERVED.iter().any(|it| is(&it)) && !KEYWORDS.iter().any(|it| is(&it))
}
