//! Gathered rows to files and one commit, exactly once.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use deltalake_core::kernel::Action;
use haechi_model::Timestamp;
use haechi_sources::{Mapping, Mappings, Rows};
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use tokio::runtime::Handle;

use crate::batch::Gathered;
use crate::encode::encode;
use crate::files::{LakeFile, Partition};
use crate::keys::{Hour, Keys};
use crate::limits::COMMIT_ATTEMPTS_MAX;
use crate::objects::{self, Known, KnownObjects, Piece, known_of, learn};
use crate::order::parts;
use crate::schema::{OBJECTS, REJECTS};
use crate::table::{Commit, Lake};
use crate::{LakeError, SourceCounts};

mod others;
mod read_back;

use others::Others;
use read_back::{Stored, stored_ids, stored_objects};

/// Writes batches of several workers into one lake.
pub(crate) struct Writer<'a> {
    pub(crate) mappings: &'a Mappings,
    runtime: Handle,
    store: Arc<dyn ObjectStore>,
    now: Timestamp,
    keys: Mutex<Keys>,
    log: Mutex<Log>,
    counts: Mutex<BTreeMap<String, SourceCounts>>,
}

/// The log as last seen, and what follows from it.
struct Log {
    lake: Lake,
    /// The version of the lake that the rest is of: a commit that lost shows a newer one.
    indexed: u64,
    files: HashMap<Partition, Vec<LakeFile>>,
    objects: KnownObjects,
    others: Others,
}

/// A source's rows on their way into the lake.
struct Table<'a> {
    mapping: &'a Mapping,
    rows: Rows,
    /// For each row, whether it is new.
    is_kept: Vec<bool>,
    /// The hours that the rows lie in, for a source whose records have ids.
    hours: Vec<Hour>,
}

impl<'a> Writer<'a> {
    /// Returns a writer into the lake.
    pub(crate) fn new(
        lake: Lake,
        mappings: &'a Mappings,
        runtime: Handle,
        now: Timestamp,
    ) -> Result<Self, LakeError> {
        let store = lake.store();
        let (files, objects) = (HashMap::new(), KnownObjects::default());
        let mut log = Log { indexed: 0, lake, files, objects, others: Others::default() };
        log.index(&runtime, &store)?;
        Ok(Self {
            mappings,
            runtime,
            store,
            now,
            keys: Mutex::default(),
            log: Mutex::new(log),
            counts: Mutex::default(),
        })
    }

    /// Returns what the lake knows of the object.
    pub(crate) fn known(&self, identity: u128) -> Option<Known> {
        locked(&self.log).objects.get(&identity).copied()
    }

    /// Gives the lake back, with the counts of what was written.
    pub(crate) fn finish(self) -> (Lake, BTreeMap<String, SourceCounts>) {
        let log = self.log.into_inner().unwrap_or_else(PoisonError::into_inner);
        (log.lake, self.counts.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// Writes the batch and gives back its rows, which nobody reads any more; `name` begins the
    /// names of its files.
    pub(crate) fn write(
        &self,
        gathered: Gathered<'a>,
        name: &str,
    ) -> Result<Vec<(&'a Mapping, Rows)>, LakeError> {
        let Gathered { tables, mut pieces, rejects } = gathered;
        let mut tables: Vec<_> = tables.into_iter().map(|it| Table::new(it.0, it.1)).collect();
        // Taken before the ids are: what others store from here on is compared with this batch.
        let mut n_seen = locked(&self.log).others.len();
        for table in &mut tables {
            self.keep_new(table)?;
        }
        for attempt in 0..COMMIT_ATTEMPTS_MAX {
            let name = if attempt == 0 { name.to_owned() } else { format!("{name}-{attempt}") };
            let mut files = Vec::new();
            for table in &tables {
                self.put_table(table, &name, &mut files)?;
            }
            count_pieces(&mut pieces, &tables);
            let rows = objects::rows_of(&pieces, self.now)?;
            self.put(&Batch::own(OBJECTS, &rows, self.now), &name, &mut files)?;
            if !rejects.is_empty() {
                let rows = objects::rejects_of(&rejects, self.now)?;
                self.put(&Batch::own(REJECTS, &rows, self.now), &name, &mut files)?;
            }
            if self.commit(&files, &pieces, &mut tables, &mut n_seen)? {
                let learnt = pieces.iter().map(|it| (it.identity, it.known()));
                learn(&mut locked(&self.log).objects, learnt);
                self.count(&tables);
                return Ok(tables.into_iter().map(|table| (table.mapping, table.rows)).collect());
            }
        }
        Err(LakeError::Contention { attempts: COMMIT_ATTEMPTS_MAX })
    }

    /// Marks the rows whose records the lake does not have, and claims their ids.
    fn keep_new(&self, table: &mut Table<'_>) -> Result<(), LakeError> {
        let Some(id) = table.id_column() else { return Ok(()) };
        let (hours, rows) = table.hours();
        let mut keys = locked(&self.keys);
        let missing: HashSet<&Hour> = hours.iter().filter(|hour| !keys.has(hour)).collect();
        let stored = self.stored_ids(table.mapping, &missing, id)?;
        for hour in missing {
            keys.add(hour.clone(), stored.iter().filter(|it| it.hour == *hour).map(|it| it.id));
        }
        keys.hold(&hours);
        table.is_kept = keys.claim(&hours, &rows);
        table.hours = hours;
        Ok(())
    }

    /// Reads the ids that the lake has in those hours.
    fn stored_ids(
        &self,
        mapping: &Mapping,
        hours: &HashSet<&Hour>,
        id: &str,
    ) -> Result<Vec<Stored>, LakeError> {
        let files = locked(&self.log).files_of_hours(&mapping.source.name, hours);
        let mut ids = Vec::new();
        for file in &files {
            let stored = self.runtime.block_on(stored_ids(&self.store, file, mapping.index, id))?;
            ids.extend(stored.into_iter().filter(|it| hours.contains(&it.hour)));
        }
        Ok(ids)
    }

    fn put_table(
        &self,
        table: &Table<'_>,
        name: &str,
        files: &mut Vec<LakeFile>,
    ) -> Result<(), LakeError> {
        for part in parts(&table.mapping.source.name, &table.rows, &table.is_kept) {
            let batch = Batch {
                rows: &table.rows.batch,
                numbers: part.rows,
                id: table.id_column(),
                partition: part.partition,
                times: part.times,
            };
            self.put(&batch, name, files)?;
        }
        Ok(())
    }

    fn put(
        &self,
        batch: &Batch<'_>,
        name: &str,
        files: &mut Vec<LakeFile>,
    ) -> Result<(), LakeError> {
        let bytes = encode(batch.rows, &batch.numbers, batch.id, self.now)?;
        let path = format!("{}/{name}.parquet", batch.partition.folder());
        let size = bytes.len() as u64;
        let key = object_store::path::Path::from(path.as_str());
        self.runtime
            .block_on(self.store.put(&key, PutPayload::from(bytes)))
            .map_err(|source| LakeError::Store { path: path.clone(), source })?;
        files.push(LakeFile {
            path,
            partition: batch.partition.clone(),
            size,
            rows: batch.numbers.len() as u64,
            times: batch.times,
            written_ms: self.now.0 / 1_000,
        });
        Ok(())
    }

    /// Commits the files. When other writers stored some of the same records since the batch was
    /// gathered, takes the mark off those rows and tells that the files must be written again.
    fn commit(
        &self,
        files: &[LakeFile],
        pieces: &[Piece],
        tables: &mut [Table<'_>],
        n_seen: &mut usize,
    ) -> Result<bool, LakeError> {
        for _ in 0..COMMIT_ATTEMPTS_MAX {
            let mut log = locked(&self.log);
            // INVARIANT: only a log that is indexed is committed to. Otherwise another worker's
            // lost commit would hide from this batch what the winner stored.
            if log.lake.version() == log.indexed {
                if log.others.drop_stored(n_seen, pieces, &log.objects, tables) {
                    return Ok(false);
                }
                let actions = files.iter().map(|file| Action::Add(file.add(true))).collect();
                if let Commit::Done = self.runtime.block_on(log.lake.commit(actions))? {
                    log.indexed = log.lake.version();
                    log.add(files);
                    drop(log);
                    let mut keys = locked(&self.keys);
                    for table in tables {
                        keys.release(&table.hours);
                    }
                    return Ok(true);
                }
            }
            drop(log);
            self.learn_others()?;
        }
        Err(LakeError::Contention { attempts: COMMIT_ATTEMPTS_MAX })
    }

    /// Reads what other writers stored since the log was indexed.
    fn learn_others(&self) -> Result<(), LakeError> {
        // Both locks, in the order that `keep_new` takes them: no worker may claim ids in between.
        let mut keys = locked(&self.keys);
        let mut log = locked(&self.log);
        for file in log.index(&self.runtime, &self.store)? {
            let source = &file.partition.source;
            let mapping = self.mappings.all.iter().find(|it| it.source.name == *source);
            let Some((mapping, id)) = mapping.and_then(|it| Some((it, id_column(it)?))) else {
                continue;
            };
            let stored =
                self.runtime.block_on(stored_ids(&self.store, &file, mapping.index, id))?;
            let mut ids = HashSet::with_capacity(stored.len());
            for it in stored {
                ids.insert(it.id);
                if keys.has(&it.hour) {
                    keys.add(it.hour, [it.id]);
                }
            }
            log.others.push(mapping.index, ids);
        }
        Ok(())
    }

    fn count(&self, tables: &[Table<'_>]) {
        let mut counts = locked(&self.counts);
        for table in tables {
            let accepted = table.is_kept.iter().filter(|kept| **kept).count() as u64;
            let counts = counts.entry(table.mapping.source.name.clone()).or_default();
            counts.accepted += accepted;
            counts.duplicate += table.is_kept.len() as u64 - accepted;
        }
    }
}

/// Rows of one partition.
struct Batch<'a> {
    rows: &'a arrow::array::RecordBatch,
    numbers: Vec<u32>,
    id: Option<&'a str>,
    partition: Partition,
    times: Option<(Timestamp, Timestamp)>,
}

impl<'a> Batch<'a> {
    /// Returns rows of a table of haechi's own, whose time is that of the run.
    fn own(source: &str, rows: &'a arrow::array::RecordBatch, now: Timestamp) -> Self {
        let n_rows = u32::try_from(rows.num_rows()).unwrap_or(u32::MAX);
        Self {
            rows,
            numbers: (0..n_rows).collect(),
            id: None,
            partition: Partition { source: source.to_owned(), account: None, date: now.date() },
            times: Some((now, now)),
        }
    }
}

impl Log {
    /// Reads the lake's files into the index; returns those that were not in it.
    fn index(
        &mut self,
        runtime: &Handle,
        store: &Arc<dyn ObjectStore>,
    ) -> Result<Vec<LakeFile>, LakeError> {
        let known: HashSet<String> =
            self.files.values().flatten().map(|file| file.path.clone()).collect();
        let all = self.lake.files()?;
        self.indexed = self.lake.version();
        let new: Vec<_> = all.iter().filter(|it| !known.contains(&it.path)).cloned().collect();
        self.files.clear();
        self.add(&all);
        for file in new.iter().filter(|file| file.partition.source == OBJECTS) {
            for batch in runtime.block_on(stored_objects(store, file))? {
                learn(&mut self.objects, known_of(&batch));
            }
        }
        Ok(new)
    }

    fn add(&mut self, files: &[LakeFile]) {
        for file in files {
            self.files.entry(file.partition.clone()).or_default().push(file.clone());
        }
    }

    /// Returns the files that may have records of those hours.
    fn files_of_hours(&self, source: &str, hours: &HashSet<&Hour>) -> Vec<LakeFile> {
        let mut files: BTreeMap<&str, &LakeFile> = BTreeMap::new();
        for hour in hours {
            let start = hour.number.map(|hour| Timestamp::from_seconds(hour.saturating_mul(3_600)));
            let partition = Partition {
                source: source.to_owned(),
                account: hour.account.clone(),
                date: crate::order::date_of(start),
            };
            for file in self.files.get(&partition).into_iter().flatten() {
                if hour.may_be_in(file) {
                    files.insert(&file.path, file);
                }
            }
        }
        files.into_values().cloned().collect()
    }
}

impl Hour {
    fn may_be_in(&self, file: &LakeFile) -> bool {
        match (self.number, file.times) {
            (Some(hour), Some((first, last))) => first.hour() <= hour && hour <= last.hour(),
            _ => true,
        }
    }
}

impl<'a> Table<'a> {
    fn new(mapping: &'a Mapping, rows: Rows) -> Self {
        let is_kept = vec![true; rows.times.len()];
        Self { mapping, rows, is_kept, hours: Vec::new() }
    }

    /// Returns the column that makes a record itself.
    fn id_column(&self) -> Option<&'a str> {
        id_column(self.mapping)
    }

    /// Returns the hours that the rows lie in, and for each row its hour and id.
    fn hours(&self) -> (Vec<Hour>, Vec<(usize, u128)>) {
        let mut hours = Vec::new();
        let mut places: HashMap<(Option<u32>, Option<i64>), usize> = HashMap::new();
        let mut rows = Vec::with_capacity(self.rows.ids.len());
        let all = self.rows.accounts.iter().zip(&self.rows.times).zip(&self.rows.ids);
        for ((&account, &time), &id) in all {
            let hour = time.map(|time| Timestamp(time).hour());
            let place = *places.entry((account, hour)).or_insert_with(|| {
                let known = &self.rows.known_accounts;
                let account = account.and_then(|number| known.get(number as usize));
                hours.push(Hour::of(self.mapping.index, account.map(String::as_str), time));
                hours.len() - 1
            });
            rows.push((place, id));
        }
        (hours, rows)
    }
}

/// Returns the column that makes a record of the source itself.
fn id_column(mapping: &Mapping) -> Option<&str> {
    let path = mapping.source.id.as_ref()?;
    mapping.source.columns.iter().find(|it| it.path == *path).map(|it| it.name.as_str())
}

/// Counts, for each object, which of its rows are new.
fn count_pieces(pieces: &mut [Piece], tables: &[Table<'_>]) {
    for piece in pieces.iter_mut() {
        // Duplicates by position were counted when they were met.
        piece.duplicate = piece.read - piece.rejected;
        piece.accepted = 0;
    }
    for table in tables {
        let rows = table.rows.objects.iter().zip(&table.is_kept).filter(|(_, kept)| **kept);
        for (&object, _) in rows {
            let piece = usize::try_from(object).ok().and_then(|index| pieces.get_mut(index));
            if let Some(piece) = piece {
                piece.accepted += 1;
                piece.duplicate = piece.duplicate.saturating_sub(1);
            }
        }
    }
}

/// Locks; a worker that died holding the lock has ended the run already.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
