//! From text to a plan; queries only.

use datafusion::common::DataFusionError;
use datafusion::execution::SessionState;
use datafusion::execution::context::{SQLOptions, SessionContext};
use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast;
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};
use haechi_query::QueryError;

use crate::errors;
use crate::limits::SQL_OPERATORS_MAX;

/// Words that put what stands before them one level deeper.
const DEEPENING: &[Keyword] = &[
    Keyword::AND,
    Keyword::OR,
    Keyword::NOT,
    Keyword::IS,
    Keyword::LIKE,
    Keyword::ILIKE,
    Keyword::SIMILAR,
    Keyword::BETWEEN,
    Keyword::AT,
    Keyword::COLLATE,
    Keyword::UNION,
    Keyword::EXCEPT,
    Keyword::INTERSECT,
    Keyword::JOIN,
];

/// Refuses text that would be walked too deep.
pub(crate) fn check_length(sql: &str) -> Result<(), QueryError> {
    if SQL_OPERATORS_MAX < operators_in(sql) {
        return Err(errors::too_long());
    }
    Ok(())
}

/// Plans one query over the session's tables.
///
/// INVARIANT: nothing but a query passes, so that SQL from anywhere can neither write a file nor
/// change a setting.
pub(crate) async fn plan(
    context: &SessionContext,
    state: &SessionState,
    sql: &str,
) -> Result<LogicalPlan, QueryError> {
    let dialect = state.config_options().sql_parser.dialect;
    let parsed = state.sql_to_statement(sql, &dialect);
    let statement = parsed.map_err(|error| match error {
        DataFusionError::NotImplemented(_) => errors::not_one_query("there is a second query"),
        _ if sql.trim().is_empty() => errors::not_one_query("the query is empty"),
        error => errors::of_plan(&error),
    })?;
    if let Some(word) = refused(&statement) {
        return Err(errors::not_a_query(&word));
    }
    let references = state.resolve_table_references(&statement).unwrap_or_default();
    let plan = match state.statement_to_plan(statement).await {
        Ok(plan) => plan,
        Err(error) => return Err(errors::of_names(context, &references, &error)),
    };
    let queries_only =
        SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    queries_only.verify_plan(&plan).map_err(|error| errors::of_plan(&error))?;
    Ok(plan)
}

/// Counts what may make the tree of an expression deeper; text that cannot be cut into tokens is
/// left to the parser to explain.
fn operators_in(sql: &str) -> usize {
    let tokens = Tokenizer::new(&GenericDialect {}, sql).tokenize().unwrap_or_default();
    tokens.iter().filter(|token| is_operator(token)).count()
}

fn is_operator(token: &Token) -> bool {
    match token {
        Token::Word(word) => DEEPENING.contains(&word.keyword),
        Token::Number(..)
        | Token::SingleQuotedString(_)
        | Token::Whitespace(_)
        | Token::Comma
        | Token::Period
        | Token::LParen
        | Token::RParen => false,
        _ => true,
    }
}

/// Returns the word that makes the statement something else than a query.
fn refused(statement: &Statement) -> Option<String> {
    match statement {
        Statement::Statement(statement) if is_query(statement) => None,
        Statement::Explain(explain) => refused(&explain.statement),
        other => {
            let text = other.to_string();
            Some(text.split_whitespace().next().unwrap_or_default().to_uppercase())
        }
    }
}

fn is_query(statement: &ast::Statement) -> bool {
    match statement {
        ast::Statement::Query(_)
        | ast::Statement::ShowTables { .. }
        | ast::Statement::ShowColumns { .. }
        | ast::Statement::ExplainTable { .. } => true,
        ast::Statement::Explain { statement, .. } => is_query(statement),
        _ => false,
    }
}
