//! `haechi ask`: a ready question, its answer, and how to read it.

mod words;

use std::collections::BTreeMap;

use anyhow::{Result, anyhow, bail};
use haechi_catalog::{Catalog, Question, QuestionQuery};
use haechi_query::Engine;

use self::words::Words;
use crate::args::{Ask, InsteadOfRunning, Query};
use crate::lake::{engine, open};
use crate::session::Session;
use crate::{tables, talk};
use haechi_output as output;

pub fn run(session: &Session, args: &Ask) -> Result<()> {
    let Some(name) = &args.question else {
        return words::list(&session.catalog, None, args);
    };
    if session.catalog.questions.values().any(|it| it.theme == *name) {
        return words::list(&session.catalog, Some(name), args);
    }
    let question = find(&session.catalog, name)?;
    let window = session.window(&args.window)?;
    let query = question.ask(&said(&args.parameters)?, window)?;
    if args.show_query {
        return output::text(&query);
    }
    let words = Words::of(question, args.lang);
    talk::note(&words.before());
    answer(session, args, question, &query)?;
    talk::note(&words.after());
    Ok(())
}

/// Runs the query and prints its answer.
fn answer(session: &Session, args: &Ask, question: &Question, query: &str) -> Result<()> {
    match &question.query {
        QuestionQuery::Sql(_) => {
            let lake = open(session, &args.lake)?;
            let engine = engine(&lake, &session.catalog, &args.lake)?;
            tables::tell(session, &engine, &args.places.places, query)?;
            session.runtime.block_on(async {
                let answer = engine.query(query).await?;
                output::answer(answer, args.format, args.wide).await
            })
        }
        QuestionQuery::Insights(_) => super::query::run(session, &insights(args, question, query)),
    }
}

/// Returns what `haechi query` is asked.
fn insights(args: &Ask, question: &Question, query: &str) -> Query {
    Query {
        text: Some(query.to_owned()),
        files: Vec::new(),
        group: question.sources.clone(),
        lake: args.lake.clone(),
        window: args.window.clone(),
        table: Vec::new(),
        format: args.format,
        plot: false,
        wide: args.wide,
        places: args.places.clone(),
        instead: InsteadOfRunning { explain: false, check: false },
        compat: false,
    }
}

/// Returns the question of that name; the theme may be left out where the rest says enough.
fn find<'a>(catalog: &'a Catalog, name: &str) -> Result<&'a Question> {
    if let Some(question) = catalog.questions.get(name) {
        return Ok(question);
    }
    let is_meant = |it: &&Question| it.name.split_once('/').is_some_and(|(_, rest)| rest == name);
    let mut meant = catalog.questions.values().filter(is_meant);
    match (meant.next(), meant.next()) {
        (Some(question), None) => Ok(question),
        (Some(first), Some(second)) => {
            bail!("`{name}` may be `{}` or `{}`", first.name, second.name)
        }
        (None, _) => {
            let near = catalog.questions.keys().filter(|it| it.contains(name)).take(5);
            let near: Vec<String> = near.map(|it| format!("`{it}`")).collect();
            if near.is_empty() {
                bail!("there is no question `{name}`; `haechi ask` lists all");
            }
            bail!("there is no question `{name}`; is it one of {}?", near.join(", "))
        }
    }
}

/// Reads `name=value` pairs.
fn said(parameters: &[String]) -> Result<BTreeMap<String, String>> {
    let mut said = BTreeMap::new();
    for pair in parameters {
        let (name, value) = pair
            .split_once('=')
            .ok_or_else(|| anyhow!("`{pair}` is no parameter: write --param name=value"))?;
        if said.insert(name.to_owned(), value.to_owned()).is_some() {
            bail!("the parameter `{name}` was given twice");
        }
    }
    Ok(said)
}
