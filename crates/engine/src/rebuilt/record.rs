//! The record, joined from the columns that its layout names.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, NullBufferBuilder, StringArray, StringViewArray};
use arrow::buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use datafusion::common::{DataFusionError, exec_datafusion_err};

use super::layouts::{Arguments, Names, Values};

/// About how long a flow's line is.
const LINE_BYTES: usize = 128;

/// Returns the records, one behind the other in a single buffer.
pub(super) fn all(arguments: &Arguments, names: &Names) -> Result<ArrayRef, DataFusionError> {
    let own = arguments.own.as_string_view();
    let mut layouts = arguments.layouts(names);
    let mut bytes = Vec::with_capacity(own.len() * LINE_BYTES);
    let mut ends = Vec::with_capacity(own.len() + 1);
    ends.push(0);
    let mut nulls = NullBufferBuilder::new(own.len());
    let mut digits = itoa::Buffer::new();
    for row in 0..own.len() {
        let is_kept = own.is_valid(row);
        let places = if is_kept { None } else { layouts.of(row)? };
        if is_kept {
            bytes.extend_from_slice(own.value(row).as_bytes());
        }
        nulls.append(is_kept || places.is_some());
        let start = bytes.len();
        for &place in places.unwrap_or_default() {
            if start < bytes.len() {
                bytes.push(b' ');
            }
            match arguments.values.get(place) {
                Some(Values::Texts(texts)) if texts.is_valid(row) => {
                    bytes.extend_from_slice(texts.value(row).as_bytes());
                }
                Some(Values::Numbers(numbers)) if numbers.is_valid(row) => {
                    bytes.extend_from_slice(digits.format(numbers.value(row)).as_bytes());
                }
                _ => bytes.push(b'-'),
            }
        }
        let end = i32::try_from(bytes.len());
        ends.push(end.map_err(|_| exec_datafusion_err!("the records of a batch exceed 2 GiB"))?);
    }
    let ends = OffsetBuffer::new(ScalarBuffer::from(ends));
    let texts = StringArray::try_new(ends, Buffer::from_vec(bytes), nulls.finish())?;
    Ok(Arc::new(StringViewArray::from(&texts)))
}
