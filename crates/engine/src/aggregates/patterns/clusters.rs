//! Patterns that differ in few words are one: the words that differ become tokens.

use std::collections::BTreeMap;

use crate::limits::CLUSTERS_COMPARED_MAX;

/// How coarse patterns can get: from then on words are left only at the start.
pub(super) const LEVEL_MAX: u32 = 2;
/// Stands for a word that changes.
const TOKEN: &str = "<Token>";
/// Of how many words one may differ: patterns with more differences say different things.
const WORDS_PER_DIFFERENCE: usize = 3;

/// Returns the pattern made coarser.
pub(super) fn coarse(pattern: &str, level: u32) -> String {
    match level {
        0 => pattern.to_owned(),
        // Words in quotes are values.
        1 => {
            let parts = pattern.split('"').enumerate();
            let parts = parts.map(|(place, part)| if place % 2 == 1 { TOKEN } else { part });
            parts.collect::<Vec<_>>().join("\"")
        }
        _ => {
            let mut words = pattern.split_whitespace();
            let start: Vec<&str> = words.by_ref().take(3).collect();
            if words.next().is_some() { start.join(" ") + " …" } else { start.join(" ") }
        }
    }
}

/// A cluster in the making.
struct Cluster<'a> {
    words: Vec<&'a str>,
    count: u64,
}

/// Returns the clusters and their counts, the largest first; tokens are numbered by their place.
pub(super) fn of(counts: &BTreeMap<String, u64>) -> Vec<(String, u64)> {
    let mut patterns: Vec<(&String, &u64)> = counts.iter().collect();
    patterns.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
    // Only patterns with the same marks between their words are compared.
    let mut shapes: BTreeMap<String, Vec<Cluster<'_>>> = BTreeMap::new();
    for (pattern, count) in patterns {
        let (shape, words) = parts(pattern);
        let clusters = shapes.entry(shape).or_default();
        let near = clusters
            .iter_mut()
            .take(CLUSTERS_COMPARED_MAX)
            .find(|cluster| are_near(&cluster.words, &words));
        match near {
            Some(cluster) => {
                cluster.count += count;
                for (known, word) in cluster.words.iter_mut().zip(words) {
                    if *known != word {
                        *known = TOKEN;
                    }
                }
            }
            None => clusters.push(Cluster { words, count: *count }),
        }
    }
    let mut found: BTreeMap<String, u64> = BTreeMap::new();
    for (shape, clusters) in &shapes {
        for cluster in clusters {
            *found.entry(written(shape, &cluster.words)).or_default() += cluster.count;
        }
    }
    let mut found: Vec<(String, u64)> = found.into_iter().collect();
    found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    found
}

/// Stands for a word in a shape; no log line has it.
const PLACE: char = '\u{0}';

/// Cuts a pattern into the marks, with a place for each word, and the words.
fn parts(pattern: &str) -> (String, Vec<&str>) {
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
fn token_length(text: &str) -> usize {
    const TOKENS: &[&str] = &["<Token>", "<Time>", "<Number>", "<IP>", "<UUID>", "<Hex>"];
    TOKENS.iter().find(|token| text.starts_with(**token)).map_or(0, |token| token.len())
}

/// Tells whether so few words differ that the rest says the same.
fn are_near(known: &[&str], words: &[&str]) -> bool {
    let pairs = || known.iter().zip(words);
    let n_words = pairs().filter(|(known, _)| token_length(known) == 0).count();
    let n_different = pairs().filter(|(known, word)| known != word && **known != TOKEN).count();
    n_different * WORDS_PER_DIFFERENCE <= n_words
}

/// Puts the words back into their places, and numbers the tokens.
fn written(shape: &str, words: &[&str]) -> String {
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
