//! A table of Parquet files, as DataFusion sees one.
//!
//! Everything that can be known without opening a file is used before one is opened: partition
//! values and time bounds rule files out, row counts answer `count(*)` and end a `limit` early.

mod facts;
mod groups;
mod older;
mod pruning;

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::config::TableParquetOptions;
use datafusion::common::{DataFusionError, Statistics};
use datafusion::datasource::TableType;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::CachedParquetFileReaderFactory;
use datafusion::datasource::physical_plan::{FileScanConfigBuilder, FileSource, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use object_store::ObjectStore;

use self::older::Older;
use crate::merging::order_of_time;
use crate::table::Table;

/// Where files lie.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// Reads them.
    pub(crate) store: Arc<dyn ObjectStore>,
    /// The name that the store is registered under.
    pub(crate) url: ObjectStoreUrl,
}

/// One table and its files.
#[derive(Debug)]
pub(crate) struct ParquetTable {
    /// The columns as the caller ordered them.
    schema: SchemaRef,
    /// The columns as files give them: those in the file first, those in the path last.
    layout: TableSchema,
    /// Where each column of `schema` stands in `layout`.
    positions: Vec<usize>,
    /// Every file, in the caller's order.
    files: Vec<PartitionedFile>,
    /// Where in the record the value of a column stands, for files that lack the column.
    in_record: Arc<BTreeMap<String, String>>,
    place: Place,
}

impl ParquetTable {
    /// Takes the table, and checks that its files fit its columns.
    pub(crate) fn new(table: &Table, place: &Place) -> Result<Self, DataFusionError> {
        let schema = Arc::new(as_views(table));
        let layout = layout(&schema, &table.partition_columns)?;
        let ordered = layout.table_schema();
        let positions = schema
            .fields()
            .iter()
            .map(|field| ordered.index_of(field.name()))
            .collect::<Result<Vec<_>, _>>()?;
        let order = order_of_time(ordered).filter(|_| table.is_in_time_order);
        let files = table
            .files
            .iter()
            .map(|file| facts::partitioned_file(file, &layout, order.as_ref()))
            .collect::<Result<Vec<_>, _>>()?;
        let in_record = Arc::new(table.in_record.clone());
        Ok(Self { schema, layout, positions, files, in_record, place: place.clone() })
    }

    /// Returns the columns of `layout` for columns of `schema`.
    fn positions_of(&self, projection: Option<&Vec<usize>>) -> Vec<usize> {
        let Some(projection) = projection else { return self.positions.clone() };
        projection.iter().filter_map(|column| self.positions.get(*column).copied()).collect()
    }

    fn source(&self, state: &dyn Session) -> Arc<ParquetSource> {
        let runtime = state.runtime_env();
        let reader = CachedParquetFileReaderFactory::new(
            Arc::clone(&self.place.store),
            runtime.cache_manager.get_file_metadata_cache(),
        );
        let options = TableParquetOptions {
            global: state.config_options().execution.parquet.clone(),
            ..TableParquetOptions::default()
        };
        let hint = options.global.metadata_size_hint;
        let source = ParquetSource::new(self.layout.clone())
            .with_table_parquet_options(options)
            .with_parquet_file_reader_factory(Arc::new(reader));
        Arc::new(match hint {
            Some(hint) => source.with_metadata_size_hint(hint),
            None => source,
        })
    }
}

#[async_trait]
impl TableProvider for ParquetTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>, DataFusionError> {
        let in_path = self.layout.table_partition_cols();
        let support = |filter: &&Expr| {
            if pruning::decides(in_path, filter) {
                return TableProviderFilterPushDown::Exact;
            }
            TableProviderFilterPushDown::Inexact
        };
        Ok(filters.iter().map(support).collect())
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        let mut files = pruning::surviving(state, &self.layout, &self.files, filters)?;
        let in_path = self.layout.table_partition_cols();
        if filters.iter().all(|filter| pruning::decides(in_path, filter)) {
            files = facts::enough_for(limit, files);
        }
        let positions = self.positions_of(projection);
        if files.is_empty() {
            let schema = self.layout.table_schema().project(&positions)?;
            return Ok(Arc::new(EmptyExec::new(Arc::new(schema))));
        }
        let statistics: Statistics = facts::of_all(&files, self.layout.table_schema());
        let groups = groups::balanced(files, state.config().target_partitions());
        let config = FileScanConfigBuilder::new(self.place.url.clone(), self.source(state))
            .with_file_groups(groups)
            .with_statistics(statistics)
            .with_projection_indices(Some(positions))?
            .with_expr_adapter(Some(Arc::new(Older { in_record: Arc::clone(&self.in_record) })))
            .with_limit(limit)
            .build();
        Ok(DataSourceExec::from_data_source(config))
    }
}

/// Returns the source with the rows of each file in the order that the file has them in: a sort
/// above it may have made it read groups of rows in another. Unless it prunes, it does not ask
/// which parts of a file may have rows that pass the filter.
pub(crate) fn in_file_order(source: &ParquetSource, prunes: bool) -> Option<Arc<dyn FileSource>> {
    let mut options = source.table_parquet_options().clone();
    options.global.pruning &= prunes;
    options.global.enable_page_index &= prunes;
    options.global.bloom_filter_on_read &= prunes;
    let hint = options.global.metadata_size_hint;
    let mut fresh = ParquetSource::new(source.table_schema().clone())
        .with_table_parquet_options(options)
        .with_parquet_file_reader_factory(Arc::clone(source.parquet_file_reader_factory()?));
    if let Some(hint) = hint {
        fresh = fresh.with_metadata_size_hint(hint);
    }
    if let Some(predicate) = source.filter() {
        fresh = fresh.with_predicate(predicate);
    }
    match source.projection() {
        Some(columns) => fresh.try_pushdown_projection(columns).ok()?,
        None => Some(Arc::new(fresh)),
    }
}

/// Returns the table's columns with texts in files as views: a dictionary's values are pointed at
/// and not copied for each row, and short texts are compared as numbers are.
fn as_views(table: &Table) -> Schema {
    let fields = table.schema.fields().iter().map(|field| {
        let is_viewed =
            *field.data_type() == DataType::Utf8 && !table.partition_columns.contains(field.name());
        if !is_viewed {
            return Arc::clone(field);
        }
        Arc::new(field.as_ref().clone().with_data_type(DataType::Utf8View))
    });
    Schema::new_with_metadata(fields.collect::<Vec<_>>(), table.schema.metadata().clone())
}

fn layout(schema: &Schema, partition_columns: &[String]) -> Result<TableSchema, DataFusionError> {
    let in_path = partition_columns
        .iter()
        .map(|name| schema.field_with_name(name).map(|field| Arc::new(field.clone())))
        .collect::<Result<Vec<_>, _>>()?;
    let in_file = schema
        .fields()
        .iter()
        .filter(|field| !partition_columns.contains(field.name()))
        .cloned()
        .collect::<Vec<_>>();
    let file_schema = Arc::new(Schema::new(in_file));
    Ok(TableSchema::builder(file_schema).with_table_partition_cols(in_path).build())
}
