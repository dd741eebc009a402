//! Replays the inputs of the fuzz targets.

#[cfg(test)]
#[path = "../../../fuzz/src/filter_pattern.rs"]
#[expect(unreachable_pub, reason = "the fuzz crate is where it is public")]
mod filter_pattern;

#[cfg(test)]
mod replay {
    use std::fs;
    use std::path::Path;

    #[test]
    fn filter_pattern() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/filter_pattern");
        for entry in fs::read_dir(folder).unwrap() {
            super::filter_pattern::filter_pattern(&fs::read(entry.unwrap().path()).unwrap());
        }
    }
}
