//! Replays the inputs of the fuzz targets.

#[cfg(test)]
#[path = "../../../fuzz/src/filter_pattern.rs"]
#[expect(unreachable_pub, reason = "the fuzz crate is where it is public")]
mod filter_pattern;

#[cfg(test)]
#[path = "../../../fuzz/src/query.rs"]
#[expect(unreachable_pub, reason = "the fuzz crate is where it is public")]
mod query;

#[cfg(test)]
mod replay {
    use std::fs;
    use std::path::Path;

    fn replay(folder: &str, run: fn(&[u8])) {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
        for entry in fs::read_dir(corpus.join(folder)).unwrap() {
            run(&fs::read(entry.unwrap().path()).unwrap());
        }
    }

    #[test]
    fn filter_pattern() {
        replay("filter_pattern", super::filter_pattern::filter_pattern);
    }

    #[test]
    fn query() {
        replay("query", super::query::query);
    }
}
