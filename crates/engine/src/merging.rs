//! Rows in the order of time without a sort, from files that hold them in that order.
//!
//! A sort of all rows holds them, or goes to disk for them. Files whose times do not overlap are
//! read one after the other instead, and the few that do overlap beside each other.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::compute::SortOptions;
use arrow::datatypes::Schema;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{DataFusionError, ScalarValue};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfig, FileScanConfigBuilder};
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_expr::expressions::{BinaryExpr, Column};
use datafusion::physical_expr::{LexOrdering, PhysicalExpr, PhysicalSortExpr};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;
use datafusion::physical_plan::{
    ChildrenPropertiesMode, ExecutionPlan, ExecutionPlanProperties, Partitioning,
    ReplaceChildrenOptions,
};

use crate::limits::{MERGED_FILES_MAX, MERGED_GROUP_ROWS, MERGED_SHARE};
use crate::moments::Moments;
use crate::provider::in_file_order;
use crate::session::Options;
use crate::table::{TIME, Table, TableFile};

/// The order that files hold their rows in: by time, those without one first.
const OLDEST_FIRST: SortOptions = SortOptions { descending: false, nulls_first: true };

/// Reads rows in the order of time where a sort by time would put them into it.
#[derive(Debug)]
pub(crate) struct MergedByTime {
    /// What the files that are read beside each other may take, in bytes.
    memory_bytes: usize,
    /// How many files are read at the same time anyway.
    threads: usize,
}

impl PhysicalOptimizerRule for MergedByTime {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        let merged = plan.transform_down(|operator| {
            let sort = operator.downcast_ref::<SortExec>();
            Ok(match sort.map(|sort| self.merged(sort)).transpose()?.flatten() {
                Some(merged) => Transformed::yes(merged),
                None => Transformed::no(operator),
            })
        })?;
        Ok(merged.data)
    }

    fn name(&self) -> &'static str {
        "merged_by_time"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

impl MergedByTime {
    pub(crate) fn of(options: &Options) -> Self {
        Self { memory_bytes: options.memory_bytes, threads: options.threads }
    }

    /// Tells whether all rows of a table can be merged.
    pub(crate) fn can_merge(&self, table: &Table) -> bool {
        let span = |file: &TableFile| Span {
            times: file.time.map(|(first, last)| (first.0, last.0)),
            bytes: bytes_at_once(file.size, file.rows),
        };
        let spans = table.files.iter().map(span).collect();
        table.is_in_time_order && self.groups(spans).is_some()
    }

    /// Returns the groups in which files are read, if so many can be read beside each other.
    fn groups(&self, spans: Vec<Span>) -> Option<Vec<Group>> {
        let groups = one_after_the_other(spans, MERGED_FILES_MAX.max(self.threads))?;
        let bytes: usize = groups.iter().map(|group| group.bytes).sum();
        let has_room = groups.len() <= self.threads || bytes <= self.memory_bytes / MERGED_SHARE;
        Some(groups).filter(|_| has_room)
    }

    /// Returns what gives the rows of a sort in its order without holding them.
    fn merged(&self, sort: &SortExec) -> Result<Option<Arc<dyn ExecutionPlan>>, DataFusionError> {
        let first = sort.expr().first();
        let Some(time) = first.expr.downcast_ref::<Column>() else { return Ok(None) };
        if sort.fetch().is_some() || first.options != OLDEST_FIRST {
            return Ok(None);
        }
        let Some(rows) = self.in_order(sort.input(), time.index())? else { return Ok(None) };
        let rows = if rows.output_partitioning().partition_count() == 1 {
            rows
        } else {
            let by_time = LexOrdering::from([first.clone()]);
            Arc::new(SortPreservingMergeExec::new(by_time, rows))
        };
        Ok(Some(Arc::new(Moments::new(sort.expr().clone(), rows)?)))
    }

    /// Returns the operator with each of its partitions in the order of a column, if that column is
    /// the time of files that hold their rows in that order.
    fn in_order(
        &self,
        operator: &Arc<dyn ExecutionPlan>,
        time: usize,
    ) -> Result<Option<Arc<dyn ExecutionPlan>>, DataFusionError> {
        if let Some(scan) = operator.downcast_ref::<DataSourceExec>() {
            let files = scan.data_source().downcast_ref::<FileScanConfig>();
            return Ok(files.and_then(|files| self.files_in_order(files, time)));
        }
        let [input] = operator.children()[..] else { return Ok(None) };
        let time = if let Some(projection) = operator.downcast_ref::<ProjectionExec>() {
            projection.expr().get(time).and_then(|it| place(&it.expr))
        } else if let Some(filter) = operator.downcast_ref::<FilterExec>() {
            match filter.projection() {
                Some(columns) => columns.get(time).copied(),
                None => Some(time),
            }
        } else if operator.downcast_ref::<CooperativeExec>().is_some() {
            Some(time)
        } else if let Some(dealt) = operator.downcast_ref::<RepartitionExec>() {
            // It deals rows out to more threads, and the merge needs no more of them.
            let is_whole = matches!(dealt.partitioning(), Partitioning::RoundRobinBatch(_));
            return if is_whole { self.in_order(input, time) } else { Ok(None) };
        } else {
            None
        };
        let Some(time) = time else { return Ok(None) };
        let Some(input) = self.in_order(input, time)? else { return Ok(None) };
        let options = ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute);
        Ok(Some(Arc::clone(operator).replace_children(vec![input], options)?))
    }

    /// Returns the scan with its files in the order of time, in as few rows of files as there are
    /// files that overlap; nothing if those are too many to be read beside each other.
    fn files_in_order(
        &self,
        files: &FileScanConfig,
        time: usize,
    ) -> Option<Arc<dyn ExecutionPlan>> {
        let source = files.file_source();
        let place = match source.projection() {
            Some(columns) => place(&columns.as_ref().get(time)?.expr)?,
            None => time,
        };
        let column = source.table_schema().table_schema().fields().get(place)?;
        if column.name() != TIME || files.limit.is_some() {
            return None;
        }
        let mut names = BTreeSet::new();
        let mut all = Vec::new();
        for file in files.file_groups.iter().flat_map(FileGroup::iter) {
            file.ordering.as_ref()?;
            // A large file stands there several times, a range of it each time.
            if names.insert(file.object_meta.location.clone()) {
                all.push(PartitionedFile { range: None, ..file.clone() });
            }
        }
        let groups = self.groups(all.iter().map(|file| span(file, place)).collect())?;
        // Rows of all kinds stand beside each other in time: where the time is not bounded, what
        // else is asked for is in every part of a file, and looking for it there costs the more.
        let prunes = source.filter().is_some_and(|filter| bounds_time(&filter));
        if !prunes {
            for file in &mut all {
                file.statistics = None;
            }
        }
        let group = |group: Group| {
            FileGroup::new(group.files.into_iter().filter_map(|it| all.get(it).cloned()).collect())
        };
        let files = FileScanConfigBuilder::from(files.clone())
            .with_source(in_file_order(source.downcast_ref()?, prunes)?)
            .with_file_groups(groups.into_iter().map(group).collect())
            .with_preserve_order(true)
            .build();
        Some(DataSourceExec::from_data_source(files))
    }
}

/// Returns the order that the rows of a file stand in, for files of a table in the order of time.
pub(crate) fn order_of_time(schema: &Schema) -> Option<LexOrdering> {
    let column = Arc::new(Column::new_with_schema(TIME, schema).ok()?);
    Some(LexOrdering::from([PhysicalSortExpr::new(column, OLDEST_FIRST)]))
}

/// Tells whether a filter compares the time with something.
fn bounds_time(filter: &Arc<dyn PhysicalExpr>) -> bool {
    let mut bounds = false;
    let walked = filter.apply(|part| {
        let compared = part.downcast_ref::<BinaryExpr>().map(|it| [it.left(), it.right()]);
        bounds |= compared
            .into_iter()
            .flatten()
            .any(|side| side.downcast_ref::<Column>().is_some_and(|column| column.name() == TIME));
        Ok(TreeNodeRecursion::Continue)
    });
    bounds || walked.is_err()
}

/// Returns where the column stands that an expression is.
fn place(expression: &Arc<dyn PhysicalExpr>) -> Option<usize> {
    Some(expression.downcast_ref::<Column>()?.index())
}

/// What of a file decides where it is read.
struct Span {
    /// The bounds of its times; nothing where they are not known or rows have none.
    times: Option<(i64, i64)>,
    /// About how many stored bytes are in memory while it is read.
    bytes: usize,
}

/// Files that follow each other in time.
struct Group {
    /// Their numbers.
    files: Vec<usize>,
    /// The last time among them; nothing may follow a file whose times are not known.
    last: Option<i64>,
    /// What the largest of them takes while it is read.
    bytes: usize,
}

/// Deals files out to groups in which each begins when the one before it has ended; nothing when
/// that would be more groups than the most.
fn one_after_the_other(spans: Vec<Span>, n_groups_max: usize) -> Option<Vec<Group>> {
    let mut spans: Vec<(usize, Span)> = spans.into_iter().enumerate().collect();
    spans.sort_by_key(|(_, span)| span.times);
    let mut groups: Vec<Group> = Vec::new();
    for (index, Span { times, bytes }) in spans {
        let last = times.map(|(_, last)| last);
        let is_full = groups.len() == n_groups_max;
        let is_over = |group: &&mut Group| {
            group.last.zip(times).is_some_and(|(last, (first, _))| last <= first)
        };
        // The one that ended last leaves the others to files that begin earlier.
        match groups.iter_mut().filter(is_over).max_by_key(|group| group.last) {
            Some(group) => {
                group.files.push(index);
                group.last = last;
                group.bytes = group.bytes.max(bytes);
            }
            None if is_full => return None,
            None => groups.push(Group { files: vec![index], last, bytes }),
        }
    }
    Some(groups)
}

fn span(file: &PartitionedFile, time: usize) -> Span {
    let known = file.statistics.as_ref();
    let rows = known.and_then(|it| it.num_rows.get_value()).map(|rows| *rows as u64);
    let moment = |value: Option<&ScalarValue>| match value {
        Some(ScalarValue::TimestampMicrosecond(moment, _)) => *moment,
        _ => None,
    };
    let times = known.and_then(|it| it.column_statistics.get(time)).and_then(|column| {
        moment(column.min_value.get_value()).zip(moment(column.max_value.get_value()))
    });
    Span { times, bytes: bytes_at_once(file.object_meta.size, rows) }
}

/// Returns about how many stored bytes of a file are in memory while it is read.
fn bytes_at_once(size: u64, rows: Option<u64>) -> usize {
    let n_groups = rows.map_or(1, |rows| rows.div_ceil(MERGED_GROUP_ROWS).max(1));
    usize::try_from(size / n_groups).unwrap_or(usize::MAX)
}
