use super::*;

fn lists(text: &str) -> (Lists, Taken) {
    let mut lists = Lists::default();
    let taken = lists.add("threat", text);
    (lists, taken)
}

/// Checks the form of a file and the entries that it gives for some addresses and names.
#[track_caller]
fn check(text: &str, format: &str, addresses: &[&str], domains: &[&str]) {
    let (lists, taken) = lists(text);
    assert_eq!(taken.format, format);
    assert_eq!(taken.refused, []);
    assert_eq!(lists.n_entries("threat"), addresses.len() + domains.len(), "{format}");
    for address in addresses {
        assert!(lists.entry_for("threat", address.parse().unwrap()).is_some(), "{address}");
    }
    for domain in domains {
        assert_eq!(lists.domain_for("threat", domain).as_deref(), Some(*domain));
    }
}

#[test]
fn entries_are_addresses_networks_and_domains() {
    let text = "# bad\n203.0.113.9\t7\n198.51.100.0/24\n2001:db8:bad::/48\nevil.example.net\n\
        hxxps://drop[.]example[.]org:8443/a?b\nExitAddress 192.0.2.9 2026-01-01 00:00:00\n\n\
        nonsense\n// more\n192.0.2.0/99\n";
    let (lists, taken) = lists(text);
    assert_eq!((taken.format, taken.accepted, taken.rejected), ("TXT", 6, 2));
    assert_eq!(taken.refused.iter().map(|it| it.line).collect::<Vec<_>>(), [9, 11]);
    assert!(taken.refused[0].reason.contains("`nonsense` is no address, network or domain"));
    assert_eq!(taken.refused[0].column, 1);
    let taken = Lists::default().add("threat", "  # a note\n  192.0.2.999, 5\n");
    assert_eq!((taken.refused[0].line, taken.refused[0].column), (2, 3));
    let entry = |text: &str| lists.entry_for("threat", text.parse().unwrap());
    assert_eq!(entry("203.0.113.9").as_deref(), Some("203.0.113.9/32"));
    assert_eq!(entry("198.51.100.77").as_deref(), Some("198.51.100.0/24"));
    assert_eq!(entry("2001:db8:bad:1::5").as_deref(), Some("2001:db8:bad::/48"));
    assert_eq!(entry("192.0.2.9").as_deref(), Some("192.0.2.9/32"));
    assert_eq!((entry("203.0.113.8"), entry("2001:db8::1")), (None, None));
    let domain = |text: &str| lists.domain_for("threat", text);
    assert_eq!(domain("A.Evil.example.net.").as_deref(), Some("evil.example.net"));
    assert_eq!(domain("drop.example.org").as_deref(), Some("drop.example.org"));
    assert_eq!((domain("notevil.example.net"), domain("example.net")), (None, None));
}

#[test]
fn lists_are_kept_apart_and_trusted_wins() {
    let (mut lists, _) = lists("203.0.113.9\n203.0.113.10\nevil.example.net");
    assert!(lists.entry_for("tor", "203.0.113.9".parse().unwrap()).is_none());
    lists.add("trusted", "203.0.113.8/31\nexample.net");
    assert!(lists.entry_for("threat", "203.0.113.9".parse().unwrap()).is_none());
    assert!(lists.entry_for("threat", "203.0.113.10".parse().unwrap()).is_some());
    assert!(lists.domain_for("threat", "evil.example.net").is_none());
}

#[test]
fn alien_vault_has_fields_between_signs() {
    let text =
        "203.0.113.9#4#2#Malicious Host#CN##31.2,121.4#3\n198.51.100.7#1#1#Spamming#US##0,0#2\n";
    check(text, "ALIEN_VAULT", &["203.0.113.9", "198.51.100.7"], &[]);
}

#[test]
fn otx_names_the_type_of_each_indicator() {
    let text = "Indicator type,Indicator,Description\nIPv4,203.0.113.9,\"a, b\"\n\
        domain,evil.example.net,\nFileHash-MD5,d41d8cd98f00b204e9800998ecf8427e,\n";
    check(text, "OTX_CSV", &["203.0.113.9"], &["evil.example.net"]);
}

#[test]
fn proofpoint_and_fireeye_are_tables() {
    let text = "ip, category, score, first_seen, last_seen, ports\n\
        203.0.113.9, 1, 100, 2026-01-01, 2026-02-01, 443\n";
    check(text, "PROOF_POINT", &["203.0.113.9"], &[]);
    let text = "reportId,title,publishDate,senderAddress,ip,domain,url\n\
        7,\"Report, long\",1,x@example.org,,,\n7,Report,1,,203.0.113.9,,\n7,Report,1,,,evil.example.net,\n";
    check(text, "FIRE_EYE", &["203.0.113.9"], &["evil.example.net"]);
}

#[test]
fn misp_events_and_warning_lists_are_read() {
    let event = r#"{"Event":{"Attribute":[
        {"type":"ip-dst|port","value":"203.0.113.9|8443","to_ids":true},
        {"type":"ip-src","value":"198.51.100.1","to_ids":false},
        {"type":"md5","value":"d41d8cd98f00b204e9800998ecf8427e"}],
        "Object":[{"Attribute":[{"type":"domain|ip","value":"evil.example.net|192.0.2.7"}]}]}}"#;
    check(event, "MISP", &["203.0.113.9", "192.0.2.7"], &["evil.example.net"]);
    let list = r#"{"name":"x","type":"cidr","list":["198.51.100.0/24","2001:db8::1"]}"#;
    check(list, "MISP", &["198.51.100.7", "2001:db8::1"], &[]);
}

#[test]
fn stix_of_both_versions_is_read() {
    let bundle = r#"{"type":"bundle","id":"bundle--1","objects":[
        {"type":"indicator","spec_version":"2.1","id":"indicator--1",
         "pattern":"[ipv4-addr:value = '203.0.113.9' OR domain-name:value = 'evil.example.net']"},
        {"type":"indicator","id":"indicator--2",
         "pattern":"[ipv4-addr:value IN ('198.51.100.1', '198.51.100.2')]"},
        {"type":"indicator","id":"indicator--3","pattern":"[file:hashes.MD5 = 'd41d']"},
        {"type":"ipv6-addr","value":"2001:db8::9"}]}"#;
    let addresses = ["203.0.113.9", "198.51.100.1", "198.51.100.2", "2001:db8::9"];
    check(bundle, "STIX", &addresses, &["evil.example.net"]);
    let package = "<stix:STIX_Package>\n<AddressObj:Address_Value condition=\"Equals\">\
        203.0.113.9##comma##198.51.100.7</AddressObj:Address_Value>\n</stix:STIX_Package>";
    check(package, "STIX", &["203.0.113.9", "198.51.100.7"], &[]);
}

#[test]
fn broken_files_name_the_line() {
    let (_, taken) = lists("{\"type\": \"bundle\",\n \"objects\": [}");
    assert_eq!((taken.accepted, taken.refused[0].line), (0, 2));
    let pattern = r#"{"type":"bundle","objects":[{"type":"indicator","id":"indicator--1",
        "pattern":"[ipv4-addr:value LIKE '203.0.%']"}]}"#;
    let (_, taken) = lists(pattern);
    assert!(taken.refused[0].reason.contains("compared by other than"));
}

#[test]
fn a_million_addresses_take_four_bytes_each() {
    use std::fmt::Write;
    let mut text = String::new();
    for number in 0..100_000_u32 {
        writeln!(text, "{}", Ipv4Addr::from(number.wrapping_mul(2_654_435_761))).unwrap();
    }
    let (lists, taken) = lists(&text);
    assert_eq!((taken.accepted, lists.n_entries("threat")), (100_000, 100_000));
    let list = &lists.by_name["threat"];
    assert_eq!(list.v4.capacity() * 4, 400_000);
    let known = written(2_654_435_761);
    assert_eq!(lists.entry_for("threat", Ipv4Addr::from(2_654_435_761).into()), Some(known));
}
