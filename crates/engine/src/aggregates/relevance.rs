//! `relevance(value, is_match, n_matches, n_others)`: how differently a field is filled in rows that
//! fulfil a condition and in all others, as a JSON object.
//!
//! The score of values that are names is half the sum of the differences of their shares; of
//! numbers, the largest difference of the shares below one number. What chance alone would give is
//! taken off. Where there are very many values, some are looked at for all: those whose hash says
//! so, whatever the order in which they come.

use std::collections::{BTreeMap, HashMap};
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
use crate::functions::hash;
use crate::limits::{RELEVANCE_VALUES_MAX, VALUE_BYTES_MAX};

mod score;

use score::Counts;

pub(super) const AGGREGATE: Aggregate = Aggregate {
    make: || {
        let takes = vec![DataType::Utf8View, DataType::Boolean, DataType::Int64, DataType::Int64];
        AggregateUDF::new_from_impl(Relevance {
            signature: Signature::new(TypeSignature::Exact(takes), Volatility::Immutable),
        })
    },
};

#[derive(Debug, PartialEq, Eq, Hash)]
struct Relevance {
    signature: Signature,
}

impl AggregateUDFImpl for Relevance {
    fn name(&self) -> &'static str {
        "relevance"
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
        Ok(vec![Arc::new(Field::new("counts", DataType::Utf8, true))])
    }
}

#[derive(Debug, Default)]
struct State {
    /// How often each value is there: in rows that match, and in all others.
    counts: HashMap<String, (u64, u64)>,
    /// One value in two to the power of this is looked at.
    level: u32,
    /// How many rows have a value, of each kind.
    present: (u64, u64),
    /// How many rows there are, of each kind.
    all: (u64, u64),
}

impl State {
    fn add(&mut self, value: &str, (matching, other): (u64, u64)) {
        let end = value.floor_char_boundary(VALUE_BYTES_MAX);
        let value = value.get(..end).unwrap_or(value);
        if !is_looked_at(value, self.level) {
            return;
        }
        if let Some(known) = self.counts.get_mut(value) {
            *known = (known.0 + matching, known.1 + other);
            return;
        }
        self.counts.insert(value.to_owned(), (matching, other));
        // Ends because at the last level hardly any value is looked at.
        while RELEVANCE_VALUES_MAX < self.counts.len() && self.level < u64::BITS {
            self.raise(self.level + 1);
        }
    }

    fn raise(&mut self, level: u32) {
        self.level = self.level.max(level);
        self.counts.retain(|value, _| is_looked_at(value, self.level));
    }
}

/// Tells whether the hash of the value ends with so many zeros.
fn is_looked_at(value: &str, level: u32) -> bool {
    level <= hash(value).trailing_zeros()
}

impl Accumulator for State {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<(), DataFusionError> {
        let [values, is_match, matches, others] = values else {
            return exec_err!("four arguments are needed");
        };
        let first = |column: &ArrayRef| {
            let number = column.as_primitive::<Int64Type>().iter().flatten().next();
            number.map_or(0, i64::unsigned_abs)
        };
        self.all = (self.all.0.max(first(matches)), self.all.1.max(first(others)));
        let values = cast(values, &DataType::Utf8View)?;
        for (value, is_match) in values.as_string_view().iter().zip(is_match.as_boolean().iter()) {
            let (Some(value), Some(is_match)) = (value, is_match) else { continue };
            let count = if is_match { (1, 0) } else { (0, 1) };
            self.present = (self.present.0 + count.0, self.present.1 + count.1);
            self.add(value, count);
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue, DataFusionError> {
        let counts = self.counts.iter().map(|(value, count)| (value.as_str(), *count));
        let mut values: Vec<_> = counts.collect();
        values.sort_unstable();
        let counts = Counts { values, level: self.level, present: self.present, all: self.all };
        Ok(ScalarValue::Utf8(sonic_rs::to_string(&counts.relevance()).ok()))
    }

    fn size(&self) -> usize {
        let values = self.counts.keys().map(|value| value.len() + 64).sum::<usize>();
        size_of::<Self>() + values
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>, DataFusionError> {
        let sorted: BTreeMap<&String, &(u64, u64)> = self.counts.iter().collect();
        let state = sonic_rs::to_string(&(self.level, self.present, self.all, sorted));
        Ok(vec![ScalarValue::Utf8(state.ok())])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<(), DataFusionError> {
        type Written = (u32, (u64, u64), (u64, u64), HashMap<String, (u64, u64)>);
        let [states] = states else { return exec_err!("one state is needed") };
        for state in states.as_string::<i32>().iter().flatten() {
            let read: Result<Written, _> = sonic_rs::from_str(state);
            let Ok((level, present, all, counts)) = read else {
                return exec_err!("a state cannot be read");
            };
            self.raise(level);
            self.present = (self.present.0 + present.0, self.present.1 + present.1);
            self.all = (self.all.0.max(all.0), self.all.1.max(all.1));
            for (value, count) in counts {
                self.add(&value, count);
            }
        }
        Ok(())
    }
}
