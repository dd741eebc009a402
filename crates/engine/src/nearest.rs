//! The name that was probably meant.

use crate::limits::NAME_LENGTH_MAX;

/// Returns the candidate nearest to the name, if one is near enough to be a slip of the hand.
///
/// A different case is no distance at all. Ties go to the candidate that comes first.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let name = folded(name);
    let slips_max = 1 + name.len() / 4;
    candidates
        .into_iter()
        .map(|candidate| (distance(&name, &folded(candidate)), candidate))
        .filter(|(slips, _)| *slips <= slips_max)
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, candidate)| candidate)
}

fn folded(name: &str) -> Vec<char> {
    name.chars().take(NAME_LENGTH_MAX).flat_map(char::to_lowercase).collect()
}

/// Counts the insertions, deletions and replacements between two words (Wagner and Fischer, 1974).
fn distance(source: &[char], target: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=target.len()).collect();
    for (i, from) in source.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, to) in row.iter_mut().skip(1).zip(target) {
            let replaced = diagonal + usize::from(from != to);
            diagonal = *cell;
            left = replaced.min(left + 1).min(*cell + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}
