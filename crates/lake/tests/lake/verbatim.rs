//! Every source's records come back byte for byte, however they were cut, compressed, doubled and
//! ordered on their way into the lake.

use std::collections::{BTreeMap, HashMap, HashSet};

use haechi_lake::compact;
use haechi_model::Timestamp;
use haechi_sources::{Mappings, Object, Opened, Reject, Row, Sink, SinkError, read_object};

use super::support::{Bench, StoredRow, gzip};

/// How many lakes are filled, each in another way.
const ROUNDS: u64 = 4;

/// What a reader makes of a text.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Content {
    /// The source and the bytes of each record, in order.
    records: Vec<(String, String)>,
    n_rejects: usize,
    /// Where the first record begins.
    start: Option<usize>,
    /// Each record is known by an id.
    has_ids: bool,
}

impl Sink for Content {
    fn row(&mut self, row: &Row<'_>) -> Result<(), SinkError> {
        let source = &row.mapping.source;
        self.has_ids = source.id.is_some() && (self.has_ids || self.records.is_empty());
        self.start = self.start.or(usize::try_from(row.position).ok());
        self.records.push((source.name.clone(), row.record.to_owned()));
        Ok(())
    }

    fn reject(&mut self, _: Reject) -> Result<(), SinkError> {
        self.n_rejects += 1;
        Ok(())
    }
}

fn content(text: &str, mappings: &Mappings) -> Content {
    let mut content = Content::default();
    let mut opened = Opened::of_bytes(text.as_bytes().to_vec());
    read_object("log", &mut opened, mappings, &mut content).unwrap();
    content
}

/// The `log` blocks of a page. Those that share an id with an earlier one are left out: which of
/// the two a lake keeps depends on their order.
fn examples(bench: &Bench, mappings: &Mappings) -> Vec<(String, Vec<String>)> {
    let mut ids = HashSet::new();
    let mut is_new = |text: &str| {
        let Content { records, has_ids, .. } = content(text, mappings);
        let id = |record: &str| {
            let record: serde_json::Value = serde_json::from_str(record).unwrap();
            record["eventID"].as_str().unwrap().to_owned()
        };
        !has_ids || records.iter().all(|(_, record)| ids.insert(id(record)))
    };
    let pages = bench.catalog.sources.values().map(|source| {
        let blocks = source.page.examples.iter().flat_map(|example| &example.blocks);
        let logs = blocks.filter(|it| it.language == "log" && is_new(&it.text));
        (source.name.clone(), logs.map(|it| it.text.clone()).collect())
    });
    pages.collect()
}

/// Chance that comes out the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut next = self.0;
        next = (next ^ (next >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        next = (next ^ (next >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((next ^ (next >> 31)) % n as u64).unwrap()
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

/// Splits a log behind a line, each half with the header, or a list of records behind one of them;
/// gives nothing when the log cannot be split there.
fn split(log: &str, mappings: &Mappings, dice: &mut Dice) -> Option<[String; 2]> {
    let whole = content(log, mappings);
    let halves = list_halves(&whole, log, dice).or_else(|| line_halves(&whole, log, dice))?;
    let mut joined = content(&halves[0], mappings);
    let second = content(&halves[1], mappings);
    let is_split = !joined.records.is_empty() && !second.records.is_empty();
    joined.records.extend(second.records);
    (is_split && joined.records == whole.records && whole.n_rejects == 0).then_some(halves)
}

fn line_halves(whole: &Content, log: &str, dice: &mut Dice) -> Option<[String; 2]> {
    let header = log.get(..whole.start?).filter(|it| it.ends_with('\n')).unwrap_or_default();
    let ends: Vec<usize> = log.match_indices('\n').map(|(at, _)| at + 1).collect();
    let at = ends[dice.below(ends.len())].max(header.len());
    let (first, second) = log.split_at(at);
    Some([first.to_owned(), format!("{header}{second}")])
}

fn list_halves(whole: &Content, log: &str, dice: &mut Dice) -> Option<[String; 2]> {
    let records: Vec<&str> = whole.records.iter().map(|it| it.1.as_str()).collect();
    let is_list = log.starts_with("{\"Records\":") && 1 < records.len();
    let (first, second) = is_list.then(|| records.split_at(1 + dice.below(records.len() - 1)))?;
    let list = |records: &[&str]| format!("{{\"Records\": [{}]}}", records.join(", "));
    Some([list(first), list(second)])
}

fn stored(text: &str, dice: &mut Dice) -> Vec<u8> {
    match dice.below(3) {
        0 => text.as_bytes().to_vec(),
        1 => gzip(text.as_bytes()),
        _ => zstd::encode_all(text.as_bytes(), 1).unwrap(),
    }
}

/// The logs of one round as they were laid down, and what must come of them.
#[derive(Default)]
struct Logs {
    objects: Vec<Object>,
    /// The text of each object, by name.
    texts: HashMap<String, String>,
    /// How often each record must be in the lake, by source.
    expected: BTreeMap<(String, String), usize>,
    n_rejects: usize,
    /// The sources of logs that came in halves.
    split: HashSet<String>,
}

impl Logs {
    fn lay_down(&mut self, bench: &Bench, text: &str, bytes: &[u8]) {
        let name = format!("{}.log", self.objects.len());
        self.objects.push(bench.file(&name, bytes));
        self.texts.insert(name, text.to_owned());
    }

    fn add(&mut self, bench: &Bench, text: &str, mappings: &Mappings, dice: &mut Dice) {
        let content = content(text, mappings);
        let bytes = stored(text, dice);
        self.lay_down(bench, text, &bytes);
        if dice.below(3) == 0 {
            self.lay_down(bench, text, &bytes);
        }
        if content.has_ids && dice.below(2) == 0 {
            // Other bytes with the same records: only what has no id comes twice.
            let longer = format!("{text}\n");
            self.lay_down(bench, &longer, &stored(&longer, dice));
            self.n_rejects += content.n_rejects;
        }
        for record in content.records {
            *self.expected.entry(record).or_default() += 1;
        }
        self.n_rejects += content.n_rejects;
    }
}

fn logs(bench: &Bench, mappings: &Mappings, dice: &mut Dice) -> Logs {
    let mut logs = Logs::default();
    for (source, examples) in examples(bench, mappings) {
        for log in examples {
            let halves = (dice.below(3) != 0).then(|| split(&log, mappings, dice)).flatten();
            if halves.is_some() {
                logs.split.insert(source.clone());
            }
            for text in halves.map_or(vec![log], Vec::from) {
                logs.add(bench, &text, mappings, dice);
            }
        }
    }
    dice.shuffle(&mut logs.objects);
    logs
}

/// Asserts that the lake has what was laid down, no more and no less, each record as it stands in
/// its object.
#[track_caller]
fn check(bench: &Bench, logs: &Logs, round: &str) {
    let mut found: BTreeMap<(String, String), usize> = BTreeMap::new();
    for row in bench.source_rows() {
        let text = &logs.texts[&row.file];
        assert!(is_there(&row, text) || is_answer(text), "{round}: {row:?}");
        *found.entry((row.source, row.record)).or_default() += 1;
    }
    assert_eq!(found, logs.expected, "{round}");
    let n_rejects = bench.rows().get("rejects").copied().unwrap_or_default();
    assert_eq!(n_rejects, logs.n_rejects as u64, "{round}");
}

/// Tells whether the record stands at its position, as it is or as a JSON string.
fn is_there(row: &StoredRow, text: &str) -> bool {
    let there = text.get(usize::try_from(row.position).unwrap()..).unwrap();
    let escaped = serde_json::to_string(&row.record).unwrap();
    there.starts_with(&row.record) || there.starts_with(escaped.strip_suffix('"').unwrap())
}

/// Tells whether the object is what CloudWatch answered: times and values in lists of their own, of
/// which each point is made.
fn is_answer(text: &str) -> bool {
    ["MetricDataResults", "Datapoints"].iter().any(|it| text.contains(it))
}

#[test]
fn every_record_of_every_source_is_what_stands_in_its_object() {
    let mut split = HashSet::new();
    for seed in 0..ROUNDS {
        let mut dice = Dice(seed);
        let mut bench = Bench::new();
        let mappings = Mappings::new(bench.catalog.sources.values());
        let logs = logs(&bench, &mappings, &mut dice);
        let sources: HashSet<&String> = logs.expected.keys().map(|(source, _)| source).collect();
        assert_eq!(sources.len(), bench.catalog.sources.len(), "a source has no row");
        bench.threads = 1 + dice.below(4);
        // Always several batches: some 100 KB of rows come of the examples.
        bench.gathered_bytes = bench.threads * (2_000 << dice.below(5));
        let done = bench.ingest(&logs.objects);
        assert_eq!(done.read, done.accepted + done.duplicate + done.rejected);
        assert_eq!(done.accepted, logs.expected.values().sum::<usize>() as u64);
        check(&bench, &logs, &format!("round {seed}"));
        let now = Timestamp::parse("2026-01-01T00:00:00Z").unwrap();
        let compacted = bench.runtime.block_on(compact(&mut bench.open(), "compact", now));
        assert!(0 < compacted.unwrap().merged);
        assert_eq!(bench.ingest(&logs.objects).accepted, 0);
        check(&bench, &logs, &format!("round {seed}, compacted"));
        split.extend(logs.split);
    }
    assert!(10 <= split.len(), "only logs of {split:?} came in halves");
}
