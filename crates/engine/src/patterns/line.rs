//! A line with the parts taken out that change from line to line.
//!
//! A part is a run of letters, digits and what joins them; what it looks like decides what stands
//! in its place. A pattern says nothing of other lines, so that lines can be put together in any
//! order and by anyone.

use std::net::IpAddr;

use crate::functions::read_number;
use crate::limits::PATTERN_BYTES_MAX;

/// Returns the pattern of a line.
pub(crate) fn pattern(text: &str) -> String {
    taken(text).0
}

/// Returns the beginning of the text that is looked at.
fn cut(text: &str) -> &str {
    let mut end = text.len().min(PATTERN_BYTES_MAX);
    // Ends at the start of the text, if not before.
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

/// Returns the pattern of a line, and what stood in the places of its tokens.
pub(super) fn taken(text: &str) -> (String, Vec<&str>) {
    let text = cut(text);
    let (mut pattern, mut taken) = (String::with_capacity(text.len()), Vec::new());
    let mut rest = text;
    // Ends because every turn takes at least one character.
    while let Some(first) = rest.chars().next() {
        if !is_part(first) {
            pattern.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        }
        let length = part_length(rest);
        let (part, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        // The point that ends a sentence is no part of a number.
        let word = part.trim_end_matches(['.', ':', '-']);
        let tail = part.get(word.len()..).unwrap_or_default();
        match kind_of(word) {
            Some(kind) => {
                pattern.push_str(kind);
                taken.push(word);
            }
            None => pattern.push_str(word),
        }
        pattern.push_str(tail);
        rest = after;
    }
    (pattern, taken)
}

fn is_part(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.' | '@' | '+')
}

/// Returns how long the part at the start is; a colon between digits belongs to it.
fn part_length(text: &str) -> usize {
    let mut before = ' ';
    let mut letters = text.char_indices().peekable();
    while let Some((place, letter)) = letters.next() {
        let is_time_colon = letter == ':'
            && (before.is_ascii_hexdigit() || before == ':')
            && letters.peek().is_some_and(|(_, next)| next.is_ascii_hexdigit() || *next == ':');
        if !is_part(letter) && !is_time_colon {
            return place;
        }
        before = letter;
    }
    text.len()
}

/// Returns what a part is, unless it is a word.
fn kind_of(part: &str) -> Option<&'static str> {
    let n_digits = part.bytes().filter(u8::is_ascii_digit).count();
    if n_digits == 0 {
        return None;
    }
    if is_time(part) {
        return Some("<Time>");
    }
    if part.parse::<IpAddr>().is_ok() {
        return Some("<IP>");
    }
    if read_number(part).is_some() {
        return Some("<Number>");
    }
    let is_hex = |text: &str| text.bytes().all(|it| it.is_ascii_hexdigit());
    let groups: Vec<usize> = part.split('-').map(str::len).collect();
    if groups == [8, 4, 4, 4, 12] && part.split('-').all(is_hex) {
        return Some("<UUID>");
    }
    if 8 <= part.len() && is_hex(part) {
        return Some("<Hex>");
    }
    // Short names with a digit (`s3`, `ec2`, `v1`) are words.
    (6 <= part.len() || part.starts_with(|it: char| it.is_ascii_digit())).then_some("<Token>")
}

/// Tells whether the part is a day, a time of day, or both.
fn is_time(part: &str) -> bool {
    let bytes = part.as_bytes();
    let digits = |from: usize, to: usize| {
        bytes.get(from..to).is_some_and(|it| it.iter().all(u8::is_ascii_digit))
    };
    let is_at = |place: usize, mark: u8| bytes.get(place) == Some(&mark);
    let is_day = digits(0, 4) && is_at(4, b'-') && digits(5, 7) && is_at(7, b'-') && digits(8, 10);
    let is_clock = digits(0, 2) && is_at(2, b':') && digits(3, 5) && is_at(5, b':') && digits(6, 8);
    (is_day && (bytes.len() == 10 || is_at(10, b'T'))) || is_clock
}
