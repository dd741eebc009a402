//! Texts written in other alphabets: URLs, Base64, hexadecimal digits, digests.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use md5::Digest as _;

use super::super::by_row::{ByRow, Given, Kind, Value};
use super::super::{Function, Make};

pub(super) const URL_ENCODE: Function = Function {
    name: "url_encode",
    usage: "url_encode(text)",
    doc: "Writes everything but letters, digits and `-_.~` as `%` and two digits.",
    example: "url_encode('a b')",
    make: Make::ByRow(of_text(|values| on_text(values, |text| Some(url_encoded(text))))),
};

pub(super) const URL_DECODE: Function = Function {
    name: "url_decode",
    usage: "url_decode(text)",
    doc: "Reads `%` and two digits as the byte they stand for; what gives no text gives NULL.",
    example: "url_decode('a%20b')",
    make: Make::ByRow(of_text(|values| on_text(values, url_decoded))),
};

pub(super) const BASE64_ENCODE: Function = Function {
    name: "base64_encode",
    usage: "base64_encode(text)",
    doc: "Writes the text in Base64.",
    example: "base64_encode('haechi')",
    make: Make::ByRow(of_text(|values| on_text(values, |text| Some(STANDARD.encode(text))))),
};

pub(super) const BASE64_DECODE: Function = Function {
    name: "base64_decode",
    usage: "base64_decode(text)",
    doc: "Reads a text in Base64, padded or not; what gives no text gives NULL.",
    example: "base64_decode('aGFlY2hp')",
    make: Make::ByRow(of_text(|values| {
        on_text(values, |text| {
            let bytes = STANDARD_NO_PAD.decode(text.trim_end_matches('=')).ok()?;
            String::from_utf8(bytes).ok()
        })
    })),
};

pub(super) const OF_HEX: Function = Function {
    name: "text_of_hex",
    usage: "text_of_hex(text)",
    doc: "Reads pairs of hexadecimal digits as the bytes of a text; what gives no text gives NULL.",
    example: "text_of_hex('6861656368')",
    make: Make::ByRow(of_text(|values| {
        on_text(values, |text| String::from_utf8(bytes_of_hex(text)?).ok())
    })),
};

pub(super) const MD5: Function = Function {
    name: "text_md5",
    usage: "text_md5(text)",
    doc: "Gives the MD5 digest in hexadecimal digits.",
    example: "text_md5('haechi')",
    make: Make::ByRow(of_text(|values| on_text(values, |text| Some(hex(&md5::Md5::digest(text)))))),
};

pub(super) const HASH: Function = Function {
    name: "text_hash",
    usage: "text_hash(text)",
    doc: "Gives a number that different texts hardly share; it is no secret how.",
    example: "text_hash('haechi')",
    make: Make::ByRow(ByRow::new(&[Kind::Text], Kind::Integer, |values| match *values {
        [Value::Text(text)] => Given::Integer(hash(text).cast_signed()),
        _ => Given::Missing,
    })),
};

/// Returns the same number for the same text everywhere and always (FNV-1a, its bits mixed).
pub(crate) fn hash(text: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325, step);
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^ (hash >> 33)
}

pub(super) const SHA256: Function = Function {
    name: "text_sha256",
    usage: "text_sha256(text)",
    doc: "Gives the SHA-256 digest in hexadecimal digits.",
    example: "text_sha256('haechi')",
    make: Make::ByRow(of_text(|values| {
        on_text(values, |text| Some(hex(&sha2::Sha256::digest(text))))
    })),
};

const fn of_text(call: for<'a> fn(&[Value<'a>]) -> Given<'a>) -> ByRow {
    ByRow::new(&[Kind::Text], Kind::Text, call)
}

fn on_text<'a>(values: &[Value<'a>], call: impl Fn(&str) -> Option<String>) -> Given<'a> {
    let text = values.first().and_then(|value| value.text());
    text.and_then(call).into()
}

fn url_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push_str(&hex(&[byte]).to_uppercase());
        }
    }
    encoded
}

fn url_decoded(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    // Ends because every turn takes at least one byte.
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = after.first_chunk().copied().filter(|_| byte == b'%').and_then(byte_of_hex);
        rest = match escaped {
            Some(_) => after.get(2..).unwrap_or_default(),
            None => after,
        };
        decoded.push(escaped.unwrap_or(if byte == b'+' { b' ' } else { byte }));
    }
    String::from_utf8(decoded).ok()
}

fn bytes_of_hex(text: &str) -> Option<Vec<u8>> {
    let text = text.trim();
    let digits = text.strip_prefix("0x").unwrap_or(text).as_bytes();
    let (pairs, rest) = digits.as_chunks::<2>();
    if rest.is_empty() { pairs.iter().copied().map(byte_of_hex).collect() } else { None }
}

fn byte_of_hex(digits: [u8; 2]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|it| u8::try_from(it).ok());
    Some(digit(digits[0])? * 16 + digit(digits[1])?)
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |it: u8| char::from(*DIGITS.get(usize::from(it)).unwrap_or(&b'0'));
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
