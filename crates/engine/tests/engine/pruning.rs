//! Files that cannot matter are not opened: every test here has deleted them.

use expect_test::expect;

use crate::fixture::{Lake, row};

#[tokio::test]
async fn counting_everything_opens_nothing() {
    let lake = Lake::of_three_days();
    (0..3).for_each(|index| lake.lose(index));
    lake.check(
        "select count(*) as n from cloudtrail",
        expect![[r#"
        +---+
        | n |
        +---+
        | 6 |
        +---+
    "#]],
    )
    .await;
    lake.check(
        "select count(*) as n from cloudtrail where date between '2024-05-02' and '2024-05-03'",
        expect![[r#"
            +---+
            | n |
            +---+
            | 4 |
            +---+
        "#]],
    )
    .await;
}

#[tokio::test]
async fn an_unknown_number_of_rows_is_counted_from_the_file() {
    let mut lake = Lake::of_three_days();
    lake.files[1].rows = None;
    lake.check(
        "select count(*) as n from cloudtrail",
        expect![[r#"
        +---+
        | n |
        +---+
        | 6 |
        +---+
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_date_opens_only_its_own_files() {
    let lake = Lake::of_three_days();
    lake.lose(0);
    lake.lose(2);
    lake.check(
        "select eventName from cloudtrail where date = '2024-05-02' order by eventName",
        expect![[r#"
            +-------------+
            | eventName   |
            +-------------+
            | GetObject   |
            | StopLogging |
            +-------------+
        "#]],
    )
    .await;
    lake.check(
        "select count(*) as n from cloudtrail where right(date, 1) in ('2', '9') and bytes > 0",
        expect![[r#"
            +---+
            | n |
            +---+
            | 2 |
            +---+
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_time_opens_only_files_that_reach_it() {
    let lake = Lake::of_three_days();
    lake.lose(0);
    lake.lose(2);
    for window in [
        "time >= '2024-05-02T00:00:00Z' and time < '2024-05-03T00:00:00Z'",
        "time between timestamp '2024-05-02' and timestamp '2024-05-03'",
        "time > timestamp '2024-05-03' - interval '1 day' and time <= '2024-05-02T23:00:00Z'",
    ] {
        let sql = format!("select sum(bytes) as bytes from cloudtrail where {window}");
        let answer = lake.ask(&sql).await;
        assert!(answer.contains("| 70    |"), "{window}: {answer}");
    }
}

#[tokio::test]
async fn a_join_on_a_view_prunes_too() {
    let mut lake = Lake::of_three_days();
    lake.views =
        vec![("recent".into(), "select * from cloudtrail where date >= '2024-05-03'".into())];
    lake.lose(0);
    lake.lose(1);
    lake.check(
        "select bytes from recent order by bytes",
        expect![[r#"
        +-------+
        | bytes |
        +-------+
        | 50    |
        | 60    |
        +-------+
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_limit_opens_no_more_files_than_it_needs() {
    let lake = Lake::of_three_days();
    lake.lose(1);
    lake.lose(2);
    lake.check(
        "select bytes from cloudtrail limit 2",
        expect![[r#"
        +-------+
        | bytes |
        +-------+
        | 10    |
        | 20    |
        +-------+
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_limit_behind_a_filter_opens_what_it_needs() {
    let lake = Lake::of_three_days();
    lake.check(
        "select bytes from cloudtrail where bytes > 40 limit 2",
        expect![[r#"
        +-------+
        | bytes |
        +-------+
        | 50    |
        | 60    |
        +-------+
    "#]],
    )
    .await;
}

#[tokio::test]
async fn the_newest_rows_are_found_without_the_oldest_files() {
    let mut lake = Lake::of_three_days();
    lake.threads = 1;
    lake.files.reverse();
    // The second file is opened while the first is read; the third is not.
    lake.lose(2);
    lake.check(
        "select bytes from cloudtrail order by time desc limit 2",
        expect![[r#"
        +-------+
        | bytes |
        +-------+
        | 60    |
        | 50    |
        +-------+
    "#]],
    )
    .await;
}

#[tokio::test]
async fn wide_bounds_never_answer_for_the_rows() {
    let mut lake = Lake::of_three_days();
    for file in &mut lake.files {
        let (first, last) = file.time.unwrap();
        file.time = Some((first.plus_seconds(-60), last.plus_seconds(60)));
    }
    lake.check(
        "select min(time) as first, max(time) as last from cloudtrail",
        expect![[r#"
        +----------------------+----------------------+
        | first                | last                 |
        +----------------------+----------------------+
        | 2024-05-01T01:00:00Z | 2024-05-03T02:00:00Z |
        +----------------------+----------------------+
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_missing_partition_value_is_null() {
    let mut lake = Lake::of_three_days();
    lake.files[0].partition_values[0] = None;
    lake.check(
        "select count(*) as n, count(account) as named from cloudtrail",
        expect![[r#"
        +---+-------+
        | n | named |
        +---+-------+
        | 6 | 4     |
        +---+-------+
    "#]],
    )
    .await;
    lake.check(
        "select bytes, account from cloudtrail where account is null",
        expect![[r#"
        +-------+---------+
        | bytes | account |
        +-------+---------+
        | 10    |         |
        | 20    |         |
        +-------+---------+
    "#]],
    )
    .await;
    lake.check(
        "select count(*) as n from cloudtrail where account <> '1'",
        expect![[r#"
        +---+
        | n |
        +---+
        | 4 |
        +---+
    "#]],
    )
    .await;
}

#[tokio::test]
async fn the_plan_shows_what_is_left_to_read() {
    let mut lake = Lake::of_three_days();
    lake.add("2024-05-04", &[row("2024-05-04T01:00:00Z", "GetObject", 70)]);
    let engine = lake.open();
    let plan = engine
        .explain("select eventName from cloudtrail where time > '2024-05-02T12:00:00Z' and eventName = 'GetObject'")
        .await
        .unwrap();
    expect![[r#"
        Stopping
          DataSourceExec: file_groups={2 groups: [[account=111122223333/date=2024-05-03/002.parquet], [account=111122223333/date=2024-05-04/003.parquet]]}, projection=[eventName], file_type=parquet, predicate=time@0 > 1714651200000000 AND eventName@1 = GetObject, pruning_predicate=time_null_count@1 != row_count@2 AND time_max@0 > 1714651200000000 AND eventName_null_count@5 != row_count@2 AND eventName_min@3 <= GetObject AND GetObject <= eventName_max@4, required_guarantees=[eventName in (GetObject)]
    "#]].assert_eq(&plan);
}
