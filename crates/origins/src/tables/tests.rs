use super::*;

fn at(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn tables(texts: &[&str]) -> Tables {
    let mut tables = Tables::default();
    for text in texts {
        tables.add(text.as_bytes().to_vec()).unwrap();
    }
    tables
}

#[test]
fn without_tables_nothing_is_known() {
    let tables = Tables::default();
    assert!(tables.is_empty());
    assert_eq!((tables.country(at("192.0.2.1")), tables.asn(at("192.0.2.1"))), (None, None));
}

#[test]
fn ranges_give_countries_and_networks_of_both_families() {
    let countries = "198.51.100.0,198.51.100.127,KR\r\n192.0.2.0,192.0.2.255,aq\n\
        2001:db8::,2001:db8::ffff,SE\n";
    let networks = "192.0.2.0,192.0.2.255,64496,\"Example, \"\"Inc\"\".\"\n";
    let tables = tables(&[countries, networks]);
    assert_eq!(tables.country(at("198.51.100.127")).as_deref(), Some("KR"));
    assert_eq!(tables.country(at("198.51.100.128")), None);
    assert_eq!(tables.country(at("192.0.2.0")).as_deref(), Some("AQ"));
    assert_eq!(tables.country(at("::ffff:192.0.2.9")).as_deref(), Some("AQ"));
    assert_eq!(tables.country(at("2001:db8::1")).as_deref(), Some("SE"));
    assert_eq!(tables.country(at("2001:db8:1::")), None);
    assert_eq!(tables.asn(at("192.0.2.77")), Some(64_496));
    assert_eq!(tables.organisation(at("192.0.2.77")).as_deref(), Some("Example, \"Inc\"."));
    assert_eq!(tables.coordinates(at("192.0.2.77")), None);
    assert!(tables.may_know(Kind::Networks) && !tables.may_know(Kind::Aws));
}

#[test]
fn a_bad_line_is_named() {
    let fault = |text: &str| Tables::default().add(text.as_bytes().to_vec()).unwrap_err();
    assert_eq!(fault("192.0.2.0,192.0.2.9,KR\nx,192.0.2.9,KR").line, Some(2));
    assert_eq!(fault("192.0.2.9,192.0.2.0,KR").line, Some(1));
    assert_eq!(fault("192.0.2.0,2001:db8::,KR").line, Some(1));
    assert_eq!(fault("192.0.2.0,192.0.2.9,Korea").line, Some(1));
    assert_eq!(fault("\u{0}\u{1}").line, None);
}

const AWS: &str = r#"{"syncToken": "1", "createDate": "2026-03-01-00-00-00", "prefixes": [
  {"ip_prefix": "192.0.2.0/24", "region": "eu-north-1", "service": "AMAZON", "network_border_group": "eu-north-1"},
  {"ip_prefix": "192.0.2.0/25", "region": "eu-north-1", "service": "EC2", "network_border_group": "eu-north-1"},
  {"ip_prefix": "192.0.2.64/26", "region": "eu-north-1", "service": "AMAZON", "network_border_group": "eu-north-1"},
  {"ip_prefix": "192.0.2.8/29", "region": "eu-north-1", "service": "ROUTE53_HEALTHCHECKS", "network_border_group": "eu-north-1"}],
 "ipv6_prefixes": [
  {"ipv6_prefix": "2001:db8::/32", "region": "GLOBAL", "service": "CLOUDFRONT", "network_border_group": "GLOBAL"}]}"#;

#[test]
fn an_address_of_aws_belongs_to_the_narrowest_service() {
    let tables = tables(&[AWS]);
    let service = |address| tables.aws(at(address)).map(|aws| aws.service);
    assert_eq!(service("192.0.2.1").as_deref(), Some("EC2"));
    assert_eq!(service("192.0.2.9").as_deref(), Some("ROUTE53_HEALTHCHECKS"));
    // A narrower range that is only Amazon's does not hide the service around it.
    assert_eq!(service("192.0.2.65").as_deref(), Some("EC2"));
    assert_eq!(service("192.0.2.200").as_deref(), Some("AMAZON"));
    assert_eq!(service("198.51.100.1"), None);
    let aws = tables.aws(at("2001:db8::77")).unwrap();
    assert_eq!((aws.service.as_str(), aws.region.as_str()), ("CLOUDFRONT", "GLOBAL"));
    assert_eq!(tables.country(at("192.0.2.1")), None);
    assert!(tables.described()[0].1.contains("2026-03-01"));
}

#[test]
fn json_that_is_not_awss_list_says_so() {
    let fault = |text: &str| Tables::default().add(text.as_bytes().to_vec()).unwrap_err();
    assert!(fault("{}").reason.contains("ip-ranges.json"));
    assert_eq!(fault("{\n\"prefixes\": 7}").line, Some(2));
    let network = r#"{"prefixes":[{"ip_prefix":"192.0.2.0/33","region":"r","service":"s"}]}"#;
    assert!(fault(network).reason.contains("192.0.2.0/33"));
}

#[test]
fn another_process_reads_the_same_files_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("countries.csv");
    std::fs::write(&path, "192.0.2.0,192.0.2.255,KR\n").unwrap();
    let names = Tables::of_files(std::slice::from_ref(&path)).unwrap().names();
    let again = Tables::named(&names).unwrap();
    assert_eq!(again.country(at("192.0.2.1")).as_deref(), Some("KR"));
    std::fs::write(&path, "192.0.2.0,192.0.2.255,SE\n").unwrap();
    assert!(matches!(Tables::named(&names), Err(TableError::Changed { .. })));
    std::fs::write(&path, "192.0.2.0,192.0.2.255,Sweden\n").unwrap();
    let said = Tables::named(&names).err().unwrap().to_string();
    assert!(said.contains("countries.csv:1: the value is neither"), "{said}");
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(Tables::named(&names), Err(TableError::Read { .. })));
    assert!(matches!(Tables::named("nothing"), Err(TableError::Names { .. })));
    assert!(Tables::named("[]").unwrap().is_empty());
}

/// Reads a table of countries as it is distributed.
#[test]
fn corpus_a_binary_table_of_countries_is_read() {
    let data = std::env::var("HAECHI_CORPUS").map_or_else(
        |_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data").into(),
        std::path::PathBuf::from,
    );
    let mut tables = Tables::default();
    tables.add(std::fs::read(data.join("geoip-asn/iptoasn-country.mmdb")).unwrap()).unwrap();
    assert_eq!(tables.country(at("8.8.8.8")).as_deref(), Some("US"));
    assert_eq!(tables.country(at("2001:4860:4860::8888")).as_deref(), Some("US"));
    assert_eq!(tables.asn(at("8.8.8.8")), None);
}
