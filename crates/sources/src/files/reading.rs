//! One reading of the objects for one table, by any number of threads.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::datatypes::{Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use haechi_catalog::Source;
use haechi_model::Window;

use super::builder::AskedRows;
use super::ids::Ids;
use super::{Asked, Files};
use crate::limits::BATCH_BYTES;
use crate::mapping::Fields;
use crate::rows::{id_of, text_of, time_of};
use crate::s3::{S3Error, S3Fault};
use crate::{
    Mapping, Mappings, Memory, ReadError, Reject, Row, Sink, SinkError, open_in, read_object,
    schema,
};

/// A reading that has begun.
pub struct Reading {
    files: Arc<Files>,
    asked: Asked,
    /// The columns of the source's table.
    table: SchemaRef,
    /// The columns that are handed over.
    schema: SchemaRef,
    mappings: Mappings,
    /// Whether the time of a record matters.
    needs_time: bool,
    /// The place of the source among the mappings.
    source: Option<usize>,
    /// The next object.
    next: AtomicUsize,
    ids: Ids,
    /// Objects that were begun, by what tells their bytes from others.
    begun: Mutex<HashSet<u128>>,
}

/// Takes batches; says whether to go on.
type Emit<'e> = &'e mut dyn FnMut(RecordBatch) -> bool;

impl Reading {
    pub(super) fn new(
        files: Arc<Files>,
        asked: Asked,
        may_grow: Box<dyn Fn(usize) -> bool + Send + Sync>,
    ) -> Self {
        let all = files.mappings.all.iter();
        let source = all.clone().position(|mapping| mapping.source.name == asked.source);
        let table = files.schema(&asked.source).unwrap_or_else(|| Arc::new(Schema::empty()));
        let of_table = asked.columns.iter().filter_map(|column| column.in_table(&table));
        let needed = of_table.map(|field| field.name().as_str());
        let needed = needed.chain(asked.only.iter().map(|only| only.column.as_str()));
        let needed: BTreeSet<&str> = needed.collect();
        let fields = asked.columns.iter().map(|column| column.field(&table));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let sources: Vec<Source> =
            all.map(|mapping| without_unneeded(&mapping.source, &asked.source, &needed)).collect();
        let mappings = Mappings::new(&sources);
        let has_bound = asked.window.from.is_some() || asked.window.until.is_some();
        let needs_time =
            has_bound || [schema::TIME, schema::DATE].iter().any(|it| needed.contains(it));
        let (next, ids, begun) = (AtomicUsize::new(0), Ids::new(may_grow), Mutex::default());
        Self { files, asked, table, schema, mappings, needs_time, source, next, ids, begun }
    }

    /// Returns the columns that are read.
    #[must_use]
    pub fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    /// Reads until nothing is left, or nobody wants more: several threads may do so at once.
    /// Returns how many records were looked at and not handed over because of their texts.
    ///
    /// # Errors
    /// The store that objects are in cannot be reached.
    pub fn work(&self, is_over: &dyn Fn() -> bool, emit: Emit<'_>) -> Result<usize, ReadError> {
        let Some(mapping) = self.source.and_then(|at| self.mappings.all.get(at)) else {
            return Ok(0);
        };
        let rows = AskedRows::new(mapping, &self.asked.columns, &self.table, self.schema());
        let (strays, file) = (BTreeMap::new(), String::new());
        #[rustfmt::skip]
        let mut worker = Worker {
            reading: self, mapping, rows, strays, file, is_over, emit, only: self.only(mapping),
            object: 0, n_rejects: 0, n_duplicates: 0, n_passed_over: 0,
        };
        let mut memory = Memory::default();
        while !is_over() {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            if self.files.objects.n_objects() <= index {
                worker.flush().ok();
                break;
            }
            if self.files.may_hold(index, mapping.index) && !worker.object(index, &mut memory)? {
                break;
            }
        }
        let n_unchecked = self.ids.n_unchecked();
        let mut told = self.files.told_mut();
        told.n_duplicates += worker.n_duplicates;
        told.n_unchecked = told.n_unchecked.max(n_unchecked);
        for (source, n_records) in worker.strays {
            let name = self.mappings.all.get(source).map(|it| it.source.name.clone());
            *told.strays.entry(name.unwrap_or_default()).or_default() += n_records;
        }
        Ok(worker.n_passed_over)
    }

    /// Returns the slots whose texts are wanted, with those texts.
    fn only(&self, mapping: &Mapping) -> Vec<(usize, &[String])> {
        let all = self.asked.only.iter();
        all.filter_map(|only| Some((mapping.texts(&only.column)?, only.texts.as_slice()))).collect()
    }
}

/// Returns the source with the columns that are needed, or none when it is another source: it has
/// still to be recognised.
fn without_unneeded(source: &Source, asked: &str, needed: &BTreeSet<&str>) -> Source {
    let mut source = source.clone();
    // What takes all that is left tells its records by more than its columns.
    if source.fallback {
        return source;
    }
    let is_asked = source.name == asked;
    let needs = |name: &str| is_asked && needed.contains(name);
    if !needs(schema::ENTITIES) {
        source.entities.clear();
        source.columns.iter_mut().for_each(|column| column.entity = None);
    }
    source.columns.retain(|column| needs(&column.name));
    if !needs(schema::ACCOUNT) {
        source.accounts.clear();
    }
    if !needs(schema::REGION) {
        source.regions.clear();
    }
    source
}

/// One thread's part of a reading.
struct Worker<'r> {
    reading: &'r Reading,
    mapping: &'r Mapping,
    rows: AskedRows,
    /// Slots, and the texts that are wanted in them.
    only: Vec<(usize, &'r [String])>,
    /// Records of sources that were not expected, by the source's place.
    strays: BTreeMap<usize, u64>,
    file: String,
    object: usize,
    n_rejects: u64,
    n_duplicates: u64,
    n_passed_over: usize,
    is_over: &'r dyn Fn() -> bool,
    emit: Emit<'r>,
}

/// Says that nobody wants more rows.
#[derive(Debug, thiserror::Error)]
#[error("nobody wants more rows")]
struct Enough;

impl Worker<'_> {
    /// Reads one object; tells whether to go on.
    fn object(&mut self, index: usize, memory: &mut Memory) -> Result<bool, ReadError> {
        let files = &self.reading.files;
        let Some(object) = files.objects.object_at(index) else { return Ok(true) };
        let mut opened = match open_in(std::mem::take(memory), &object) {
            Ok(opened) => opened,
            Err(source) if is_unreachable(&source) => {
                return Err(ReadError::Object { name: object.name, source });
            }
            Err(error) => {
                files.told_mut().lose(&object.name, &error.to_string());
                return Ok(true);
            }
        };
        let mut begun = self.reading.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = begun.insert(opened.identity);
        drop(begun);
        if !is_first {
            return Ok(true);
        }
        self.file.clone_from(&object.name);
        (self.object, self.n_rejects) = (index, 0);
        let read = read_object(&object.name, &mut opened, &self.reading.mappings, self);
        let mut told = files.told_mut();
        told.bytes_stored += opened.n_bytes_stored;
        told.reject(index, self.n_rejects);
        match read {
            Ok(summary) => {
                if let Some(reason) = summary.skipped {
                    told.skip(&object.name, &reason.0);
                }
            }
            Err(error) if error.is::<Enough>() => return Ok(false),
            Err(error) => return Err(read_error(error)),
        }
        *memory = opened.into_memory();
        Ok(true)
    }

    /// Hands over what is there.
    fn flush(&mut self) -> Result<(), SinkError> {
        if self.rows.n_rows() == 0 {
            return Ok(());
        }
        let batch = self.rows.take()?;
        if (self.emit)(batch) { Ok(()) } else { Err(Enough.into()) }
    }

    /// Tells whether the query may want the record, as far as its texts tell.
    fn is_wanted(&self, fields: &Fields<'_>) -> bool {
        self.only.iter().all(|(slot, texts)| {
            let text = text_of(fields.get(*slot));
            text.is_some_and(|text| texts.iter().any(|wanted| *wanted == text))
        })
    }

    /// Tells whether the record is one that was not met before.
    fn is_new(&mut self, row: &Row<'_>) -> bool {
        let Some(slot) = self.mapping.id else { return true };
        let is_new = self.reading.ids.is_new(id_of(row.fields.get(slot), row.record));
        self.n_duplicates += u64::from(!is_new);
        is_new
    }
}

impl Sink for Worker<'_> {
    fn row(&mut self, row: &Row<'_>) -> Result<(), SinkError> {
        if row.mapping.index != self.mapping.index {
            if !self.reading.files.may_hold(self.object, row.mapping.index) {
                *self.strays.entry(row.mapping.index).or_default() += 1;
            }
            return Ok(());
        }
        let needs_time = self.reading.needs_time;
        let time = if needs_time { time_of(self.mapping, row.fields) } else { None };
        if !has(&self.reading.asked.window, time) || !self.is_new(row) {
            return if (self.is_over)() { Err(Enough.into()) } else { Ok(()) };
        }
        if !self.is_wanted(row.fields) {
            self.n_passed_over += 1;
            return if (self.is_over)() { Err(Enough.into()) } else { Ok(()) };
        }
        self.rows.push(row, time, &self.file);
        if self.reading.asked.batch_rows <= self.rows.n_rows() || BATCH_BYTES <= self.rows.n_bytes {
            self.flush()?;
        }
        Ok(())
    }

    fn reject(&mut self, _: Reject) -> Result<(), SinkError> {
        self.n_rejects += 1;
        Ok(())
    }
}

/// Tells whether the window has the time; whatever has no time is in none that has a bound.
fn has(window: &Window, time: Option<haechi_model::Timestamp>) -> bool {
    if window.from.is_none() && window.until.is_none() {
        return true;
    }
    time.is_some_and(|time| window.contains(time))
}

/// Tells whether the store itself cannot be reached, and not only this object.
pub(super) fn is_unreachable(error: &std::io::Error) -> bool {
    S3Error::behind(error).is_some_and(|error| error.fault() == S3Fault::Unreachable)
}

/// Returns the error of reading out of the sink's.
pub(super) fn read_error(error: SinkError) -> ReadError {
    match error.downcast::<ReadError>() {
        Ok(error) => *error,
        Err(error) => ReadError::Sink(error),
    }
}
