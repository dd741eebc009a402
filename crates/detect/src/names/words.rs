//! Whether a label is put together of English words.
//!
//! The words stand in a Bloom filter: of texts that are no words, about three in a thousand pass
//! for one, as they did when the model was made.

/// How a label is put together.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Parts {
    /// Whether it is two words, and nothing else.
    pub(super) is_two: bool,
    /// Whether it is one word.
    pub(super) is_one: bool,
    /// The share of it that the longest word at its front and the longest at its back take.
    pub(super) cover: f32,
}

const LETTERS_MIN: usize = 3;
const LETTERS_MAX: usize = 14;
const LABEL_MAX: usize = 63;
const N_PROBES: u32 = 4;
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

/// Takes a label apart; hyphens do not count.
pub(super) fn parts(label: &[u8], words: &[u8]) -> Parts {
    // The hash of any stretch follows from those of the two beginnings that end with it.
    let mut begun = [0_u64; LABEL_MAX + 1];
    let mut length = 0;
    let mut hash = 0_u64;
    for (byte, place) in label.iter().filter(|byte| **byte != b'-').zip(begun.iter_mut().skip(1)) {
        hash = hash.wrapping_mul(MULTIPLIER).wrapping_add(u64::from(*byte));
        *place = hash;
        length += 1;
    }
    let begun = begun.get(..=length).unwrap_or_default();
    let (mut fronts, mut backs) = (0_u64, 0_u64);
    let mut power = 1_u64;
    for n_letters in 1..=length.min(LETTERS_MAX) {
        power = power.wrapping_mul(MULTIPLIER);
        if n_letters < LETTERS_MIN {
            continue;
        }
        let front = begun.get(n_letters).copied().unwrap_or(0);
        let before = begun.get(length - n_letters).copied().unwrap_or(0);
        let back = hash.wrapping_sub(before.wrapping_mul(power));
        fronts |= u64::from(is_word(front, words)) << n_letters;
        backs |= u64::from(is_word(back, words)) << n_letters;
    }
    let is_one = fronts >> length & 1 == 1;
    let meets = |front: &usize| {
        fronts >> front & 1 == 1
            && length.checked_sub(*front).is_some_and(|it| backs >> it & 1 == 1)
    };
    let is_two = !is_one && (LETTERS_MIN..=LETTERS_MAX).any(|front| meets(&front));
    let covered = longest(fronts) + longest(backs);
    let cover = covered / f32::from(u8::try_from(length.max(1)).unwrap_or(u8::MAX));
    Parts { is_two, is_one, cover: cover.min(1.0) }
}

fn longest(lengths: u64) -> f32 {
    f32::from(u8::try_from(lengths.checked_ilog2().unwrap_or(0)).unwrap_or(0))
}

fn is_word(hash: u64, words: &[u8]) -> bool {
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(MULTIPLIER);
    let mixed = mixed ^ (mixed >> 29);
    #[expect(clippy::cast_possible_truncation, reason = "the lower half")]
    let (first, step) = (mixed as u32, (mixed >> 32) as u32 | 1);
    // The number of bits is a power of two.
    let n_bits = words.len() * 8;
    (0..N_PROBES).all(|n| {
        let probe = first.wrapping_add(n.wrapping_mul(step)) as usize & (n_bits.max(1) - 1);
        words.get(probe / 8).is_some_and(|bits| bits >> (probe % 8) & 1 == 1)
    })
}
