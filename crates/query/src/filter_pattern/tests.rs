//! What patterns match, take out and refuse, as tables.

mod properties;
mod refused;

use super::{Dialect, Extracted, FilterPattern};

const ACCESS: &str =
    "127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] \"GET /index.html HTTP/1.0\" 404 1534";

const TRAIL: &str = r#"{"eventType":"UpdateTrail","sourceIPAddress":"198.51.100.7","list":["one","two"],"users":[{"name":"a","id":1},{"name":"b","id":2}],"grid":[[0,1],[4,5]],"code":404,"share":0.5,"big":1000,"empty":null,"yes":true,"no":false,"dash-ed_name":"x","cluster.name":"c","이름":"해치"}"#;

fn compiled(pattern: &str) -> FilterPattern {
    FilterPattern::compile(pattern, Dialect::Open)
        .unwrap_or_else(|error| panic!("{pattern}: {error} at {:?}", error.span))
}

#[track_caller]
fn check(pattern: &str, message: &str, expected: bool) {
    let compiled = compiled(pattern);
    assert_eq!(compiled.matches(message), expected, "{pattern} on {message}");
    assert_eq!(compiled.extract(message).is_some(), expected, "{pattern} on {message}");
}

#[track_caller]
fn check_extracted(pattern: &str, message: &str, expected: &[(&str, &str)]) {
    let pairs = expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let expected: Extracted = pairs.collect();
    assert_eq!(compiled(pattern).extract(message), Some(expected), "{pattern}");
}

#[test]
fn terms_are_found_anywhere() {
    let (bad, missing) = ("[ERROR 400] BAD REQUEST", "[ERROR 419] MISSING ARGUMENTS");
    for (pattern, on_bad, on_missing) in [
        ("", true, true),
        ("\" \"", true, true),
        ("\"\"", true, true),
        ("ERROR", true, true),
        ("error", false, false),
        ("ERROR ARGUMENTS", false, true),
        ("  ERROR\tARGUMENTS ", false, true),
        ("?BAD ?ARGUMENTS", true, true),
        ("?BAD ?\"MISSING A\"", true, true),
        ("?GOOD ?PRESENT", false, false),
        ("ERROR -ARGUMENTS", true, false),
        ("-ARGUMENTS", true, false),
        ("-\"MISSING ARGUMENTS\" -REQUEST", false, false),
        ("\"BAD REQUEST\"", true, false),
        ("\"REQUEST BAD\"", false, false),
        ("QUEST", true, false),
        // Optional terms have no effect beside others.
        ("?GOOD ERROR", true, true),
        ("?ERROR -BAD", false, true),
        ("%4[0-9]{2}%", true, true),
        ("%^.ERROR 400%", true, false),
        ("%BAD|WORSE% REQUEST", true, false),
        ("-%4\\d0%", false, true),
    ] {
        check(pattern, bad, on_bad);
        check(pattern, missing, on_missing);
    }
}

#[test]
fn phrases_hold_quotes_and_other_languages() {
    check(r#""say \"no\"""#, r#"they say "no" to it"#, true);
    check(r#""a\\b""#, r"a\b", true);
    check("\"접근 거부\"", "오류: 접근 거부됨", true);
    check("%거부|실패%", "로그인 실패", true);
}

#[test]
fn an_optional_term_without_effect_is_told() {
    let compiled = compiled("ERROR ?WARN ?INFO");
    let [warning] = compiled.warnings() else { panic!("{:?}", compiled.warnings()) };
    assert_eq!((warning.span.start, warning.span.end), (6, 11));
    assert_eq!(FilterPattern::compile("?A ?B", Dialect::Open).unwrap().warnings(), []);
}

#[test]
fn json_conditions_compare_texts() {
    for (condition, expected) in [
        (r#"$.eventType = "UpdateTrail""#, true),
        ("$.eventType = UpdateTrail", true),
        ("$.eventType == UpdateTrail", true),
        (r#"$.eventType="Update*""#, true),
        (r#"$.eventType = "*date*ail""#, true),
        (r#"$.eventType = "*date*all""#, false),
        (r#"$.eventType = "Trail""#, false),
        (r#"$.eventType = "updatetrail""#, false),
        (r#"$.eventType != "DeleteTrail""#, true),
        ("$.sourceIPAddress != 123.123.*", true),
        ("$.sourceIPAddress = 198.51.*", true),
        (r"$.sourceIPAddress = %^198\.51\.100\.[0-9]$%", true),
        (r"$.sourceIPAddress != %^198%", false),
        (r#"$.list[0] = "one""#, true),
        (r#"$.list[1] = "one""#, false),
        (r#"$.list[9] = "*""#, false),
        (r#"$.list[*] = "two""#, true),
        (r#"$.users[*].name = "b""#, true),
        ("$.users[1].id = 2", true),
        ("$.grid[1][0] = 4", true),
        (r#"$.* = "UpdateTrail""#, true),
        (r#"$.* = "nothing""#, false),
        (r#"$.['cluster.name'] = "c""#, true),
        (r#"$["cluster.name"] = "c""#, true),
        ("$.dash-ed_name = x", true),
        (r#"$.이름 = "해*""#, true),
    ] {
        check(&format!("{{ {condition} }}"), TRAIL, expected);
        check(&format!("{{{condition}}}"), TRAIL, expected);
    }
}

#[test]
fn json_conditions_compare_numbers() {
    for (condition, expected) in [
        ("$.code = 404", true),
        ("$.code = 4.04e2", true),
        ("$.code = +404", true),
        ("$.code = 4*", true),
        (r#"$.code = "404""#, true),
        ("$.code != 404", false),
        ("$.code > 400", true),
        ("$.code > 404", false),
        ("$.code >= 404", true),
        ("$.code < -1", false),
        ("$.code <= 404", true),
        ("$.share < 1", true),
        ("$.share = 5e-1", true),
        ("$.big = 1e+3", true),
        // A text is no number, however it looks.
        ("$.eventType > 0", false),
        ("$.users[*].id > 1", true),
    ] {
        check(&format!("{{ {condition} }}"), TRAIL, expected);
    }
    check("{ $.status = 200 }", r#"{"status":"200"}"#, true);
    check("{ $.status > 100 }", r#"{"status":"200"}"#, false);
}

#[test]
fn json_conditions_know_null_and_what_is_missing() {
    for (condition, expected) in [
        ("$.empty IS NULL", true),
        ("$.empty is null", true),
        ("$.code IS NULL", false),
        ("$.missing IS NULL", false),
        ("$.yes IS TRUE", true),
        ("$.no IS TRUE", false),
        ("$.no IS FALSE", true),
        ("$.missing NOT EXISTS", true),
        ("$.empty NOT EXISTS", false),
        ("$.users[*].key NOT EXISTS", true),
        // Only texts and numbers compare; a missing field is not different, it is missing.
        (r#"$.missing != "x""#, false),
        (r#"$.empty != "x""#, false),
        (r#"$.yes = "true""#, false),
        (r#"$.users != "x""#, false),
        (r#"$.list = "one""#, false),
    ] {
        check(&format!("{{ {condition} }}"), TRAIL, expected);
    }
}

#[test]
fn json_conditions_join() {
    for (pattern, expected) in [
        ("{ $.code = 404 && $.big = 1000 }", true),
        ("{ ($.code = 404) && ($.big = 1) }", false),
        ("{ $.code = 1 || $.big = 1000 }", true),
        ("{ $.code = 404 || $.code = 1 && $.code = 2 }", true),
        ("{ ($.code = 404 || $.code = 1) && $.code = 2 }", false),
        (r#"{($.a="x")||(($.code=404)&&($.list[0]="one"))}"#, true),
        (r#"{ $.eventType = "A" || $.eventType = "B" }"#, false),
        (r#"{ $.eventType = "A" || $.code = 404 }"#, true),
    ] {
        check(pattern, TRAIL, expected);
    }
}

#[test]
fn json_texts_match_however_they_are_escaped() {
    check(r#"{ $.a = "ABC" }"#, r#"{"a":"\u0041BC"}"#, true);
    check(r#"{ $.a = "x/y" }"#, r#"{"a":"x\/y"}"#, true);
    check(r#"{ $.a = "a \"b\"" }"#, r#"{"a":"a \"b\""}"#, true);
}

#[test]
fn what_is_no_json_does_not_match() {
    for message in ["", "eventType UpdateTrail", "{\"eventType\":\"UpdateTrail\"", "[]", "null"] {
        check(r#"{ $.eventType = "UpdateTrail" }"#, message, false);
        check("{ $.eventType IS NULL }", message, false);
    }
    let deep = "[".repeat(100_000);
    check("{ $.a NOT EXISTS }", &deep, false);
}

#[test]
fn json_patterns_take_out_what_they_name() {
    check_extracted(
        r#"{ $.eventType = "*" && $.code >= 400 && $.missing NOT EXISTS }"#,
        TRAIL,
        &[("$.eventType", "UpdateTrail"), ("$.code", "404")],
    );
    check_extracted("{ $.users[*].id > 1 }", TRAIL, &[("$.users[*].id", "1")]);
    check_extracted("{ $.yes IS TRUE }", TRAIL, &[("$.yes", "true")]);
}

#[test]
fn fields_are_told_apart_by_spaces() {
    for (pattern, expected) in [
        ("[]", true),
        ("[...]", true),
        ("[ip, user, name, time, request, status, bytes]", true),
        ("[ip, user, name, time, request, status, bytes, more]", false),
        ("[ip, user, name, time, request, status=404, bytes]", true),
        ("[ip, user, name, time, request=*.html*, status=4*, bytes > 1000]", true),
        ("[ip, user, name, time, request, status=4*, bytes > 2000]", false),
        ("[..., status=404, bytes]", true),
        ("[..., status = 404 || status = 410, bytes]", true),
        ("[..., (status = 403 || status = 410) && bytes > 1, bytes]", false),
        ("[..., request=*.html*, status=4*,]", true),
        (r"[ip=%127\.0\.0\.[1-9]%, ...]", true),
        ("[ip, ..., bytes >= 1534]", true),
        ("[ip!=127.0.0.1, ...]", false),
        ("[ip=\"127.0.0.1\", , name=fr*, ...]", true),
        ("[a, b, c, d, e, f, g, h, ..., i]", false),
        ("[time, ..., time2 = \"x\"]", false),
    ] {
        check(pattern, ACCESS, expected);
    }
}

#[test]
fn the_last_name_takes_the_rest() {
    let message = "ERROR 09/25/2014 12:00:02 Failed to process";
    check("[w1=ERROR, w2]", message, true);
    check("[w1=ERROR]", message, false);
    check("[w1=ERROR || w1=WARNING, w2]", message, true);
    check("[w1!=ERROR && w1!=WARNING, w2]", message, false);
    check_extracted(
        "[level, date, time, text]",
        message,
        &[
            ("$level", "ERROR"),
            ("$date", "09/25/2014"),
            ("$time", "12:00:02"),
            ("$text", "Failed to process"),
        ],
    );
    check("[timestamp=*Z, id=\"*-*\", event]", "2024-01-01T00:00:00Z a-b some \"long\" text", true);
}

#[test]
fn fields_without_a_name_have_a_number() {
    check_extracted(
        "[..., status=404, bytes]",
        ACCESS,
        &[
            ("$1", "127.0.0.1"),
            ("$2", "Prod"),
            ("$3", "frank"),
            ("$4", "10/Oct/2000:13:25:15 -0700"),
            ("$5", "GET /index.html HTTP/1.0"),
            ("$status", "404"),
            ("$bytes", "1534"),
        ],
    );
    check_extracted("[]", "a \"b c\"", &[("$1", "a"), ("$2", "b c")]);
    check_extracted("[a,]", "x y", &[("$a", "x"), ("$2", "y")]);
    check("[a]", "", false);
}

#[test]
fn brackets_and_quotes_that_never_close_are_text() {
    check_extracted("[a, b, c]", "x \"y z", &[("$a", "x"), ("$b", "\"y"), ("$c", "z")]);
    check_extracted("[a, b]", r#"x "y \" z""#, &[("$a", "x"), ("$b", r#"y \" z"#)]);
    check_extracted("[a, b, c]", "x [y z", &[("$a", "x"), ("$b", "[y"), ("$c", "z")]);
}
