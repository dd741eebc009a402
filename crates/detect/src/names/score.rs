//! How much a group of registered names looks like one program's, and not like people's.
//!
//! One name proves nothing; ten names that do not exist say a lot, above all by what they have in
//! common: a program makes all of its names in one way. `tools/train_names.py` makes the model and
//! says from what.

use super::Name;
use super::words::{Parts, parts};

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
    grams: &'static [u8],
    words: &'static [u8],
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
        let (grams, rest) = rest.split_at_checked(SLOTS)?;
        let (words, network) = rest.split_at_checked(rest.len().checked_sub(N_WEIGHTS * FLOAT)?)?;
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
        let mut before = None;
        for byte in label {
            let vowel = is_vowel(*byte);
            measured.digits += f32::from(u8::from(byte.is_ascii_digit()));
            measured.vowels += f32::from(u8::from(vowel));
            n_turns += u8::from(before.is_some_and(|before| before != vowel));
            run = if byte.is_ascii_lowercase() && !vowel { run + 1 } else { 0 };
            run_max = run.max(run_max);
            before = Some(vowel);
        }
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
        for start in 0..letters.len() {
            let mut hash = 0x811c_9dc5_u32;
            for byte in letters.iter().skip(start).take(GRAM_MAX) {
                hash = (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
                let slot = (hash ^ (hash >> 16)) as usize & (SLOTS - 1);
                let weight = self.grams.get(slot).copied().unwrap_or(0);
                sum += i32::from(weight.cast_signed());
                n_grams += 1;
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "at most 260 weights of 8 bits")]
        let sum = sum as f32;
        sum * self.scale / f32::from(n_grams.max(1)).sqrt() + self.bias
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
            *unit = (sum + bias).tanh();
        }
        let weighed: f32 =
            units.iter().zip(floats.by_ref()).map(|(unit, weight)| unit * weight).sum();
        weighed + floats.next().unwrap_or(0.0)
    }
}

/// Measures what the names of a group have in common, in the order of the training.
fn common(names: &[Name], all: &[Measured]) -> [f32; N_COMMON] {
    let n = number(all.len().max(1));
    let mean = |what: &dyn Fn(&Measured) -> f32| all.iter().map(what).sum::<f32>() / n;
    let spread = |what: &dyn Fn(&Measured) -> f32| {
        let middle = mean(what);
        mean(&|one| (what(one) - middle).powi(2)).sqrt()
    };
    let share = |is: &dyn Fn(&Measured) -> bool| mean(&|one| f32::from(u8::from(is(one))));
    let mut scores: Vec<f32> = all.iter().map(|one| one.score).collect();
    scores.sort_by(f32::total_cmp);
    let lowest = |at: usize| scores.get(at).copied().unwrap_or(0.0);
    let vowels = |one: &Measured| one.vowels / one.length.max(1.0);
    let letters = mean(&|one| one.length).max(1.0);
    let of_two = mean(&|one| if one.parts.is_two { one.length } else { 0.0 });
    let labels: Vec<&str> = names.iter().map(Name::label).collect();
    let suffixes = keys(names.iter().map(Name::suffix));
    let fronts = keys(labels.iter().map(|it| it.get(..3).unwrap_or(it)));
    let back = |label: &&'_ str| label.len().saturating_sub(3);
    let backs = keys(labels.iter().map(|it| it.get(back(it)..).unwrap_or(it)));
    let two = share(&|one| one.parts.is_two);
    [
        mean(&|one| one.score),
        lowest(0),
        lowest(1),
        spread(&|one| one.score),
        two,
        share(&|one| one.parts.is_one),
        letters / 10.0,
        spread(&|one| one.length) / 3.0,
        mean(&|one| one.digits) / letters,
        mean(&vowels),
        spread(&vowels) * 5.0,
        share(&|one| one.has_hyphen),
        share(&|one| 0.0 < one.digits),
        mean(&|one| one.turns),
        spread(&|one| one.turns) * 5.0,
        mean(&|one| one.run) / 3.0,
        mean(&|one| one.parts.cover),
        spread(&|one| one.parts.cover),
        of_two / two.max(1.0 / n) / 10.0,
        different(&suffixes) / n,
        alphabet(&labels) / 20.0,
        most(&fronts) / n,
        most(&backs) / n,
        different(&keys(labels.iter().copied())) / n,
    ]
}

fn is_vowel(byte: u8) -> bool {
    matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u')
}

fn number(count: usize) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}

/// Names texts by a number each, so that they are compared at once.
fn keys<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<u64> {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    texts.map(|text| text.bytes().fold(0xcbf2_9ce4_8422_2325, step)).collect()
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
    let mut seen = 0_u128;
    for byte in labels.iter().flat_map(|label| label.bytes()) {
        seen |= 1 << (byte & 0x7f);
    }
    f32::from(u8::try_from(seen.count_ones()).unwrap_or(u8::MAX))
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
