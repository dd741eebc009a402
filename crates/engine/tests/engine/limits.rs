//! Memory has an end, and so has a query that nobody reads any more.

use std::time::Duration;

use expect_test::expect;
use futures::StreamExt;
use haechi_query::{Engine, QueryError};

use crate::fixture::{Lake, Row, row};

/// Rows that no dictionary makes small.
fn many(n_rows: u64) -> Vec<Row> {
    let mut seed = 1_u64;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        seed
    };
    (0..n_rows)
        .map(|_| {
            let name = format!("{:016x}{:016x}{:016x}{:016x}", next(), next(), next(), next());
            row("2024-05-01T00:00:00Z", &name, (next() >> 32).cast_signed())
        })
        .collect()
}

fn crowded(n_rows: u64) -> Lake {
    let mut lake = Lake::new();
    lake.add("2024-05-01", &many(n_rows));
    lake
}

#[tokio::test]
async fn a_sort_larger_than_its_memory_spills_and_is_right() {
    let mut lake = crowded(100_000);
    lake.memory_bytes = 24 << 20;
    let sql = "select count(*) as n, sum(case when name < before then 1 else 0 end) as misplaced
               from (select eventName as name, lag(eventName) over (order by eventName, record) as before from cloudtrail)";
    lake.check(
        sql,
        expect![[r#"
        +--------+-----------+
        | n      | misplaced |
        +--------+-----------+
        | 100000 | 0         |
        +--------+-----------+
    "#]],
    )
    .await;
    let plan = lake.ask("explain analyze select * from cloudtrail order by eventName").await;
    let spilled = plan.split("spill_count=").skip(1).any(|rest| !rest.starts_with('0'));
    assert!(spilled, "nothing spilled:\n{plan}");
    let left = std::fs::read_dir(lake.spill_folder()).unwrap().count();
    assert_eq!(left, 0, "files were left behind");
}

#[tokio::test]
async fn a_group_by_larger_than_its_memory_spills_and_is_right() {
    let mut lake = crowded(60_000);
    lake.memory_bytes = 8 << 20;
    lake.check(
        "select count(*) as n from (select eventName, count(*) from cloudtrail group by eventName)",
        expect![[r#"
            +-------+
            | n     |
            +-------+
            | 60000 |
            +-------+
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_join_larger_than_its_memory_says_so() {
    let mut lake = crowded(20_000);
    lake.memory_bytes = 1 << 20;
    let sql = "select count(*) from cloudtrail a join cloudtrail b on a.eventName = b.eventName and a.record <> b.record";
    match lake.rows(sql).await {
        Err(QueryError::Memory { message }) => assert!(!message.contains('\n'), "{message}"),
        other => panic!("the query should have run out of memory: {other:?}"),
    }
}

#[tokio::test]
async fn an_engine_answers_again_after_it_ran_out_of_memory() {
    let mut lake = crowded(20_000);
    lake.memory_bytes = 1 << 20;
    let engine = lake.open();
    let large = "select count(*) from cloudtrail a join cloudtrail b on a.eventName = b.eventName and a.record <> b.record";
    let mut answer = engine.query(large).await.unwrap();
    assert!(answer.batches.next().await.unwrap().is_err());
    assert!(answer.batches.next().await.is_none(), "nothing comes after an error");
    let mut answer = engine.query("select count(*) from cloudtrail where bytes > 0").await.unwrap();
    assert!(answer.batches.next().await.unwrap().is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropping_the_answer_stops_the_query() {
    let mut lake = crowded(10_000);
    lake.views = vec![(
        "counted".into(),
        "with recursive r as (select 1 as n union all select n + 1 from r) select n from r".into(),
    )];
    let engine = lake.open();
    for sql in [
        // A cross join of 10¹⁶ rows: it would run for months.
        "select sum(a.bytes + b.bytes + c.bytes + d.bytes) from cloudtrail a, cloudtrail b, cloudtrail c, cloudtrail d",
        "select count(*) from cloudtrail a join cloudtrail b on a.bytes + b.bytes < 7 join cloudtrail c on a.bytes < c.bytes",
        "select count(*) from cloudtrail a join cloudtrail b on a.time = b.time join cloudtrail c on a.time = c.time",
        "select count(*) from counted",
        "select count(*) from generate_series(1, 1000000000000) where value % 7 = 8",
    ] {
        let mut answer = engine.query(sql).await.unwrap();
        let waited = tokio::time::timeout(Duration::from_millis(100), answer.batches.next()).await;
        assert!(waited.is_err(), "the query cannot be done yet");
        drop(answer);
        let metrics = tokio::runtime::Handle::current().metrics();
        let stopped = async {
            while 0 < metrics.num_alive_tasks() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let stopped = tokio::time::timeout(Duration::from_secs(20), stopped).await;
        assert!(stopped.is_ok(), "still running: {sql}");
    }
}
