//! Queries that can be told to make do with what they have read so far.
//!
//! Whoever presses Ctrl-C in the middle of a long query wants to see what it found. The sources of
//! rows end, and what stands above them (sums, orders, joins) finishes with the rows that came.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{DataFusionError, internal_err};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};
use futures::StreamExt;

use crate::sparse::without_waste;

/// Says to the queries of an engine that they shall end with what they have.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Ends every query; those that begin later have no rows.
    pub fn now(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Tells whether queries were ended.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Puts an operator that ends when it is told to above every source of rows.
#[derive(Debug)]
pub(crate) struct StoppingSources(pub(crate) Stop);

impl PhysicalOptimizerRule for StoppingSources {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        let stopping = plan.transform_up(|operator| {
            if !operator.children().is_empty() {
                return Ok(Transformed::no(operator));
            }
            Ok(Transformed::yes(Arc::new(Stopping { input: operator, stop: self.0.clone() })))
        })?;
        Ok(stopping.data)
    }

    fn name(&self) -> &'static str {
        "stopping_sources"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// Gives the rows of its source until it is told to stop, and lets go of what they do not need.
#[derive(Debug)]
struct Stopping {
    input: Arc<dyn ExecutionPlan>,
    stop: Stop,
}

impl DisplayAs for Stopping {
    fn fmt_as(&self, _: DisplayFormatType, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Stopping")
    }
}

impl ExecutionPlan for Stopping {
    fn name(&self) -> &'static str {
        "Stopping"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.input.properties()
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
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
            return internal_err!("a source of rows has one input");
        };
        Ok(Arc::new(Self { input, stop: self.stop.clone() }))
    }

    fn execute(
        &self,
        partition: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream, DataFusionError> {
        let rows = self.input.execute(partition, context)?;
        let (schema, stop) = (rows.schema(), self.stop.clone());
        let rows = rows.take_while(move |_| std::future::ready(!stop.is_set()));
        let rows = rows.map(|batch| batch.map(without_waste));
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema, rows)))
    }
}
