//! What a query is asked over: a lake, or files as they lie; its log groups and lookup tables.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use arrow::array::AsArray;
use futures::StreamExt;
use haechi_engine::Embedded;
use haechi_query::Engine;
use haechi_query::sql::{Group, LookupTable};
use haechi_sources::{DiscoverOptions, Files, schema as source_schema};
use object_store::memory::InMemory as NoFiles;
use url::Url;

use crate::args::{LakeArgs, WindowArgs};
use crate::lake;
use crate::session::Session;

/// What a query is asked over.
pub struct Logs {
    /// The engine over the logs.
    pub engine: Embedded,
    /// The groups that have events.
    pub groups: Vec<Group>,
    /// The lookup tables at hand.
    pub lookups: Vec<LookupTable>,
    /// The files, where no lake is asked.
    pub files: Option<AskedFiles>,
}

/// Files that are asked as they lie.
pub struct AskedFiles {
    /// Those that may be logs.
    pub files: Arc<Files>,
    /// What was passed over before anything was read, each with the reason.
    pub skipped: Vec<(String, String)>,
}

/// Returns the logs of a lake.
pub fn of_lake(session: &Session, args: &LakeArgs) -> Result<Logs> {
    let lake = lake::open(session, args)?;
    let engine = lake::engine(&lake, &session.catalog, args)?;
    let there: BTreeSet<String> =
        lake.files()?.into_iter().map(|file| file.partition.source).collect();
    let mut groups = source_schema::groups(&session.catalog);
    groups.retain(|group| there.contains(&group.name));
    Ok(Logs { engine, groups, lookups: Vec::new(), files: None })
}

/// Returns the logs of files, which are read when they are asked.
pub fn of_files(
    session: &Session,
    paths: &[String],
    window: &WindowArgs,
    args: &LakeArgs,
) -> Result<Logs> {
    let window = session.window(window)?;
    let runtime = session.runtime.handle().clone();
    let options = DiscoverOptions { runtime, s3: lake::s3_options()?, window };
    let mut found = haechi_sources::discover(paths, &options)?;
    let skipped = std::mem::take(&mut found.skipped);
    let catalog = &session.catalog;
    let threads = lake::threads(args);
    let files = Files::look(found, catalog.sources.values(), threads, &std::env::temp_dir())?;
    let files = Arc::new(files);
    let url = Url::parse("memory:///")?;
    let store = Arc::new(NoFiles::new());
    let engine = Embedded::open(store, url, Vec::new(), Vec::new(), &lake::options(args))?;
    let mut groups = source_schema::groups(catalog);
    let sources: BTreeSet<&str> = files.sources().iter().map(|it| it.name.as_str()).collect();
    groups.retain(|group| sources.contains(group.name.as_str()));
    for group in &groups {
        engine.add_files(&group.table, &files)?;
    }
    let files = Some(AskedFiles { files, skipped });
    Ok(Logs { engine, groups, lookups: Vec::new(), files })
}

impl Logs {
    /// Adds lookup tables, each given as `NAME=FILE`.
    pub fn add_lookups(&mut self, tables: &[String]) -> Result<()> {
        for table in tables {
            let (name, file) = table
                .split_once('=')
                .ok_or_else(|| anyhow!("`{table}` is not NAME=FILE, as --table wants it"))?;
            let bytes =
                std::fs::read(Path::new(file)).with_context(|| format!("cannot read `{file}`"))?;
            let (columns, rows) = haechi_sources::lookup_table(&bytes)
                .with_context(|| format!("`{file}` is no CSV with a header"))?;
            let table = format!("lookup:{name}");
            self.engine.add_rows(&table, rows.schema(), vec![rows])?;
            self.lookups.push(LookupTable { name: name.to_owned(), table, columns });
        }
        Ok(())
    }

    /// Adds the log groups that messages of CloudWatch Logs came from, each as a group.
    pub async fn add_message_groups(&mut self) -> Result<()> {
        let messages = self.groups.iter().find(|group| group.name == "cloudwatch_logs");
        let Some(messages) = messages.cloned() else { return Ok(()) };
        let sql = "select distinct \"logGroup\" from cloudwatch_logs \
                   where \"logGroup\" is not null order by 1";
        let mut answer = self.engine.query(sql).await?;
        while let Some(batch) = answer.batches.next().await {
            let batch = batch?;
            for name in batch.column(0).as_string::<i32>().iter().flatten() {
                let condition = format!("\"logGroup\" = '{}'", name.replace('\'', "''"));
                let mut group = messages.clone();
                name.clone_into(&mut group.name);
                group.condition = Some(condition);
                self.groups.push(group);
            }
        }
        Ok(())
    }

    /// Returns the groups of these names: sources, or groups of CloudWatch Logs.
    pub fn named(&self, names: &[String]) -> Result<Vec<Group>> {
        names.iter().map(|name| self.group(name)).collect()
    }

    fn group(&self, name: &str) -> Result<Group> {
        let group = self.groups.iter().find(|group| group.name == name);
        let known = || {
            let names: Vec<&str> = self.groups.iter().map(|group| group.name.as_str()).collect();
            names.join(", ")
        };
        group
            .cloned()
            .ok_or_else(|| anyhow!("there is no log group `{name}` here; there are {}", known()))
    }
}
