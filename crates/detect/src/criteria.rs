//! GuardDuty's finding criteria: which findings a list shows and a suppression rule archives.
//!
//! ```json
//! {"Criterion": {"type": {"Equals": ["Recon:EC2/Portscan"]}, "severity": {"LessThan": 7}}}
//! ```
//! All attributes must fit; of several values of one operator one is enough (none, for the
//! operators that deny).

#[cfg(test)]
mod tests;
mod wildcard;

use haechi_model::Timestamp;
use serde_json::Value;

use self::wildcard::matches;
use crate::limits::{CRITERIA_MAX, CRITERIA_VALUES_MAX};

/// Criteria that have been checked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Criteria {
    conditions: Vec<Condition>,
}

/// What is wrong with criteria.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum BadCriteria {
    /// It is not JSON.
    #[error("the criteria are not JSON: {reason}")]
    NotJson {
        /// What the parser said, with line and column.
        reason: String,
    },
    /// It does not have the form of criteria.
    #[error("{place}: {reason}")]
    Form {
        /// Where in the criteria.
        place: String,
        /// What was expected.
        reason: String,
    },
    /// Findings have no such attribute.
    #[error("findings have no attribute `{name}`{}", near(.nearest.as_deref()))]
    UnknownAttribute {
        /// The attribute.
        name: String,
        /// One that is written nearly so.
        nearest: Option<String>,
    },
}

#[derive(Debug, Clone, PartialEq)]
struct Condition {
    attribute: String,
    operator: Operator,
    values: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equals,
    NotEquals,
    GreaterThan,
    GreaterThanOrEqual,
    LessThan,
    LessThanOrEqual,
    Matches,
    NotMatches,
}

/// The operators under their present and their older names, lower case.
const OPERATORS: &[(&str, Operator)] = &[
    ("equals", Operator::Equals),
    ("eq", Operator::Equals),
    ("notequals", Operator::NotEquals),
    ("neq", Operator::NotEquals),
    ("greaterthan", Operator::GreaterThan),
    ("gt", Operator::GreaterThan),
    ("greaterthanorequal", Operator::GreaterThanOrEqual),
    ("gte", Operator::GreaterThanOrEqual),
    ("lessthan", Operator::LessThan),
    ("lt", Operator::LessThan),
    ("lessthanorequal", Operator::LessThanOrEqual),
    ("lte", Operator::LessThanOrEqual),
    ("matches", Operator::Matches),
    ("notmatches", Operator::NotMatches),
];

/// The attributes that GuardDuty's filters may name.
const ATTRIBUTES: &str = include_str!("criteria/attributes.txt");
/// Attributes of ours: what a finding has beside GuardDuty's form.
const OWN_ATTRIBUTES: &[&str] =
    &["createdAt", "updatedAt", "title", "description", "haechi.page", "haechi.subject"];

impl Criteria {
    /// Reads criteria as the API and the command line of AWS write them.
    ///
    /// # Errors
    /// The text is no JSON, has another form, or names an attribute that findings do not have.
    pub fn read(text: &str) -> Result<Self, BadCriteria> {
        let value: Value = serde_json::from_str(text)
            .map_err(|error| BadCriteria::NotJson { reason: error.to_string() })?;
        let attributes = criterion_of(&value).unwrap_or(&value);
        let Some(attributes) = attributes.as_object() else {
            return Err(form("criterion", "it is an object of attributes"));
        };
        if CRITERIA_MAX < attributes.len() {
            return Err(form("criterion", &format!("it has more than {CRITERIA_MAX} attributes")));
        }
        let mut conditions = Vec::new();
        for (name, tests) in attributes {
            check_attribute(name)?;
            let Some(tests) = tests.as_object() else {
                return Err(form(name, "it is an object of operators, as {\"Equals\": [\"…\"]}"));
            };
            for (operator, values) in tests {
                conditions.push(Condition::read(name, operator, values)?);
            }
        }
        Ok(Self { conditions })
    }

    /// Adds the criterion that an attribute has a value.
    pub fn require(&mut self, attribute: &str, value: &str) {
        self.add(attribute, Operator::Equals, value);
    }

    /// Adds the criterion that an attribute fits a pattern with `*` and `?`.
    pub fn require_match(&mut self, attribute: &str, pattern: &str) {
        self.add(attribute, Operator::Matches, pattern);
    }

    fn add(&mut self, attribute: &str, operator: Operator, value: &str) {
        let (attribute, values) = (attribute.to_owned(), vec![value.to_owned()]);
        self.conditions.push(Condition { attribute, operator, values });
    }

    /// Tells whether a finding in GuardDuty's form fits.
    #[must_use]
    pub fn fit(&self, finding: &Value) -> bool {
        self.conditions.iter().all(|condition| condition.holds(finding))
    }
}

impl Condition {
    fn read(attribute: &str, operator: &str, values: &Value) -> Result<Self, BadCriteria> {
        let place = format!("{attribute}.{operator}");
        let lower = operator.to_ascii_lowercase();
        let known = OPERATORS.iter().find(|(name, _)| *name == lower);
        let Some((_, operator)) = known else {
            let reason = "the operators are Equals, NotEquals, GreaterThan, GreaterThanOrEqual, \
                          LessThan, LessThanOrEqual, Matches and NotMatches";
            return Err(form(&place, reason));
        };
        let one = std::slice::from_ref(values);
        let values: Option<Vec<String>> =
            values.as_array().map_or(one, Vec::as_slice).iter().map(scalar).collect();
        let Some(values) = values.filter(|values| !values.is_empty()) else {
            return Err(form(&place, "it compares with texts, numbers or truth values"));
        };
        if CRITERIA_VALUES_MAX < values.len() {
            return Err(form(&place, &format!("it has more than {CRITERIA_VALUES_MAX} values")));
        }
        let is_order = operator.is_order();
        if is_order && values.iter().any(|value| number(value).is_none()) {
            return Err(form(&place, "it compares with a number, or with a time"));
        }
        Ok(Self { attribute: attribute.to_owned(), operator: *operator, values })
    }

    fn holds(&self, finding: &Value) -> bool {
        let found = values_of(finding, &self.attribute);
        let any = |test: &dyn Fn(&str, &str) -> bool| {
            found.iter().any(|value| self.values.iter().any(|wanted| test(value, wanted)))
        };
        let order = |test: fn(f64, f64) -> bool| {
            any(&|value, wanted| number(value).zip(number(wanted)).is_some_and(|(a, b)| test(a, b)))
        };
        match self.operator {
            Operator::Equals => any(&same),
            Operator::NotEquals => !any(&same),
            Operator::GreaterThan => order(|value, wanted| wanted < value),
            Operator::GreaterThanOrEqual => order(|value, wanted| wanted <= value),
            Operator::LessThan => order(|value, wanted| value < wanted),
            Operator::LessThanOrEqual => order(|value, wanted| value <= wanted),
            Operator::Matches => any(&|value, wanted| matches(wanted, value)),
            Operator::NotMatches => !any(&|value, wanted| matches(wanted, value)),
        }
    }
}

impl Operator {
    fn is_order(self) -> bool {
        !matches!(self, Self::Equals | Self::NotEquals | Self::Matches | Self::NotMatches)
    }
}

/// Returns what stands in `Criterion`, under either of its spellings.
fn criterion_of(value: &Value) -> Option<&Value> {
    value.get("Criterion").or_else(|| value.get("criterion"))
}

fn check_attribute(name: &str) -> Result<(), BadCriteria> {
    let known = || ATTRIBUTES.lines().chain(OWN_ATTRIBUTES.iter().copied());
    if known().any(|known| known == name) {
        return Ok(());
    }
    let last = name.rsplit('.').next().unwrap_or(name).to_ascii_lowercase();
    let ends_so = |known: &&str| known.to_ascii_lowercase().ends_with(&format!(".{last}"));
    let nearest = haechi_query::nearest(name, known()).or_else(|| known().find(ends_so));
    Err(BadCriteria::UnknownAttribute {
        name: name.to_owned(),
        nearest: nearest.map(str::to_owned),
    })
}

/// Returns every value at a path; lists on the way are gone through.
fn values_of(finding: &Value, attribute: &str) -> Vec<String> {
    let own = |name: &str| {
        let info = finding.pointer("/service/additionalInfo/value")?.as_str()?;
        let info: Value = serde_json::from_str(info).ok()?;
        info.get(name).and_then(scalar)
    };
    match attribute {
        "haechi.page" => return own("page").into_iter().collect(),
        "haechi.subject" => return own("subject").into_iter().collect(),
        "service.additionalInfo.sample" => return own("sample").into_iter().collect(),
        _ => {}
    }
    let mut here = vec![finding];
    for key in attribute.split('.') {
        let below = here.into_iter().flat_map(|value| match value.get(key) {
            Some(Value::Array(items)) => items.iter().collect(),
            Some(value) => vec![value],
            None => Vec::new(),
        });
        here = below.collect();
    }
    here.into_iter().filter_map(scalar).collect()
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn same(value: &str, wanted: &str) -> bool {
    value == wanted
        || number(value).zip(number(wanted)).is_some_and(|(a, b)| a.total_cmp(&b).is_eq())
}

/// Returns a number, or a time as the milliseconds that GuardDuty compares times by.
fn number(text: &str) -> Option<f64> {
    if let Ok(number) = text.parse::<f64>() {
        return Some(number);
    }
    let time = Timestamp::parse(text).ok()?;
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of our era are below 2^53")]
    Some(time.0.div_euclid(1_000) as f64)
}

fn form(place: &str, reason: &str) -> BadCriteria {
    BadCriteria::Form { place: place.to_owned(), reason: reason.to_owned() }
}

fn near(nearest: Option<&str>) -> String {
    nearest.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}
