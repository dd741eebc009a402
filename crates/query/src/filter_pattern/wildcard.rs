//! Texts in which `*` stands for any characters.

/// A text with wildcards, cut at them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wildcard {
    first: String,
    /// What stands between and after the wildcards; empty without a wildcard.
    others: Vec<String>,
}

impl Wildcard {
    pub(super) fn new(text: &str) -> Self {
        let mut pieces = text.split('*').map(str::to_owned);
        let first = pieces.next().unwrap_or_default();
        Self { first, others: pieces.collect() }
    }

    /// Tells whether the whole text fits; one pass, whatever the wildcards.
    pub(super) fn matches(&self, text: &str) -> bool {
        let Some((last, between)) = self.others.split_last() else { return text == self.first };
        let Some(mut rest) = text.strip_prefix(self.first.as_str()) else { return false };
        for piece in between {
            let Some((_, after)) = rest.split_once(piece.as_str()) else { return false };
            rest = after;
        }
        rest.ends_with(last.as_str())
    }

    /// Returns the longest piece that a text must have to match.
    pub(super) fn longest_piece(&self) -> &str {
        let pieces = std::iter::once(&self.first).chain(&self.others);
        pieces.max_by_key(|piece| piece.len()).map_or("", String::as_str)
    }
}
