//! What must not matter: the order of filters, and whether they stand in one stage or in several.

use crate::queries::Asked;

const LOG: &str = r#"{"timestamp":"2024-06-01T10:00:00Z","status":200,"name":"item9","size":1500.5,"ok":true}
{"timestamp":"2024-06-01T10:00:01Z","status":"200","name":"item10","size":-2,"ok":false}
{"timestamp":"2024-06-01T10:00:02Z","status":404,"name":"other","size":7}
{"timestamp":"2024-06-01T10:00:03Z","status":404,"name":"item1","size":"12"}
{"timestamp":"2024-06-01T10:00:04Z","name":"item2","size":0,"ok":true}
{"timestamp":"2024-06-01T10:00:05Z","status":null,"name":"","size":3}
"#;

const CONDITIONS: &[&str] = &[
    "status = 200",
    "name like /^item/",
    "size > 0",
    "not (ok = 1)",
    "ispresent(status)",
    "coalesce(size, 0) % 2 = 1 or name = \"item9\"",
    "status in [200, 404]",
];

#[tokio::test]
async fn filters_may_stand_in_any_order() {
    let logs = Asked::over(&[LOG.to_owned()]);
    let (mut n_compared, mut n_rows) = (0, 0);
    for (at, first) in CONDITIONS.iter().enumerate() {
        for second in CONDITIONS.iter().skip(at + 1) {
            let queries = [
                format!("filter {first} | filter {second} | fields name, size"),
                format!("filter {second} | filter {first} | fields name, size"),
                format!("filter ({first}) and ({second}) | fields name, size"),
                format!("filter ({second}) and ({first}) | fields name, size"),
                format!("filter {first} | fields name, size | filter {second}"),
            ];
            let expected = logs.answer(&queries[0]).await;
            assert!(expected.starts_with('+'), "{expected}");
            n_rows += expected.matches("\n|").count().saturating_sub(1);
            for query in &queries[1..] {
                assert_eq!(logs.answer(query).await, expected, "{query}");
                n_compared += 1;
            }
        }
    }
    assert_eq!(n_compared, 84);
    assert!(10 < n_rows, "only {n_rows} rows were compared");
}

#[tokio::test]
async fn filters_may_stand_in_any_order_before_aggregates_and_patterns() {
    let logs = Asked::over(&[LOG.to_owned()]);
    for tail in [
        "stats count(*) as n, sum(size) as total, pct(size, 50) as middle by status",
        "stats histogram(size, 3) as spread, values(name) as names",
        "pattern name",
        "pattern name | diff",
        "relevantfields where size > 5",
        "stats count(*) as n by bin(6h) | fillmissing with 0 for n",
    ] {
        let [a, b] = ["name like /item/", "ispresent(size)"];
        let expected = logs.answer(&format!("filter {a} | filter {b} | {tail}")).await;
        assert!(expected.starts_with('+'), "{expected}");
        assert_eq!(logs.answer(&format!("filter {b} | filter {a} | {tail}")).await, expected);
    }
}
