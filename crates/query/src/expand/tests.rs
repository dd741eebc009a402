//! What is put in, and what is refused.

use std::collections::BTreeMap;

use super::{SavedQuery, Values, expand};

fn values(pairs: &[(&str, &str)]) -> Values {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn saved() -> BTreeMap<String, SavedQuery> {
    let query = |text: &str, defaults| SavedQuery { text: text.to_owned(), defaults };
    BTreeMap::from([
        ("Denied".to_owned(), query("filter errorCode = {{code}} # all", values(&[("code", "x")]))),
        (
            "Top n".to_owned(),
            query("stats count(*) as n by {{field}} | sort n desc", Values::new()),
        ),
        ("Outer".to_owned(), query("$Denied()", Values::new())),
    ])
}

#[track_caller]
fn check(source: &str, given: &[(&str, &str)], expected: &str) {
    assert_eq!(expand(source, &values(given), &saved()).as_deref(), Ok(expected));
}

#[track_caller]
fn check_refused(source: &str, given: &[(&str, &str)], expected: &str) {
    let error = expand(source, &values(given), &saved()).unwrap_err();
    assert_eq!(error.diagnostic.message, expected);
    assert!(error.diagnostic.render(&error.text).contains('^'));
}

#[test]
fn values_stand_where_parameters_stood() {
    check("limit {{n}}", &[("n", "5")], "limit 5");
    check("stats count(*) by bin({{ period }})", &[("period", "5m")], "stats count(*) by bin(5m)");
    check("filter a in [{{list}}]", &[("list", "1, \"b\"")], "filter a in [1, \"b\"]");
    check("stats count(*) by {{field}}", &[("field", "a.b")], "stats count(*) by a.b");
    check("fields a # {{nothing}}", &[], "fields a # {{nothing}}");
}

#[test]
fn a_text_behind_a_comparison_gets_quotes() {
    check("filter a = {{v}}", &[("v", "ERROR")], "filter a = \"ERROR\"");
    check("filter a = {{v}}", &[("v", "\"ERROR\"")], "filter a = \"ERROR\"");
    check(
        "filter a != {{v}} or a > {{w}}",
        &[("v", "-5"), ("w", "1e3")],
        "filter a != -5 or a > 1e3",
    );
    check("filter a like {{v}}", &[("v", "x y")], "filter a like \"x y\"");
    check(
        "filter a in [1, {{v}}]",
        &[("v", "x\"] | limit 1")],
        "filter a in [1, \"x\\\"] | limit 1\"]",
    );
    check("filter a = {{v}}", &[("v", "1 # x")], "filter a = \"1 # x\"");
}

#[test]
fn a_value_stays_inside_its_quotes() {
    let breakout = "x\" or 1=1 #'`/";
    let given: &[(&str, &str)] = &[("v", breakout)];
    check("filter a = \"{{v}}\"", given, "filter a = \"x\\\" or 1=1 #'`/\"");
    check("filter a = '-{{v}}-'", given, "filter a = '-x\" or 1=1 #\\'`/-'");
    check("filter `{{v}}` = 1", given, "filter `x\" or 1=1 #'``/` = 1");
    check("filter a like /{{v}}$/", &[("v", "a.b/c")], "filter a like /a\\.b\\/c$/");
    check("parse a /{{v}}(?<x>.)/", &[("v", "[")], "parse a /\\[(?<x>.)/");
    check("fields a / {{v}}", &[("v", "2")], "fields a / 2");
}

#[test]
fn a_value_outside_quotes_cannot_add_stages() {
    for value in ["1 | limit 5", "1 #", "1) or (1", "(1", "\"x", "$Denied()", "{{n}}", "/x/", "]["]
    {
        let message = format!("the value `{value}` cannot stand outside quotes");
        check_refused("limit {{n}}", &[("n", value)], &message);
    }
}

#[test]
fn saved_queries_stand_where_they_were_called() {
    check("$Denied() | limit 5", &[], "filter errorCode = \"x\" # all\n | limit 5");
    check("$Denied(code=\"y\")", &[], "filter errorCode = \"y\" # all\n");
    check("$Denied(code=404)", &[], "filter errorCode = 404 # all\n");
    check(
        "fields a | $`Top n`(field=\"b.c\") | $Denied()",
        &[],
        "fields a | stats count(*) as n by b.c | sort n desc\n | filter errorCode = \"x\" # all\n",
    );
    check(
        "filter a in (SOURCE 'g' | $Denied() | fields a) | limit 1",
        &[],
        "filter a in (SOURCE 'g' | filter errorCode = \"x\" # all\n | fields a) | limit 1",
    );
}

#[test]
fn what_is_missing_is_said() {
    check_refused("limit {{n}}", &[("m", "5")], "the parameter `n` has no value");
    check_refused("$Deneid()", &[], "there is no saved query `Deneid`");
    check_refused("$Denied(kode=\"x\")", &[], "the saved query `Denied` has no parameter `kode`");
    check_refused("$`Top n`()", &[], "the parameter `field` has no value");
    check_refused("$Outer()", &[], "a saved query cannot call another");
    check_refused("fields a | $Denied(", &[], "the query ends too early");
}
