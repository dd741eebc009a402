//! Pages: a catalogue of the user's own may hold anything.

use haechi_catalog::{Catalog, Page};
use haechi_sources::Mappings;

/// Reads the bytes as a page, as the page of a source and as that of a detection.
pub fn page(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(page) = Page::parse("page.md", text) {
        assert!(page.definition_line <= text.lines().count() + 1);
    }
    let mut catalog = Catalog::default();
    if catalog.add("sources/fuzz/source.md", text).is_ok() {
        let mappings = Mappings::new(catalog.sources.values());
        assert_eq!(mappings.all.len(), catalog.sources.len());
    }
    let _ = catalog.add("detections/fuzz/page.md", text);
}
