//! `haechi verify`: CloudTrail digest files.

mod bucket;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use haechi_integrity::{Folder, Options, PublicKeys, Report, Verdict, verify};
use haechi_lake::{Lake, Verified, put_verified};
use haechi_model::Timestamp;

use self::bucket::Bucket;
use crate::args::{SummaryFormat, Verify};
use crate::lake::named;
use crate::session::Session;
use haechi_output as output;

pub fn run(session: &Session, args: &Verify) -> Result<ExitCode> {
    let mut keys = PublicKeys::default();
    for path in &args.keys {
        let bytes =
            std::fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        let read = PublicKeys::from_json(&bytes);
        keys.extend(read.with_context(|| format!("`{}` holds no keys", path.display()))?);
    }
    let window = session.window(&args.window)?;
    let moment = |time: Option<Timestamp>| {
        time.and_then(|time| jiff::Timestamp::from_microsecond(time.0).ok())
    };
    // Without an end, the chain is expected to reach until now.
    let until = moment(window.until.or(Some(session.now)));
    let options = Options { since: moment(window.from), until, ..Options::default() };
    let report = report(session, &args.logs, &keys, &options)?;
    if let Some(lake) = &args.lake {
        keep(session, lake, &report)?;
    }
    match args.format {
        SummaryFormat::Json => {
            output::json(&serde_json::json!({
                "valid": report.is_valid(),
                "summary": report.summary(),
                "report": report,
            }))?;
        }
        SummaryFormat::Table => output::text(&format!("{report}\n"))?,
    }
    Ok(if report.is_valid() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Verifies a folder or what is in a bucket.
fn report(session: &Session, logs: &str, keys: &PublicKeys, options: &Options) -> Result<Report> {
    let Some(address) = logs.strip_prefix("s3://") else {
        let root = PathBuf::from(logs);
        if !root.is_dir() {
            bail!("`{logs}` is not a folder");
        }
        return Ok(verify(&Folder { root }, keys, options)?);
    };
    let bucket = Bucket::open(address, session.runtime.handle().clone())?;
    let report = verify(&bucket, keys, options);
    // What was not read for want of a connection is no verdict about the logs.
    bucket.fault()?;
    Ok(report?)
}

/// Writes the outcomes into a lake, made if there is none.
fn keep(session: &Session, lake: &str, report: &Report) -> Result<()> {
    let text = |text: Option<&str>| text.map(str::to_owned);
    let files = report.files();
    let rows = files.iter().map(|file| Verified {
        time: file.time.map(|time| Timestamp(time.as_microsecond())),
        account: text(file.account),
        region: text(file.region),
        file: file.key.to_owned(),
        kind: if file.is_digest { "digest" } else { "log" },
        status: file.status.clone(),
        has_failed: file.verdict == Verdict::Invalid,
    });
    let rows: Vec<_> = rows.collect();
    session.runtime.block_on(async {
        let mut lake = Lake::open_or_create(&named(lake)?, &session.catalog).await?;
        Ok(put_verified(&mut lake, &rows, &session.run_name(), session.now).await?)
    })
}
