//! Rows that keep no record and no entities have both, like all others, and cost no more to find.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, ListBuilder, StringArray, StringBuilder};
use arrow::array::{RecordBatch, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Field, Schema};
use expect_test::expect;
use haechi_engine::Table;
use haechi_model::EntityKind;

use crate::fixture::{Lake, shown};

/// A lake of flows: two whose layouts give them again, and one that is kept whole.
fn flows() -> (Lake, Table) {
    let mut lake = Lake::new();
    lake.add_batch("2024-05-01", &batch());
    let mut table = lake.table();
    let zone = Some("UTC".into());
    let unit = arrow::datatypes::TimeUnit::Microsecond;
    table.schema = Arc::new(Schema::new(vec![
        Field::new("time", DataType::Timestamp(unit, zone), true),
        Field::new("account", DataType::Utf8, true),
        Field::new("source", DataType::Utf8, true),
        Field::new("target", DataType::Utf8, true),
        Field::new("port", DataType::Int64, true),
        Field::new("entities", haechi_sources::schema::list_of_text(), true),
        Field::new("record", DataType::Utf8, true),
        Field::new("date", DataType::Utf8, true),
    ]));
    let column = |name: &str, kind| (name.to_owned(), kind);
    table.joined = vec![
        column("source", Some(EntityKind::Ip)),
        column("target", Some(EntityKind::Ip)),
        column("port", None),
    ];
    "flows".clone_into(&mut table.name);
    (lake, table)
}

fn batch() -> RecordBatch {
    let text = |values: [Option<&str>; 4]| -> ArrayRef { Arc::new(StringArray::from_iter(values)) };
    let times: TimestampMicrosecondArray =
        (0..4).map(|second| Some(1_714_521_600_000_000 + second * 1_000_000)).collect();
    let mut entities = ListBuilder::new(StringBuilder::new());
    entities.append_null();
    entities.append_null();
    entities.values().append_value("ip:192.0.2.4");
    entities.append(true);
    entities.append_null();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("time", Arc::new(times.with_timezone("UTC"))),
        ("source", text([Some("192.0.2.1"), Some("192.0.2.2"), Some("192.0.2.4"), None])),
        ("target", text([Some("192.0.2.1"), Some("2001:db8::1"), Some("odd"), Some("odd")])),
        ("port", Arc::new(Int64Array::from(vec![Some(443), Some(0), Some(7), None]))),
        ("entities", Arc::new(entities.finish())),
        ("record", text([None, None, Some("192.0.2.4 odd 007"), None])),
        (
            "layout",
            text([
                Some("source target port"),
                Some("port source target"),
                None,
                Some("target source port"),
            ]),
        ),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

async fn ask(sql: &str) -> String {
    let (lake, table) = flows();
    let engine = lake.try_open(vec![table]).unwrap();
    let answer = match haechi_query::Engine::query(&engine, sql).await {
        Ok(answer) => futures::TryStreamExt::try_collect(answer.batches).await,
        Err(error) => Err(error),
    };
    shown(answer)
}

#[tokio::test]
async fn rows_are_whole_whatever_they_keep() {
    expect![[r#"
        +----------------------+--------------+-----------+-------------+------+--------------------------------+-------------------------+------------+
        | time                 | account      | source    | target      | port | entities                       | record                  | date       |
        +----------------------+--------------+-----------+-------------+------+--------------------------------+-------------------------+------------+
        | 2024-05-01T00:00:00Z | 111122223333 | 192.0.2.1 | 192.0.2.1   | 443  | [ip:192.0.2.1]                 | 192.0.2.1 192.0.2.1 443 | 2024-05-01 |
        | 2024-05-01T00:00:01Z | 111122223333 | 192.0.2.2 | 2001:db8::1 | 0    | [ip:192.0.2.2, ip:2001:db8::1] | 0 192.0.2.2 2001:db8::1 | 2024-05-01 |
        | 2024-05-01T00:00:02Z | 111122223333 | 192.0.2.4 | odd         | 7    | [ip:192.0.2.4]                 | 192.0.2.4 odd 007       | 2024-05-01 |
        | 2024-05-01T00:00:03Z | 111122223333 |           | odd         |      | []                             | odd - -                 | 2024-05-01 |
        +----------------------+--------------+-----------+-------------+------+--------------------------------+-------------------------+------------+
    "#]]
    .assert_eq(&ask("select * from flows order by time").await);
}

#[tokio::test]
async fn records_and_entities_are_found_in_every_row() {
    let sql = "select record from flows where record like '%2001:db8::1' \
               or array_has(entities, 'ip:192.0.2.4') order by time";
    expect![[r#"
        +-------------------------+
        | record                  |
        +-------------------------+
        | 0 192.0.2.2 2001:db8::1 |
        | 192.0.2.4 odd 007       |
        +-------------------------+
    "#]]
    .assert_eq(&ask(sql).await);
    assert!(ask("select count(*) as n from flows").await.contains("| 4 |"));
    let sql = "select a.port from flows a join flows b on a.record = b.record where a.port = 443";
    assert!(ask(sql).await.contains("| 443  |"));
}

#[tokio::test]
async fn asking_columns_for_an_entity_is_asking_the_list() {
    let names = ["ip:192.0.2.1", "ip:192.0.2.4", "ip:2001:db8::1", "ip:odd", "user:192.0.2.1", "x"];
    for (before, after) in [("", ""), ("not ", ""), ("", " is null"), ("", " is not true")] {
        for name in names {
            let asked = |list: &str| {
                format!(
                    "select port from flows where {before}array_has({list}, '{name}'){after} order by time"
                )
            };
            // What is joined to a list of nothing is the same list, and is asked as one.
            let listed = asked("array_concat(entities, make_array())");
            assert_eq!(ask(&asked("entities")).await, ask(&listed).await, "{before}{name}{after}");
        }
    }
    let (lake, table) = flows();
    let engine = lake.try_open(vec![table]).unwrap();
    let sql = "select port from flows where array_has(entities, 'ip:192.0.2.1')";
    let plan = engine.explain(sql).await.unwrap();
    assert!(!plan.contains("entities_of") && plan.contains("192.0.2.1"), "{plan}");
}

#[tokio::test]
async fn filters_reach_the_files_through_rebuilt_columns() {
    let (lake, table) = flows();
    let engine = lake.try_open(vec![table]).unwrap();
    let sql = "select record from flows where port = 443 and record like '%443'";
    let plan = engine.explain(sql).await.unwrap();
    let scan = plan.lines().find(|line| line.contains("DataSourceExec")).unwrap();
    assert!(scan.contains("predicate=port") || scan.contains("predicate=record_of"), "{plan}");
    // Who asks for neither does not pay for them.
    let plan = engine.explain("select source from flows where port = 443").await.unwrap();
    assert!(!plan.contains("record_of") && !plan.contains("entities_of"), "{plan}");
}
