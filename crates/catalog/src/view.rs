//! A view: a table that a query over the sources' tables makes.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::{CatalogError, Page};

/// A view, read from `views/<name>.md`; its name is its table's name.
#[derive(Debug, Clone)]
pub struct View {
    /// The table's name.
    pub name: String,
    /// The view's name for people.
    pub title: String,
    /// What the query gives, in the order of the query.
    pub columns: Vec<ViewColumn>,
    /// The query over the sources' tables.
    pub sql: String,
    /// The page, for its prose and examples: `log` blocks, and the `rows` that they give.
    pub page: Page,
}

/// A column of a view.
#[derive(Debug, Clone)]
pub struct ViewColumn {
    /// The attribute that it holds, in the words of the schema that the view presents, such as
    /// `actor.user.uid`.
    pub path: String,
    /// The column's name: the path with `_` for `.`.
    pub name: String,
    /// What it says and where it comes from, in one sentence.
    pub about: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Definition {
    columns: Vec<ColumnDefinition>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnDefinition {
    path: String,
    about: String,
}

impl View {
    /// Reads a view's page.
    pub(crate) fn from_page(name: &str, page: Page) -> Result<Self, CatalogError> {
        let definition: Definition = page.definition()?;
        let columns: Vec<ViewColumn> = definition.columns.into_iter().map(column_of).collect();
        let mut names = BTreeSet::new();
        if let Some(twice) = columns.iter().find(|column| !names.insert(&column.name)) {
            return Err(page.fault(format!("the column `{}` stands here twice", twice.name)));
        }
        let blocks = page.examples.iter().flat_map(|section| &section.blocks);
        let mut queries = blocks.filter(|block| block.language == "sql");
        let (Some(query), None) = (queries.next(), queries.next()) else {
            return Err(page.fault("a view has one query: a `sql` block in a section of its own"));
        };
        let sql = query.text.clone();
        Ok(Self { name: name.to_owned(), title: page.title.clone(), columns, sql, page })
    }
}

fn column_of(definition: ColumnDefinition) -> ViewColumn {
    let name = definition.path.replace('.', "_");
    ViewColumn { path: definition.path, name, about: definition.about }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<View, CatalogError> {
        View::from_page("calls", Page::parse("views/calls.md", text)?)
    }

    #[test]
    fn a_view_has_columns_and_a_query() {
        let text = "# Calls\n```toml\ncolumns = [{ path = \"api.operation\", about = \"x\" }]\n```\n\
            ## The query\n```sql\nselect 1\n```\n";
        let view = read(text).unwrap();
        assert_eq!(view.columns[0].name, "api_operation");
        assert_eq!(view.sql, "select 1\n");
    }

    #[test]
    fn a_page_that_is_no_view_says_why() {
        let check = |text: &str, reason: &str| {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        };
        check("# Calls\n```toml\ncolumns = []\n```\n", "one query");
        let twice =
            "columns = [{ path = \"a.b\", about = \"\" }, { path = \"a_b\", about = \"\" }]";
        let text = format!("# Calls\n```toml\n{twice}\n```\n## Q\n```sql\nselect 1\n```\n");
        check(&text, "`a_b` stands here twice");
    }
}
