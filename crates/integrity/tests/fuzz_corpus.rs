//! Replays the inputs of the fuzz target for digest files.

#[cfg(test)]
#[path = "../../../fuzz/src/digest.rs"]
#[expect(unreachable_pub, reason = "the fuzz crate is where it is public")]
mod digest;

#[cfg(test)]
mod replay {
    use std::fs;
    use std::path::Path;

    #[test]
    fn digest() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/digest");
        for entry in fs::read_dir(folder).unwrap() {
            super::digest::digest(&fs::read(entry.unwrap().path()).unwrap());
        }
    }
}
