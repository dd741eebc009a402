//! Inputs of a size, made from small ones or from nothing, in AWS's own formats.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use serde_json::Value;

/// Writes the records of CloudTrail files again and again, each time under new ids and a later
/// day, until there is enough.
pub(crate) fn replay(
    from: &Path,
    out: &Path,
    raw_bytes: u64,
    records_per_file: usize,
) -> Result<()> {
    std::fs::create_dir_all(out)?;
    let records = records_of(from)?.collect::<Result<Vec<_>>>()?;
    let mut written = 0;
    let mut n_files = 0_u64;
    let mut pass = 0_u32;
    while written < raw_bytes {
        for chunk in records.chunks(records_per_file) {
            let shifted: Vec<String> = (0_u32..).zip(chunk).map(|it| shifted(it, pass)).collect();
            let text = format!("{{\"Records\":[{}]}}", shifted.join(","));
            written += text.len() as u64;
            let path = out.join(format!("111122223333_CloudTrail_us-east-1_{n_files:06}.json.gz"));
            let mut file = GzEncoder::new(File::create(path)?, Compression::default());
            file.write_all(text.as_bytes())?;
            file.finish()?;
            n_files += 1;
            if raw_bytes <= written {
                return Ok(());
            }
        }
        pass += 1;
    }
    Ok(())
}

/// Returns the records of CloudTrail files, one file after the other.
pub(crate) fn records_of(from: &Path) -> Result<impl Iterator<Item = Result<Value>>> {
    let of_file = |path: PathBuf| -> Result<Vec<Value>> {
        let mut text = String::new();
        MultiGzDecoder::new(File::open(&path)?)
            .read_to_string(&mut text)
            .with_context(|| format!("cannot read `{}`", path.display()))?;
        let mut file: Value = serde_json::from_str(&text)?;
        match file.get_mut("Records").map(Value::take) {
            Some(Value::Array(records)) => Ok(records),
            _ => Ok(Vec::new()),
        }
    };
    let each = |records: Result<Vec<Value>>| -> Vec<Result<Value>> {
        match records {
            Ok(records) => records.into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        }
    };
    Ok(files_below(from)?.into_iter().flat_map(move |path| each(of_file(path))))
}

/// Returns the record under another id, so many weeks later; every tenth from an address that the
/// flows have too.
fn shifted((number, record): (u32, &Value), pass: u32) -> String {
    let mut record = record.clone();
    if let Some(Value::String(id)) = record.get_mut("eventID") {
        let head = id.get(8..).unwrap_or_default();
        let old = u32::from_str_radix(id.get(..8).unwrap_or_default(), 16).unwrap_or_default();
        *id = format!("{:08x}{head}", old ^ pass.wrapping_mul(0x9e37_79b9));
    }
    if let Some(Value::String(time)) = record.get_mut("eventTime")
        && let Ok(moment) = time.parse::<jiff::Timestamp>()
    {
        let later = moment + jiff::SignedDuration::from_hours(i64::from(pass) * 24 * 7);
        *time = later.to_string();
    }
    if number.is_multiple_of(10)
        && let Some(Value::String(address)) = record.get_mut("sourceIPAddress")
    {
        *address = format!("203.0.113.{}", number / 10 % 250);
    }
    record.to_string()
}

/// Writes flow logs of the default format: 100,000 records a file, many hosts, plausible spread.
pub(crate) fn flows(out: &Path, n_records: u64) -> Result<()> {
    std::fs::create_dir_all(out)?;
    let mut seed = 42_u64;
    let mut next = move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        seed >> 33
    };
    let mut file: Option<GzEncoder<BufWriter<File>>> = None;
    for index in 0..n_records {
        if index.is_multiple_of(100_000) {
            let path = out.join(format!("111122223333_vpcflowlogs_us-east-1_fl-{index:09}.log.gz"));
            let mut new =
                GzEncoder::new(BufWriter::new(File::create(path)?), Compression::default());
            new.write_all(HEADER.as_bytes())?;
            file = Some(new);
        }
        let start = 1_700_000_000 + index / 50;
        let line = format!(
            "2 111122223333 eni-{:017x} 10.0.{}.{} 203.0.113.{} {} {} 6 {} {} {start} {} {} OK\n",
            next() % 400,
            next() % 8,
            next() % 250,
            next() % 250,
            1_024 + next() % 60_000,
            [443, 443, 80, 22, 53, 3_306].get((next() % 6) as usize).unwrap_or(&443),
            1 + next() % 40,
            40 + next() % 60_000,
            start + 60,
            if next().is_multiple_of(5) { "REJECT" } else { "ACCEPT" },
        );
        if let Some(file) = &mut file {
            file.write_all(line.as_bytes())?;
        }
    }
    Ok(())
}

const HEADER: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol \
                      packets bytes start end action log-status\n";

fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else if path.extension().is_some_and(|it| it == "gz") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
