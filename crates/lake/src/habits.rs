//! What the values of a batch's columns are like, which decides how they are best written.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::datatypes::Field;
use haechi_sources::schema::FILE;

use crate::texts::Texts;

use crate::limits::{HABIT_ROWS, HABIT_ROWS_MIN};

/// What a column's values are like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Habit {
    /// There are none: neither a dictionary nor compression has anything to do.
    Absent,
    /// Each comes many times: the dictionary is all the compression that they need.
    Few,
    /// Hardly any comes twice, so that a dictionary is looked through in vain.
    Unique,
    /// Anything else.
    Repeated,
}

/// Returns for each column of a batch what its values among the kept rows are like.
pub(crate) fn habits(batch: &RecordBatch, is_kept: &[bool]) -> Vec<Habit> {
    let kept = || is_kept.iter().enumerate().filter_map(|(row, &kept)| kept.then_some(row));
    let n_kept = kept().count();
    // The middle: the first rows of an object may be of one kind.
    let sample: Vec<usize> =
        kept().skip(n_kept.saturating_sub(HABIT_ROWS) / 2).take(HABIT_ROWS).collect();
    let schema = batch.schema();
    let columns = schema.fields().iter().zip(batch.columns());
    // Names of files are long and alike, which a dictionary alone does not make small.
    let of_column = |(field, column): (&Arc<Field>, &ArrayRef)| match field.name().as_str() {
        FILE => Habit::Repeated,
        _ => habit(column, &sample),
    };
    columns.map(of_column).collect()
}

fn habit(column: &dyn Array, sample: &[usize]) -> Habit {
    if column.null_count() == column.len() {
        return Habit::Absent;
    }
    let Some(texts @ (Texts::Flat { .. } | Texts::Named(..))) = Texts::of(column) else {
        return Habit::Repeated;
    };
    let (mut values, mut n_values) =
        (HashSet::with_capacity_and_hasher(sample.len(), ahash::RandomState::default()), 0);
    for text in sample.iter().filter_map(|&row| texts.at(row)) {
        values.insert(text);
        n_values += 1;
    }
    match values.len() {
        _ if n_values < HABIT_ROWS_MIN => Habit::Repeated,
        n_different if 4 * n_different <= n_values => Habit::Few,
        n_different if 9 * n_values <= 10 * n_different => Habit::Unique,
        _ => Habit::Repeated,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, StringArray};

    use super::*;

    fn habit_of(column: StringArray, is_kept: &[bool]) -> Habit {
        let column: ArrayRef = Arc::new(column);
        habits(&RecordBatch::try_from_iter([("a", column)]).unwrap(), is_kept)[0]
    }

    #[test]
    fn values_show_what_they_are_like() {
        let rows = 0..HABIT_ROWS_MIN;
        let kept = vec![true; rows.len()];
        let unique = StringArray::from_iter_values(rows.clone().map(|row| row.to_string()));
        assert_eq!(habit_of(unique, &kept), Habit::Unique);
        let pairs = StringArray::from_iter_values(rows.map(|row| (row / 2).to_string()));
        assert_eq!(habit_of(pairs, &kept), Habit::Repeated);
        let few =
            StringArray::from_iter_values((0..HABIT_ROWS_MIN).map(|row| (row % 3).to_string()));
        assert_eq!(habit_of(few, &kept), Habit::Few);
        assert_eq!(habit_of(StringArray::new_null(9), &kept[..9]), Habit::Absent);
        // What comes twice because its record does is not written twice.
        let firsts: Vec<bool> = (0..2 * HABIT_ROWS_MIN).map(|row| row % 2 == 0).collect();
        let twice = 0..2 * HABIT_ROWS_MIN;
        let twice = StringArray::from_iter_values(twice.map(|row| (row / 2).to_string()));
        assert_eq!(habit_of(twice, &firsts), Habit::Unique);
    }

    #[test]
    fn few_values_show_nothing() {
        let column = StringArray::from_iter_values(["a", "b", "c"]);
        assert_eq!(habit_of(column, &[true; 3]), Habit::Repeated);
    }
}
