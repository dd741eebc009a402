//! Functions with their arguments, patterns of `like`, and what else an expression may be wrong in.

use super::{Checker, Place, regular};
use crate::ast::{Call, Expr, ExprKind, LikePattern, Number, Query, Text};
use crate::diagnostic::{Diagnostic, quoted};
use crate::functions::{self, Function, Parameter, Type};
use crate::limits::{BUCKETS_MAX, TOPK_MAX};
use crate::nearest::nearest;
use crate::span::Span;

impl Checker {
    /// Checks an expression that is not an argument.
    pub(super) fn inner(&mut self, expr: &Expr, place: Place) {
        self.literal(expr, None);
        match &expr.kind {
            ExprKind::Call(call) => return self.call(call, expr.span, place),
            ExprKind::Like { pattern: LikePattern::Regex(regex), .. } => {
                regular::expression(&regex.pattern, regex.span, self);
            }
            ExprKind::Like { pattern: LikePattern::Text(text), .. } => self.like_text(text),
            ExprKind::InQuery { query, .. } => self.membership(query, expr.span, place),
            _ => {}
        }
        for child in expr.children() {
            self.inner(child, place);
        }
    }

    /// Literals that only arguments may be.
    fn literal(&mut self, expr: &Expr, parameter: Option<&Parameter>) {
        let kind = parameter.map(|it| it.kind);
        match &expr.kind {
            ExprKind::Period(period) => {
                if !matches!(kind, Some(Type::Period | Type::Any)) {
                    let error = Diagnostic::error(expr.span, "a period cannot stand here");
                    self.report(error.with_hint("times are numbers of milliseconds"));
                } else if period.count == 0 {
                    self.report(Diagnostic::error(expr.span, "a period is longer than 0"));
                }
            }
            ExprKind::Regex(pattern) if kind == Some(Type::Regex) => {
                regular::expression(pattern, expr.span, self);
            }
            ExprKind::String(pattern) if kind == Some(Type::Regex) => {
                regular::expression(pattern, expr.span, self);
            }
            ExprKind::Regex(_) => {
                let message = "a regular expression cannot stand here";
                let error = Diagnostic::error(expr.span, message);
                self.report(error.with_hint("write `field like /expression/`"));
            }
            _ if kind == Some(Type::Period) => {
                let error = Diagnostic::error(expr.span, "this is not a period");
                self.report(error.with_hint("a period is written `5m`, `1h` or `7d`"));
            }
            _ => {}
        }
    }

    /// People who know SQL write `like '%part%'`.
    fn like_text(&mut self, text: &Text) {
        if !text.text.starts_with('%') && !text.text.ends_with('%') {
            return;
        }
        let warning = Diagnostic::warning(text.span, "`%` means itself in `like`");
        let bare = text.text.trim_matches('%');
        self.report(warning.with_hint(format!("write `like \"{bare}\"`: it finds any part")));
    }

    fn call(&mut self, call: &Call, span: Span, place: Place) {
        let Some(function) = functions::by_name(&call.name.text) else {
            self.unknown(call);
            return self.arguments(call, place);
        };
        if !self.arity(function, call, span) {
            return self.arguments(call, place);
        }
        self.arguments(call, place);
        for (index, argument) in call.arguments.iter().enumerate() {
            let parameter = function.parameter(index);
            self.literal(argument, parameter);
            if let Some(parameter) = parameter {
                self.value(function, parameter, argument);
            }
        }
    }

    /// What is inside the arguments; literals alone are judged by their parameters.
    fn arguments(&mut self, call: &Call, place: Place) {
        let is_alone = |it: &&Expr| matches!(it.kind, ExprKind::Period(_) | ExprKind::Regex(_));
        for argument in call.arguments.iter().filter(|it| !is_alone(it)) {
            self.inner(argument, place);
        }
    }

    fn unknown(&mut self, call: &Call) {
        let written = &call.name.text;
        let message = format!("there is no function {}", quoted(written));
        let error = Diagnostic::error(call.name.span, message);
        if let Some(usage) = functions::foreign(written) {
            return self.report(error.with_hint(format!("write `{usage}`")));
        }
        let names = functions::all().flat_map(|it| it.aliases.iter().chain([&it.name]).copied());
        self.report(error.with_nearest(nearest(written, names)));
    }

    /// Whether the function has as many arguments as it takes.
    fn arity(&mut self, function: &Function, call: &Call, span: Span) -> bool {
        if call.star {
            if function.name != "count" {
                let message = format!("only `count` takes `*`, not `{}`", function.name);
                let error = Diagnostic::error(span, message);
                self.report(error.with_hint(format!("write `{}`", function.usage())));
            }
            return function.name == "count";
        }
        let (least, most) = (function.arguments_min(), function.arguments_max());
        let given = call.arguments.len();
        if least <= given && most.is_none_or(|most| given <= most) {
            return true;
        }
        let wanted = match most {
            Some(most) if most == least => least.to_string(),
            Some(most) => format!("{least} to {most}"),
            None => format!("{least} or more"),
        };
        let noun = if wanted == "1" { "argument" } else { "arguments" };
        let message = format!("`{}` takes {wanted} {noun}, not {given}", function.name);
        let hint = match function.name {
            "bin" if given == 2 => "write `bin(5m)`, or `datefloor(time, 5m)` for another time",
            _ => &format!("write `{}`", function.usage()),
        };
        self.report(Diagnostic::error(span, message).with_hint(hint));
        false
    }

    /// Literals whose value can be judged.
    fn value(&mut self, function: &Function, parameter: &Parameter, argument: &Expr) {
        let refused = match (function.name, parameter.name, &argument.kind) {
            ("topk", "k", ExprKind::Number(Number::Integer(k))) => {
                (!(1..=TOPK_MAX).contains(k)).then(|| format!("`k` is between 1 and {TOPK_MAX}"))
            }
            ("topk", "k", _) => Some("`k` is a whole number".to_owned()),
            ("pct", "percent", ExprKind::Number(number)) => {
                let percent = number.float();
                (!(0.0..=100.0).contains(&percent)).then(|| "a percent is 0 to 100".to_owned())
            }
            ("histogram", "buckets", ExprKind::Number(Number::Integer(n))) => (!(1..=BUCKETS_MAX)
                .contains(n))
            .then(|| format!("`buckets` is between 1 and {BUCKETS_MAX}")),
            ("histogram", "buckets", _) => Some("`buckets` is a whole number".to_owned()),
            (_, "subnet", ExprKind::String(subnet)) if !is_subnet(subnet) => {
                Some(format!("{} is not a subnet, such as `192.0.2.0/24`", quoted(subnet)))
            }
            _ => None,
        };
        if let Some(message) = refused {
            self.report(Diagnostic::error(argument.span, message));
        }
    }

    /// A query behind `in`: one column, and no other query inside.
    fn membership(&mut self, query: &Query, span: Span, place: Place) {
        if place != Place::Top {
            let message = "a query cannot stand in a query that is inside another";
            self.report(Diagnostic::error(query.span, message));
        }
        if let Some(count) = columns(query).filter(|it| *it != 1) {
            let message = format!("the query behind `in` gives {count} columns, not one");
            let error = Diagnostic::error(query.span, message).with_related(span, "compared here");
            self.report(error.with_hint("end it with `| fields field`"));
        }
        self.query(query, Place::Membership);
    }
}

impl Number {
    /// The number as a floating-point one.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "what floating-point numbers are for")]
    pub fn float(self) -> f64 {
        match self {
            Self::Integer(integer) => integer as f64,
            Self::Float(float) => float,
        }
    }
}

/// How many columns a query gives, when that is written in it: those of its last `fields` or
/// `display`, or of a `stats` behind that.
fn columns(query: &Query) -> Option<usize> {
    use crate::ast::Command as C;
    let mut count = None;
    for stage in &query.stages {
        match &stage.command {
            C::Fields(it) => count = Some(it.projections.len()),
            C::Display(it) => count = Some(it.projections.len()),
            C::Stats(it) => count = Some(it.aggregates.len() + it.keys.len()),
            C::Source(_)
            | C::Filter(_)
            | C::FilterIndex(_)
            | C::Sort(_)
            | C::Limit(_)
            | C::Dedup(_) => {}
            _ => count = None,
        }
    }
    count
}

fn is_subnet(text: &str) -> bool {
    let (address, length) = text.split_once('/').unwrap_or((text, "0"));
    let Ok(address) = address.parse::<std::net::IpAddr>() else { return false };
    let most = if address.is_ipv4() { 32 } else { 128 };
    length.parse::<u8>().is_ok_and(|it| it <= most)
}
