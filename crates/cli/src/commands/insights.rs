//! `haechi insights`: when were there more calls or errors than usual, or fewer?
//!
//! Found afresh from the lake each time, so that a better algorithm holds for old logs too.

mod delivered;
mod graph;
mod record;
mod search;
mod season;
mod series;
mod table;

use anyhow::{Result, bail};
use haechi_output as output;
use haechi_output::Format;
use haechi_query::Engine;
use serde_json::{Value, json};

use crate::args::{InsightFormat, Insights};
use crate::lake::{engine, open};
use crate::session::Session;

use self::record::{moment, records};
use self::search::{Insight, Origin};

pub fn run(session: &Session, args: &Insights) -> Result<()> {
    let search = match args {
        Insights::Series(args) => return series::run(session, args),
        Insights::List { search, .. }
        | Insights::Show { search, .. }
        | Insights::Graph { search, .. }
        | Insights::Export { search, .. } => search,
    };
    let lake = open(session, &search.lake)?;
    let engine = engine(&lake, &session.catalog, &search.lake)?;
    session.runtime.block_on(async {
        let histories = search::histories(&engine).await?;
        let found = search::all(&engine, search.by_principal, &histories).await?;
        if let Insights::Export { format, .. } = args {
            return export(&engine, &found, *format).await;
        }
        let all = [found, delivered::all(&engine, &histories).await?].concat();
        match args {
            Insights::List { format: Format::Table, .. } => {
                output::answer(table::brief(&all)?, Format::Table, false).await
            }
            Insights::List { format, .. } => {
                output::answer(table::whole(&all)?, *format, false).await
            }
            Insights::Show { id, .. } => {
                let insight = one(&all, id)?;
                let records = match insight.origin {
                    Origin::Haechi => records(&engine, insight).await?,
                    Origin::Aws => delivered::records(&engine, &insight.id).await?,
                };
                output::json(&json!({ "Records": records }))
            }
            Insights::Graph { id, columns, .. } => {
                output::text(&graph::graph(&engine, one(&all, id)?, *columns).await?)
            }
            Insights::Series(_) | Insights::Export { .. } => Ok(()),
        }
    })
}

/// Returns the one insight whose id begins so.
fn one<'a>(found: &'a [Insight], id: &str) -> Result<&'a Insight> {
    let mut fitting = found.iter().filter(|each| each.id.starts_with(id));
    let (Some(insight), None) = (fitting.next(), fitting.next()) else {
        bail!("`{id}` is not the id of one insight: `haechi insights list` shows them");
    };
    Ok(insight)
}

async fn export(engine: &dyn Engine, found: &[Insight], format: InsightFormat) -> Result<()> {
    if format == InsightFormat::Csv {
        return output::answer(table::whole(found)?, Format::Csv, false).await;
    }
    let mut all: Vec<Value> = Vec::new();
    for insight in found {
        all.extend(records(engine, insight).await?);
    }
    output::json(&json!({ "Records": all }))
}
