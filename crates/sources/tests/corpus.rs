//! Every file of the collection of real logs beside the checkout is recognised, or passed over
//! with a reason. Only counts are kept here.

#[cfg(test)]
mod corpus {
    use std::collections::BTreeMap;
    use std::fmt::Write as _;
    use std::path::{Path, PathBuf};

    use expect_test::expect_file;
    use haechi_catalog::Catalog;
    use haechi_sources::{
        Mappings, Object, Place, Reject, Row, Sink, SinkError, open, read_object,
    };

    /// Not for reading: cases that decide whether the product is accepted.
    const SEALED: &str = "sealed-acceptance.bin";

    #[derive(Default)]
    struct Counts {
        tables: BTreeMap<String, u64>,
        rejects: u64,
    }

    impl Sink for Counts {
        fn row(&mut self, row: &Row<'_>) -> Result<(), SinkError> {
            *self.tables.entry(row.mapping.source.name.clone()).or_default() += 1;
            Ok(())
        }

        fn reject(&mut self, _: Reject) -> Result<(), SinkError> {
            self.rejects += 1;
            Ok(())
        }
    }

    fn data() -> PathBuf {
        let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
        std::env::var_os("HAECHI_CORPUS").map_or_else(|| beside.into(), PathBuf::from)
    }

    fn files_below(folder: &Path) -> Vec<PathBuf> {
        let entries = walkdir::WalkDir::new(folder).sort_by_file_name();
        let entries = entries.into_iter().map(|entry| entry.expect("the corpus can be read"));
        let files = entries.filter(|entry| entry.file_type().is_file());
        files.map(walkdir::DirEntry::into_path).filter(|path| !path.ends_with(SEALED)).collect()
    }

    /// What became of the files of one folder: for each outcome the files, rows and rejects.
    type Outcomes = BTreeMap<(String, String), (u64, u64, u64)>;

    fn outcomes(folder: &Path) -> Outcomes {
        let catalog = Catalog::built_in().unwrap();
        let mappings = Mappings::new(catalog.sources.values());
        let mut outcomes = Outcomes::new();
        for path in files_below(folder) {
            let place = Place::File(path.clone());
            let name = path.to_string_lossy().into_owned();
            let mut opened = open(&Object { name: name.clone(), size: None, place }).unwrap();
            let mut counts = Counts::default();
            let summary = read_object(&name, &mut opened, &mappings, &mut counts).unwrap();
            let rows: u64 = counts.tables.values().sum();
            assert_eq!((summary.rows, summary.rejects), (rows, counts.rejects), "{name}");
            let outcome = match &summary.skipped {
                Some(skipped) => format!("skipped: {}", skipped.0),
                None if rows == 0 => "no records".to_owned(),
                None => counts.tables.into_keys().collect::<Vec<_>>().join(" and "),
            };
            let top = path.strip_prefix(folder).unwrap().iter().next().unwrap();
            let key = (top.to_string_lossy().into_owned(), outcome);
            let entry = outcomes.entry(key).or_default();
            *entry = (entry.0 + 1, entry.1 + rows, entry.2 + counts.rejects);
            if std::env::var_os("HAECHI_CORPUS_FILES").is_some() {
                println!("{name}: {summary:?}");
            }
        }
        outcomes
    }

    #[test]
    fn every_file_is_recognised_or_passed_over() {
        let data = data();
        assert!(data.is_dir(), "no corpus at {}: set HAECHI_CORPUS", data.display());
        let mut text = String::new();
        for ((folder, outcome), (files, rows, rejects)) in outcomes(&data) {
            writeln!(text, "{folder}: {outcome}: {files} files, {rows} rows, {rejects} rejects")
                .unwrap();
        }
        let cloudtrail =
            "cloudtrail-sans504-s3-ransomware: cloudtrail: 3872 files, 30477 rows, 0 rejects\n";
        assert!(text.contains(cloudtrail), "{text}");
        expect_file!["corpus.txt"].assert_eq(&text);
    }
}
