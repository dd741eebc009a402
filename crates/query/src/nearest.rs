//! Which known name a person may have meant.

use crate::limits::CANDIDATES_MAX;

/// Returns the candidate closest to what was written, if one is close enough to be meant.
#[must_use]
pub fn nearest<'a>(written: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let written: Vec<char> = written.to_lowercase().chars().collect();
    if !(2..=64).contains(&written.len()) {
        return None;
    }
    let tolerance = written.len().div_ceil(3).min(3);
    let mut best = None;
    for candidate in candidates.take(CANDIDATES_MAX) {
        let lower: Vec<char> = candidate.to_lowercase().chars().collect();
        if tolerance < lower.len().abs_diff(written.len()) {
            continue;
        }
        let far = distance(&written, &lower);
        if far <= tolerance && best.is_none_or(|(nearest, _)| far < nearest) {
            best = Some((far, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// How many insertions, deletions, changes and swaps of neighbours turn one word into the other.
fn distance(source: &[char], target: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=target.len()).collect();
    let mut last = None;
    for (row, &from) in source.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, &to) in target.iter().enumerate() {
            let at = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX);
            let changed = at(&above, column) + usize::from(from != to);
            let other = at(&above, column + 1).min(at(&current, column)) + 1;
            let mut fewest = changed.min(other);
            let earlier = column.checked_sub(1);
            let is_swap = last == Some(to) && earlier.and_then(|it| target.get(it)) == Some(&from);
            if let Some(earlier) = earlier.filter(|_| is_swap) {
                fewest = fewest.min(at(&before, earlier).saturating_add(1));
            }
            current.push(fewest);
        }
        before = std::mem::replace(&mut above, current);
        last = Some(from);
    }
    above.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_the_finger_is_found() {
        let known = ["filter", "fields", "filterIndex", "stats", "sort"];
        let check = |written, expected| assert_eq!(nearest(written, known.into_iter()), expected);
        check("filtr", Some("filter"));
        check("FILTR", Some("filter"));
        check("stat", Some("stats"));
        check("sotr", Some("sort"));
        check("select", None);
        check("s", None);
        check("", None);
    }
}
