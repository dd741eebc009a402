//! A table whose rows are read from logs as they lie, while they are asked for.
//!
//! Threads of their own read objects and hand over batches of the columns that the query needs; a
//! query that is slower than they are makes them wait, and one that is dropped makes them stop.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, OnceLock};

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DataFusionError, ScalarValue, Statistics};
use datafusion::config::ConfigOptions;
use datafusion::datasource::TableType;
use datafusion::datasource::source::{DataSource, DataSourceExec, OpenArgs};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryLimit};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, Operator, TableProviderFilterPushDown};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::metrics::{ExecutionPlanMetricsSet, MetricBuilder};
use datafusion::physical_plan::projection::ProjectionExprs;
use datafusion::physical_plan::stream::RecordBatchReceiverStream;
use datafusion::physical_plan::{
    DisplayFormatType, EmptyRecordBatchStream, ExecutionPlan, Partitioning,
};
use haechi_model::{Timestamp, Window};
use haechi_sources::{Asked, Files, Reading};

use crate::limits;
use crate::table::TIME;

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
        let support = |filter: &&Expr| match bound(filter) {
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
        let mut window = Window::default();
        for side in filters.iter().filter_map(bound) {
            side.narrow(&mut window);
        }
        let batch_rows = state.config().batch_size().min(limit.unwrap_or(usize::MAX).max(1));
        let asked = Asked { source: self.source.clone(), columns, window, batch_rows };
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

/// One side of a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    From(Timestamp),
    Until(Timestamp),
}

impl Side {
    fn narrow(self, window: &mut Window) {
        match self {
            Self::From(from) => window.from = Some(window.from.map_or(from, |it| it.max(from))),
            Self::Until(until) => {
                window.until = Some(window.until.map_or(until, |it| it.min(until)));
            }
        }
    }
}

/// Reads a filter that says when records happened, and nothing else.
fn bound(filter: &Expr) -> Option<Side> {
    let Expr::BinaryExpr(comparison) = filter else { return None };
    let Expr::Column(column) = comparison.left.as_ref() else { return None };
    let Expr::Literal(ScalarValue::TimestampMicrosecond(Some(moment), _), _) =
        comparison.right.as_ref()
    else {
        return None;
    };
    if column.name != TIME {
        return None;
    }
    match comparison.op {
        Operator::GtEq => Some(Side::From(Timestamp(*moment))),
        Operator::Gt => Some(Side::From(Timestamp(moment.checked_add(1)?))),
        Operator::Lt => Some(Side::Until(Timestamp(*moment))),
        Operator::LtEq => Some(Side::Until(Timestamp(moment.checked_add(1)?))),
        _ => None,
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

    fn rows_of(&self, reading: Arc<Reading>, partition: usize) -> SendableRecordBatchStream {
        let mut stream =
            RecordBatchReceiverStream::builder(Arc::clone(&self.schema), limits::BATCHES_WAITING);
        let batches = stream.tx();
        let n_rows = MetricBuilder::new(&self.metrics).output_rows(partition);
        stream.spawn_blocking(move || {
            let is_over = || batches.is_closed();
            let mut emit = |batch: arrow::record_batch::RecordBatch| {
                n_rows.add(batch.num_rows());
                batches.blocking_send(Ok(batch)).is_ok()
            };
            let read = reading.work(&is_over, &mut emit);
            read.map_err(|error| DataFusionError::External(Box::new(error)))
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

    fn try_swapping_with_projection(
        &self,
        _: &ProjectionExprs,
    ) -> Result<Option<Arc<dyn DataSource>>, DataFusionError> {
        Ok(None)
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion, DataFusionError>,
    ) -> Result<TreeNodeRecursion, DataFusionError> {
        Ok(TreeNodeRecursion::Continue)
    }
}
