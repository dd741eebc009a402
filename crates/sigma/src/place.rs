//! Where in a file a mistake stands, by what the parser says of it.

use rsigma_parser::parse_condition;

/// A line and a column, both counted from 1.
pub(crate) type Place = (usize, usize);

/// Returns the place that a message speaks of: one that it names, the condition, a word that it
/// quotes, or the start of the file.
pub(crate) fn of_message(text: &str, message: &str) -> Place {
    if let Some(place) = named(message, "at line ", " column ") {
        return place;
    }
    if let Some((_, column)) = named(message, "Condition parse error at ", ":") {
        return condition(text, column);
    }
    if message.starts_with("Condition") || message.contains("condition") {
        return condition(text, 1);
    }
    let quoted = message.split(['\'', '`', '"']).nth(1).filter(|word| !word.is_empty());
    let modifier = quoted.and_then(|word| find(text, &format!("|{word}"), 1));
    modifier.or_else(|| find(text, quoted?, 0)).unwrap_or((1, 1))
}

/// How a reason against a rule begins that is for other logs.
pub(crate) const WRONG_SOURCE: &str = "rules run over product aws, service cloudtrail";

/// Returns the place that the reason against a rule speaks of: its last word below the title, or
/// the title.
pub(crate) fn of_reason(text: &str, title: &str, reason: &str) -> Place {
    let (first, column) = of_title(text, title);
    let word = reason.rsplit([' ', '`']).find(|word| !word.is_empty()).unwrap_or_default();
    // A title or a link may have the name of another product in it.
    let mut is_near = !reason.starts_with(WRONG_SOURCE);
    for (index, line) in text.lines().enumerate().skip(first) {
        if line.starts_with("---") {
            break;
        }
        is_near |= line.trim_start().starts_with("logsource:");
        if !is_near {
            continue;
        }
        if let Some((before, _)) = line.split_once(word).filter(|_| 2 < word.len()) {
            return (index + 1, before.chars().count() + 1);
        }
    }
    (first, column)
}

/// Returns where a rule of that title begins.
pub(crate) fn of_title(text: &str, title: &str) -> Place {
    let is_title = |line: &str| {
        let rest = line.trim_start().trim_start_matches("- ").strip_prefix("title:");
        rest.is_some_and(|rest| rest.trim().trim_matches(['\'', '"']) == title)
    };
    let line = text.lines().position(is_title);
    line.map_or((1, 1), |line| (line + 1, 1))
}

/// Reads `…first<number>between<number>…`.
fn named(message: &str, first: &str, between: &str) -> Option<Place> {
    let (_, rest) = message.split_once(first)?;
    let (line, rest) = rest.split_once(between)?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some((line.trim().parse().ok()?, digits.parse().ok()?))
}

/// Returns the place of a column of the first condition that cannot be parsed.
fn condition(text: &str, column: usize) -> Place {
    for (index, line) in text.lines().enumerate() {
        if let Some((before, after)) = line.split_once("condition:")
            && parse_condition(after.trim()).is_err()
        {
            let indent = after.chars().take_while(|letter| letter.is_whitespace()).count();
            let start = before.chars().count() + "condition:".len() + indent;
            return (index + 1, start + column);
        }
    }
    (1, 1)
}

fn find(text: &str, word: &str, skipped: usize) -> Option<Place> {
    for (index, line) in text.lines().enumerate() {
        if let Some((before, _)) = line.split_once(word) {
            return Some((index + 1, before.chars().count() + 1 + skipped));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_found_in_the_text() {
        let text = "title: x\ndetection:\n  a:\n    b|odd: 1\n  condition: a and (\n";
        assert_eq!(of_message(text, "did not expect this at line 3 column 7"), (3, 7));
        assert_eq!(of_message(text, "Unknown modifier 'odd'"), (4, 7));
        assert_eq!(of_message(text, "Condition parse error at 1:7: x"), (5, 20));
        assert_eq!(of_message(text, "something else"), (1, 1));
        assert_eq!(of_title(text, "x"), (1, 1));
    }
}
