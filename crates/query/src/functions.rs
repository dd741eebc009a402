//! The functions: for each its names, what it takes and gives, and what it does.
//!
//! Help, completion and checks come from the same entries; what a function computes is the
//! engine's.

mod address;
mod aggregate;
mod general;
mod json;
mod numeric;
mod origins;
mod text;
mod time;

/// A function: everything that is known about it but its computation.
#[derive(Debug)]
pub struct Function {
    /// The name.
    pub name: &'static str,
    /// Other names for the same.
    pub aliases: &'static [&'static str],
    /// Where it may stand.
    pub kind: FunctionKind,
    /// What it takes.
    pub parameters: &'static [Parameter],
    /// What it gives.
    pub returns: Type,
    /// What it does, in one sentence.
    pub doc: &'static str,
    /// An expression that uses it.
    pub example: &'static str,
}

/// Where a function may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionKind {
    /// Anywhere: it looks at one event.
    Scalar,
    /// In `stats`: it looks at the events of a group.
    Aggregate,
}

/// One argument of a function.
#[derive(Debug)]
pub struct Parameter {
    /// What it is called in the manual.
    pub name: &'static str,
    /// What it must be.
    pub kind: Type,
    /// How often it stands there.
    pub presence: Presence,
}

/// How often an argument stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Once.
    Required,
    /// Once or not at all.
    Optional,
    /// Any number of times, behind the others.
    Repeated,
}

/// What an argument or an answer is.
///
/// Values of events have no declared types, so only literals can be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Anything.
    Any,
    /// A number.
    Number,
    /// Text.
    Text,
    /// True or false, shown as 1 and 0.
    Boolean,
    /// Milliseconds since 1970.
    Time,
    /// A length of time, such as `5m`.
    Period,
    /// A regular expression, between slashes or in quotes.
    Regex,
    /// Names with values.
    Map,
    /// Values in order.
    List,
}

impl Function {
    /// The fewest arguments.
    #[must_use]
    pub fn arguments_min(&self) -> usize {
        self.parameters.iter().filter(|it| it.presence == Presence::Required).count()
    }

    /// The most arguments; none when there is no end.
    #[must_use]
    pub fn arguments_max(&self) -> Option<usize> {
        let is_repeated = |it: &Parameter| it.presence == Presence::Repeated;
        (!self.parameters.iter().any(is_repeated)).then_some(self.parameters.len())
    }

    /// The parameter that an argument belongs to.
    #[must_use]
    pub fn parameter(&self, index: usize) -> Option<&Parameter> {
        let last = self.parameters.last().filter(|it| it.presence == Presence::Repeated);
        self.parameters.get(index).or(last)
    }

    /// The function with its parameters: `substr(text, start, [length])`.
    #[must_use]
    pub fn usage(&self) -> String {
        let parameters: Vec<String> = self.parameters.iter().map(Parameter::usage).collect();
        format!("{}({})", self.name, parameters.join(", "))
    }
}

impl Parameter {
    fn usage(&self) -> String {
        match self.presence {
            Presence::Required => self.name.to_owned(),
            Presence::Optional => format!("[{}]", self.name),
            Presence::Repeated => format!("[{}, …]", self.name),
        }
    }
}

/// The functions, grouped as in the manual.
pub const GROUPS: &[(&str, &[Function])] = &[
    ("Aggregates", aggregate::ALL),
    ("Numbers", numeric::ALL),
    ("Text", text::ALL),
    ("Times", time::ALL),
    ("Addresses", address::ALL),
    ("Origins", origins::ALL),
    ("Objects and lists", json::ALL),
    ("General", general::ALL),
];

/// Every function, in the order of the manual.
pub fn all() -> impl Iterator<Item = &'static Function> {
    GROUPS.iter().flat_map(|(_, functions)| *functions)
}

/// Finds a function by any of its names, in any case.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Function> {
    let is = |known: &&str| known.eq_ignore_ascii_case(name);
    all().find(|it| is(&it.name) || it.aliases.iter().any(is))
}

/// Whether AWS does not have the function.
pub(crate) fn is_own(name: &str) -> bool {
    by_name(name).is_some_and(|it| origins::ALL.iter().any(|own| own.name == it.name))
}

/// Functions of other languages, and what does the same here.
const FOREIGN: &[(&str, &str)] = &[
    ("percentile", "pct(field, 95)"),
    ("perc", "pct(field, 95)"),
    ("median", "pct(field, 50)"),
    ("p50", "pct(field, 50)"),
    ("p90", "pct(field, 90)"),
    ("p95", "pct(field, 95)"),
    ("p99", "pct(field, 99)"),
    ("dc", "countDistinct(field)"),
    ("uniq", "countDistinct(field)"),
    ("unique", "countDistinct(field)"),
    ("count_unique", "countDistinct(field)"),
    ("count_if", "sum(condition)"),
    ("countif", "sum(condition)"),
    ("mean", "avg(field)"),
    ("average", "avg(field)"),
    ("first", "earliest(field)"),
    ("last", "latest(field)"),
    ("list", "values(field)"),
    ("collect", "values(field)"),
    ("array_agg", "values(field)"),
    ("make_set", "values(field)"),
    ("var", "variance(field)"),
    ("std", "stddev(field)"),
    ("stdev", "stddev(field)"),
    ("len", "strlen(text)"),
    ("length", "strlen(text)"),
    ("lower", "tolower(text)"),
    ("lcase", "tolower(text)"),
    ("upper", "toupper(text)"),
    ("ucase", "toupper(text)"),
    ("contains", "strcontains(text, \"part\")"),
    ("substring", "substr(text, 0, 5)"),
    ("regexp_replace", "regexReplace(text, \"expression\", \"replacement\")"),
    ("match", "text like /expression/"),
    ("regexp_like", "text like /expression/"),
    ("ifnull", "coalesce(field, value)"),
    ("nvl", "coalesce(field, value)"),
    ("isnull", "not ispresent(field)"),
    ("isnotnull", "ispresent(field)"),
    ("exists", "ispresent(field)"),
    ("iff", "if(condition, value, other)"),
    ("date_trunc", "datefloor(@timestamp, 1h)"),
    ("date_format", "formatDate(@timestamp, \"%Y-%m-%d\")"),
    ("json_extract", "jsonParse(text).key"),
    ("cidrmatch", "isIpInSubnet(address, \"192.0.2.0/24\")"),
    ("tostring", "concat(value)"),
    ("pow", "base ^ exponent"),
    ("power", "base ^ exponent"),
    ("mod", "a % b"),
    ("in", "field in [\"a\", \"b\"]"),
];

/// What to write instead of another language's function.
pub(crate) fn foreign(name: &str) -> Option<&'static str> {
    FOREIGN.iter().find(|(foreign, _)| foreign.eq_ignore_ascii_case(name)).map(|(_, usage)| *usage)
}

const fn required(name: &'static str, kind: Type) -> Parameter {
    Parameter { name, kind, presence: Presence::Required }
}

const fn optional(name: &'static str, kind: Type) -> Parameter {
    Parameter { name, kind, presence: Presence::Optional }
}

const fn repeated(name: &'static str, kind: Type) -> Parameter {
    Parameter { name, kind, presence: Presence::Repeated }
}

#[cfg(test)]
mod tests {
    use super::{all, by_name};
    use crate::{check, parse};

    #[test]
    fn each_name_means_one_function() {
        for function in all() {
            for name in function.aliases.iter().chain([&function.name]) {
                assert_eq!(by_name(&name.to_uppercase()).unwrap().name, function.name);
            }
        }
    }

    #[test]
    fn each_example_uses_its_function_and_is_right() {
        for function in all() {
            let query = match function.kind {
                super::FunctionKind::Scalar => format!("fields {} as x", function.example),
                super::FunctionKind::Aggregate => format!("stats {} as x", function.example),
            };
            assert!(function.example.contains(function.name), "{}", function.name);
            let parsed = parse(&query).unwrap_or_else(|error| panic!("{}", error.render(&query)));
            let diagnostics = check::check(&query, &parsed, &check::Options::default());
            assert!(diagnostics.is_empty(), "{query}: {diagnostics:?}");
        }
    }
}
