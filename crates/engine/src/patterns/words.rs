//! The words of a pattern, and the marks between them.

/// Stands for a word that changes.
pub(super) const TOKEN: &str = "<Token>";

/// Every token.
const TOKENS: &[&str] = &[TOKEN, "<Time>", "<Number>", "<IP>", "<UUID>", "<Hex>"];

/// Stands for a word in a shape; no log line has it.
const PLACE: char = '\u{0}';

/// Cuts a pattern into the marks, with a place for each word, and the words.
pub(super) fn parts(pattern: &str) -> (String, Vec<&str>) {
    let (mut shape, mut words) = (String::new(), Vec::new());
    let mut rest = pattern;
    // Ends because every turn takes at least one character.
    while let Some(first) = rest.chars().next() {
        let is_word = |it: char| it.is_alphanumeric() || matches!(it, '_' | '-' | '.' | '@' | '+');
        let length = match first {
            '<' => token_length(rest),
            it if is_word(it) => rest.find(|it| !is_word(it)).unwrap_or(rest.len()),
            _ => 0,
        };
        if length == 0 {
            shape.push(if first == PLACE { ' ' } else { first });
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        }
        let (word, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        shape.push(PLACE);
        words.push(word);
        rest = after;
    }
    (shape, words)
}

/// Returns how long the token at the start is, or 0 when it is none.
pub(super) fn token_length(text: &str) -> usize {
    TOKENS.iter().find(|token| text.starts_with(**token)).map_or(0, |token| token.len())
}

/// Returns what a token is: `Number` for `<Number>`.
pub(super) fn kind(word: &str) -> Option<&str> {
    (0 < token_length(word)).then(|| word.trim_matches(['<', '>']))
}

/// Returns the pattern with the numbers of its tokens taken away: the way it was before
/// [`written`].
pub(super) fn without_numbers(pattern: &str) -> String {
    let mut text = String::with_capacity(pattern.len());
    let mut rest = pattern;
    // Ends because every turn takes at least one character.
    while let Some(place) = rest.find('<') {
        let (before, from) = rest.split_at_checked(place).unwrap_or((rest, ""));
        text.push_str(before);
        let mut numbered = TOKENS.iter().filter_map(|token| {
            let kind = token.trim_end_matches('>');
            let after = from.strip_prefix(kind)?.strip_prefix('-')?;
            let after = after.trim_start_matches(|it: char| it.is_ascii_digit());
            Some((kind, after.strip_prefix('>')?))
        });
        if let Some((kind, after)) = numbered.next() {
            text.extend([kind, ">"]);
            rest = after;
        } else {
            text.push('<');
            rest = from.get(1..).unwrap_or_default();
        }
    }
    text.push_str(rest);
    text
}

/// Puts the words back into their places, and numbers the tokens.
pub(super) fn written(shape: &str, words: &[&str]) -> String {
    let mut words = words.iter();
    let mut n_tokens = 0;
    let mut text = String::new();
    for mark in shape.chars() {
        if mark != PLACE {
            text.push(mark);
            continue;
        }
        let word = words.next().copied().unwrap_or_default();
        match word.strip_suffix('>').filter(|_| 0 < token_length(word)) {
            Some(token) => {
                n_tokens += 1;
                text.extend([token, "-", &n_tokens.to_string(), ">"]);
            }
            None => text.push_str(word),
        }
    }
    text
}
