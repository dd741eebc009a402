use super::*;

fn at(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn places(tables: &[&str]) -> PlaceTables {
    let mut places = PlaceTables::default();
    for table in tables {
        places.add(table.as_bytes().to_vec()).unwrap();
    }
    places
}

#[test]
fn without_tables_nothing_is_known() {
    let places = PlaceTables::default();
    assert!(places.is_empty());
    assert_eq!((places.country(at("192.0.2.1")), places.asn(at("192.0.2.1"))), (None, None));
}

#[test]
fn ranges_give_countries_and_systems_of_both_families() {
    let countries = "198.51.100.0,198.51.100.127,KR\n192.0.2.0,192.0.2.255,aq\n\
        2001:db8::,2001:db8::ffff,SE\n";
    let systems = "192.0.2.0,192.0.2.255,64496,\"Example, Inc.\"\n";
    let places = places(&[countries, systems]);
    assert_eq!(places.country(at("198.51.100.127")).as_deref(), Some("KR"));
    assert_eq!(places.country(at("198.51.100.128")), None);
    assert_eq!(places.country(at("192.0.2.0")).as_deref(), Some("AQ"));
    assert_eq!(places.country(at("::ffff:192.0.2.9")).as_deref(), Some("AQ"));
    assert_eq!(places.country(at("2001:db8::1")).as_deref(), Some("SE"));
    assert_eq!(places.country(at("2001:db8:1::")), None);
    assert_eq!(places.asn(at("192.0.2.77")), Some(64_496));
    assert_eq!(places.organisation(at("192.0.2.77")).as_deref(), Some("Example, Inc."));
    assert_eq!(places.coordinates(at("192.0.2.77")), None);
    let network = Some("AS64496".to_owned());
    let country = Some("AQ".to_owned());
    let place = Place { country, network, coordinates: None };
    assert_eq!(places.place_of(at("192.0.2.77")), place);
}

#[test]
fn a_bad_line_is_named() {
    let fault = |text: &str| PlaceTables::default().add(text.as_bytes().to_vec()).unwrap_err();
    assert_eq!(fault("192.0.2.0,192.0.2.9,KR\nx,192.0.2.9,KR").line, Some(2));
    assert_eq!(fault("192.0.2.9,192.0.2.0,KR").line, Some(1));
    assert_eq!(fault("192.0.2.0,2001:db8::,KR").line, Some(1));
    assert_eq!(fault("192.0.2.0,192.0.2.9,Korea").line, Some(1));
    assert_eq!(fault("\u{0}\u{1}").line, None);
}

/// Reads a table of countries as it is distributed.
#[test]
fn corpus_a_binary_table_of_countries_is_read() {
    let data = std::env::var("HAECHI_CORPUS").map_or_else(
        |_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data").into(),
        std::path::PathBuf::from,
    );
    let mut places = PlaceTables::default();
    places.add(std::fs::read(data.join("geoip-asn/iptoasn-country.mmdb")).unwrap()).unwrap();
    assert_eq!(places.country(at("8.8.8.8")).as_deref(), Some("US"));
    assert_eq!(places.country(at("2001:4860:4860::8888")).as_deref(), Some("US"));
    assert_eq!(places.asn(at("8.8.8.8")), None);
}
