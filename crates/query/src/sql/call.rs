//! Calls of functions to SQL: one line for each function.

use super::kind::{Kind, Literal, Term};
use super::{Lowering, aggregate, text};
use crate::ast::{Call, Expr, ExprKind, Path, Period, PeriodUnit, Segment};
use crate::diagnostic::{Diagnostic, Outcome, quoted};
use crate::span::Span;

/// What an argument is taken as.
#[derive(Debug, Clone, Copy)]
enum As {
    Text,
    Number,
    Integer,
    Time,
    Structure,
}

/// A function that is one function in SQL.
struct Plain(&'static str, &'static str, &'static [As], Kind);

/// Name in small letters, name in SQL, what each argument is taken as, what it gives.
const PLAIN: &[Plain] = &[
    Plain("abs", "number_abs", &[As::Number], Kind::Number),
    Plain("ceil", "number_ceil", &[As::Number], Kind::Number),
    Plain("floor", "number_floor", &[As::Number], Kind::Number),
    Plain("ln", "number_log", &[As::Number], Kind::Number),
    Plain("log", "number_log", &[As::Number], Kind::Number),
    Plain("sqrt", "number_sqrt", &[As::Number], Kind::Number),
    Plain("round", "number_round", &[As::Number, As::Integer], Kind::Number),
    Plain("haversine", "number_haversine", &[As::Number; 4], Kind::Number),
    Plain("hextodec", "number_of_hex", &[As::Text], Kind::Integer),
    Plain("dectohex", "number_hex", &[As::Integer], Kind::Text),
    Plain("hextoascii", "text_of_hex", &[As::Text], Kind::Text),
    Plain("jsonparse", "json_parse", &[As::Structure], Kind::Structure),
    Plain("jsonarraysize", "json_size", &[As::Structure], Kind::Integer),
    Plain("jsonarraycontains", "json_contains", &[As::Structure, As::Text], Kind::Boolean),
    Plain("trim", "text_trim", &[As::Text, As::Text], Kind::Text),
    Plain("ltrim", "text_trim_start", &[As::Text, As::Text], Kind::Text),
    Plain("rtrim", "text_trim_end", &[As::Text, As::Text], Kind::Text),
    Plain("strlen", "text_length", &[As::Text], Kind::Integer),
    Plain("toupper", "upper", &[As::Text], Kind::Text),
    Plain("tolower", "lower", &[As::Text], Kind::Text),
    Plain("substr", "text_part", &[As::Text, As::Integer, As::Integer], Kind::Text),
    Plain("replace", "replace", &[As::Text, As::Text, As::Text], Kind::Text),
    Plain("startswith", "starts_with", &[As::Text, As::Text], Kind::Boolean),
    Plain("endswith", "ends_with", &[As::Text, As::Text], Kind::Boolean),
    Plain("urlencode", "url_encode", &[As::Text], Kind::Text),
    Plain("urldecode", "url_decode", &[As::Text], Kind::Text),
    Plain("base64encode", "base64_encode", &[As::Text], Kind::Text),
    Plain("base64decode", "base64_decode", &[As::Text], Kind::Text),
    Plain("split", "text_split", &[As::Text, As::Text], Kind::Structure),
    Plain("md5", "text_md5", &[As::Text], Kind::Text),
    Plain("sha256", "text_sha256", &[As::Text], Kind::Text),
    Plain("isipinsubnet", "ip_in_cidr", &[As::Text, As::Text], Kind::Boolean),
    Plain("ipv4tonumber", "ip_number", &[As::Text], Kind::Integer),
    Plain("isprivateip", "ip_is_private", &[As::Text], Kind::Boolean),
    Plain("ispublicip", "ip_is_public", &[As::Text], Kind::Boolean),
    Plain("isreservedip", "ip_is_reserved", &[As::Text], Kind::Boolean),
    Plain("country", "country", &[As::Text], Kind::Text),
    Plain("asn", "asn", &[As::Text], Kind::Integer),
    Plain("asnorg", "asn_org", &[As::Text], Kind::Text),
    Plain("awsservice", "aws_service", &[As::Text], Kind::Text),
    Plain("awsregion", "aws_region", &[As::Text], Kind::Text),
    Plain("useragentfamily", "user_agent_family", &[As::Text], Kind::Text),
    Plain("useragentkind", "user_agent_kind", &[As::Text], Kind::Text),
    Plain("useragentsystem", "user_agent_system", &[As::Text], Kind::Text),
    Plain("frommillis", "time_of_millis", &[As::Number], Kind::Time),
    Plain("tomillis", "time_millis", &[As::Time], Kind::Integer),
    Plain("formatdate", "time_format", &[As::Time, As::Text, As::Text], Kind::Text),
    Plain("strftime", "time_format", &[As::Time, As::Text, As::Text], Kind::Text),
];

/// Lowers a call.
pub(super) fn call(lowering: &mut Lowering<'_, '_>, call: &Call, span: Span) -> Outcome<Term> {
    // `count_distinct` and `countDistinct` are one function.
    let name = call.name.text.to_lowercase().replace('_', "");
    if let Some(term) = aggregate::call(lowering, &name, call)? {
        return Ok(term);
    }
    if let Some(Plain(_, sql, taken, kind)) = PLAIN.iter().find(|it| it.0 == name) {
        return plain(lowering, sql, taken, *kind, call);
    }
    let arguments = call.arguments.as_slice();
    match (name.as_str(), arguments) {
        ("ispresent", [value]) => is_present(lowering, value),
        ("coalesce", [_, ..]) => coalesce(lowering, arguments),
        ("if", [condition, yes, no]) => cases(lowering, &[condition, yes, no]),
        ("case", [_, _, ..]) => cases(lowering, &arguments.iter().collect::<Vec<_>>()),
        ("greatest" | "least", [_, ..]) => extreme(lowering, &name, arguments),
        ("concat", [_, ..]) => concat(lowering, arguments),
        ("isempty" | "isblank", [value]) => is_empty(lowering, &name, value),
        ("isnumeric", [value]) => {
            let number = lowering.term(value)?.as_number();
            Ok(Term::new(format!("({number} IS NOT NULL)"), Kind::Boolean))
        }
        ("tonumber" | "todouble", [value]) => {
            Ok(Term::new(lowering.term(value)?.as_number(), Kind::Number))
        }
        ("toint" | "tolong", [value]) => {
            let bits = if name == "toint" { 32 } else { 64 };
            let number = lowering.term(value)?.as_number();
            Ok(Term::new(format!("number_integer({number}, {bits})"), Kind::Integer))
        }
        ("jsonstringify", [value]) => Ok(Term::new(lowering.term(value)?.as_text(), Kind::Text)),
        ("strcontains", [value, part, rest @ ..]) => contains(lowering, value, part, rest),
        ("regexreplace", [value, expression, replacement]) => {
            let value = lowering.term(value)?.as_plain_text();
            let expression = regex(lowering, expression)?;
            let replacement = lowering.term(replacement)?.as_text();
            let sql = format!("regex_replace({value}, {expression}, {replacement})");
            Ok(Term::new(sql, Kind::Text))
        }
        ("isvalidip" | "isvalidipv4" | "isvalidipv6", [value]) => is_ip(lowering, &name, value),
        ("isipv4insubnet" | "isipv6insubnet", [value, net]) => {
            in_subnet(lowering, &name, value, net)
        }
        ("messagesize", []) => {
            let message = message(lowering)?;
            Ok(Term::new(format!("text_bytes({})", message.as_text()), Kind::Integer))
        }
        ("messagesize", [value]) => {
            let value = lowering.term(value)?.as_text();
            Ok(Term::new(format!("text_bytes({value})"), Kind::Integer))
        }
        ("unmask", [value]) => lowering.term(value),
        _ => times(lowering, &name, arguments).unwrap_or_else(|| {
            let message = format!("the function {} does not run yet", quoted(&call.name.text));
            Err(Diagnostic::error(span, message))
        }),
    }
}

/// Lowers a call if it is about times.
fn times(lowering: &mut Lowering<'_, '_>, name: &str, arguments: &[Expr]) -> Option<Outcome<Term>> {
    Some(match (name, arguments) {
        ("now", []) => Ok(Term::of_integer(lowering.request.now.div_euclid(1_000_000))),
        ("querystarttime" | "queryendtime" | "querytimerange", []) => Ok(window(lowering, name)),
        ("bin", [period]) => bin(lowering, period),
        ("datefloor" | "dateceil", [time, period]) => cut(lowering, name, time, period),
        ("parsedate", [value, rest @ ..]) => parsed(lowering, value, rest),
        _ => return None,
    })
}

fn bin(lowering: &mut Lowering<'_, '_>, period: &Expr) -> Outcome<Term> {
    let time = event_time(lowering)?;
    floor(&time, period, lowering.offset, "time_floor")
}

fn cut(lowering: &mut Lowering<'_, '_>, name: &str, time: &Expr, period: &Expr) -> Outcome<Term> {
    let time = Term::new(lowering.term(time)?.as_time(), Kind::Time);
    let function = if name == "datefloor" { "time_floor" } else { "time_ceil" };
    floor(&time, period, None, function)
}

fn parsed(lowering: &mut Lowering<'_, '_>, value: &Expr, rest: &[Expr]) -> Outcome<Term> {
    let mut arguments = vec![lowering.term(value)?.as_plain_text()];
    for argument in rest {
        arguments.push(lowering.term(argument)?.as_text());
    }
    let time = format!("time_parse({})", arguments.join(", "));
    Ok(Term::new(format!("time_millis({time})"), Kind::Integer))
}

fn plain(
    lowering: &mut Lowering<'_, '_>,
    sql: &str,
    taken: &[As],
    kind: Kind,
    call: &Call,
) -> Outcome<Term> {
    let mut arguments = Vec::new();
    for (argument, taken) in call.arguments.iter().zip(taken) {
        let term = lowering.term(argument)?;
        arguments.push(match taken {
            As::Text => term.as_plain_text(),
            As::Number => term.as_number(),
            As::Integer => term.as_integer(),
            As::Time => term.as_time(),
            As::Structure => term.as_text(),
        });
    }
    Ok(Term::new(format!("{sql}({})", arguments.join(", ")), kind))
}

fn is_present(lowering: &mut Lowering<'_, '_>, value: &Expr) -> Outcome<Term> {
    let value = lowering.term(value)?;
    Ok(Term::new(format!("({} IS NOT NULL)", value.sql), Kind::Boolean))
}

fn coalesce(lowering: &mut Lowering<'_, '_>, arguments: &[Expr]) -> Outcome<Term> {
    let terms = arguments.iter().map(|it| lowering.term(it)).collect::<Outcome<Vec<_>>>()?;
    let kind = terms.iter().map(|term| term.kind).reduce(Kind::common).unwrap_or(Kind::Text);
    let values: Vec<String> = terms.iter().map(|term| term.cast(kind)).collect();
    Ok(Term::new(format!("coalesce({})", values.join(", ")), kind))
}

/// Lowers pairs of condition and value, and one more value for when no condition is true.
fn cases(lowering: &mut Lowering<'_, '_>, arguments: &[&Expr]) -> Outcome<Term> {
    let (pairs, default) = arguments.as_chunks::<2>();
    let mut branches = Vec::new();
    for [condition, value] in pairs {
        branches.push((lowering.condition(condition)?, lowering.term(value)?));
    }
    let default = default.first().map(|it| lowering.term(it)).transpose()?;
    let values = branches.iter().map(|(_, value)| value).chain(&default);
    let kind = values.map(|term| term.kind).reduce(Kind::common).unwrap_or(Kind::Text);
    let mut sql = "CASE".to_owned();
    for (condition, value) in &branches {
        sql.extend([" WHEN ", condition, " THEN ", &value.cast(kind)]);
    }
    if let Some(default) = &default {
        sql.extend([" ELSE ", &default.cast(kind)]);
    }
    Ok(Term::new(format!("({sql} END)"), kind))
}

fn extreme(lowering: &mut Lowering<'_, '_>, name: &str, arguments: &[Expr]) -> Outcome<Term> {
    let mut numbers = Vec::new();
    for argument in arguments {
        numbers.push(lowering.term(argument)?.as_number());
    }
    Ok(Term::new(format!("{name}({})", numbers.join(", ")), Kind::Number))
}

fn concat(lowering: &mut Lowering<'_, '_>, arguments: &[Expr]) -> Outcome<Term> {
    let mut texts = Vec::new();
    for argument in arguments {
        texts.push(lowering.term(argument)?.as_plain_text());
    }
    Ok(Term::new(format!("concat({})", texts.join(", ")), Kind::Text))
}

fn is_empty(lowering: &mut Lowering<'_, '_>, name: &str, value: &Expr) -> Outcome<Term> {
    let value = lowering.term(value)?.as_plain_text();
    let value = if name == "isblank" { format!("text_trim({value})") } else { value };
    Ok(Term::new(format!("coalesce({value} = '', TRUE)"), Kind::Boolean))
}

fn contains(
    lowering: &mut Lowering<'_, '_>,
    value: &Expr,
    part: &Expr,
    rest: &[Expr],
) -> Outcome<Term> {
    let value = lowering.term(value)?.as_plain_text();
    let part = lowering.term(part)?.as_plain_text();
    let sql = match rest.first() {
        Some(case) => {
            let ignores_case = lowering.condition(case)?;
            format!("text_contains({value}, {part}, {ignores_case})")
        }
        None => format!("contains({value}, {part})"),
    };
    Ok(Term::new(sql, Kind::Boolean))
}

fn regex(lowering: &mut Lowering<'_, '_>, expr: &Expr) -> Outcome<String> {
    match &expr.kind {
        ExprKind::Regex(pattern) => Ok(text::string(pattern)),
        _ => Ok(lowering.term(expr)?.as_text()),
    }
}

fn is_ip(lowering: &mut Lowering<'_, '_>, name: &str, value: &Expr) -> Outcome<Term> {
    let value = lowering.term(value)?.as_plain_text();
    let versions = match name {
        "isvalidipv4" => "4",
        "isvalidipv6" => "6",
        _ => "4, 6",
    };
    Ok(Term::new(format!("(ip_version({value}) IN ({versions}))"), Kind::Boolean))
}

fn in_subnet(
    lowering: &mut Lowering<'_, '_>,
    name: &str,
    value: &Expr,
    net: &Expr,
) -> Outcome<Term> {
    let value = lowering.term(value)?.as_plain_text();
    let net = lowering.term(net)?.as_plain_text();
    let function = if name == "isipv4insubnet" { "ipv4_in_cidr" } else { "ipv6_in_cidr" };
    Ok(Term::new(format!("{function}({value}, {net})"), Kind::Boolean))
}

/// Lowers a question about the query's window, in milliseconds; missing where it has no end.
fn window(lowering: &Lowering<'_, '_>, name: &str) -> Term {
    let (from, until) = lowering.events.window();
    let until = until.unwrap_or(lowering.request.now);
    let micros = match name {
        "querystarttime" => from,
        "queryendtime" => Some(until),
        _ => from.map(|from| until.saturating_sub(from)),
    };
    match micros {
        Some(micros) => Term::of_integer(micros.div_euclid(1_000)),
        None => Term::missing(Kind::Integer),
    }
}

pub(super) fn message(lowering: &mut Lowering<'_, '_>) -> Outcome<Term> {
    system(lowering, "@message")
}

/// Returns the time of the event: what `bin()` and `earliest()` look at.
pub(super) fn event_time(lowering: &mut Lowering<'_, '_>) -> Outcome<Term> {
    let time = system(lowering, "@timestamp")?;
    Ok(Term::new(time.as_time(), Kind::Time))
}

fn system(lowering: &mut Lowering<'_, '_>, name: &str) -> Outcome<Term> {
    let segments = vec![Segment::Name(name.to_owned())];
    lowering.field(&Path { segments, span: Span::default() })
}

/// Lowers the cut of a time to a period.
fn floor(time: &Term, period: &Expr, offset: Option<Period>, function: &str) -> Outcome<Term> {
    let count = match &period.kind {
        ExprKind::Period(period) => Some(*period),
        _ => None,
    };
    let Some(period) = count else {
        return Err(Diagnostic::error(period.span, "this is no period")
            .with_expected(&["a number and a unit, such as `5m`"]));
    };
    let arguments = format!("{}, '{}'", period.count, unit(period.unit));
    let offset = offset.and_then(|it| Some(it.unit.milliseconds()?.saturating_mul(it.count)));
    Ok(match offset {
        Some(millis) => {
            let interval = format!("INTERVAL '{millis} milliseconds'");
            let moved = format!("{function}({} - {interval}, {arguments})", time.sql);
            Term::new(format!("({moved} + {interval})"), Kind::Time)
        }
        None => Term::new(format!("{function}({}, {arguments})", time.sql), Kind::Time),
    })
}

/// Returns how long a period is, in milliseconds.
pub(super) fn millis(period: &Expr) -> Outcome<f64> {
    let ExprKind::Period(written) = &period.kind else {
        return Err(Diagnostic::error(period.span, "this is no period")
            .with_expected(&["a number and a unit, such as `5m`"]));
    };
    #[expect(clippy::cast_precision_loss, reason = "that is what a number with a point is")]
    let millis = written.unit.milliseconds().map(|unit| unit.saturating_mul(written.count) as f64);
    millis.ok_or_else(|| {
        Diagnostic::error(period.span, "months are not all of one length")
            .with_hint("write the period in days or weeks")
    })
}

pub(super) fn unit(unit: PeriodUnit) -> &'static str {
    match unit {
        PeriodUnit::Millisecond => "millisecond",
        PeriodUnit::Second => "second",
        PeriodUnit::Minute => "minute",
        PeriodUnit::Hour => "hour",
        PeriodUnit::Day => "day",
        PeriodUnit::Week => "week",
        PeriodUnit::Month => "month",
        PeriodUnit::Quarter => "quarter",
        PeriodUnit::Year => "year",
    }
}

/// Returns the whole number that an argument is.
pub(super) fn whole(lowering: &mut Lowering<'_, '_>, expr: &Expr) -> Outcome<u64> {
    match lowering.term(expr)?.literal {
        Some(Literal::Integer(number)) if 0 < number => Ok(number.unsigned_abs()),
        _ => Err(Diagnostic::error(expr.span, "a whole number is needed here")),
    }
}
