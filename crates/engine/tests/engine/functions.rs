//! The functions that haechi adds, on input that nobody promised to be well formed.

use expect_test::{Expect, expect};
use haechi_engine::functions;

use crate::fixture::{Lake, Row, row};

async fn check(expression: &str, expected: Expect) {
    let answer = Lake::new().ask(&format!("select {expression} as v")).await;
    let value = answer
        .lines()
        .nth(3)
        .map_or(answer.clone(), |line| line.trim_matches(['|', ' ']).to_owned());
    expected.assert_eq(&value);
}

fn with_record(record: &str) -> Lake {
    let mut lake = Lake::new();
    lake.add(
        "2024-05-01",
        &[Row { record: record.to_owned(), ..row("2024-05-01T00:00:00Z", "A", 1) }],
    );
    lake
}

#[tokio::test]
async fn paths_reach_keys_and_items() {
    check(r#"json_get_str('{"a":{"b":"c"}}', 'a.b')"#, expect!["c"]).await;
    check(r#"json_get_str('{"a":{"b":"c"}}', '$.a.b')"#, expect!["c"]).await;
    check(r#"json_get_str('{"items":[{"x":1},{"x":2}]}', 'items[1].x')"#, expect!["2"]).await;
    check(r#"json_get_str('{"items":[{"x":1},{"x":2}]}', 'items.1.x')"#, expect!["2"]).await;
    check(r#"json_get_str('[[1,2],[3]]', '[0][1]')"#, expect!["2"]).await;
    check(
        r#"json_get_str('{"tags":{"kubernetes.io/name":"web"}}', 'tags."kubernetes.io/name"')"#,
        expect!["web"],
    )
    .await;
    check(r#"json_get_str('{"x-amz-id-2":"id"}', 'x-amz-id-2')"#, expect!["id"]).await;
    check(r#"json_get_str('{"한글":{"키":"값"}}', '한글.키')"#, expect!["값"]).await;
    check(r#"json_get('{"a":{"b": [1, "x"]}}', 'a')"#, expect![[r#"{"b": [1, "x"]}"#]]).await;
    check(r#"json_get('{"a":"x"}', '')"#, expect![[r#"{"a":"x"}"#]]).await;
}

#[tokio::test]
async fn values_are_text_and_null_is_null() {
    check(r#"json_get_str('{"a":"line\nbreak \u00e9 \"q\""}', 'a') = concat('line', chr(10), 'break é "q"')"#, expect!["true"]).await;
    check(
        r#"json_get_str('{"a":12345678901234567890.10}', 'a')"#,
        expect!["12345678901234567890.10"],
    )
    .await;
    check(r#"json_get_str('{"a":true}', 'a')"#, expect!["true"]).await;
    check(r#"json_get_str('{"a":null}', 'a') is null"#, expect!["true"]).await;
    check(r#"json_get('{"a":null}', 'a')"#, expect!["null"]).await;
    check(r#"json_get('{"a":"x"}', 'a')"#, expect![[r#""x""#]]).await;
    check(r#"json_get_str('{"a":{"b":1}}', 'a')"#, expect![[r#"{"b":1}"#]]).await;
    check(r#"json_get_str('{"a":""}', 'a') = ''"#, expect!["true"]).await;
    check(r#"json_get_str('{"a":"half \ud800 pair"}', 'a')"#, expect![[r#"half \ud800 pair"#]])
        .await;
}

#[tokio::test]
async fn what_is_not_there_or_not_json_is_null() {
    for call in [
        r#"json_get_str('{"a":1}', 'b')"#,
        r#"json_get_str('{"a":1}', 'a.b')"#,
        r#"json_get_str('{"a":[1]}', 'a[1]')"#,
        r#"json_get_str('{"a":[1]}', 'a.b')"#,
        r#"json_get_str('{"a":', 'a')"#,
        r#"json_get_str('', 'a')"#,
        r#"json_get_str('not json', 'a')"#,
        r#"json_get_str('{"a":"unclosed', 'a')"#,
        "json_get_str(null, 'a')",
        r#"json_get_str('{"a":1}', null)"#,
        "json_get_str('[1]', '[99999999999999999999]')",
    ] {
        let answer = Lake::new().ask(&format!("select {call} is null as v")).await;
        assert!(answer.contains("true") || answer.contains("is not a path"), "{call}: {answer}");
    }
}

#[tokio::test]
async fn a_path_that_cannot_be_read_is_an_error() {
    check(
        r#"json_get_str('{"a":1}', 'a[')"#,
        expect![[r#"
        the query stopped: `a[` is not a path such as `items[0].name`
    "#]],
    )
    .await;
    check(
        r#"json_get_str('{"a":1}', 'a..b')"#,
        expect![[r#"
        the query stopped: `a..b` is not a path such as `items[0].name`
    "#]],
    )
    .await;
    check(
        r#"json_get_str('{"a":1}', 'a.')"#,
        expect![[r#"
        the query stopped: the path `a.` ends with a point
    "#]],
    )
    .await;
    check(
        r#"json_get_str('{"a":1}', 'a[x]')"#,
        expect![[r#"
        the query stopped: `a[x]` is not a path such as `items[0].name`
    "#]],
    )
    .await;
    check(r#"json_get_str(1, 'a')"#, expect![[r#"
        Function 'json_get_str' expects String but received Int64. No function matches the given name and argument types 'json_get_str(Int64, Utf8)'. You might need to add explicit type casts. Candidate functions: json_get_str(String(2))
    "#]]).await;
}

#[tokio::test]
async fn deep_json_is_not_followed_into() {
    let deep = format!(r#"{{"deep":{}{},"after":"x"}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let lake = with_record(&deep);
    lake.check(
        "select json_get_str(record, 'after') as v from cloudtrail",
        expect![[r#"
        +---+
        | v |
        +---+
        |   |
        +---+
    "#]],
    )
    .await;
    let wide = format!(r#"{{"wide":[{}{{}}],"text":"[[{{","after":"x"}}"#, "{},".repeat(10_000));
    let lake = with_record(&wide);
    lake.check(
        "select json_get_str(record, 'after') as v from cloudtrail",
        expect![[r#"
        +---+
        | v |
        +---+
        | x |
        +---+
    "#]],
    )
    .await;
}

#[tokio::test]
async fn paths_may_come_from_columns() {
    let lake = with_record(r#"{"A":"found"}"#);
    lake.check("select json_get_str(record, eventName) as v, json_get_str(record, record) as odd from cloudtrail", expect![[r#"
        +-------+-----+
        | v     | odd |
        +-------+-----+
        | found |     |
        +-------+-----+
    "#]]).await;
}

#[tokio::test]
async fn json_filters_leave_the_right_rows() {
    let lake = Lake::of_three_days();
    lake.check(
        "select bytes from cloudtrail where json_get_str(record, 'eventName') = '콘솔로그인'",
        expect![[r#"
            +-------+
            | bytes |
            +-------+
            | 60    |
            +-------+
        "#]],
    )
    .await;
}

#[tokio::test]
async fn addresses_lie_in_networks() {
    for (call, expected) in [
        ("ip_in_cidr('192.0.2.7', '192.0.2.0/24')", "true"),
        ("ip_in_cidr('192.0.3.7', '192.0.2.0/24')", "false"),
        ("ip_in_cidr('192.0.2.7', '0.0.0.0/0')", "true"),
        ("ip_in_cidr('192.0.2.7', '192.0.2.7')", "true"),
        ("ip_in_cidr('192.0.2.8', '192.0.2.7/32')", "false"),
        ("ip_in_cidr('::ffff:192.0.2.7', '192.0.2.0/24')", "true"),
        ("ip_in_cidr('2001:db8::1', '2001:db8::/32')", "true"),
        ("ip_in_cidr('2001:db9::1', '2001:db8::/32')", "false"),
        ("ip_in_cidr('2001:db8::1', '::/0')", "true"),
        ("ip_in_cidr('192.0.2.7', '2001:db8::/32')", "false"),
        ("ip_in_cidr('s3.amazonaws.com', '0.0.0.0/0')", "false"),
        ("ip_in_cidr('', '0.0.0.0/0')", "false"),
        ("ip_in_cidr(null, '0.0.0.0/0') is null", "true"),
        ("ip_in_cidr('192.0.2.7', null) is null", "true"),
        ("ipv4_in_cidr('192.0.2.7', '192.0.2.0/24')", "true"),
        ("ipv4_in_cidr('::ffff:192.0.2.7', '192.0.2.0/24')", "false"),
        ("ipv4_in_cidr(null, '192.0.2.0/24') is null", "true"),
        ("ipv6_in_cidr('192.0.2.7', '0.0.0.0/0')", "false"),
        ("ipv6_in_cidr('2001:db8::1', '2001:db8::/32')", "true"),
    ] {
        let answer = Lake::new().ask(&format!("select {call} as v")).await;
        assert!(answer.contains(&format!(" {expected} ")), "{call}: {answer}");
    }
    check(
        "ip_in_cidr('192.0.2.7', '192.0.2.0/33')",
        expect![[r#"
        the query stopped: `192.0.2.0/33` is not a network such as `203.0.113.0/24`
    "#]],
    )
    .await;
    check(
        "ip_in_cidr('192.0.2.7', 'office')",
        expect![[r#"
        the query stopped: `office` is not a network such as `203.0.113.0/24`
    "#]],
    )
    .await;
}

#[tokio::test]
async fn every_function_is_there_under_its_name() {
    for function in functions() {
        assert!(function.example.starts_with(function.name), "{}", function.name);
        assert!(function.usage.starts_with(function.name), "{}", function.name);
        let answer = Lake::new().ask(&format!("select {}('', '')", function.name)).await;
        assert!(!answer.contains("Invalid function"), "{answer}");
    }
}
