//! Batches that hold little more than their rows.
//!
//! A text of a row that passed a filter points into the page that it was read from, and keeps the
//! pages' megabytes in memory for as long as the row is there. A sort of a few thousand rows would
//! hold everything that was read for them, and go to disk for it.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StringViewArray};
use arrow::datatypes::DataType;
use arrow::record_batch::{RecordBatch, RecordBatchOptions};

use crate::limits::{SPARSE_BYTES_MIN, SPARSE_SHARE};

/// Returns the batch with its texts copied where they are a small part of what they point into.
pub(crate) fn without_waste(batch: RecordBatch) -> RecordBatch {
    if !batch.columns().iter().any(is_sparse) {
        return batch;
    }
    let column = |column: &ArrayRef| match column.as_string_view_opt() {
        Some(views) if is_sparse(column) => Arc::new(views.gc()) as ArrayRef,
        _ => Arc::clone(column),
    };
    let columns = batch.columns().iter().map(column).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    // The columns have the types and lengths that they had.
    RecordBatch::try_new_with_options(batch.schema(), columns, &options).unwrap_or(batch)
}

fn is_sparse(column: &ArrayRef) -> bool {
    if *column.data_type() != DataType::Utf8View {
        return false;
    }
    column.as_string_view_opt().is_some_and(|views| {
        let held: usize = views.data_buffers().iter().map(arrow::buffer::Buffer::len).sum();
        SPARSE_BYTES_MIN <= held && used(views) * SPARSE_SHARE <= held
    })
}

fn used(views: &StringViewArray) -> usize {
    views.lengths().map(|length| length as usize).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(batch: &RecordBatch) -> usize {
        let views = batch.column(0).as_string_view();
        views.data_buffers().iter().map(arrow::buffer::Buffer::len).sum()
    }

    #[test]
    fn few_texts_of_a_large_page_let_go_of_it() {
        let text = |row: usize| Some("x".repeat(100 + row % 7));
        let page: StringViewArray = (0..20_000).map(text).collect();
        let page = RecordBatch::try_from_iter([("text", Arc::new(page) as ArrayRef)]).unwrap();
        let few = page.slice(5, 100);
        assert_eq!(held(&few), held(&page));
        let copied = without_waste(few.clone());
        assert_eq!(copied, few);
        assert!(held(&copied) < 11_000, "{}", held(&copied));
        let most = page.slice(0, 15_000);
        assert_eq!(held(&without_waste(most)), held(&page), "what is mostly used is not copied");
    }
}
