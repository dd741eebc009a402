//! Rows that are in the order of time already, and within a moment in none.
//!
//! A moment is put in order when it has ended: a few rows at a time, however many there are.

use std::cmp::Ordering;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{AsArray, RecordBatch, make_comparator};
use arrow::compute::concat_batches;
use arrow::datatypes::{SchemaRef, TimestampMicrosecondType};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DataFusionError, internal_datafusion_err, internal_err};
use datafusion::execution::memory_pool::UnboundedMemoryPool;
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{LexOrdering, PhysicalExpr};
use datafusion::physical_plan::execution_plan::EmissionType;
use datafusion::physical_plan::sorts::sort::{SortExec, sort_batch};
use datafusion::physical_plan::stream::{RecordBatchReceiverStream, RecordBatchStreamAdapter};
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, EmptyRecordBatchStream, ExecutionPlan, ExecutionPlanProperties,
    Partitioning, PlanProperties,
};
use futures::stream::{self, Fuse};
use futures::{StreamExt, TryStreamExt};

use crate::limits::{BATCHES_WAITING, MOMENT_BYTES_MAX};
use crate::sparse::without_waste;

/// Puts the rows of each moment in order; those of its input are in the order of time.
#[derive(Debug)]
pub(crate) struct Moments {
    /// The time, and what comes after it.
    order: LexOrdering,
    input: Arc<dyn ExecutionPlan>,
    properties: Arc<PlanProperties>,
}

impl Moments {
    /// Takes rows of one partition.
    pub(crate) fn new(
        order: LexOrdering,
        input: Arc<dyn ExecutionPlan>,
    ) -> Result<Self, DataFusionError> {
        let mut equivalences = input.equivalence_properties().clone();
        equivalences.reorder(order.clone())?;
        let properties = Arc::new(PlanProperties::new(
            equivalences,
            Partitioning::UnknownPartitioning(1),
            EmissionType::Incremental,
            input.boundedness(),
        ));
        Ok(Self { order, input, properties })
    }
}

impl DisplayAs for Moments {
    fn fmt_as(&self, _: DisplayFormatType, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Moments: {}", self.order)
    }
}

impl ExecutionPlan for Moments {
    fn name(&self) -> &'static str {
        "Moments"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion, DataFusionError>,
    ) -> Result<TreeNodeRecursion, DataFusionError> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(
        self: Arc<Self>,
        mut children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        let (Some(input), true) = (children.pop(), children.is_empty()) else {
            return internal_err!("moments have one input");
        };
        Ok(Arc::new(Self::new(self.order.clone(), input)?))
    }

    fn execute(
        &self,
        _: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream, DataFusionError> {
        let schema = self.schema();
        // Files are read in a task of their own, while the rows before them are looked at.
        let mut reading = RecordBatchReceiverStream::builder(Arc::clone(&schema), BATCHES_WAITING);
        let (read, mut input) = (reading.tx(), self.input.execute(0, unlimited(&context))?);
        reading.spawn(async move {
            while let Some(batch) = input.next().await {
                if read.send(batch).await.is_err() {
                    break;
                }
            }
            Ok(())
        });
        let rows = Rows {
            input: reading.build().fuse(),
            order: self.order.clone(),
            held: Vec::new(),
            moment: None,
            ahead: None,
        };
        let state = (State::Between(rows), context);
        let ordered = stream::try_unfold(state, |(state, context)| async move {
            let next = state.next(&context).await?;
            Ok::<_, DataFusionError>(next.map(|(batch, state)| (batch, (state, context))))
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema, ordered)))
    }
}

/// Returns the context for merging files. It holds a few batches of each, whose number is bounded
/// already; were they counted, a sort that fills the memory would make the merge fail.
fn unlimited(context: &TaskContext) -> Arc<TaskContext> {
    let memory_pool = Arc::new(UnboundedMemoryPool::default());
    let runtime = RuntimeEnv { memory_pool, ..context.runtime_env().as_ref().clone() };
    Arc::new(TaskContext::new(
        context.task_id(),
        context.session_id(),
        context.session_config().clone(),
        context.scalar_functions().clone(),
        context.higher_order_functions().clone(),
        context.aggregate_functions().clone(),
        context.window_functions().clone(),
        Arc::new(runtime),
    ))
}

/// What is done with the rows that come next.
enum State {
    /// They are looked at.
    Between(Rows),
    /// They are of one moment that has too many: it goes through a sort that may use the disk.
    Within(SendableRecordBatchStream, Back),
    Ended,
}

/// Where a large moment leaves what comes after it.
type Back = Arc<Mutex<Option<Rows>>>;

impl State {
    /// Returns the next rows in order, and what comes then.
    async fn next(
        mut self,
        context: &Arc<TaskContext>,
    ) -> Result<Option<(RecordBatch, Self)>, DataFusionError> {
        loop {
            self = match self {
                Self::Ended => return Ok(None),
                Self::Within(mut sorted, back) => match sorted.try_next().await? {
                    Some(batch) => return Ok(Some((batch, Self::Within(sorted, back)))),
                    None => Self::Between(taken(&back)?),
                },
                Self::Between(mut rows) => {
                    if let Some(batch) = rows.next().await? {
                        return Ok(Some((batch, Self::Between(rows))));
                    }
                    if rows.held.is_empty() { Self::Ended } else { rows.large_moment(context)? }
                }
            }
        }
    }
}

fn taken(back: &Back) -> Result<Rows, DataFusionError> {
    let rows = back.lock().unwrap_or_else(PoisonError::into_inner).take();
    rows.ok_or_else(|| internal_datafusion_err!("a moment was sorted before it was read"))
}

/// Rows in the order of time.
struct Rows {
    input: Fuse<SendableRecordBatchStream>,
    order: LexOrdering,
    /// Rows of one moment: more of them may come.
    held: Vec<RecordBatch>,
    moment: Option<i64>,
    /// Rows that were read and not looked at.
    ahead: Option<RecordBatch>,
}

impl Rows {
    /// Returns the next rows, in order; nothing at the end, when nothing is held, and when what is
    /// held is too much.
    async fn next(&mut self) -> Result<Option<RecordBatch>, DataFusionError> {
        while bytes(&self.held) <= MOMENT_BYTES_MAX {
            let Some(batch) = self.read().await? else {
                let held = std::mem::take(&mut self.held);
                return self.in_order(&held);
            };
            let times = self.times(&batch)?;
            let Some(&last) = times.last() else { continue };
            let cut = times.partition_point(|time| *time < last);
            let ended = match cut {
                0 if self.held.is_empty() || self.moment == last => None,
                0 => Some(std::mem::take(&mut self.held)),
                _ => {
                    self.held.push(batch.slice(0, cut));
                    Some(std::mem::take(&mut self.held))
                }
            };
            self.held.push(without_waste(batch.slice(cut, batch.num_rows() - cut)));
            self.moment = last;
            if let Some(ended) = ended {
                return self.in_order(&ended);
            }
        }
        Ok(None)
    }

    /// Returns more rows of the moment that is held, in no order.
    async fn of_moment(&mut self) -> Result<Option<RecordBatch>, DataFusionError> {
        if let Some(batch) = self.held.pop() {
            return Ok(Some(batch));
        }
        let Some(batch) = self.read().await? else { return Ok(None) };
        let cut = self.times(&batch)?.partition_point(|time| *time <= self.moment);
        if cut < batch.num_rows() {
            self.ahead = Some(batch.slice(cut, batch.num_rows() - cut));
        }
        Ok(Some(batch.slice(0, cut)).filter(|_| 0 < cut))
    }

    /// Returns rows that nobody has looked at, one at least.
    async fn read(&mut self) -> Result<Option<RecordBatch>, DataFusionError> {
        let mut batch = self.ahead.take();
        while batch.as_ref().is_none_or(|batch| batch.num_rows() == 0) {
            batch = self.input.try_next().await?;
            if batch.is_none() {
                break;
            }
        }
        Ok(batch)
    }

    fn times(&self, batch: &RecordBatch) -> Result<Vec<Option<i64>>, DataFusionError> {
        let times = self.order.first().evaluate_to_sort_column(batch)?.values;
        let times = times.as_primitive_opt::<TimestampMicrosecondType>();
        let times = times.ok_or_else(|| internal_datafusion_err!("a time is a time"))?;
        Ok(times.iter().collect())
    }

    /// Returns rows as one batch, in order.
    fn in_order(&self, batches: &[RecordBatch]) -> Result<Option<RecordBatch>, DataFusionError> {
        let Some(first) = batches.first() else { return Ok(None) };
        let all = match batches {
            [_] => first.clone(),
            _ => concat_batches(&first.schema(), batches)?,
        };
        if self.is_ordered(&all)? {
            return Ok(Some(all));
        }
        sort_batch(&all, &self.order, None).map(Some)
    }

    fn is_ordered(&self, batch: &RecordBatch) -> Result<bool, DataFusionError> {
        let mut comparators = Vec::new();
        for key in &self.order {
            let column = key.evaluate_to_sort_column(batch)?;
            let options = column.options.unwrap_or_default();
            comparators.push(make_comparator(&column.values, &column.values, options)?);
        }
        let compare = |row: usize| {
            let unequal = comparators.iter().map(|it| it(row - 1, row)).find(|it| it.is_ne());
            unequal != Some(Ordering::Greater)
        };
        Ok((1..batch.num_rows()).all(compare))
    }

    /// Puts the moment that is held in order with the disk's help.
    fn large_moment(self, context: &Arc<TaskContext>) -> Result<State, DataFusionError> {
        let (schema, order) = (self.input.get_ref().schema(), self.order.clone());
        let back = Back::default();
        let leave = Arc::clone(&back);
        let rows = stream::try_unfold(self, move |mut rows| {
            let leave = Arc::clone(&leave);
            async move {
                let Some(batch) = rows.of_moment().await? else {
                    *leave.lock().unwrap_or_else(PoisonError::into_inner) = Some(rows);
                    return Ok::<_, DataFusionError>(None);
                };
                Ok(Some((batch, rows)))
            }
        });
        let rows = Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&schema), rows));
        let once = Once { schema: Arc::clone(&schema), rows: Mutex::new(Some(rows)) };
        let input =
            StreamingTableExec::try_new(schema, vec![Arc::new(once)], None, [], false, None)?;
        let sorted = SortExec::new(order, Arc::new(input)).execute(0, Arc::clone(context))?;
        Ok(State::Within(sorted, back))
    }
}

fn bytes(batches: &[RecordBatch]) -> usize {
    batches.iter().map(RecordBatch::get_array_memory_size).sum()
}

/// Rows that can be read once.
struct Once {
    schema: SchemaRef,
    rows: Mutex<Option<SendableRecordBatchStream>>,
}

impl fmt::Debug for Once {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Once")
    }
}

impl PartitionStream for Once {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner).take();
        rows.unwrap_or_else(|| Box::pin(EmptyRecordBatchStream::new(Arc::clone(&self.schema))))
    }
}
