//! Records that come into a lake.

use anyhow::{Result, anyhow};
use arrow::array::AsArray;
use futures::StreamExt;
use haechi_lake::{Lake, LakeFile};
use haechi_query::diagnostic::Diagnostic;
use haechi_query::sql::{self, Dress, Group, Request};
use haechi_query::{Engine, parse};
use haechi_sources::schema::groups;

use super::follow::Take;
use crate::args::{LakeArgs, Tail};
use crate::groups::of_lake;
use crate::lake;
use crate::session::Session;

/// What is asked of the files that came.
const QUERY: &str = "fields @message | sort @timestamp asc";

/// A lake whose new records are followed.
pub struct Arriving<'s> {
    session: &'s Session,
    args: LakeArgs,
    lake: Lake,
    groups: Vec<Group>,
    /// The lake's version that was looked at.
    seen: u64,
    /// Files to begin with.
    waiting: Vec<LakeFile>,
}

impl<'s> Arriving<'s> {
    /// Begins to follow: from now on, or from the start of what is there.
    pub fn of(session: &'s Session, args: &Tail) -> Result<Self> {
        let mut logs = of_lake(session, &args.lake)?;
        // A group of which nothing has come yet may be followed too.
        logs.groups = groups(&session.catalog);
        session.runtime.block_on(logs.add_message_groups())?;
        let groups = logs.named(&args.group)?;
        let lake = lake::open(session, &args.lake)?;
        let waiting = if args.from_start { lake.files()? } else { Vec::new() };
        let seen = lake.version();
        Ok(Self { session, args: args.lake.clone(), lake, groups, seen, waiting })
    }

    /// Gives the records that are new since the last look, in the order of their times.
    pub fn look(&mut self, take: Take<'_>) -> Result<()> {
        let runtime = &self.session.runtime;
        let mut files = std::mem::take(&mut self.waiting);
        files.extend(runtime.block_on(self.lake.arrivals(self.seen))?);
        self.seen = self.lake.version();
        let of_group = |group: &Group| {
            files.iter().filter(|file| file.partition.source == group.table).cloned().collect()
        };
        for group in &self.groups {
            let files: Vec<LakeFile> = of_group(group);
            if !files.is_empty() && !runtime.block_on(self.give(group, &files, take))? {
                break;
            }
        }
        Ok(())
    }

    /// Gives the records of a group; says whether to go on.
    async fn give(&self, group: &Group, files: &[LakeFile], take: Take<'_>) -> Result<bool> {
        let engine = lake::engine_over(&self.lake, files, &self.session.catalog, &self.args)?;
        let request = Request {
            groups: std::slice::from_ref(group),
            is_named: true,
            lookups: &[],
            from: None,
            until: None,
            now: self.session.now.0,
            rows_max: i64::MAX.unsigned_abs(),
            dress: Dress::Shown,
            compat: false,
        };
        let unreadable = |error: Box<Diagnostic>| anyhow!("{}", error.render(QUERY));
        let query = parse(QUERY).map_err(unreadable)?;
        let sql = sql::lower(&query, &request).map_err(unreadable)?;
        let mut answer = engine.query(&sql.text).await?;
        while let Some(batch) = answer.batches.next().await {
            for message in batch?.column(0).as_string::<i32>().iter().flatten() {
                if !take(&group.name, message) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }
}
