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

/// The lengths of words, and the fronts and the backs of a label that have them.
const N_LENGTHS: usize = LETTERS_MAX + 1 - LETTERS_MIN;
const N_TEXTS: usize = 2 * N_LENGTHS;
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

    /// Returns which of some texts are words: a bit for each.
    ///
    /// The first probe finds what may be a word, for all texts at once and without a branch; of
    /// the few that are left, each is looked at closely.
    fn among(self, hashes: &[u64; N_TEXTS], wanted: u64) -> u64 {
        let all = hashes.map(mix);
        let mut left = 0_u64;
        for (mixed, place) in all.iter().zip(0..) {
            left |= u64::from(self.probe(*mixed, 0)) << place;
        }
        left &= wanted;
        let mut among = 0;
        // Ends because every turn takes a bit away.
        while left != 0 {
            let at = left.trailing_zeros();
            let mixed = all.get(at as usize).copied().unwrap_or(0);
            let is_word = (1..N_PROBES).fold(true, |is_word, n| is_word & self.probe(mixed, n));
            among |= u64::from(is_word) << at;
            left &= left - 1;
        }
        among
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

/// The hashes of all that a label begins with, hyphens left out: the hash of any stretch follows
/// from those of the two beginnings that end with it.
///
/// It is made once for many labels; what is left of a longer one is never asked for.
#[derive(Debug)]
pub(super) struct Beginnings {
    /// The first `LETTERS_MAX` stand before the label, so that all backs are found in one way.
    hashes: [u64; LETTERS_MAX + LABEL_MAX + 1],
    n_letters: usize,
}

impl Default for Beginnings {
    fn default() -> Self {
        Self { hashes: [0; LETTERS_MAX + LABEL_MAX + 1], n_letters: 0 }
    }
}

impl Beginnings {
    /// Starts with another label.
    pub(super) fn restart(&mut self) {
        self.n_letters = 0;
    }

    /// Goes on by a byte of the label: takes the hash so far, and returns the one with it.
    #[inline]
    pub(super) fn push(&mut self, hash: u64, byte: u8) -> u64 {
        let is_letter = byte != b'-';
        let longer = hash.wrapping_mul(MULTIPLIER).wrapping_add(u64::from(byte));
        let hash = if is_letter { longer } else { hash };
        self.n_letters += usize::from(is_letter);
        if let Some(place) = self.hashes.get_mut(LETTERS_MAX + self.n_letters) {
            *place = hash;
        }
        hash
    }

    /// Takes the label apart; `hash` is that of all of it.
    pub(super) fn parts(&self, hash: u64, words: Words) -> Parts {
        let length = self.n_letters;
        let mut texts = [0; N_TEXTS];
        let (fronts, backs) = texts.split_at_mut(N_LENGTHS);
        let begun = self.hashes.get(LETTERS_MAX + LETTERS_MIN..).unwrap_or_default();
        for (front, begun) in fronts.iter_mut().zip(begun) {
            *front = *begun;
        }
        let before = self.hashes.get(length..length + N_LENGTHS).unwrap_or_default();
        for ((back, before), power) in backs.iter_mut().rev().zip(before).zip(POWERS.iter().rev()) {
            *back = hash.wrapping_sub(before.wrapping_mul(*power));
        }
        // Those that are longer than the label are no part of it.
        let wanted = ((2_u64 << length.min(LETTERS_MAX)) - 1) >> LETTERS_MIN;
        let among = words.among(&texts, wanted | wanted << N_LENGTHS);
        let fronts = (among & ((1 << N_LENGTHS) - 1)) << LETTERS_MIN;
        let backs = among >> N_LENGTHS << LETTERS_MIN;
        let is_one = fronts >> length & 1 == 1;
        // Two words are a front and a back that together are as long as the label.
        let rests = backs.reverse_bits() >> (LABEL_MAX - length);
        let is_two = !is_one && fronts & rests != 0;
        let covered = longest(fronts) + longest(backs);
        let cover = covered / f32::from(u8::try_from(length.max(1)).unwrap_or(u8::MAX));
        Parts { is_two, is_one, cover: cover.min(1.0) }
    }
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
