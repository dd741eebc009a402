//! What stands on a trusted list is raised by no page.

use haechi_detect::{Detector, Lists};

use crate::examples::{detector, for_each_example, of_page};
use crate::kinds::{catalog_with, check};
use crate::reader;

/// Every address there is.
const EVERYBODY: &str = "0.0.0.0/1\n128.0.0.0/1\n::/1\n8000::/1\n";

fn trusting(mut detector: Detector, trusted: &str) -> Detector {
    let mut lists = Lists::default();
    lists.add("threat", "203.0.113.66\n198.51.100.64/28\n2001:db8:bad::/48\nevil.example.net\n");
    lists.add("trusted", trusted);
    detector.set_lists(lists);
    detector
}

#[test]
fn no_page_raises_what_a_trusted_address_does() {
    let (mut n_pages, mut n_spoke) = (0, 0);
    for_each_example(|alone, detection, example, rows| {
        let mut detector = trusting(detector(alone), EVERYBODY);
        detector.observe(&detection.source, rows).unwrap();
        let found = of_page(detector.finish(), detection);
        let addresses = ["sourceIPAddress", "srcaddr", "id_orig_h", "remote_ip", "sourceIPs"];
        let has_address = addresses
            .iter()
            .any(|name| rows.column_by_name(name).is_some_and(|column| column.null_count() == 0));
        n_pages += 1;
        if !found.is_empty() && has_address {
            n_spoke += 1;
            eprintln!("{}: `{}` {found:?}", detection.name, example.heading);
        }
    });
    assert_eq!(n_spoke, 0);
    assert!(400 < n_pages, "{n_pages}");
}

const NEW_API: &str = "match = {}\nvalue = \"eventName\"\nhistory_days = 1\nhistory_events = 2";

/// Returns how many records each finding of a first-seen page has.
fn counts(events: &str, trusted: &str) -> Vec<u64> {
    let catalog = catalog_with("first_seen", NEW_API);
    let mut detector = Detector::new(&catalog).unwrap();
    if !trusted.is_empty() {
        detector = trusting(detector, trusted);
    }
    let source = &catalog.sources["cloudtrail"];
    let rows = reader::batch(source, &reader::events(source, events));
    detector.observe("cloudtrail", &rows).unwrap();
    detector.finish().iter().map(|finding| finding.count).collect()
}

#[test]
fn what_is_trusted_is_still_learnt_from() {
    let known = "{\"repeat\":3,\"every\":86400,\"eventName\":\"A\"}\n";
    let new =
        |address: &str| format!("{{\"eventName\":\"B\",\"sourceIPAddress\":\"{address}\"}}\n");
    let events = known.to_owned() + &new("203.0.113.9") + &new("198.51.100.7");
    assert_eq!(counts(&events, ""), [1]);
    // The office did it first, and it is not new any more.
    assert_eq!(counts(&events, "203.0.113.0/24\n"), [0_u64; 0]);
    assert_eq!(counts(&events, "192.0.2.0/24\n"), [1]);
    let backwards = known.to_owned() + &new("198.51.100.7") + &new("203.0.113.9");
    assert_eq!(counts(&backwards, "203.0.113.0/24\n"), [1]);
}

#[test]
fn rows_that_are_not_to_be_raised_are_learnt_from() {
    let known = "{\"repeat\":3,\"every\":86400,\"eventName\":\"A\"}\n";
    let events = known.to_owned() + "{\"eventName\":\"B\"}\n{\"eventName\":\"C\"}\n";
    let raises = format!("{NEW_API}\nraises = {{ eventName = \"C\" }}");
    check("first_seen", NEW_API, &events, &[2]);
    check("first_seen", &raises, &events, &[1]);
}
