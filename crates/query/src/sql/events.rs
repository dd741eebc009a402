//! The events: which groups a query reads, and which fields of them it mentions.

use super::group::{Group, GroupField};
use super::kind::{Kind, Term};
use super::script::{Place, Script};
use super::{Request, mentions, text};
use crate::ast::{Command, Path, Query, Segment, Selector, TimeBound};
use crate::diagnostic::{Diagnostic, Outcome, quoted};
use crate::nearest::nearest;
use crate::span::Span;

/// Where the events come from, and which of their fields are read.
pub(super) struct Events<'a> {
    groups: Vec<&'a Group>,
    fields: Vec<Field>,
    from: Option<i64>,
    until: Option<i64>,
    place: Place,
    name: String,
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
        let (groups, from, until) = chosen(query, request)?;
        Ok(Self { groups, fields: Vec::new(), from, until, place, name })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Returns the window that is read.
    pub(super) fn window(&self) -> (Option<i64>, Option<i64>) {
        (self.from, self.until)
    }

    /// Reads a field, and returns it as a column of the events.
    pub(super) fn field(&mut self, path: &Path) -> Term {
        let name = path.text();
        if let Some(field) = self.fields.iter().find(|field| field.name == name) {
            return Term::new(text::name(&name), field.kind);
        }
        let terms: Vec<Option<Term>> =
            self.groups.iter().map(|group| term_of(group, path)).collect();
        let kind = terms.iter().flatten().map(|term| term.kind).reduce(Kind::common);
        let kind = kind.unwrap_or(Kind::Dynamic);
        let terms =
            terms.into_iter().map(|term| term.unwrap_or_else(|| Term::missing(kind))).collect();
        self.fields.push(Field { name: name.clone(), kind, terms });
        Term::new(text::name(&name), kind)
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
        let conditions: Vec<String> =
            [group.condition.clone(), from, until].into_iter().flatten().collect();
        let conditions = match conditions.as_slice() {
            [] => String::new(),
            some => format!(" WHERE {}", some.join(" AND ")),
        };
        format!("SELECT {columns} FROM {}{conditions}", text::name(&group.table))
    }
}

/// Returns the SQL of a field in a group, if the group can have it.
fn term_of(group: &Group, path: &Path) -> Option<Term> {
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
    group.json.as_ref().map(|json| json_field(json, &segments))
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

type Chosen<'a> = (Vec<&'a Group>, Option<i64>, Option<i64>);

/// Chooses the groups: those that `SOURCE` names, those that the caller named, or those that know
/// the fields that the query mentions.
fn chosen<'a>(query: &Query, request: &'a Request<'a>) -> Outcome<Chosen<'a>> {
    let (mut from, mut until) = (request.from, request.until);
    let Some(Command::Source(source)) = query.stages.first().map(|it| &it.command) else {
        let all: Vec<&Group> = request.groups.iter().collect();
        let groups = if request.is_named { all } else { knowing(query, &whole(request.groups)) };
        return Ok((groups, from, until));
    };
    if let Some(start) = &source.start {
        from = Some(moment(start, request)?);
    }
    if let Some(end) = &source.end {
        until = Some(moment(end, request)?);
    }
    let mut groups: Vec<&Group> = Vec::new();
    for selector in &source.selectors {
        for group in selected(selector, request.groups)? {
            if !groups.iter().any(|it| std::ptr::eq(*it, group)) {
                groups.push(group);
            }
        }
    }
    if groups.is_empty() {
        let span = query.stages.first().map_or(query.span, |stage| stage.span);
        let names: Vec<&str> = request.groups.iter().map(|it| it.name.as_str()).collect();
        return Err(Diagnostic::error(span, "no log group here is meant by this")
            .with_hint(format!("the groups are {}", names.join(", "))));
    }
    // A part of a table that is read as a whole would be read twice.
    let is_whole =
        |table: &str| groups.iter().any(|group| group.table == table && group.condition.is_none());
    let tables: Vec<String> =
        groups.iter().map(|it| it.table.clone()).filter(|table| is_whole(table)).collect();
    groups.retain(|group| group.condition.is_none() || !tables.contains(&group.table));
    Ok((groups, from, until))
}

/// Returns the groups that are no parts of others.
fn whole(groups: &[Group]) -> Vec<&Group> {
    groups.iter().filter(|group| group.condition.is_none()).collect()
}

fn selected<'a>(selector: &Selector, groups: &'a [Group]) -> Outcome<Vec<&'a Group>> {
    match selector {
        Selector::Group(name) => {
            let short = name.text.rsplit(":log-group:").next().unwrap_or(&name.text);
            let short = short.strip_suffix(":*").unwrap_or(short);
            let group = groups.iter().find(|it| it.name == short);
            group.map(|group| vec![group]).ok_or_else(|| no_group(&name.text, name.span, groups))
        }
        Selector::LogGroups { name_prefixes, .. } if name_prefixes.is_empty() => Ok(whole(groups)),
        Selector::LogGroups { name_prefixes, .. } => {
            let starts = |group: &&Group| {
                name_prefixes.iter().any(|prefix| group.name.starts_with(&prefix.text))
            };
            Ok(groups.iter().filter(starts).collect())
        }
        Selector::DataSource(names) => {
            let is = |group: &&Group| names.iter().any(|name| is_source(&group.table, &name.text));
            Ok(whole(groups).into_iter().filter(is).collect())
        }
        Selector::LogGroupTags(filters) => {
            let span = filters.first().map_or(Span::default(), |it| it.key.span);
            Err(Diagnostic::error(span, "log groups in a lake have no tags")
                .with_hint("name the groups: `SOURCE 'cloudtrail'`"))
        }
    }
}

/// Tells whether the name of a data source (`amazon_vpc.flow`) means the table.
fn is_source(table: &str, name: &str) -> bool {
    let known = match name.split('.').next().unwrap_or(name) {
        "aws_cloudtrail" => "cloudtrail",
        "amazon_vpc" => "vpc_flow",
        "amazon_route53" | "amazon_route53resolver" => "route53_resolver",
        "aws_waf" => "waf",
        "amazon_eks" => "eks_audit",
        other => other,
    };
    known == table
}

fn no_group(name: &str, span: Span, groups: &[Group]) -> Box<Diagnostic> {
    let names = || groups.iter().map(|it| it.name.as_str());
    Diagnostic::error(span, format!("there is no log group {}", quoted(name)))
        .with_nearest(nearest(name, names()))
        .with_hint(format!("the groups are {}", names().collect::<Vec<_>>().join(", ")))
}

/// Returns the groups that know most of the fields that the query mentions.
fn knowing<'a>(query: &Query, groups: &[&'a Group]) -> Vec<&'a Group> {
    let mentioned: Vec<String> = mentions::paths(query).iter().map(Path::text).collect();
    let known = |group: &Group| mentioned.iter().filter(|it| group.field(it).is_some()).count();
    let most = groups.iter().map(|group| known(group)).max().unwrap_or(0);
    groups.iter().copied().filter(|group| known(group) == most).collect()
}

fn moment(bound: &TimeBound, request: &Request<'_>) -> Outcome<i64> {
    match bound {
        TimeBound::Now => Ok(request.now),
        TimeBound::Ago(period) => {
            let day = 24 * 60 * 60 * 1_000;
            let months = period.unit.months().map(|months| months * 30 * day);
            let millis = period.unit.milliseconds().or(months).unwrap_or(0);
            let micros = millis.saturating_mul(period.count).saturating_mul(1_000);
            Ok(request.now.saturating_sub(i64::try_from(micros).unwrap_or(i64::MAX)))
        }
        TimeBound::Epoch(seconds) => Ok(seconds.saturating_mul(1_000_000)),
        TimeBound::Text(text) => {
            haechi_model::Timestamp::parse(&text.text).map(|it| it.0).map_err(|_| {
                Diagnostic::error(text.span, format!("{} is no time", quoted(&text.text)))
                    .with_hint("write it as 2024-05-01T12:00:00Z")
            })
        }
    }
}
