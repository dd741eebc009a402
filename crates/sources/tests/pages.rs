//! The examples on the sources' pages: `log` blocks in, `rows` blocks out.
//!
//! `UPDATE_PAGES=1` rewrites the rows; read the diff.

#[cfg(test)]
mod examples {
    use std::fmt::Write as _;
    use std::path::{Path, PathBuf};
    use std::sync::Arc;

    use arrow::compute::cast;
    use arrow::datatypes::DataType;
    use arrow::error::ArrowError;
    use arrow::record_batch::RecordBatch;
    use haechi_catalog::{Catalog, Example, Source};
    use haechi_model::Timestamp;
    use haechi_sources::{
        Mappings, Object, Place, Reject, Row, RowBuilder, Sink, SinkError, open, read_object,
        schema,
    };
    use serde_json::{Map, Value, json};

    /// What a reader makes of a text, one line for each row or reject.
    struct Lines<'a> {
        /// The source whose page this is: rows of others are marked.
        own: &'a str,
        text: String,
    }

    impl Sink for Lines<'_> {
        fn row(&mut self, row: &Row<'_>) -> Result<(), SinkError> {
            let mut builder = RowBuilder::new(row.mapping);
            builder.push(row, 0);
            let rows = builder.finish(row.mapping, &["file".to_owned()])?;
            let mut json = Vec::new();
            let mut writer = arrow::json::LineDelimitedWriter::new(&mut json);
            writer.write(&without_times(&rows.batch)?)?;
            writer.finish()?;
            let written: Map<String, Value> = serde_json::from_slice(&json)?;
            let mut line = Map::new();
            let source = &row.mapping.source.name;
            if source != self.own {
                line.insert("table".to_owned(), json!(source));
            }
            line.insert(
                "time".to_owned(),
                json!(rows.times[0].map(|it| Timestamp(it).to_string())),
            );
            if let Some(account) = rows.known_accounts.first() {
                line.insert("account".to_owned(), json!(account));
            }
            let hidden = ["record", "file", "position"];
            let is_shown =
                |name: &str, value: &Value| !hidden.contains(&name) && *value != json!([]);
            line.extend(written.into_iter().filter(|(name, value)| is_shown(name, value)));
            writeln!(self.text, "{}", Value::Object(line))?;
            Ok(())
        }

        fn reject(&mut self, reject: Reject) -> Result<(), SinkError> {
            let line = json!({"reject": reject.reason, "position": reject.position});
            writeln!(self.text, "{line}")?;
            Ok(())
        }
    }

    /// Returns the columns without the first, `time`, which is written in its own way.
    /// Returns the columns behind the time, texts as texts.
    fn without_times(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        let names = batch.schema();
        let mut columns = Vec::new();
        for (field, column) in names.fields().iter().zip(batch.columns()).skip(1) {
            let column = match column.data_type() {
                DataType::Binary | DataType::BinaryView => cast(column, &DataType::Utf8)?,
                DataType::List(_) => cast(column, &schema::list_of_text())?,
                _ => Arc::clone(column),
            };
            columns.push((field.name(), column));
        }
        RecordBatch::try_from_iter(columns)
    }

    fn rows_of(log: &str, source: &Source, mappings: &Mappings) -> String {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), log).unwrap();
        let place = Place::File(file.path().to_owned());
        let mut opened = open(&Object { name: String::new(), size: None, place }).unwrap();
        let mut lines = Lines { own: &source.name, text: String::new() };
        let summary = read_object("log", &mut opened, mappings, &mut lines).unwrap();
        if let Some(skipped) = summary.skipped {
            writeln!(lines.text, "{}", json!({"skipped": skipped.0})).unwrap();
        }
        lines.text
    }

    #[test]
    fn every_example_gives_its_rows() {
        let catalog = Catalog::built_in().unwrap();
        let mappings = Mappings::new(catalog.sources.values());
        let mut faults = String::new();
        for source in catalog.sources.values() {
            let path = &source.page.path;
            assert!(!source.page.examples.is_empty(), "{path} has no example");
            let mut replacements = Vec::new();
            for example in &source.page.examples {
                let (replacement, fault) = check(example, source, &mappings);
                replacements.push(replacement);
                faults += &fault;
            }
            if std::env::var_os("UPDATE_PAGES").is_some() {
                rewrite(&page_path(path), &replacements);
            }
        }
        assert!(faults.is_empty(), "{faults}");
    }

    /// A block's first line, its number of lines, and its text as it should be.
    type Replacement = (usize, usize, String);

    /// Returns the rows that the example gives, and what is wrong with those that stand there.
    fn check(example: &Example, source: &Source, mappings: &Mappings) -> (Replacement, String) {
        let (path, heading) = (&source.page.path, &example.heading);
        let [log, rows] = example.blocks.as_slice() else {
            panic!("{path}: {heading}: a `log` and a `rows` block are expected")
        };
        assert_eq!((log.language.as_str(), rows.language.as_str()), ("log", "rows"), "{path}");
        let found = rows_of(&log.text, source, mappings);
        let fault = if found == rows.text {
            String::new()
        } else {
            format!("{path}: {heading}\nexpected\n{}found\n{found}", rows.text)
        };
        ((rows.line, rows.text.lines().count(), found), fault)
    }

    fn page_path(path: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog").join(path)
    }

    /// Replaces blocks, each given by its first line, its number of lines and its new text.
    fn rewrite(path: &Path, replacements: &[Replacement]) {
        let text = std::fs::read_to_string(path).unwrap();
        let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
        for (line, n_lines, found) in replacements.iter().rev() {
            let new: Vec<&str> = found.split_inclusive('\n').collect();
            lines.splice(line - 1..line - 1 + n_lines, new);
        }
        std::fs::write(path, lines.concat()).unwrap();
    }
}
