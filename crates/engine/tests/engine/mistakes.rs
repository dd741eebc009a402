//! What people and intruders get wrong, and what they are told.

use expect_test::{Expect, expect};

use crate::fixture::Lake;

async fn check(sql: &str, expected: Expect) {
    Lake::of_three_days().check(sql, expected).await;
}

#[tokio::test]
async fn an_unknown_column_is_answered_with_the_nearest() {
    check(
        "select eventname from cloudtrail",
        expect![[r#"
        there is no column `eventname` at line 1, column 8
        hint: did you mean `eventName`?
    "#]],
    )
    .await;
    check(
        "select time,\n  evntName\nfrom cloudtrail",
        expect![[r#"
        there is no column `evntName` at line 2, column 3
        hint: did you mean `eventName`?
    "#]],
    )
    .await;
    check(
        "select c.byte from cloudtrail c where c.bytes > 1",
        expect![[r#"
        there is no column `c.byte` at line 1, column 8
        hint: did you mean `bytes`?
    "#]],
    )
    .await;
    check(
        "select bytes from cloudtrail where evenName = 'x'",
        expect![[r#"
        there is no column `evenName` at line 1, column 36
        hint: did you mean `eventName`?
    "#]],
    )
    .await;
    check(
        "select count(*) from cloudtrail group by evenName",
        expect![[r#"
        there is no column `evenName`
        hint: did you mean `eventName`?
    "#]],
    )
    .await;
    check(
        "select bytes from cloudtrail order by tim",
        expect![[r#"
        there is no column `tim`
        hint: did you mean `time`?
    "#]],
    )
    .await;
    check(
        "select something_else from cloudtrail",
        expect![[r#"
        there is no column `something_else` at line 1, column 8
        hint: `describe cloudtrail` lists the columns
    "#]],
    )
    .await;
}

#[tokio::test]
async fn an_unknown_table_is_answered_with_the_nearest() {
    check(
        "select * from cloudtrial",
        expect![[r#"
        there is no table `cloudtrial` at line 1, column 15
        hint: did you mean `cloudtrail`?
    "#]],
    )
    .await;
    check(
        "select * from CloudTrail",
        expect![[r#"
        there is no table `CloudTrail` at line 1, column 15
        hint: did you mean `cloudtrail`?
    "#]],
    )
    .await;
    check(
        "select * from flows",
        expect![[r#"
        there is no table `flows` at line 1, column 15
        hint: the tables are `cloudtrail`
    "#]],
    )
    .await;
    check(
        "select * from elsewhere.cloudtrail",
        expect![[r#"
        there is no table `elsewhere.cloudtrail` at line 1, column 15
        hint: did you mean `cloudtrail`?
    "#]],
    )
    .await;
    check(
        "with a as (select 1) select * from a, clodtrail",
        expect![[r#"
        there is no table `clodtrail` at line 1, column 39
        hint: did you mean `cloudtrail`?
    "#]],
    )
    .await;
}

#[tokio::test]
async fn an_unknown_function_is_answered_with_the_nearest() {
    check(
        "select json_get_string(record, 'a') from cloudtrail",
        expect![[r#"
            there is no function `json_get_string` at line 1, column 8
            hint: did you mean `json_get_str`?
        "#]],
    )
    .await;
}

#[tokio::test]
async fn text_that_is_no_sql_is_answered_with_the_place() {
    check(
        "select from where",
        expect![[r#"
        there is no table `where` at line 1, column 13
        hint: the tables are `cloudtrail`
    "#]],
    )
    .await;
    check(
        "",
        expect![[r#"
            the query is empty
        "#]],
    )
    .await;
    check(
        "select 1; select 2",
        expect![[r#"
            there is a second query
        "#]],
    )
    .await;
    check(
        "select 'open",
        expect![[r#"
            Unterminated string literal at line 1, column 8
        "#]],
    )
    .await;
}

#[tokio::test]
async fn types_that_do_not_fit_are_explained() {
    check(
        "select bytes + eventName from cloudtrail where bytes = 10",
        expect![[r#"
        Cannot coerce arithmetic expression Int64 + Utf8 to valid types at line 1, column 8
    "#]],
    )
    .await;
    check("select count(*) from cloudtrail where time > 'yesterday'", expect![[r#"
        Parser error: Error parsing timestamp from 'yesterday': timestamp must contain at least 10 characters
    "#]]).await;
}

#[tokio::test]
async fn only_queries_pass() {
    for sql in [
        "create table a as select 1",
        "select * into a from cloudtrail",
        "create external table a stored as parquet location '/tmp/a'",
        "drop table cloudtrail",
        "insert into cloudtrail select * from cloudtrail",
        "delete from cloudtrail",
        "update cloudtrail set bytes = 1",
        "copy cloudtrail to '/tmp/a.parquet'",
        "copy (select 1) to '/tmp/a.csv'",
        "set datafusion.execution.batch_size = 1",
        "reset datafusion.execution.batch_size",
        "begin",
        "prepare a as select 1",
        "execute a",
        "explain analyze insert into cloudtrail select * from cloudtrail",
        "explain copy cloudtrail to '/tmp/a.parquet'",
        "truncate table cloudtrail",
        "create function f() returns int return 1",
    ] {
        let answer = Lake::of_three_days().ask(sql).await;
        assert!(
            answer.contains("is not a query") || answer.contains("not supported"),
            "{sql}: {answer}"
        );
    }
    check(
        "drop table cloudtrail",
        expect![[r#"
        `DROP` is not a query
        hint: queries begin with select, with, values, explain, describe or show
    "#]],
    )
    .await;
}

#[tokio::test]
async fn files_outside_the_lake_cannot_be_read() {
    for sql in [
        "select * from '/etc/hostname'",
        "select * from \"file:///etc/hostname\"",
        "select * from read_csv('/etc/hostname')",
        "select * from parquet_metadata('/etc/hostname')",
    ] {
        let answer = Lake::of_three_days().ask(sql).await;
        assert!(!answer.contains('+'), "{sql}: {answer}");
    }
}

#[tokio::test]
async fn deep_sql_is_refused_and_not_followed() {
    let deep = format!("select {}1{}", "(".repeat(50_000), ")".repeat(50_000));
    check(
        &deep,
        expect![[r#"
            the query nests deeper than 64 levels
        "#]],
    )
    .await;
}

#[tokio::test]
async fn long_sql_is_followed_to_its_limit() {
    for (link, n_operators) in [
        ("bytes + ", 1),
        ("bytes = 1 or ", 2),
        ("eventName = 'a' and ", 2),
        ("1 = bytes is null and ", 3),
    ] {
        // The rest of the query has three operators.
        let n_links = (300 - 3) / n_operators;
        let sql =
            format!("select count(*) as n from cloudtrail where {}bytes > 0", link.repeat(n_links));
        let answer = Lake::of_three_days().ask(&sql).await;
        assert!(answer.contains("| n |"), "{link}: {answer}");
    }
    let values = (0..20_000).map(|value| value.to_string()).collect::<Vec<_>>().join(", ");
    check(
        &format!("select count(*) as n from cloudtrail where bytes in ({values})"),
        expect![[r#"
        +---+
        | n |
        +---+
        | 6 |
        +---+
    "#]],
    )
    .await;
    check(
        &format!("select {}1", "1 + ".repeat(301)),
        expect![[r#"
        the query has more than 300 operators
        hint: many values of one column fit into `in (…)`
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_view_that_cannot_be_planned_is_named() {
    let mut lake = Lake::of_three_days();
    lake.views = vec![("odd".into(), "select evntName from cloudtrail".into())];
    lake.check(
        "select * from odd",
        expect![[r#"
        in the view `odd`: there is no column `evntName` at line 1, column 8
        hint: did you mean `eventName`?
    "#]],
    )
    .await;
}
