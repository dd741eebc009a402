//! The forms that lists have: plain text, STIX, MISP, and those of four makers of lists.
//! A file says by itself which it is.

use serde_json::Value;

use super::stix;

/// What a line gives: an entry, or why there is none.
pub(super) type Visit<'a> = dyn FnMut(usize, Result<String, String>) + 'a;

/// A form: its name in GuardDuty's API, whether a file has it, and how it is read.
struct Format {
    name: &'static str,
    fits: fn(&str) -> bool,
    each: fn(&str, &mut Visit<'_>),
}

/// Every form; the first that fits is the file's. Anything is text.
const FORMATS: &[Format] = &[
    Format { name: "MISP", fits: is_misp, each: each_of_misp },
    Format { name: "STIX", fits: stix::fits, each: stix::each },
    Format { name: "OTX_CSV", fits: is_otx, each: each_of_table },
    Format { name: "ALIEN_VAULT", fits: is_alien_vault, each: each_line },
    Format { name: "PROOF_POINT", fits: is_proof_point, each: each_of_table },
    Format { name: "FIRE_EYE", fits: is_fire_eye, each: each_of_table },
    Format { name: "TXT", fits: |_| true, each: each_line },
];

/// Returns the name of the form that a file has.
pub(super) fn name_of(text: &str) -> &'static str {
    FORMATS.iter().find(|format| (format.fits)(text)).map_or("TXT", |format| format.name)
}

/// Visits what each line of a file gives.
pub(super) fn each(text: &str, visit: &mut Visit<'_>) {
    if let Some(format) = FORMATS.iter().find(|format| (format.fits)(text)) {
        (format.each)(text, visit);
    }
}

/// Returns the line in which a part of the text begins, counted from 1.
pub(super) fn line_of(text: &str, part: &str) -> usize {
    let before = text.find(part).and_then(|at| text.get(..at)).unwrap_or_default();
    before.matches('\n').count() + 1
}

fn first_line(text: &str) -> String {
    let is_said = |line: &&str| !line.is_empty() && !line.starts_with('#');
    text.lines().map(str::trim).find(is_said).unwrap_or_default().to_ascii_lowercase()
}

fn is_otx(text: &str) -> bool {
    let first = first_line(text);
    first.contains("indicator type")
        || first.starts_with("indicator,")
        || first.starts_with("type,indicator")
}

fn is_alien_vault(text: &str) -> bool {
    let first = text.lines().find(|line| line.contains('#') && !line.trim_start().starts_with('#'));
    first.is_some_and(|line| {
        let fields: Vec<&str> = line.split('#').collect();
        4 <= fields.len() && fields.first().is_some_and(|it| super::is_address(it.trim()))
    })
}

fn is_proof_point(text: &str) -> bool {
    let first = first_line(text);
    let is_about = |name: &str| first.starts_with(name) && first.contains("category");
    first.contains("score") && (is_about("ip") || is_about("domain"))
}

fn is_fire_eye(text: &str) -> bool {
    let first = first_line(text);
    first.contains("reportid") && first.contains(',')
}

fn is_misp(text: &str) -> bool {
    let start: String = text.chars().take(4_096).collect();
    let is_json = start.trim_start().starts_with(['{', '[']);
    let is_stix = start.contains("\"spec_version\"") || start.contains("\"bundle\"");
    is_json && !is_stix
}

fn each_line(text: &str, visit: &mut Visit<'_>) {
    for (index, line) in text.lines().enumerate() {
        if let Some(entry) = entry_of(line) {
            visit(index + 1, Ok(entry));
        }
    }
}

/// Returns what a line says, without comments, defanging and the parts of an address on the web.
pub(super) fn entry_of(line: &str) -> Option<String> {
    let line = line.split(['#', ';']).next().unwrap_or_default();
    let line = line.trim_start().strip_prefix("ExitAddress ").unwrap_or(line);
    let word = line.split([' ', '\t', ',', '"']).find(|word| !word.is_empty())?;
    let word = word.replace("[.]", ".").replace("hxxp", "http").to_ascii_lowercase();
    if word.starts_with("//") {
        return None;
    }
    let Some((_, address)) = word.split_once("://") else { return Some(word) };
    let host = address.split(['/', '?']).next().unwrap_or_default();
    Some(host.split_once(':').map_or(host, |(host, _)| host).to_owned())
}

/// The columns that entries stand in, by the words of the header, the surest first.
const COLUMNS: &[&str] = &[
    "indicator",
    "ip",
    "ipaddress",
    "ip address",
    "cidr",
    "networkidentifier",
    "domain",
    "host",
    "url",
];
/// The kinds of indicators that are no addresses, networks or domains, in OTX's words.
const OTHER_KINDS: &[&str] =
    &["filehash", "hash", "email", "cve", "mutex", "yara", "filepath", "uri"];

/// Reads CSV with a header.
fn each_of_table(text: &str, visit: &mut Visit<'_>) {
    let mut columns: Option<(Vec<usize>, Option<usize>)> = None;
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let fields = fields_of(line);
        let Some((places, kind)) = &columns else {
            let names: Vec<String> = fields.iter().map(|name| name.to_ascii_lowercase()).collect();
            let place = |column: &&str| names.iter().position(|name| name == *column);
            let kind = names.iter().position(|name| name.contains("type"));
            columns = Some((COLUMNS.iter().filter_map(place).collect(), kind));
            continue;
        };
        let kind = kind.and_then(|at| fields.get(at)).map(|it| it.to_ascii_lowercase());
        if kind.is_some_and(|kind| OTHER_KINDS.iter().any(|other| kind.starts_with(other))) {
            continue;
        }
        let texts = places.iter().filter_map(|at| fields.get(*at));
        let entry = texts.filter(|text| !text.is_empty()).find_map(|text| entry_of(text));
        // Reports have lines about files and senders too: no address is no mistake there.
        if let Some(entry) = entry {
            visit(index + 1, Ok(entry));
        }
    }
}

/// Parts a line of CSV, whose quoted fields may hold commas.
fn fields_of(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut is_quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => fields.push(String::new()),
            letter => {
                if let Some(field) = fields.last_mut() {
                    field.push(letter);
                }
            }
        }
    }
    fields.iter().map(|field| field.trim().to_owned()).collect()
}

/// Reads a MISP event, several of them, or one of MISP's warning lists.
fn each_of_misp(text: &str, visit: &mut Visit<'_>) {
    let value: Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) => return visit(error.line(), Err(format!("it is not JSON: {error}"))),
    };
    if let Some(list) = value.get("list").and_then(Value::as_array) {
        for entry in list.iter().filter_map(Value::as_str) {
            visit(line_of(text, entry), Ok(entry.to_ascii_lowercase()));
        }
        return;
    }
    let mut attributes = Vec::new();
    attributes_below(&value, &mut attributes);
    for attribute in attributes {
        let said = |name: &str| attribute.get(name).and_then(Value::as_str).unwrap_or_default();
        let (kind, value) = (said("type"), said("value"));
        let is_for_detection = attribute.get("to_ids").and_then(Value::as_bool) != Some(false);
        let is_ours = ["ip-src", "ip-dst", "domain", "hostname", "url"]
            .iter()
            .any(|ours| kind.split('|').any(|kind| kind == *ours));
        if !is_ours || !is_for_detection {
            continue;
        }
        // A domain stands beside its address as `domain|ip`, an address beside its port.
        let parts = value.split('|').filter(|part| part.parse::<u16>().is_err());
        for entry in parts.filter_map(entry_of) {
            visit(line_of(text, value), Ok(entry));
        }
    }
}

/// Gathers attributes, which stand in events, in objects of events, and in lists of both.
fn attributes_below<'a>(value: &'a Value, attributes: &mut Vec<&'a Value>) {
    // The recursion ends because the parser refuses JSON that is nested deeper than 128.
    match value {
        Value::Array(items) => items.iter().for_each(|item| attributes_below(item, attributes)),
        Value::Object(object) => {
            for (name, inner) in object {
                match (name.as_str(), inner) {
                    ("Attribute", Value::Array(items)) => attributes.extend(items),
                    ("Event" | "Object" | "response", inner) => attributes_below(inner, attributes),
                    _ => {}
                }
            }
        }
        _ => {}
    }
}
