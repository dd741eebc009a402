//! How much a group of registered names looks like one program's, and not like people's.
//!
//! One name proves nothing; ten names that do not exist say a lot, above all by what they have in
//! common: a program makes all of its names in one way. `tools/train_names.py` makes the model and
//! says from what.

use super::Name;
use super::words::{Beginnings, Words};

/// The scale and the bias of the n-grams as `f32`, their weights, the words, and the network.
static MODEL: &[u8] = include_bytes!("generated.bin");

const SLOTS: usize = 1 << 16;
const GRAM_MAX: usize = 4;
const LABEL_MAX: usize = 63;
/// What is measured of a group, and the units of the network that weigh it.
const N_COMMON: usize = 24;
const N_HIDDEN: usize = 24;
const N_WEIGHTS: usize = N_COMMON * N_HIDDEN + 2 * N_HIDDEN + 1;
const FLOAT: usize = 4;

/// The parts of the model.
struct Model {
    scale: f32,
    bias: f32,
    grams: &'static [u8; SLOTS],
    words: Words,
    network: &'static [u8],
}

/// The figures of one label that groups are told by.
const N_FIGURES: usize = 12;

/// What is measured of one name.
struct Measured {
    figures: [f32; N_FIGURES],
    /// Which letters, digits and signs are there: a bit for each.
    alphabet: [u64; 2],
    /// A number each for the label, its first and last three letters, and the suffix, so that
    /// names are compared at once.
    keys: [u64; N_KEYS],
}

const N_KEYS: usize = 4;

/// Returns the logarithm of how much likelier one program made these names than people.
pub(crate) fn likelihood(names: &[Name]) -> f32 {
    let Some(model) = Model::read() else { return 0.0 };
    let mut begun = Beginnings::default();
    let measured: Vec<Measured> =
        names.iter().map(|name| model.measure(name, &mut begun)).collect();
    model.weigh(&common(&measured))
}

impl Model {
    fn read() -> Option<Self> {
        let (scale, rest) = MODEL.split_first_chunk()?;
        let (bias, rest) = rest.split_first_chunk()?;
        let (grams, rest) = rest.split_first_chunk()?;
        let (words, network) = Words::read(rest)?;
        if network.len() != N_WEIGHTS * FLOAT {
            return None;
        }
        let (scale, bias) = (f32::from_le_bytes(*scale), f32::from_le_bytes(*bias));
        Some(Self { scale, bias, grams, words, network })
    }

    fn measure(&self, name: &Name, begun: &mut Beginnings) -> Measured {
        let (whole, suffix) = (name.label(), name.suffix());
        let front = whole.get(..ENDS).unwrap_or(whole);
        let back = whole.get(whole.len().saturating_sub(ENDS)..).unwrap_or(whole);
        let label = whole.as_bytes();
        let (label, beyond) = label.split_at_checked(LABEL_MAX).unwrap_or((label, &[]));
        // One pass over the letters: where it ends cannot be foretold, which costs each pass.
        let mut alphabet = [0_u64; 2];
        let (mut run, mut run_max, mut n_turns, mut counts) = (0_u8, 0, 0, 0);
        let mut before = label.first().map_or(0, |byte| class(*byte));
        let mut hash = 0;
        let mut grams = Grams::default();
        begun.restart();
        for byte in label {
            see(&mut alphabet, *byte);
            let class = class(*byte);
            counts += class & !CONSONANT;
            n_turns += (class ^ before) & VOWEL;
            run = (run + 1) & class.to_le_bytes()[3];
            run_max = run.max(run_max);
            before = class;
            hash = begun.push(hash, *byte);
            grams.push(self.grams, if byte.is_ascii() { *byte } else { b'?' });
        }
        grams.push(self.grams, b'$');
        let sum = grams.sum + weight(self.grams, step(BASIS, b'$'));
        for byte in beyond {
            see(&mut alphabet, *byte);
        }
        let [n_vowels, n_digits, n_hyphens, _] = counts.to_le_bytes();
        let (n_digits, n_vowels) = (f32::from(n_digits), f32::from(n_vowels));
        let is = |truth: bool| f32::from(u8::from(truth));
        let parts = begun.parts(hash, self.words);
        let length = number(label.len());
        let figures = [
            self.score(sum, label.len()),
            is(parts.is_two),
            is(parts.is_one),
            length,
            n_digits,
            n_vowels / length.max(1.0),
            is(0 < n_hyphens),
            is(0.0 < n_digits),
            f32::from(n_turns.to_le_bytes()[0]) / number(label.len().max(2) - 1),
            f32::from(run_max),
            parts.cover,
            if parts.is_two { length } else { 0.0 },
        ];
        Measured { figures, alphabet, keys: [whole, front, back, suffix].map(key) }
    }

    /// Returns how strange the letters of a label are: a logistic regression over its n-grams.
    fn score(&self, sum: i32, n_letters: usize) -> f32 {
        #[expect(clippy::cast_precision_loss, reason = "at most 260 weights of 8 bits")]
        let sum = sum as f32;
        let n_grams = if n_letters == 0 { 3 } else { GRAM_MAX * n_letters + 2 };
        sum * self.scale / number(n_grams).sqrt() + self.bias
    }

    /// Weighs what a group has in common: one layer of hidden units, and one unit over them.
    fn weigh(&self, common: &[f32; N_COMMON]) -> f32 {
        let (floats, _) = self.network.as_chunks::<FLOAT>();
        let (rows, last) = floats.as_chunks::<N_HIDDEN>();
        let mut sums = [0.0_f32; N_HIDDEN];
        // One figure after the other, so that all units are added to at once.
        for (one, row) in common.iter().zip(rows) {
            for (sum, weight) in sums.iter_mut().zip(row) {
                *sum += one * f32::from_le_bytes(*weight);
            }
        }
        let [biases, weights] = rows.last_chunk().copied().unwrap_or_default();
        let mut units = [0.0_f32; N_HIDDEN];
        for ((unit, sum), bias) in units.iter_mut().zip(sums).zip(biases) {
            *unit = tanh(sum + f32::from_le_bytes(bias));
        }
        let weighed: f32 =
            units.iter().zip(weights).map(|(unit, weight)| unit * f32::from_le_bytes(weight)).sum();
        weighed + last.first().map_or(0.0, |it| f32::from_le_bytes(*it))
    }
}

/// The sum of the weights of a text's n-grams, letter by letter.
struct Grams {
    sum: i32,
    before: u8,
    /// The hashes of the last one to three letters, as far as there were so many.
    hashes: [u32; GRAM_MAX - 1],
    are_there: [i32; GRAM_MAX - 1],
}

impl Default for Grams {
    fn default() -> Self {
        Self { sum: 0, before: b'^', hashes: [step(BASIS, b'^'), 0, 0], are_there: [-1, 0, 0] }
    }
}

impl Grams {
    #[inline]
    fn push(&mut self, grams: &[u8; SLOTS], byte: u8) {
        let pair = usize::from(self.before) << 7 & 0x3f80 | usize::from(byte) & 0x7f;
        self.sum += PAIRS.get(pair).map_or(0, |sum| i32::from(*sum));
        let [one, two, three] = self.hashes;
        let [_, are_two, are_three] = self.are_there;
        let (three, four) = (step(two, byte), step(three, byte));
        self.sum += weight(grams, three) & are_two;
        self.sum += weight(grams, four) & are_three;
        self.hashes = [step(BASIS, byte), step(one, byte), three];
        self.are_there = [-1, -1, are_two];
        self.before = byte;
    }
}

const BASIS: u32 = 0x811c_9dc5;

const fn step(hash: u32, byte: u8) -> u32 {
    (hash ^ byte as u32).wrapping_mul(0x0100_0193)
}

/// Returns the weight of the n-gram with this hash.
#[expect(clippy::indexing_slicing, reason = "the slot is masked")]
const fn weight(grams: &[u8; SLOTS], hash: u32) -> i32 {
    let slot = (hash ^ (hash >> 16)) as usize & (SLOTS - 1);
    grams[slot].cast_signed() as i32
}

/// The weights of a letter and of it with the one after it, for all pairs of ASCII: half of the
/// n-grams are found in one small table.
#[expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "computed by the compiler, which would say so; two weights of 8 bits"
)]
static PAIRS: [i16; 1 << 14] = {
    let Some((grams, _)) = MODEL.split_at(2 * FLOAT).1.split_first_chunk() else {
        panic!("the model has n-grams")
    };
    let mut pairs = [0; 1 << 14];
    let mut at = 0;
    while at < pairs.len() {
        let first = step(BASIS, (at >> 7) as u8);
        let second = step(first, (at & 0x7f) as u8);
        pairs[at] = (weight(grams, first) + weight(grams, second)) as i16;
        at += 1;
    }
    pairs
};

/// Returns the hyperbolic tangent by Lambert's continued fraction, to a few millionths: the same
/// on every machine, and for all units of a layer at once.
fn tanh(x: f32) -> f32 {
    let x = x.clamp(-6.4, 6.4);
    let square = x * x;
    let above = square * (135_135.0 + square * (990.0 + square));
    let above = x * (34_459_425.0 + square * (4_729_725.0) + square * above);
    let below = square * (945_945.0 + square * (13_860.0 + square * 45.0));
    let below = 34_459_425.0 + square * (16_216_200.0 + below);
    (above / below).clamp(-1.0, 1.0)
}

/// Measures what the names of a group have in common, in the order of the training.
fn common(all: &[Measured]) -> [f32; N_COMMON] {
    let n = number(all.len().max(1));
    // Each is summed up in the order of the names, so that the sums are the same everywhere.
    let mut middle = [0.0_f32; N_FIGURES];
    let mut lowest = [f32::INFINITY; 2];
    let mut alphabet = [0_u64; 2];
    for one in all {
        for (sum, figure) in middle.iter_mut().zip(one.figures) {
            *sum += figure;
        }
        let [score, ..] = one.figures;
        lowest = [lowest[0].min(score), lowest[1].min(lowest[0].max(score))];
        alphabet = [alphabet[0] | one.alphabet[0], alphabet[1] | one.alphabet[1]];
    }
    let middle = middle.map(|sum| sum / n);
    let mut spreads = [0.0_f32; N_FIGURES];
    for one in all {
        for ((sum, figure), middle) in spreads.iter_mut().zip(one.figures).zip(middle) {
            *sum += (figure - middle) * (figure - middle);
        }
    }
    let spreads = spreads.map(|sum| (sum / n).sqrt());
    let [score, two, one, length, digits, vowels, hyphen, digit, turns, run, cover, of_two] =
        middle;
    let [
        score_spread,
        _,
        _,
        length_spread,
        _,
        vowels_spread,
        _,
        _,
        turns_spread,
        _,
        cover_spread,
        _,
    ] = spreads;
    // A group of one has no second.
    let lowest = lowest.map(|it| if it.is_finite() { it } else { 0.0 });
    let letters = length.max(1.0);
    let n_letters = alphabet[0].count_ones() + alphabet[1].count_ones();
    let [whole, front, back, suffix] = repeated(all);
    [
        score,
        lowest[0],
        lowest[1],
        score_spread,
        two,
        one,
        letters / 10.0,
        length_spread / 3.0,
        digits / letters,
        vowels,
        vowels_spread * 5.0,
        hyphen,
        digit,
        turns,
        turns_spread * 5.0,
        run / 3.0,
        cover,
        cover_spread,
        of_two / two.max(1.0 / n) / 10.0,
        number(suffix.n_different) / n,
        number(n_letters as usize) / 20.0,
        number(front.n_most) / n,
        number(back.n_most) / n,
        number(whole.n_different) / n,
    ]
}

/// How often the names of a group have a thing in common.
#[derive(Clone, Copy, Default)]
struct Repeated {
    n_different: usize,
    n_most: usize,
}

/// Compares each name with those before: groups are too small for a map to be worth it.
fn repeated(all: &[Measured]) -> [Repeated; N_KEYS] {
    let mut repeated = [Repeated::default(); N_KEYS];
    for (at, one) in all.iter().enumerate() {
        let mut n_same = [0_usize; N_KEYS];
        for before in all.iter().take(at) {
            for ((n, key), other) in n_same.iter_mut().zip(one.keys).zip(before.keys) {
                *n += usize::from(key == other);
            }
        }
        for (repeated, n_same) in repeated.iter_mut().zip(n_same) {
            repeated.n_different += usize::from(n_same == 0);
            repeated.n_most = repeated.n_most.max(n_same + 1);
        }
    }
    repeated
}

/// How many letters are a front or a back.
const ENDS: usize = 3;

/// What a byte is, so that bytes are counted by a sum: a label has fewer than 256.
const VOWEL: u32 = 1;
const DIGIT: u32 = 1 << 8;
const HYPHEN: u32 = 1 << 16;
/// All of the highest bits, none of which is summed up.
const CONSONANT: u32 = 0xff << 24;

/// What each byte is.
#[expect(clippy::indexing_slicing, reason = "computed by the compiler, which would say so")]
static CLASSES: [u32; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0_u8;
    while byte < u8::MAX {
        classes[byte as usize] = match byte {
            b'a' | b'e' | b'i' | b'o' | b'u' => VOWEL,
            b'0'..=b'9' => DIGIT,
            b'-' => HYPHEN,
            b'a'..=b'z' => CONSONANT,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

fn class(byte: u8) -> u32 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or(0)
}

/// Notes that a byte is there.
fn see(alphabet: &mut [u64; 2], byte: u8) {
    let [low, high] = alphabet;
    let bit = 1_u64 << (byte & 63);
    let is_high = u64::from(byte >> 6 & 1).wrapping_neg();
    *low |= bit & !is_high;
    *high |= bit & is_high;
}

fn number(count: usize) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}

/// Names a text by a number.
fn key(text: &str) -> u64 {
    let step =
        |key: u64, part: u64| (key.rotate_left(23) ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let (parts, rest) = text.as_bytes().as_chunks::<8>();
    let key = parts.iter().fold(text.len() as u64, |key, it| step(key, u64::from_le_bytes(*it)));
    let rest = rest.iter().fold(0, |rest, byte| rest << 8 | u64::from(*byte));
    step(key, rest)
}

#[cfg(test)]
mod tests;
