//! What holds of every pattern and every message.

use proptest::prelude::*;

use crate::filter_pattern::{Dialect, FilterPattern};

/// Texts that look like patterns more often than chance would have it.
fn pattern() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ \\PC]{0,3}",
        prop::sample::select(vec![
            "{ ",
            " }",
            "[",
            "]",
            "...",
            ", ",
            "$.a",
            "$.*",
            "[*]",
            "[0]",
            "['k']",
            " = ",
            " != ",
            " < ",
            " >= ",
            "\"x*\"",
            "%a|b%",
            "12",
            "-4e2",
            " && ",
            " || ",
            "(",
            ")",
            " IS NULL",
            " NOT EXISTS",
            "?",
            "-",
            "w1",
            "ERROR",
            "해치",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn message() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,40}",
        "[\\[\\]\" a\\\\]{0,20}",
        "\\{\"a\":(1|\"x\"|null|\\[1,\"x\"\\]|\\{\"k\":true\\})\\}",
    ]
}

proptest! {
    #[test]
    fn no_pattern_and_no_message_panics(pattern in pattern(), message in message()) {
        for dialect in [Dialect::Open, Dialect::Aws] {
            match FilterPattern::compile(&pattern, dialect) {
                Ok(compiled) => {
                    let extracted = compiled.extract(&message);
                    prop_assert_eq!(compiled.matches(&message), extracted.is_some());
                }
                Err(error) => {
                    let marked = pattern.get(error.span.start..error.span.end);
                    prop_assert!(marked.is_some(), "{:?} is no part of {pattern:?}", error.span);
                }
            }
        }
    }

    #[test]
    fn what_aws_takes_means_the_same_here(pattern in "[ -~]{0,24}", message in "[ -~]{0,24}") {
        if let Ok(theirs) = FilterPattern::compile(&pattern, Dialect::Aws) {
            let ours = FilterPattern::compile(&pattern, Dialect::Open);
            let ours = ours.expect("what AWS takes is taken");
            prop_assert_eq!(ours.extract(&message), theirs.extract(&message));
        }
    }

    #[test]
    fn the_first_look_at_the_bytes_loses_nothing(value in "[a-c\\\\\"]{0,4}", wanted in "[a-c]{1,2}") {
        let pattern = format!("{{ $.a = \"*{wanted}*\" }}");
        let pattern = FilterPattern::compile(&pattern, Dialect::Open).expect("it is a pattern");
        let message = serde_json::json!({ "a": value }).to_string();
        prop_assert_eq!(pattern.matches(&message), value.contains(&wanted));
    }
}
