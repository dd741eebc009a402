//! `haechi insights`: when were there more calls or errors than usual, or fewer?
//!
//! Found afresh from the lake each time, so that a better algorithm holds for old logs too.

mod delivered;
mod graph;
mod record;
mod search;
mod series;

use std::sync::Arc;

use anyhow::{Result, bail};
use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use haechi_baseline::Direction;
use haechi_output as output;
use haechi_query::{Answer, Engine};
use serde_json::{Value, json};

use crate::args::{InsightFormat, Insights};
use crate::lake::{engine, open};
use crate::session::Session;

use self::record::{moment, records};
use self::search::Insight;

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
        let found = search::all(&engine, search.by_principal).await?;
        match args {
            Insights::List { format, .. } => {
                let beside = delivered::all(&engine).await?;
                output::answer(table(&found, &beside)?, *format, false).await
            }
            Insights::Show { id, .. } => {
                let records = records(&engine, one(&found, id)?).await?;
                output::json(&json!({ "Records": records }))
            }
            Insights::Graph { id, columns, .. } => {
                output::text(&graph::graph(&engine, one(&found, id)?, *columns).await?)
            }
            Insights::Series(_) => Ok(()),
            Insights::Export { format, .. } => export(&engine, &found, *format).await,
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
        return output::answer(table(found, &[])?, output::Format::Csv, false).await;
    }
    let mut all: Vec<Value> = Vec::new();
    for insight in found {
        all.extend(records(engine, insight).await?);
    }
    output::json(&json!({ "Records": all }))
}

/// Returns a row for each insight: those found, then those that AWS delivered.
fn table(found: &[Insight], delivered: &[Insight]) -> Result<Answer> {
    type Cell = fn(&Insight) -> String;
    type Number = fn(&Insight) -> f64;
    let all = || found.iter().chain(delivered);
    let origins = std::iter::repeat_n("haechi", found.len())
        .chain(std::iter::repeat_n("aws", delivered.len()));
    let origins: StringArray = origins.map(Some).collect();

    let texts: [(&str, Cell); 12] = [
        ("id", |it| it.id.clone()),
        ("insight_type", |it| it.kind.name().to_owned()),
        ("severity", |it| it.severity().to_owned()),
        ("account", |it| it.key.account.clone()),
        ("region", |it| it.key.region.clone()),
        ("event_source", |it| it.key.event_source.clone()),
        ("event_name", |it| it.key.event_name.clone()),
        ("error_code", |it| it.key.error_code.clone()),
        ("principal", |it| it.key.principal.clone()),
        ("start", |it| moment(it.surge.first)),
        ("end", |it| it.surge.last.map(moment).unwrap_or_default()),
        ("direction", |it| match it.surge.direction {
            Direction::Above => "above".to_owned(),
            Direction::Below => "below".to_owned(),
        }),
    ];
    let numbers: [(&str, Number); 2] = [
        ("baseline_average", |it| it.surge.baseline_average),
        ("insight_average", |it| it.surge.average),
    ];
    let text_columns = texts.into_iter().map(|(name, cell)| {
        let array: StringArray = all().map(|insight| Some(cell(insight))).collect();
        (name, Arc::new(array) as ArrayRef)
    });
    let number_columns = numbers.into_iter().map(|(name, cell)| {
        let array: Float64Array = all().map(|insight| Some(cell(insight))).collect();
        (name, Arc::new(array) as ArrayRef)
    });
    let origin = ("origin", Arc::new(origins) as ArrayRef);
    let columns = text_columns.chain(number_columns).chain([origin]);
    let batch = RecordBatch::try_from_iter(columns)?;
    let schema = batch.schema();
    Ok(Answer { schema, batches: Box::pin(futures::stream::iter([Ok(batch)])) })
}
