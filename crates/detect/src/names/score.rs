//! How much a group of registered names looks like one program's, and not like people's.
//!
//! One name proves nothing; ten names that do not exist say a lot, above all by what they have in
//! common: a program makes all of its names in one way. `tools/train_names.py` makes the model and
//! says from what.

use super::Name;
use super::words::{Parts, Words, parts};

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

/// What is measured of one label.
#[derive(Debug, Clone, Copy, Default)]
struct Measured {
    score: f32,
    parts: Parts,
    length: f32,
    digits: f32,
    vowels: f32,
    has_hyphen: bool,
    turns: f32,
    run: f32,
}

/// Returns the logarithm of how much likelier one program made these names than people.
pub(crate) fn likelihood(names: &[Name]) -> f32 {
    let Some(model) = Model::read() else { return 0.0 };
    let measured: Vec<Measured> = names.iter().map(|name| model.measure(name.label())).collect();
    model.weigh(&common(names, &measured))
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

    fn measure(&self, label: &str) -> Measured {
        let label = label.as_bytes();
        let label = label.get(..LABEL_MAX).unwrap_or(label);
        let mut measured = Measured {
            score: self.score(label),
            parts: parts(label, self.words),
            length: number(label.len()),
            has_hyphen: label.contains(&b'-'),
            ..Measured::default()
        };
        let (mut run, mut run_max, mut n_turns) = (0_u8, 0, 0_u8);
        let (mut n_digits, mut n_vowels) = (0_u8, 0_u8);
        let mut before = label.first().map_or(0, |byte| class(*byte) & VOWEL);
        for byte in label {
            let class = class(*byte);
            let vowel = class & VOWEL;
            n_digits += class >> 1 & 1;
            n_vowels += vowel;
            n_turns += vowel ^ before;
            run = (run + 1) * (class >> 2);
            run_max = run.max(run_max);
            before = vowel;
        }
        (measured.digits, measured.vowels) = (f32::from(n_digits), f32::from(n_vowels));
        measured.turns = f32::from(n_turns) / number(label.len().max(2) - 1);
        measured.run = f32::from(run_max);
        measured
    }

    /// Returns how strange the letters of a label are: a logistic regression over its n-grams.
    fn score(&self, label: &[u8]) -> f32 {
        let mut letters = [0_u8; LABEL_MAX + 2];
        let inside = label.iter().map(|byte| if byte.is_ascii() { *byte } else { b'?' });
        let all = std::iter::once(b'^').chain(inside).chain([b'$']);
        let mut length = 0;
        for (place, byte) in letters.iter_mut().zip(all) {
            *place = byte;
            length += 1;
        }
        let letters = letters.get(..length).unwrap_or_default();
        let (mut sum, mut n_grams) = (0_i32, 0_u16);
        for start in letters.windows(GRAM_MAX) {
            sum += self.begun_by(start);
            n_grams += 4;
        }
        let n_short = letters.len().min(GRAM_MAX - 1);
        for length in 1..=n_short {
            let start = letters.get(letters.len() - length..).unwrap_or_default();
            sum += self.begun_by(start);
            n_grams += u16::try_from(length).unwrap_or(0);
        }
        #[expect(clippy::cast_precision_loss, reason = "at most 260 weights of 8 bits")]
        let sum = sum as f32;
        sum * self.scale / f32::from(n_grams.max(1)).sqrt() + self.bias
    }

    /// Returns the weights of the n-grams that begin with the first letter.
    fn begun_by(&self, letters: &[u8]) -> i32 {
        let mut hash = 0x811c_9dc5_u32;
        let mut sum = 0;
        for byte in letters {
            hash = (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
            let slot = (hash ^ (hash >> 16)) as usize & (SLOTS - 1);
            let weight = self.grams.get(slot).copied().unwrap_or(0);
            sum += i32::from(weight.cast_signed());
        }
        sum
    }

    /// Weighs what a group has in common: one layer of hidden units, and one unit over them.
    fn weigh(&self, common: &[f32; N_COMMON]) -> f32 {
        let mut floats =
            self.network.as_chunks::<FLOAT>().0.iter().map(|it| f32::from_le_bytes(*it));
        let mut sums = [0.0_f32; N_HIDDEN];
        // One figure after the other, so that all units are added to at once.
        for one in common {
            for (sum, weight) in sums.iter_mut().zip(floats.by_ref()) {
                *sum += one * weight;
            }
        }
        let mut units = [0.0_f32; N_HIDDEN];
        for ((unit, sum), bias) in units.iter_mut().zip(sums).zip(floats.by_ref()) {
            *unit = tanh(sum + bias);
        }
        let weighed: f32 =
            units.iter().zip(floats.by_ref()).map(|(unit, weight)| unit * weight).sum();
        weighed + floats.next().unwrap_or(0.0)
    }
}

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

/// The figures of one label that groups are told by.
const N_FIGURES: usize = 12;

impl Measured {
    /// Returns the figures, which are summed up all at once.
    fn figures(&self) -> [f32; N_FIGURES] {
        let is = |truth: bool| f32::from(u8::from(truth));
        [
            self.score,
            is(self.parts.is_two),
            is(self.parts.is_one),
            self.length,
            self.digits,
            self.vowels / self.length.max(1.0),
            is(self.has_hyphen),
            is(0.0 < self.digits),
            self.turns,
            self.run,
            self.parts.cover,
            if self.parts.is_two { self.length } else { 0.0 },
        ]
    }
}

/// Returns the means of figures, each summed up in the order of the names.
fn means(all: &[[f32; N_FIGURES]]) -> [f32; N_FIGURES] {
    let mut sums = [0.0_f32; N_FIGURES];
    for figures in all {
        for (sum, figure) in sums.iter_mut().zip(figures) {
            *sum += figure;
        }
    }
    let n = number(all.len().max(1));
    sums.map(|sum| sum / n)
}

/// Measures what the names of a group have in common, in the order of the training.
fn common(names: &[Name], all: &[Measured]) -> [f32; N_COMMON] {
    let n = number(all.len().max(1));
    let mut figures: Vec<[f32; N_FIGURES]> = all.iter().map(Measured::figures).collect();
    let middle = means(&figures);
    for figure in &mut figures {
        for (value, middle) in figure.iter_mut().zip(middle) {
            *value = (*value - middle).powi(2);
        }
    }
    let [score, two, one, length, digits, vowels, hyphen, digit, turns, run, cover, of_two] =
        middle;
    let spreads = means(&figures).map(f32::sqrt);
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
    let mut scores: Vec<f32> = all.iter().map(|one| one.score).collect();
    scores.sort_by(f32::total_cmp);
    let lowest = |at: usize| scores.get(at).copied().unwrap_or(0.0);
    let letters = length.max(1.0);
    let labels: Vec<&str> = names.iter().map(Name::label).collect();
    let suffixes = keys(names.iter().map(Name::suffix));
    let fronts = keys(labels.iter().map(|it| it.get(..3).unwrap_or(it)));
    let back = |label: &&'_ str| label.len().saturating_sub(3);
    let backs = keys(labels.iter().map(|it| it.get(back(it)..).unwrap_or(it)));
    [
        score,
        lowest(0),
        lowest(1),
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
        different(&suffixes) / n,
        alphabet(&labels) / 20.0,
        most(&fronts) / n,
        most(&backs) / n,
        different(&keys(labels.iter().copied())) / n,
    ]
}

const VOWEL: u8 = 1;
const DIGIT: u8 = 2;
const CONSONANT: u8 = 4;

/// What each byte is.
#[expect(clippy::indexing_slicing, reason = "computed by the compiler, which would say so")]
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0_u8;
    while byte < u8::MAX {
        classes[byte as usize] = match byte {
            b'a' | b'e' | b'i' | b'o' | b'u' => VOWEL,
            b'0'..=b'9' => DIGIT,
            b'a'..=b'z' => CONSONANT,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

fn class(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or(0)
}

fn number(count: usize) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}

/// Names texts by a number each, so that they are compared at once.
fn keys<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<u64> {
    let step =
        |key: u64, part: u64| (key.rotate_left(23) ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let key = |text: &str| {
        let (parts, rest) = text.as_bytes().as_chunks::<8>();
        let key =
            parts.iter().fold(text.len() as u64, |key, it| step(key, u64::from_le_bytes(*it)));
        let rest = rest.iter().fold(0, |rest, byte| rest << 8 | u64::from(*byte));
        step(key, rest)
    };
    texts.map(key).collect()
}

/// Returns how many different keys there are: groups are too small for a map to be worth it.
fn different(keys: &[u64]) -> f32 {
    let is_first = |(at, key): &(usize, &u64)| !keys.iter().take(*at).any(|it| it == *key);
    number(keys.iter().enumerate().filter(is_first).count())
}

/// Returns how often the most frequent key is there.
fn most(keys: &[u64]) -> f32 {
    let n_same = |key: &u64| keys.iter().filter(|it| *it == key).count();
    number(keys.iter().map(n_same).max().unwrap_or(0))
}

/// Returns how many different letters, digits and signs there are.
fn alphabet(labels: &[&str]) -> f32 {
    let (mut low, mut high) = (0_u64, 0_u64);
    for byte in labels.iter().flat_map(|label| label.as_bytes()) {
        let bit = 1_u64 << (byte & 63);
        let is_high = u64::from(byte >> 6 & 1).wrapping_neg();
        low |= bit & !is_high;
        high |= bit & is_high;
    }
    let n_different = low.count_ones() + high.count_ones();
    f32::from(u8::try_from(n_different).unwrap_or(u8::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn likelihood_of(names: &[&str]) -> f32 {
        let names: Vec<Name> = names.iter().map(|it| Name::parse(it, &[]).unwrap()).collect();
        likelihood(&names)
    }

    #[test]
    fn names_of_one_program_are_likelier_than_those_of_people() {
        let made = likelihood_of(&[
            "gojpqbavggzmvm.com",
            "qdqwntrbtphawm.com",
            "swsxkulywcdfzl.com",
            "qhnkjppxrywzre.com",
            "wzxosfvohbwzcu.com",
            "kdhtwbpbsiwznz.com",
            "icpafkpebwiyxj.com",
            "lnqpoqynlsghzn.com",
            "oakpaqqbqmrjst.com",
            "abrzglpijijphj.com",
        ]);
        let chosen = likelihood_of(&[
            "riverside-bakery.com",
            "oldtownbooks.net",
            "mountainbikes.org",
            "sunny-hotel.it",
            "greenvalleyfarm.com",
            "musicschool.de",
            "citylibrary.nl",
            "smith-law.com",
            "bluelagoon.fr",
            "gardencentre.com",
        ]);
        assert!(chosen + 5.0 < made && 0.0 < made, "{chosen} {made}");
    }

    #[test]
    fn words_put_together_by_a_program_are_told_by_what_they_share() {
        let made = likelihood_of(&[
            "windowbridge.net",
            "marketsilver.net",
            "garderwinter.net",
            "doctorsummer.net",
            "littleengine.net",
            "singlepocket.net",
            "orangewindow.net",
            "bridgedoctor.net",
            "winterengine.net",
            "silverpocket.net",
        ]);
        assert!(0.0 < made, "{made}");
    }

    #[test]
    fn any_group_has_a_likelihood() {
        assert!(likelihood(&[]).is_finite());
        let long = format!("{}.com", "x".repeat(63));
        for text in ["a.com", "-.com", "가나다.com", &long, "\u{0}.com"] {
            assert!(likelihood_of(&[text; 10]).is_finite());
        }
        assert!(MODEL.len() < 256 * 1024);
    }
}
