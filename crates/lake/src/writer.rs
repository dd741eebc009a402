//! Gathered rows to files and one commit, exactly once.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use deltalake_core::kernel::Action;
use haechi_model::Timestamp;
use haechi_sources::{Mapping, Mappings, Rows};
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use tokio::runtime::Handle;

use crate::batch::Gathered;
use crate::encode::{Memory, encode};
use crate::files::{LakeFile, Partition};
use crate::habits::{Habit, habits};
use crate::keys::{Hour, Keys, Stored};
use crate::limits::COMMIT_ATTEMPTS_MAX;
use crate::objects::{self, Known, KnownObjects, known_of, learn};
use crate::order::parts;
use crate::schema::{OBJECTS, REJECTS};
use crate::table::{Commit, Lake};
use crate::{LakeError, SourceCounts};

mod others;
mod outgoing;
mod read_back;

use others::{Others, Ticket};
use outgoing::{Outgoing, Table, id_column};
use read_back::{stored_ids, stored_objects};

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
        memory: &mut Memory,
    ) -> Result<Vec<(&'a Mapping, Rows)>, LakeError> {
        let mut outgoing = Outgoing::new(gathered);
        // Taken before the ids are: what others store from here on is compared with this batch.
        let ticket = locked(&self.log).others.begin();
        let written = self.write_once(&mut outgoing, ticket, name, memory);
        locked(&self.log).others.end(ticket);
        written?;
        self.count(&outgoing.tables);
        Ok(outgoing.tables.into_iter().map(|table| (table.mapping, table.rows)).collect())
    }

    /// Writes and commits what of the batch is new, however often others are faster.
    fn write_once(
        &self,
        outgoing: &mut Outgoing<'a>,
        ticket: Ticket,
        name: &str,
        memory: &mut Memory,
    ) -> Result<(), LakeError> {
        for table in &mut outgoing.tables {
            self.keep_new(table)?;
        }
        locked(&self.log).drop_stored(ticket, outgoing);
        for attempt in 0..COMMIT_ATTEMPTS_MAX {
            let name = if attempt == 0 { name.to_owned() } else { format!("{name}-{attempt}") };
            let files = self.put_all(outgoing, &name, memory)?;
            if self.commit(&files, outgoing, ticket)? {
                return Ok(());
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

    /// Writes a file for each partition of what is new.
    fn put_all(
        &self,
        outgoing: &mut Outgoing<'_>,
        name: &str,
        memory: &mut Memory,
    ) -> Result<Vec<LakeFile>, LakeError> {
        let mut files = Vec::new();
        for table in &outgoing.tables {
            self.put_table(table, name, &mut files, memory)?;
        }
        outgoing.count();
        let rows = objects::rows_of(&outgoing.pieces, self.now)?;
        self.put(&Batch::own(OBJECTS, &rows, self.now), name, &mut files, memory)?;
        let rejects = outgoing.rejects();
        if !rejects.is_empty() {
            let rows = objects::rejects_of(&rejects, self.now)?;
            self.put(&Batch::own(REJECTS, &rows, self.now), name, &mut files, memory)?;
        }
        Ok(files)
    }

    fn put_table(
        &self,
        table: &Table<'_>,
        name: &str,
        files: &mut Vec<LakeFile>,
        memory: &mut Memory,
    ) -> Result<(), LakeError> {
        let habits = habits(&table.rows.batch, &table.is_kept);
        for part in parts(&table.mapping.source.name, &table.rows, &table.is_kept) {
            let batch = Batch {
                rows: &table.rows.batch,
                numbers: part.rows,
                habits: &habits,
                partition: part.partition,
                times: part.times,
            };
            self.put(&batch, name, files, memory)?;
        }
        Ok(())
    }

    fn put(
        &self,
        batch: &Batch<'_>,
        name: &str,
        files: &mut Vec<LakeFile>,
        memory: &mut Memory,
    ) -> Result<(), LakeError> {
        let bytes = encode(batch.rows, &batch.numbers, batch.habits, self.now, memory)?;
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
    /// gathered, takes the mark off those and tells that the files must be written again.
    fn commit(
        &self,
        files: &[LakeFile],
        outgoing: &mut Outgoing<'_>,
        ticket: Ticket,
    ) -> Result<bool, LakeError> {
        for _ in 0..COMMIT_ATTEMPTS_MAX {
            let mut log = locked(&self.log);
            // INVARIANT: only a log that is indexed is committed to. Otherwise another worker's
            // lost commit would hide from this batch what the winner stored.
            if log.lake.version() == log.indexed {
                if log.drop_stored(ticket, outgoing) {
                    return Ok(false);
                }
                let actions = files.iter().map(|file| Action::Add(file.add(true))).collect();
                if let Commit::Done = self.runtime.block_on(log.lake.commit(actions))? {
                    log.indexed = log.lake.version();
                    log.add(files);
                    let pieces = outgoing.pieces.iter();
                    learn(&mut log.objects, pieces.map(|it| (it.identity, it.known())));
                    drop(log);
                    let mut keys = locked(&self.keys);
                    for table in &outgoing.tables {
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
            let claimed = stored.iter().filter(|it| keys.learn(it)).map(|it| it.id).collect();
            log.others.push(mapping.index, claimed);
        }
        Ok(())
    }

    fn count(&self, tables: &[Table<'_>]) {
        let mut counts = locked(&self.counts);
        for table in tables {
            let accepted = table.is_kept.iter().filter(|kept| **kept).count() as u64;
            let counts = counts.entry(table.mapping.source.name.clone()).or_default();
            counts.accepted += accepted;
            let read = table.is_kept.len() + table.rows.repeated.len();
            counts.duplicate += read as u64 - accepted;
        }
    }
}

/// Rows of one partition.
struct Batch<'a> {
    rows: &'a arrow::array::RecordBatch,
    numbers: Vec<u32>,
    /// What the columns are like, where that is known.
    habits: &'a [Habit],
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
            habits: &[],
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
        let is_objects = |file: &&LakeFile| file.partition.source == OBJECTS;
        let n_kept = all.len() - new.len();
        let mut objects: Vec<_> = new.iter().filter(is_objects).collect();
        if n_kept < known.len() && !objects.is_empty() {
            // Compacted: what was learnt from files that are gone stands in the new ones too.
            self.objects.clear();
            objects = all.iter().filter(is_objects).collect();
        }
        self.files.clear();
        self.add(&all);
        for file in objects {
            for batch in runtime.block_on(stored_objects(store, file))? {
                learn(&mut self.objects, known_of(&batch));
            }
        }
        Ok(new)
    }

    /// Takes the mark off what others stored; tells whether the batch must be written again.
    fn drop_stored(&mut self, ticket: Ticket, outgoing: &mut Outgoing<'_>) -> bool {
        let is_news = outgoing.look_up(&self.objects);
        self.others.drop_stored(ticket, outgoing) | is_news
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

/// Locks; a worker that died holding the lock has ended the run already.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
