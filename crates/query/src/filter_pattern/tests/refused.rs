//! Patterns that are refused, with the place and the reason.

use crate::filter_pattern::{Dialect, FilterPattern};

/// Checks the error: the words that are marked, and a part of the message.
#[track_caller]
fn check(dialect: Dialect, pattern: &str, marked: &str, message: &str) {
    let error = FilterPattern::compile(pattern, dialect).expect_err(pattern);
    assert!(error.message.contains(message), "{pattern}: {}", error.message);
    assert_eq!(error.span.text(pattern), marked, "{pattern}: {}", error.message);
}

#[test]
fn a_mistake_is_shown_where_it_is() {
    for (pattern, marked, message) in [
        ("\"open", "\"open", "never closed"),
        ("%open", "%open", "never closed"),
        ("%%", "%%", "empty"),
        ("%[a%", "[a", "no regular expression"),
        ("ERROR - x", "", "a term is expected"),
        ("{ }", "}", "a selector is expected"),
        ("{ eventType = x }", "e", "a selector is expected"),
        ("{ $ = x }", "$", "names no field"),
        ("{ $. = x }", " ", "a field is expected after the point"),
        ("{ $.a }", "}", "an operator is expected"),
        ("{ $.a ~ 1 }", "~", "an operator is expected"),
        ("{ $.a = }", "}", "a value is expected"),
        ("{ $.a = 1", "{", "this brace is never closed"),
        ("{ $.a = 1 $.b = 2 }", "$", "`&&`, `||` or `}`"),
        ("{ $.a = 1 & $.b = 2 }", "&", "`&&`, `||` or `}`"),
        ("{ ($.a = 1 }", "(", "this parenthesis is never closed"),
        ("{ $.a > \"x\" }", "> \"x\"", "only a number"),
        ("{ $.a < x* }", "< x*", "only a number"),
        ("{ $.a[x] = 1 }", "[x", "brackets hold no index"),
        ("{ $.a[1 = 1 }", "[1 ", "this bracket is never closed"),
        ("{ $.a IS NOT NULL }", "IS N", "`IS` is followed by"),
        ("{ $.a EXISTS }", "EXISTS", "only `NOT EXISTS`"),
        ("{ $.a NOT NULL }", "NOT N", "`NOT` is followed by `EXISTS`"),
        ("{ $.a = 1 } x", "x", "goes on after its closing bracket"),
        ("[a, b", "[", "this bracket is never closed"),
        ("[a b]", "b", "an operator is expected"),
        ("[a, ..., b, ...]", "...", "`...` may stand only once"),
        ("[a, b = 1 && c = 2]", "c", "no field has the name `c`"),
        ("[=1]", "=", "the name of a field"),
        ("[ERROR] Exception", "Exception", "goes on after its closing bracket"),
    ] {
        check(Dialect::Open, pattern, marked, message);
        check(Dialect::Aws, pattern, marked, message);
    }
}

#[test]
fn what_only_aws_refuses_is_refused_on_wish() {
    let long = format!("\"{}\"", "x".repeat(1_023));
    for (pattern, marked, message) in [
        ("foo-bar", "foo-bar", "only in double quotes"),
        ("%a(b)%", "(", "AWS takes no `(`"),
        ("%a!%", "!", "AWS takes no `!`"),
        ("%거부%", "거", "AWS takes no `거`"),
        ("{ $.a[*].b[*] = 1 }", "$.a[*].b[*] = 1", "1 wildcard in a selector"),
        ("{ $.*=1 || $.*=2 || $.*=3 || $.*=4 }", "$.*=4", "3 wildcards in the selectors"),
        ("{ $.a=%a% && $.b=%b% && $.c=%c% }", "$.c=%c%", "2 regular expressions"),
        ("[a=%a%, b=%b%, c=%c%]", "[a=%a%, b=%b%, c=%c%]", "2 regular expressions"),
        (long.as_str(), "\"", "at most 1024 characters"),
    ] {
        check(Dialect::Aws, pattern, marked, message);
        FilterPattern::compile(pattern, Dialect::Open).expect(pattern);
    }
}

#[test]
fn a_pattern_that_would_cost_too_much_is_refused() {
    let deep = format!("{{ {}$.a = 1{} }}", "(".repeat(33), ")".repeat(33));
    check(Dialect::Open, &deep, "(", "more than 32 deep");
    check(Dialect::Open, "%((a{99}){99}){99}%", "((a{99}){99}){99}", "no regular expression");
    let long = "a ".repeat(40_000);
    let error = FilterPattern::compile(&long, Dialect::Open).unwrap_err();
    assert!(error.message.contains("at most 65536 characters"), "{error}");
}
