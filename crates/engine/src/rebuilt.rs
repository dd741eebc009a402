//! Tables whose rows need not keep what their columns give again: the record of a flow is its
//! fields with spaces between, and its entities are values of its columns.
//!
//! A row that keeps neither has a layout: the names of its columns in the order of the record.

mod asked;
mod entities;
mod function;
mod layouts;
mod record;

use std::borrow::Cow;
use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{Column, DataFusionError, TableReference};
use datafusion::datasource::{TableType, ViewTable, provider_as_source};
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder};
use datafusion::physical_plan::ExecutionPlan;
use haechi_sources::schema::{ENTITIES, LAYOUT, RECORD, text};

pub(crate) use asked::AskedInColumns;
use function::{Part, Rebuilt};

use crate::provider::{ParquetTable, Place};
use crate::table::Table;

/// Returns the table with whole rows.
pub(crate) fn table(
    table: &Table,
    place: &Place,
) -> Result<Arc<dyn TableProvider>, DataFusionError> {
    let mut fields: Vec<_> = table.schema.fields().iter().cloned().collect();
    fields.push(Arc::new(text(LAYOUT)));
    let stored = Table { schema: Arc::new(Schema::new(fields)), ..table.clone() };
    let stored = provider_as_source(Arc::new(ParquetTable::new(&stored, place)?));
    let name = TableReference::bare(table.name.as_str());
    let column = |column: &str| Expr::Column(Column::new(Some(name.clone()), column));
    let rebuilt = |part: Part, own: &str| {
        let mut arguments = vec![column(own), column(LAYOUT)];
        arguments.extend(table.joined.iter().map(|(name, _)| column(name)));
        Rebuilt::function(part, &table.joined).call(arguments).alias(own)
    };
    let shown = table.schema.fields().iter().map(|field| match field.name().as_str() {
        RECORD => rebuilt(Part::Record, RECORD),
        ENTITIES => rebuilt(Part::Entities, ENTITIES),
        other => column(other),
    });
    let plan = LogicalPlanBuilder::scan(name.clone(), stored, None)?.project(shown)?.build()?;
    Ok(Arc::new(Whole(ViewTable::new(plan, None))))
}

/// A table like any other, whose plan stands in for it.
#[derive(Debug)]
struct Whole(ViewTable);

#[async_trait]
impl TableProvider for Whole {
    fn schema(&self) -> SchemaRef {
        self.0.schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn get_logical_plan(&self) -> Option<Cow<'_, LogicalPlan>> {
        self.0.get_logical_plan()
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        self.0.scan(state, projection, filters, limit).await
    }
}
