//! `prefix`, `suffix`, `contains`, `regex`: the form of a text.

use haechi_catalog::ColumnKind;
use regex::RegexSet;
use toml::Value as Toml;

use super::{Operator, quoted, texts};
use crate::conditions::{SqlColumn, Test};
use crate::rows::Row;
use crate::setup::Setup;
use crate::value::Value;

pub(super) const PREFIX: Operator = Operator {
    name: "prefix",
    doc: "The text begins with this, or with one of these.",
    read: |argument, _| affix(argument, Place::Start),
};

pub(super) const SUFFIX: Operator = Operator {
    name: "suffix",
    doc: "The text ends with this, or with one of these.",
    read: |argument, _| affix(argument, Place::End),
};

pub(super) const CONTAINS: Operator = Operator {
    name: "contains",
    doc: "The text has this in it, or one of these. Upper and lower case differ.",
    read: |argument, _| affix(argument, Place::Anywhere),
};

pub(super) const REGEX: Operator = Operator {
    name: "regex",
    doc: "The text matches this regular expression, or one of these; `(?i)` ignores case.",
    read: regex,
};

#[derive(Clone, Copy)]
enum Place {
    Start,
    End,
    Anywhere,
}

struct Affix {
    texts: Vec<String>,
    place: Place,
}

struct Pattern(RegexSet);

fn affix(argument: &Toml, place: Place) -> Result<Box<dyn Test>, String> {
    Ok(Box::new(Affix { texts: texts(argument)?, place }))
}

impl Test for Affix {
    fn holds(&self, value: &Value<'_>, _: &Row<'_>) -> bool {
        let (Value::Text(text) | Value::Number(text) | Value::Nested(text)) = value else {
            return false;
        };
        self.texts.iter().any(|part| match self.place {
            Place::Start => text.starts_with(part.as_str()),
            Place::End => text.ends_with(part.as_str()),
            Place::Anywhere => text.contains(part.as_str()),
        })
    }

    fn sql(&self, column: &SqlColumn) -> Option<String> {
        // `%`, `_` and `\` would be wildcards; engines differ in how they are escaped.
        let is_plain = self.texts.iter().all(|text| !text.contains(['%', '_', '\\']));
        if !is_plain || column.kind != ColumnKind::String {
            return None;
        }
        let like = |text: &String| {
            let pattern = match self.place {
                Place::Start => format!("{text}%"),
                Place::End => format!("%{text}"),
                Place::Anywhere => format!("%{text}%"),
            };
            format!("{} like {}", column.expression, quoted(&pattern))
        };
        let parts: Vec<String> = self.texts.iter().map(like).collect();
        Some(format!("({})", parts.join(" or ")))
    }
}

fn regex(argument: &Toml, _: &mut Setup<'_>) -> Result<Box<dyn Test>, String> {
    let patterns = texts(argument)?;
    let set = RegexSet::new(patterns).map_err(|error| error.to_string().replace('\n', " "))?;
    Ok(Box::new(Pattern(set)))
}

impl Test for Pattern {
    fn holds(&self, value: &Value<'_>, _: &Row<'_>) -> bool {
        value.scalar().is_some_and(|text| self.0.is_match(text))
    }
}
