//! Which files a query cannot do without.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{AsArray, BooleanArray};
use arrow::datatypes::{Fields, Schema};
use arrow::record_batch::RecordBatch;
use datafusion::catalog::Session;
use datafusion::common::pruning::PrunableStatistics;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{DFSchema, DataFusionError, ScalarValue, internal_datafusion_err};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::utils::conjunction;
use datafusion::physical_expr::PhysicalExprRef;
use datafusion::physical_optimizer::pruning::PruningPredicateBuilder;

/// Tells whether the values in a file's path alone decide the filter for all of its rows.
pub(super) fn decides(in_path: &Fields, filter: &Expr) -> bool {
    let names_only_path_columns = filter
        .column_refs()
        .iter()
        .all(|column| in_path.iter().any(|field| *field.name() == column.name));
    names_only_path_columns && !filter.column_refs().is_empty() && stands_alone(filter)
}

/// Returns the files that may hold rows which pass the filters.
///
/// Filters that the path decides are decided here, exactly; of the others only those files are
/// left out that certainly hold nothing.
pub(super) fn surviving(
    state: &dyn Session,
    layout: &TableSchema,
    files: &[PartitionedFile],
    filters: &[Expr],
) -> Result<Vec<PartitionedFile>, DataFusionError> {
    let in_path = layout.table_partition_cols();
    let (deciding, others): (Vec<Expr>, Vec<Expr>) =
        filters.iter().cloned().partition(|filter| decides(in_path, filter));
    let mut files = files.to_vec();
    if let Some(filter) = conjunction(deciding) {
        let schema = Schema::new(in_path.clone());
        let filter = physical(state, &filter, &schema)?;
        let passing = by_path(&filter, schema, &files)?;
        files = kept(files, passing.iter().map(|passes| passes == Some(true)));
    }
    if let Some(filter) = conjunction(others.into_iter().filter(stands_alone)) {
        let passing = by_bounds(state, layout, &filter, &files);
        files = kept(files, passing.into_iter());
    }
    Ok(files)
}

/// Tells whether the filter can be computed from a row and nothing else, with one result.
fn stands_alone(filter: &Expr) -> bool {
    let mut alone = !filter.is_volatile();
    let walked = filter.apply(|part| {
        let leans_on_more = matches!(
            part,
            Expr::ScalarSubquery(_)
                | Expr::InSubquery(_)
                | Expr::Exists(_)
                | Expr::SetComparison(_)
                | Expr::OuterReferenceColumn(..)
                | Expr::Placeholder(_)
                | Expr::ScalarVariable(..)
        );
        alone &= !leans_on_more;
        Ok(TreeNodeRecursion::Continue)
    });
    alone && walked.is_ok()
}

/// Computes the filter over one row a file: the values in its path.
fn by_path(
    filter: &PhysicalExprRef,
    schema: Schema,
    files: &[PartitionedFile],
) -> Result<BooleanArray, DataFusionError> {
    if files.is_empty() {
        return Ok(BooleanArray::from(Vec::<bool>::new()));
    }
    let columns = (0..schema.fields().len())
        .map(|column| {
            let values = files.iter().filter_map(|file| file.partition_values.get(column).cloned());
            ScalarValue::iter_to_array(values)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let rows = RecordBatch::try_new(Arc::new(schema), columns)?;
    let passing = filter.evaluate(&rows)?.into_array(files.len())?;
    let passing = passing.as_boolean_opt();
    passing.cloned().ok_or_else(|| internal_datafusion_err!("a filter gave no truth value"))
}

/// Compares the filter with the files' bounds; what cannot be compared passes.
fn by_bounds(
    state: &dyn Session,
    layout: &TableSchema,
    filter: &Expr,
    files: &[PartitionedFile],
) -> Vec<bool> {
    let schema = layout.table_schema();
    let everything = || vec![true; files.len()];
    let Ok(filter) = physical(state, filter, schema) else { return everything() };
    let builder = PruningPredicateBuilder::new().with_file_schema(Arc::clone(schema));
    let Ok(predicate) = builder.try_build(filter) else {
        return everything();
    };
    let statistics = files.iter().filter_map(|file| file.statistics.clone()).collect::<Vec<_>>();
    if statistics.len() != files.len() {
        return everything();
    }
    let bounds = PrunableStatistics::new(statistics, Arc::clone(schema));
    predicate.prune(&bounds).unwrap_or_else(|_| everything())
}

fn physical(
    state: &dyn Session,
    filter: &Expr,
    schema: &Schema,
) -> Result<PhysicalExprRef, DataFusionError> {
    let schema = DFSchema::from_unqualified_fields(schema.fields().clone(), HashMap::new())?;
    state.create_physical_expr(filter.clone(), &schema)
}

fn kept(files: Vec<PartitionedFile>, passing: impl Iterator<Item = bool>) -> Vec<PartitionedFile> {
    files.into_iter().zip(passing).filter(|(_, passes)| *passes).map(|(file, _)| file).collect()
}
