//! How much a query read, counted by its operators while it ran.

use std::sync::Arc;

use datafusion::datasource::physical_plan::{FileGroup, FileScanConfig};
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::metrics::MetricsSet;

/// The metric of rows that a table looked at and did not hand over, as readers of Parquet call it.
pub(crate) const ROWS_PASSED_OVER: &str = "pushdown_rows_pruned";

/// What a running query has read so far.
#[derive(Debug, Clone)]
pub struct Figures {
    plan: Arc<dyn ExecutionPlan>,
}

/// What a query has read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Read {
    /// Rows that were looked at.
    pub rows_scanned: usize,
    /// Rows that passed the filters right above the tables. A query that keeps the first rows of
    /// an order stops looking for more, so that there may be more than these.
    pub rows_matched: usize,
    /// Bytes that were read, compressed as they are stored.
    pub bytes_scanned: usize,
}

impl Figures {
    pub(crate) fn of(plan: &Arc<dyn ExecutionPlan>) -> Self {
        Self { plan: Arc::clone(plan) }
    }

    /// Returns what has been read.
    #[must_use]
    pub fn read(&self) -> Read {
        let mut read = Read::default();
        gather(&self.plan, None, &mut read);
        read
    }
}

/// Returns how many bytes the query would read at most: the size of every file that is left when
/// all is used that is known without opening one. Columns that are not needed are in it.
pub(crate) fn bytes_at_most(operator: &Arc<dyn ExecutionPlan>) -> u64 {
    let below = operator.children().into_iter().map(bytes_at_most).fold(0, u64::saturating_add);
    let Some(scan) = operator.downcast_ref::<DataSourceExec>() else { return below };
    let source: &dyn std::any::Any = scan.data_source().as_ref();
    if let Some(files) = source.downcast_ref::<FileScanConfig>() {
        let files = files.file_groups.iter().flat_map(FileGroup::files);
        return files.map(|file| file.object_meta.size).fold(below, u64::saturating_add);
    }
    let in_memory = scan.data_source().partition_statistics(None).ok();
    let bytes = in_memory.and_then(|known| known.total_byte_size.get_value().copied());
    below.saturating_add(bytes.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(0))
}

/// Adds what is read below an operator; `passed` is what the filters above it let through.
fn gather(operator: &Arc<dyn ExecutionPlan>, passed: Option<usize>, read: &mut Read) {
    let metrics = operator.metrics();
    let rows = metrics.as_ref().and_then(MetricsSet::output_rows);
    if operator.is::<DataSourceExec>() {
        let rows = rows.unwrap_or(0);
        let sum = |name| {
            let sum = metrics.as_ref().and_then(|metrics| metrics.sum_by_name(name));
            sum.map_or(0, |value| value.as_usize())
        };
        read.rows_scanned += rows + sum(ROWS_PASSED_OVER);
        read.rows_matched += passed.unwrap_or(rows);
        read.bytes_scanned += sum("bytes_scanned");
        return;
    }
    let children = operator.children();
    let passed = match (children.as_slice(), passed) {
        ([_], Some(passed)) if keeps_rows(operator) => Some(passed),
        ([_], _) if operator.is::<FilterExec>() => rows,
        _ => None,
    };
    for child in children {
        gather(child, passed, read);
    }
}

/// Tells whether every row that comes goes on, so that a filter above is about the same rows.
fn keeps_rows(operator: &Arc<dyn ExecutionPlan>) -> bool {
    [
        "ProjectionExec",
        "CoalesceBatchesExec",
        "RepartitionExec",
        "CooperativeExec",
        "FilterExec",
        "Stopping",
    ]
    .contains(&operator.name())
}
