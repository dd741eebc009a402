//! `percentile(x, p)`: the value that p percent of the values do not exceed (nearest rank).
//!
//! It is exact for as many values as it may keep. Beyond, values are counted by their size in
//! steps of 0.2 %, so that what is given is at most 0.1 % off, whatever the values are. Which of
//! the two is decided by how many values there are and by nothing else: cutting the input
//! differently changes no answer.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BinaryBuilder, BooleanArray, Float64Array,
};
use arrow::datatypes::{DataType, Field, FieldRef, Float64Type};
use datafusion::common::{DataFusionError, ScalarValue, exec_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature,
    TypeSignature, Volatility,
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

    fn groups_accumulator_supported(&self, _: AccumulatorArgs<'_>) -> bool {
        true
    }

    fn create_groups_accumulator(
        &self,
        _: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn GroupsAccumulator>, DataFusionError> {
        Ok(Box::new(Groups::default()))
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

impl State {
    fn add(&mut self, number: Option<f64>, percent: Option<f64>) {
        self.percent = self.percent.or(percent);
        if let Some(number) = number {
            self.values.add(number);
        }
    }

    fn merge(&mut self, values: Option<&[u8]>, percent: Option<f64>) {
        self.percent = self.percent.or(percent);
        self.values.merge(values.unwrap_or_default());
    }

    fn value(&mut self) -> Option<f64> {
        self.values.at(self.percent?)
    }
}

impl Accumulator for State {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<(), DataFusionError> {
        let (numbers, percents) = numbers(values)?;
        for (number, percent) in numbers.iter().zip(percents) {
            self.add(number, percent);
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue, DataFusionError> {
        Ok(ScalarValue::Float64(self.value()))
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.values.size()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>, DataFusionError> {
        let values = ScalarValue::Binary(Some(self.values.to_bytes()));
        Ok(vec![values, ScalarValue::Float64(self.percent)])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<(), DataFusionError> {
        let (values, percents) = self::states(states)?;
        for (values, percent) in values.iter().zip(percents) {
            self.merge(values, percent);
        }
        Ok(())
    }
}

/// A state for each group.
#[derive(Debug, Default)]
struct Groups {
    states: Vec<State>,
    /// What their values take.
    bytes: usize,
}

impl Groups {
    /// Changes the state of a group.
    fn change(&mut self, group: usize, change: impl FnOnce(&mut State)) {
        let Some(state) = self.states.get_mut(group) else { return };
        self.bytes -= state.values.size();
        change(state);
        self.bytes += state.values.size();
    }

    /// Takes the states that are asked for.
    fn take(&mut self, emitted: EmitTo) -> Vec<State> {
        let states = emitted.take_needed(&mut self.states);
        self.bytes -= states.iter().map(|state| state.values.size()).sum::<usize>();
        states
    }
}

impl GroupsAccumulator for Groups {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        n_groups: usize,
    ) -> Result<(), DataFusionError> {
        let (numbers, percents) = numbers(values)?;
        self.states.resize_with(n_groups, State::default);
        for (row, ((number, percent), group)) in
            numbers.iter().zip(percents).zip(groups).enumerate()
        {
            if passes(filter, row) {
                self.change(*group, |state| state.add(number, percent));
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emitted: EmitTo) -> Result<ArrayRef, DataFusionError> {
        let states = self.take(emitted).into_iter();
        let values: Float64Array = states.map(|mut state| state.value()).collect();
        Ok(Arc::new(values))
    }

    fn state(&mut self, emitted: EmitTo) -> Result<Vec<ArrayRef>, DataFusionError> {
        Ok(written(&self.take(emitted)))
    }

    fn merge_batch(
        &mut self,
        states: &[ArrayRef],
        groups: &[usize],
        n_groups: usize,
    ) -> Result<(), DataFusionError> {
        let (values, percents) = self::states(states)?;
        self.states.resize_with(n_groups, State::default);
        for ((values, percent), group) in values.iter().zip(percents).zip(groups) {
            self.change(*group, |state| state.merge(values, percent));
        }
        Ok(())
    }

    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>, DataFusionError> {
        let (numbers, percents) = numbers(values)?;
        let state = |(row, (number, percent))| {
            let mut state = State::default();
            state.add(if passes(filter, row) { number } else { None }, percent);
            state
        };
        let states: Vec<State> = numbers.iter().zip(percents).enumerate().map(state).collect();
        Ok(written(&states))
    }

    fn size(&self) -> usize {
        self.states.capacity() * size_of::<State>() + self.bytes
    }
}

fn passes(filter: Option<&BooleanArray>, row: usize) -> bool {
    filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row))
}

/// Returns the arguments: values and percents.
fn numbers(values: &[ArrayRef]) -> Result<(&Float64Array, &Float64Array), DataFusionError> {
    let [numbers, percents] = values else { return exec_err!("two arguments are needed") };
    Ok((numbers.as_primitive::<Float64Type>(), percents.as_primitive::<Float64Type>()))
}

/// Returns the columns of states: values and percents.
fn states(states: &[ArrayRef]) -> Result<(&BinaryArray, &Float64Array), DataFusionError> {
    let [values, percents] = states else { return exec_err!("two states are needed") };
    Ok((values.as_binary(), percents.as_primitive::<Float64Type>()))
}

/// Returns states as columns.
fn written(states: &[State]) -> Vec<ArrayRef> {
    let mut values = BinaryBuilder::new();
    for state in states {
        values.append_value(state.values.to_bytes());
    }
    let percents: Float64Array = states.iter().map(|state| state.percent).collect();
    vec![Arc::new(values.finish()), Arc::new(percents)]
}
