//! The order of `sort`: texts that are no numbers first, then numbers by their size.
//!
//! Texts are compared run by run: a run of digits by its length, then by its digits; anything else
//! by Unicode. A key is written so that comparing its bytes is comparing the texts.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow::array::BinaryBuilder;
use arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::super::by_row::{ByRow, Given, Kind, Value};
use super::super::texts::Texts;
use super::super::{Function, Make, number};

const NO_NUMBER: u8 = 1;
const NUMBER: u8 = 2;
/// Stands before the length of a run of digits: the smallest digit, so that digits stand among
/// other characters where Unicode has them.
const DIGITS: u8 = b'0';

pub(super) const COMPARE: Function = Function {
    name: "natural_compare",
    usage: "natural_compare(a, b)",
    doc: "Gives -1, 0 or 1 as the first text stands before, at or after the second in natural order.",
    example: "natural_compare('item9', 'item10')",
    make: Make::ByRow(ByRow::new(
        &[Kind::Text, Kind::Text],
        Kind::Integer,
        |values| match *values {
            [Value::Text(left), Value::Text(right)] => {
                let order = match (number::read(left), number::read(right)) {
                    (Some(left), Some(right)) => left.total_cmp(&right),
                    _ => key(left).cmp(&key(right)),
                };
                Given::Integer(match order {
                    Ordering::Less => -1,
                    Ordering::Equal => 0,
                    Ordering::Greater => 1,
                })
            }
            _ => Given::Missing,
        },
    )),
};

pub(in crate::functions) const KEY: Function = Function {
    name: "natural_key",
    usage: "natural_key(text)",
    doc: "Gives bytes whose order is the natural order of the texts.",
    example: "natural_key('item10')",
    make: Make::Own(|| {
        ScalarUDF::new_from_impl(NaturalKey {
            signature: Signature::string(1, Volatility::Immutable),
        })
    }),
};

#[derive(Debug, PartialEq, Eq, Hash)]
struct NaturalKey {
    signature: Signature,
}

impl ScalarUDFImpl for NaturalKey {
    fn name(&self) -> &str {
        KEY.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(DataType::Binary)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue, DataFusionError> {
        let [text] = args.args.as_slice() else { return exec_err!("one argument is needed") };
        let texts = Texts::of(text)?;
        let mut keys = BinaryBuilder::new();
        for row in 0..args.number_rows {
            keys.append_option(texts.at(row).map(key));
        }
        Ok(ColumnarValue::Array(Arc::new(keys.finish())))
    }
}

/// Returns bytes that are ordered as the texts are.
fn key(text: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(text.len() + 9);
    if let Some(number) = number::read(text).filter(|_| !matches!(text, "true" | "false")) {
        key.push(NUMBER);
        key.extend(ordered_bits(number).to_be_bytes());
        // Two spellings of one number stand in the order of their text.
        key.extend(text.as_bytes());
        return key;
    }
    key.push(NO_NUMBER);
    let mut rest = text.as_bytes();
    // Ends because every turn takes at least one byte.
    while let Some(&byte) = rest.first() {
        let is_digit = byte.is_ascii_digit();
        let length = rest.iter().take_while(|it| it.is_ascii_digit() == is_digit).count();
        let (run, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        if is_digit {
            key.push(DIGITS);
            key.extend(u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
        }
        key.extend(run);
        rest = after;
    }
    key
}

/// Returns the bits of a number, turned so that they are ordered as the numbers are.
fn ordered_bits(number: f64) -> u64 {
    // Zero has two signs and one place.
    let bits = (number + 0.0).to_bits();
    if bits >> 63 == 1 { !bits } else { bits | (1 << 63) }
}
