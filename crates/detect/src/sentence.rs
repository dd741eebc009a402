//! Why a finding was raised: a sentence with places for values and numbers, in two languages.

use std::collections::BTreeMap;

use haechi_model::Explanation;

use crate::field::Field;
use crate::kept::{Kept, kept};
use crate::limits::VALUES_SHOWN_MAX;
use crate::rows::Row;
use crate::setup::{Fault, Setup};
use crate::value::shown;

/// A sentence of a page in both languages.
pub(crate) struct Sentence {
    en: Vec<Part>,
    ko: Vec<Part>,
    /// The fields whose values the sentence shows.
    fields: Vec<Field>,
}

enum Part {
    Text(String),
    Field(usize),
    Fact(&'static str),
}

/// What a kind has to say, by name.
pub(crate) type Facts = BTreeMap<&'static str, Fact>;

/// Something that a kind knows about a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fact {
    /// How many.
    Number(u64),
    /// How long.
    Seconds(u64),
    /// A value from the log.
    Text(String),
}

/// The values that a finding's rows have shown for each field of the sentence.
#[derive(Debug, Default)]
pub(crate) struct Shown(Vec<Values>);

#[derive(Debug, Default)]
struct Values {
    first: Vec<String>,
    is_more: bool,
}

#[derive(Clone, Copy)]
enum Language {
    English,
    Korean,
}

impl Sentence {
    /// Reads both sentences; `{name}` is one of the facts, or else a field.
    pub(crate) fn read(
        en: &str,
        ko: &str,
        facts: &[&'static str],
        setup: &mut Setup<'_>,
    ) -> Result<Self, Fault> {
        let mut sentence = Self { en: Vec::new(), ko: Vec::new(), fields: Vec::new() };
        sentence.en = sentence.parts(en, facts, setup)?;
        sentence.ko = sentence.parts(ko, facts, setup)?;
        Ok(sentence)
    }

    fn parts(
        &mut self,
        text: &str,
        facts: &[&'static str],
        setup: &mut Setup<'_>,
    ) -> Result<Vec<Part>, Fault> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else {
                return Err(Fault::near("why", "a `{` in `why` is never closed"));
            };
            parts.push(Part::Text(before.to_owned()));
            parts.push(match facts.iter().find(|fact| **fact == name) {
                Some(fact) => Part::Fact(fact),
                None => Part::Field(self.field(setup.field("why", name)?)),
            });
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(parts)
    }

    fn field(&mut self, field: Field) -> usize {
        let known = self.fields.iter().position(|each| *each == field);
        known.unwrap_or_else(|| {
            self.fields.push(field);
            self.fields.len() - 1
        })
    }

    /// Notes what a row says in the sentence's fields.
    pub(crate) fn note(&self, row: &Row<'_>, shown: &mut Shown) {
        shown.0.resize_with(self.fields.len(), Values::default);
        for (field, values) in self.fields.iter().zip(&mut shown.0) {
            if !values.is_more
                && let Some(text) = field.text(row)
            {
                values.add(&text);
            }
        }
    }

    /// Speaks the sentence.
    pub(crate) fn spoken(&self, shown: &Shown, facts: &Facts) -> Explanation {
        let speak = |parts: &[Part], language| {
            parts.iter().map(|part| part.spoken(shown, facts, language)).collect()
        };
        Explanation {
            en: speak(&self.en, Language::English),
            ko: speak(&self.ko, Language::Korean),
        }
    }
}

impl Part {
    fn spoken(&self, shown: &Shown, facts: &Facts, language: Language) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Field(at) => shown.0.get(*at).map_or_else(|| "–".to_owned(), Values::spoken),
            Self::Fact(name) => {
                facts.get(name).map_or_else(|| "–".to_owned(), |fact| fact.spoken(language))
            }
        }
    }
}

impl Values {
    fn add(&mut self, text: &str) {
        let text = shown(text);
        if self.first.contains(&text) {
            return;
        }
        if self.first.len() < VALUES_SHOWN_MAX {
            self.first.push(text);
        } else {
            self.is_more = true;
        }
    }

    fn spoken(&self) -> String {
        let mut spoken = self.first.join(", ");
        if self.first.is_empty() {
            spoken.push('–');
        }
        if self.is_more {
            spoken.push_str(", …");
        }
        spoken
    }
}

impl Fact {
    fn spoken(&self, language: Language) -> String {
        match self {
            Self::Number(number) => grouped(*number),
            Self::Seconds(seconds) => duration(*seconds, language),
            Self::Text(text) => shown(text),
        }
    }
}

/// Writes 1234567 as `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if 0 < place && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Writes a length of time in the largest unit that divides it.
fn duration(seconds: u64, language: Language) -> String {
    const UNITS: [(u64, &str, &str); 4] =
        [(86_400, "day", "일"), (3_600, "hour", "시간"), (60, "minute", "분"), (1, "second", "초")];
    let fitting = UNITS.iter().find(|(length, _, _)| seconds.is_multiple_of(*length));
    let Some((length, english, korean)) = fitting.filter(|_| 0 < seconds) else {
        return "0".to_owned();
    };
    let number = seconds / length;
    match language {
        Language::Korean => format!("{number}{korean}"),
        Language::English if number == 1 => format!("1 {english}"),
        Language::English => format!("{number} {english}s"),
    }
}

kept!(Values { first, is_more });

impl Kept for Shown {
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        Kept::read(bytes).map(Self)
    }
}

impl Kept for Fact {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Number(number) => (0_u8, *number).write(out),
            Self::Seconds(seconds) => (1_u8, *seconds).write(out),
            Self::Text(text) => {
                2_u8.write(out);
                text.write(out);
            }
        }
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        match u8::read(bytes)? {
            0 => u64::read(bytes).map(Self::Number),
            1 => u64::read(bytes).map(Self::Seconds),
            2 => String::read(bytes).map(Self::Text),
            _ => None,
        }
    }
}

/// The name of a fact: one of those that some kind has.
impl Kept for &'static str {
    fn write(&self, out: &mut Vec<u8>) {
        (*self).to_owned().write(out);
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        let name = String::read(bytes)?;
        crate::kinds::ALL.iter().flat_map(|kind| kind.facts).find(|it| **it == name).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_are_written_for_people() {
        assert_eq!((grouped(7), grouped(1_168), grouped(1_000_000)).2, "1,000,000");
        assert_eq!(grouped(1_168), "1,168");
        assert_eq!(duration(600, Language::English), "10 minutes");
        assert_eq!(duration(3_600, Language::English), "1 hour");
        assert_eq!(duration(86_400 * 45, Language::Korean), "45일");
        assert_eq!(duration(90, Language::Korean), "90초");
    }

    #[test]
    fn a_sentence_is_not_a_list() {
        let mut values = Values::default();
        for text in ["a", "b", "a", "c", "d", "e"] {
            values.add(text);
        }
        assert_eq!(values.spoken(), "a, b, c, …");
    }
}
