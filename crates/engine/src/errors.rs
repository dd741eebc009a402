//! DataFusion's errors in the words of [`QueryError`]: one line, where it is, what to do.

use datafusion::common::{Column, DataFusionError, SchemaError, TableReference};
use datafusion::execution::context::SessionContext;
use datafusion::sql::sqlparser::parser::ParserError;
use haechi_query::{QueryError, nearest};

use crate::limits::{SQL_DEPTH_MAX, SQL_OPERATORS_MAX};

/// The schema that tables are registered in.
const SCHEMA: &str = "public";

/// Names an error from before the first row.
pub(crate) fn of_plan(error: &DataFusionError) -> QueryError {
    let root = error.find_root();
    if let DataFusionError::ResourcesExhausted(message) = root {
        return QueryError::Memory { message: one_line(message) };
    }
    if let DataFusionError::SchemaError(schema_error, _) = root
        && let SchemaError::FieldNotFound { field, valid_fields } = schema_error.as_ref()
    {
        return unknown_column(field, valid_fields, error);
    }
    if let DataFusionError::SQL(parser_error, _) = root {
        return not_sql(parser_error);
    }
    let message = root.bare();
    if let Some((name, rest)) = message.strip_prefix("Invalid function '").and_then(quote_ends) {
        let near = rest.split_once("Did you mean '").and_then(|(_, rest)| quote_ends(rest));
        let hint = near.map(|(near, _)| format!("did you mean `{near}`?"));
        let message = format!("there is no function `{name}`{}", place(error));
        return QueryError::Plan { message, hint };
    }
    QueryError::Plan { message: one_line(&message) + &place(error), hint: None }
}

/// Names an error from planning a statement that names these tables.
pub(crate) fn of_names(
    context: &SessionContext,
    references: &[TableReference],
    error: &DataFusionError,
) -> QueryError {
    let unknown =
        references.iter().find(|name| !context.table_exist((*name).clone()).unwrap_or(false));
    let Some(unknown) = unknown else { return of_plan(error) };
    let tables = table_names(context);
    let near = nearest(unknown.table(), tables.iter().map(String::as_str));
    let hint = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None if tables.is_empty() => "the lake is empty".to_owned(),
        None => format!("the tables are {}", quoted(&tables)),
    };
    let message = format!("there is no table `{unknown}`{}", place(error));
    QueryError::Plan { message, hint: Some(hint) }
}

/// Names an error from between the first row and the last.
pub(crate) fn of_run(error: &DataFusionError) -> QueryError {
    let root = error.find_root();
    match root {
        DataFusionError::ResourcesExhausted(message) => {
            QueryError::Memory { message: one_line(message) }
        }
        _ => QueryError::Run { message: one_line(&root.bare()) },
    }
}

/// Refuses text that is not one query.
pub(crate) fn not_one_query(message: &str) -> QueryError {
    QueryError::Plan { message: message.to_owned(), hint: None }
}

/// Refuses a statement that is not a query.
pub(crate) fn not_a_query(word: &str) -> QueryError {
    QueryError::Plan {
        message: format!("`{word}` is not a query"),
        hint: Some("queries begin with select, with, values, explain, describe or show".into()),
    }
}

/// Refuses SQL that is too long a chain.
pub(crate) fn too_long() -> QueryError {
    QueryError::Plan {
        message: format!("the query has more than {SQL_OPERATORS_MAX} operators"),
        hint: Some("many values of one column fit into `in (…)`".into()),
    }
}

/// Names a table of the caller's that cannot be opened.
pub(crate) fn of_table(table: &str, reason: &DataFusionError) -> QueryError {
    let message = one_line(&format!("cannot open the table `{table}`: {}", reason.bare()));
    QueryError::Plan { message, hint: None }
}

/// Names the view whose query cannot be planned: its author reads this, not only who asked.
pub(crate) fn of_view(view: &str, error: QueryError) -> QueryError {
    match error {
        QueryError::Plan { message, hint } => {
            QueryError::Plan { message: format!("in the view `{view}`: {message}"), hint }
        }
        other => other,
    }
}

/// Names what the parser stumbled over; it writes the place itself.
fn not_sql(error: &ParserError) -> QueryError {
    let text = match error {
        ParserError::ParserError(text) | ParserError::TokenizerError(text) => text,
        ParserError::RecursionLimitExceeded => {
            let message = format!("the query nests deeper than {SQL_DEPTH_MAX} levels");
            return QueryError::Plan { message, hint: None };
        }
    };
    let text = text.replace(" at Line: ", " at line ").replace(", Column: ", ", column ");
    QueryError::Plan { message: one_line(&text), hint: None }
}

/// Cuts the text where its quotes close.
fn quote_ends(text: &str) -> Option<(&str, &str)> {
    text.split_once('\'')
}

fn unknown_column(field: &Column, valid: &[Column], error: &DataFusionError) -> QueryError {
    let near = nearest(&field.name, valid.iter().map(|column| column.name.as_str()));
    let hint = match (near, &field.relation) {
        (Some(near), _) => Some(format!("did you mean `{near}`?")),
        (None, Some(table)) => Some(format!("`describe {table}` lists the columns")),
        (None, None) => valid
            .first()
            .and_then(|column| column.relation.as_ref())
            .map(|table| format!("`describe {table}` lists the columns")),
    };
    let message = format!("there is no column `{}`{}", field.flat_name(), place(error));
    QueryError::Plan { message, hint }
}

/// Returns ` at line L, column C` when the planner knows the place.
fn place(error: &DataFusionError) -> String {
    let span = error.diagnostic().and_then(|diagnostic| diagnostic.span);
    span.map_or_else(String::new, |span| {
        format!(" at line {}, column {}", span.start.line, span.start.column)
    })
}

fn table_names(context: &SessionContext) -> Vec<String> {
    let default = context.state().config_options().catalog.default_catalog.clone();
    let schema = context.catalog(&default).and_then(|catalog| catalog.schema(SCHEMA));
    let mut names = schema.map(|schema| schema.table_names()).unwrap_or_default();
    names.sort();
    names
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Writes the text on one line, and calls text by one name.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace("Utf8View", "Utf8")
}

/// The message alone, without the kind of error that DataFusion writes before it and the backtrace
/// that it may write behind it.
trait Bare {
    fn bare(&self) -> String;
}

impl Bare for DataFusionError {
    fn bare(&self) -> String {
        let message = self.message();
        let end = message.find(DataFusionError::BACK_TRACE_SEP);
        end.and_then(|end| message.get(..end)).unwrap_or(&message).to_owned()
    }
}
