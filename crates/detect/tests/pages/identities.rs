//! Habits, sequences and travel at their edges, with small pages of their own.

use std::net::IpAddr;
use std::sync::Arc;

use haechi_detect::{Detector, Place, Places};
use haechi_model::Finding;

use crate::kinds::{catalog_with, check};
use crate::reader;

const STEPS: &str = "match = { eventName = \"C\" }\n\
    before = [{ eventName = \"A\" }, { eventName = \"B\" }]\nwithin_seconds = 100";

fn call(name: &str, after: i64, more: &str) -> String {
    format!("{{\"after\":{},\"eventName\":\"{name}\"{more}}}\n", after - 1)
}

#[test]
fn steps_come_in_order_and_within_the_window() {
    let story = |b: i64, c: i64| call("A", 1, "") + &call("B", b, "") + &call("C", c, "");
    check("sequence", STEPS, &story(50, 50), &[3]);
    check("sequence", STEPS, &story(50, 51), &[]);
    check("sequence", STEPS, &(call("B", 1, "") + &call("A", 1, "") + &call("C", 1, "")), &[]);
    check("sequence", STEPS, &(call("A", 1, "") + &call("C", 1, "")), &[]);
    // A beginning that is too long ago gives way to a newer one.
    let again = call("A", 1, "") + &call("A", 90, "") + &call("B", 5, "") + &call("C", 9, "");
    check("sequence", STEPS, &again, &[3]);
    let any = format!("{STEPS}\nsteps_min = 3");
    check("sequence", &any, &(call("B", 1, "") + &call("C", 1, "") + &call("A", 1, "")), &[3]);
}

#[test]
fn what_is_done_every_day_is_routine() {
    let day = call("A", 86_000, "") + &call("B", 1, "") + &call("C", 1, "");
    let routine = format!("{STEPS}\nroutine_days = 2");
    check("sequence", &routine, &day.repeat(5), &[6]);
}

fn session(key: &str) -> String {
    format!(
        ",\"userIdentity\":{{\"type\":\"AssumedRole\",\"arn\":\"arn:aws:sts::111122223333:assumed-role/r/{key}\",\
         \"principalId\":\"AROA:{key}\",\"accessKeyId\":\"{key}\",\"sessionContext\":\
         {{\"attributes\":{{\"creationDate\":\"2026-01-05T09:00:00Z\"}}}}}}"
    )
}

fn hands_out(key: &str, more: &str) -> String {
    let answer = format!(",\"responseElements\":{{\"credentials\":{{\"accessKeyId\":\"{key}\"}}}}");
    call("AssumeRole", 1, &(answer + more))
}

#[test]
fn credentials_are_followed_through_every_role() {
    let chained = call("A", 1, "")
        + &hands_out("ASIA1", "")
        + &call("B", 1, &session("ASIA1"))
        + &hands_out("ASIA2", &session("ASIA1"))
        + &call("C", 1, &session("ASIA2"));
    check("sequence", STEPS, &chained, &[3]);
    // Without the answers nobody knows whose sessions they are.
    let unseen = call("A", 1, "") + &call("B", 1, &session("ASIA1")) + &call("C", 1, "");
    check("sequence", STEPS, &unseen, &[]);
    let strangers = call("A", 1, "")
        + &hands_out("ASIA1", "")
        + &call("B", 1, &session("ASIA9"))
        + &call("C", 1, &session("ASIA1"));
    check("sequence", STEPS, &strangers, &[]);
}

#[test]
fn a_source_identity_joins_the_sessions_of_one_person() {
    let person = |name: &str, key: &str| {
        let source = format!("\"sessionContext\":{{\"sourceIdentity\":\"{name}\",");
        session(key).replace("\"sessionContext\":{", &source)
    };
    let with = |second: &str| {
        call("A", 1, &person("kim", "ASIA1"))
            + &call("B", 1, &person(second, "ASIA2"))
            + &call("C", 1, &person("kim", "ASIA3"))
    };
    check("sequence", STEPS, &with("kim"), &[3]);
    check("sequence", STEPS, &with("lee"), &[]);
}

const HABITS: &str = "match = { eventName = \"B\" }\nidentity = \"userIdentity_arn\"\n\
    aspects = { api = \"eventName\", network = \"sourceIPAddress\" }\nneed = [\"api\"]\n\
    score_min = 6\nhistory_days = 5";
const KNOWN: &str = "{\"repeat\":6,\"every\":86400,\"eventName\":\"A\"}\n";

#[test]
fn points_are_summed_over_identity_and_account() {
    let new = |address: &str| call("B", 60, &format!(",\"sourceIPAddress\":\"{address}\""));
    check("rarity", HABITS, &(KNOWN.to_owned() + &new("203.0.113.9")), &[1]);
    check("rarity", HABITS, &(KNOWN.to_owned() + &new("198.51.100.99")), &[]);
    // All of a day's records count, however many there are.
    let burst = KNOWN.to_owned() + &new("203.0.113.9").repeat(9);
    check("rarity", HABITS, &burst, &[9]);
    let short = KNOWN.replace('6', "4") + &new("203.0.113.9");
    check("rarity", HABITS, &short, &[]);
}

#[test]
fn a_stranger_is_judged_by_the_account_where_the_page_says_so() {
    let stranger = call(
        "B",
        60,
        ",\"sourceIPAddress\":\"203.0.113.9\",\"userIdentity\":{\"type\":\"IAMUser\",\
         \"arn\":\"arn:aws:iam::111122223333:user/new\"}",
    );
    let events = KNOWN.to_owned() + &stranger;
    check("rarity", HABITS, &events, &[]);
    check("rarity", &format!("{HABITS}\nstranger_score_min = 4"), &events, &[1]);
    check("rarity", &format!("{HABITS}\nstranger_score_min = 5"), &events, &[]);
}

/// Two cities and a country without coordinates.
struct Atlas;

impl Places for Atlas {
    fn place_of(&self, address: IpAddr) -> Place {
        let (country, coordinates) = match address.to_string().as_str() {
            "192.0.2.1" => ("KR", Some((37.57, 126.98))),
            "198.51.100.1" => ("FR", Some((48.86, 2.35))),
            "203.0.113.1" => ("JP", None),
            _ => return Place::default(),
        };
        Place { country: Some(country.to_owned()), network: None, coordinates }
    }
}

fn travelled(addresses: &[(&str, i64)]) -> Vec<Finding> {
    let settings = "match = {}\naddress = \"sourceIPAddress\"\nwithin_seconds = 86400\n\
        distance_km = 500.0\nspeed_kmh = 1000.0\nnetworks_min = 3\nknown_days = 2";
    let catalog = catalog_with("travel", settings);
    let mut detector = Detector::new(&catalog).unwrap();
    let atlas: Arc<dyn Places> = Arc::new(Atlas);
    detector.set_places(&atlas);
    let line = |(address, after): &(&str, i64)| {
        call("ConsoleLogin", *after, &format!(",\"sourceIPAddress\":\"{address}\""))
    };
    let events: String = addresses.iter().map(line).collect();
    let source = &catalog.sources["cloudtrail"];
    detector
        .observe("cloudtrail", &reader::batch(source, &reader::events(source, &events)))
        .unwrap();
    detector.finish()
}

#[test]
fn nobody_is_in_two_cities_faster_than_an_aeroplane() {
    // Nine thousand kilometres lie between the two.
    let found = |after: i64| travelled(&[("192.0.2.1", 1), ("198.51.100.1", after)]).len();
    assert_eq!((found(3_600), found(8 * 3_600), found(10 * 3_600)), (1, 1, 0));
    let findings = travelled(&[("192.0.2.1", 1), ("198.51.100.1", 3_600)]);
    assert_eq!((findings[0].count, findings[0].records.len()), (2, 2));
}

#[test]
fn two_countries_are_enough_where_nothing_more_is_known() {
    assert_eq!(travelled(&[("192.0.2.1", 1), ("203.0.113.1", 3_600)]).len(), 1);
    assert_eq!(travelled(&[("192.0.2.1", 1), ("10.1.1.1", 3_600)]).len(), 0);
    assert_eq!(travelled(&[("10.1.1.1", 1), ("10.2.1.1", 60), ("10.3.1.1", 60)]).len(), 1);
}
