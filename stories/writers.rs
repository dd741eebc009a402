//! Several processes that write into one lake at once.

use std::process::Stdio;

use crate::support::{Desk, said, unique_records};

#[test]
fn three_processes_of_two_threads_store_each_record_once() {
    let desk = Desk::new();
    let (logs, truth) = desk.simulate(&["--days", "1", "--scale", "0.05"]);
    let lake = desk.path("lake");
    let (logs, place) = (logs.to_str().unwrap(), lake.to_str().unwrap());
    let ingest = ["ingest", logs, "--lake", place, "--batch", "1", "--threads", "2"];
    let start = || {
        let mut command = desk.command(&ingest);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    for writer in [start(), start(), start()] {
        let output = writer.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
    }
    for source in ["cloudtrail", "vpc_flow", "route53_resolver", "s3_access"] {
        let stored = desk.number(&lake, &format!("select count(*) as n from {source}"));
        assert_eq!(stored, unique_records(&truth, source), "{source}");
    }
}
