//! Hexadecimal text, as CloudTrail writes hashes and signatures.

use std::fmt::Write as _;

/// Returns the bytes, or nothing if the text is not hexadecimal.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    text.as_bytes().chunks(2).map(byte_of).collect()
}

/// Returns lower-case hexadecimal text.
pub(crate) fn encode(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn byte_of(pair: &[u8]) -> Option<u8> {
    let [high, low] = pair else { return None };
    let value = |digit: u8| char::from(digit).to_digit(16);
    u8::try_from(value(*high)? * 16 + value(*low)?).ok()
}
