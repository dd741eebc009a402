//! Rows are asked for an entity in the columns that name it, and no list is made for each row.

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DataFusionError, ScalarValue};
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::{Expr, LogicalPlan, lit, when};
use datafusion::optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule};

use super::function::{Part, Rebuilt};

/// Replaces `array_has(entities, 'ip:192.0.2.1')` where the entities would be rebuilt.
#[derive(Debug)]
pub(crate) struct AskedInColumns;

impl OptimizerRule for AskedInColumns {
    fn name(&self) -> &'static str {
        "asked_in_columns"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::BottomUp)
    }

    fn rewrite(
        &self,
        plan: LogicalPlan,
        _: &dyn OptimizerConfig,
    ) -> Result<Transformed<LogicalPlan>, DataFusionError> {
        plan.map_expressions(|expression| {
            expression.transform_up(|part| match in_columns(&part)? {
                Some(asked) => Ok(Transformed::yes(asked)),
                None => Ok(Transformed::no(part)),
            })
        })
    }
}

/// Returns what is asked of the columns instead of the list, if that is what is asked.
fn in_columns(part: &Expr) -> Result<Option<Expr>, DataFusionError> {
    let Expr::ScalarFunction(ScalarFunction { func, args }) = part else { return Ok(None) };
    let [Expr::ScalarFunction(list), name @ Expr::Literal(entity, _)] = args.as_slice() else {
        return Ok(None);
    };
    let inner: &dyn std::any::Any = list.func.inner().as_ref();
    let rebuilt = inner.downcast_ref::<Rebuilt>().filter(|it| it.part == Part::Entities);
    let (Some(rebuilt), [own, layout, columns @ ..]) = (rebuilt, list.args.as_slice()) else {
        return Ok(None);
    };
    let Some(Some(entity)) = entity.try_as_str().filter(|_| func.name() == "array_has") else {
        return Ok(None);
    };
    let mut is_named = lit(false);
    for ((_, kind), column) in rebuilt.names.iter().zip(columns) {
        let Some(kind) = kind else { continue };
        if let Some(value) = entity.strip_prefix(kind.prefix()).filter(|it| kind.accepts(it)) {
            // Texts of tables are views. A column without a value answers no, as a list without the
            // entity does.
            let value = lit(ScalarValue::Utf8View(Some(value.to_owned())));
            let is_same = column.clone().is_not_null().and(column.clone().eq(value));
            is_named = is_named.or(is_same);
        }
    }
    let kept = ScalarFunction::new_udf(func.clone(), vec![own.clone(), name.clone()]);
    let unknown = lit(ScalarValue::Boolean(None));
    let asked = when(own.clone().is_not_null(), Expr::ScalarFunction(kept))
        .when(layout.clone().is_not_null(), is_named)
        .otherwise(unknown)?;
    Ok(Some(asked))
}
