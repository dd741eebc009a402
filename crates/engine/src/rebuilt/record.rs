//! The record, joined from the columns that its layout names.

use std::str;
use std::sync::Arc;

use arrow::array::{Array, AsArray, StringViewBuilder};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, exec_datafusion_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::layouts::{Arguments, Names, Values};

/// Returns the function: it takes the record as stored, the layout, and the columns by name.
pub(super) fn function(names: &Names) -> ScalarUDF {
    let signature = Signature::variadic_any(Volatility::Immutable);
    ScalarUDF::new_from_impl(Record { names: names.clone(), signature })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Record {
    names: Names,
    signature: Signature,
}

impl ScalarUDFImpl for Record {
    fn name(&self) -> &'static str {
        "record_of"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(DataType::Utf8View)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue, DataFusionError> {
        let arguments = Arguments::of(&args)?;
        let own = cast(&arguments.own, &DataType::Utf8View)?;
        if own.null_count() == 0 {
            return Ok(ColumnarValue::Array(own));
        }
        let own = own.as_string_view();
        let mut layouts = arguments.layouts(&self.names);
        let mut records = StringViewBuilder::with_capacity(own.len());
        let mut line = Vec::new();
        for row in 0..own.len() {
            if own.is_valid(row) {
                records.append_value(own.value(row));
                continue;
            }
            let Some(places) = layouts.of(row)? else {
                records.append_null();
                continue;
            };
            line.clear();
            for values in places.iter().filter_map(|&place| arguments.values.get(place)) {
                if !line.is_empty() {
                    line.push(b' ');
                }
                put(values, row, &mut line);
            }
            let text = str::from_utf8(&line);
            records.append_value(text.map_err(|error| exec_datafusion_err!("{error}"))?);
        }
        Ok(ColumnarValue::Array(Arc::new(records.finish())))
    }
}

/// Writes a value as flow logs do.
#[inline]
fn put(values: &Values, row: usize, line: &mut Vec<u8>) {
    match values {
        Values::Texts(texts) if texts.is_valid(row) => {
            line.extend_from_slice(texts.value(row).as_bytes());
        }
        Values::Numbers(numbers) if numbers.is_valid(row) => put_number(numbers.value(row), line),
        _ => line.push(b'-'),
    }
}

/// Writes a number in digits: several times as fast as formatting it.
#[inline]
fn put_number(number: i64, line: &mut Vec<u8>) {
    /// The digits of the greatest number.
    const DIGITS_MAX: usize = 20;
    if number < 0 {
        line.push(b'-');
    }
    let mut digits = [b'0'; DIGITS_MAX];
    let mut rest = number.unsigned_abs();
    let mut n_digits = 0;
    for digit in digits.iter_mut().rev() {
        let [low, ..] = (rest % 10).to_le_bytes();
        *digit = b'0' + low;
        n_digits += 1;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    line.extend_from_slice(digits.get(DIGITS_MAX - n_digits..).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_digits() {
        for number in [0, 7, 10, 65_535, -1, i64::MAX, i64::MIN] {
            let mut line = Vec::new();
            put_number(number, &mut line);
            assert_eq!(line, number.to_string().into_bytes());
        }
    }
}
