//! What is written is read back by the library's own reader, row by row.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryViewArray, BooleanArray, DictionaryArray, Float64Array, Int32Array, Int64Array,
    ListBuilder, RecordBatch, StringArray, StringBuilder, UInt32Array,
};
use arrow::compute::{cast, concat_batches, take_record_batch};
use arrow::datatypes::{DataType, Field, Int32Type};
use bytes::Bytes;
use haechi_model::Timestamp;
use haechi_sources::schema::INGESTED;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::{Memory, encode};
use crate::habits::habits;
use crate::limits::{DICTIONARY_BYTES_MAX, LISTS_OF_PAGE, TEXTS_OF_PAGE};

/// Columns of every kind, with and without nulls.
fn batch(n_rows: usize) -> RecordBatch {
    let rows = || 0..n_rows;
    let text = |value: &dyn Fn(usize) -> Option<String>| -> ArrayRef {
        Arc::new(rows().map(value).collect::<StringArray>())
    };
    let mut lists = ListBuilder::new(StringBuilder::new()).with_field(Arc::new(Field::new(
        "element",
        DataType::Utf8,
        true,
    )));
    for row in rows() {
        for element in 0..row % 4 {
            let text = format!("ip:{}", row * element % 1_000);
            lists.values().append_option((row % 7 != 6).then_some(text));
        }
        lists.append(row % 5 != 4 || 0 < row % 4);
    }
    let names = StringArray::from_iter_values(["first", "second", "third"]);
    let keys: Int32Array = rows().map(|row| i32::try_from(row / 3 % 3).ok()).collect();
    let long = "x".repeat(2 * DICTIONARY_BYTES_MAX / TEXTS_OF_PAGE);
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("few", text(&|row| Some(["a", "bb", ""][row / 50 % 3].to_owned()))),
        ("some", text(&|row| (row % 3 == 0).then(|| (row % 500).to_string()))),
        ("one", text(&|_| Some("same".to_owned()))),
        ("none", text(&|_| None)),
        ("last", text(&|row| (row + 1 == n_rows).then(|| "end".to_owned()))),
        ("unique", text(&|row| Some(format!("{row:032x}")))),
        ("large", text(&|row| (row % 9 != 0).then(|| format!("{}{long}", row / 2)))),
        (
            "record",
            Arc::new(
                rows().map(|row| Some(format!("{{\"n\":{row}}}"))).collect::<BinaryViewArray>(),
            ),
        ),
        ("file", Arc::new(DictionaryArray::<Int32Type>::try_new(keys, Arc::new(names)).unwrap())),
        ("entities", Arc::new(lists.finish())),
        (
            "number",
            Arc::new(
                rows()
                    .map(|row| i64::try_from(row).ok().filter(|row| row % 4 != 1))
                    .collect::<Int64Array>(),
            ),
        ),
        (
            "share",
            Arc::new(
                (0_u32..)
                    .take(n_rows)
                    .map(|row| Some(f64::from(row) / 3.0))
                    .collect::<Float64Array>(),
            ),
        ),
        ("flag", Arc::new(rows().map(|row| Some(row % 2 == 0)).collect::<BooleanArray>())),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

#[track_caller]
fn check(batch: &RecordBatch, rows: &[u32]) {
    let habits = habits(batch, &vec![true; batch.num_rows()]);
    let file = encode(batch, rows, &habits, Timestamp(7), &mut Memory::default()).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(file)).unwrap();
    let schema = Arc::clone(reader.schema());
    let read: Vec<RecordBatch> = reader.build().unwrap().collect::<Result<_, _>>().unwrap();
    let read = concat_batches(&schema, &read).unwrap();
    let wanted = take_record_batch(batch, &UInt32Array::from(rows.to_vec())).unwrap();
    assert_eq!(read.num_rows(), rows.len());
    for (field, column) in wanted.schema().fields().iter().zip(wanted.columns()) {
        let read = read.column_by_name(field.name()).unwrap();
        let column = cast(column, read.data_type()).unwrap();
        assert_eq!(&column, read, "{} of {} rows", field.name(), rows.len());
    }
    let ingested = read.column_by_name(INGESTED).unwrap();
    assert_eq!(ingested.null_count(), 0);
}

#[test]
fn columns_of_every_kind_come_back() {
    for n_rows in [1, 2, 7, 8, 9, 100, LISTS_OF_PAGE, LISTS_OF_PAGE + 1, 2 * TEXTS_OF_PAGE + 1] {
        let batch = batch(n_rows);
        let rows: Vec<u32> = (0..).take(n_rows).collect();
        check(&batch, &rows);
    }
}

#[test]
fn rows_come_in_the_order_that_was_asked_for() {
    let batch = batch(5_000);
    let backwards: Vec<u32> = (0..5_000).rev().collect();
    check(&batch, &backwards);
    let scattered: Vec<u32> =
        (0..5_000).map(|row| row * 1_777 % 5_000).filter(|row| row % 3 != 0).collect();
    check(&batch, &scattered);
    check(&batch, &[4_999]);
}
