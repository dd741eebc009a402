//! Replays the inputs of the fuzz targets, and every example of the catalogue's pages.

#[cfg(test)]
#[path = "../../../fuzz/src/page.rs"]
#[expect(unreachable_pub, reason = "the fuzz crate is where it is public")]
mod page;
#[cfg(test)]
#[path = "../../../fuzz/src/reading.rs"]
#[expect(unreachable_pub, reason = "the fuzz crate is where it is public")]
mod reading;
#[cfg(test)]
#[path = "../../../fuzz/src/time.rs"]
#[expect(unreachable_pub, reason = "the fuzz crate is where it is public")]
mod time;

#[cfg(test)]
mod replay {
    use std::fs;
    use std::path::Path;

    use haechi_catalog::Catalog;

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
    fn json() {
        replay("json", super::reading::json);
    }

    #[test]
    fn text() {
        replay("text", super::reading::text);
    }

    #[test]
    fn container() {
        replay("container", super::reading::container);
    }

    #[test]
    fn parquet() {
        replay("parquet", super::reading::parquet);
    }

    #[test]
    fn page() {
        replay("page", super::page::page);
    }

    #[test]
    fn time() {
        replay("time", super::time::time);
    }

    #[test]
    fn examples_of_pages_cut_anywhere() {
        let catalog = Catalog::built_in().unwrap();
        for source in catalog.sources.values() {
            for block in source.page.examples.iter().flat_map(|it| &it.blocks) {
                let bytes = block.text.as_bytes();
                super::reading::container(bytes);
                for n_bytes in (1..bytes.len()).step_by(37) {
                    super::reading::json(&bytes[..n_bytes]);
                    super::reading::text(&[b"\0", &bytes[..n_bytes]].concat());
                }
            }
        }
    }
}
