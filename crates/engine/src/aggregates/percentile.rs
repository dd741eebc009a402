//! `percentile(x, p)`: the value that p percent of the values do not exceed (nearest rank).
//!
//! It is exact for as many values as it may keep. Beyond, values are counted by their size in
//! steps of 0.2 %, so that what is given is at most 0.1 % off, whatever the values are. Which of
//! the two is decided by how many values there are and by nothing else: cutting the input
//! differently changes no answer.

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

pub(super) const AGGREGATE: Aggregate = Aggregate {
    make: || {
        AggregateUDF::new_from_impl(Percentile {
            signature: Signature::new(
                TypeSignature::Exact(vec![DataType::Float64, DataType::Float64]),
                Volatility::Immutable,
            ),
        })
    },
};

#[derive(Debug, PartialEq, Eq, Hash)]
struct Percentile {
    signature: Signature,
}

impl AggregateUDFImpl for Percentile {
    fn name(&self) -> &'static str {
        "percentile"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(DataType::Float64)
    }

    fn accumulator(&self, _: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>, DataFusionError> {
        Ok(Box::new(State::default()))
    }

    fn state_fields(&self, _: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>, DataFusionError> {
        Ok(vec![
            Arc::new(Field::new("values", DataType::Binary, true)),
            Arc::new(Field::new("percent", DataType::Float64, true)),
        ])
    }
}

#[derive(Debug, Default)]
struct State {
    percent: Option<f64>,
    values: Values,
}

impl Accumulator for State {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<(), DataFusionError> {
        let [numbers, percents] = values else { return exec_err!("two arguments are needed") };
        let percents = percents.as_primitive::<Float64Type>();
        if self.percent.is_none() {
            self.percent = percents.iter().flatten().next();
        }
        for number in numbers.as_primitive::<Float64Type>().iter().flatten() {
            self.values.add(number);
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue, DataFusionError> {
        let value = self.percent.and_then(|percent| self.values.at(percent));
        Ok(ScalarValue::Float64(value))
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.values.size()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>, DataFusionError> {
        let values = ScalarValue::Binary(Some(self.values.to_bytes()));
        Ok(vec![values, ScalarValue::Float64(self.percent)])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<(), DataFusionError> {
        let [values, percents] = states else { return exec_err!("two states are needed") };
        let percents = percents.as_primitive::<Float64Type>();
        if self.percent.is_none() {
            self.percent = percents.iter().flatten().next();
        }
        let values: &BinaryArray = values.as_binary();
        for bytes in values.iter().flatten() {
            self.values.merge(bytes);
        }
        Ok(())
    }
}
