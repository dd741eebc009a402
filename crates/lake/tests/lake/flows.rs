//! Flow lines that their columns give again keep neither record nor entities, and all others keep
//! both; whatever a line looks like, it comes back byte for byte.

use std::collections::BTreeSet;

use haechi_lake::compact;
use haechi_model::Timestamp;

use super::support::{Bench, StoredRow, gzip};

const V2: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status";

/// A line of the default format with other values in it.
fn v2(replaced: &[(&str, &str)]) -> String {
    let line = "2 111122223333 eni-0a1b2c3d 192.0.2.10 198.51.100.7 49152 443 6 12 5120 1717200000 1717200058 ACCEPT OK";
    replaced.iter().fold(line.to_owned(), |line, (old, new)| line.replace(old, new))
}

/// Ingests the text under that name, and returns its rows in order.
#[track_caller]
fn rows(name: &str, text: &str) -> Vec<StoredRow> {
    let mut bench = Bench::new();
    let object = bench.file(name, &gzip(text.as_bytes()));
    let done = bench.ingest(std::slice::from_ref(&object));
    assert_eq!((done.accepted, done.rejected, done.skipped.len()), (done.read, 0, 0), "{text}");
    let mut rows = bench.source_rows();
    rows.sort_by_key(|row| row.position);
    // What one batch a row writes, and what compaction makes of it, is the same.
    bench.folder = tempfile::TempDir::new().unwrap();
    bench.gathered_bytes = 1;
    let object = bench.file(name, &gzip(text.as_bytes()));
    bench.ingest(&[object]);
    let now = Timestamp::parse("2026-01-01T00:00:00Z").unwrap();
    bench.runtime.block_on(compact(&mut bench.open(), "compact", now)).unwrap();
    let mut merged = bench.source_rows();
    merged.sort_by_key(|row| row.position);
    assert_eq!(rows, merged, "{text}");
    rows
}

/// Asserts that the lines behind the header come back, and which of them keep their records.
#[track_caller]
fn check(name: &str, header: &str, lines: &[(&str, bool)]) {
    for end in ["\n", "\r\n"] {
        let body: String = lines.iter().flat_map(|(line, _)| [*line, end]).collect();
        let text = if header.is_empty() { body } else { format!("{header}{end}{body}") };
        let rows = rows(name, &text);
        let found: Vec<_> =
            rows.iter().map(|row| (row.record.as_str(), row.keeps_record)).collect();
        assert_eq!(found, lines);
    }
}

#[test]
fn a_line_that_is_written_as_its_columns_are_keeps_no_record() {
    check(
        "flows.log",
        V2,
        &[
            (&v2(&[]), false),
            (&v2(&[("192.0.2.10", "2001:db8::1"), ("443", "0")]), false),
            (&v2(&[("192.0.2.10", "not-an-address"), ("ACCEPT", "-")]), false),
            ("2 111122223333 eni-0a1b2c3d - - - - - - - 1717200060 1717200118 - NODATA", false),
            ("2 unknown eni-0a1b2c3d - - - - - - - 1717200120 1717200178 - SKIPDATA", false),
        ],
    );
}

#[test]
fn a_line_that_is_written_in_another_way_keeps_its_record() {
    check(
        "flows.log",
        V2,
        &[
            (&v2(&[("443", "0443")]), true),
            (&v2(&[(" 6 ", " +6 ")]), true),
            (&v2(&[("5120", "-5120")]), true),
            (&v2(&[("5120", "many")]), true),
            (&v2(&[("5120", "9223372036854775808")]), true),
            (&v2(&[("5120", "1234567890123456789")]), true),
            (&v2(&[(" 443", "  443")]), true),
            (&v2(&[("OK", "OK ")]), true),
            (&v2(&[("2 1111", " 2 1111")]), true),
            (&v2(&[("49152", "４９")]), true),
            (&v2(&[("ACCEPT", "AC\tCEPT")]), false),
            (&v2(&[("ACCEPT", "é\u{301}")]), false),
        ],
    );
}

#[test]
fn lines_without_a_header_are_like_those_with_one() {
    let longer = v2(&[("OK", "OK vpc-0a1b2c3d")]);
    check("flows.log", "", &[(&v2(&[]), false), (&v2(&[("443", "0443")]), true)]);
    check(
        "flows.log",
        V2,
        &[
            (&v2(&[]), false),
            (
                "2  111122223333 eni-0a1b2c3d 192.0.2.10 198.51.100.7 49152 443 6 12 5120 1717200000 1717200058 ACCEPT OK",
                true,
            ),
        ],
    );
    assert_ne!(longer, v2(&[]));
}

#[test]
fn every_choice_of_fields_comes_back() {
    let v5 = "version srcaddr dstaddr srcport dstport protocol start end type packets bytes account-id vpc-id subnet-id instance-id interface-id region az-id sublocation-type sublocation-id action tcp-flags pkt-srcaddr pkt-dstaddr pkt-src-aws-service pkt-dst-aws-service traffic-path flow-direction log-status";
    let line = "5 192.0.2.71 198.51.100.179 34210 80 6 1717200000 1717200063 IPv4 14 15044 111122223333 vpc-0a1b2c3d subnet-0a1b2c3d i-0a1b2c3d4e5f60718 eni-0a1b2c3d eu-west-1 euw1-az3 - - ACCEPT 3 192.0.2.71 198.51.100.179 - S3 8 egress OK";
    let other = line.replace("eu-west-1", "-");
    check("flows.log", v5, &[(line, false), (&other, false)]);
    // The object's name knows a Region that the line has not.
    let name = "AWSLogs/111122223333/vpcflowlogs/eu-west-1/2024/06/01/flows.log";
    check(name, v5, &[(line, false), (&other, true)]);
    check(name, V2, &[(&v2(&[]), false)]);
    let v10 =
        "interface-id srcaddr dstaddr action reject-reason encryption-status start resource-id";
    check(
        "flows.log",
        v10,
        &[("eni-0a1b2c3d 203.0.113.9 192.0.2.71 REJECT BPA 0 1717200064 -", false)],
    );
    // The same column twice, and one that nobody knows.
    let twice = "interface-id srcaddr srcaddr action reject-reason encryption-status start";
    check(
        "flows.log",
        twice,
        &[("eni-0a1b2c3d 203.0.113.9 192.0.2.71 REJECT BPA 0 1717200064", true)],
    );
    let unknown =
        "interface-id srcaddr dstaddr action reject-reason encryption-status start novel-field";
    check(
        "flows.log",
        unknown,
        &[("eni-0a1b2c3d 203.0.113.9 192.0.2.71 REJECT BPA 0 1717200064 x", true)],
    );
    let commas = "account_id,action,interface_id,srcaddr,dstaddr,start";
    check(
        "flows.log",
        commas,
        &[("111122223333,ACCEPT,eni-0a1b2c3d,192.0.2.1,198.51.100.2,1717200000", true)],
    );
}

#[test]
fn flows_of_transit_gateways_come_back() {
    let header = "version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end log-status type packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired tcp-flags region flow-direction pkt-src-aws-service pkt-dst-aws-service";
    let line = "6 TransitGateway 111122223333 tgw-0a1b2c3d tgw-attach-0a1b2c3d 111122223333 444455556666 vpc-0a1b2c3d vpc-0b1b2c3d subnet-0a1b2c3d subnet-0b1b2c3d eni-0a1b2c3d eni-0b1b2c3d use1-az1 use1-az2 tgw-attach-0b1b2c3d 192.0.2.1 198.51.100.1 12345 443 6 10 1000 1717200000 1717200060 OK IPv4 1 2 3 4 2 us-east-1 ingress - S3";
    check("flows.log", header, &[(line, false), (&line.replace(" 443 ", " 0443 "), true)]);
}

#[test]
fn layouts_change_within_an_object_and_rows_keep_theirs() {
    let short = "srcaddr dstaddr start";
    let text = format!(
        "{V2}\n{}\n{short}\n192.0.2.1 192.0.2.2 1717200001\n{V2}\n{}\n",
        v2(&[]),
        v2(&[("443", "22")])
    );
    let rows = rows("flows.log", &text);
    let records: Vec<&str> = rows.iter().map(|row| row.record.as_str()).collect();
    assert_eq!(
        records,
        [v2(&[]).as_str(), "192.0.2.1 192.0.2.2 1717200001", &v2(&[("443", "22")])]
    );
    assert!(rows.iter().all(|row| !row.keeps_record && !row.keeps_entities));
    let layouts: BTreeSet<&str> = rows.iter().filter_map(|row| row.layout.as_deref()).collect();
    assert_eq!(layouts.len(), 2);
}

#[test]
fn so_many_names_that_they_are_written_out_come_back() {
    let lines: Vec<String> = (0..70_000_u32)
        .map(|number| {
            let [_, a, b, c] = number.to_be_bytes();
            v2(&[("192.0.2.10", &format!("10.{a}.{b}.{c}"))])
        })
        .collect();
    let mut bench = Bench::new();
    bench.gathered_bytes = 256 << 20;
    let text = format!("{V2}\n{}\n", lines.join("\n"));
    let object = bench.file("flows.log", &gzip(text.as_bytes()));
    assert_eq!(bench.ingest(&[object]).accepted, 70_000);
    let mut rows = bench.source_rows();
    rows.sort_by_key(|row| row.position);
    assert!(rows.iter().map(|row| &row.record).eq(&lines));
}
