//! Short texts as words of eight bytes: comparing words, or reading eight digits at once, takes a
//! few steps where going from byte to byte, or calling somebody who does, takes dozens.

use std::hash::{Hash, Hasher};

/// A short text, whole: two are equal if and only if their texts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Words {
    words: [u64; 3],
    n_bytes: usize,
}

impl Words {
    /// No text's words.
    pub(crate) const NONE: Self = Self { words: [0; 3], n_bytes: usize::MAX };

    /// Returns the text as words, if it is short enough.
    #[inline]
    pub(crate) fn of(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let n_bytes = bytes.len();
        // The last eight bytes may begin before the others end: the length tells where.
        let last = || bytes.last_chunk().map(|last| u64::from_le_bytes(*last));
        let words = match n_bytes {
            0..=8 => [word(bytes), 0, 0],
            9..=16 => [first(bytes)?, last()?, 0],
            17..=24 => [first(bytes)?, first(bytes.get(8..)?)?, last()?],
            _ => return None,
        };
        Some(Self { words, n_bytes })
    }
}

impl Hash for Words {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.words.iter().for_each(|word| state.write_u64(*word));
    }
}

/// Reads a number that is written in digits, without a sign or zeros before it: as it would be
/// written again.
#[inline]
pub(crate) fn whole(text: &str) -> Option<i64> {
    /// So many digits are always below the greatest number.
    const DIGITS_MAX: usize = 18;
    let bytes = text.as_bytes();
    let n_digits = bytes.len();
    if bytes.first() == Some(&b'0') {
        return (n_digits == 1).then_some(0);
    }
    let number = match n_digits {
        0 => return None,
        1..=8 => eight_digits(bytes)?,
        9..=16 => {
            let (head, tail) = bytes.split_at_checked(n_digits - 8)?;
            eight_digits(head)? * 100_000_000 + eight_digits(tail)?
        }
        17..=DIGITS_MAX => {
            let (head, tail) = bytes.split_at_checked(n_digits - 16)?;
            let (middle, tail) = tail.split_at_checked(8)?;
            let head = eight_digits(head)? * 100_000_000 + eight_digits(middle)?;
            head * 100_000_000 + eight_digits(tail)?
        }
        _ => return None,
    };
    i64::try_from(number).ok()
}

/// Reads one to eight digits.
#[inline]
fn eight_digits(bytes: &[u8]) -> Option<u64> {
    const EACH: u64 = u64::from_le_bytes([1; 8]);
    const ZEROS: u64 = EACH * b'0' as u64;
    let n_missing = 8 - u32::try_from(bytes.len()).ok()?;
    // The last digit stands in the highest byte.
    let values = (word(bytes) ^ (ZEROS >> (8 * n_missing))) << (8 * n_missing);
    // A byte above nine carries into its upper half; that of a byte above 0x7f is set already.
    if (values | (values & (EACH * 0x7f)).wrapping_add(EACH * 6)) & (EACH * 0xf0) != 0 {
        return None;
    }
    let pairs = (values * 10 + (values >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    Some((fours * 10_000 + (fours >> 32)) & 0xffff_ffff)
}

/// Returns up to eight bytes as a word, the first in the lowest byte, with zeros behind them.
#[inline]
fn word(bytes: &[u8]) -> u64 {
    if let Ok(all) = bytes.try_into() {
        return u64::from_le_bytes(all);
    }
    let n_bytes = bytes.len();
    if let Some((head, tail)) = bytes.first_chunk().zip(bytes.last_chunk()) {
        let (head, tail) = (u32::from_le_bytes(*head), u32::from_le_bytes(*tail));
        return u64::from(head) | u64::from(tail) << (8 * (n_bytes - 4));
    }
    let at = |at: usize| bytes.get(at).map_or(0, |byte| u64::from(*byte) << (8 * at));
    at(0) | at(1) | at(2)
}

#[inline]
fn first(bytes: &[u8]) -> Option<u64> {
    bytes.first_chunk().map(|first| u64::from_le_bytes(*first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_whole_if_it_is_written_again_as_it_was() {
        for text in ["0", "7", "65535", "999999999999999999"] {
            assert_eq!(whole(text).map(|number| number.to_string()).as_deref(), Some(text));
        }
        for text in
            ["", "-", "-1", "+1", "00", "01", "1.0", " 1", "1 ", "1234567890123456789", "\u{661}"]
        {
            assert_eq!(whole(text), None, "{text}");
        }
    }

    #[test]
    fn each_digit_counts_wherever_it_stands() {
        let digits = "987654321012345678";
        for start in 0..digits.len() {
            for text in (start + 1..=digits.len()).filter_map(|end| digits.get(start..end)) {
                let number = text.parse().ok().filter(|_| !text.starts_with('0') || text == "0");
                assert_eq!(whole(text), number, "{text}");
            }
        }
        for n_digits in 1..=18 {
            for place in 0..n_digits {
                for byte in 0..=0x7f_u8 {
                    let mut text = vec![b'1'; n_digits];
                    text[place] = byte;
                    let text = String::from_utf8(text).unwrap();
                    let number = text.parse().ok().filter(|it: &i64| it.to_string() == text);
                    assert_eq!(whole(&text), number.filter(|it| 0 <= *it), "{text:?}");
                }
            }
        }
        for text in ["1\u{e9}", "12345\u{10ffff}", "\u{80}2345678", "1234567\u{7ff}9"] {
            assert_eq!(whole(text), None, "{text}");
        }
    }

    #[test]
    fn words_are_equal_if_their_texts_are() {
        let mut texts: Vec<String> = Vec::new();
        for n_bytes in 0..=24 {
            texts.push("\0".repeat(n_bytes));
            texts.push("a".repeat(n_bytes));
            for place in 0..n_bytes {
                let mut text = vec![b'a'; n_bytes];
                text[place] = b'b';
                texts.push(String::from_utf8(text).unwrap());
            }
        }
        for a in &texts {
            assert_ne!(Words::of(a), Some(Words::NONE));
            for b in &texts {
                assert_eq!(Words::of(a).unwrap() == Words::of(b).unwrap(), a == b, "{a:?} {b:?}");
            }
        }
        assert_eq!(Words::of(&"a".repeat(25)), None);
    }
}
