//! `haechi sql`: a query over the lake.

use std::io::Read;

use anyhow::Result;
use haechi_query::Engine;

use crate::args::Sql;
use crate::lake::{engine, open};
use crate::session::Session;
use crate::tables;
use haechi_output as output;

pub fn run(session: &Session, args: &Sql) -> Result<()> {
    let mut query = args.query.clone();
    if query == "-" {
        query.clear();
        std::io::stdin().read_to_string(&mut query)?;
    }
    let lake = open(session, &args.lake)?;
    let engine = engine(&lake, &session.catalog, &args.lake)?;
    tables::tell(session, &engine, &args.places.places, &query)?;
    session.runtime.block_on(async {
        if args.explain {
            return output::text(&engine.explain(&query).await?);
        }
        let answer = engine.query(&query).await?;
        output::answer(answer, args.format, args.wide).await
    })
}
