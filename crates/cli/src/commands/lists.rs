//! `haechi lists`: lists that every scan looks at; a new one is searched for in all of history.

use std::fmt::Write;

use anyhow::Result;
use haechi_detect::SavedList;
use haechi_model::Window;
use haechi_output as output;

use crate::args::{Knowledge, LakeArgs, Lists, SummaryFormat};
use crate::knowledge::{Known, ListFile, TRUSTED, absolute};
use crate::lake::{detection_engine, findings, location, open};
use crate::session::Session;
use crate::trusted::retract;

use super::scan::{keep, put_right, search};

pub fn run(session: &Session, args: &Lists) -> Result<()> {
    match args {
        Lists::Add { list, lake } => add(session, list, lake),
        Lists::List { lake, format } => list(session, lake, *format),
        Lists::Remove { list, lake } => remove(session, list, lake),
    }
}

/// Keeps a list and searches all that is in the lake by it.
fn add(session: &Session, list: &str, lake: &LakeArgs) -> Result<()> {
    let opened = open(session, lake)?;
    let mut store = findings(&location(lake)?)?;
    let (name, file) = ListFile::named(list);
    let new = ListFile::read(name, &absolute(file)?)?;
    let mut saved = store.lists()?;
    saved.retain(|it| (it.name.as_str(), it.file.as_str()) != (&new.name, &new.file));
    let mut known = Known::read(&Knowledge::default())?;
    known.add_saved(&saved)?;
    known.add_list(new, String::new())?;
    let engine = detection_engine(&opened, &session.catalog, lake)?;
    let found = search(session, &engine, &known, &mut store)?;
    let n_before = store.count()?;
    keep(session, &engine, &known, &found, &mut store)?;
    put_right(session, &engine, &known, &found, &mut store)?;
    known.remember(&mut store, session.now)?;
    let n_new = store.count()?.saturating_sub(n_before);
    let n_entries = known.lists.n_entries(name);
    output::text(&format!(
        "{n_entries} entries of the list {name}; searched all of the lake: {n_new} new findings\n"
    ))
}

/// Forgets a list; what was archived because it is trusted is searched for again.
fn remove(session: &Session, list: &str, lake: &LakeArgs) -> Result<()> {
    let opened = open(session, lake)?;
    let (name, file) = ListFile::named(list);
    let mut store = findings(&location(lake)?)?;
    store.delete_list(name, &absolute(file)?)?;
    if name != TRUSTED {
        return Ok(());
    }
    let mut known = Known::read(&Knowledge::default())?;
    known.add_saved(&store.lists()?)?;
    let engine = detection_engine(&opened, &session.catalog, lake)?;
    let all = known.run(&engine, &session.catalog, Window::default(), Some(&mut store));
    let found = session.runtime.block_on(all)?;
    keep(session, &engine, &known, &found, &mut store)?;
    retract(session, &engine, &known, &found, &mut store)?;
    output::text("searched all of the lake without the list\n")
}

fn list(session: &Session, lake: &LakeArgs, format: SummaryFormat) -> Result<()> {
    open(session, lake)?;
    let lists = findings(&location(lake)?)?.lists()?;
    if format == SummaryFormat::Json {
        return output::json(&serde_json::to_value(&lists)?);
    }
    let mut text = String::new();
    for SavedList { name, file, format, entries, searched, .. } in &lists {
        writeln!(
            text,
            "{name:<10} {format:<12} {entries:>10} entries  searched {searched}  {file}"
        )?;
    }
    if lists.is_empty() {
        text.push_str("no lists\n");
    }
    output::text(&text)
}
