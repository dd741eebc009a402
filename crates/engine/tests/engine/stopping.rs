//! Queries that are told to end give what they have.

use std::sync::Arc;

use arrow::array::{AsArray, Int64Array};
use arrow::datatypes::{DataType, Field, Int64Type, Schema};
use arrow::record_batch::RecordBatch;
use futures::StreamExt;
use haechi_engine::{Embedded, Options};
use haechi_query::Engine;
use object_store::memory::InMemory;
use url::Url;

/// Returns an engine over a table `t` of so many batches, each of one row.
fn engine(n_batches: i64) -> Embedded {
    let spill_folder = std::env::temp_dir().join("haechi-stopping");
    let options = Options { memory_bytes: 64 << 20, spill_folder, threads: 1 };
    let url = Url::parse("memory:///").unwrap();
    let engine = Embedded::open(Arc::new(InMemory::new()), url, vec![], vec![], &options).unwrap();
    let schema = Arc::new(Schema::new(vec![Field::new("n", DataType::Int64, true)]));
    let batch = |n| {
        let column = Arc::new(Int64Array::from(vec![n]));
        RecordBatch::try_new(Arc::clone(&schema), vec![column]).unwrap()
    };
    let batches = (0..n_batches).map(batch).collect();
    engine.add_rows("t", Arc::clone(&schema), batches).unwrap();
    engine
}

#[tokio::test]
async fn rows_end_where_the_query_was_stopped() {
    let engine = engine(1_000);
    let mut answer = engine.query("select n from t").await.unwrap();
    let mut n_rows = answer.batches.next().await.unwrap().unwrap().num_rows();
    engine.stop().now();
    while let Some(batch) = answer.batches.next().await {
        n_rows += batch.unwrap().num_rows();
    }
    assert!((1..1_000).contains(&n_rows), "{n_rows}");
}

#[tokio::test]
async fn a_sum_is_given_of_what_was_read() {
    let engine = engine(10);
    engine.stop().now();
    let mut answer =
        engine.query("select count(*) from (select n from t where 0 <= n)").await.unwrap();
    let batch = answer.batches.next().await.unwrap().unwrap();
    assert_eq!(batch.column(0).as_primitive::<Int64Type>().value(0), 0);
}
