//! Parquet in, rows out.

#[cfg(test)]
mod files {
    use std::fmt::Write as _;
    use std::fs::File;
    use std::sync::Arc;

    use arrow::array::{
        ArrayRef, Int32Array, Int64Array, StringArray, StructArray, TimestampMillisecondArray,
    };
    use arrow::datatypes::{DataType, Field};
    use arrow::record_batch::RecordBatch;
    use expect_test::{Expect, expect};
    use haechi_catalog::Catalog;
    use haechi_sources::{
        Mappings, Object, Place, Reject, Row, RowBuilder, Sink, SinkError, Summary, open,
        read_object,
    };
    use parquet::arrow::ArrowWriter;

    #[derive(Default)]
    struct Records {
        lines: String,
    }

    impl Sink for Records {
        fn row(&mut self, row: &Row<'_>) -> Result<(), SinkError> {
            let mut builder = RowBuilder::new(row.mapping);
            builder.push(row, 0);
            let rows = builder.finish(row.mapping, &["file".to_owned()])?;
            let (source, position, record) = (&row.mapping.source.name, row.position, row.record);
            let time = rows.times[0].unwrap();
            let account = rows.known_accounts.join("");
            writeln!(self.lines, "{source} {position} {time} {account} {record}")?;
            Ok(())
        }

        fn reject(&mut self, reject: Reject) -> Result<(), SinkError> {
            writeln!(self.lines, "reject {} {}", reject.position, reject.reason)?;
            Ok(())
        }
    }

    fn read(bytes: &[u8]) -> (Summary, String) {
        let catalog = Catalog::built_in().unwrap();
        let mappings = Mappings::new(catalog.sources.values());
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let place = Place::File(file.path().to_owned());
        let mut opened = open(&Object { name: String::new(), size: None, place }).unwrap();
        let mut records = Records::default();
        let summary = read_object("x.parquet", &mut opened, &mappings, &mut records).unwrap();
        (summary, records.lines)
    }

    fn parquet_of(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
        let batch = RecordBatch::try_from_iter_with_nullable(
            columns.into_iter().map(|(name, column)| (name, column, true)),
        )
        .unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        let writer = File::create(file.path()).unwrap();
        let mut writer = ArrowWriter::try_new(writer, batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        std::fs::read(file.path()).unwrap()
    }

    #[track_caller]
    fn check(columns: Vec<(&str, ArrayRef)>, expected: &Expect) {
        let (summary, lines) = read(&parquet_of(columns));
        assert_eq!(summary.rows, lines.lines().count() as u64);
        expected.assert_eq(&lines);
    }

    #[test]
    fn flow_logs_are_known_by_their_columns() {
        check(
            vec![
                ("version", Arc::new(Int32Array::from(vec![2, 2]))),
                ("account_id", Arc::new(StringArray::from(vec!["111122223333"; 2]))),
                ("interface_id", Arc::new(StringArray::from(vec!["eni-0a1b2c3d"; 2]))),
                ("srcaddr", Arc::new(StringArray::from(vec![Some("192.0.2.1"), None]))),
                ("start", Arc::new(Int64Array::from(vec![1_717_200_000, 1_717_200_060]))),
                ("log_status", Arc::new(StringArray::from(vec!["OK", "NODATA"]))),
            ],
            &expect![[r#"
                vpc_flow 0 1717200000000000 111122223333 {"version":2,"account_id":"111122223333","interface_id":"eni-0a1b2c3d","srcaddr":"192.0.2.1","start":1717200000,"log_status":"OK"}
                vpc_flow 1 1717200060000000 111122223333 {"version":2,"account_id":"111122223333","interface_id":"eni-0a1b2c3d","start":1717200060,"log_status":"NODATA"}
            "#]],
        );
    }

    #[test]
    fn security_lake_is_known_by_its_nested_columns() {
        let account: ArrayRef = Arc::new(StringArray::from(vec!["111122223333"]));
        let account =
            StructArray::from(vec![(Arc::new(Field::new("uid", DataType::Utf8, true)), account)]);
        let cloud = StructArray::from(vec![(
            Arc::new(Field::new("account", DataType::Struct(account.fields().clone()), true)),
            Arc::new(account) as ArrayRef,
        )]);
        let times = TimestampMillisecondArray::from(vec![1_717_200_000_000]).with_timezone("UTC");
        check(
            vec![
                ("class_uid", Arc::new(Int32Array::from(vec![4001]))),
                ("time", Arc::new(Int64Array::from(vec![1_717_200_000_000]))),
                ("time_dt", Arc::new(times)),
                ("metadata", Arc::new(StringArray::from(vec!["{}"]))),
                ("cloud", Arc::new(cloud)),
            ],
            &expect![[r#"
                ocsf 0 1717200000000000 111122223333 {"class_uid":4001,"time":1717200000000,"time_dt":"2024-06-01T00:00:00Z","metadata":"{}","cloud":{"account":{"uid":"111122223333"}}}
            "#]],
        );
    }

    #[test]
    fn any_other_with_a_time_is_kept() {
        check(
            vec![
                ("timestamp", Arc::new(StringArray::from(vec!["2024-06-01T00:00:00Z"]))),
                ("value", Arc::new(Int64Array::from(vec![1]))),
            ],
            &expect![[r#"
                other 0 1717200000000000  {"timestamp":"2024-06-01T00:00:00Z","value":1}
            "#]],
        );
    }

    #[test]
    fn without_a_time_it_is_no_log() {
        let (summary, lines) =
            read(&parquet_of(vec![("value", Arc::new(Int64Array::from(vec![1])))]));
        assert_eq!(lines, "");
        assert!(summary.skipped.is_some());
    }

    #[test]
    fn a_cut_file_is_a_reject() {
        let whole = parquet_of(vec![("value", Arc::new(Int64Array::from(vec![1])))]);
        let (summary, lines) = read(whole.get(..whole.len() / 2).unwrap());
        assert_eq!(summary.rejects, 1);
        assert!(lines.starts_with("reject 0 not Parquet: "), "{lines}");
    }
}
