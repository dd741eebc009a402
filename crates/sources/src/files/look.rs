//! What objects hold, as their first records tell.
//!
//! The beginning of an object is enough: what it hides behind that is counted when it is read, and
//! told. Of objects whose names AWS gives, all of one service hold the same, and a few are looked at.

use std::collections::{BTreeSet, HashMap};
use std::io::{self, Read};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use haechi_model::EntityKind;

use super::reading::{is_unreachable, read_error};
use super::told::Told;
use crate::limits::{LOOKED_AT_BYTES, LOOKED_AT_NAMES, LOOKED_AT_ROWS};
use crate::{
    Mappings, Memory, Object, Objects, Opened, ReadError, Reject, Row, Sink, SinkError, open_in,
    read_object,
};

/// For each object the number of its content, and the contents.
pub(super) type Found = (Vec<u32>, Vec<BTreeSet<usize>>, Told);

/// Looks at every object, or at a few of those that hold the same.
pub(super) fn at_all(
    objects: &dyn Objects,
    mappings: &Mappings,
    n_threads: usize,
) -> Result<Found, ReadError> {
    let (alike, looked_at) = alike(objects);
    let look = Look {
        objects,
        mappings,
        looked_at: &looked_at,
        next: AtomicUsize::new(0),
        told: Mutex::default(),
        contents: Mutex::new(vec![BTreeSet::new(); alike.len()]),
    };
    let n_threads = n_threads.clamp(1, looked_at.len().max(1));
    thread::scope(|scope| {
        let threads: Vec<_> = (0..n_threads).map(|_| scope.spawn(|| look.work())).collect();
        let ends = threads.into_iter().map(|thread| thread.join().unwrap_or(Ok(())));
        ends.fold(Ok(()), Result::and)
    })?;
    let contents = look.contents.into_inner().unwrap_or_else(PoisonError::into_inner);
    let told = look.told.into_inner().unwrap_or_else(PoisonError::into_inner);
    let (of_object, contents) = numbered(&alike, contents, objects.n_objects());
    Ok((of_object, contents, told))
}

/// Puts equal contents under one number.
fn numbered(
    alike: &[Vec<u32>],
    contents: Vec<BTreeSet<usize>>,
    n_objects: usize,
) -> (Vec<u32>, Vec<BTreeSet<usize>>) {
    let mut distinct: Vec<BTreeSet<usize>> = Vec::new();
    let mut of_object = vec![0; n_objects];
    for (objects, content) in alike.iter().zip(contents) {
        let at = distinct.iter().position(|known| *known == content).unwrap_or_else(|| {
            distinct.push(content);
            distinct.len() - 1
        });
        for &object in objects {
            if let Some(place) = of_object.get_mut(object as usize) {
                *place = u32::try_from(at).unwrap_or(u32::MAX);
            }
        }
    }
    (of_object, distinct)
}

/// Returns the objects that hold the same by their names, and which are looked at: the number of
/// their kind, and their own.
fn alike(objects: &dyn Objects) -> (Vec<Vec<u32>>, Vec<(usize, usize)>) {
    let mut alike: Vec<Vec<u32>> = Vec::new();
    let mut looked_at = Vec::new();
    let mut by_name: HashMap<String, usize> = HashMap::new();
    for index in 0..objects.n_objects() {
        let Some(object) = objects.object_at(index) else { break };
        let number = match named_by_aws(&object.name) {
            Some(name) => *by_name.entry(name).or_insert(alike.len()),
            None => alike.len(),
        };
        if alike.len() <= number {
            alike.push(Vec::new());
        }
        let Some(kind) = alike.get_mut(number) else { continue };
        kind.push(u32::try_from(index).unwrap_or(u32::MAX));
        if kind.len() <= LOOKED_AT_NAMES {
            looked_at.push((number, index));
        }
    }
    (alike, looked_at)
}

/// Returns the part of the name that tells the service: `111122223333_CloudTrail_…` in its folder's
/// layout is what AWS calls an object of CloudTrail.
fn named_by_aws(name: &str) -> Option<String> {
    let file = name.rsplit('/').next()?;
    let mut parts = file.split('_');
    let (account, service, more) = (parts.next()?, parts.next()?, parts.next());
    let ending = file.split_once('.').map_or("", |(_, ending)| ending);
    (EntityKind::Account.accepts(account) && more.is_some()).then(|| format!("{service}.{ending}"))
}

struct Look<'l> {
    objects: &'l dyn Objects,
    mappings: &'l Mappings,
    looked_at: &'l [(usize, usize)],
    next: AtomicUsize,
    contents: Mutex<Vec<BTreeSet<usize>>>,
    told: Mutex<Told>,
}

/// What an object's first records tell.
#[derive(Default)]
struct First {
    sources: BTreeSet<usize>,
    n_rows: usize,
    n_rejects: u64,
    /// What is wrong with the first of them.
    fault: Option<String>,
    /// Every byte of it was looked at, and it is no log for this reason.
    skipped: Option<String>,
}

impl Look<'_> {
    fn work(&self) -> Result<(), ReadError> {
        let mut memory = Memory::default();
        loop {
            let next = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(&(number, index)) = self.looked_at.get(next) else { return Ok(()) };
            let Some(object) = self.objects.object_at(index) else { continue };
            let first = match self.first(&object, &mut memory) {
                Ok(first) => first,
                Err(ReadError::Object { source, .. }) if !is_unreachable(&source) => {
                    self.told().lose(&object.name, &source.to_string());
                    continue;
                }
                Err(error) => return Err(error),
            };
            if let Some(reason) = first.skipped.as_ref().or(first.only_faults().as_ref()) {
                let mut told = self.told();
                told.skip(&object.name, reason);
                told.reject(index, first.n_rejects);
            }
            let mut contents = self.contents.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(content) = contents.get_mut(number) {
                content.extend(first.sources);
            }
        }
    }

    fn told(&self) -> std::sync::MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the beginning, and at all of it where that does not tell.
    fn first(&self, object: &Object, memory: &mut Memory) -> Result<First, ReadError> {
        let failed = |source: io::Error| ReadError::Object { name: object.name.clone(), source };
        let mut start = Vec::new();
        let mut reader = object.reader().map_err(failed)?;
        reader.by_ref().take(LOOKED_AT_BYTES).read_to_end(&mut start).map_err(failed)?;
        let is_whole = (start.len() as u64) < LOOKED_AT_BYTES;
        drop(reader);
        let mut first = self.read(object, &mut Opened::of_bytes(start))?;
        if is_whole || 0 < first.n_rows {
            return Ok(first);
        }
        let mut opened = open_in(std::mem::take(memory), object).map_err(failed)?;
        first = self.read(object, &mut opened)?;
        *memory = opened.into_memory();
        Ok(first)
    }

    fn read(&self, object: &Object, opened: &mut Opened) -> Result<First, ReadError> {
        let mut first = First::default();
        match read_object(&object.name, opened, self.mappings, &mut first) {
            Ok(summary) => first.skipped = summary.skipped.map(|it| it.0),
            Err(error) if error.is::<SeenEnough>() => {}
            Err(error) => return Err(read_error(error)),
        }
        Ok(first)
    }
}

/// Says that no more rows are needed.
#[derive(Debug, thiserror::Error)]
#[error("enough was seen")]
struct SeenEnough;

impl First {
    /// Says what is wrong with an object of which no record can be read: no table will read it.
    fn only_faults(&self) -> Option<String> {
        let fault = self.fault.as_ref().filter(|_| self.n_rows == 0)?;
        Some(format!("none of its records can be read: {fault}"))
    }
}

impl Sink for First {
    fn row(&mut self, row: &Row<'_>) -> Result<(), SinkError> {
        self.sources.insert(row.mapping.index);
        self.n_rows += 1;
        if self.n_rows < LOOKED_AT_ROWS { Ok(()) } else { Err(SeenEnough.into()) }
    }

    fn reject(&mut self, reject: Reject) -> Result<(), SinkError> {
        self.n_rejects += 1;
        self.fault.get_or_insert(reject.reason);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_aws_gives_tell_the_service() {
        let trail = named_by_aws("b/AWSLogs/x/111122223333_CloudTrail_us-east-1_2024_a.json.gz");
        let other = named_by_aws("111122223333_CloudTrail_eu-west-1_2024_b.json.gz");
        assert_eq!(trail.as_deref(), Some("CloudTrail.json.gz"));
        assert_eq!(trail, other);
        assert_eq!(named_by_aws("logs/trail_1.json"), None);
        assert_eq!(named_by_aws("logs/111122223333_x.json"), None);
    }
}
