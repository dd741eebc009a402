//! `patterns(pattern, n)`: puts patterns together that differ in few words, and adds up how often
//! they are there.
//!
//! The state is the set of patterns with their counts. Where there are too many, all of them are
//! made coarser by the same rule until they are few enough: how coarse depends on the set alone,
//! so that the order in which patterns come changes nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, ListBuilder, StringBuilder};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, FieldRef, Int64Type};
use datafusion::common::{DataFusionError, ScalarValue, exec_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Signature, TypeSignature, Volatility,
};

use super::Aggregate;
use crate::limits::PATTERNS_MAX;

mod clusters;

pub(super) const AGGREGATE: Aggregate = Aggregate {
    make: || {
        AggregateUDF::new_from_impl(Patterns {
            signature: Signature::new(
                TypeSignature::Exact(vec![DataType::Utf8View, DataType::Int64]),
                Volatility::Immutable,
            ),
        })
    },
};

#[derive(Debug, PartialEq, Eq, Hash)]
struct Patterns {
    signature: Signature,
}

impl AggregateUDFImpl for Patterns {
    fn name(&self) -> &'static str {
        "patterns"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true))))
    }

    fn accumulator(&self, _: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>, DataFusionError> {
        Ok(Box::new(State::default()))
    }

    fn state_fields(&self, _: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>, DataFusionError> {
        Ok(vec![Arc::new(Field::new("patterns", DataType::Utf8, true))])
    }
}

#[derive(Debug, Default)]
struct State {
    counts: BTreeMap<String, u64>,
    n_bytes: usize,
    /// How coarse the patterns are.
    level: u32,
}

impl State {
    fn add(&mut self, pattern: &str, count: u64) {
        let pattern = clusters::coarse(pattern, self.level);
        if let Some(known) = self.counts.get_mut(&pattern) {
            *known += count;
            return;
        }
        self.n_bytes += pattern.len();
        self.counts.insert(pattern, count);
        // Ends because the coarsest patterns are few.
        while PATTERNS_MAX < self.counts.len() && self.level < clusters::LEVEL_MAX {
            self.raise(self.level + 1);
        }
    }

    /// Makes all patterns as coarse as that.
    fn raise(&mut self, level: u32) {
        if level <= self.level {
            return;
        }
        self.level = level;
        self.n_bytes = 0;
        let mut counts = BTreeMap::new();
        for (pattern, count) in std::mem::take(&mut self.counts) {
            *counts.entry(clusters::coarse(&pattern, level)).or_default() += count;
        }
        self.n_bytes = counts.keys().map(String::len).sum();
        self.counts = counts;
    }
}

impl Accumulator for State {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<(), DataFusionError> {
        let [patterns, counts] = values else { return exec_err!("two arguments are needed") };
        let patterns = cast(patterns, &DataType::Utf8View)?;
        let counts = counts.as_primitive::<Int64Type>();
        for (pattern, count) in patterns.as_string_view().iter().zip(counts.iter()) {
            if let (Some(pattern), Some(count)) = (pattern, count) {
                self.add(pattern, count.unsigned_abs());
            }
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue, DataFusionError> {
        let mut list = ListBuilder::new(StringBuilder::new());
        for (pattern, count) in clusters::of(&self.counts) {
            let row = sonic_rs::to_string(&(pattern, count)).unwrap_or_default();
            list.values().append_value(row);
        }
        list.append(true);
        Ok(ScalarValue::List(Arc::new(list.finish())))
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.n_bytes + self.counts.len() * 2 * size_of::<(String, u64)>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>, DataFusionError> {
        let state = sonic_rs::to_string(&(self.level, &self.counts));
        Ok(vec![ScalarValue::Utf8(state.ok())])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<(), DataFusionError> {
        let [states] = states else { return exec_err!("one state is needed") };
        for state in states.as_string::<i32>().iter().flatten() {
            let read: Result<(u32, BTreeMap<String, u64>), _> = sonic_rs::from_str(state);
            let Ok((level, counts)) = read else { return exec_err!("a state cannot be read") };
            self.raise(level);
            for (pattern, count) in counts {
                self.add(&pattern, count);
            }
        }
        Ok(())
    }
}
