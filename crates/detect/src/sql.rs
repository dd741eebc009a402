//! Writing SQL around text that an attacker may have chosen.

use haechi_model::{Timestamp, Window};

/// Returns the text as an SQL literal: quotes doubled, and nothing else is special in SQL.
///
/// NUL ends a statement for some readers and stands in no AWS name, so it becomes a space.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''").replace('\0', " "))
}

/// Returns the literals in parentheses, for `in`.
pub(crate) fn literals(texts: &[String]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| literal(text)).collect();
    format!("({})", quoted.join(", "))
}

/// Returns a condition for records by their ids: by the column that holds them, or by object and
/// position where records have no id of their own.
pub(crate) fn by_id(id: Option<&str>, records: &[String]) -> String {
    if let Some(id) = id {
        return format!("{id} in {}", literals(records));
    }
    let place = |record: &String| {
        let (file, position) = record.rsplit_once(':').unwrap_or((record, ""));
        let position: u64 = position.parse().unwrap_or_default();
        format!("(\"file\" = {} and \"position\" = {position})", literal(file))
    };
    let places: Vec<String> = records.iter().map(place).collect();
    format!("({})", places.join(" or "))
}

/// Returns conditions for a stretch of time, with the days beside it so that files are skipped.
pub(crate) fn within(window: Window) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some(from) = window.from {
        parts.extend(from.date().map(|date| format!("\"date\" >= '{date}'")));
        parts.push(format!("\"time\" >= '{from}'"));
    }
    if let Some(until) = window.until {
        parts.extend(until.date().map(|date| format!("\"date\" <= '{date}'")));
        parts.push(format!("\"time\" < '{until}'"));
    }
    parts
}

/// Returns conditions for the days from the first to the last moment, both included.
pub(crate) fn days(first: Timestamp, last: Timestamp) -> Vec<String> {
    let from = first.date().map(|date| format!("\"date\" >= '{date}'"));
    let until = last.date().map(|date| format!("\"date\" <= '{date}'"));
    from.into_iter().chain(until).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attackers_quote_stays_inside_the_literal() {
        assert_eq!(literal("x' or '1'='1"), "'x'' or ''1''=''1'");
        assert_eq!(literal("a\0b"), "'a b'");
    }

    #[test]
    fn an_open_window_says_nothing() {
        assert!(within(Window::default()).is_empty());
    }
}
