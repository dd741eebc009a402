//! All pages at work: rows of any source in, findings out.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::sync::Arc;

use arrow::record_batch::RecordBatch;
use haechi_catalog::{Catalog, Detection, Source as LogSource};
use haechi_model::{Finding, FindingId, Window};
use haechi_origins::Clients;

use crate::DetectError;
use crate::attacks::Ids;
use crate::group::{Group, predicate};
use crate::lists::Lists;
use crate::origins::Beside;
use crate::page::Watcher;
use crate::places::Places;
use crate::rows::Rows;
use crate::schema::Schema;
use crate::setup::Fault;
use crate::snapshot::{self, Source};
use crate::sql;

/// Every detection of a catalogue, ready to look at rows in time order.
pub struct Detector {
    sources: BTreeMap<String, SourceDetector>,
    own_accounts: BTreeSet<String>,
    places: Option<Arc<dyn Places>>,
    clients: Clients,
    window: Window,
}

/// Which pages a batch of rows is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// The pages that columns are enough for.
    Plain,
    /// The pages that reach into the verbatim record.
    Deep,
    /// All pages.
    Whole,
}

/// A query whose rows, given to [`Detector::observe_plan`], are all that its pages need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The source.
    pub source: String,
    /// The pages that its rows are for.
    pub depth: Depth,
    /// The columns that are read, as SQL names them.
    pub columns: Vec<String>,
    /// The window with the days before it that its pages want to see.
    pub(crate) window: Window,
    /// What rows it gives whatever the time, and how they are ordered within a moment.
    condition: String,
    order: String,
}

impl Plan {
    /// Returns SQL that gives all rows in time order.
    #[must_use]
    pub fn sql(&self) -> String {
        self.within(self.window)
    }

    /// Returns SQL that gives the rows of a stretch of time in time order, and none before it.
    #[must_use]
    pub fn within(&self, window: Window) -> String {
        let mut conditions = sql::within(window);
        conditions.push("\"time\" is not null".to_owned());
        conditions.push(self.condition.clone());
        format!(
            "select {} from \"{}\" where {} order by \"time\" nulls first, {}",
            self.columns.join(", "),
            self.source,
            conditions.join(" and "),
            self.order,
        )
    }
}

struct SourceDetector {
    schema: Schema,
    plain: Group,
    deep: Group,
}

impl Detector {
    /// Makes every detection of a catalogue ready.
    ///
    /// # Errors
    /// A page's definition does not make sense; the error names the page, the line and the reason.
    pub fn new(catalog: &Catalog) -> Result<Self, DetectError> {
        let mut by_source: BTreeMap<&str, Vec<&Detection>> = BTreeMap::new();
        for detection in catalog.detections.values() {
            by_source.entry(&detection.source).or_default().push(detection);
            for other in also_of(detection) {
                by_source.entry(other).or_default().push(detection);
            }
        }
        let mut sources = BTreeMap::new();
        for (name, detections) in by_source {
            let Some(source) = catalog.sources.get(name) else {
                return Err(unknown_source(name, &detections));
            };
            let detector = SourceDetector::new(source, &detections)?;
            sources.insert(name.to_owned(), detector);
        }
        begin_signs(&mut sources);
        let window = Window::default();
        let (own_accounts, clients) = (BTreeSet::new(), Clients::of(catalog));
        Ok(Self { sources, own_accounts, places: None, clients, window })
    }

    /// Names the accounts that belong to whoever runs haechi, beside the one of each record.
    pub fn set_own_accounts(&mut self, accounts: impl IntoIterator<Item = String>) {
        self.own_accounts = accounts.into_iter().collect();
    }

    /// Gives the pages the user's lists of addresses and domains.
    pub fn set_lists(&mut self, lists: Lists) {
        let lists = Arc::new(lists);
        for source in self.sources.values_mut() {
            source.plain.set_lists(&lists, &source.schema);
            source.deep.set_lists(&lists, &source.schema);
        }
    }

    /// Gives the pages the user's tables of addresses.
    pub fn set_places(&mut self, places: &Arc<dyn Places>) {
        self.places = Some(Arc::clone(places));
    }

    /// Raises only what happens inside the window; what is shown before it is history.
    pub fn set_window(&mut self, window: Window) {
        self.window = window;
        for source in self.sources.values_mut() {
            source.plain.set_window(window);
            source.deep.set_window(window);
        }
    }

    /// Returns the queries that give the pages their rows: at most two for each source.
    #[must_use]
    pub fn plans(&self) -> Vec<Plan> {
        let of_source = |(name, source): (&String, &SourceDetector)| {
            let depths = source.depths();
            depths.iter().map(|depth| source.plan(name, *depth, self.window)).collect::<Vec<_>>()
        };
        self.sources.iter().flat_map(of_source).collect()
    }

    /// Looks at whole rows of a source, in time order over all calls.
    ///
    /// # Errors
    /// The source has no detections, or the batch does not have the form of its table.
    pub fn observe(&mut self, source: &str, batch: &RecordBatch) -> Result<(), DetectError> {
        self.observe_for(source, Depth::Whole, batch)
    }

    /// Looks at rows that a plan's query gave, in time order over all calls for that plan.
    ///
    /// # Errors
    /// The plan is not one of this detector, or the batch does not have the form of its table.
    pub fn observe_plan(&mut self, plan: &Plan, batch: &RecordBatch) -> Result<(), DetectError> {
        self.observe_for(&plan.source, plan.depth, batch)
    }

    /// Returns the schema of a source's table, for those that put its rows in order.
    pub(crate) fn schema(&self, source: &str) -> Result<&Schema, DetectError> {
        let found = self.sources.get(source).map(|detector| &detector.schema);
        found.ok_or_else(|| DetectError::UnknownSource { source_name: source.to_owned() })
    }

    fn observe_for(
        &mut self,
        source: &str,
        depth: Depth,
        batch: &RecordBatch,
    ) -> Result<(), DetectError> {
        let Some(detector) = self.sources.get_mut(source) else {
            return Err(DetectError::UnknownSource { source_name: source.to_owned() });
        };
        let beside = Beside {
            own_accounts: &self.own_accounts,
            places: self.places.as_deref(),
            clients: &self.clients,
        };
        let rows = Rows::new(&detector.schema, beside, batch)?;
        if depth != Depth::Deep {
            detector.plain.observe(&rows);
        }
        if depth != Depth::Plain {
            detector.deep.observe(&rows);
        }
        Ok(())
    }

    /// Writes down what the pages remember, so that another run goes on where this one stops.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write_snapshot(&mut self, out: &mut dyn Write) -> io::Result<()> {
        snapshot::write(self.states(), out)
    }

    /// Returns what [`Detector::write_snapshot`] writes.
    #[must_use]
    pub fn snapshot(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        // Memory takes everything.
        let _ = self.write_snapshot(&mut out);
        out
    }

    /// Returns how many bytes each state has in a snapshot, the largest first, by whose it is.
    #[must_use]
    pub fn state_sizes(&mut self) -> Vec<(usize, String)> {
        let mut sizes: Vec<(usize, String)> = Vec::new();
        for (whose, parts) in self.states() {
            let whose = whose.lines().next().unwrap_or_default().to_owned();
            sizes.push((snapshot::size(&parts), whose));
        }
        sizes.sort_by(|one, other| other.cmp(one));
        sizes
    }

    /// Takes up what [`Detector::write_snapshot`] has written; pages that have changed since, or
    /// are new, begin without a memory and are named.
    ///
    /// # Errors
    /// The bytes are no snapshot of this version, or are cut off or damaged.
    pub fn restore(&mut self, bytes: &[u8]) -> Result<Vec<String>, DetectError> {
        self.restore_from(&mut io::Cursor::new(bytes))
    }

    /// Takes up what stands in a file, as [`Detector::restore`] does; what comes behind it is left.
    ///
    /// # Errors
    /// As those of [`Detector::restore`], or the file cannot be read.
    pub fn restore_from(&mut self, source: &mut dyn Source) -> Result<Vec<String>, DetectError> {
        snapshot::read(source, self.states())
    }

    fn states(&mut self) -> Vec<snapshot::State<'_>> {
        let mut states = Vec::new();
        for (source, detector) in &mut self.sources {
            for (depth, group) in [("plain", &mut detector.plain), ("deep", &mut detector.deep)] {
                let of_group = group.states().into_iter();
                states.extend(
                    of_group.map(|(whose, parts)| (format!("{source} {depth} {whose}"), parts)),
                );
            }
        }
        states
    }

    /// Returns how many occurrences were not kept because a page had too many findings.
    #[must_use]
    pub fn n_dropped(&self) -> u64 {
        self.sources.values().map(|it| it.plain.n_dropped() + it.deep.n_dropped()).sum()
    }

    /// Shares the room for what is remembered among so many sources: those that have rows.
    pub(crate) fn share_room(&mut self, n_sources: usize) {
        self.groups().for_each(|group| group.room.share(n_sources));
    }

    /// Returns how many subjects, pairs and the like were forgotten for want of room so far.
    #[must_use]
    pub fn n_let_go(&mut self) -> u64 {
        let of_group =
            |group: &mut Group| group.parts().iter().map(|it| it.n_let_go()).sum::<u64>();
        self.groups().map(of_group).sum()
    }

    /// Notes the ids of all records that speak for findings; they are to be taken after each batch.
    pub fn keep_every_record(&mut self) {
        self.groups().for_each(Group::keep_every_record);
    }

    /// Takes the ids of records beyond the first ones, which the findings hold themselves.
    pub fn take_records(&mut self) -> Vec<(FindingId, Vec<String>)> {
        let mut records = Vec::new();
        self.groups().for_each(|group| group.take_records(&mut records));
        records.sort_unstable();
        records
    }

    /// Ends the looking; what can only be said when everything has been seen is said now.
    pub(crate) fn end(&mut self) {
        self.groups().for_each(Group::end);
    }

    fn groups(&mut self) -> impl Iterator<Item = &mut Group> {
        self.sources.values_mut().flat_map(|source| [&mut source.plain, &mut source.deep])
    }

    /// Ends the work: every finding, worst first, then oldest first.
    #[must_use]
    pub fn finish(mut self) -> Vec<Finding> {
        self.end();
        self.into_findings()
    }

    /// Gives up the findings of a work that has ended.
    pub(crate) fn into_findings(self) -> Vec<Finding> {
        let (mut findings, mut signals, mut attacks) = (Vec::new(), Vec::new(), Vec::new());
        let (mut lineage, mut ids) = (None, Ids::new());
        for (name, source) in self.sources {
            for group in [source.plain, source.deep] {
                let outcome = group.into_outcome(&name);
                findings.extend(outcome.findings);
                signals.extend(outcome.signals);
                attacks.extend(outcome.attacks);
                lineage = lineage.or(outcome.lineage);
            }
            let id = source.schema.id.map(|slot| source.schema.quoted(slot));
            ids.insert(name, id);
        }
        for attack in attacks {
            findings.extend(attack.findings(&signals, &mut lineage, &ids));
        }
        findings.sort_by(|first, after| {
            let worst_first = after.severity.value().total_cmp(&first.severity.value());
            let oldest_first = first.first_seen.cmp(&after.first_seen);
            worst_first.then(oldest_first).then_with(|| first.id.cmp(&after.id))
        });
        findings
    }
}

impl SourceDetector {
    fn new(source: &LogSource, detections: &[&Detection]) -> Result<Self, DetectError> {
        let schema = Schema::of(source);
        let (mut plain, mut deep) = (Vec::new(), Vec::new());
        for detection in detections {
            let watcher = Watcher::new(detection, &schema)?;
            if watcher.is_deep() {
                deep.push(watcher);
            } else {
                plain.push(watcher);
            }
        }
        Ok(Self { plain: Group::new(plain, &schema), deep: Group::new(deep, &schema), schema })
    }

    /// Returns for which pages rows are asked for at once.
    ///
    /// Where both want rows whatever happened in them, they want the same ones: asking once costs
    /// half. Otherwise records are read for the few rows that some page reaches into.
    fn depths(&self) -> &'static [Depth] {
        match (self.plain.is_empty(), self.deep.is_empty()) {
            (true, true) => &[],
            (false, true) => &[Depth::Plain],
            (true, false) => &[Depth::Deep],
            (false, false) if self.deep.is_wide() => &[Depth::Whole],
            (false, false) => &[Depth::Plain, Depth::Deep],
        }
    }

    fn plan(&self, name: &str, depth: Depth, window: Window) -> Plan {
        let groups = match depth {
            Depth::Plain => vec![&self.plain],
            Depth::Deep => vec![&self.deep],
            Depth::Whole => vec![&self.plain, &self.deep],
        };
        let slots: BTreeSet<usize> = groups.iter().flat_map(|group| group.slots()).collect();
        let columns: Vec<String> = std::iter::once("\"time\"".to_owned())
            .chain(slots.iter().map(|slot| self.schema.quoted(*slot)))
            .collect();
        // Rows of one moment stand in the order of their ids, so that every run sees them alike.
        let order: Vec<String> =
            self.schema.id_slots().iter().map(|slot| self.schema.quoted(*slot)).collect();
        let wanted = groups.iter().flat_map(|group| group.wanted(&self.schema)).collect();
        let is_nearly_all = groups.iter().any(|group| group.learns_from_all());
        let days = groups.iter().map(|group| group.history_days()).max().unwrap_or(0);
        let seconds = i64::from(days) * SECONDS_PER_DAY;
        let from = window.from.map(|from| from.plus_seconds(-seconds));
        Plan {
            source: name.to_owned(),
            depth,
            columns,
            window: Window { from, until: window.until },
            condition: predicate(wanted, is_nearly_all, &self.schema),
            order: order.join(", "),
        }
    }
}

/// Lets every page note what the attack sequences of all of them ask for.
fn begin_signs(sources: &mut BTreeMap<String, SourceDetector>) {
    let groups = sources.values().flat_map(|source| [&source.plain, &source.deep]);
    let outlines: Vec<_> = groups.flat_map(Group::attacks).cloned().collect();
    if outlines.is_empty() {
        return;
    }
    for SourceDetector { schema, plain, deep } in sources.values_mut() {
        plain.begin_signs(&outlines, schema, true);
        // What reaches into records looks at fewer rows, and uses the lineage of the others.
        deep.begin_signs(&outlines, schema, false);
    }
}

/// Returns the other sources whose rows a page looks at too.
fn also_of(detection: &Detection) -> impl Iterator<Item = &str> {
    let also = detection.settings.get("also").and_then(|also| also.as_array());
    also.into_iter().flatten().filter_map(|source| source.as_str())
}

fn unknown_source(name: &str, detections: &[&Detection]) -> DetectError {
    let is_also = |it: &&&Detection| it.source != name;
    let near = if detections.first().as_ref().is_some_and(is_also) { "also" } else { "source" };
    let fault = Fault::near(near, format!("there is no source `{name}`"));
    match detections.first() {
        Some(detection) => fault.in_page(&detection.page),
        None => DetectError::UnknownSource { source_name: name.to_owned() },
    }
}

const SECONDS_PER_DAY: i64 = 86_400;
