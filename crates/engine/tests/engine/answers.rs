//! Rows are right, whatever is projected, filtered, sorted and counted.

use expect_test::expect;
use futures::StreamExt;
use haechi_query::Engine;

use crate::fixture::{Lake, Row, row};

#[tokio::test]
async fn names_keep_their_case_without_quotes() {
    let lake = Lake::of_three_days();
    lake.check("SELECT eventName, COUNT(*) AS n FROM cloudtrail GROUP BY eventName ORDER BY n DESC, eventName", expect![[r#"
        +-------------+---+
        | eventName   | n |
        +-------------+---+
        | GetObject   | 3 |
        | PutObject   | 1 |
        | StopLogging | 1 |
        | 콘솔로그인  | 1 |
        +-------------+---+
    "#]]).await;
}

#[tokio::test]
async fn columns_come_in_the_order_of_the_table() {
    let lake = Lake::of_three_days();
    lake.check("select * from cloudtrail where bytes = 60", expect![[r#"
        +----------------------+--------------+------------+-------+---------------------------------------------+----------------------------+------------+
        | time                 | account      | eventName  | bytes | entities                                    | record                     | date       |
        +----------------------+--------------+------------+-------+---------------------------------------------+----------------------------+------------+
        | 2024-05-03T02:00:00Z | 111122223333 | 콘솔로그인 | 60    | [account:111122223333, resource:콘솔로그인] | {"eventName":"콘솔로그인"} | 2024-05-03 |
        +----------------------+--------------+------------+-------+---------------------------------------------+----------------------------+------------+
    "#]]).await;
}

#[tokio::test]
async fn filters_on_file_and_path_columns_agree_with_the_rows() {
    let lake = Lake::of_three_days();
    lake.check("select time, date, bytes from cloudtrail where (date = '2024-05-01' or eventName = 'GetObject') and bytes > 10 order by time", expect![[r#"
        +----------------------+------------+-------+
        | time                 | date       | bytes |
        +----------------------+------------+-------+
        | 2024-05-01T02:00:00Z | 2024-05-01 | 20    |
        | 2024-05-02T02:00:00Z | 2024-05-02 | 40    |
        | 2024-05-03T01:00:00Z | 2024-05-03 | 50    |
        +----------------------+------------+-------+
    "#]]).await;
}

#[tokio::test]
async fn times_compare_with_text_and_with_timestamps() {
    let lake = Lake::of_three_days();
    for moment in
        ["'2024-05-02T02:00:00Z'", "timestamp '2024-05-02 02:00:00'", "'2024-05-02 04:00:00+02:00'"]
    {
        let sql = format!("select count(*) as n from cloudtrail where time >= {moment}");
        let answer = lake.ask(&sql).await;
        assert!(answer.contains("| 3 |"), "{moment}: {answer}");
    }
}

#[tokio::test]
async fn order_by_time_with_a_limit_gives_the_newest() {
    let lake = Lake::of_three_days();
    lake.check(
        "select time, eventName from cloudtrail order by time desc limit 3",
        expect![[r#"
        +----------------------+------------+
        | time                 | eventName  |
        +----------------------+------------+
        | 2024-05-03T02:00:00Z | 콘솔로그인 |
        | 2024-05-03T01:00:00Z | GetObject  |
        | 2024-05-02T02:00:00Z | GetObject  |
        +----------------------+------------+
    "#]],
    )
    .await;
}

#[tokio::test]
async fn lists_can_be_searched() {
    let lake = Lake::of_three_days();
    lake.check(
        "select bytes, entities from cloudtrail where array_has(entities, 'resource:StopLogging')",
        expect![[r#"
            +-------+----------------------------------------------+
            | bytes | entities                                     |
            +-------+----------------------------------------------+
            | 30    | [account:111122223333, resource:StopLogging] |
            +-------+----------------------------------------------+
        "#]],
    )
    .await;
}

#[tokio::test]
async fn rows_without_a_time_are_found_beside_rows_with_one() {
    let mut lake = Lake::new();
    let timeless = Row { time: None, ..row("2024-05-01T00:00:00Z", "Odd", 1) };
    lake.add("2024-05-01", &[row("2024-05-01T00:00:00Z", "Even", 2), timeless]);
    lake.check(
        "select eventName from cloudtrail where time is null",
        expect![[r#"
        +-----------+
        | eventName |
        +-----------+
        | Odd       |
        +-----------+
    "#]],
    )
    .await;
    lake.check(
        "select count(time) as timed, count(*) as n from cloudtrail",
        expect![[r#"
        +-------+---+
        | timed | n |
        +-------+---+
        | 1     | 2 |
        +-------+---+
    "#]],
    )
    .await;
}

#[tokio::test]
async fn views_answer_like_tables() {
    let mut lake = Lake::of_three_days();
    lake.views = vec![
        (
            "reads".into(),
            "select time, eventName, date from cloudtrail where eventName = 'GetObject'".into(),
        ),
        ("late_reads".into(), "select * from reads where date > '2024-05-01'".into()),
    ];
    lake.check(
        "select * from late_reads order by time",
        expect![[r#"
        +----------------------+-----------+------------+
        | time                 | eventName | date       |
        +----------------------+-----------+------------+
        | 2024-05-02T02:00:00Z | GetObject | 2024-05-02 |
        | 2024-05-03T01:00:00Z | GetObject | 2024-05-03 |
        +----------------------+-----------+------------+
    "#]],
    )
    .await;
}

#[tokio::test]
async fn text_leaves_the_engine_as_plain_text() {
    let lake = Lake::of_three_days();
    let engine = lake.open();
    let sql = "select substr(eventName, 1, 3) as a, cast(bytes as varchar) as b, entities, json_get_str(record, 'eventName') as c from cloudtrail";
    let mut answer = engine.query(sql).await.unwrap();
    let batch = answer.batches.next().await.unwrap().unwrap();
    assert_eq!(answer.schema, batch.schema());
    let kinds: Vec<String> =
        batch.columns().iter().map(|column| column.data_type().to_string()).collect();
    expect!["Utf8, Utf8, List(Utf8), Utf8"].assert_eq(&kinds.join(", "));
}

#[tokio::test]
async fn a_table_without_files_answers_with_no_rows() {
    let lake = Lake::new();
    lake.check(
        "select count(*) as n, max(eventName) as last from cloudtrail",
        expect![[r#"
        +---+------+
        | n | last |
        +---+------+
        | 0 |      |
        +---+------+
    "#]],
    )
    .await;
    lake.check(
        "select time, date from cloudtrail",
        expect![[r#"
        ++
        ++
    "#]],
    )
    .await;
}

#[tokio::test]
async fn joins_windows_and_subqueries_work() {
    let lake = Lake::of_three_days();
    lake.check(
        "with busiest as (select eventName, sum(bytes) as total from cloudtrail group by eventName)
                 select c.date, b.total, row_number() over (order by c.time) as place
                 from cloudtrail c join busiest b on b.eventName = c.eventName
                 where c.date = (select max(date) from cloudtrail) order by place",
        expect![[r#"
            +------------+-------+-------+
            | date       | total | place |
            +------------+-------+-------+
            | 2024-05-03 | 100   | 1     |
            | 2024-05-03 | 60    | 2     |
            +------------+-------+-------+
        "#]],
    )
    .await;
}

#[tokio::test]
async fn the_lake_can_be_looked_around_in() {
    let lake = Lake::of_three_days();
    lake.check(
        "describe cloudtrail",
        expect![[r#"
        +-------------+----------------------+-------------+
        | column_name | data_type            | is_nullable |
        +-------------+----------------------+-------------+
        | time        | Timestamp(µs, "UTC") | YES         |
        | account     | Utf8                 | YES         |
        | eventName   | Utf8View             | YES         |
        | bytes       | Int64                | YES         |
        | entities    | List(Utf8)           | YES         |
        | record      | Utf8View             | YES         |
        | date        | Utf8                 | YES         |
        +-------------+----------------------+-------------+
    "#]],
    )
    .await;
    lake.check(
        "select table_name from information_schema.tables where table_schema = 'public'",
        expect![[r#"
            +------------+
            | table_name |
            +------------+
            | cloudtrail |
            +------------+
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_limited_table_counts_what_the_limit_leaves() {
    let lake = Lake::of_three_days();
    for (limit, n_rows) in [("limit 1", 1), ("limit 3", 3), ("limit 9", 6), ("limit 4 offset 3", 3)]
    {
        let sql = format!("select count(*) as n from (select bytes from cloudtrail {limit})");
        let answer = lake.ask(&sql).await;
        assert!(answer.contains(&format!("| {n_rows} |")), "{limit}: {answer}");
    }
}

#[tokio::test]
async fn gaps_between_hours_are_counted() {
    let mut lake = Lake::of_three_days();
    lake.views = vec![(
        "hours".into(),
        "select account, date_trunc('hour', time) as hour, count(*) as records, \
         count(*) filter (where eventName = 'GetObject') as reads \
         from cloudtrail group by account, date_trunc('hour', time)"
            .into(),
    )];
    let sql = "select hour, records, reads, \
         cast((extract(epoch from hour) - extract(epoch from lag(hour) over \
         (partition by account order by hour))) / 3600 as bigint) - 1 as missing \
         from hours order by hour limit 3";
    lake.check(
        sql,
        expect![[r#"
        +----------------------+---------+-------+---------+
        | hour                 | records | reads | missing |
        +----------------------+---------+-------+---------+
        | 2024-05-01T01:00:00Z | 1       | 1     |         |
        | 2024-05-01T02:00:00Z | 1       | 0     | 0       |
        | 2024-05-02T01:00:00Z | 1       | 0     | 22      |
        +----------------------+---------+-------+---------+
    "#]],
    )
    .await;
}
