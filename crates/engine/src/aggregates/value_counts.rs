//! `value_counts(value, most)`: how often each value is there, as a JSON object; NULL when there
//! are more different values than that.
//!
//! Whether there are more is decided by the set of values and by nothing else: cutting the input
//! differently changes no answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, FieldRef, Int64Type};
use datafusion::common::{DataFusionError, ScalarValue, exec_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Signature, TypeSignature, Volatility,
};

use super::Aggregate;
use crate::limits::{VALUE_BYTES_MAX, VALUE_COUNTS_MAX};

pub(super) const AGGREGATE: Aggregate = Aggregate {
    make: || {
        AggregateUDF::new_from_impl(ValueCounts {
            signature: Signature::new(
                TypeSignature::Exact(vec![DataType::Utf8View, DataType::Int64]),
                Volatility::Immutable,
            ),
        })
    },
};

#[derive(Debug, PartialEq, Eq, Hash)]
struct ValueCounts {
    signature: Signature,
}

impl AggregateUDFImpl for ValueCounts {
    fn name(&self) -> &'static str {
        "value_counts"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(DataType::Utf8)
    }

    fn accumulator(&self, _: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>, DataFusionError> {
        Ok(Box::new(State { counts: Some(BTreeMap::new()), most: None }))
    }

    fn state_fields(&self, _: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>, DataFusionError> {
        Ok(vec![
            Arc::new(Field::new("counts", DataType::Utf8, true)),
            Arc::new(Field::new("most", DataType::Int64, true)),
        ])
    }
}

#[derive(Debug)]
struct State {
    /// None once there were too many.
    counts: Option<BTreeMap<String, u64>>,
    most: Option<i64>,
}

impl State {
    fn most(&self) -> usize {
        let most = self.most.and_then(|most| usize::try_from(most).ok());
        most.unwrap_or(0).min(VALUE_COUNTS_MAX)
    }

    fn add(&mut self, value: &str, count: u64) {
        let most = self.most();
        let Some(counts) = &mut self.counts else { return };
        let end = value.floor_char_boundary(VALUE_BYTES_MAX);
        let value = value.get(..end).unwrap_or(value);
        if let Some(known) = counts.get_mut(value) {
            *known += count;
        } else if counts.len() < most {
            counts.insert(value.to_owned(), count);
        } else {
            self.counts = None;
        }
    }
}

impl Accumulator for State {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<(), DataFusionError> {
        let [values, most] = values else { return exec_err!("two arguments are needed") };
        if self.most.is_none() {
            self.most = most.as_primitive::<Int64Type>().iter().flatten().next();
        }
        let values = cast(values, &DataType::Utf8View)?;
        for value in values.as_string_view().iter().flatten() {
            self.add(value, 1);
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue, DataFusionError> {
        let json = self.counts.as_ref().and_then(|counts| sonic_rs::to_string(counts).ok());
        Ok(ScalarValue::Utf8(json))
    }

    fn size(&self) -> usize {
        let counts = self.counts.iter().flatten();
        size_of::<Self>() + counts.map(|(value, _)| value.len() + 64).sum::<usize>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>, DataFusionError> {
        // An empty text says that there were too many: no JSON is empty.
        let json = self.counts.as_ref().and_then(|counts| sonic_rs::to_string(counts).ok());
        let counts = ScalarValue::Utf8(Some(json.unwrap_or_default()));
        Ok(vec![counts, ScalarValue::Int64(self.most)])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<(), DataFusionError> {
        let [counts, most] = states else { return exec_err!("two states are needed") };
        if self.most.is_none() {
            self.most = most.as_primitive::<Int64Type>().iter().flatten().next();
        }
        for state in counts.as_string::<i32>().iter().flatten() {
            if state.is_empty() {
                self.counts = None;
                continue;
            }
            let read: Result<BTreeMap<String, u64>, _> = sonic_rs::from_str(state);
            let Ok(counts) = read else { return exec_err!("a state cannot be read") };
            for (value, count) in counts {
                self.add(&value, count);
            }
        }
        Ok(())
    }
}
