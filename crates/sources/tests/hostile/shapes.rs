//! The same record in every wrapping that is met in practice.

use crate::support::{event, read, trail};

#[test]
fn nothing_is_skipped_by_name() {
    read("").check_skipped("it is empty");
    let outcome = read(" \r\n\t\n");
    assert_eq!((outcome.rows.len(), outcome.rejects.len()), (0, 0));
    read(r#"{"Records":[]}"#).check(0, &[]);
    read("[]").check(0, &[]);
}

#[test]
fn every_way_to_line_records_up_gives_them_all() {
    let [one, two] = [event(1), event(2)];
    for text in [
        format!("{one}\n{two}"),
        format!("{one}{two}"),
        format!("{one}\r\n{two}\r\n"),
        format!("\u{feff}{one}\n{two}\n"),
        format!("[{one},{two}]"),
        format!("[\n  {one},\n  {two}\n]\n"),
        format!("\x1e{one}\n\x1e{two}\n"),
        trail(&[&one, &two]),
        format!("\u{feff}{}\r\n", trail(&[&one, &two])),
        format!("{}\n{}", trail(&[&one]), trail(&[&two])),
        format!("[{},{}]", trail(&[&one]), trail(&[&two])),
        format!("{{ \"Records\" : [ {one} , {two} ] , \"more\" : [{{}}] }}"),
        format!("{one}\n\n\n{two}\n\n"),
    ] {
        let outcome = read(text);
        outcome.check(2, &[]);
        assert_eq!([&outcome.rows[0].1, &outcome.rows[1].1], [&one, &two]);
    }
}

#[test]
fn a_pretty_record_is_kept_as_it_is() {
    let pretty = event(1).replace(',', ",\n    ").replace('{', "{\n    ").replace('}', "\n}");
    let outcome = read(format!("{pretty}\n{pretty}\n"));
    outcome.check(2, &[]);
    assert_eq!(outcome.rows[0].1, pretty);
}

#[test]
fn members_given_twice_keep_the_record() {
    let twice = event(1).replace(r#""eventName""#, r#""eventName":"A","eventName""#);
    let outcome = read(twice.as_str());
    outcome.check(1, &[]);
    assert_eq!(outcome.rows[0].1, twice);
}

#[test]
fn envelopes_give_the_records_inside() {
    let inner = event(1);
    let escaped = format!("{inner:?}");
    for envelope in [
        format!(
            r#"{{"version":"0","id":"1","detail-type":"AWS API Call via CloudTrail","source":"aws.s3","account":"111122223333","time":"2024-05-01T10:00:00Z","region":"eu-west-1","resources":[],"detail":{inner}}}"#
        ),
        format!(
            r#"{{"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"trail","logStream":"1","subscriptionFilters":["all"],"logEvents":[{{"id":"1","timestamp":1714557600000,"message":{escaped}}}]}}"#
        ),
        format!(
            r#"{{"Events":[{{"EventId":"1","EventName":"ListBuckets","ReadOnly":"true","EventTime":1714557600.0,"EventSource":"s3.amazonaws.com","Resources":[],"CloudTrailEvent":{escaped}}}],"NextToken":"x"}}"#
        ),
        format!(r#"{{"timestamp":1714557600000,"message":{escaped},"ingestionTime":1}}"#),
    ] {
        let outcome = read(envelope.as_str());
        outcome.check(1, &[]);
        assert_eq!(outcome.rows[0].1, inner);
    }
}

#[test]
fn a_probe_of_a_subscription_is_nothing() {
    let probe = r#"{"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logGroup":"","logStream":"","subscriptionFilters":[],"logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE: Checking health of destination Firehose."}]}"#;
    read(probe).check(0, &[]);
}

#[test]
fn an_envelope_around_rubbish_adds_up() {
    for message in [r#""""#, r#""{""#, r#""{\"eventVersion\":""#, r#""\ud800""#, "1", "null", "{}"]
    {
        let envelope = format!(
            r#"{{"owner":"1","logGroup":"g","logStream":"s","logEvents":[{{"id":"1","message":{message}}}]}}"#
        );
        read(format!("{}\n{envelope}\n{}\n", event(1), event(2)));
        read(envelope);
    }
}

#[test]
fn what_is_json_but_no_log_is_skipped() {
    for text in [
        r#"{"name":"package","version":"1.0.0"}"#,
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow"}]}"#,
        "[1,2,3]",
        "{}",
        "[{},{}]",
        "[null]",
    ] {
        let outcome = read(text);
        assert!(outcome.summary.skipped.is_some(), "{text}: {:?}", outcome.rejects);
    }
}
