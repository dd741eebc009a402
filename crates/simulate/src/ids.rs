//! Identifiers that look like AWS's own.

use crate::random::Random;

const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const CAPITALS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const HEX: &[u8] = b"0123456789abcdef";
const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz";

/// A version 4 UUID.
pub(crate) fn uuid(random: &mut Random) -> String {
    let (upper, lower) = (random.next(), random.next());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:x}{:03x}-{:012x}",
        upper >> 32,
        upper >> 16 & 0xffff,
        upper & 0xfff,
        8 | (lower >> 62),
        lower >> 48 & 0xfff,
        lower & 0xffff_ffff_ffff
    )
}

/// An access key: `AKIA` is long-lived, `ASIA` belongs to a session.
pub(crate) fn access_key(random: &mut Random, kind: &str) -> String {
    format!("{kind}{}", characters(random, BASE32, 16))
}

/// The unique id of a user (`AIDA`) or a role (`AROA`), the same for a name in every run of a seed.
pub(crate) fn principal(seed: u64, kind: &str, account: &str, name: &str) -> String {
    let mut random = Random::stream(seed, &format!("principal/{account}/{name}"), 0);
    format!("{kind}{}", characters(&mut random, BASE32, 17))
}

/// A resource id such as `i-0123456789abcdef0`, the same for a name in every run of a seed.
pub(crate) fn resource(seed: u64, kind: &str, name: &str) -> String {
    let mut random = Random::stream(seed, &format!("resource/{kind}/{name}"), 0);
    format!("{kind}-0{}", hex(&mut random, 16))
}

/// So many hexadecimal digits.
pub(crate) fn hex(random: &mut Random, length: usize) -> String {
    characters(random, HEX, length)
}

/// So many letters and digits, as in the names of log files.
pub(crate) fn unique(random: &mut Random, length: usize) -> String {
    characters(random, ALPHANUMERIC, length)
}

/// So many capitals and digits, as in S3 request ids.
pub(crate) fn capitals(random: &mut Random, length: usize) -> String {
    characters(random, CAPITALS, length)
}

/// So many small letters, as in names that no person would choose.
pub(crate) fn letters(random: &mut Random, length: usize) -> String {
    characters(random, LETTERS, length)
}

fn characters(random: &mut Random, alphabet: &[u8], length: usize) -> String {
    (0..length).map(|_| char::from(random.pick(alphabet))).collect()
}
