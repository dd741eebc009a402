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
}

/// Takes a label apart; hyphens do not count.
pub(super) fn parts(label: &[u8], words: Words) -> Parts {
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
    // The first probe finds what may be a word, for all lengths at once and without a branch; of
    // the few that are left, each is looked at closely.
    let lengths = LETTERS_MIN..=length.min(LETTERS_MAX);
    let ends = begun.iter().rev().skip(LETTERS_MIN).zip(POWERS.iter().skip(LETTERS_MIN));
    let stretches = begun.iter().skip(LETTERS_MIN).zip(ends);
    let mut mixed = [(0_u64, 0_u64); LETTERS_MAX + 1];
    let (mut fronts, mut backs) = (0_u64, 0_u64);
    let places = mixed.iter_mut().skip(LETTERS_MIN);
    for ((n_letters, place), (front, (before, power))) in lengths.zip(places).zip(stretches) {
        *place = (mix(*front), mix(hash.wrapping_sub(before.wrapping_mul(*power))));
        fronts |= words.probe(place.0, 0) << n_letters;
        backs |= words.probe(place.1, 0) << n_letters;
    }
    let (fronts, backs) = (
        words.among(fronts, |at| mixed.get(at).map_or(0, |it| it.0)),
        words.among(backs, |at| mixed.get(at).map_or(0, |it| it.1)),
    );
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

/// The multiplier to the power of each length.
#[expect(clippy::indexing_slicing, reason = "computed by the compiler, which would say so")]
const POWERS: [u64; LETTERS_MAX + 1] = {
    let mut powers = [1_u64; LETTERS_MAX + 1];
    let mut at = 1;
    while at <= LETTERS_MAX {
        powers[at] = powers[at - 1].wrapping_mul(MULTIPLIER);
        at += 1;
    }
    powers
};

fn mix(hash: u64) -> u64 {
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(MULTIPLIER);
    mixed ^ (mixed >> 29)
}

impl Words {
    /// Returns which of some lengths are those of words, given what their first probe has left.
    fn among(self, mut left: u64, mixed: impl Fn(usize) -> u64) -> u64 {
        let mut words = 0;
        // Ends because every turn takes a bit away.
        while left != 0 {
            let at = left.trailing_zeros();
            words |= self.has(mixed(at as usize)) << at;
            left &= left - 1;
        }
        words
    }

    /// Returns 1 when the other probes say that a text is a word.
    fn has(self, mixed: u64) -> u64 {
        (1..N_PROBES).fold(1, |all, n| all & self.probe(mixed, n))
    }

    /// Returns one bit.
    fn probe(self, mixed: u64, n: u32) -> u64 {
        #[expect(clippy::cast_possible_truncation, reason = "the lower half")]
        let (first, step) = (mixed as u32, (mixed >> 32) as u32 | 1);
        let probe = first.wrapping_add(n.wrapping_mul(step)) as usize & (N_BYTES * 8 - 1);
        u64::from(self.0.get(probe / 8).map_or(0, |bits| bits >> (probe % 8) & 1))
    }
}
