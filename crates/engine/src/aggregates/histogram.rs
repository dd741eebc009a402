//! `histogram(x, n)`: how many values lie in each of n buckets of equal width, as a JSON object.
//!
//! The buckets reach from the smallest value to the largest. Beyond as many values as are kept as
//! they are, a value may be counted in the bucket beside its own when it is within 0.1 % of their
//! border.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, BinaryArray};
use arrow::datatypes::{DataType, Field, FieldRef, Float64Type};
use datafusion::common::{DataFusionError, ScalarValue, exec_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Signature, TypeSignature, Volatility,
};

use super::Aggregate;
use super::values::Values;
use crate::functions::number_text;
use crate::limits::BUCKETS_MAX;

pub(super) const AGGREGATE: Aggregate = Aggregate {
    make: || {
        AggregateUDF::new_from_impl(Histogram {
            signature: Signature::new(
                TypeSignature::Exact(vec![DataType::Float64, DataType::Float64]),
                Volatility::Immutable,
            ),
        })
    },
};

#[derive(Debug, PartialEq, Eq, Hash)]
struct Histogram {
    signature: Signature,
}

impl AggregateUDFImpl for Histogram {
    fn name(&self) -> &'static str {
        "histogram"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(DataType::Utf8)
    }

    fn accumulator(&self, _: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>, DataFusionError> {
        Ok(Box::new(State::default()))
    }

    fn state_fields(&self, _: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>, DataFusionError> {
        let number = |name| Arc::new(Field::new(name, DataType::Float64, true));
        let values = Arc::new(Field::new("values", DataType::Binary, true));
        Ok(vec![values, number("buckets"), number("smallest"), number("largest")])
    }
}

#[derive(Debug, Default)]
struct State {
    n_buckets: Option<f64>,
    /// The smallest and the largest value.
    ends: Option<(f64, f64)>,
    values: Values,
}

impl State {
    fn widen(&mut self, smallest: f64, largest: f64) {
        let ends = self.ends.unwrap_or((smallest, largest));
        self.ends = Some((ends.0.min(smallest), ends.1.max(largest)));
    }

    fn ask(&mut self, buckets: &ArrayRef) {
        if self.n_buckets.is_none() {
            self.n_buckets = buckets.as_primitive::<Float64Type>().iter().flatten().next();
        }
    }

    fn buckets(&self) -> Option<String> {
        let (smallest, largest) = self.ends?;
        let n_buckets = whole(self.n_buckets?);
        let width = (largest - smallest) / float(n_buckets);
        // Values that are all the same fill one bucket.
        let n_buckets = if 0.0 < width { n_buckets } else { 1 };
        let mut counts = vec![0_u64; n_buckets];
        for (value, count) in self.values.counted() {
            let bucket = if 0.0 < width { whole_below((value - smallest) / width) } else { 0 };
            if let Some(known) = counts.get_mut(bucket.min(n_buckets - 1)) {
                *known += count;
            }
        }
        let mut parts = Vec::new();
        for (number, count) in counts.iter().enumerate() {
            let lower = smallest + width * float(number);
            let is_last = number + 1 == n_buckets;
            let upper = if is_last { largest } else { smallest + width * float(number + 1) };
            parts.push(format!("\"{} to {}\":{count}", number_text(lower), number_text(upper)));
        }
        Some(format!("{{{}}}", parts.join(",")))
    }
}

impl Accumulator for State {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<(), DataFusionError> {
        let [numbers, buckets] = values else { return exec_err!("two arguments are needed") };
        self.ask(buckets);
        let numbers = numbers.as_primitive::<Float64Type>().iter().flatten();
        for number in numbers.filter(|number| number.is_finite()) {
            self.widen(number, number);
            self.values.add(number);
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue, DataFusionError> {
        Ok(ScalarValue::Utf8(self.buckets()))
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.values.size()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>, DataFusionError> {
        Ok(vec![
            ScalarValue::Binary(Some(self.values.to_bytes())),
            ScalarValue::Float64(self.n_buckets),
            ScalarValue::Float64(self.ends.map(|ends| ends.0)),
            ScalarValue::Float64(self.ends.map(|ends| ends.1)),
        ])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<(), DataFusionError> {
        let [values, buckets, smallest, largest] = states else {
            return exec_err!("four states are needed");
        };
        self.ask(buckets);
        let smallest = smallest.as_primitive::<Float64Type>().iter();
        for ends in smallest.zip(largest.as_primitive::<Float64Type>().iter()) {
            if let (Some(smallest), Some(largest)) = ends {
                self.widen(smallest, largest);
            }
        }
        let values: &BinaryArray = values.as_binary();
        for bytes in values.iter().flatten() {
            self.values.merge(bytes);
        }
        Ok(())
    }
}

#[expect(clippy::cast_precision_loss, reason = "there are few buckets")]
fn float(number: usize) -> f64 {
    number as f64
}

/// Returns how many buckets were asked for, as far as they are given.
fn whole(number: f64) -> usize {
    whole_below(number).clamp(1, BUCKETS_MAX)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it saturates, and parts of it are cut off"
)]
fn whole_below(number: f64) -> usize {
    number as usize
}
