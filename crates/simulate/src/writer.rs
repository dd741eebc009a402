//! Writes traces into files and counts what it writes.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use flate2::{Compression, GzBuilder};

use crate::{
    SimulateError,
    cloudtrail::Event,
    flows, lambda, layout, limits,
    moment::{MINUTE, Moment},
    organisation::{self, CLUSTER, Organisation},
    random::Random,
    subscription,
    traces::{Mark, Traces},
    truth::{Totals, Truth},
};

/// The folder and what has been written so far, by source.
#[derive(Debug)]
pub(crate) struct Writer<'a> {
    folder: &'a Path,
    organisation: &'a Organisation,
    totals: BTreeMap<&'static str, Totals>,
    lines: BTreeMap<Mark, Vec<String>>,
}

/// Totals by source, and the names of the lines that attacks left.
pub(crate) type Written = (BTreeMap<&'static str, Totals>, BTreeMap<Mark, Vec<String>>);

const CLOUDTRAIL: &str = "cloudtrail";
const FLOWS: &str = "vpc_flow";
const LOOKUPS: &str = "route53_resolver";
const LAMBDA: &str = "cloudwatch_logs";
const VISITS: &str = "s3_access";
const AUDITS: &str = "eks_audit";

impl<'a> Writer<'a> {
    /// Opens a folder that does not exist yet or is empty.
    pub(crate) fn open(
        folder: &'a Path,
        organisation: &'a Organisation,
    ) -> Result<Self, SimulateError> {
        let failed = |source| SimulateError::Write { path: folder.to_owned(), source };
        fs::create_dir_all(folder).map_err(failed)?;
        if fs::read_dir(folder).map_err(failed)?.next().is_some() {
            return Err(SimulateError::NotEmpty { path: folder.to_owned() });
        }
        Ok(Self { folder, organisation, totals: BTreeMap::new(), lines: BTreeMap::new() })
    }

    /// Writes one hour.
    pub(crate) fn write(&mut self, hour: Moment, mut traces: Traces) -> Result<(), SimulateError> {
        self.write_events(hour, std::mem::take(&mut traces.events))?;
        self.write_flows(hour, &traces)?;
        self.write_lookups(hour, &traces)?;
        self.write_visits(hour, &traces)?;
        self.write_lines(hour, &traces)?;
        self.write_audits(hour, &traces)
    }

    /// Writes the object that every export task leaves behind, and hands over the totals and the
    /// names of the attacks' lines.
    pub(crate) fn close(self) -> Result<Written, SimulateError> {
        let check = layout::export_check(lambda::FUNCTION);
        self.put(&check, b"Permission Check Successful")?;
        Ok((self.totals, self.lines))
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), SimulateError> {
        write_file(self.folder.join(name), bytes)
    }

    fn write_events(&mut self, hour: Moment, events: Vec<Event>) -> Result<(), SimulateError> {
        let mut places: BTreeMap<(&str, &str), Vec<Event>> = BTreeMap::new();
        for event in events {
            places.entry((event.account, event.region)).or_default().push(event);
        }
        for (place, mut events) in places {
            events.sort_by(|one, two| (one.time, &one.id).cmp(&(two.time, &two.id)));
            self.write_place(place, hour, &events)?;
        }
        Ok(())
    }

    /// Writes what one account did in one region; some files are delivered twice.
    fn write_place(
        &mut self,
        (account, region): (&str, &str),
        hour: Moment,
        events: &[Event],
    ) -> Result<(), SimulateError> {
        let mut random = self.naming(&format!("{account}/{region}"), hour);
        for chunk in events.chunks(limits::RECORDS_PER_FILE) {
            let newest = chunk.last().map_or(hour, |event| event.time);
            let delivered = newest.next_mark(5 * MINUTE).plus(5 * MINUTE);
            let bytes = records(chunk);
            let name = layout::cloudtrail(account, region, delivered, &mut random);
            self.put_gzip(CLOUDTRAIL, &name, &bytes, chunk.len())?;
            if random.permille(limits::DUPLICATE_PERMILLE) {
                let again = layout::cloudtrail(account, region, delivered, &mut random);
                self.put_gzip(CLOUDTRAIL, &again, &bytes, chunk.len())?;
                self.count_duplicate(CLOUDTRAIL, chunk.len());
            }
        }
        Ok(())
    }

    fn write_flows(&mut self, hour: Moment, traces: &Traces) -> Result<(), SimulateError> {
        let organisation = self.organisation;
        for network in &organisation.networks {
            let mut random = self.naming(&network.flow_log, hour);
            let mut lines: Vec<_> =
                traces.flows.iter().filter(|flow| flow.log == network.flow_log).collect();
            lines.sort_by(|one, two| (one.start, &one.text).cmp(&(two.start, &two.text)));
            for chunk in lines.chunks(limits::LINES_PER_FILE) {
                let header = std::iter::once(flows::header(network.format));
                let text = joined(header.chain(chunk.iter().map(|flow| flow.text.as_str())));
                let name = layout::flows(network, hour, &mut random);
                let header = flows::header(network.format).len() + 1;
                let marks = chunk.iter().map(|flow| (flow.mark, flow.text.len()));
                self.note(&name, header, marks);
                self.put_gzip(FLOWS, &name, text.as_bytes(), chunk.len())?;
            }
        }
        Ok(())
    }

    fn write_lookups(&mut self, hour: Moment, traces: &Traces) -> Result<(), SimulateError> {
        let organisation = self.organisation;
        for network in &organisation.networks {
            let mut random = self.naming(&network.vpc, hour);
            let mut lines: Vec<_> =
                traces.lookups.iter().filter(|lookup| lookup.vpc == network.vpc).collect();
            lines.sort_by(|one, two| (one.time, &one.text).cmp(&(two.time, &two.text)));
            for chunk in lines.chunks(limits::LINES_PER_FILE) {
                let text = joined(chunk.iter().map(|lookup| lookup.text.as_str()));
                let name = layout::lookups(network, hour, &mut random);
                let marks = chunk.iter().map(|lookup| (lookup.mark, lookup.text.len()));
                self.note(&name, 0, marks);
                self.put_gzip(LOOKUPS, &name, text.as_bytes(), chunk.len())?;
            }
        }
        Ok(())
    }

    fn write_visits(&mut self, hour: Moment, traces: &Traces) -> Result<(), SimulateError> {
        for bucket in [organisation::ASSETS, organisation::CUSTOMER_DATA] {
            let mut random = self.naming(bucket, hour);
            let mut lines: Vec<_> =
                traces.visits.iter().filter(|visit| visit.bucket == bucket).collect();
            lines.sort_by(|one, two| (one.time, &one.text).cmp(&(two.time, &two.text)));
            for chunk in lines.chunks(limits::LINES_PER_FILE) {
                let text = joined(chunk.iter().map(|visit| visit.text.as_str()));
                let account = organisation::owner_of(bucket);
                let name = layout::visits(account, bucket, hour, &mut random);
                self.put(&name, text.as_bytes())?;
                self.count(VISITS, chunk.len());
            }
        }
        Ok(())
    }

    fn write_lines(&mut self, hour: Moment, traces: &Traces) -> Result<(), SimulateError> {
        if traces.lines.is_empty() {
            return Ok(());
        }
        let mut lines: Vec<_> = traces.lines.iter().collect();
        lines.sort_by_key(|line| line.time);
        let text = joined(lines.iter().map(|line| line.text.as_str()));
        let name = layout::function(self.organisation.seed, lambda::FUNCTION, hour);
        self.put_gzip(LAMBDA, &name, text.as_bytes(), lines.len())
    }

    /// Writes what the cluster was asked, as a subscription of its log group hands it on.
    fn write_audits(&mut self, hour: Moment, traces: &Traces) -> Result<(), SimulateError> {
        let mut audits: Vec<_> = traces.audits.iter().collect();
        audits.sort_by(|one, two| (one.time, &one.text).cmp(&(two.time, &two.text)));
        let mut random = self.naming("eks-audit", hour);
        for chunk in audits.chunks(limits::LINES_PER_FILE) {
            let name = layout::audits(CLUSTER, hour, &mut random);
            let mut text = String::new();
            for batch in chunk.chunks(limits::EVENTS_PER_BATCH) {
                subscription::append(self.organisation.seed, batch, &mut text, |mark, position| {
                    self.lines.entry(mark).or_default().push(format!("{name}:{position}"));
                });
            }
            self.put_gzip(AUDITS, &name, text.as_bytes(), chunk.len())?;
        }
        Ok(())
    }

    /// Notes which lines of a file belong to attacks, given how long each is and where the first
    /// begins.
    fn note(
        &mut self,
        name: &str,
        first: usize,
        lines: impl Iterator<Item = (Option<Mark>, usize)>,
    ) {
        let mut position = first;
        for (mark, length) in lines {
            if let Some(mark) = mark {
                self.lines.entry(mark).or_default().push(format!("{name}:{position}"));
            }
            position += length + 1;
        }
    }

    fn put_gzip(
        &mut self,
        source: &'static str,
        name: &str,
        bytes: &[u8],
        n_records: usize,
    ) -> Result<(), SimulateError> {
        let path = || self.folder.join(name);
        let packed = gzip(bytes).map_err(|source| SimulateError::Write { path: path(), source })?;
        self.put(name, &packed)?;
        self.count(source, n_records);
        Ok(())
    }

    fn count(&mut self, source: &'static str, n_records: usize) {
        let totals = self.totals.entry(source).or_default();
        totals.files += 1;
        totals.records += u64::try_from(n_records).unwrap_or_default();
    }

    fn count_duplicate(&mut self, source: &'static str, n_records: usize) {
        let totals = self.totals.entry(source).or_default();
        totals.duplicate_files += 1;
        totals.duplicate_records += u64::try_from(n_records).unwrap_or_default();
    }

    fn naming(&self, what: &str, hour: Moment) -> Random {
        Random::stream(self.organisation.seed, &format!("files/{what}"), hour.0)
    }
}

/// The envelope of a CloudTrail file.
fn records(events: &[Event]) -> Vec<u8> {
    let texts: Vec<&str> = events.iter().map(|event| event.text.as_str()).collect();
    format!("{{\"Records\":[{}]}}", texts.join(",")).into_bytes()
}

fn joined<'t>(lines: impl Iterator<Item = &'t str>) -> String {
    let mut text = String::new();
    for line in lines {
        text.push_str(line);
        text.push('\n');
    }
    text
}

/// Packs with a header that names no time and no machine, so that equal content has equal bytes.
fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut packer = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
    packer.write_all(bytes)?;
    packer.finish()
}

/// Writes the answer sheet.
pub(crate) fn write_truth(folder: &Path, truth: &Truth) -> Result<(), SimulateError> {
    let path = folder.join(layout::GROUND_TRUTH);
    let text = serde_json::to_string_pretty(truth)
        .map_err(|error| SimulateError::Write { path: path.clone(), source: error.into() })?;
    write_file(path, text.as_bytes())
}

fn write_file(path: PathBuf, bytes: &[u8]) -> Result<(), SimulateError> {
    let parent = path.parent().map_or(Ok(()), fs::create_dir_all);
    parent
        .and_then(|()| fs::write(&path, bytes))
        .map_err(|source| SimulateError::Write { path, source })
}
