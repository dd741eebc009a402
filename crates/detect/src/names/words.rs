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

/// The bits of the filter; their number is a power of two.
const N_BYTES: usize = 1 << 17;

/// The words.
#[derive(Clone, Copy)]
pub(super) struct Words(&'static [u8; N_BYTES]);

impl Words {
    /// Takes the filter off the front of a model.
    pub(super) fn read(bytes: &'static [u8]) -> Option<(Self, &'static [u8])> {
        let (filter, rest) = bytes.split_first_chunk()?;
        Some((Self(filter), rest))
    }

    /// Returns which of some texts are words, of which each has one letter more than the one before.
    ///
    /// The first probe finds what may be a word, for all lengths at once and without a branch; of
    /// the few that are left, each is looked at closely.
    fn among(self, hashes: impl Iterator<Item = u64>) -> u64 {
        let mut all = [0_u64; LETTERS_MAX + 1 - LETTERS_MIN];
        let (mut left, mut place) = (0_u64, 1);
        for (hash, mixed) in hashes.zip(&mut all) {
            *mixed = mix(hash);
            left |= if self.probe(*mixed, 0) { place } else { 0 };
            place <<= 1;
        }
        let mut among = 0;
        // Ends because every turn takes a bit away.
        while left != 0 {
            let at = left.trailing_zeros();
            let mixed = all.get(at as usize).copied().unwrap_or(0);
            let is_word = (1..N_PROBES).fold(true, |is_word, n| is_word & self.probe(mixed, n));
            among |= u64::from(is_word) << at;
            left &= left - 1;
        }
        among << LETTERS_MIN
    }

    /// Tells whether a bit of a text is set.
    fn probe(self, mixed: u64, n: u32) -> bool {
        #[expect(clippy::cast_possible_truncation, reason = "the lower half")]
        let (first, step) = (mixed as u32, (mixed >> 32) as u32 | 1);
        let probe = first.wrapping_add(n.wrapping_mul(step)) as usize & (N_BYTES * 8 - 1);
        self.0.get(probe / 8).is_some_and(|bits| bits >> (probe % 8) & 1 == 1)
    }
}

fn mix(hash: u64) -> u64 {
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(MULTIPLIER);
    mixed ^ (mixed >> 29)
}

/// Takes a label apart; hyphens do not count.
pub(super) fn parts(label: &[u8], words: Words) -> Parts {
    // The hash of any stretch follows from those of the two beginnings that end with it.
    let mut begun = [0_u64; LABEL_MAX + 1];
    let mut length = 0;
    let mut hash = 0_u64;
    for byte in label.iter().filter(|byte| **byte != b'-') {
        hash = hash.wrapping_mul(MULTIPLIER).wrapping_add(u64::from(*byte));
        length += 1;
        if let Some(place) = begun.get_mut(length) {
            *place = hash;
        }
    }
    let begun = begun.get(..=length).unwrap_or_default();
    // The longest come last, and end up in the highest bit.
    let fronts = begun.iter().take(LETTERS_MAX + 1).skip(LETTERS_MIN);
    let fronts = words.among(fronts.copied());
    let heads = begun.iter().rev().zip(&POWERS).skip(LETTERS_MIN);
    let backs = heads.map(|(before, power)| hash.wrapping_sub(before.wrapping_mul(*power)));
    let backs = words.among(backs);
    let is_one = fronts >> length & 1 == 1;
    // Two words are a front and a back that together are as long as the label.
    let rests = backs.reverse_bits() >> (LABEL_MAX - length);
    let is_two = !is_one && fronts & rests != 0;
    let covered = longest(fronts) + longest(backs);
    let cover = covered / f32::from(u8::try_from(length.max(1)).unwrap_or(u8::MAX));
    Parts { is_two, is_one, cover: cover.min(1.0) }
}

fn longest(lengths: u64) -> f32 {
    f32::from(u8::try_from(lengths.checked_ilog2().unwrap_or(0)).unwrap_or(0))
}

/// The multiplier to the power of each length.
#[expect(clippy::indexing_slicing, reason = "computed by the compiler, which would say so")]
static POWERS: [u64; LETTERS_MAX + 1] = {
    let mut powers = [1_u64; LETTERS_MAX + 1];
    let mut at = 1;
    while at <= LETTERS_MAX {
        powers[at] = powers[at - 1].wrapping_mul(MULTIPLIER);
        at += 1;
    }
    powers
};
