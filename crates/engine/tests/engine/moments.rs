//! Rows in the order of time: merged from files that hold them in that order, and not sorted.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};

use crate::fixture::Lake;

const BY_TIME: &str =
    "select time, eventName, bytes from cloudtrail order by time nulls first, eventName, bytes";

/// The same, in a way that no merge knows how to answer.
const SORTED: &str = "select time, eventName, bytes from cloudtrail \
     order by date_trunc('microsecond', time) nulls first, eventName, bytes";

/// Makes rows of the seconds, in their order; names do not follow it.
fn seconds(seconds: impl IntoIterator<Item = i64>) -> RecordBatch {
    let times: Vec<i64> = seconds.into_iter().map(|second| second * 1_000_000).collect();
    let numbers = 0..i64::try_from(times.len()).unwrap();
    let names = numbers.clone().map(|number| Some(format!("call{}", number * 7_919 % 101)));
    batch(times.iter().copied().map(Some), names.collect(), numbers.map(|it| it * 31 % 17))
}

fn batch(
    times: impl Iterator<Item = Option<i64>>,
    names: Vec<Option<String>>,
    numbers: impl Iterator<Item = i64>,
) -> RecordBatch {
    let times = times.collect::<TimestampMicrosecondArray>().with_timezone("UTC");
    let columns: [(&str, ArrayRef); 3] = [
        ("time", Arc::new(times)),
        ("eventName", Arc::new(StringArray::from(names))),
        ("bytes", Arc::new(Int64Array::from_iter_values(numbers))),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true)))
        .unwrap()
}

async fn is_merged(lake: &Lake) -> bool {
    let plan = lake.open().explain(BY_TIME).await.unwrap();
    assert_ne!(plan.contains("Moments"), plan.contains("SortExec"), "{plan}");
    plan.contains("Moments")
}

#[tokio::test]
async fn files_that_follow_each_other_and_files_that_overlap_are_merged() {
    let mut lake = Lake::new();
    lake.add_batch("1970-01-01", &seconds((0..30_000).map(|row| row / 3)));
    lake.add_batch("1970-01-01", &seconds(9_999..20_000));
    lake.add_batch("1970-01-01", &seconds((5_000..15_000).step_by(7)));
    // Rows without a time, alone and before others.
    lake.add_batch("1970-01-01", &batch([None; 3].into_iter(), vec![None; 3], 0..3));
    let mixed = [None, None, Some(2_000_000), Some(9_000_000_000)];
    lake.add_batch("1970-01-01", &batch(mixed.into_iter(), vec![None; 4], 0..4));
    for threads in [1, 2, 5] {
        lake.threads = threads;
        assert!(is_merged(&lake).await);
        let merged = lake.ask(BY_TIME).await;
        assert!(30_000 < merged.lines().count());
        assert!(merged == lake.ask(SORTED).await, "{threads} threads");
        let some =
            |query: &str| query.replace("order", "where bytes % 5 = 2 and time is not null order");
        assert!(lake.ask(&some(BY_TIME)).await == lake.ask(&some(SORTED)).await);
    }
}

#[tokio::test]
async fn a_moment_with_more_rows_than_memory_has_room_for_is_sorted_on_disk() {
    let mut lake = Lake::new();
    let long = |number: i64| Some(format!("{:05}{}", number * 7_919 % 10_007, "x".repeat(4_000)));
    let times = |row: i64| Some(if row < 9_000 { 7 } else { row });
    for _ in 0..2 {
        let names = (0..10_000).map(long).collect();
        lake.add_batch("1970-01-01", &batch((0..10_000).map(times), names, 0..10_000));
    }
    lake.memory_bytes = 48 << 20;
    assert!(is_merged(&lake).await);
    let short = |query: &str| {
        let inner = query.replace("nulls first", "asc nulls first");
        inner.replacen("eventName", "substr(eventName, 1, 5) as name", 1)
    };
    let merged = lake.ask(&short(BY_TIME)).await;
    assert_eq!(merged.lines().count(), 20_004);
    lake.memory_bytes = 512 << 20;
    let sorted = lake.ask(&short(SORTED)).await;
    let unequal = merged.lines().zip(sorted.lines()).find(|(one, other)| one != other);
    assert_eq!(unequal, None);
}

#[tokio::test]
async fn too_many_files_of_one_time_are_sorted() {
    let mut lake = Lake::new();
    lake.threads = 1;
    for _ in 0..16 {
        lake.add_batch("1970-01-01", &seconds(0..5_000));
    }
    assert!(is_merged(&lake).await);
    lake.memory_bytes = 1 << 20;
    assert!(!is_merged(&lake).await, "there is no room for them");
    lake.memory_bytes = 1 << 30;
    lake.add_batch("1970-01-01", &seconds(0..5_000));
    assert!(!is_merged(&lake).await);
}

#[tokio::test]
async fn rows_that_stand_in_no_order_are_sorted() {
    let mut lake = Lake::new();
    lake.add_batch("1970-01-01", &seconds((0..5_000).rev()));
    let mut table = lake.table();
    table.is_in_time_order = false;
    let plan = lake.try_open(vec![table]).unwrap().explain(BY_TIME).await.unwrap();
    assert!(plan.contains("SortExec"), "{plan}");
}
