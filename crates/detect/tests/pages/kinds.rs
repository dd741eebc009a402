//! What each kind does at its edges, with small pages of its own.

use haechi_catalog::Catalog;
use haechi_detect::{DetectError, Detector};
use haechi_model::{Finding, Timestamp, Window};

use crate::reader;

/// Returns the built-in sources with one detection whose definition ends in these lines.
pub(crate) fn catalog_with(kind: &str, settings: &str) -> Catalog {
    let page = format!(
        "# Test\nAbout.\n\n```toml\nkind = \"{kind}\"\ntype = \"Test:IAMUser/Test\"\n\
         severity = \"high\"\nsource = \"cloudtrail\"\nsubject = \"userIdentity_arn\"\n{settings}\n\
         why = \"{{count}}\"\n[ko]\ntitle = \"시험\"\nabout = \"시험\"\nrespond = \"시험\"\n\
         why = \"{{count}}\"\n```\n\n## Respond\nNothing.\n"
    );
    let mut catalog = Catalog::built_in().unwrap();
    catalog.detections.clear();
    catalog.add("detections/test.md", &page).unwrap();
    catalog
}

fn found_by(catalog: &Catalog, window: Window, events: &str) -> Vec<Finding> {
    let mut detector = Detector::new(catalog).unwrap();
    detector.set_window(window);
    let rows = reader::batch(
        &catalog.sources["cloudtrail"],
        &reader::events(&catalog.sources["cloudtrail"], events),
    );
    detector.observe("cloudtrail", &rows).unwrap();
    detector.finish()
}

#[track_caller]
pub(crate) fn check(kind: &str, settings: &str, events: &str, counts: &[u64]) {
    let findings = found_by(&catalog_with(kind, settings), Window::default(), events);
    let found: Vec<u64> = findings.iter().map(|finding| finding.count).collect();
    assert_eq!(found, counts, "{settings}\n{events}");
}

const BURST: &str = "match = { eventName = \"A\" }\ncount = 3\nwindow_seconds = 10";

#[test]
fn a_window_slides_and_includes_both_ends() {
    let spread = |gap: i64| {
        let event = format!("{{\"after\":{},\"eventName\":\"A\"}}\n", gap - 1);
        event.repeat(3)
    };
    check("threshold", BURST, &spread(5), &[3]);
    check("threshold", BURST, &spread(6), &[]);
}

#[test]
fn a_long_burst_is_raised_once_and_a_second_burst_again() {
    check("threshold", BURST, r#"{"repeat":50,"eventName":"A"}"#, &[3]);
    let twice =
        "{\"repeat\":5,\"eventName\":\"A\"}\n{\"repeat\":3,\"after\":60,\"eventName\":\"A\"}";
    check("threshold", BURST, twice, &[6]);
}

#[test]
fn what_happens_every_day_is_routine() {
    let settings = format!("{BURST}\nroutine_days = 2");
    let day = "{\"repeat\":5,\"after\":86400,\"eventName\":\"A\"}\n";
    check("threshold", &settings, &day.repeat(9), &[6]);
}

#[test]
fn only_different_values_count() {
    let settings = format!("{BURST}\ndistinct = \"requestParameters.names[]\"");
    let names = |names: &str| {
        format!("{{\"eventName\":\"A\",\"requestParameters\":{{\"names\":[{names}]}}}}\n")
    };
    check("threshold", &settings, &names("\"a\",\"b\"").repeat(5), &[]);
    check("threshold", &settings, &names("\"a\",\"b\",\"c\""), &[1]);
    let spread = names("\"a\",\"b\"") + &names("\"c\"");
    check("threshold", &settings, &spread, &[2]);
}

#[test]
fn what_was_shown_on_an_earlier_day_is_not_new() {
    let settings = format!("{BURST}\ndistinct = \"requestParameters.name\"\nonly_new = true");
    let day = |names: [&str; 3]| {
        let call = |name: &str| {
            format!("{{\"eventName\":\"A\",\"requestParameters\":{{\"name\":\"{name}\"}}}}\n")
        };
        format!("{{\"after\":86400,\"eventName\":\"B\"}}\n{}", names.map(call).concat())
    };
    check("threshold", &settings, &day(["a", "b", "c"]).repeat(2), &[3]);
    check("threshold", &settings, &(day(["a", "b", "c"]) + &day(["d", "e", "f"])), &[6]);
    check("threshold", &settings, &(day(["a", "b", "c"]) + &day(["a", "e", "f"])), &[3]);
}

const NEW_NETWORK: &str = "match = {}\nvalue = \"sourceIPAddress\"\nvalue_as = \"network\"\n\
    history_days = 2\nhistory_events = 3";

#[test]
fn a_new_value_needs_a_history_to_be_new_against() {
    let known = "{\"repeat\":4,\"eventName\":\"A\",\"sourceIPAddress\":\"192.0.2.1\"}\n";
    let new = "{\"after\":SECONDS,\"eventName\":\"A\",\"sourceIPAddress\":\"203.0.113.9\"}\n";
    let after = |seconds: &str| known.to_owned() + &new.replace("SECONDS", seconds);
    check("first_seen", NEW_NETWORK, &after("172800"), &[1]);
    check("first_seen", NEW_NETWORK, &after("86400"), &[]);
    let neighbour = after("172800").replace("203.0.113.9", "192.0.2.200");
    check("first_seen", NEW_NETWORK, &neighbour, &[]);
    check("first_seen", NEW_NETWORK, &(after("172800") + &new.replace("SECONDS", "1")), &[1]);
    check("first_seen", NEW_NETWORK, &new.replace("SECONDS", "172800"), &[]);
}

#[test]
fn history_before_the_window_is_learnt_from_and_not_raised() {
    let catalog = catalog_with("first_seen", NEW_NETWORK);
    let known = "{\"repeat\":4,\"eventName\":\"A\",\"sourceIPAddress\":\"192.0.2.1\"}\n\
        {\"after\":200000,\"eventName\":\"A\",\"sourceIPAddress\":\"198.51.100.9\"}\n\
        {\"after\":100000,\"eventName\":\"A\",\"sourceIPAddress\":\"203.0.113.9\"}\n";
    let whole = found_by(&catalog, Window::default(), known);
    let from = Timestamp::parse("2026-01-08T12:00:00Z").ok();
    let late = found_by(&catalog, Window { from, until: None }, known);
    assert_eq!((whole[0].count, late[0].count), (2, 1));
    assert_eq!(late[0].first_seen.date().unwrap(), "2026-01-08");
    assert_eq!(whole[0].id, late[0].id);
}

const AFTER: &str = "match = { eventName = \"B\" }\nafter = { eventName = \"A\" }\n\
    join = [\"target_userName\"]\nwithin_seconds = 60";

#[test]
fn one_record_follows_another_with_the_same_values() {
    let user = |name: &str, user: &str, after: i64| {
        format!(
            "{{\"eventName\":\"{name}\",\"after\":{after},\"requestParameters\":{{\"userName\":\"{user}\"}}}}\n"
        )
    };
    let pair = |after: i64| user("A", "x", 0) + &user("B", "x", after);
    check("follows", AFTER, &pair(59), &[1]);
    check("follows", AFTER, &pair(60), &[]);
    check("follows", AFTER, &(user("A", "x", 0) + &user("B", "y", 0)), &[]);
    check("follows", AFTER, &(user("B", "x", 0) + &user("A", "x", 0)), &[]);
    let absent = format!("{AFTER}\nafter_is = \"absent\"");
    check("follows", &absent, &pair(59), &[]);
    check("follows", &absent, &pair(60), &[1]);
}

#[test]
fn groups_make_findings_of_their_own() {
    let events = "{\"eventName\":\"A\"}\n{\"eventName\":\"A\",\"awsRegion\":\"us-east-1\"}\n{\"eventName\":\"A\"}";
    check("match", "match = { eventName = \"A\" }\ngroup = [\"awsRegion\"]", events, &[2, 1]);
}

#[test]
fn calls_of_aws_services_are_context_unless_a_page_wants_them() {
    let call = r#"{"eventName":"A","userIdentity":{"type":"AWSService","invokedBy":"x.amazonaws.com","arn":"a"}}"#;
    check("match", "match = { eventName = \"A\" }", call, &[]);
    check("match", "match = { eventName = \"A\" }\nservice_calls = true", call, &[1]);
}

#[test]
fn an_attackers_quotes_do_not_leave_the_evidence() {
    let catalog = catalog_with("match", "match = { eventName = \"A\" }");
    let event = r#"{"eventName":"A","userIdentity":{"type":"IAMUser","arn":"x' or 'a'='a"}}"#;
    let events = format!("{event}\n{{\"eventName\":\"A\"}}");
    let rows = reader::batch(
        &catalog.sources["cloudtrail"],
        &reader::events(&catalog.sources["cloudtrail"], &events),
    );
    let lake = crate::lake::Lake::of("cloudtrail", &rows);
    for finding in found_by(&catalog, Window::default(), &events) {
        assert_eq!(lake.ids(&finding.evidence).len(), 1, "{}", finding.evidence);
    }
}

#[track_caller]
fn check_error(settings: &str, line: usize, reason: &str) {
    match Detector::new(&catalog_with("match", settings)) {
        Err(DetectError::Page { line: found, reason: said, .. }) => {
            assert_eq!(found, line, "{said}");
            assert!(said.contains(reason), "{said}");
        }
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("accepted: {settings}"),
    }
}

#[test]
fn mistakes_are_named_by_line_and_reason() {
    let good = "match = { eventName = \"A\" }";
    check_error(&format!("{good}\nwindow = 3"), 11, "no setting `window`");
    check_error("match = { evntName = \"A\" }", 10, "no column `evntName`");
    check_error("match = { eventName = { begins = \"A\" } }", 10, "no operator `begins`");
    check_error("match = { eventName = { regex = \"(\" } }", 10, "regex");
    check_error("match = { sourceIPAddress = { in_network = \"10.0.0.0/99\" } }", 10, "CIDR");
    check_error(&format!("{good}\ngroup = [\"nothing\"]"), 11, "no column `nothing`");
    check_error("", 5, "needs `match`");
}

#[test]
fn sessions_are_counted_apart_and_found_together() {
    let settings = format!("{BURST}\ncounted_by = \"sourceIPAddress\"");
    let call =
        |address: &str| format!("{{\"eventName\":\"A\",\"sourceIPAddress\":\"{address}\"}}\n");
    check("threshold", &settings, &(call("192.0.2.1") + &call("192.0.2.2")).repeat(2), &[]);
    check("threshold", &settings, &(call("192.0.2.1") + &call("192.0.2.2")).repeat(3), &[6]);
}

#[test]
fn what_turns_out_to_be_routine_is_taken_back() {
    let settings = "match = { eventName = \"A\" }\nwithdraw_after_days = 3";
    let day = "{\"repeat\":2,\"after\":86400,\"eventName\":\"A\"}\n";
    check("match", settings, &day.repeat(3), &[6]);
    check("match", settings, &day.repeat(4), &[]);
    let catalog = catalog_with("match", settings);
    let from = Timestamp::parse("2026-01-09T00:00:00Z").ok();
    assert!(found_by(&catalog, Window { from, until: None }, &day.repeat(4)).is_empty());
}

#[test]
fn routine_before_the_window_is_known_inside_it() {
    let catalog = catalog_with("threshold", &format!("{BURST}\nroutine_days = 2"));
    let day = "{\"repeat\":5,\"after\":86400,\"eventName\":\"A\"}\n";
    let from = Timestamp::parse("2026-01-09T00:00:00Z").ok();
    assert!(found_by(&catalog, Window { from, until: None }, &day.repeat(4)).is_empty());
    assert_eq!(
        found_by(&catalog, Window { from, until: None }, &day.replace("86400", "400000"))[0].count,
        3
    );
}
