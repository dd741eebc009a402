//! Which rules an event can fit at all, by its name or by its service.

use std::collections::{BTreeSet, HashMap};

use rsigma_parser::value::SigmaValue;
use rsigma_parser::{
    ConditionExpr, Detection, DetectionItem, Detections, Modifier, Quantifier, SelectorPattern,
    SigmaRule,
};

/// The rules by the values that they need.
#[derive(Default)]
pub(crate) struct Index {
    by_name: Values,
    by_service: Values,
    /// The rules that need neither.
    always: Vec<usize>,
}

type Values = HashMap<String, Vec<usize>, ahash::RandomState>;

/// The columns that rules are found by.
const EVENT_NAME: &str = "eventName";
const EVENT_SOURCE: &str = "eventSource";

impl Index {
    /// Adds a rule under its number.
    pub(crate) fn add(&mut self, number: usize, rule: &SigmaRule) {
        let columns = [(EVENT_NAME, &mut self.by_name), (EVENT_SOURCE, &mut self.by_service)];
        for (column, values) in columns {
            if let Some(needed) = needed_by(&rule.detection, column) {
                for value in needed {
                    values.entry(value).or_default().push(number);
                }
                return;
            }
        }
        self.always.push(number);
    }

    /// Visits the rules that an event of that name and service can fit.
    pub(crate) fn candidates(&self, name: &str, service: &str) -> impl Iterator<Item = usize> {
        // Sigma compares texts without regard to case.
        let by_name = self.by_name.get(&name.to_lowercase()).map_or(&[] as &[_], Vec::as_slice);
        let by_service = self.by_service.get(&service.to_lowercase());
        let by_service = by_service.map_or(&[] as &[_], Vec::as_slice);
        by_name.iter().chain(by_service).chain(&self.always).copied()
    }

    /// Returns SQL that holds for at least the events that some rule can fit.
    pub(crate) fn predicate(&self) -> String {
        if !self.always.is_empty() {
            return "true".to_owned();
        }
        let mut parts = Vec::new();
        for (column, values) in [(EVENT_NAME, &self.by_name), (EVENT_SOURCE, &self.by_service)] {
            let sorted: BTreeSet<&String> = values.keys().collect();
            let texts: Vec<String> = sorted.into_iter().map(|value| literal(value)).collect();
            if !texts.is_empty() {
                parts.push(format!("lower(\"{column}\") in ({})", texts.join(", ")));
            }
        }
        if parts.is_empty() { "false".to_owned() } else { format!("({})", parts.join(" or ")) }
    }
}

/// Returns the text as an SQL literal.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''").replace('\0', " "))
}

/// Returns the values, in lower case, of which an event must have one to fit the rule.
fn needed_by(detections: &Detections, column: &str) -> Option<BTreeSet<String>> {
    let of_each = detections.conditions.iter().map(|it| of_condition(it, detections, column));
    any_of(of_each)
}

// The recursion ends with the parsed condition, whose depth the parser limits.
fn of_condition(
    condition: &ConditionExpr,
    detections: &Detections,
    column: &str,
) -> Option<BTreeSet<String>> {
    let of_part = |part| of_condition(part, detections, column);
    match condition {
        ConditionExpr::And(parts) => all_of(parts.iter().map(of_part)),
        ConditionExpr::Or(parts) => any_of(parts.iter().map(of_part)),
        ConditionExpr::Not(_) => None,
        ConditionExpr::Identifier(name) => of_detection(detections.named.get(name)?, column),
        ConditionExpr::Selector { quantifier, pattern } => {
            let named = detections.named.iter().filter(|(name, _)| fits(pattern, name));
            let of_each = named.map(|(_, detection)| of_detection(detection, column));
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

fn of_detection(detection: &Detection, column: &str) -> Option<BTreeSet<String>> {
    match detection {
        Detection::AllOf(items) => all_of(items.iter().map(|item| of_item(item, column))),
        Detection::AnyOf(parts) => any_of(parts.iter().map(|part| of_detection(part, column))),
        _ => None,
    }
}

/// Returns an item's values when it says that the column is one of them, and nothing else.
fn of_item(item: &DetectionItem, column: &str) -> Option<BTreeSet<String>> {
    let is_exact = item.field.modifiers.iter().all(|it| matches!(it, Modifier::Cased));
    if item.field.name.as_deref() != Some(column) || !is_exact {
        return None;
    }
    let text = |value: &SigmaValue| match value {
        SigmaValue::String(text) => text.as_plain().map(|text| text.to_lowercase()),
        _ => None,
    };
    item.values.iter().map(text).collect()
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
