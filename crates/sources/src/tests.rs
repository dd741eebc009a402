//! What holds for every source: records come back as they were, however the bytes arrive.

use std::sync::LazyLock;

use haechi_catalog::Catalog;
use proptest::prelude::*;

use crate::read::read_in_pieces;
use crate::{Mappings, Reject, Row, RowBuilder, Sink, SinkError, Summary};

/// Everything that a sink was given, in order.
#[derive(Debug, Default, PartialEq)]
struct Everything {
    /// The source, the position and the record as the lake would have it.
    rows: Vec<(String, u64, String)>,
    rejects: Vec<Reject>,
    /// The position of the last of them.
    last: Option<u64>,
}

impl Everything {
    /// Asserts that positions rise: who stored what lies before one has stored all of it.
    fn go_to(&mut self, position: u64) {
        assert!(self.last < Some(position), "{position} behind {:?}", self.last);
        self.last = Some(position);
    }
}

impl Sink for Everything {
    fn row(&mut self, row: &Row<'_>) -> Result<(), SinkError> {
        let mut builder = RowBuilder::new(row.mapping);
        builder.push(row, 0);
        let rows = builder.finish(row.mapping, &["file".to_owned()])?;
        let records = rows.batch.column_by_name("record").unwrap().clone();
        let records = records.as_any().downcast_ref::<arrow::array::BinaryViewArray>().unwrap();
        let record = String::from_utf8(records.value(0).to_vec()).unwrap();
        self.go_to(row.position);
        self.rows.push((row.mapping.source.name.clone(), row.position, record));
        Ok(())
    }

    fn reject(&mut self, reject: Reject) -> Result<(), SinkError> {
        self.go_to(reject.position);
        self.rejects.push(reject);
        Ok(())
    }
}

fn mappings() -> &'static Mappings {
    static MAPPINGS: LazyLock<Mappings> =
        LazyLock::new(|| Mappings::new(Catalog::built_in().unwrap().sources.values()));
    &MAPPINGS
}

fn read(bytes: &[u8], fill_bytes: usize, mappings: &Mappings) -> (Summary, Everything) {
    let mut everything = Everything::default();
    let summary = read_in_pieces(bytes, fill_bytes, mappings, &mut everything).unwrap();
    assert_eq!(summary.rows, everything.rows.len() as u64);
    assert_eq!(summary.rejects, everything.rejects.len() as u64);
    (summary, everything)
}

/// The `log` blocks of all pages.
fn examples() -> Vec<String> {
    let catalog = Catalog::built_in().unwrap();
    let pages = catalog.sources.into_values().map(|source| source.page);
    let blocks = pages.flat_map(|page| page.examples).flat_map(|example| example.blocks);
    blocks.filter(|block| block.language == "log").map(|block| block.text).collect()
}

#[test]
fn pieces_of_any_size_give_the_same_rows() {
    let mappings = mappings();
    for log in examples() {
        let whole = read(log.as_bytes(), 1 << 20, mappings);
        for fill_bytes in [1, 2, 7, 100, 1000] {
            assert_eq!(read(log.as_bytes(), fill_bytes, mappings), whole, "{log}");
        }
    }
}

#[test]
fn a_record_stands_in_the_input_at_its_position() {
    let mappings = mappings();
    for log in examples() {
        let (_, everything) = read(log.as_bytes(), 1 << 20, mappings);
        for (source, position, record) in everything.rows {
            let there = log.get(usize::try_from(position).unwrap()..).unwrap();
            // A message that came as a JSON string stands there escaped.
            let escaped = serde_json::to_string(&record).unwrap();
            let escaped = escaped.strip_suffix('"').unwrap();
            let is_there = there.starts_with(&record) || there.starts_with(escaped);
            let is_there = is_there || is_point_at(&record, &log, there);
            assert!(is_there, "{source}: {record}\n{there}");
        }
    }
}

/// Tells whether the record is a point of an answer of CloudWatch, which has no bytes of its own:
/// its value stands there, or its statistics.
fn is_point_at(record: &str, log: &str, there: &str) -> bool {
    let record: serde_json::Value = serde_json::from_str(record).unwrap();
    let value = &record["value"];
    if log.starts_with("{\"MetricDataResults\"") {
        return value.as_f64() == there.split([',', ']']).next().and_then(|it| it.parse().ok());
    }
    log.contains("\"Datapoints\"") && there.contains(&format!("\"Sum\":{}", value["sum"]))
}

/// The records that sources of JSON recognise, made of nothing but what each requires.
fn barest_records() -> Vec<(String, Vec<String>)> {
    let sources = Catalog::built_in().unwrap().sources.into_values();
    sources.filter(|it| !it.required.is_empty()).map(|it| (it.name, it.required)).collect()
}

fn record_of<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    let names: std::collections::BTreeSet<&String> = names.into_iter().collect();
    let members: Vec<String> = names.iter().map(|name| format!("{name:?}:\"1\"")).collect();
    format!("{{{}}}", members.join(","))
}

#[test]
fn a_record_of_two_sources_is_of_the_first_whatever_came_before() {
    let mappings = mappings();
    let all = barest_records();
    for (index, (first, required)) in all.iter().enumerate() {
        for (second, also_required) in &all[index + 1..] {
            let both = record_of(required.iter().chain(also_required));
            for before in [required, also_required] {
                let log = format!("{}\n{both}\n", record_of(before));
                let (_, everything) = read(log.as_bytes(), 1 << 20, mappings);
                let sources: Vec<&str> = everything.rows.iter().map(|it| it.0.as_str()).collect();
                let before = if before == required { first } else { second };
                assert_eq!(sources, [before, first], "{log}");
            }
        }
    }
}

#[test]
fn line_ends_belong_to_no_record() {
    let mappings = mappings();
    let header = "version account-id interface-id start\r\n";
    let line = "2 111122223333 eni-0a1b2c3d 1717200000";
    let log = format!("{header}\r\n{line}\r\n   \n{header}{line}");
    let (_, everything) = read(log.as_bytes(), 1 << 20, mappings);
    let records: Vec<&str> = everything.rows.iter().map(|(.., record)| record.as_str()).collect();
    assert_eq!((records, everything.rejects), (vec![line, line], vec![]));
}

#[test]
fn a_line_that_is_not_utf_8_is_a_reject() {
    let mappings = mappings();
    let mut log = b"version account-id interface-id start\n".to_vec();
    log.extend(b"2 111122223333 eni-\xff 1717200000\n2 111122223333 eni-0a1b2c3d 1717200000\n");
    let (_, everything) = read(&log, 1 << 20, mappings);
    assert_eq!(everything.rows.len(), 1);
    assert_eq!(everything.rejects.len(), 1);
    let reject = &everything.rejects[0];
    let found = (reject.position, reject.reason.as_str(), reject.origin.as_deref());
    assert_eq!(found, (38, "the line is not UTF-8", Some("vpc_flow")));
}

#[test]
fn a_line_that_is_too_long_is_a_reject() {
    let mappings = mappings();
    let mut log = b"version account-id interface-id start\n2 111122223333 eni-".to_vec();
    log.resize(log.len() + crate::limits::RECORD_BYTES_MAX, b'0');
    log.extend(b" 1717200000\n2 111122223333 eni-0a1b2c3d 1717200000\n");
    for fill_bytes in [1 << 20, 64 << 20] {
        let (_, everything) = read(&log, fill_bytes, mappings);
        assert_eq!((everything.rows.len(), everything.rejects.len()), (1, 1));
        assert_eq!(everything.rejects[0].reason, "the record is longer than 16 MiB");
    }
}

#[test]
fn prose_is_no_log() {
    let mappings = mappings();
    for text in ["# Title\n\nSome words, and more words.\n", "start end action\n", "\n \n"] {
        let (summary, _) = read(text.as_bytes(), 1 << 20, mappings);
        assert_eq!((summary.rows, summary.rejects), (0, 0), "{text}");
    }
}

/// A flow log line with anything in its fields.
fn flow_line() -> impl Strategy<Value = String> {
    let field = prop_oneof!["[!-~]{1,12}", "[0-9]{1,10}", Just("-".to_owned()), "\\PC{1,6}"];
    let field = field.prop_map(|text| text.replace(char::is_whitespace, "_"));
    prop::collection::vec(field, 14).prop_map(|fields| format!("2{}", fields.join(" ")))
}

fn s3_line() -> impl Strategy<Value = String> {
    let agent = "[ -~]{0,40}";
    (agent, "[!-~&&[^\"]]{1,20}").prop_map(|(agent, key)| {
        let owner = "0123456789abcdef".repeat(4);
        format!(
            "{owner} bucket [01/Jun/2024:00:00:38 +0000] 192.0.2.3 - REQUEST REST.GET.OBJECT \
             {key} \"GET /{key} HTTP/1.1\" 200 - 1 1 1 1 \"-\" \"{agent}\" - host= - - - - - - -"
        )
    })
}

fn json_line() -> impl Strategy<Value = String> {
    ("\\PC{0,20}", any::<i32>()).prop_map(|(text, number)| {
        let text = serde_json::to_string(&text).unwrap();
        format!(
            "{{\"eventVersion\":\"1.08\", \"eventTime\":\"2024-06-01T00:00:00Z\",\
             \"awsRegion\":{text},\"eventID\":{text},\"requestParameters\":{{{text}:[{number}]}}}}"
        )
    })
}

const FLOW_HEADER: &str = "version account-id interface-id srcaddr dstaddr srcport dstport \
                           protocol packets bytes start end action log-status";

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(64)
    })]

    #[test]
    fn flow_log_lines_come_back(
        lines in prop::collection::vec(flow_line(), 1..6),
        fill_bytes in 1_usize..400,
    ) {
        let log = format!("{FLOW_HEADER}\n{}", lines.join("\n"));
        check_lines(&log, &lines, fill_bytes, "vpc_flow");
    }

    #[test]
    fn access_log_lines_come_back(
        lines in prop::collection::vec(s3_line(), 1..4),
        fill_bytes in 1_usize..400,
    ) {
        check_lines(&lines.join("\r\n"), &lines, fill_bytes, "s3_access");
    }

    #[test]
    fn json_objects_come_back(
        lines in prop::collection::vec(json_line(), 1..4),
        fill_bytes in 1_usize..400,
    ) {
        check_lines(&lines.join("\n"), &lines, fill_bytes, "cloudtrail");
        let list = format!("{{\"Records\":[{}]}}", lines.join(" ,\n"));
        check_lines(&list, &lines, fill_bytes, "cloudtrail");
    }

    #[test]
    fn any_bytes_are_read_the_same_in_pieces(
        start in prop::sample::select(vec![
            "", "{\"Records\":[", "#fields\tts\tuid\n", "version start end\n", "time,x\n",
            "2024-06-01T00:00:00.000Z START RequestId: ",
        ]),
        bytes in prop::collection::vec(
            prop_oneof![any::<u8>(), prop::sample::select(b"\n\n {}[]\",:0123456789-TZ\t".to_vec())],
            0..300,
        ),
        fill_bytes in 1_usize..50,
    ) {
        let log = [start.as_bytes(), &bytes].concat();
        let mappings = mappings();
        prop_assert_eq!(read(&log, fill_bytes, mappings), read(&log, 1 << 20, mappings));
    }
}

#[track_caller]
fn check_lines(log: &str, lines: &[String], fill_bytes: usize, source: &str) {
    let mappings = mappings();
    let (_, everything) = read(log.as_bytes(), fill_bytes, mappings);
    assert_eq!(everything.rejects, [], "{log}");
    let found: Vec<(&str, &str)> = everything
        .rows
        .iter()
        .map(|(source, _, record)| (source.as_str(), record.as_str()))
        .collect();
    let expected: Vec<(&str, &str)> = lines.iter().map(|line| (source, line.as_str())).collect();
    assert_eq!(found, expected, "{log}");
}
