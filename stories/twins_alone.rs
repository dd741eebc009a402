//! Every story and every twin alone, with several seeds and at two scales: the profile `twins`.
//!
//! Together they take about an hour of one core, so the default profile tells them all in one
//! organisation instead.

use crate::support::Desk;
use crate::twins::{loud, missed};

const SEEDS: [&str; 3] = ["1", "2", "3"];
const SCALES: [&str; 2] = ["0.05", "0.3"];

/// Returns the names that the list has.
fn names() -> Vec<String> {
    let list = Desk::new().run(&["simulate", "--list"]);
    let is_name = |line: &&str| !line.starts_with(' ');
    list.lines().filter(is_name).map(str::to_owned).collect()
}

/// Asks a question of every name, with every seed, at every scale.
fn asked(option: &str, question: fn(&[&str]) -> Vec<String>) -> Vec<String> {
    let mut answers = Vec::new();
    for name in names() {
        for seed in SEEDS {
            for scale in SCALES {
                let run = [option, &name, "--seed", seed, "--scale", scale, "--days", "30"];
                let said = question(&run).into_iter();
                answers
                    .extend(said.map(|said| format!("{name} seed {seed} scale {scale}: {said}")));
            }
        }
    }
    answers
}

#[test]
fn every_story_alone_is_told() {
    let missed = asked("--story", missed);
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn every_twin_alone_is_quiet() {
    let loud = asked("--twin", loud);
    assert!(loud.is_empty(), "{loud:#?}");
}
