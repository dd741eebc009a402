//! How much a registered label looks like one that no person chose.
//!
//! A logistic regression over the label's 1- to 4-grams, hashed into 65,536 weights of 8 bits. The
//! weights are made by `tools/train_names.py`, which says from what. One name proves nothing; the
//! mean over ten names that do not exist says a lot.

/// The scale and the bias as `f32`, then the weights.
static MODEL: &[u8] = include_bytes!("generated.bin");

const SLOTS: u32 = 1 << 16;
const GRAM_MAX: usize = 4;
const LABEL_MAX: usize = 63;

/// Returns the logarithm of how much likelier a program made the label than a person.
pub(crate) fn score(label: &str) -> f32 {
    let Some((scale, rest)) = MODEL.split_first_chunk() else { return 0.0 };
    let Some((bias, weights)) = rest.split_first_chunk() else { return 0.0 };
    let (scale, bias) = (f32::from_le_bytes(*scale), f32::from_le_bytes(*bias));
    let inside =
        label.bytes().take(LABEL_MAX).map(|byte| if byte.is_ascii() { byte } else { b'?' });
    let letters: Vec<u8> = std::iter::once(b'^').chain(inside).chain([b'$']).collect();
    let (mut sum, mut n_grams) = (0_i32, 0_u16);
    for start in 0..letters.len() {
        let mut hash = 0x811c_9dc5_u32;
        for byte in letters.iter().skip(start).take(GRAM_MAX) {
            hash = (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
            let slot = (hash ^ (hash >> 16)) & (SLOTS - 1);
            let weight = weights.get(slot as usize).copied().unwrap_or(0);
            sum += i32::from(weight.cast_signed());
            n_grams += 1;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "at most 260 weights of 8 bits")]
    let sum = sum as f32;
    sum * scale / f32::from(n_grams).sqrt() + bias
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_without_a_meaning_score_higher() {
        for (chosen, made) in [
            ("riverside-bakery", "xkqzvbnwtrplfj"),
            ("mountainbikes", "a8f3e90b7c1d2245"),
            ("example", "qowjdhfyzx"),
        ] {
            assert!(score(chosen) + 1.0 < score(made), "{chosen} {made}");
        }
    }

    #[test]
    fn any_text_has_a_score() {
        for label in ["", "-", "가나다", &"x".repeat(1_000), "\u{0}"] {
            assert!(score(label).is_finite());
        }
        assert_eq!(MODEL.len(), 8 + SLOTS as usize);
    }
}
