//! A table whose rows are read from logs as they lie, while they are asked for.
//!
//! Threads of their own read objects and hand over batches of the columns that the query needs; a
//! query that is slower than they are makes them wait, and one that is dropped makes them stop.

mod wish;

use std::any::Any;
use std::fmt;
use std::sync::{Arc, OnceLock};

use arrow::datatypes::{Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DataFusionError, Statistics};
use datafusion::config::ConfigOptions;
use datafusion::datasource::TableType;
use datafusion::datasource::source::{DataSource, DataSourceExec, OpenArgs};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryLimit};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::physical_expr::expressions::{Column, Literal};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr, ScalarFunctionExpr};
use datafusion::physical_plan::metrics::{ExecutionPlanMetricsSet, MetricBuilder};
use datafusion::physical_plan::projection::ProjectionExprs;
use datafusion::physical_plan::stream::RecordBatchReceiverStream;
use datafusion::physical_plan::{
    DisplayFormatType, EmptyRecordBatchStream, ExecutionPlan, Partitioning,
};
use haechi_model::Window;
use haechi_sources::schema::RECORD;
use haechi_sources::{Asked, AskedColumn, AskedValues, Files, Reading};

use crate::{figures, functions, limits};
use wish::Wish;

/// One source's records in the objects.
#[derive(Debug)]
pub(crate) struct FilesTable {
    files: Arc<Files>,
    source: String,
    schema: SchemaRef,
}

impl FilesTable {
    /// Returns the table of the source, if there is such a source.
    pub(crate) fn new(files: &Arc<Files>, source: &str) -> Option<Self> {
        let schema = files.schema(source)?;
        Some(Self { files: Arc::clone(files), source: source.to_owned(), schema })
    }

    /// Reads a filter that the reader can decide.
    fn wish(&self, filter: &Expr) -> Option<Wish> {
        let wish = Wish::read(filter)?;
        match &wish {
            Wish::Texts(only) if !self.files.has_texts(&self.source, &only.column) => None,
            _ => Some(wish),
        }
    }
}

#[async_trait]
impl TableProvider for FilesTable {
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
        let support = |filter: &&Expr| match self.wish(filter) {
            Some(_) => TableProviderFilterPushDown::Exact,
            None => TableProviderFilterPushDown::Unsupported,
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
        let all = || (0..self.schema.fields().len()).collect();
        let columns = projection.cloned().unwrap_or_else(all);
        let schema = Arc::new(self.schema.project(&columns)?);
        let columns = columns.into_iter().map(|place| AskedColumn::of(&self.schema, place));
        let columns = columns.collect();
        let (mut window, mut only) = (Window::default(), Vec::new());
        for wish in filters.iter().filter_map(|filter| self.wish(filter)) {
            match wish {
                Wish::Time(side) => side.narrow(&mut window),
                Wish::Texts(texts) => only.push(texts),
            }
        }
        let batch_rows = state.config().batch_size().min(limit.unwrap_or(usize::MAX).max(1));
        let asked = Asked { source: self.source.clone(), columns, window, only, batch_rows };
        let rows = FileRows {
            files: Arc::clone(&self.files),
            asked,
            schema,
            n_threads: state.config().target_partitions(),
            metrics: ExecutionPlanMetricsSet::new(),
        };
        Ok(DataSourceExec::from_data_source(rows))
    }
}

/// What a scan reads; its threads share one reading.
#[derive(Debug)]
struct FileRows {
    files: Arc<Files>,
    asked: Asked,
    schema: SchemaRef,
    n_threads: usize,
    metrics: ExecutionPlanMetricsSet,
}

/// The reading, begun by whichever thread comes first.
type Begun = OnceLock<Arc<Reading>>;

impl FileRows {
    fn begin(&self, context: &TaskContext) -> Arc<Reading> {
        let pool = context.memory_pool();
        let n_bytes_max = match pool.memory_limit() {
            MemoryLimit::Finite(limit) => limit / 8 * limits::IDS_EIGHTHS,
            _ => usize::MAX,
        };
        let known_ids = MemoryConsumer::new("ids of records").register(pool);
        let may_grow = move |n_bytes: usize| {
            known_ids.size().saturating_add(n_bytes) <= n_bytes_max
                && known_ids.try_grow(n_bytes).is_ok()
        };
        Arc::new(self.files.begin(self.asked.clone(), may_grow))
    }

    /// Returns the column that the reader can hand over for an expression, if it can.
    fn column(&self, expression: &Arc<dyn PhysicalExpr>, name: &str) -> Option<AskedColumn> {
        let asked = |column: &Column| self.asked.columns.get(column.index());
        if let Some(column) = expression.downcast_ref::<Column>() {
            return Some(AskedColumn { name: name.to_owned(), ..asked(column)?.clone() });
        }
        let call = expression.downcast_ref::<ScalarFunctionExpr>()?;
        let [json, path] = call.args() else { return None };
        let json = asked(json.downcast_ref::<Column>()?)?;
        let AskedValues::Of(place) = json.values else { return None };
        if self.files.schema(&self.asked.source)?.index_of(RECORD).ok()? != place {
            return None;
        }
        let path = path.downcast_ref::<Literal>()?.value().try_as_str()??;
        let make = functions::finder(call.fun(), path)?.into();
        Some(AskedColumn { name: name.to_owned(), values: AskedValues::Made(make) })
    }

    fn rows_of(&self, reading: Arc<Reading>, partition: usize) -> SendableRecordBatchStream {
        let mut stream =
            RecordBatchReceiverStream::builder(Arc::clone(&self.schema), limits::BATCHES_WAITING);
        let batches = stream.tx();
        let n_rows = MetricBuilder::new(&self.metrics).output_rows(partition);
        let n_passed_over =
            MetricBuilder::new(&self.metrics).counter(figures::ROWS_PASSED_OVER, partition);
        stream.spawn_blocking(move || {
            let is_over = || batches.is_closed();
            let mut emit = |batch: arrow::record_batch::RecordBatch| {
                n_rows.add(batch.num_rows());
                batches.blocking_send(Ok(batch)).is_ok()
            };
            let read = reading.work(&is_over, &mut emit);
            let n_rows_passed_over =
                read.map_err(|error| DataFusionError::External(Box::new(error)))?;
            n_passed_over.add(n_rows_passed_over);
            Ok(())
        });
        stream.build()
    }
}

impl DataSource for FileRows {
    fn open(
        &self,
        partition: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream, DataFusionError> {
        // Without knowing of each other, one thread reads it all.
        if partition == 0 {
            return Ok(self.rows_of(self.begin(&context), partition));
        }
        Ok(Box::pin(EmptyRecordBatchStream::new(Arc::clone(&self.schema))))
    }

    fn open_with_args(
        &self,
        arguments: OpenArgs,
    ) -> Result<SendableRecordBatchStream, DataFusionError> {
        let shared = arguments.sibling_state.as_ref().and_then(|it| it.downcast_ref::<Begun>());
        let reading = match shared {
            Some(shared) => Arc::clone(shared.get_or_init(|| self.begin(&arguments.context))),
            None => return self.open(arguments.partition, arguments.context),
        };
        Ok(self.rows_of(reading, arguments.partition))
    }

    fn create_sibling_state(&self, _: &ConfigOptions) -> Option<Arc<dyn Any + Send + Sync>> {
        Some(Arc::new(Begun::new()))
    }

    fn fmt_as(&self, _: DisplayFormatType, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> =
            self.schema.fields().iter().map(|field| field.name().as_str()).collect();
        write!(formatter, "files of {}, columns=[{}]", self.asked.source, names.join(", "))
    }

    fn output_partitioning(&self) -> Partitioning {
        Partitioning::UnknownPartitioning(self.n_threads)
    }

    fn eq_properties(&self) -> EquivalenceProperties {
        EquivalenceProperties::new(Arc::clone(&self.schema))
    }

    fn partition_statistics(&self, _: Option<usize>) -> Result<Arc<Statistics>, DataFusionError> {
        Ok(Arc::new(Statistics::new_unknown(&self.schema)))
    }

    /// A thread does not know how many rows the others gave: what is above keeps the count.
    fn with_fetch(&self, _: Option<usize>) -> Option<Arc<dyn DataSource>> {
        None
    }

    fn fetch(&self) -> Option<usize> {
        None
    }

    fn metrics(&self) -> ExecutionPlanMetricsSet {
        self.metrics.clone()
    }

    /// Values at a path of the record are found where the record lies: it is not copied for them.
    fn try_swapping_with_projection(
        &self,
        projection: &ProjectionExprs,
    ) -> Result<Option<Arc<dyn DataSource>>, DataFusionError> {
        let columns = projection.iter().map(|it| self.column(&it.expr, &it.alias));
        let Some(columns) = columns.collect::<Option<Vec<_>>>() else { return Ok(None) };
        let fields = projection.iter().map(|it| {
            Ok(it.expr.return_field(&self.schema)?.as_ref().clone().with_name(&it.alias))
        });
        let schema = Schema::new(fields.collect::<Result<Vec<_>, DataFusionError>>()?);
        let rows = Self {
            files: Arc::clone(&self.files),
            asked: Asked { columns, ..self.asked.clone() },
            schema: Arc::new(schema),
            n_threads: self.n_threads,
            metrics: ExecutionPlanMetricsSet::new(),
        };
        Ok(Some(Arc::new(rows)))
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion, DataFusionError>,
    ) -> Result<TreeNodeRecursion, DataFusionError> {
        Ok(TreeNodeRecursion::Continue)
    }
}
