//! Files and tables that do not quite agree.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Int64Array, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::record_batch::RecordBatch;
use expect_test::expect;
use haechi_engine::{Table, TableFile};

use crate::fixture::{Lake, Row, batch, row, schema};

#[tokio::test]
async fn a_column_that_a_file_lacks_is_null() {
    let mut lake = Lake::of_three_days();
    let old = batch(&[row("2024-04-30T01:00:00Z", "OldCall", 1)]).project(&[0, 1]).unwrap();
    lake.add_batch("2024-04-30", &old);
    lake.check("select eventName, bytes, entities, date from cloudtrail where date < '2024-05-01' or bytes = 60 order by date", expect![[r#"
        +------------+-------+---------------------------------------------+------------+
        | eventName  | bytes | entities                                    | date       |
        +------------+-------+---------------------------------------------+------------+
        | OldCall    |       |                                             | 2024-04-30 |
        | 콘솔로그인 | 60    | [account:111122223333, resource:콘솔로그인] | 2024-05-03 |
        +------------+-------+---------------------------------------------+------------+
    "#]]).await;
    lake.check(
        "select eventName from cloudtrail where bytes is null",
        expect![[r#"
        +-----------+
        | eventName |
        +-----------+
        | OldCall   |
        +-----------+
    "#]],
    )
    .await;
    lake.check(
        "select count(*) as n from cloudtrail where bytes < 15",
        expect![[r#"
        +---+
        | n |
        +---+
        | 1 |
        +---+
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_column_that_a_file_lacks_is_read_from_its_records() {
    let mut lake = Lake::of_three_days();
    let columns = [("eventName", "eventName"), ("bytes", "additionalEventData.bytes")];
    let in_record = columns.map(|(column, path)| (column.to_owned(), path.to_owned()));
    lake.in_record = BTreeMap::from(in_record);
    let old =
        |record: &str| Row { record: record.to_owned(), ..row("2024-04-30T01:00:00Z", "", 0) };
    let rows = [
        old(r#"{"eventName":"OldCall","additionalEventData":{"bytes":70.0}}"#),
        old(r#"{"eventName":"OldCall","additionalEventData":{"bytes":"many"}}"#),
        old("{}"),
    ];
    let time_and_record = batch(&rows).project(&[0, 4]).unwrap();
    lake.add_batch("2024-04-30", &time_and_record);
    lake.check(
        "select eventName, bytes from cloudtrail where date < '2024-05-01' or bytes >= 60 order by date, bytes",
        expect![[r#"
            +------------+-------+
            | eventName  | bytes |
            +------------+-------+
            | OldCall    | 70    |
            | OldCall    |       |
            |            |       |
            | 콘솔로그인 | 60    |
            +------------+-------+
        "#]],
    )
    .await;
    lake.check(
        "select eventName, count(*) as n, sum(bytes) as bytes from cloudtrail group by 1 order by 1",
        expect![[r#"
            +-------------+---+-------+
            | eventName   | n | bytes |
            +-------------+---+-------+
            | GetObject   | 3 | 100   |
            | OldCall     | 2 | 70    |
            | PutObject   | 1 | 20    |
            | StopLogging | 1 | 30    |
            | 콘솔로그인  | 1 | 60    |
            |             | 1 |       |
            +-------------+---+-------+
        "#]],
    )
    .await;
    lake.check(
        "select count(*) as n from cloudtrail where bytes = 70",
        expect![[r#"
        +---+
        | n |
        +---+
        | 1 |
        +---+
    "#]],
    )
    .await;
    lake.check(
        "select count(bytes) as n, count(\"eventName\") as named from cloudtrail",
        expect![[r#"
            +---+-------+
            | n | named |
            +---+-------+
            | 7 | 8     |
            +---+-------+
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_column_that_the_table_does_not_know_stays_unseen() {
    let mut lake = Lake::new();
    let fields = vec![
        Field::new("unknown", DataType::Utf8, true),
        Field::new("bytes", DataType::Int64, true),
        Field::new("eventName", DataType::Utf8, true),
    ];
    let columns: Vec<arrow::array::ArrayRef> = vec![
        Arc::new(StringArray::from(vec!["?"])),
        Arc::new(Int64Array::from(vec![7])),
        Arc::new(StringArray::from(vec!["Swapped"])),
    ];
    let file = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap();
    lake.add_batch("2024-05-01", &file);
    lake.check(
        "select eventName, bytes from cloudtrail",
        expect![[r#"
        +-----------+-------+
        | eventName | bytes |
        +-----------+-------+
        | Swapped   | 7     |
        +-----------+-------+
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_narrower_number_is_widened() {
    let mut lake = Lake::new();
    let fields = vec![Field::new("bytes", DataType::Int32, true)];
    let columns: Vec<arrow::array::ArrayRef> =
        vec![Arc::new(arrow::array::Int32Array::from(vec![7, 8]))];
    lake.add_batch(
        "2024-05-01",
        &RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap(),
    );
    lake.check(
        "select bytes from cloudtrail where bytes > 7",
        expect![[r#"
        +-------+
        | bytes |
        +-------+
        | 8     |
        +-------+
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_file_that_is_not_parquet_is_named() {
    let mut lake = Lake::of_three_days();
    let path = lake.folder.path().join(&lake.files[1].path);
    std::fs::write(&path, "this is not a table").unwrap();
    lake.files[1].size = 19;
    let error = lake.rows("select eventName from cloudtrail").await.unwrap_err();
    expect!["the query stopped: Parquet error: Failed to fetch metadata for file account=111122223333/date=2024-05-02/001.parquet: Parquet error: Parquet error: Invalid Parquet file. Corrupt footer"].assert_eq(&error.to_string());
}

#[tokio::test]
async fn a_table_that_contradicts_itself_is_not_opened() {
    let lake = Lake::new();
    let table = |columns: &[&str], values: usize| Table {
        name: "odd".to_owned(),
        schema: schema(),
        partition_columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        files: vec![TableFile {
            path: "a.parquet".to_owned(),
            size: 1,
            partition_values: vec![None; values],
            rows: None,
            time: None,
        }],
        is_in_time_order: false,
        joined: Vec::new(),
        in_record: BTreeMap::new(),
    };
    let opened = lake.try_open(vec![table(&["account"], 2)]);
    expect!["cannot open the table `odd`: `a.parquet` has not one value for each partition column"]
        .assert_eq(&opened.err().unwrap().to_string());
    let opened = lake.try_open(vec![table(&["nowhere"], 1)]);
    expect![[r#"cannot open the table `odd`: Schema error: Unable to get field named "nowhere". Valid fields: ["time", "account", "eventName", "bytes", "entities", "record", "date"]"#]].assert_eq(&opened.err().unwrap().to_string());
}
