//! What is offered where; `‸` is the cursor.

use super::{CompletionKind, complete};

fn offered(marked: &str) -> (String, Vec<String>) {
    let cursor = marked.find('‸').unwrap();
    let source = marked.replace('‸', "");
    let fields = ["srcAddr", "dstAddr", "bytes", "user agent", "eventName"].map(str::to_owned);
    let completions = complete(&source, cursor, &fields);
    let replaced = completions.span.text(&source).to_owned();
    (replaced, completions.items.into_iter().map(|it| it.text).collect())
}

#[track_caller]
fn check(marked: &str, replaced: &str, expected: &[&str]) {
    assert_eq!(
        offered(marked),
        (replaced.to_owned(), expected.iter().map(|&it| it.to_owned()).collect())
    );
}

#[track_caller]
fn check_holds(marked: &str, there: &[&str], absent: &[&str]) {
    let (_, texts) = offered(marked);
    for text in there {
        assert!(texts.iter().any(|it| it == text), "{text} is not in {texts:?}");
    }
    for text in absent {
        assert!(!texts.iter().any(|it| it == text), "{text} is in {texts:?}");
    }
}

#[test]
fn a_stage_begins_with_a_command() {
    check_holds("‸", &["fields", "SOURCE", "stats"], &["srcAddr"]);
    check("fil‸", "fil", &["filter", "filterIndex", "filldown", "fillmissing"]);
    check("fields a | LOOK‸ x", "LOOK", &["lookup", "cidrlookup"]);
    check_holds("filter a in (‸", &["SOURCE", "fields"], &["srcAddr"]);
    check_holds("filter (‸", &["srcAddr"], &["SOURCE"]);
}

#[test]
fn operands_are_fields_and_functions() {
    check("filter src‸", "src", &["srcAddr"]);
    check_holds("filter ‸", &["srcAddr", "`user agent`", "ispresent(", "not"], &["sum(", "and"]);
    check_holds("filter a = ‸", &["srcAddr", "strlen("], &["and"]);
    check("filter `user‸ ag", "", &[]);
    check_holds("stats ‸", &["sum(", "strlen(", "srcAddr"], &[]);
    check_holds("stats count(*) by ‸", &["bin(", "srcAddr"], &["sum("]);
    check_holds("dedup ‸", &["srcAddr"], &["strlen("]);
    check_holds("filter a like /x/ and ‸", &["srcAddr"], &[]);
}

#[test]
fn words_stand_behind_operands() {
    check("filter a ‸", "", &["and", "or", "not", "like", "in"]);
    check("filter a like \"x\" ‸", "", &["and", "or", "not", "like", "in"]);
    check_holds("stats count(*) ‸", &["by", "as"], &["srcAddr"]);
    check_holds("sort a ‸", &["desc"], &["srcAddr"]);
    check_holds("lookup t a ‸", &["OUTPUT"], &["and"]);
    check_holds("SOURCE ‸", &["logGroups("], &["srcAddr"]);
}

#[test]
fn names_given_before_are_known() {
    check_holds("fields strlen(a) as length | filter ‸", &["length", "srcAddr"], &[]);
    check_holds("stats count(*) as n by srcAddr | sort ‸", &["n", "srcAddr"], &["bytes"]);
    check_holds("stats count(*) by srcAddr | sort ‸", &["`count(*)`"], &["bytes"]);
}

#[test]
fn nothing_is_offered_where_a_person_writes_freely() {
    for marked in [
        "fields a as ‸",
        "filter a = \"src‸\"",
        "filter a = \"src‸",
        "filter a like /src‸/",
        "fields a # src‸",
        "fields a # src‸\n| limit 5",
        "limit ‸5",
    ] {
        let (_, texts) = offered(marked);
        let only_words = texts.iter().all(|it| it == "any");
        assert!(only_words, "{marked}: {texts:?}");
    }
}

#[test]
fn the_word_around_the_cursor_is_replaced() {
    check("filter src‸Addr = 1", "srcAddr", &["srcAddr"]);
    check("filter DSTa‸", "DSTa", &["dstAddr"]);
}

#[test]
fn each_kind_says_what_it_is() {
    let completions = complete("stats cou", 9, &["country".to_owned()]);
    let kinds: Vec<_> = completions.items.iter().map(|it| (it.text.as_str(), it.kind)).collect();
    assert_eq!(kinds.first(), Some(&("country", CompletionKind::Field)));
    let count = completions.items.iter().find(|it| it.text == "count(").unwrap();
    assert_eq!((count.kind, count.usage.as_str()), (CompletionKind::Function, "count([value])"));
    assert!(!count.doc.is_empty());
}
