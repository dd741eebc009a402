//! The session that every query runs in: limits, spelling rules, functions.

use std::path::PathBuf;
use std::sync::Arc;

use datafusion::common::DataFusionError;
use datafusion::common::config::ConfigNonZeroUsize;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::logical_expr::registry::FunctionRegistry;
use datafusion::prelude::{SessionConfig, SessionContext};

use crate::functions::Bind;
use crate::merging::MergedByTime;
use crate::rebuilt::AskedInColumns;
use crate::stopping::{Stop, StoppingSources};
use crate::yielding::YieldingJoins;
use crate::{aggregates, functions, limits};

/// What a query may use.
#[derive(Debug, Clone)]
pub struct Options {
    /// Memory for sorts, joins and groups of all running queries together, in bytes.
    pub memory_bytes: usize,
    /// Where queries that outgrow their memory put what they cannot hold. It is made when first
    /// needed; its parent must exist.
    pub spill_folder: PathBuf,
    /// How many threads a query is cut into pieces for.
    pub threads: usize,
}

/// Makes the session, still without tables.
pub(crate) fn session(
    options: &Options,
    stop: &Stop,
    bind: Bind,
) -> Result<SessionContext, DataFusionError> {
    let pool = FairSpillPool::new(options.memory_bytes);
    let spill = DiskManagerBuilder::default()
        .with_max_spill_merge_fan_in(merged_runs(options))
        .with_mode(DiskManagerMode::Directories(vec![options.spill_folder.clone()]));
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(TrackConsumersPool::new(pool, limits::CONSUMERS_NAMED)))
        .with_disk_manager_builder(spill)
        .with_metadata_cache_limit(limits::FOOTER_CACHE_BYTES)
        .build_arc()?;
    let state = SessionStateBuilder::new()
        .with_config(config(options)?)
        .with_runtime_env(runtime)
        .with_default_features()
        .with_optimizer_rule(Arc::new(AskedInColumns))
        .with_physical_optimizer_rule(Arc::new(MergedByTime::of(options)))
        .with_physical_optimizer_rule(Arc::new(YieldingJoins))
        .with_physical_optimizer_rule(Arc::new(StoppingSources(stop.clone())))
        .build();
    let mut context = SessionContext::new_with_state(state);
    context.register_function_rewrite(Arc::new(bind))?;
    for function in functions::all() {
        context.register_udf(function.udf());
    }
    for aggregate in aggregates::ALL {
        context.register_udaf((aggregate.make)());
    }
    Ok(context)
}

fn config(options: &Options) -> Result<SessionConfig, DataFusionError> {
    let threads = options.threads.max(1);
    let sort_reserve = thread_bytes(options) / limits::SORT_RESERVE_SHARE;
    let mut config = SessionConfig::new()
        .with_batch_size(batch_rows(options))
        .with_target_partitions(threads)
        .with_information_schema(true)
        .with_sort_spill_reservation_bytes(sort_reserve.min(limits::SORT_RESERVE_BYTES_MAX));
    let options = config.options_mut();
    // Columns are AWS's own names: `eventName` must mean `eventName` without quotes.
    options.sql_parser.enable_ident_normalization = false;
    options.sql_parser.collect_spans = true;
    // Who asks for the newest rows wants rows with a time; and files without newer rows can be
    // left out, though nobody knows whether they have rows without a time.
    "nulls_last".clone_into(&mut options.sql_parser.default_null_ordering);
    options.sql_parser.recursion_limit = ConfigNonZeroUsize::try_new(limits::SQL_DEPTH_MAX)?;
    // What a join has found on one side could filter the other side's files. Of ten million flows
    // and two hundred addresses that took three times as long as joining them: looking up each row
    // costs more than the rows it leaves out.
    options.optimizer.enable_join_dynamic_filter_pushdown = false;
    options.execution.time_zone = Some("UTC".to_owned());
    // Late materialisation: the verbatim record is decoded only for rows that pass the filters.
    options.execution.parquet.pushdown_filters = true;
    options.execution.parquet.reorder_filters = true;
    options.execution.parquet.metadata_size_hint = Some(limits::FOOTER_BYTES_HINT);
    Ok(config)
}

/// Returns a thread's share of the memory.
fn thread_bytes(options: &Options) -> usize {
    options.memory_bytes / options.threads.max(1)
}

fn batch_rows(options: &Options) -> usize {
    let rows = thread_bytes(options) / limits::BATCH_SHARE / limits::ROW_BYTES;
    rows.clamp(limits::BATCH_ROWS_MIN, limits::BATCH_ROWS_MAX)
}

/// Returns how many spilled runs fit into half of a thread's share.
fn merged_runs(options: &Options) -> usize {
    let run_bytes = limits::BATCHES_PER_RUN * batch_rows(options) * limits::ROW_BYTES;
    (thread_bytes(options) / 2 / run_bytes).clamp(2, limits::MERGED_RUNS_MAX)
}
