//! `haechi enrich`: tables of where addresses belong, made once and kept on this machine.

mod package;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};
use haechi_origins::{BadTable, Compact, Kind, Ranges, Tables};
use haechi_output as output;
use serde_json::json;

use self::package::{Content, Member};
use crate::args::{Enrich, SummaryFormat};
use crate::summary::{bytes, number};
use crate::{tables, talk};

/// Packages whose tables may be passed on: countries (CC0), and networks (CC BY 4.0, by DB-IP,
/// `RouteViews` and the Regional Internet Registries).
const PACKAGES: [&str; 2] = ["@ip-location-db/geo-whois-asn-country", "@ip-location-db/asn"];

pub fn run(args: &Enrich) -> Result<()> {
    match args {
        Enrich::Update { files } => update(files),
        Enrich::Show { format } => show(*format),
    }
}

fn update(files: &[PathBuf]) -> Result<()> {
    let desk = tempfile::tempdir().context("cannot make a folder for what is fetched")?;
    let fetched = if files.is_empty() { fetched(desk.path())? } else { Vec::new() };
    let folder = tables::folder()?;
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    let mut ranges = Ranges::default();
    let (mut made, mut copied) = (Vec::new(), Vec::new());
    for file in files.iter().chain(&fetched) {
        for Member { name, about, content } in package::read(file)? {
            let bad = |error| bad_line(file, &name, &error);
            match content {
                Content::Ranges(text) => ranges.add(&about, &text).map_err(bad)?,
                Content::Aws(text) => made.push(Compact::of_aws(&text, &about).map_err(bad)?),
                Content::MaxMind(table) => {
                    Tables::default().add(table.clone()).map_err(bad)?;
                    copied.push((folder.join(&name), table));
                }
            }
        }
    }
    made.extend(ranges.tables());
    if made.is_empty() && copied.is_empty() {
        bail!("there is no table in what was given");
    }
    // Everything has been read before anything is replaced.
    for table in &made {
        let file = folder.join(format!("{}.table", table.kind().name()));
        replace(&file, &table.written())?;
    }
    for (file, table) in &copied {
        replace(file, table)?;
    }
    show(SummaryFormat::Table)
}

/// Asks npm for the packages, with whatever registry and proxy it is set up for.
fn fetched(desk: &Path) -> Result<Vec<PathBuf>> {
    talk::note(&format!("asking npm for {}", PACKAGES.join(" and ")));
    let otherwise = || {
        let packages = PACKAGES.join(" ");
        format!(
            "where npm works, run `npm pack {packages}`, and give the files to `haechi enrich update`"
        )
    };
    let mut npm = Command::new("npm");
    npm.args(["pack", "--silent"]).args(PACKAGES).current_dir(desk);
    let answer = npm.output().with_context(|| format!("npm cannot be run; {}", otherwise()))?;
    if !answer.status.success() {
        let said = String::from_utf8_lossy(&answer.stderr);
        let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("nothing");
        bail!("npm could not fetch the packages and said `{last}`; {}", otherwise());
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(desk)? {
        files.push(entry?.path());
    }
    files.sort();
    Ok(files)
}

fn bad_line(file: &Path, name: &str, error: &BadTable) -> anyhow::Error {
    let line = error.line.map_or(String::new(), |line| format!(":{line}"));
    let file = file.display().to_string();
    if file.ends_with(name) {
        return anyhow!("{file}{line}: {error}");
    }
    anyhow!("{file}: {name}{line}: {error}")
}

/// Writes a file so that whoever reads it sees the old one or the new one.
fn replace(file: &Path, content: &[u8]) -> Result<()> {
    let fault = || format!("cannot write `{}`", file.display());
    let folder = file.parent().with_context(fault)?;
    let mut new = tempfile::NamedTempFile::new_in(folder).with_context(fault)?;
    new.write_all(content).with_context(fault)?;
    new.persist(file).with_context(fault)?;
    Ok(())
}

fn show(format: SummaryFormat) -> Result<()> {
    let mut rows = Vec::new();
    for file in tables::made()? {
        let size = std::fs::metadata(&file).map_or(0, |it| it.len());
        let tables = Tables::of_files(std::slice::from_ref(&file))?;
        let described = tables.described().into_iter();
        rows.extend(
            described.map(|(kind, about, n_ranges)| (kind, about, n_ranges, size, file.clone())),
        );
    }
    if format == SummaryFormat::Json {
        let row = |(kind, about, n_ranges, size, file): &(
            String,
            String,
            Option<usize>,
            u64,
            PathBuf,
        )| {
            json!({"kind": kind, "about": about, "ranges": n_ranges, "bytes": size, "file": file})
        };
        return output::json(&rows.iter().map(row).collect());
    }
    let mut text = String::new();
    for (kind, about, n_ranges, size, file) in &rows {
        let n_ranges = n_ranges.map_or("–".to_owned(), |n| number(n as u64));
        let (size, file) = (bytes(*size), file.display());
        writeln!(text, "{kind:<10} {n_ranges:>9} ranges  {size:>10}  {file}")?;
        writeln!(text, "{:10} {about}", "")?;
    }
    let has = |kind: Kind| {
        rows.iter().any(|row| row.0 == kind.name() || (row.0 == "mmdb" && kind != Kind::Aws))
    };
    for kind in Kind::ALL.into_iter().filter(|kind| !has(*kind)) {
        writeln!(text, "{}", tables::unknown(kind))?;
    }
    output::text(&text)
}
