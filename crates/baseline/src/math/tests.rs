//! What CloudWatch's guide says of each function, on series of a few points.

use proptest::prelude::*;

use super::*;

fn series(points: &[(i64, f64)]) -> Series {
    points.iter().copied().collect()
}

fn all() -> BTreeMap<String, Value> {
    let all = [
        ("m1".to_owned(), series(&[(0, 4.0), (60, 8.0), (180, 2.0)])),
        ("m2".to_owned(), series(&[(0, 2.0), (60, 0.0), (120, 5.0)])),
        ("empty".to_owned(), Series::new()),
    ];
    all.into_iter().map(|(id, series)| (id, Value::Series(series))).collect()
}

fn frame() -> Frame {
    Frame { start: 0, end: 240, period: 60, options: Options::default(), zone: TimeZone::UTC }
}

fn given(text: &str) -> Result<Value, MathError> {
    Expression::parse(text)?.value(&all(), &frame())
}

#[track_caller]
fn check(text: &str, points: &[(i64, f64)]) {
    assert_eq!(given(text), Ok(Value::Series(series(points))), "{text}");
}

#[track_caller]
fn check_number(text: &str, number: f64) {
    assert_eq!(given(text), Ok(Value::Number(number)), "{text}");
}

#[test]
fn operators_bind_as_in_arithmetic() {
    check_number("2 + 3 * 2 ^ 2 - -1", 15.0);
    check_number("(2 + 3) * 2", 10.0);
    check_number("1 < 2 AND 3 != 3 OR 2 >= 2", 1.0);
    check_number("1 < 2 && 3 == 4", 0.0);
    check_number("1.5e2 / 3", 50.0);
}

#[test]
fn series_are_combined_where_both_have_points() {
    check("m1 + m2", &[(0, 6.0), (60, 8.0)]);
    check("m1 * 10", &[(0, 40.0), (60, 80.0), (180, 20.0)]);
    check("-m1", &[(0, -4.0), (60, -8.0), (180, -2.0)]);
    check("m1 > 3", &[(0, 1.0), (60, 1.0), (180, 0.0)]);
    check("m1 / m2", &[(0, 2.0)]);
}

#[test]
fn a_series_is_summed_up_to_a_number_and_an_array_to_a_series() {
    check_number("SUM(m1)", 14.0);
    check_number("MIN(m1) + MAX(m1)", 10.0);
    check_number("DATAPOINT_COUNT(m1) + AVG(m1) * 0", 3.0);
    check("SUM([m1, m2])", &[(0, 6.0), (60, 8.0), (120, 5.0), (180, 2.0)]);
    check("AVG(METRICS(\"m\"))", &[(0, 3.0), (60, 4.0), (120, 5.0), (180, 2.0)]);
    check_number("METRIC_COUNT(METRICS())", 3.0);
    check_number("METRIC_COUNT(REMOVE_EMPTY(METRICS()))", 2.0);
    check_number("STDDEV(m2 * 0)", 0.0);
}

#[test]
fn steps_are_told_from_point_to_point() {
    check("DIFF(m1)", &[(60, 4.0), (180, -6.0)]);
    check("DIFF_TIME(m1)", &[(60, 60.0), (180, 120.0)]);
    check("RATE(m1)", &[(60, 4.0 / 60.0), (180, -0.05)]);
    check("RUNNING_SUM(m1)", &[(0, 4.0), (60, 12.0), (180, 14.0)]);
    check_number("PERIOD(m1)", 60.0);
}

#[test]
fn holes_are_filled() {
    check("FILL(m1, 0)", &[(0, 4.0), (60, 8.0), (120, 0.0), (180, 2.0)]);
    check("FILL(m1, REPEAT)", &[(0, 4.0), (60, 8.0), (120, 8.0), (180, 2.0)]);
    check("FILL(m1, LINEAR)", &[(0, 4.0), (60, 8.0), (120, 5.0), (180, 2.0)]);
    check("FILL(empty, 1)", &[(0, 1.0), (60, 1.0), (120, 1.0), (180, 1.0)]);
    check("TIME_SERIES(7)", &[(0, 7.0), (60, 7.0), (120, 7.0), (180, 7.0)]);
}

#[test]
fn points_are_chosen_by_a_condition() {
    check("IF(m1 > 3, m1)", &[(0, 4.0), (60, 8.0)]);
    check("IF(m1 > 3, 1, 0)", &[(0, 1.0), (60, 1.0), (180, 0.0)]);
    check("IF(1, m1, m2)", &[(0, 4.0), (60, 8.0), (180, 2.0)]);
    check("IF(HOUR(m1) == 0, MINUTE(m1))", &[(0, 0.0), (60, 1.0), (180, 3.0)]);
    check("YEAR(m1) + DAY(m1) + DATE(m1) + MONTH(m1)", &[(0, 1976.0), (60, 1976.0), (180, 1976.0)]);
}

#[test]
fn series_are_chosen_by_their_place() {
    check("FIRST([m1, m2])", &[(0, 4.0), (60, 8.0), (180, 2.0)]);
    check("LAST([m2, m1])", &[(0, 4.0), (60, 8.0), (180, 2.0)]);
    check("SLICE(SORT([m2, m1], SUM, DESC), 0)", &[(0, 4.0), (60, 8.0), (180, 2.0)]);
    check_number("METRIC_COUNT(SORT([m1, m2, m2], AVG, ASC, 2))", 2.0);
    check_number("METRIC_COUNT(SLICE([m1, m2, m2], 1, 3))", 2.0);
}

#[test]
fn a_band_is_two_series_and_the_last_is_its_upper_edge() {
    let period = 900;
    let points = (0..28 * 96).map(|index| {
        let at: i64 = index * period;
        let day = if at.rem_euclid(86_400) < 43_200 { 100.0 } else { 20.0 };
        (at, day + f64::from(i32::try_from(index * 7_919 % 10).unwrap()))
    });
    let all = [("m1".to_owned(), Value::Series(points.collect()))].into();
    let (start, end) = (27 * 86_400, 29 * 86_400);
    let frame = Frame { start, end, period, ..frame() };
    let value = |text: &str| Expression::parse(text).unwrap().value(&all, &frame).unwrap();
    let Value::Array(edges) = value("ANOMALY_DETECTION_BAND(m1, 2.5)") else { panic!() };
    assert_eq!(edges.len(), 2);
    assert_eq!(value("LAST(ANOMALY_DETECTION_BAND(m1, 2.5))"), Value::Series(edges[1].clone()));
    // The band goes on where there are no points yet.
    assert_eq!(edges[0].len(), 2 * 96);
    let noon_before = edges[1][&(start + 40_000 / period * period)];
    let evening = edges[1][&(start + 80_000 / period * period)];
    assert!(100.0 < noon_before && evening < 60.0, "{noon_before} {evening}");
}

#[test]
fn what_is_no_expression_says_why() {
    let check = |text: &str, why: &str| {
        let said = given(text).unwrap_err().to_string();
        assert!(said.contains(why), "{text}: {said}");
    };
    check("m1 +", "expected a number, a metric or a function, found the end");
    check("m1 ? 2", "`?` at character 4 begins nothing");
    check("SUM(m1", "expected `,` or `)`, found the end");
    check("m9", "there is no metric or expression `m9`");
    check("SEARCH(\"x\")", "there is no function `SEARCH`");
    check("RATE(5)", "`RATE` takes one series or array");
    check("METRICS() + METRICS()", "two arrays of series");
    check("m1 m2", "the end of the expression");
    check(&"(".repeat(100), "nests deeper");
    check("\"open", "begins nothing");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_text_is_an_expression_or_a_reason(text in "[m12+*/^()<>,.\"A-Z \\[\\]-]{0,60}") {
        let _ = given(&text);
    }
}
