//! `haechi sources`, `rejects`, `coverage`: ready-made queries over the lake.

use anyhow::Result;
use haechi_catalog::Catalog;
use haechi_query::Engine;

use crate::args::Listing;
use crate::lake::{engine, open};
use crate::session::Session;
use haechi_output as output;

/// Views that stand beside the sources' tables: name and SQL.
pub fn views(catalog: &Catalog) -> Vec<(String, String)> {
    let coverage = ("coverage".to_owned(), super::coverage::view(catalog));
    let pages = catalog.views.values().map(|view| (view.name.clone(), view.sql.clone()));
    let series = ("series".to_owned(), super::metrics::series::view(catalog));
    [coverage, series].into_iter().chain(pages).collect()
}

pub fn sources(session: &Session, args: &Listing) -> Result<()> {
    let sql = "select source, sum(records) as records, count(distinct account) as accounts, \
               count(distinct region) as regions, min(hour) as first_hour, max(hour) as last_hour, \
               sum(no_data) as no_data, sum(lost) as lost \
               from coverage where 0 < records group by source order by source";
    list(session, args, sql)
}

pub fn rejects(session: &Session, args: &Listing) -> Result<()> {
    let sql = "select file, position, reject_reason as reason, reject_first_bytes as first_bytes, \
               reject_origin as origin, ingested from rejects order by file, position";
    list(session, args, sql)
}

pub fn coverage(session: &Session, args: &Listing) -> Result<()> {
    list(session, args, "select * from coverage order by source, account, region, hour")
}

fn list(session: &Session, args: &Listing, sql: &str) -> Result<()> {
    let lake = open(session, &args.lake)?;
    let engine = engine(&lake, &session.catalog, &args.lake)?;
    session.runtime.block_on(async {
        let answer = engine.query(sql).await?;
        output::answer(answer, args.format, false).await
    })
}
