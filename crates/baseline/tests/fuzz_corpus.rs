//! Replays the inputs of the fuzz targets.

#[cfg(test)]
#[path = "../../../fuzz/src/series.rs"]
#[expect(unreachable_pub, reason = "the fuzz crate is where it is public")]
mod series;

#[cfg(test)]
mod replay {
    use std::fs;
    use std::path::Path;

    /// Runs a target on each of its inputs; what must hold is asserted there.
    fn replay(target: &str, run: fn(&[u8])) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
        let mut n_inputs = 0;
        for entry in fs::read_dir(folder).unwrap() {
            run(&fs::read(entry.unwrap().path()).unwrap());
            n_inputs += 1;
        }
        assert!(0 < n_inputs, "the corpus of `{target}` is empty");
    }

    #[test]
    fn series() {
        replay("series", super::series::series);
    }
}
