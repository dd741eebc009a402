//! What S3 refuses is told in few lines, each of which a person can read.

use super::proxy::{Fate, Proxy};
use super::server::{Server, point};
use crate::support::Desk;

/// Runs a command that must fail, and checks the form of what it says.
#[track_caller]
fn complaint(desk: &Desk, arguments: &[&str]) -> String {
    let said = desk.fail(arguments);
    let words = ["error: ", "  because: ", "hint: "];
    let well_formed = said.lines().all(|line| words.iter().any(|word| line.starts_with(word)));
    assert!(well_formed && said.starts_with("error: "), "{said}");
    assert!(said.contains("hint: ") && said.contains("s3://"), "{said}");
    for noise in ["<", "Generic", "retries", "Kernel"] {
        assert!(!said.contains(noise), "`{noise}` in {said}");
    }
    said
}

/// Every command that reaches for S3.
fn commands(bucket: &str) -> Vec<Vec<String>> {
    let lake = format!("s3://{bucket}/lake");
    let commands: [&[&str]; 8] = [
        &["scan", "s3://BUCKET/logs", "--lake", "local"],
        &["ingest", "empty", "--lake", &lake],
        &["sql", "select 1", "--lake", &lake],
        &["coverage", "--lake", &lake],
        &["lake", "stats", "--lake", &lake],
        &["lake", "compact", "--lake", &lake],
        &["lake", "expire", "--keep-days", "1", "--lake", &lake],
        &["findings", "list", "--lake", &lake],
    ];
    let named = |command: &&[&str]| {
        command.iter().map(|word| word.replace("BUCKET", bucket)).collect::<Vec<_>>()
    };
    commands.iter().map(named).collect()
}

/// Checks what every command says; the words must be in each answer.
#[track_caller]
fn check(desk: &Desk, bucket: &str, words: &[&str]) {
    let empty = desk.path("empty");
    std::fs::create_dir_all(&empty).unwrap();
    for command in commands(bucket) {
        let local = desk.path("local");
        let command: Vec<&str> = command
            .iter()
            .map(|word| match word.as_str() {
                "empty" => empty.to_str().unwrap(),
                "local" => local.to_str().unwrap(),
                other => other,
            })
            .collect();
        let said = complaint(desk, &command);
        for word in words {
            assert!(said.contains(word), "no `{word}` after {command:?}:\n{said}");
        }
    }
}

#[test]
fn a_bucket_that_is_not_there_is_named() {
    let server = Server::start();
    let mut desk = Desk::new();
    point(&mut desk, &server.address);
    check(&desk, "nowhere", &["s3://nowhere/", "there is no such bucket", "AWS_ENDPOINT_URL"]);
}

#[test]
fn a_key_or_lake_that_is_not_there_is_named() {
    let server = Server::start();
    let mut desk = Desk::new();
    point(&mut desk, &server.address);
    let said = complaint(&desk, &["scan", "s3://logs/no/such/key"]);
    assert!(said.contains("there is nothing at `s3://logs/no/such/key`"), "{said}");
    let said = complaint(&desk, &["sql", "select 1", "--lake", "s3://logs/no-lake"]);
    assert!(said.contains("`s3://logs/no-lake` is not a lake"), "{said}");
}

#[test]
fn wrong_credentials_are_told_with_the_service_s_reason() {
    let server = Server::start();
    let mut desk = Desk::new();
    point(&mut desk, &server.address);
    server.refuse_everyone();
    check(&desk, "logs", &["s3://logs/", "access is refused (403", "AWS_ACCESS_KEY_ID"]);
}

#[test]
fn an_endpoint_that_is_not_there_is_told() {
    // A port that was free a moment ago, and that nobody listens on.
    let address = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().to_string()
    };
    let mut desk = Desk::new();
    point(&mut desk, &address);
    let words = ["cannot", "s3://logs/", "no connection: Connection refused", "AWS_ENDPOINT_URL"];
    let said = complaint(&desk, &["scan", "s3://logs/a"]);
    assert!(words.iter().all(|word| said.contains(word)), "{said}");
    let said = complaint(&desk, &["sql", "select 1", "--lake", "s3://logs/lake"]);
    assert!(words.iter().all(|word| said.contains(word)), "{said}");
}

#[test]
fn a_silent_endpoint_is_given_up() {
    let proxy = Proxy::before("", |_, _| Fate::Silent);
    let mut desk = Desk::new();
    point(&mut desk, &proxy.address);
    desk.set("HAECHI_S3_TIMEOUT", "1");
    let said = complaint(&desk, &["scan", "s3://logs/a"]);
    assert!(said.contains("no answer in time"), "{said}");
    desk.set("HAECHI_S3_TIMEOUT", "soon");
    let said = desk.fail(&["scan", "s3://logs/a"]);
    assert!(said.contains("HAECHI_S3_TIMEOUT is `soon`"), "{said}");
}
