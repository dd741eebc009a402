//! The five kinds of anomaly, each in logs that are made to have it, and a quiet twin.

use std::fmt::Write as _;

use crate::queries::answer_over;

/// Two hours, a line a minute or more; something may change in the last half hour.
fn hours(line: impl Fn(u32, bool) -> Vec<String>) -> String {
    let mut text = String::new();
    for minute in 0..120_u32 {
        for message in line(minute, 90 <= minute) {
            let (hour, minute) = (10 + minute / 60, minute % 60);
            let time = format!("2024-06-01T{hour}:{minute:02}:00Z");
            let message = serde_json::Value::String(message);
            writeln!(text, r#"{{"timestamp":"{time}","message":{message}}}"#).unwrap();
        }
    }
    text
}

/// The kinds of anomaly that the lines have.
async fn kinds(log: String) -> Vec<String> {
    let query = "pattern message | anomaly | display @anomalyType";
    let answer = answer_over(vec![log], query).await;
    let mut kinds: Vec<String> = answer
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"))
        .map(|kind| kind.trim().to_owned())
        .filter(|kind| kind != "@anomalyType")
        .collect();
    kinds.sort();
    kinds
}

fn usual(minute: u32) -> String {
    format!("INFO user eve logged in after {} ms", 10 + minute % 7)
}

#[tokio::test]
async fn usual_lines_have_no_anomaly() {
    assert!(kinds(hours(|minute, _| vec![usual(minute)])).await.is_empty());
}

#[tokio::test]
async fn a_burst_is_an_unusual_frequency() {
    let burst = |minute| if minute == 40 { 30 } else { 1 };
    let line = |minute, _: bool| {
        let retries = vec!["WARN retry of the job".to_owned(); burst(minute)];
        [vec![usual(minute)], retries].concat()
    };
    assert_eq!(kinds(hours(line)).await, ["PatternFrequency"]);
}

#[tokio::test]
async fn a_burst_of_everything_is_a_busy_moment() {
    let line = |minute, _: bool| {
        let n_lines = if minute == 40 { 30 } else { 1 };
        let retry = "WARN retry of the job".to_owned();
        [vec![usual(minute); n_lines], vec![retry; n_lines]].concat()
    };
    assert!(kinds(hours(line)).await.is_empty());
}

#[tokio::test]
async fn a_pattern_of_the_last_quarter_is_new() {
    let line = |minute: u32, is_recent: bool| {
        let full =
            (is_recent && minute.is_multiple_of(5)).then(|| "ERROR the disk is full".to_owned());
        full.into_iter().chain([usual(minute)]).collect()
    };
    assert_eq!(kinds(hours(line)).await, ["NewPattern"]);
}

#[tokio::test]
async fn a_new_value_among_few_is_a_variation() {
    let line = |last: &'static str| {
        move |minute: u32, is_recent: bool| {
            let zone = match minute % 2 {
                _ if is_recent && minute.is_multiple_of(10) => last,
                0 => "north",
                _ => "south",
            };
            vec![format!("INFO a worker has started in zone {zone} again")]
        }
    };
    assert_eq!(kinds(hours(line("nowhere"))).await, ["TokenVariation"]);
    assert!(kinds(hours(line("north"))).await.is_empty());
}

#[tokio::test]
async fn slow_answers_are_unusual_numbers() {
    let line = |minute: u32, is_recent: bool| {
        let more = if is_recent { 500 } else { 0 };
        vec![format!("INFO user eve logged in after {} ms", more + 10 + minute % 7)]
    };
    assert_eq!(kinds(hours(line)).await, ["NumericalToken"]);
}

#[tokio::test]
async fn numbers_that_grow_all_the_time_are_no_news() {
    let line =
        |minute, _: bool| vec![format!("INFO wrote block {} to disk", 1_000_000 + 17 * minute)];
    assert!(kinds(hours(line)).await.is_empty());
}

#[tokio::test]
async fn failing_answers_are_http_errors() {
    let line = |minute: u32, is_recent| {
        let status = if is_recent && minute.is_multiple_of(2) { 503 } else { 200 };
        vec![format!(r#"192.0.2.1 "GET /cart HTTP/1.1" {status} in {} ms"#, 10 + minute % 7)]
    };
    assert_eq!(kinds(hours(line)).await, ["HttpErrorCode"]);
}

#[tokio::test]
async fn flow_logs_have_anomalies_too() {
    let mut log =
        "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets \
        bytes start end action log-status\n"
            .to_owned();
    for minute in 0..120_u32 {
        let start = 1_717_236_000 + 60 * minute;
        let mut flow = |action: &str, port: u32| {
            let flow = format!("203.0.113.9 192.0.2.10 {} {port} 6 3 180", 40_000 + minute);
            let end = start + 59;
            writeln!(log, "2 111122223333 eni-0a1b2c3d {flow} {start} {end} {action} OK").unwrap();
        };
        flow("ACCEPT", 443);
        let n_rejected = if minute == 70 { 40 } else { minute % 10 / 9 };
        (0..n_rejected).for_each(|port| flow("REJECT", 20 + port));
    }
    let query =
        "pattern @message | anomaly | fields @anomalyType, @pattern like 'REJECT' as rejected";
    let answer = answer_over(vec![log], query).await;
    assert!(answer.contains("PatternFrequency"), "{answer}");
}
