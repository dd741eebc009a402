//! `patterns(pattern, n)`: puts patterns together that differ in few words, and adds up how often
//! they are there. `pattern_members` also says which patterns they were, and how coarse.
//!
//! The state is the set of patterns with their counts. Where there are too many, or they take too
//! much memory, all of them are made coarser by the same rule until they are few enough: how coarse
//! depends on the set alone, so that the order in which patterns come changes nothing.

use std::collections::{BTreeMap, HashMap};
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
use crate::limits::{PATTERNS_BYTES_MAX, PATTERNS_MAX};
use crate::patterns::{LEVEL_MAX, clusters_of, coarse};

pub(super) const AGGREGATE: Aggregate = Aggregate { make: || made("patterns", false) };

pub(super) const MEMBERS: Aggregate = Aggregate { make: || made("pattern_members", true) };

fn made(name: &'static str, lists_members: bool) -> AggregateUDF {
    let takes = TypeSignature::Exact(vec![DataType::Utf8View, DataType::Int64]);
    let signature = Signature::new(takes, Volatility::Immutable);
    AggregateUDF::new_from_impl(Patterns { name, lists_members, signature })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Patterns {
    name: &'static str,
    lists_members: bool,
    signature: Signature,
}

impl AggregateUDFImpl for Patterns {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true))))
    }

    fn accumulator(&self, _: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>, DataFusionError> {
        Ok(Box::new(State { lists_members: self.lists_members, ..State::default() }))
    }

    fn state_fields(&self, _: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>, DataFusionError> {
        Ok(vec![Arc::new(Field::new("patterns", DataType::Utf8, true))])
    }
}

#[derive(Debug, Default)]
struct State {
    counts: HashMap<String, u64>,
    n_bytes: usize,
    /// How coarse the patterns are.
    level: u32,
    lists_members: bool,
}

impl State {
    /// Adds a pattern that is as coarse as it says.
    fn add(&mut self, pattern: &str, level: u32, count: u64) {
        let pattern = coarse(pattern, level, self.level);
        if let Some(known) = self.counts.get_mut(pattern.as_ref()) {
            *known += count;
            return;
        }
        self.n_bytes += pattern.len();
        self.counts.insert(pattern.into_owned(), count);
        // Ends because the coarsest pattern is one.
        while self.is_full() && self.level < LEVEL_MAX {
            self.raise(self.level + 1);
        }
    }

    fn is_full(&self) -> bool {
        PATTERNS_MAX < self.counts.len() || PATTERNS_BYTES_MAX < self.n_bytes
    }

    /// Makes all patterns as coarse as that.
    fn raise(&mut self, level: u32) {
        if level <= self.level {
            return;
        }
        let from = std::mem::replace(&mut self.level, level);
        for (pattern, count) in std::mem::take(&mut self.counts) {
            *self.counts.entry(coarse(&pattern, from, level).into_owned()).or_default() += count;
        }
        self.n_bytes = self.counts.keys().map(String::len).sum();
    }
}

impl Accumulator for State {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<(), DataFusionError> {
        let [patterns, counts] = values else { return exec_err!("two arguments are needed") };
        let patterns = cast(patterns, &DataType::Utf8View)?;
        let counts = counts.as_primitive::<Int64Type>();
        for (pattern, count) in patterns.as_string_view().iter().zip(counts.iter()) {
            if let (Some(pattern), Some(count)) = (pattern, count) {
                self.add(pattern, 0, count.unsigned_abs());
            }
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue, DataFusionError> {
        let mut list = ListBuilder::new(StringBuilder::new());
        for found in clusters_of(&self.counts) {
            let (pattern, count) = (&found.pattern, found.count);
            let row = if self.lists_members {
                sonic_rs::to_string(&(pattern, count, self.level, found.members))
            } else {
                sonic_rs::to_string(&(pattern, count))
            };
            list.values().append_value(row.unwrap_or_default());
        }
        list.append(true);
        Ok(ScalarValue::List(Arc::new(list.finish())))
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.n_bytes + self.counts.len() * 2 * size_of::<(String, u64)>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>, DataFusionError> {
        let sorted: BTreeMap<&String, &u64> = self.counts.iter().collect();
        let state = sonic_rs::to_string(&(self.level, sorted));
        Ok(vec![ScalarValue::Utf8(state.ok())])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<(), DataFusionError> {
        let [states] = states else { return exec_err!("one state is needed") };
        for state in states.as_string::<i32>().iter().flatten() {
            let read: Result<(u32, HashMap<String, u64>), _> = sonic_rs::from_str(state);
            let Ok((level, counts)) = read else { return exec_err!("a state cannot be read") };
            self.raise(level);
            for (pattern, count) in counts {
                self.add(&pattern, level, count);
            }
        }
        Ok(())
    }
}
