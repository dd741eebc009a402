use expect_test::{Expect, expect};

use super::{Dress, Group, GroupField, Kind, Request, lower};
use crate::functions;
use crate::parse;

fn field(name: &str, column: &str, kind: Kind) -> GroupField {
    GroupField { name: name.to_owned(), column: column.to_owned(), kind, times: None }
}

fn group(name: &str, fields: Vec<GroupField>) -> Group {
    Group {
        name: name.to_owned(),
        table: name.to_owned(),
        condition: None,
        fields,
        folds_names: name == "vpc_flow",
        message: "\"record\"".to_owned(),
        json: Some("\"record\"".to_owned()),
        stream: "\"file\"".to_owned(),
        log: format!("'{name}'"),
    }
}

fn groups() -> Vec<Group> {
    vec![
        group(
            "cloudtrail",
            vec![
                field("eventName", "eventName", Kind::Text),
                field("userIdentity.arn", "userIdentity_arn", Kind::Text),
                field("readOnly", "readOnly", Kind::Boolean),
            ],
        ),
        group(
            "vpc_flow",
            vec![
                field("srcaddr", "srcaddr", Kind::Text),
                field("dstport", "dstport", Kind::Integer),
                field("bytes", "bytes", Kind::Integer),
            ],
        ),
    ]
}

fn request(groups: &[Group]) -> Request<'_> {
    Request {
        groups,
        is_named: false,
        lookups: &[],
        from: Some(1_717_200_000_000_000),
        until: None,
        now: 1_717_286_400_000_000,
        rows_max: 10_000,
        dress: Dress::Typed,
        compat: false,
    }
}

fn sql(text: &str) -> String {
    let groups = groups();
    let request = request(&groups);
    let query = parse(text).unwrap();
    match lower(&query, &request) {
        Ok(sql) => sql.text + "\n",
        Err(error) => error.render(text),
    }
}

#[track_caller]
fn check(text: &str, expected: &Expect) {
    expected.assert_eq(&sql(text));
}

#[test]
fn a_column_is_compared_as_it_is() {
    check(
        r#"fields userIdentity.arn | filter eventName = "GetObject" and readOnly = 1"#,
        &expect![[r#"
            WITH events AS (
            SELECT "userIdentity_arn" AS "userIdentity.arn", "eventName" AS "eventName", "readOnly" AS "readOnly", "time" AS "@timestamp" FROM "cloudtrail" WHERE "time" >= to_timestamp_micros(1717200000000000)
            ), step_1 AS (
            SELECT * FROM events WHERE (("eventName" = 'GetObject') AND ("readOnly" = TRUE))
            ), step_2 AS (
            SELECT "userIdentity.arn" AS "answer 0"
            FROM step_1
            ORDER BY "@timestamp" DESC NULLS LAST, "userIdentity.arn" ASC NULLS FIRST LIMIT 10000
            )
            SELECT "answer 0" AS "userIdentity.arn"
            FROM step_2
        "#]],
    );
}

#[test]
fn what_has_no_column_is_taken_from_the_record() {
    check(
        "filter requestParameters.items[0].key = 5 | display eventName",
        &expect![[r#"
            WITH events AS (
            SELECT json_field("record", 'requestParameters.items[0].key') AS "requestParameters.items.0.key", "eventName" AS "eventName", "time" AS "@timestamp" FROM "cloudtrail" WHERE "time" >= to_timestamp_micros(1717200000000000)
            ), step_1 AS (
            SELECT * FROM events WHERE (number("requestParameters.items.0.key") = 5.0)
            ), step_2 AS (
            SELECT "eventName" AS "answer 0"
            FROM step_1
            ORDER BY "@timestamp" DESC NULLS LAST, "eventName" ASC NULLS FIRST LIMIT 10000
            )
            SELECT "answer 0" AS "eventName"
            FROM step_2
        "#]],
    );
}

#[test]
fn names_of_flow_logs_fold() {
    check(
        "filter srcAddr like '10.' | stats sum(bytes) by dstPort",
        &expect![[r#"
            WITH events AS (
            SELECT "srcaddr" AS "srcAddr", "dstport" AS "dstPort", "bytes" AS "bytes" FROM "vpc_flow" WHERE "time" >= to_timestamp_micros(1717200000000000)
            ), step_1 AS (
            SELECT * FROM events WHERE contains("srcAddr", '10.')
            ), step_2 AS (
            SELECT "dstPort" AS "dstPort", sum(CAST("bytes" AS DOUBLE)) AS "sum(bytes)" FROM step_1 GROUP BY 1
            ), step_3 AS (
            SELECT "dstPort" AS "answer 0", "sum(bytes)" AS "answer 1"
            FROM step_2
            ORDER BY "dstPort" ASC NULLS FIRST, "sum(bytes)" ASC NULLS FIRST LIMIT 10000
            )
            SELECT "answer 0" AS "dstPort", "answer 1" AS "sum(bytes)"
            FROM step_3
        "#]],
    );
}

#[test]
fn quotes_in_texts_and_names_stay_inside_them() {
    check(
        r#"fields eventName as `a"b` | filter eventName = "x' or 1=1 --""#,
        &expect![[r#"
            WITH events AS (
            SELECT "eventName" AS "eventName", "time" AS "@timestamp" FROM "cloudtrail" WHERE "time" >= to_timestamp_micros(1717200000000000)
            ), step_1 AS (
            SELECT *, "eventName" AS "a""b" FROM events
            ), step_2 AS (
            SELECT * FROM step_1 WHERE ("eventName" = 'x'' or 1=1 --')
            ), step_3 AS (
            SELECT "a""b" AS "answer 0"
            FROM step_2
            ORDER BY "@timestamp" DESC NULLS LAST, "a""b" ASC NULLS FIRST LIMIT 10000
            )
            SELECT "answer 0" AS "a""b"
            FROM step_3
        "#]],
    );
}

#[test]
fn every_function_is_lowered() {
    for function in functions::all() {
        let text = match function.kind {
            functions::FunctionKind::Aggregate => format!("stats {}", function.example),
            functions::FunctionKind::Scalar => format!("fields {} as x", function.example),
        };
        let sql = sql(&text);
        assert!(sql.starts_with("WITH "), "{text}: {sql}");
    }
}

#[test]
fn two_windows_need_a_beginning() {
    let groups = groups();
    let request = Request { from: None, ..request(&groups) };
    let error = lower(&parse("pattern @message | diff").unwrap(), &request).unwrap_err();
    assert_eq!(error.message, "two windows are compared, and this query's has no beginning");
    assert!(
        lower(&parse("pattern @message | diff").unwrap(), &Request { from: Some(0), ..request })
            .is_ok()
    );
}

#[test]
fn fifty_groups_are_enough_for_aws() {
    let groups: Vec<_> = (0..51).map(|number| group(&format!("g{number}"), vec![])).collect();
    let named = Request { is_named: true, compat: true, ..request(&groups) };
    let query = parse("limit 1").unwrap();
    assert_eq!(lower(&query, &named).unwrap_err().message, "AWS takes 50 log groups at most");
    assert!(lower(&query, &Request { compat: false, ..named }).is_ok());
}

#[test]
fn the_last_fields_of_an_inner_query_are_compared() {
    let text = sql("filter eventName in (SOURCE 'vpc_flow' | stats count(*) as n by srcaddr \
         | filter n > 3 | fields srcaddr)");
    assert!(text.contains("IN (SELECT"), "{text}");
}

#[test]
fn names_behind_parse_may_be_for_all_groups() {
    let text = sql("parse @message /(?<a>x)(y)/ as b, c | display b, c");
    assert!(text.contains("\"b\"") && !text.contains("\"a\""), "{text}");
}
