//! `haechi verify`: CloudTrail digest files.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use haechi_integrity::{Folder, Options, PublicKeys, verify};
use haechi_model::Timestamp;

use crate::args::{SummaryFormat, Verify};
use crate::output;
use crate::session::Session;

pub fn run(session: &Session, args: &Verify) -> Result<ExitCode> {
    if !args.folder.is_dir() {
        bail!("`{}` is not a folder", args.folder.display());
    }
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
    let report = verify(&Folder { root: args.folder.clone() }, &keys, &options)?;
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
