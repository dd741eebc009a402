//! Threat lists: every line is taken or refused, and the same list again adds nothing.

use haechi_detect::Lists;

/// Reads the bytes as a list of any form.
pub fn list(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut lists = Lists::default();
    let taken = lists.add("bad", text);
    let n_entries = lists.n_entries("bad");
    assert!(taken.refused.len() as u64 <= taken.rejected);
    assert!(n_entries as u64 <= taken.accepted, "{n_entries} of {taken:?}");
    assert_eq!(lists.add("bad", text), taken);
    assert_eq!(lists.n_entries("bad"), n_entries);
}
