//! The events: which groups a query reads, and which fields of them it mentions.

use super::group::{Group, GroupField};
use super::kind::{Kind, Term};
use super::script::{Place, Script};
use super::{Request, text};
use crate::ast::{Path, Query, Segment};
use crate::diagnostic::Outcome;
use crate::limits::AWS_FIELDS_MAX;

mod chosen;

use chosen::{Chosen, chosen};

/// Where the events come from, and which of their fields are read.
pub(super) struct Events<'a> {
    groups: Vec<&'a Group>,
    accounts: Vec<String>,
    fields: Vec<Field>,
    from: Option<i64>,
    until: Option<i64>,
    place: Place,
    name: String,
    /// Only as many fields of JSON are there as in AWS.
    compat: bool,
}

/// A field that is read.
struct Field {
    name: String,
    kind: Kind,
    /// Its SQL in each group.
    terms: Vec<Term>,
}

impl<'a> Events<'a> {
    /// Chooses the groups.
    pub(super) fn new(
        query: &Query,
        request: &'a Request<'a>,
        script: &mut Script,
    ) -> Outcome<Self> {
        let (place, name) = script.reserve();
        let Chosen { groups, accounts, from, until } = chosen(query, request)?;
        Ok(Self {
            groups,
            accounts,
            fields: Vec::new(),
            from,
            until,
            place,
            name,
            compat: request.compat,
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Returns the window that is read.
    pub(super) fn window(&self) -> (Option<i64>, Option<i64>) {
        (self.from, self.until)
    }

    /// Reads another window.
    pub(super) fn set_window(&mut self, from: i64, until: i64) {
        (self.from, self.until) = (Some(from), Some(until));
    }

    /// Reads a field, and returns it as a column of the events.
    pub(super) fn field(&mut self, path: &Path) -> Term {
        let name = path.text();
        if let Some(field) = self.fields.iter().find(|field| field.name == name) {
            return Term::new(text::name(&name), field.kind);
        }
        let terms: Vec<Option<Term>> =
            self.groups.iter().map(|group| term_of(group, path, self.compat)).collect();
        let kind = terms.iter().flatten().map(|term| term.kind).reduce(Kind::common);
        let kind = kind.unwrap_or(Kind::Dynamic);
        let terms =
            terms.into_iter().map(|term| term.unwrap_or_else(|| Term::missing(kind))).collect();
        self.fields.push(Field { name: name.clone(), kind, terms });
        Term::new(text::name(&name), kind)
    }

    /// Reads what each group makes of itself, under a name that no field has.
    pub(super) fn made(&mut self, name: &str, of: impl Fn(&Group) -> Term) -> Term {
        let terms: Vec<Term> = self.groups.iter().map(|group| of(group)).collect();
        let kind = terms.first().map_or(Kind::Text, |term| term.kind);
        if !self.fields.iter().any(|field| field.name == name) {
            self.fields.push(Field { name: name.to_owned(), kind, terms });
        }
        Term::new(text::name(name), kind)
    }

    /// Writes down what is read; returns the tables.
    pub(super) fn close(self, script: &mut Script) -> Vec<String> {
        let selects: Vec<String> = self
            .groups
            .iter()
            .enumerate()
            .map(|(index, group)| self.select(index, group))
            .collect();
        script.fill(self.place, selects.join("\nUNION ALL\n"));
        let mut tables: Vec<String> = self.groups.iter().map(|it| it.table.clone()).collect();
        tables.dedup();
        tables
    }

    fn select(&self, index: usize, group: &Group) -> String {
        let columns: Vec<String> = self
            .fields
            .iter()
            .filter_map(|field| Some((field, field.terms.get(index)?)))
            .map(|(field, term)| {
                format!("{} AS {}", term.cast(field.kind), text::name(&field.name))
            })
            .collect();
        let columns =
            if columns.is_empty() { "1 AS \"event\"".to_owned() } else { columns.join(", ") };
        let from = self.from.map(|it| format!("\"time\" >= {}", text::moment(it)));
        let until = self.until.map(|it| format!("\"time\" < {}", text::moment(it)));
        let accounts = (!self.accounts.is_empty()).then(|| {
            let accounts: Vec<String> = self.accounts.iter().map(|it| text::string(it)).collect();
            format!("\"account\" IN ({})", accounts.join(", "))
        });
        let conditions: Vec<String> =
            [group.condition.clone(), accounts, from, until].into_iter().flatten().collect();
        let conditions = match conditions.as_slice() {
            [] => String::new(),
            some => format!(" WHERE {}", some.join(" AND ")),
        };
        format!("SELECT {columns} FROM {}{conditions}", text::name(&group.table))
    }
}

/// Returns the SQL of a field in a group, if the group can have it.
fn term_of(group: &Group, path: &Path, compat: bool) -> Option<Term> {
    let name = path.text();
    if let Some(term) = system(group, &name) {
        return Some(term);
    }
    // A field that is called `@x` in the log is called `@@x` in queries.
    let name = if name.starts_with("@@") { name.trim_start_matches('@') } else { &name };
    if let Some(field) = group.field(name) {
        return Some(column(field));
    }
    for length in (1..path.segments.len()).rev() {
        let (front, rest) = path.segments.split_at_checked(length)?;
        let front = Path { segments: front.to_vec(), span: path.span }.text();
        if let Some(field) = group.field(&front).filter(|it| it.kind == Kind::Structure) {
            return Some(json_field(&column(field).sql, rest));
        }
    }
    let mut segments = path.segments.clone();
    if let Some(Segment::Name(first)) = segments.first_mut()
        && first.starts_with("@@")
    {
        first.remove(0);
    }
    let json = group.json.as_ref()?;
    if compat {
        let name = text::string(name);
        let sql = format!("json_leaf({json}, {name}, {AWS_FIELDS_MAX})");
        return Some(Term::new(sql, Kind::Dynamic));
    }
    Some(json_field(json, &segments))
}

fn column(field: &GroupField) -> Term {
    let column = text::name(&field.column);
    match field.times {
        Some(times) => Term::new(format!("{column} * {times}"), field.kind),
        None => Term::new(column, field.kind),
    }
}

/// Returns the fields that every event has.
fn system(group: &Group, name: &str) -> Option<Term> {
    Some(match name {
        "@timestamp" => Term::new("\"time\"", Kind::Time),
        "@ingestionTime" => Term::new("\"ingested\"", Kind::Time),
        "@message" => Term::new(group.message.clone(), Kind::Text),
        "@logStream" => Term::new(group.stream.clone(), Kind::Text),
        "@log" => {
            let log = &group.log;
            Term::new(format!("concat(coalesce(\"account\", ''), ':', {log})"), Kind::Text)
        }
        "@ptr" => {
            Term::new("concat(\"file\", '#', CAST(\"position\" AS VARCHAR))".to_owned(), Kind::Text)
        }
        "@aws.account" => Term::new("\"account\"", Kind::Text),
        "@aws.region" => Term::new("\"region\"", Kind::Text),
        "@source.log" | "@data_source_name" => Term::of_text(&group.table),
        _ => return None,
    })
}

/// Returns the value at the end of the way into JSON.
pub(super) fn json_field(json: &str, way: &[Segment]) -> Term {
    let mut path = String::new();
    for segment in way {
        match segment {
            Segment::Index(index) => path.extend(["[", &index.to_string(), "]"]),
            Segment::Name(name) => {
                if !path.is_empty() {
                    path.push('.');
                }
                let is_plain = !name.is_empty() && !name.contains(['.', '[', '"']);
                let quoted = if is_plain { name.clone() } else { format!("\"{name}\"") };
                path.push_str(&quoted);
            }
        }
    }
    // A key with a quote in it cannot be spelled in a path; nothing is there under that name.
    if way.iter().any(|it| matches!(it, Segment::Name(name) if name.contains('"'))) {
        return Term::missing(Kind::Dynamic);
    }
    Term::new(format!("json_field({json}, {})", text::string(&path)), Kind::Dynamic)
}
