//! What is in a file that tables are made of: a package of npm's, or one table.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use flate2::read::GzDecoder;
use serde_json::Value;

/// LIMIT: the bytes of one file once it is unpacked; the largest tables of cities stay below.
const BYTES_MAX: u64 = 1 << 30;

/// One table in a file.
pub struct Member {
    /// Its file's name.
    pub name: String,
    /// Where it comes from: the package with its version and licence, or the file.
    pub about: String,
    /// Its bytes.
    pub content: Content,
}

/// What a table is.
pub enum Content {
    /// CSV of ranges.
    Ranges(Vec<u8>),
    /// AWS's `ip-ranges.json`.
    Aws(Vec<u8>),
    /// An `.mmdb` file.
    MaxMind(Vec<u8>),
}

/// Reads the tables of a file.
pub fn read(file: &Path) -> Result<Vec<Member>> {
    let fault = || format!("cannot read `{}`", file.display());
    let bytes = std::fs::read(file).with_context(fault)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let is_package = [".tgz", ".tar.gz"].iter().any(|ending| name.ends_with(ending));
    let is_compressed = bytes.starts_with(&[0x1f, 0x8b]);
    if is_package {
        return package(&bytes).with_context(fault);
    }
    let (name, bytes) = match name.strip_suffix(".gz") {
        Some(inner) if is_compressed => (inner.to_owned(), unpacked(&bytes).with_context(fault)?),
        _ => (name, bytes),
    };
    let content = content_of(&name, bytes).ok_or_else(|| {
        anyhow!("`{}`: a table is `.tgz`, `.csv`, `.json` or `.mmdb`", file.display())
    })?;
    Ok(vec![Member { about: name.clone(), name, content }])
}

fn unpacked(bytes: &[u8]) -> Result<Vec<u8>> {
    whole(&mut GzDecoder::new(bytes))
}

fn whole(from: &mut dyn Read) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if BYTES_MAX < bytes.len() as u64 {
        bail!("it is longer than 1 GiB once it is unpacked");
    }
    Ok(bytes)
}

fn content_of(name: &str, bytes: Vec<u8>) -> Option<Content> {
    match name.rsplit_once('.')?.1 {
        "csv" => Some(Content::Ranges(bytes)),
        "json" => Some(Content::Aws(bytes)),
        "mmdb" => Some(Content::MaxMind(bytes)),
        _ => None,
    }
}

/// Reads the tables of a package of npm's; what it says of itself may stand behind them.
fn package(bytes: &[u8]) -> Result<Vec<Member>> {
    let mut about = None;
    let mut members = Vec::new();
    let mut archive = tar::Archive::new(GzDecoder::new(bytes));
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.into_owned();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name == "package.json" {
            about = about_of(&whole(&mut entry)?);
            continue;
        }
        // The same ranges once more, with numbers for addresses.
        let is_wanted = [".csv", ".mmdb"].iter().any(|ending| name.ends_with(ending))
            && !name.ends_with("-num.csv");
        if is_wanted && let Some(content) = content_of(&name, whole(&mut entry)?) {
            members.push(Member { name, about: String::new(), content });
        }
    }
    let about = about.context("it has no `package.json`: it is no package of npm's")?;
    for member in &mut members {
        member.about.clone_from(&about);
    }
    Ok(members)
}

fn about_of(json: &[u8]) -> Option<String> {
    let package: Value = serde_json::from_slice(json).ok()?;
    let text = |name: &str| package.get(name).and_then(Value::as_str);
    let licence = text("license").unwrap_or("no licence is named");
    Some(format!("{} {} ({licence})", text("name")?, text("version")?))
}
