//! Zeek's logs of real networks as AWS would have written them: flow records and resolver queries.
//!
//! Zeek has one record a connection; a flow log has one for each direction and window. Packets are
//! spread evenly over the windows that a connection touches; the flags of TCP stand in the first
//! and the last of them. Zeek's own knowledge (states, services, names) is not carried over.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// One record of a Zeek log: its fields by name, without those that are not set.
pub(crate) type Record = BTreeMap<String, String>;

/// How the flow log would have been made.
#[derive(Clone, Copy)]
pub(crate) struct Format {
    /// The seconds of a window: 60 or 600.
    pub(crate) window: i64,
    /// Whether the log has the flags of TCP, as a custom format may.
    pub(crate) has_flags: bool,
}

/// Returns the folder of real logs.
pub(crate) fn corpus() -> PathBuf {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let folder = std::env::var_os("HAECHI_CORPUS").map_or_else(|| default.into(), PathBuf::from);
    assert!(folder.is_dir(), "the corpus is not at `{}`", folder.display());
    folder
}

/// Returns a file as text, uncompressed when its name says so.
pub(crate) fn text(path: &Path) -> String {
    let bytes = std::fs::read(path).unwrap();
    let mut text = String::new();
    if path.extension().is_some_and(|extension| extension == "gz") {
        flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
    } else {
        text = String::from_utf8(bytes).unwrap();
    }
    text
}

/// Returns the records of all logs of one kind in a folder.
pub(crate) fn records(folder: &Path, kind: &str) -> Vec<Record> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let is_kind = |path: &&PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name.strip_prefix(kind).is_some_and(|rest| rest.starts_with('.'))
    };
    paths.iter().filter(is_kind).flat_map(|path| records_of(&text(path))).collect()
}

fn records_of(text: &str) -> Vec<Record> {
    let mut names: Vec<&str> = Vec::new();
    let mut records = Vec::new();
    for line in text.lines() {
        if let Some(fields) = line.strip_prefix("#fields\t") {
            names = fields.split('\t').collect();
        } else if !line.starts_with('#') {
            let values = names.iter().zip(line.split('\t')).filter(|(_, value)| *value != "-");
            records.push(values.map(|it| (it.0.to_string(), it.1.to_owned())).collect());
        }
    }
    records
}

/// Returns the address that most connections have an end at: the machine that was watched.
pub(crate) fn busiest_address(records: &[Record]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for record in records {
        for key in ["id.orig_h", "id.resp_h"] {
            *counts.entry(&record[key]).or_default() += 1;
        }
    }
    let busiest = counts.into_iter().max_by_key(|(_, count)| *count);
    busiest.map(|(address, _)| address.to_owned()).unwrap()
}

/// Returns the flow records of connections, those of `own` seen from its interface.
///
/// An address of the internet that is ours is private inside a VPC, so `own` becomes 10.0.0.10.
pub(crate) fn flows(records: &[Record], own: &str, format: Format) -> Vec<Value> {
    let mut flows = Vec::new();
    for record in records {
        let is_own = |key| record.get(key).is_some_and(|address| address == own);
        if is_own("id.orig_h") != is_own("id.resp_h") {
            flows.extend(windows(record, &Span::whole(record), own, format));
        }
    }
    flows
}

/// Returns the flow records of connections that are still open: Zeek repeats each of them with
/// what it has carried so far.
pub(crate) fn open_flows(records: &[Record], own: &str, format: Format) -> Vec<Value> {
    let mut by_connection: BTreeMap<&str, Vec<&Record>> = BTreeMap::new();
    for record in records {
        by_connection.entry(&record["uid"]).or_default().push(record);
    }
    let mut flows = Vec::new();
    for snapshots in by_connection.values() {
        let mut before: Option<Span> = None;
        for record in snapshots {
            let whole = Span::whole(record);
            let since = before.as_ref().map_or_else(|| whole.clone(), |it| whole.since(it));
            flows.extend(windows(record, &since, own, format));
            before = Some(whole);
        }
    }
    flows
}

/// What a connection has carried between two moments.
#[derive(Clone)]
struct Span {
    from: f64,
    until: f64,
    /// Packets and bytes, of the client and of the server.
    loads: [i64; 4],
    begins: bool,
    ends: bool,
}

impl Span {
    fn whole(record: &Record) -> Self {
        let number = |key: &str| record.get(key).map_or(0.0, |text| text.parse::<f64>().unwrap());
        #[expect(clippy::cast_possible_truncation, reason = "counts are whole and small")]
        let load = |key| number(key) as i64;
        Self {
            from: number("ts"),
            until: number("ts") + number("duration"),
            loads: [
                load("orig_pkts"),
                load("orig_ip_bytes"),
                load("resp_pkts"),
                load("resp_ip_bytes"),
            ],
            begins: true,
            ends: true,
        }
    }

    fn since(&self, before: &Self) -> Self {
        let mut loads = self.loads;
        for (load, earlier) in loads.iter_mut().zip(before.loads) {
            *load -= earlier;
        }
        Self { from: before.until, loads, begins: false, ends: false, ..self.clone() }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "seconds since 1970 fit")]
fn windows(record: &Record, span: &Span, own: &str, format: Format) -> Vec<Value> {
    let (from, until) = (span.from.floor() as i64, span.until.floor() as i64);
    let (first, last) = (from.div_euclid(format.window), until.div_euclid(format.window));
    let n_windows = last - first + 1;
    let mut flows = Vec::new();
    for (index, window) in (first..=last).enumerate() {
        let share = |load: i64| {
            let index = i64::try_from(index).unwrap();
            load * (index + 1) / n_windows - load * index / n_windows
        };
        let (start, end) = (window * format.window, (window + 1) * format.window);
        let place = Place {
            seconds: (start.max(from), end.min(until + 1)),
            is_first: index == 0 && span.begins,
            is_last: window == last && span.ends,
        };
        let [packets, bytes, packets_back, bytes_back] = span.loads.map(share);
        if 0 < packets {
            flows.push(flow(record, (packets, bytes, false), &place, (own, format)));
        }
        if 0 < packets_back {
            flows.push(flow(record, (packets_back, bytes_back, true), &place, (own, format)));
        }
    }
    flows
}

/// Where a window stands in its connection.
struct Place {
    seconds: (i64, i64),
    is_first: bool,
    is_last: bool,
}

fn flow(
    record: &Record,
    (packets, bytes, is_answer): (i64, i64, bool),
    place: &Place,
    (own, format): (&str, Format),
) -> Value {
    let number = |key: &str| record.get(key).and_then(|text| text.parse::<i64>().ok());
    let address = |key: &str| match record[key].as_str() {
        address if address == own => "10.0.0.10".to_owned(),
        address => address.to_owned(),
    };
    let (client, server) = (address("id.orig_h"), address("id.resp_h"));
    let (client_port, server_port) = (number("id.orig_p"), number("id.resp_p"));
    let protocol = match record["proto"].as_str() {
        "tcp" => 6,
        "udp" => 17,
        _ => 1,
    };
    let (source, target, source_port, target_port) = if is_answer {
        (server, client, server_port, client_port)
    } else {
        (client, server, client_port, server_port)
    };
    let ports = if protocol == 1 { (Some(0), Some(0)) } else { (source_port, target_port) };
    let mut flow = json!({
        "version": "2", "account-id": "111122223333", "interface-id": "eni-0a1b2c3d",
        "srcaddr": source, "dstaddr": target, "srcport": ports.0, "dstport": ports.1,
        "protocol": protocol, "packets": packets, "bytes": bytes,
        "start": place.seconds.0, "end": place.seconds.1, "action": "ACCEPT", "log-status": "OK",
    });
    if format.has_flags {
        let history = record.get("history").map_or("", String::as_str);
        flow["tcp-flags"] = if protocol == 6 { flags(history, is_answer, place) } else { 0 }.into();
        flow["instance-id"] = "i-0a1b2c3d4e5f60718".into();
    }
    flow
}

/// Zeek writes what the client did in capitals: S a SYN, H a SYN-ACK, F a FIN, R a reset.
fn flags(history: &str, is_answer: bool, place: &Place) -> u8 {
    let has = |letter: char| {
        history.contains(if is_answer { letter.to_ascii_lowercase() } else { letter })
    };
    let mut flags = 0;
    if place.is_first {
        flags |= (2 * u8::from(has('S'))) | (18 * u8::from(has('H')));
    }
    if place.is_last {
        flags |= u8::from(has('F')) | (4 * u8::from(has('R')));
    }
    flags
}
