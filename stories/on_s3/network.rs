//! A network that is slow, that cuts connections, and that is gone half-way.

use std::path::PathBuf;

use serde_json::Value;

use super::lake::check_rows;
use super::proxy::{Fate, Proxy};
use super::server::{Server, point};
use crate::support::Desk;

/// A server with a day of logs under `logs/`, and the truth about them.
fn with_logs() -> (Server, Desk, PathBuf, Value) {
    let server = Server::start();
    let desk = Desk::new();
    let (logs, truth) = desk.simulate(&["--days", "1", "--scale", "0.02"]);
    server.put_folder(&logs, "logs/");
    (server, desk, logs, truth)
}

/// Ingests all logs into a lake, and checks that all is there.
#[track_caller]
fn ingest_all(desk: &Desk, logs: &str, lake: &str, truth: &Value) {
    let arguments = ["ingest", logs, "--lake", lake, "--batch", "1", "--format", "json"];
    let report = desk.json(&arguments);
    assert_eq!(report["unreadable"], Value::Array(Vec::new()));
    assert_eq!(report["records"]["rejected"], 0);
    check_rows(desk, lake, truth);
}

#[test]
fn over_a_slow_network_nothing_is_lost() {
    let (server, mut desk, _, truth) = with_logs();
    let proxy = Proxy::before(&server.address, |_, _| Fate::Slow);
    point(&mut desk, &proxy.address);
    ingest_all(&desk, "s3://logs/logs", desk.path("lake").to_str().unwrap(), &truth);
    assert!(0 < proxy.n_requests());
}

#[test]
fn cut_connections_are_begun_anew() {
    let (server, mut desk, logs, truth) = with_logs();
    // Every third request fails, each time at another place.
    let proxy = Proxy::before(&server.address, |number, _| match number % 6 {
        1 => Fate::Cut(number % 97 * 30),
        4 => Fate::Busy,
        _ => Fate::Pass,
    });
    point(&mut desk, &proxy.address);
    ingest_all(&desk, "s3://logs/logs", desk.path("lake").to_str().unwrap(), &truth);
    ingest_all(&desk, logs.to_str().unwrap(), "s3://logs/lake", &truth);
}

#[test]
fn the_answer_that_nothing_is_there_is_asked_for_anew_when_it_is_cut() {
    let (server, mut desk, logs, truth) = with_logs();
    // A lake's log is looked for first, and this lake is not there yet.
    let proxy = Proxy::before(&server.address, |number, line| {
        let is_cut = number % 2 == 0 && line.starts_with("GET ") && line.contains("/_delta_log/_");
        if is_cut { Fate::CutBody(9) } else { Fate::Pass }
    });
    point(&mut desk, &proxy.address);
    ingest_all(&desk, logs.to_str().unwrap(), "s3://logs/lake", &truth);
}

#[test]
fn connections_that_are_always_cut_are_told() {
    let proxy = Proxy::before("", |_, _| Fate::Cut(0));
    let mut desk = Desk::new();
    point(&mut desk, &proxy.address);
    let said = desk.fail(&["scan", "s3://logs/logs"]);
    assert!(said.contains("cannot list `s3://logs/logs`: the connection broke off"), "{said}");
    assert!(said.contains("hint: "), "{said}");
}

#[test]
fn logs_that_are_gone_half_way_are_read_the_next_time() {
    let (server, mut desk, _, truth) = with_logs();
    let lake = desk.path("lake");
    let lake = lake.to_str().unwrap();
    let proxy = Proxy::before(
        &server.address,
        |number, _| if number < 150 { Fate::Pass } else { Fate::Gone },
    );
    point(&mut desk, &proxy.address);
    let arguments = ["ingest", "s3://logs/logs", "--lake", lake, "--batch", "1", "--threads", "2"];
    let said = desk.fail(&arguments);
    for word in
        ["error: reading stopped", "cannot read `s3://logs/logs/", "no connection", "hint: "]
    {
        assert!(said.contains(word), "no `{word}` in {said}");
    }
    point(&mut desk, &server.address);
    ingest_all(&desk, "s3://logs/logs", lake, &truth);
}

#[test]
fn a_lake_that_is_gone_half_way_is_whole_and_filled_the_next_time() {
    let (server, mut desk, logs, truth) = with_logs();
    for n_requests in [0, 5, 17, 40, 90] {
        let proxy = Proxy::before(&server.address, move |number, _| {
            if number < n_requests { Fate::Pass } else { Fate::Gone }
        });
        point(&mut desk, &proxy.address);
        let lake = format!("s3://logs/lake-{n_requests}");
        let arguments = ["ingest", logs.to_str().unwrap(), "--lake", &lake, "--batch", "1"];
        let said = desk.fail(&arguments);
        assert!(said.contains("no connection") && said.contains("hint: "), "{said}");
        point(&mut desk, &server.address);
        ingest_all(&desk, logs.to_str().unwrap(), &lake, &truth);
    }
}
