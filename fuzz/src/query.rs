//! Queries: reading ends, what is wrong can be shown, and printing gives the same query again.

use std::collections::BTreeMap;

use haechi_query::check::{Options, check};
use haechi_query::complete::complete;
use haechi_query::expand::{Values, expand};
use haechi_query::parse;
use haechi_query::print::print;

/// Reads the bytes as a query, and completes it in its middle.
pub fn query(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let completions = complete(text, text.len() / 2, &["srcAddr".to_owned()]);
    assert!(text.get(completions.span.start..completions.span.end).is_some());
    let _ = expand(text, &Values::new(), &BTreeMap::new());
    match parse(text) {
        Ok(query) => {
            for diagnostic in check(text, &query, &Options { compat: true }) {
                assert!(diagnostic.render(text).contains('^'));
            }
            let printed = print(&query);
            let again = parse(&printed).map(|it| print(&it));
            assert_eq!(again.as_ref().map_err(|it| &it.message), Ok(&printed));
        }
        Err(error) => {
            assert!(text.get(error.span.start..error.span.end).is_some());
            assert!(error.render(text).contains('^'));
        }
    }
}
