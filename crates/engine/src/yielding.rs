//! Joins that let go of their thread now and then, so that a query can be cancelled.
//!
//! A task of the runtime stops only where it waits. A scan waits for its file, but a join of a few
//! rows with themselves makes millions out of what it holds, and would keep its thread for hours
//! after everybody stopped listening. DataFusion makes sources yield; this makes joins.

use std::sync::Arc;

use datafusion::common::DataFusionError;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::coop::CooperativeExec;

/// Puts an operator that yields above every operator that has several inputs.
#[derive(Debug)]
pub(crate) struct YieldingJoins;

impl PhysicalOptimizerRule for YieldingJoins {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        let yielding = plan.transform_up(|operator| {
            if operator.children().len() < 2 {
                return Ok(Transformed::no(operator));
            }
            Ok(Transformed::yes(Arc::new(CooperativeExec::new(operator))))
        })?;
        Ok(yielding.data)
    }

    fn name(&self) -> &'static str {
        "yielding_joins"
    }

    fn schema_check(&self) -> bool {
        true
    }
}
