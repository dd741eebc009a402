//! What stands in a line where its pattern has tokens.

use super::line::taken;
use super::words::{kind, parts, without_numbers};
use crate::limits::TOKENS_MAX;

/// A pattern whose tokens are sought in lines.
pub(crate) struct Tokens {
    shape: String,
    /// The kind of each word that is a token.
    kinds: Vec<Option<String>>,
}

/// A token's number, its kind, and what stands there.
pub(crate) type Found<'a> = (usize, &'a str, &'a str);

impl Tokens {
    /// Takes a pattern as `pattern` shows it.
    pub(crate) fn of(pattern: &str) -> Self {
        let plain = without_numbers(pattern);
        let (shape, words) = parts(&plain);
        let mut kinds: Vec<Option<String>> = Vec::new();
        for (place, word) in words.iter().enumerate() {
            let before = place.saturating_sub(2)..place;
            let is_status = words.get(before).unwrap_or_default().iter().any(|it| is_of_http(it));
            kinds.push(match kind(word) {
                Some("Number") if is_status => Some("HTTP".to_owned()),
                kind => kind.map(str::to_owned),
            });
        }
        Self { shape, kinds }
    }

    /// Returns the values of the first tokens that are words or numbers, in a line of this pattern;
    /// none in any other line.
    pub(crate) fn values<'a>(&'a self, line: &'a str) -> Vec<Found<'a>> {
        let (pattern, taken) = taken(line);
        let (shape, words) = parts(&pattern);
        if shape != self.shape {
            return Vec::new();
        }
        let mut taken = taken.into_iter();
        let mut found = Vec::new();
        let mut n_tokens = 0;
        let mut at = 0;
        for (kind_here, word) in self.kinds.iter().zip(words) {
            // Words are sought in the line itself, which outlives its pattern.
            let value =
                if kind(word).is_some() { taken.next() } else { within(line, &mut at, word) };
            let Some(kind) = kind_here else { continue };
            n_tokens += 1;
            if let Some(value) = value
                && matches!(kind.as_str(), "Token" | "Number" | "HTTP")
            {
                found.push((n_tokens, kind.as_str(), value));
            }
        }
        found.truncate(TOKENS_MAX);
        found
    }
}

/// Finds a word of the pattern in the line, behind the one before.
fn within<'a>(line: &'a str, at: &mut usize, word: &str) -> Option<&'a str> {
    let rest = line.get(*at..)?;
    let place = rest.find(word)?;
    let start = *at + place;
    *at = start + word.len();
    line.get(start..*at)
}

/// Tells whether a number behind this word may be the status of an answer.
fn is_of_http(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    kind(&word).is_none() && ["http", "status", "code"].iter().any(|it| word.contains(it))
}
