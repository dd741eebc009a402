//! Which groups a query reads: those that `SOURCE` means, those that the caller named, or those that
//! know its fields.

use crate::ast::{Command, Path, Query, Selector, Text, TimeBound};
use crate::diagnostic::{Diagnostic, Outcome, quoted};
use crate::nearest::nearest;
use crate::span::Span;
use crate::sql::{Group, Request, mentions};

/// What a query reads.
pub(super) struct Chosen<'a> {
    pub(super) groups: Vec<&'a Group>,
    /// Only the events of these accounts; all when empty.
    pub(super) accounts: Vec<String>,
    pub(super) from: Option<i64>,
    pub(super) until: Option<i64>,
}

/// Chooses the groups: those that `SOURCE` names, those that the caller named, or those that know
/// the fields that the query mentions.
pub(super) fn chosen<'a>(query: &Query, request: &'a Request<'a>) -> Outcome<Chosen<'a>> {
    let (mut from, mut until) = (request.from, request.until);
    let Some(Command::Source(source)) = query.stages.first().map(|it| &it.command) else {
        let all: Vec<&Group> = request.groups.iter().collect();
        let groups = if request.is_named { all } else { knowing(query, &whole(request.groups)) };
        return Ok(Chosen { groups, accounts: Vec::new(), from, until });
    };
    if let Some(start) = &source.start {
        from = Some(moment(start, request)?);
    }
    if let Some(end) = &source.end {
        until = Some(moment(end, request)?);
    }
    let mut groups = named(&source.selectors, request.groups)?;
    let mut accounts = Vec::new();
    for selector in &source.selectors {
        narrow(selector, &mut groups, &mut accounts)?;
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
    Ok(Chosen { groups, accounts, from, until })
}

/// Returns the groups that are no parts of others.
fn whole(groups: &[Group]) -> Vec<&Group> {
    groups.iter().filter(|group| group.condition.is_none()).collect()
}

/// Returns the groups that are named one by one, or all when none is.
fn named<'a>(selectors: &[Selector], groups: &'a [Group]) -> Outcome<Vec<&'a Group>> {
    let mut named: Vec<&Group> = Vec::new();
    for selector in selectors {
        let Selector::Group(name) = selector else { continue };
        let short = name.text.rsplit(":log-group:").next().unwrap_or(&name.text);
        let short = short.strip_suffix(":*").unwrap_or(short);
        let group = groups.iter().find(|it| it.name == short);
        let group = group.ok_or_else(|| no_group(&name.text, name.span, groups))?;
        if !named.iter().any(|it| std::ptr::eq(*it, group)) {
            named.push(group);
        }
    }
    let is_named = selectors.iter().any(|it| matches!(it, Selector::Group(_)));
    Ok(if is_named { named } else { groups.iter().collect() })
}

/// Takes away the groups that a selector does not mean.
fn narrow(
    selector: &Selector,
    groups: &mut Vec<&Group>,
    accounts: &mut Vec<String>,
) -> Outcome<()> {
    match selector {
        Selector::Group(_) => {}
        Selector::LogGroups { name_prefixes, accounts: wanted, classes } => {
            class(classes)?;
            groups.retain(|group| {
                let starts = |prefix: &Text| group.name.starts_with(&prefix.text);
                name_prefixes.is_empty() || name_prefixes.iter().any(starts)
            });
            accounts.extend(wanted.iter().map(|account| account.text.clone()));
        }
        Selector::DataSource(names) => {
            groups.retain(|group| names.iter().any(|name| is_source(&group.table, &name.text)));
        }
        Selector::LogGroupTags(filters) => {
            let span = filters.first().map_or(Span::default(), |it| it.key.span);
            return Err(Diagnostic::error(span, "log groups in a lake have no tags")
                .with_hint("name the groups: `SOURCE 'cloudtrail'`"));
        }
    }
    Ok(())
}

/// All logs here are of the standard class: they can be asked anything.
fn class(classes: &[Text]) -> Outcome<()> {
    match classes.first() {
        Some(first) if !classes.iter().any(|class| class.text == "STANDARD") => {
            Err(Diagnostic::error(first.span, "logs in a lake are all of the class `STANDARD`")
                .with_hint("leave `class` out"))
        }
        _ => Ok(()),
    }
}

/// Data sources by AWS's names, and the table of each; the type stands behind the point.
const DATA_SOURCES: &[(&str, &str, &str)] = &[
    ("aws_cloudtrail", "", "cloudtrail"),
    ("amazon_vpc", "flow", "vpc_flow"),
    ("amazon_vpc", "transit_gateway_flow", "transit_gateway_flow"),
    ("amazon_transit_gateway", "flow", "transit_gateway_flow"),
    ("amazon_route53", "resolver_query", "route53_resolver"),
    ("amazon_route53resolver", "", "route53_resolver"),
    ("amazon_route53", "public_query", "route53_public"),
    ("amazon_cloudfront", "", "cloudfront"),
    ("amazon_eks", "audit", "eks_audit"),
    ("amazon_guardduty", "", "guardduty_finding"),
    ("aws_securityhub", "", "asff_finding"),
    ("aws_network_firewall", "", "network_firewall"),
    ("aws_waf", "", "waf"),
    ("elasticloadbalancing", "alb_access", "alb_access"),
    ("elasticloadbalancing", "nlb_access", "nlb_access"),
];

/// Tells whether the name of a data source (`amazon_vpc.flow`, `amazon_vpc`) means the table; a
/// table's own name does, too.
fn is_source(table: &str, name: &str) -> bool {
    let (source, kind) = name.split_once('.').unwrap_or((name, ""));
    let mut known = DATA_SOURCES.iter().filter(|it| it.2 == table);
    let is_kind = |known: &str| kind.is_empty() || known.is_empty() || known == kind;
    name == table || known.any(|it| it.0 == source && is_kind(it.1))
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
