//! Native files to rows in time order, without a lake: what detection is measured on.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use arrow::array::{Array, BooleanArray, RecordBatch};
use arrow::compute::{
    SortColumn, SortOptions, concat_batches, filter_record_batch, interleave_record_batch,
    lexsort_to_indices,
};
use haechi_catalog::Catalog;
use haechi_model::Window;
use haechi_sources::{
    Asked, AskedColumn, DiscoverOptions, Files, Object, Objects, S3Options, discover,
};

use crate::usage::thread_seconds;

/// The bytes of rows that are put in order at once.
const GATHERED_BYTES: usize = 48 << 20;
/// The rows of a batch, as an engine hands them over.
pub(crate) const BATCH_ROWS: usize = 8_192;

/// Files, looked at once.
pub(crate) struct Opened {
    pub(crate) files: Arc<Files>,
    /// Whether they are read in the order in which they were delivered, as a stream has them.
    pub(crate) is_as_delivered: bool,
}

/// Looks at files; those whose names say when they were delivered are read in that order.
pub(crate) fn open(folder: &Path, catalog: &Catalog) -> Result<Opened> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build()?;
    let options = DiscoverOptions {
        runtime: runtime.handle().clone(),
        s3: S3Options::default(),
        window: Window::default(),
    };
    let found = discover(&[folder.to_string_lossy().into_owned()], &options)?;
    let mut objects: Vec<Object> =
        (0..found.n_objects()).filter_map(|index| found.object_at(index)).collect();
    let is_as_delivered = objects.iter().all(|object| delivered(&object.name).is_some());
    if is_as_delivered {
        objects.sort_by_cached_key(|object| delivered(&object.name).map(str::to_owned));
    }
    let sources = catalog.sources.values();
    let files = Arc::new(Files::look(objects, sources, 1, &std::env::temp_dir())?);
    Ok(Opened { files, is_as_delivered })
}

/// Returns the moment in a file's name, such as `20260302T1205Z`.
fn delivered(name: &str) -> Option<&str> {
    let is_moment = |word: &&str| {
        let (day, minute) = word.split_at_checked(8).unwrap_or_default();
        let minute = minute.strip_prefix('T').and_then(|minute| minute.strip_suffix('Z'));
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        is_number(day) && minute.is_some_and(|minute| minute.len() == 4 && is_number(minute))
    };
    name.rsplit('/').next()?.split('_').find(is_moment)
}

/// Takes rows in time order.
pub(crate) type Take<'t> = &'t mut dyn FnMut(&RecordBatch) -> Result<()>;

/// What is read of one source.
pub(crate) struct Reading<'a> {
    pub(crate) source: &'a str,
    /// The columns, `time` and those that name a record among them.
    pub(crate) columns: &'a [String],
    /// The columns that rows of one moment are ordered by.
    pub(crate) ids: &'a [&'a str],
    /// How late a row may come behind a newer one.
    pub(crate) lateness_seconds: i64,
    /// Which rows are wanted at all, as a query would say; without it, all.
    pub(crate) only: Option<&'a Only<'a>>,
}

/// Tells which rows of a batch are wanted.
pub(crate) type Only<'a> = dyn Fn(&RecordBatch) -> Result<BooleanArray> + 'a;

/// How many rows came, and the CPU seconds that went into putting them in order.
#[derive(Default)]
pub(crate) struct Ordered {
    pub(crate) n_rows: u64,
    pub(crate) n_duplicates: u64,
    /// Rows that came after newer ones had been handed over: more than none is no order.
    pub(crate) n_late: u64,
    pub(crate) order_seconds: f64,
}

/// Reads one source's records in the order of the files, and hands them over in time order.
pub(crate) fn read(files: &Arc<Files>, reading: &Reading<'_>, take: Take<'_>) -> Result<Ordered> {
    let schema = files.schema(reading.source).context("the source has no records here")?;
    let columns = reading.columns.iter().map(|name| schema.index_of(name));
    let columns = columns.map(|place| Ok(AskedColumn::of(&schema, place?)));
    let asked = Asked {
        source: reading.source.to_owned(),
        columns: columns.collect::<Result<_>>()?,
        window: Window::default(),
        only: Vec::new(),
        batch_rows: BATCH_ROWS,
    };
    let mut waiting = Waiting::default();
    let mut done = Ordered::default();
    let mut fault = None;
    files.begin(asked, |_| true).work(&|| false, &mut |batch| {
        done.n_rows += batch.num_rows() as u64;
        let wanted = wanted(batch, reading.only);
        let passed = wanted.and_then(|batch| waiting.add(batch, reading, &mut done, take));
        fault = passed.err();
        fault.is_none()
    })?;
    if let Some(fault) = fault {
        return Err(fault);
    }
    waiting.pass(reading, i64::MAX, &mut done, take)?;
    done.n_duplicates = files.told().n_duplicates;
    Ok(done)
}

fn wanted(batch: RecordBatch, only: Option<&Only<'_>>) -> Result<RecordBatch> {
    let Some(only) = only else { return Ok(batch) };
    Ok(filter_record_batch(&batch, &only(&batch)?)?)
}

/// Rows that may have earlier ones behind them.
#[derive(Default)]
struct Waiting {
    batches: Vec<RecordBatch>,
    n_bytes: usize,
    /// How many bytes wait before it is worth looking again.
    enough: usize,
    /// Up to when rows have been handed over.
    passed_until: Option<i64>,
}

impl Waiting {
    fn add(
        &mut self,
        batch: RecordBatch,
        reading: &Reading<'_>,
        done: &mut Ordered,
        take: Take<'_>,
    ) -> Result<()> {
        self.n_bytes += batch.get_array_memory_size();
        self.batches.push(batch);
        if self.n_bytes < self.enough.max(GATHERED_BYTES) {
            return Ok(());
        }
        let newest = self.batches.iter().filter_map(newest).max().unwrap_or(i64::MIN);
        self.pass(reading, newest - reading.lateness_seconds * 1_000_000, done, take)
    }

    /// Hands over the rows before a moment.
    fn pass(
        &mut self,
        reading: &Reading<'_>,
        until: i64,
        done: &mut Ordered,
        take: Take<'_>,
    ) -> Result<()> {
        let Some(first) = self.batches.first() else { return Ok(()) };
        let start = thread_seconds()?;
        let keys = first.schema();
        let names = std::iter::once("time").chain(reading.ids.iter().copied());
        let indexes: Vec<usize> =
            names.map(|name| keys.index_of(name)).collect::<Result<_, _>>()?;
        let keys: Vec<RecordBatch> =
            self.batches.iter().map(|batch| batch.project(&indexes)).collect::<Result<_, _>>()?;
        let keys = concat_batches(&keys.first().context("no batch")?.schema(), &keys)?;
        let options = Some(SortOptions { descending: false, nulls_first: false });
        let columns = keys.columns().iter().cloned();
        let columns: Vec<_> = columns.map(|values| SortColumn { values, options }).collect();
        let order = lexsort_to_indices(&columns, None)?;
        let times = times(&keys)?;
        let places: Vec<(usize, usize)> = (0..)
            .zip(&self.batches)
            .flat_map(|(at, batch)| (0..batch.num_rows()).map(move |row| (at, row)))
            .collect();
        let order: Vec<usize> = order.values().iter().map(|index| *index as usize).collect();
        let is_ready = |index: &usize| times.get(*index).is_some_and(|time| *time < until);
        let (ready, rest) = order.split_at(order.partition_point(is_ready));
        let is_late = |index: &&usize| {
            self.passed_until.is_some_and(|until| times.get(**index).is_some_and(|it| *it < until))
        };
        done.n_late += ready.iter().take_while(is_late).count() as u64;
        self.passed_until = self.passed_until.max(Some(until));
        let place = |index: &usize| places.get(*index).copied().unwrap_or_default();
        let batches: Vec<&RecordBatch> = self.batches.iter().collect();
        let mut spent = thread_seconds()? - start;
        for rows in ready.chunks(BATCH_ROWS) {
            let start = thread_seconds()?;
            let rows: Vec<(usize, usize)> = rows.iter().map(place).collect();
            let batch = interleave_record_batch(&batches, &rows)?;
            spent += thread_seconds()? - start;
            take(&batch)?;
        }
        let start = thread_seconds()?;
        let rest: Vec<(usize, usize)> = rest.iter().map(place).collect();
        let rest = interleave_record_batch(&batches, &rest)?;
        self.n_bytes = rest.get_array_memory_size();
        // Twice as much, so that rows that must wait long are not put in order again and again.
        self.enough = 2 * self.n_bytes;
        self.batches = vec![rest];
        done.order_seconds += spent + thread_seconds()? - start;
        Ok(())
    }
}

fn newest(batch: &RecordBatch) -> Option<i64> {
    arrow::compute::max(times_of(batch)?)
}

fn times_of(batch: &RecordBatch) -> Option<&arrow::array::TimestampMicrosecondArray> {
    batch.column_by_name("time")?.as_any().downcast_ref()
}

fn times(batch: &RecordBatch) -> Result<Vec<i64>> {
    let times = times_of(batch).context("`time` is no time")?;
    Ok(times.iter().map(|time| time.unwrap_or(i64::MAX)).collect())
}
