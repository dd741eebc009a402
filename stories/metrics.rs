//! A metric in a file: which points are unusual?

use std::fmt::Write;

use crate::support::Desk;

/// Returns two weeks of five-minute points with a working day in them, and one spike.
fn series(n_points: usize) -> String {
    let mut text = "timestamp,value\n".to_owned();
    for index in 0..n_points {
        let (day, minute) = (index / 288 + 1, index % 288 * 5);
        let base = if (540..1020).contains(&minute) { 80.0 } else { 20.0 };
        let wobble = f64::from(u32::try_from(index * 7919 % 100).unwrap()) / 50.0;
        let value = if index == 3900 { 900.0 } else { base + wobble };
        let (hour, minute) = (minute / 60, minute % 60);
        writeln!(text, "2026-03-{day:02} {hour:02}:{minute:02}:00,{value}").unwrap();
    }
    text
}

fn scores(desk: &Desk, name: &str, text: &str) -> Vec<String> {
    let file = desk.path(name);
    std::fs::write(&file, text).unwrap();
    let said = desk.run(&["metrics", "score", file.to_str().unwrap()]);
    said.lines().map(str::to_owned).collect()
}

#[test]
fn every_point_is_scored_in_its_place_and_the_spike_most() {
    let desk = Desk::new();
    let text = series(4032);
    let scored = scores(&desk, "metric.csv", &text);
    assert_eq!(scored[0], "timestamp,value,anomaly_score");
    assert_eq!(scored.len(), text.lines().count());
    for (line, original) in scored.iter().zip(text.lines()).skip(1) {
        let (point, score) = line.rsplit_once(',').unwrap();
        assert_eq!(point, original);
        assert!((0.0..=1.0).contains(&score.parse::<f64>().unwrap()), "{line}");
    }
    let score = |line: &String| line.rsplit_once(',').unwrap().1.parse::<f64>().unwrap();
    let behind_the_first_days = &scored[606..];
    let highest = behind_the_first_days.iter().map(score).fold(0.0, f64::max);
    assert!(0.68 < highest && (score(&scored[3901]) - highest).abs() < 1e-9, "{}", scored[3901]);
}

#[test]
fn a_prefix_of_the_file_has_the_prefix_of_the_scores() {
    let desk = Desk::new();
    let whole = scores(&desk, "whole.csv", &series(2000));
    let prefix = scores(&desk, "prefix.csv", &series(1500));
    assert_eq!(prefix, whole[..1501]);
}

#[test]
fn a_reason_stands_beside_the_score_when_asked_for() {
    let desk = Desk::new();
    let file = desk.path("metric.csv");
    std::fs::write(&file, series(4032)).unwrap();
    let said = desk.run(&["metrics", "score", file.to_str().unwrap(), "--reasons"]);
    assert!(said.starts_with("timestamp,value,anomaly_score,reason\n"));
    assert!(said.lines().all(|line| line.split(',').count() == 4));
    let spike = said.lines().nth(3901).unwrap();
    assert!(spike.contains("before") || spike.contains("time of day"), "{spike}");
    let quiet = said.lines().filter(|line| line.ends_with(",0.000000,")).count();
    assert!(3000 < quiet, "{quiet} points score nothing and give no reason");
}

#[test]
fn bands_hold_the_usual_and_not_the_spike() {
    let desk = Desk::new();
    let file = desk.path("metric.csv");
    std::fs::write(&file, series(4032)).unwrap();
    let said = desk.run(&["metrics", "band", file.to_str().unwrap(), "--width", "3.5"]);
    let lines: Vec<Vec<&str>> = said.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(lines.len(), 4033);
    assert_eq!(lines[1][2..], ["", "", "", "", "", "", ""]);
    assert_eq!(lines[3901][8], "true", "{:?}", lines[3901]);
    let outside = lines.iter().skip(2020).filter(|line| line[8] == "true").count();
    assert!(outside < 40, "{outside} of 2,013 points outside");
}

#[test]
fn a_line_that_is_no_point_is_named() {
    let desk = Desk::new();
    let file = desk.path("metric.csv");
    std::fs::write(&file, "timestamp,value\n2026-03-01 00:00:00,1\n2026-03-01 00:05:00,lots\n")
        .unwrap();
    let said = desk.fail(&["metrics", "score", file.to_str().unwrap()]);
    assert!(said.contains("metric.csv`, line 3") && said.contains("`lots` is no number"), "{said}");
    std::fs::write(&file, "when,value\n").unwrap();
    let said = desk.fail(&["metrics", "score", file.to_str().unwrap()]);
    assert!(said.contains("line 1") && said.contains("no column `timestamp`"), "{said}");
    let said = desk.fail(&["metrics", "score", desk.path("nothing.csv").to_str().unwrap()]);
    assert!(said.contains("nothing.csv"), "{said}");
}
