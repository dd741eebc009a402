//! The tables of where addresses belong: the user's own, and those that `haechi enrich` has made.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use haechi_engine::Embedded;
use haechi_origins::{Clients, Kind, Tables};

use crate::lake::data_folder;
use crate::session::Session;
use crate::talk;

/// What the files that are read without being named end with.
const ENDINGS: [&str; 2] = ["table", "mmdb"];

/// The functions that look into tables, as both languages write them but for case and
/// underscores, and what they look for.
const FUNCTIONS: [(&str, Kind); 5] = [
    ("country(", Kind::Countries),
    ("asn(", Kind::Networks),
    ("asnorg(", Kind::Networks),
    ("awsservice(", Kind::Aws),
    ("awsregion(", Kind::Aws),
];

/// Returns the folder of the tables that were made; it need not be there.
pub fn folder() -> Result<PathBuf> {
    Ok(data_folder()?.join("origins"))
}

/// Reads the tables that are named, and behind them those that were made.
pub fn read(named: &[PathBuf]) -> Result<Tables> {
    let mut files = Vec::new();
    for file in named {
        // A plan names the file, wherever it is run.
        let path = std::path::absolute(file);
        files.push(path.with_context(|| format!("`{}` is no file's name", file.display()))?);
    }
    files.extend(made()?);
    Ok(Tables::of_files(&files)?)
}

/// Returns the files of the tables that were made, in the order of their names.
pub fn made() -> Result<Vec<PathBuf>> {
    // Without a data folder nothing was made.
    let Ok(folder) = folder() else { return Ok(Vec::new()) };
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let is_table = |path: &Path| {
        let ending = path.extension().and_then(|ending| ending.to_str());
        ending.is_some_and(|ending| ENDINGS.contains(&ending))
    };
    let mut files = Vec::new();
    let entries = std::fs::read_dir(&folder);
    for entry in entries.with_context(|| format!("cannot read `{}`", folder.display()))? {
        files.push(entry?.path());
    }
    files.retain(|path| is_table(path));
    files.sort();
    Ok(files)
}

/// Tells the engine what a query's functions look into, and the person what is not known.
pub fn tell(session: &Session, engine: &Embedded, places: &[PathBuf], query: &str) -> Result<()> {
    let query = query.to_ascii_lowercase().replace('_', "");
    let asked: Vec<Kind> =
        FUNCTIONS.iter().filter(|(name, _)| query.contains(name)).map(|(_, kind)| *kind).collect();
    let tables = if asked.is_empty() { Tables::default() } else { read(places)? };
    if let Some(kind) = asked.iter().find(|kind| !tables.may_know(**kind)) {
        talk::note(unknown(*kind));
    }
    engine.set_origins(&tables, &Clients::of(&session.catalog));
    Ok(())
}

/// Says that nothing is known, and what would change that.
pub fn unknown(kind: Kind) -> &'static str {
    match kind {
        Kind::Countries => "countries are not known: `haechi enrich update` makes a table of them",
        Kind::Networks => "networks are not known: `haechi enrich update` makes a table of them",
        Kind::Aws => {
            "the addresses of AWS are not known: give `haechi enrich update` AWS's ip-ranges.json"
        }
    }
}
