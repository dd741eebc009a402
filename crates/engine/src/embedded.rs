//! The engine in this process.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, OnceLock};

use arrow::array::{ArrayRef, Int64Array};
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use datafusion::common::{TableReference, internal_datafusion_err};
use datafusion::datasource::{MemTable, ViewTable};
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::context::SessionContext;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::{ExecutionPlan, displayable, execute_stream};
use futures::lock::Mutex;
use futures::{StreamExt, stream};
use haechi_origins::{Clients, Tables};
use haechi_query::sql::{ESTIMATE, ESTIMATE_COLUMN};
use haechi_query::{Answer, BatchStream, Engine, QueryError, TableFacts};
use haechi_sources::Files;
use object_store::ObjectStore;
use url::Url;

use crate::figures::Figures;
use crate::files::FilesTable;
use crate::functions::{Bind, Names};
use crate::merging::MergedByTime;
use crate::provider::{ParquetTable, Place};
use crate::session::Options;
use crate::stopping::Stop;
use crate::table::Table;
use crate::{errors, figures, plain, rebuilt, session, statement};

/// Answers queries in this process, over files that are all known when it is opened.
pub struct Embedded {
    context: SessionContext,
    stop: Stop,
    /// What functions of addresses and clients look into.
    names: Arc<OnceLock<Names>>,
    /// What is known of each table that was opened, by name.
    facts: BTreeMap<String, TableFacts>,
    /// Views that nobody has asked for yet, name and SQL: planning one takes longer than a small
    /// query.
    views: Mutex<Vec<(String, String)>>,
}

impl Embedded {
    /// Opens the tables. The views (name and SQL) stand over them and over earlier views, and are
    /// planned when a query may need them.
    ///
    /// The tables' paths lie below the root of `store`; of `store_url` only scheme and host count.
    ///
    /// # Errors
    /// A table contradicts itself.
    pub fn open(
        store: Arc<dyn ObjectStore>,
        mut store_url: Url,
        tables: Vec<Table>,
        views: Vec<(String, String)>,
        options: &Options,
    ) -> Result<Self, QueryError> {
        let stop = Stop::default();
        let bind = Bind::default();
        let names = Arc::clone(&bind.0);
        let context = session::session(options, &stop, bind);
        let context = context.map_err(|error| errors::of_run(&error))?;
        store_url.set_path("/");
        let url = ObjectStoreUrl::parse(store_url).map_err(|error| errors::of_run(&error))?;
        context.register_object_store(url.as_ref(), Arc::clone(&store));
        let place = Place { store, url };
        let merged = MergedByTime::of(options);
        let mut facts = BTreeMap::new();
        for table in tables {
            facts.insert(table.name.clone(), facts_of(&table, &merged));
            let name = TableReference::bare(table.name.as_str());
            let provider = match table.joined.as_slice() {
                [] => ParquetTable::new(&table, &place).map(|it| Arc::new(it) as _),
                _ => rebuilt::table(&table, &place),
            };
            let provider = provider.map_err(|error| errors::of_table(&table.name, &error))?;
            context
                .register_table(name, provider)
                .map_err(|error| errors::of_table(&table.name, &error))?;
        }
        Ok(Self { context, stop, names, facts, views: Mutex::new(views) })
    }

    /// Says what functions of addresses and clients look into, before the first query: plans name
    /// it, and do not depend on this engine.
    pub fn set_origins(&self, tables: &Tables, clients: &Clients) {
        // Whoever says it twice is heard once: plans that were made would not fit.
        let _ = self.names.set(Names { tables: tables.names(), clients: clients.names() });
    }

    /// Returns what ends the queries of this engine early, each with the rows that it has read.
    #[must_use]
    pub fn stop(&self) -> Stop {
        self.stop.clone()
    }

    /// Adds a table whose rows are read from files whenever they are asked for.
    ///
    /// # Errors
    /// There is no such source.
    pub fn add_files(&self, source: &str, files: &Arc<Files>) -> Result<(), QueryError> {
        let unknown = || errors::of_table(source, &internal_datafusion_err!("no such source"));
        let table = FilesTable::new(files, source).ok_or_else(unknown)?;
        self.context
            .register_table(TableReference::bare(source), Arc::new(table))
            .map_err(|error| errors::of_table(source, &error))?;
        Ok(())
    }

    /// Adds a table whose rows are in memory.
    ///
    /// # Errors
    /// A batch has other columns than the table.
    pub fn add_rows(
        &self,
        name: &str,
        schema: SchemaRef,
        batches: Vec<RecordBatch>,
    ) -> Result<(), QueryError> {
        let table = MemTable::try_new(schema, vec![batches]);
        let table = table.map_err(|error| errors::of_table(name, &error))?;
        self.context
            .register_table(TableReference::bare(name), Arc::new(table))
            .map_err(|error| errors::of_table(name, &error))?;
        Ok(())
    }

    /// Returns the plan that the query would run, one operator a line.
    ///
    /// # Errors
    /// The SQL cannot be planned.
    pub async fn explain(&self, sql: &str) -> Result<String, QueryError> {
        let plan = self.physical_plan(sql).await?;
        Ok(displayable(plan.as_ref()).indent(false).to_string())
    }

    /// Starts a query, and counts what it reads. What begins with `ESTIMATE` is planned alone, and
    /// answered with how many bytes it would read at most.
    ///
    /// # Errors
    /// The SQL cannot be planned.
    pub async fn query_counted(&self, sql: &str) -> Result<(Answer, Figures), QueryError> {
        if let Some(sql) = sql.strip_prefix(ESTIMATE) {
            let plan = self.physical_plan(sql).await?;
            let (schema, batch) = estimated(&plan)?;
            let batches = Box::pin(stream::iter([Ok(batch)]));
            return Ok((Answer { schema, batches }, Figures::of(&plan)));
        }
        let plan = self.physical_plan(sql).await?;
        let figures = Figures::of(&plan);
        let rows = execute_stream(plan, self.context.task_ctx())
            .map_err(|error| errors::of_run(&error))?;
        let schema = plain::schema(&rows.schema());
        let batches = plain_rows(rows, Arc::clone(&schema));
        Ok((Answer { schema, batches }, figures))
    }

    /// Plans the views up to the last one that is wanted; tells whether there was one.
    async fn add_views(&self, is_wanted: impl Fn(&str) -> bool) -> Result<bool, QueryError> {
        let mut views = self.views.lock().await;
        let n_wanted =
            views.iter().rposition(|(name, _)| is_wanted(name)).map_or(0, |last| last + 1);
        for _ in 0..n_wanted {
            let Some((name, sql)) = views.first().cloned() else { break };
            let plan = statement::plan(&self.context, &self.context.state(), &sql).await;
            let plan = plan.map_err(|error| errors::of_view(&name, error))?;
            let view = ViewTable::new(plan, Some(sql));
            self.context
                .register_table(TableReference::bare(name.as_str()), Arc::new(view))
                .map_err(|error| errors::of_table(&name, &error))?;
            views.remove(0);
        }
        Ok(0 < n_wanted)
    }

    async fn logical_plan(&self, sql: &str) -> Result<LogicalPlan, QueryError> {
        self.add_views(|name| sql.contains(name) || lists_tables(sql)).await?;
        let plan = statement::plan(&self.context, &self.context.state(), sql).await;
        // Whoever is told which tables there are is told of all.
        if plan.is_ok() || !self.add_views(|_| true).await? {
            return plan;
        }
        statement::plan(&self.context, &self.context.state(), sql).await
    }

    async fn physical_plan(&self, sql: &str) -> Result<Arc<dyn ExecutionPlan>, QueryError> {
        statement::check_length(sql)?;
        let plan = self.logical_plan(sql).await?;
        let state = self.context.state();
        state.create_physical_plan(&plan).await.map_err(|error| errors::of_plan(&error))
    }
}

fn facts_of(table: &Table, merged: &MergedByTime) -> TableFacts {
    let rows = table.files.iter().map(|file| file.rows).sum();
    let of_column = |(index, column): (usize, &String)| {
        let values = table.files.iter().filter_map(|file| file.partition_values.get(index));
        (column.clone(), values.flatten().cloned().collect())
    };
    let in_paths = table.partition_columns.iter().enumerate().map(of_column).collect();
    TableFacts { rows, in_paths, comes_in_time_order: merged.can_merge(table) }
}

/// Tells whether the query may ask which tables there are.
fn lists_tables(sql: &str) -> bool {
    let sql = sql.to_ascii_lowercase();
    sql.contains("information_schema") || sql.contains("show")
}

#[async_trait::async_trait]
impl Engine for Embedded {
    async fn query(&self, sql: &str) -> Result<Answer, QueryError> {
        Ok(self.query_counted(sql).await?.0)
    }

    async fn query_as_read(&self, sql: &str) -> Result<Answer, QueryError> {
        let plan = self.physical_plan(sql).await?;
        let rows = execute_stream(plan, self.context.task_ctx());
        let rows = rows.map_err(|error| errors::of_run(&error))?;
        let schema = rows.schema();
        let batches = rows.map(|batch| batch.map_err(|error| errors::of_run(&error)));
        Ok(Answer { schema, batches: Box::pin(batches) })
    }

    fn facts(&self, table: &str) -> Option<&TableFacts> {
        self.facts.get(table)
    }
}

/// Returns the row that says how much the plan would read at most.
fn estimated(plan: &Arc<dyn ExecutionPlan>) -> Result<(SchemaRef, RecordBatch), QueryError> {
    let bytes = i64::try_from(figures::bytes_at_most(plan)).unwrap_or(i64::MAX);
    let column: ArrayRef = Arc::new(Int64Array::from(vec![bytes]));
    let batch = RecordBatch::try_from_iter([(ESTIMATE_COLUMN, column)])
        .map_err(|error| QueryError::Run { message: error.to_string() })?;
    Ok((batch.schema(), batch))
}

/// What is left of a running query.
struct Running {
    rows: SendableRecordBatchStream,
    schema: SchemaRef,
    ready: VecDeque<RecordBatch>,
}

/// Makes the rows plain; ends after the first error.
fn plain_rows(rows: SendableRecordBatchStream, schema: SchemaRef) -> BatchStream {
    let running = Running { rows, schema, ready: VecDeque::new() };
    let batches = stream::unfold(Some(running), |running| async move {
        let mut running = running?;
        match running.next().await? {
            Ok(batch) => Some((Ok(batch), Some(running))),
            Err(error) => Some((Err(error), None)),
        }
    });
    Box::pin(batches)
}

impl Running {
    async fn next(&mut self) -> Option<Result<RecordBatch, QueryError>> {
        // Ends with the rows: every batch of rows gives at least one batch that is ready.
        loop {
            if let Some(batch) = self.ready.pop_front() {
                return Some(Ok(batch));
            }
            let plain = match self.rows.next().await? {
                Ok(batch) => plain::batches(&batch, &self.schema),
                Err(error) => return Some(Err(errors::of_run(&error))),
            };
            match plain {
                Ok(batches) => self.ready.extend(batches),
                Err(error) => return Some(Err(QueryError::Run { message: error.to_string() })),
            }
        }
    }
}
