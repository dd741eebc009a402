//! Java's patterns for times, in the words of `strptime`.

use jiff::fmt::strtime;
use jiff::tz::TimeZone;

/// Runs of one letter and what they are for `strptime`; a longer run of the letter is the last.
const LETTERS: &[(char, &[&str])] = &[
    ('y', &["%Y", "%y", "%Y"]),
    ('u', &["%Y", "%y", "%Y"]),
    ('M', &["%m", "%m", "%b", "%B"]),
    ('L', &["%m", "%m", "%b", "%B"]),
    ('d', &["%d"]),
    ('D', &["%j"]),
    ('H', &["%H"]),
    ('h', &["%I"]),
    ('m', &["%M"]),
    ('s', &["%S"]),
    ('S', &["%f"]),
    ('n', &["%f"]),
    ('a', &["%p"]),
    ('E', &["%a", "%a", "%a", "%A"]),
    ('X', &["%:z"]),
    ('x', &["%:z"]),
    ('Z', &["%z"]),
    ('z', &["%Q"]),
    ('V', &["%Q"]),
];

/// Reads a time, in microseconds since 1970; one without a zone of its own is in the given one.
pub(super) fn read(text: &str, java: &str, zone: &str) -> Option<i64> {
    let format = of_java(java)?;
    let parsed = strtime::parse(&format, text).or_else(|_| strtime::parse(loose(&format), text));
    let mut parsed = parsed.ok()?;
    if parsed.hour().is_none() {
        parsed.set_hour(Some(0)).ok()?;
    }
    if parsed.offset().is_some() || parsed.iana_time_zone().is_some() {
        return Some(parsed.to_zoned().ok()?.timestamp().as_microsecond());
    }
    let civil = parsed.to_datetime().or_else(|_| parsed.to_date().map(Into::into)).ok()?;
    let zone = TimeZone::get(zone).ok()?;
    Some(civil.to_zoned(zone).ok()?.timestamp().as_microsecond())
}

/// Takes `+0900` where `+09:00` was asked for, as `Z` in Java's patterns may mean either.
fn loose(format: &str) -> String {
    if format.contains("%:z") { format.replace("%:z", "%z") } else { format.replace("%z", "%:z") }
}

/// Translates a pattern; nothing when it has letters that mean nothing to us.
fn of_java(java: &str) -> Option<String> {
    let mut format = String::new();
    let mut letters = java.chars().peekable();
    // Ends because every turn takes at least one letter.
    while let Some(letter) = letters.next() {
        if letter == '\'' {
            format.push_str(&quoted(&mut letters));
            continue;
        }
        let mut length = 1;
        while letters.next_if_eq(&letter).is_some() {
            length += 1;
        }
        if !letter.is_ascii_alphabetic() {
            let literal = if letter == '%' { "%%".to_owned() } else { letter.to_string() };
            format.extend(std::iter::repeat_n(literal, length));
            continue;
        }
        let (_, forms) = LETTERS.iter().find(|(known, _)| *known == letter)?;
        format.push_str(forms.get(length - 1).or(forms.last())?);
    }
    // A fraction with its point: `%.f` reads the point too, and may be absent.
    Some(format.replace(".%f", "%.f"))
}

/// Takes literal text up to the closing quote; `''` is a quote.
fn quoted(letters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut text = String::new();
    if letters.next_if_eq(&'\'').is_some() {
        return "'".to_owned();
    }
    for letter in letters.by_ref() {
        if letter == '\'' {
            break;
        }
        text.push(letter);
    }
    text.replace('%', "%%")
}
