//! Every format, on text that somebody wrote to do harm.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, ListArray, StringArray,
    StructArray, TimestampMicrosecondArray, TimestampSecondArray,
};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{Field, Schema, Utf8Type};
use arrow::record_batch::RecordBatch;
use expect_test::{Expect, expect};
use futures::StreamExt;
use futures::executor::block_on;
use haechi_query::{Answer, QueryError};

use super::{Counts, Format, printable_lines, write};

fn answer(batches: Vec<RecordBatch>) -> Answer {
    let schema = batches.first().unwrap().schema();
    let batches = futures::stream::iter(batches.into_iter().map(Ok)).boxed();
    Answer { schema, batches }
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    let fields: Vec<Field> = columns
        .iter()
        .map(|(name, column)| Field::new(*name, column.data_type().clone(), true))
        .collect();
    let columns = columns.into_iter().map(|(_, column)| column).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap()
}

fn texts(name: &str, values: Vec<Option<&str>>) -> RecordBatch {
    batch(vec![(name, Arc::new(StringArray::from(values)))])
}

fn written(batches: Vec<RecordBatch>, format: Format, wide: bool) -> (Vec<u8>, Counts) {
    let mut out = Vec::new();
    let counts = block_on(write(answer(batches), format, wide, &mut out)).unwrap();
    (out, counts)
}

#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "calls read better")]
fn check(batch: RecordBatch, format: Format, expected: Expect) {
    let (out, _) = written(vec![batch], format, false);
    expected.assert_eq(&String::from_utf8(out).unwrap());
}

/// One row of every kind of column, and one row of nothing.
fn every_kind() -> RecordBatch {
    let times = TimestampMicrosecondArray::from(vec![Some(1_714_521_600_000_000), None]);
    let lists = vec![Some(vec![Some("ip:192.0.2.1"), Some("say \"hi\"")]), None];
    batch(vec![
        ("time", Arc::new(times.with_timezone("UTC"))),
        ("eventName", Arc::new(StringArray::from(vec![Some("GetObject"), None]))),
        ("bytes", Arc::new(Int64Array::from(vec![Some(-7), None]))),
        ("ratio", Arc::new(Float64Array::from(vec![Some(0.5), None]))),
        ("ok", Arc::new(BooleanArray::from(vec![Some(true), None]))),
        ("entities", Arc::new(ListArray::from_iter_primitive_texts(lists))),
    ])
}

/// Makes a column of lists of text.
trait ListsOfText {
    fn from_iter_primitive_texts(lists: Vec<Option<Vec<Option<&str>>>>) -> ListArray;
}

impl ListsOfText for ListArray {
    fn from_iter_primitive_texts(lists: Vec<Option<Vec<Option<&str>>>>) -> ListArray {
        let values = arrow::array::GenericByteBuilder::<Utf8Type>::new();
        let mut builder = arrow::array::ListBuilder::new(values);
        for list in lists {
            match list {
                Some(items) => builder.append_value(items),
                None => builder.append_null(),
            }
        }
        builder.finish()
    }
}

#[test]
fn every_kind_of_column_is_written() {
    check(
        every_kind(),
        Format::Table,
        expect![[r#"
        time                  eventName  bytes  ratio  ok    entities
        --------------------  ---------  -----  -----  ----  -----------------------------
        2024-05-01T00:00:00Z  GetObject     -7    0.5  true  ["ip:192.0.2.1","say \"hi\""]

    "#]],
    );
    check(
        every_kind(),
        Format::Json,
        expect![[r#"
        [
        {"time":"2024-05-01T00:00:00Z","eventName":"GetObject","bytes":-7,"ratio":0.5,"ok":true,"entities":["ip:192.0.2.1","say \"hi\""]},
        {"time":null,"eventName":null,"bytes":null,"ratio":null,"ok":null,"entities":null}
        ]
    "#]],
    );
    check(
        every_kind(),
        Format::Jsonl,
        expect![[r#"
        {"time":"2024-05-01T00:00:00Z","eventName":"GetObject","bytes":-7,"ratio":0.5,"ok":true,"entities":["ip:192.0.2.1","say \"hi\""]}
        {"time":null,"eventName":null,"bytes":null,"ratio":null,"ok":null,"entities":null}
    "#]],
    );
    check(
        every_kind(),
        Format::Csv,
        expect![[r#"
        time,eventName,bytes,ratio,ok,entities
        2024-05-01T00:00:00Z,GetObject,-7,0.5,true,"[""ip:192.0.2.1"",""say \""hi\""""]"
        ,,,,,
    "#]],
    );
}

/// Moments at and behind the borders of what can be written, alone and in lists and structs.
fn odd_moments() -> RecordBatch {
    let micros = [0, i64::MAX, i64::MIN, 8_210_243_721_599_999_999, -8_334_569_779_200_000_000];
    let times = TimestampMicrosecondArray::from(micros.to_vec()).with_timezone("UTC");
    let seconds =
        TimestampSecondArray::from(micros.map(|it| it / 1_000_000 + i64::from(it != 0)).to_vec());
    let days = Date32Array::from(vec![0, i32::MAX, i32::MIN, 95_025_968, -96_464_928]);
    let item = Arc::new(Field::new_list_field(times.data_type().clone(), false));
    let ends = OffsetBuffer::from_lengths([1, 1, 1, 1, 1]);
    let list = ListArray::new(item, ends, Arc::new(times.clone()), None);
    let field = Arc::new(Field::new("t", times.data_type().clone(), false));
    let structs = StructArray::from(vec![(field, Arc::new(times.clone()) as ArrayRef)]);
    batch(vec![
        ("micros", Arc::new(times)),
        ("seconds", Arc::new(seconds)),
        ("days", Arc::new(days)),
        ("list", Arc::new(list)),
        ("struct", Arc::new(structs)),
    ])
}

#[test]
fn a_moment_that_no_calendar_has_is_no_error_in_a_cell() {
    for format in [Format::Table, Format::Json, Format::Jsonl, Format::Csv] {
        let (out, _) = written(vec![odd_moments(), odd_moments().slice(1, 4)], format, true);
        let text = String::from_utf8(out).unwrap();
        assert!(!text.contains("ERROR") && text.contains("262"), "{text}");
    }
    check(
        odd_moments().slice(0, 2),
        Format::Jsonl,
        expect![[r#"
        {"micros":"1970-01-01T00:00:00Z","seconds":"1970-01-01T00:00:00","days":"1970-01-01","list":["1970-01-01T00:00:00Z"],"struct":{"t":"1970-01-01T00:00:00Z"}}
        {"micros":null,"seconds":null,"days":null,"list":[null],"struct":{"t":null}}
    "#]],
    );
}

#[test]
fn no_rows_are_still_an_answer() {
    let none = every_kind().slice(0, 0);
    check(
        none.clone(),
        Format::Table,
        expect![[r#"
        time  eventName  bytes  ratio  ok  entities
        ----  ---------  -----  -----  --  --------
    "#]],
    );
    check(
        none.clone(),
        Format::Json,
        expect![[r#"
        []
    "#]],
    );
    check(none.clone(), Format::Jsonl, expect![""]);
    check(
        none,
        Format::Csv,
        expect![[r#"
        time,eventName,bytes,ratio,ok,entities
    "#]],
    );
}

#[test]
fn korean_lines_up() {
    let names = StringArray::from(vec!["콘솔 로그인", "GetObject", "가"]);
    let counts = Int64Array::from(vec![1, 22, 333]);
    let rows = batch(vec![("이름", Arc::new(names)), ("n", Arc::new(counts))]);
    check(
        rows,
        Format::Table,
        expect![[r#"
        이름           n
        -----------  ---
        콘솔 로그인    1
        GetObject     22
        가           333
    "#]],
    );
}

#[test]
fn a_terminal_is_not_spoken_to() {
    let evil = "\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m a\nb\r\tc \u{202e}gpj.exe\u{200b}\u{0}";
    let rows = || texts("user\u{1b}[1mAgent", vec![Some(evil)]);
    check(
        rows(),
        Format::Table,
        expect![[r#"
        user\u{1b}[1mAgent
        ------------------------------------------------------------
        \u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m a\nb\r\tc \u{202e}gpj…
    "#]],
    );
    check(
        rows(),
        Format::Json,
        expect![[r#"
        [
        {"user\u001b[1mAgent":"\u001b[2J\u001b]0;title\u0007\u009b31m a\nb\r\tc \u202egpj.exe\u200b\u0000"}
        ]
    "#]],
    );
    check(
        rows(),
        Format::Jsonl,
        expect![[r#"
        {"user\u001b[1mAgent":"\u001b[2J\u001b]0;title\u0007\u009b31m a\nb\r\tc \u202egpj.exe\u200b\u0000"}
    "#]],
    );
    expect![[r#"
        one
        two\u{1b}[0m"#]]
    .assert_eq(&printable_lines("one\ntwo\u{1b}[0m"));
}

#[test]
fn escaped_json_is_the_same_json() {
    let evil = "\u{1b}\u{9b}\u{202e}\u{e0041}\u{feff}\n콘솔";
    let (out, _) = written(vec![texts("v", vec![Some(evil)])], Format::Jsonl, false);
    let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(value["v"], evil);
    assert!(!String::from_utf8(out).unwrap().contains('\u{9b}'));
}

#[test]
fn a_spreadsheet_is_not_given_formulas() {
    let cells = vec![
        Some("=cmd|' /C calc'!A0"),
        Some("+1+1"),
        Some("-2+3"),
        Some("@SUM(A1)"),
        Some("\t=1"),
        Some("\r=1"),
        Some("-12"),
        Some("+12.5"),
        Some("-"),
        Some("a,b"),
        Some("say \"hi\""),
        Some("two\nlines"),
        Some(" space "),
        Some(""),
        None,
        Some("콘솔"),
    ];
    let (out, _) = written(vec![texts("=v", cells)], Format::Csv, false);
    // A carriage return cannot stand in this file.
    expect![[r#"
        '=v
        '=cmd|' /C calc'!A0
        '+1+1
        '-2+3
        '@SUM(A1)
        '	=1
        "'␍=1"
        -12
        +12.5
        '-
        "a,b"
        "say ""hi"""
        "two
        lines"
        " space "
        ""

        콘솔
    "#]]
    .assert_eq(&String::from_utf8(out).unwrap().replace('\r', "␍"));
}

#[test]
fn long_cells_are_cut_unless_everything_is_asked_for() {
    let long = "가".repeat(100);
    let rows = || texts("v", vec![Some(&long), Some("short")]);
    check(
        rows(),
        Format::Table,
        expect![[r#"
        v
        -----------------------------------------------------------
        가가가가가가가가가가가가가가가가가가가가가가가가가가가가가…
        short
    "#]],
    );
    let (out, _) = written(vec![rows()], Format::Table, true);
    assert!(String::from_utf8(out).unwrap().contains(&long));
}

#[test]
fn widths_are_settled_after_the_first_rows() {
    let short = texts("v", vec![Some("a"); super::limits::WIDTH_ROWS]);
    let late = texts("v", vec![Some("longer than before")]);
    let (out, counts) = written(vec![short, late], Format::Table, false);
    let out = String::from_utf8(out).unwrap();
    assert_eq!(counts, Counts { rows: 10_001 });
    expect![[r#"
        a
        a
        …"#]]
    .assert_eq(&out.lines().skip(10_000).collect::<Vec<_>>().join("\n"));
}

#[test]
fn two_columns_of_one_name_stay_two() {
    let one: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    let rows = || batch(vec![("v", one.clone()), ("v", one.clone()), ("v_2", one.clone())]);
    check(
        rows(),
        Format::Jsonl,
        expect![[r#"
        {"v":1,"v_2":1,"v_2_2":1}
    "#]],
    );
    check(
        rows(),
        Format::Csv,
        expect![[r#"
        v,v,v_2
        1,1,1
    "#]],
    );
}

#[test]
fn parquet_comes_back_as_it_was() {
    let (out, counts) = written(vec![every_kind(), every_kind()], Format::Parquet, false);
    let reader =
        ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(bytes_of(&out));
    let batches: Vec<RecordBatch> = reader.unwrap().build().unwrap().map(Result::unwrap).collect();
    let back = arrow::compute::concat_batches(&batches[0].schema(), &batches).unwrap();
    let both =
        arrow::compute::concat_batches(&every_kind().schema(), &[every_kind(), every_kind()]);
    assert_eq!(back.columns(), both.unwrap().columns());
    assert_eq!(counts.rows, 4);
    let (out, _) = written(vec![every_kind().slice(0, 0)], Format::Parquet, false);
    assert!(out.starts_with(b"PAR1") && out.ends_with(b"PAR1"));
}

/// Puts the bytes where the Parquet reader can seek in them.
fn bytes_of(bytes: &[u8]) -> std::fs::File {
    use std::io::{Seek, Write};
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    file
}

#[test]
fn an_error_in_the_middle_is_an_error() {
    let rows = texts("v", vec![Some("a")]);
    let schema = rows.schema();
    let stopped = QueryError::Run { message: "the disk is gone".into() };
    let batches = futures::stream::iter(vec![Ok(rows), Err(stopped)]).boxed();
    let mut out = Vec::new();
    let answer = Answer { schema, batches };
    let error = block_on(write(answer, Format::Jsonl, false, &mut out)).unwrap_err();
    expect!["the query stopped: the disk is gone"].assert_eq(&error.to_string());
}

#[test]
fn a_list_without_items_is_a_list() {
    let empty = ListArray::from_iter_primitive_texts(vec![Some(vec![]), Some(vec![None])]);
    check(
        batch(vec![("entities", Arc::new(empty))]),
        Format::Csv,
        expect![[r#"
        entities
        []
        [null]
    "#]],
    );
}

#[test]
fn markdown_shows_what_a_log_says_and_does_nothing_else() {
    let lines = vec![Some("a|b <script>\n# *c*"), None];
    check(
        texts("user_name", lines),
        Format::Md,
        expect![[r#"
            | user\_name |
            | --- |
            | a\|b &lt;script&gt;\\n\# \*c\* |
            |  |
        "#]],
    );
}
