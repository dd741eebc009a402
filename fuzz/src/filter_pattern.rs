//! Filter patterns: the pattern and the messages may both be anybody's.

use haechi_query::filter_pattern::{Dialect, FilterPattern};

/// Takes the first line for a pattern and asks it of what follows.
pub fn filter_pattern(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (pattern, message) = text.split_once('\n').unwrap_or((text, ""));
    for dialect in [Dialect::Open, Dialect::Aws] {
        match FilterPattern::compile(pattern, dialect) {
            Ok(compiled) => {
                assert_eq!(compiled.matches(message), compiled.extract(message).is_some());
                for warning in compiled.warnings() {
                    assert!(!warning.render(pattern).is_empty());
                }
            }
            Err(error) => {
                assert!(pattern.get(error.span.start..error.span.end).is_some());
                assert!(!error.render(pattern).is_empty());
            }
        }
    }
}
