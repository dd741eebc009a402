//! `*` for any text and `?` for one character, as `Matches` has them.

/// Tells whether the whole text fits the pattern, in time of their lengths' product at most.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut place) = (0, 0);
    // The last star and the text it has taken so far: what to go back to.
    let mut star: Option<(usize, usize)> = None;
    // Ends because each round moves on in the text, or gives a star one character more.
    while place < text.len() {
        match (pattern.get(at), star) {
            (Some('*'), _) => {
                star = Some((at, place));
                at += 1;
            }
            (Some(wanted), _) if *wanted == '?' || text.get(place) == Some(wanted) => {
                at += 1;
                place += 1;
            }
            (_, Some((last, taken))) => {
                star = Some((last, taken + 1));
                at = last + 1;
                place = taken + 1;
            }
            (_, None) => return false,
        }
    }
    pattern.iter().skip(at).all(|rest| *rest == '*')
}
