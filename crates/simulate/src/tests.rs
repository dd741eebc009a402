//! Same seed, same bytes; and the answer sheet agrees with what lies in the folder.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use flate2::read::GzDecoder;
use serde_json::Value;

use super::*;

fn options() -> Options {
    Options {
        seed: 7,
        start: "2026-03-02T00:00:00Z".parse().unwrap(),
        days: 1,
        stories: Story::ALL.to_vec(),
        twins: Vec::new(),
        scale: 0.05,
    }
}

fn run(options: &Options) -> (Truth, BTreeMap<PathBuf, Vec<u8>>) {
    let folder = tempfile::tempdir().unwrap();
    let truth = simulate(options, folder.path()).unwrap();
    let mut files = BTreeMap::new();
    collect(folder.path(), folder.path(), &mut files);
    (truth, files)
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            files.insert(path.strip_prefix(root).unwrap().to_owned(), fs::read(&path).unwrap());
        }
    }
}

fn unpack(bytes: &[u8]) -> String {
    let mut text = String::new();
    GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
    text
}

fn texts_under(files: &BTreeMap<PathBuf, Vec<u8>>, part: &str) -> Vec<String> {
    let wanted = files.iter().filter(|(path, _)| path.to_string_lossy().contains(part));
    wanted
        .map(|(path, bytes)| {
            if path.extension().is_some_and(|end| end == "gz") {
                unpack(bytes)
            } else {
                String::from_utf8(bytes.clone()).unwrap()
            }
        })
        .collect()
}

fn cloudtrail_records(files: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<Value> {
    let records = |text: &String| {
        let file: Value = serde_json::from_str(text).unwrap();
        file["Records"].as_array().unwrap().clone()
    };
    texts_under(files, "/CloudTrail/").iter().flat_map(records).collect()
}

fn ids(records: &[Value]) -> BTreeSet<String> {
    records.iter().map(|record| record["eventID"].as_str().unwrap().to_owned()).collect()
}

fn n_lines(texts: &[String]) -> u64 {
    texts.iter().map(|text| text.lines().count() as u64).sum()
}

#[test]
fn same_seed_same_bytes() {
    let (first, second) = (run(&options()), run(&options()));
    assert_eq!(first.0, second.0);
    assert!(first.1 == second.1);
}

#[test]
fn another_seed_gives_other_bytes() {
    let other = Options { seed: 8, ..options() };
    assert!(run(&options()).1 != run(&other).1);
}

#[test]
fn counts_are_those_of_the_files() {
    let (truth, files) = run(&options());
    let records = cloudtrail_records(&files);
    let cloudtrail = truth.sources["cloudtrail"];
    assert_eq!(cloudtrail.records, records.len() as u64);
    assert_eq!(cloudtrail.unique_records(), ids(&records).len() as u64);
    for (source, part) in [
        ("cloudtrail", "/CloudTrail/"),
        ("vpc_flow", "vpcflowlogs"),
        ("route53_resolver", "vpcdnsquerylogs"),
        ("cloudwatch_logs", "000000.gz"),
        ("s3_access", "s3-access-logs"),
    ] {
        let texts = texts_under(&files, part);
        let n_headers = if source == "vpc_flow" { texts.len() as u64 } else { 0 };
        assert_eq!(truth.sources[source].files, texts.len() as u64, "files of {source}");
        if source != "cloudtrail" {
            assert_eq!(truth.sources[source].records, n_lines(&texts) - n_headers, "{source}");
        }
    }
}

#[test]
fn some_files_are_delivered_twice() {
    let (truth, _) = run(&Options { days: 3, scale: 0.01, ..options() });
    let cloudtrail = truth.sources["cloudtrail"];
    assert!(0 < cloudtrail.duplicate_files && 0 < cloudtrail.duplicate_records);
}

#[test]
fn every_step_of_a_story_is_recorded() {
    let (truth, files) = run(&options());
    let recorded = ids(&cloudtrail_records(&files));
    assert_eq!(truth.stories.len(), Story::ALL.len());
    for story in &truth.stories {
        for step in &story.steps {
            assert!(step.cloudtrail_ids.iter().all(|id| recorded.contains(id)), "{}", step.name);
        }
    }
}

#[test]
fn quiet_twin_lacks_the_stories_and_nothing_else() {
    let (truth, loud) = run(&options());
    let (quiet_truth, quiet) = run(&Options { stories: Vec::new(), ..options() });
    let told: BTreeSet<String> = (truth.stories.iter())
        .flat_map(|story| &story.steps)
        .flat_map(|step| step.cloudtrail_ids.clone())
        .collect();
    let loud = ids(&cloudtrail_records(&loud));
    let quiet = ids(&cloudtrail_records(&quiet));
    assert!(quiet_truth.stories.is_empty());
    assert!(quiet.is_disjoint(&told));
    assert_eq!(loud.difference(&told).cloned().collect::<BTreeSet<_>>(), quiet);

    let steps = || truth.stories.iter().flat_map(|story| &story.steps);
    for (source, told) in [
        ("vpc_flow", steps().map(|step| step.flow_lines).sum::<u64>()),
        ("route53_resolver", steps().map(|step| step.dns_lines).sum()),
        ("s3_access", steps().map(|step| step.s3_access_lines).sum()),
        ("eks_audit", steps().map(|step| step.eks_audit_events).sum()),
    ] {
        let difference = truth.sources[source].records - quiet_truth.sources[source].records;
        assert_eq!(difference, told, "{source}");
    }
}

#[test]
fn a_twin_adds_its_life_and_changes_nothing_else() {
    let quiet = Options { stories: Vec::new(), scale: 0.01, ..options() };
    let (_, without) = run(&quiet);
    let (truth, with) = run(&Options { twins: Story::ALL.to_vec(), ..quiet });
    assert_eq!(truth.twins.len(), Story::ALL.len());
    assert!(truth.stories.is_empty());
    let (with, without) = (ids(&cloudtrail_records(&with)), ids(&cloudtrail_records(&without)));
    assert!(with.is_superset(&without) && without.len() < with.len());
}

#[test]
fn lines_of_attacks_are_where_the_truth_says() {
    let (truth, files) = run(&options());
    let mut n_lines = 0;
    for step in truth.stories.iter().flat_map(|story| &story.steps) {
        let n_expected = step.flow_lines + step.dns_lines + step.eks_audit_events;
        assert_eq!(step.lines.len() as u64, n_expected, "{}", step.name);
        for line in &step.lines {
            let (name, position) = line.rsplit_once(':').unwrap();
            let text = unpack(&files[Path::new(name)]);
            let (before, _) = text.split_at(position.parse().unwrap());
            let begins = if name.starts_with("eks-audit/") { "\"message\":" } else { "\n" };
            assert!(before.is_empty() || before.ends_with(begins), "{line}");
            n_lines += 1;
        }
    }
    assert!(1000 < n_lines);
}

#[test]
fn times_lie_within_the_run() {
    let odd_start = Options { start: "2026-03-02T06:25:11.5Z".parse().unwrap(), ..options() };
    let (truth, files) = run(&odd_start);
    for record in cloudtrail_records(&files) {
        let time = record["eventTime"].as_str().unwrap();
        let opened = &record["userIdentity"]["sessionContext"]["attributes"]["creationDate"];
        assert!(opened.as_str().is_none_or(|opened| opened <= time), "{record}");
        assert!(truth.from.as_str() <= time && time < truth.until.as_str(), "{time}");
    }
}

#[test]
fn flow_lines_have_as_many_fields_as_their_header() {
    let (_, files) = run(&options());
    for text in texts_under(&files, "vpcflowlogs") {
        let mut lines = text.lines().map(|line| line.split(' ').count());
        let n_fields = lines.next().unwrap();
        assert!(lines.all(|n| n == n_fields));
    }
}

#[test]
fn lookups_are_json_lines_and_visits_have_26_fields() {
    let (_, files) = run(&options());
    for line in texts_under(&files, "vpcdnsquerylogs").iter().flat_map(|text| text.lines()) {
        let lookup: Value = serde_json::from_str(line).unwrap();
        assert!(lookup["query_name"].as_str().unwrap().ends_with('.'));
    }
    for line in texts_under(&files, "s3-access-logs").iter().flat_map(|text| text.lines()) {
        let n_quoted_spaces: usize =
            line.split('"').skip(1).step_by(2).map(|quoted| quoted.matches(' ').count()).sum();
        let n_spaces_in_time = 1;
        assert_eq!(line.split(' ').count() - n_quoted_spaces - n_spaces_in_time, 26, "{line}");
    }
}

#[test]
fn what_a_cluster_was_asked_comes_as_a_subscription_hands_it_on() {
    let (truth, files) = run(&options());
    let mut n_events = 0;
    for batch in texts_under(&files, "eks-audit/").iter().flat_map(|text| text.lines()) {
        let batch: Value = serde_json::from_str(batch).unwrap();
        assert_eq!(batch["messageType"], "DATA_MESSAGE");
        for event in batch["logEvents"].as_array().unwrap() {
            let audit: Value = serde_json::from_str(event["message"].as_str().unwrap()).unwrap();
            let second = event["timestamp"].as_i64().unwrap() / 1000;
            let time: Timestamp = audit["stageTimestamp"].as_str().unwrap().parse().unwrap();
            assert_eq!(time.as_second(), second, "{audit}");
            n_events += 1;
        }
    }
    assert_eq!(truth.sources["eks_audit"].records, n_events);
}

#[test]
fn impossible_options_are_refused() {
    let refused = |options: Options| {
        let folder = tempfile::tempdir().unwrap();
        simulate(&options, folder.path()).unwrap_err().to_string()
    };
    assert!(refused(Options { days: 0, ..options() }).contains("0 days"));
    assert!(refused(Options { scale: f64::NAN, ..options() }).contains("scale"));
    let late = "9999-12-30T22:00:00Z".parse().unwrap();
    assert!(refused(Options { start: late, ..options() }).contains("9999"));
}

#[test]
fn a_folder_with_something_in_it_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mine.txt"), "mine").unwrap();
    let error = simulate(&options(), folder.path()).unwrap_err();
    assert!(matches!(error, SimulateError::NotEmpty { .. }));
}
