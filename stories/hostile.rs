//! What an attacker, a full disk or a careless copy may leave among logs: the run ends well, says
//! what it passed over, keeps every record beside it, and stays within its memory.

mod files;
mod memory;

use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

/// Returns a CloudTrail event with an id of its own.
fn event(number: usize) -> String {
    event_at(number, "2026-03-01T10:00:00Z")
}

fn event_at(number: usize, time: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.11","eventTime":"{time}","awsRegion":"eu-west-1","eventID":"00000000-0000-4000-8000-{number:012}","eventName":"ListBuckets","recipientAccountId":"111122223333"}}"#
    )
}

fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join(name), bytes).unwrap();
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
