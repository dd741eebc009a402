//! Splits a line into fields and puts them to their targets.

use memchr::{memchr, memchr_iter, memmem, memrchr};
use wide::u8x16;

use crate::mapping::{Fields, Target};

/// How a line is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Split {
    /// At every one of this byte; runs of spaces count as one.
    At(u8),
    /// At runs of spaces, but not inside `"…"` and `[…]`; the field with that number ends at the
    /// line's last quote, because its own quotes are not escaped.
    Quoted {
        /// The field's number.
        greedy: Option<usize>,
    },
    /// At commas, but not inside CSV quotes.
    Csv,
}

/// Splits the line and returns how many fields it has, and how many separators have no field before
/// them; behind the known ones, and where quotes would have to be followed, no more than one field
/// is counted.
#[inline]
pub(super) fn split<'t>(
    line: &'t str,
    how: Split,
    targets: &[Target],
    fields: &mut Fields<'t>,
) -> (usize, usize) {
    match how {
        Split::At(byte) => split_at(line, byte, targets, fields),
        Split::Quoted { greedy } => {
            let mut n_fields = 0;
            let mut rest = line.trim_start_matches(' ');
            while !rest.is_empty() && n_fields <= targets.len() {
                let (field, n_bytes) = quoted(rest, greedy == Some(n_fields));
                put(targets.get(n_fields), field, fields);
                n_fields += 1;
                rest = rest.get(n_bytes..).unwrap_or_default().trim_start_matches(' ');
            }
            (n_fields, 0)
        }
        Split::Csv => {
            let mut n_fields = 0;
            let mut rest = Some(line);
            while let Some(text) = rest
                && n_fields <= targets.len()
            {
                let (field, n_bytes) = csv(text);
                put(targets.get(n_fields), field, fields);
                if field.len() + 2 == n_bytes && field.contains("\"\"") {
                    targets.get(n_fields).into_iter().for_each(|it| fields.halve_quotes(*it));
                }
                n_fields += 1;
                rest = text.get(n_bytes..).and_then(|text| text.strip_prefix(','));
            }
            (n_fields, 0)
        }
    }
}

#[inline]
fn split_at<'t>(
    line: &'t str,
    byte: u8,
    targets: &[Target],
    fields: &mut Fields<'t>,
) -> (usize, usize) {
    let skips_empty = byte == b' ';
    let mut n_fields = 0;
    let mut n_skipped = 0;
    let mut start = 0;
    let mut end_field = |end: usize| {
        if start < end || !skips_empty {
            put(targets.get(n_fields), line.get(start..end).unwrap_or_default(), fields);
            n_fields += 1;
        } else {
            n_skipped += 1;
        }
        start = end + 1;
    };
    // Fields are so short that looking for each separator anew takes longer than looking at sixteen
    // bytes at a time.
    let bytes = line.as_bytes();
    let (blocks, rest) = bytes.as_chunks::<16>();
    let mut at = 0;
    for block in blocks {
        let mut found = equal_bytes(*block, byte);
        while found != 0 {
            end_field(at + found.trailing_zeros() as usize);
            found &= found - 1;
        }
        at += block.len();
    }
    if let Some(last) = bytes.last_chunk() {
        // Behind the blocks' bytes stand those that are none of them.
        let mut found = equal_bytes(*last, byte) >> (16 - rest.len());
        while found != 0 {
            end_field(at + found.trailing_zeros() as usize);
            found &= found - 1;
        }
    } else {
        let found = rest.iter().enumerate().filter(|(_, other)| **other == byte);
        found.for_each(|(index, _)| end_field(index));
    }
    end_field(line.len());
    (n_fields, n_skipped)
}

/// Returns a bit for each byte that is the wanted one, the first one's lowest.
#[inline]
fn equal_bytes(bytes: [u8; 16], wanted: u8) -> u32 {
    u8x16::new(bytes).simd_eq(u8x16::splat(wanted)).to_bitmask()
}

#[inline]
fn put<'t>(target: Option<&Target>, field: &'t str, fields: &mut Fields<'t>) {
    if let Some(target) = target {
        fields.put_text(*target, field);
    }
}

/// Returns the first field, without its quotes or brackets, and how long it is with them.
fn quoted(text: &str, is_greedy: bool) -> (&str, usize) {
    let bytes = text.as_bytes();
    let end = match bytes.first() {
        Some(b'"') if is_greedy => memrchr(b'"', bytes).filter(|end| 0 < *end),
        Some(b'"') => closing(bytes, b'"'),
        // An IPv6 address with a port also begins with a bracket, but goes on behind the other.
        Some(b'[') => memchr(b']', bytes).filter(|end| is_border(bytes.get(end + 1))),
        _ => None,
    };
    // A list such as `"h2","http/1.1"` keeps its quotes.
    let is_list = |end: &usize| {
        !is_greedy && memmem::find(bytes.get(..*end).unwrap_or_default(), b"\",\"").is_some()
    };
    if let Some(end) = end.filter(|end| !is_list(end)) {
        return (text.get(1..end).unwrap_or_default(), end + 1);
    }
    let end = end.map(|end| end + 1).or_else(|| memchr(b' ', bytes)).unwrap_or(bytes.len());
    (text.get(..end).unwrap_or_default(), end)
}

/// Finds the quote behind the first one that a border follows.
fn closing(bytes: &[u8], quote: u8) -> Option<usize> {
    let mut quotes = memchr_iter(quote, bytes).skip(1);
    quotes.find(|end| is_border(bytes.get(end + 1)))
}

fn is_border(byte: Option<&u8>) -> bool {
    matches!(byte, None | Some(b' '))
}

/// Returns the first field of a CSV line without its quotes, and how long it is with them.
fn csv(text: &str) -> (&str, usize) {
    let bytes = text.as_bytes();
    if bytes.first() == Some(&b'"') {
        let mut quotes = memchr_iter(b'"', bytes).skip(1);
        let end = quotes.find(|end| matches!(bytes.get(end + 1), None | Some(b',')));
        if let Some(end) = end {
            return (text.get(1..end).unwrap_or_default(), end + 1);
        }
    }
    let end = memchr(b',', bytes).unwrap_or(bytes.len());
    (text.get(..end).unwrap_or_default(), end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields_of(line: &str, how: Split) -> Vec<&str> {
        let targets: Vec<Target> =
            (0..9).map(|slot| Target { slot: Some(slot), ..Target::default() }).collect();
        let mut fields = Fields::default();
        fields.slots.resize(9, None);
        let (n_fields, _) = split(line, how, &targets, &mut fields);
        fields.slots.iter().take(n_fields).map(|it| it.map_or("", |value| value.text)).collect()
    }

    #[test]
    fn separators_are_found_wherever_they_stand() {
        let line = "a bc def ghij klmno pqrstu vwxyz\u{a0}\u{120} x ! y";
        for start in 0..31 {
            for line in (start..=line.len()).filter_map(|end| line.get(start..end)) {
                let expected: Vec<&str> = line.split(' ').filter(|it| !it.is_empty()).collect();
                let expected = &expected[..expected.len().min(9)];
                assert_eq!(fields_of(line, Split::At(b' ')), expected, "{line}");
            }
        }
    }

    #[test]
    fn runs_of_spaces_are_one_and_a_dash_is_nothing() {
        assert_eq!(fields_of("a  b - c", Split::At(b' ')), ["a", "b", "", "c"]);
        assert_eq!(fields_of("a\t\tb", Split::At(b'\t')), ["a", "", "b"]);
    }

    #[test]
    fn quotes_and_brackets_hold_spaces() {
        let how = Split::Quoted { greedy: None };
        assert_eq!(fields_of(r#"a [b c] "d e" f"#, how), ["a", "b c", "d e", "f"]);
        assert_eq!(fields_of("[2001:db8::1]:443 x", how), ["[2001:db8::1]:443", "x"]);
        assert_eq!(fields_of(r#""h2","http/1.1" x"#, how), [r#""h2","http/1.1""#, "x"]);
        assert_eq!(fields_of(r#"a "never closed"#, how), ["a", "\"never", "closed"]);
    }

    #[test]
    fn an_agent_with_quotes_of_its_own_ends_at_the_last_quote() {
        let how = Split::Quoted { greedy: Some(1) };
        assert_eq!(fields_of(r#"a "b "c" d" e"#, how), ["a", r#"b "c" d"#, "e"]);
    }

    #[test]
    fn commas_inside_quotes_stay() {
        assert_eq!(fields_of(r#"a,"b,c",,d"#, Split::Csv), ["a", "b,c", "", "d"]);
        assert_eq!(fields_of("a,", Split::Csv), ["a", ""]);
    }
}
