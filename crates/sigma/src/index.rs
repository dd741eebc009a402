//! Which rules an event can fit at all: by the values of a few columns, or by their being there.

use std::collections::{BTreeSet, HashMap};

use rsigma_parser::value::SigmaValue;
use rsigma_parser::{
    ConditionExpr, Detection, DetectionItem, Detections, Modifier, Quantifier, SelectorPattern,
    SigmaRule,
};

/// A column that rules are found by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    /// What rules call it.
    pub(crate) field: &'static str,
    /// What the table calls it.
    pub(crate) name: &'static str,
}

/// The columns that rules are found by, the one that tells most first.
pub(crate) const COLUMNS: [Column; N_COLUMNS] = [
    Column { field: "eventName", name: "eventName" },
    Column { field: "eventSource", name: "eventSource" },
    Column { field: "userAgent", name: "userAgent" },
    Column { field: "userIdentity.type", name: "userIdentity_type" },
    Column { field: "errorCode", name: "errorCode" },
    Column { field: "userIdentity.arn", name: "userIdentity_arn" },
];
pub(crate) const N_COLUMNS: usize = 6;

/// The rules by what they need.
#[derive(Default)]
pub(crate) struct Index {
    /// For each column, the rules that need one of a few values in it.
    by_value: [Values; N_COLUMNS],
    /// For each column, the rules that need any value in it.
    by_presence: [Vec<usize>; N_COLUMNS],
    /// The rules that need none.
    always: Vec<usize>,
}

type Values = HashMap<String, Vec<usize>, ahash::RandomState>;

impl Index {
    /// Adds a rule under its number.
    pub(crate) fn add(&mut self, number: usize, rule: &SigmaRule) {
        for (column, values) in COLUMNS.iter().zip(&mut self.by_value) {
            if let Some(needed) = needed_by(&rule.detection, &Need::Values(column.field)) {
                for value in needed {
                    values.entry(value).or_default().push(number);
                }
                return;
            }
        }
        for (column, rules) in COLUMNS.iter().zip(&mut self.by_presence) {
            if needed_by(&rule.detection, &Need::Presence(column.field)).is_some() {
                rules.push(number);
                return;
            }
        }
        self.always.push(number);
    }

    /// Gathers the rules that an event with these values of the columns can fit.
    pub(crate) fn candidates(&self, values: [Option<&str>; N_COLUMNS], found: &mut Vec<usize>) {
        found.clear();
        found.extend_from_slice(&self.always);
        for ((value, by_value), by_presence) in
            values.into_iter().zip(&self.by_value).zip(&self.by_presence)
        {
            let Some(value) = value else { continue };
            found.extend_from_slice(by_presence);
            found.extend_from_slice(looked_up(by_value, value));
        }
    }

    /// Returns SQL that holds for at least the events that some rule can fit.
    pub(crate) fn predicate(&self) -> String {
        if !self.always.is_empty() {
            return "true".to_owned();
        }
        let mut parts = Vec::new();
        for ((column, values), rules) in COLUMNS.iter().zip(&self.by_value).zip(&self.by_presence) {
            if !rules.is_empty() {
                parts.push(format!("\"{}\" is not null", column.name));
                continue;
            }
            let sorted: BTreeSet<&String> = values.keys().collect();
            let texts: Vec<String> = sorted.into_iter().map(|value| literal(value)).collect();
            if !texts.is_empty() {
                parts.push(format!("lower(\"{}\") in ({})", column.name, texts.join(", ")));
            }
        }
        if parts.is_empty() { "false".to_owned() } else { format!("({})", parts.join(" or ")) }
    }
}

/// Returns the rules of a value; Sigma compares texts without regard to case.
fn looked_up<'a>(values: &'a Values, value: &str) -> &'a [usize] {
    if values.is_empty() {
        return &[];
    }
    let mut letters = [0_u8; SHORT];
    let short = letters.get_mut(..value.len()).filter(|_| value.is_ascii());
    let found = match short {
        Some(short) => {
            short.copy_from_slice(value.as_bytes());
            short.make_ascii_lowercase();
            std::str::from_utf8(short).ok().and_then(|lower| values.get(lower))
        }
        None => values.get(&value.to_lowercase()),
    };
    found.map_or(&[], Vec::as_slice)
}

/// Names of events and services are shorter than this, and cost no memory to look up.
const SHORT: usize = 64;

/// Returns the text as an SQL literal.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''").replace('\0', " "))
}

/// What a rule may need of a field.
enum Need<'a> {
    /// One of a few values.
    Values(&'a str),
    /// Any value.
    Presence(&'a str),
}

/// Returns the values, in lower case, of which an event must have one to fit the rule; none in
/// particular where any value will do.
fn needed_by(detections: &Detections, need: &Need<'_>) -> Option<BTreeSet<String>> {
    let of_each = detections.conditions.iter().map(|it| of_condition(it, detections, need));
    any_of(of_each)
}

// The recursion ends with the parsed condition, whose depth the parser limits.
fn of_condition(
    condition: &ConditionExpr,
    detections: &Detections,
    need: &Need<'_>,
) -> Option<BTreeSet<String>> {
    let of_part = |part| of_condition(part, detections, need);
    match condition {
        ConditionExpr::And(parts) => all_of(parts.iter().map(of_part)),
        ConditionExpr::Or(parts) => any_of(parts.iter().map(of_part)),
        ConditionExpr::Not(_) => None,
        ConditionExpr::Identifier(name) => of_detection(detections.named.get(name)?, need),
        ConditionExpr::Selector { quantifier, pattern } => {
            let named = detections.named.iter().filter(|(name, _)| fits(pattern, name));
            let of_each = named.map(|(_, detection)| of_detection(detection, need));
            match quantifier {
                Quantifier::All => all_of(of_each),
                Quantifier::Any | Quantifier::Count(_) => any_of(of_each),
            }
        }
    }
}

fn fits(pattern: &SelectorPattern, name: &str) -> bool {
    match pattern {
        SelectorPattern::Them => !name.starts_with('_'),
        SelectorPattern::Pattern(pattern) => match pattern.split_once('*') {
            None => pattern == name,
            // Where a pattern is more than this, more detections count: `any_of` then needs more
            // of them to agree, and `all_of` is not asked.
            Some((start, "")) => name.starts_with(start),
            Some(_) => true,
        },
    }
}

fn of_detection(detection: &Detection, need: &Need<'_>) -> Option<BTreeSet<String>> {
    match detection {
        Detection::AllOf(items) => all_of(items.iter().map(|item| of_item(item, need))),
        Detection::AnyOf(parts) => any_of(parts.iter().map(|part| of_detection(part, need))),
        _ => None,
    }
}

/// Returns an item's values when it says that the field is one of them, and nothing else; or no
/// values when it says that the field has some.
fn of_item(item: &DetectionItem, need: &Need<'_>) -> Option<BTreeSet<String>> {
    let text = |value: &SigmaValue| match value {
        SigmaValue::String(text) => text.as_plain().map(|text| text.to_lowercase()),
        _ => None,
    };
    let (Need::Values(field) | Need::Presence(field)) = need;
    if item.field.name.as_deref() != Some(*field) {
        return None;
    }
    let mut modifiers = item.field.modifiers.iter();
    match need {
        Need::Values(_) if modifiers.all(|it| matches!(it, Modifier::Cased)) => {
            item.values.iter().map(text).collect()
        }
        Need::Presence(_) if modifiers.all(|it| is_of_text(*it)) => {
            let is_text = |value: &SigmaValue| matches!(value, SigmaValue::String(text) if text.as_plain().is_none_or(|it| !it.is_empty()));
            item.values.iter().all(is_text).then(BTreeSet::new)
        }
        _ => None,
    }
}

/// Tells whether a modifier says how texts are compared: what is not there is like none.
fn is_of_text(modifier: Modifier) -> bool {
    matches!(
        modifier,
        Modifier::Contains
            | Modifier::StartsWith
            | Modifier::EndsWith
            | Modifier::Re
            | Modifier::All
            | Modifier::Cased
            | Modifier::IgnoreCase
    )
}

/// Of several that must all hold, the one that needs the fewest values says the most.
fn all_of(parts: impl Iterator<Item = Option<BTreeSet<String>>>) -> Option<BTreeSet<String>> {
    parts.flatten().min_by_key(BTreeSet::len)
}

/// Of several of which one must hold, all must need values.
fn any_of(parts: impl Iterator<Item = Option<BTreeSet<String>>>) -> Option<BTreeSet<String>> {
    let mut all = BTreeSet::new();
    let mut is_empty = true;
    for part in parts {
        all.extend(part?);
        is_empty = false;
    }
    (!is_empty).then_some(all)
}
