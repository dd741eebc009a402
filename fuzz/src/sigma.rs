//! Sigma rules: what cannot be used is named with its place, and the rest is ready.

use haechi_sigma::Rules;

/// Reads the bytes as a file of rules.
pub fn sigma(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let rules = Rules::read(&[("rules.yml".to_owned(), text.to_owned())]);
    for unusable in &rules.unusable {
        assert!(0 < unusable.line && 0 < unusable.column, "{unusable}");
    }
    assert!(rules.pages().count() <= text.len());
}
