//! Functions that look at one row at a time: what they take, what they give, and a plain function.
//!
//! A value that cannot be taken for what a function wants is missing, and so is what a function
//! cannot give: log text is nobody's promise.

use std::borrow::Cow;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, BooleanBuilder, Float64Builder, Int64Builder,
    StringViewArray, StringViewBuilder, TimestampMicrosecondBuilder,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType};
use datafusion::common::{DataFusionError, plan_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

/// What an argument or a result is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Number,
    Integer,
    Boolean,
    Time,
}

/// One argument of one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value<'a> {
    Missing,
    Text(&'a str),
    Number(f64),
    Integer(i64),
    Boolean(bool),
    /// Microseconds since 1970.
    Time(i64),
}

/// What a call gives for one row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Given<'a> {
    Missing,
    Text(Cow<'a, str>),
    Number(f64),
    Integer(i64),
    Boolean(bool),
    /// Microseconds since 1970.
    Time(i64),
}

/// A function of one row.
#[derive(Debug)]
pub(crate) struct ByRow {
    takes: &'static [Kind],
    /// How many of the last ones may be left out.
    optional: usize,
    gives: Kind,
    call: Call,
}

/// What computes one row.
type Call = for<'a> fn(&[Value<'a>]) -> Given<'a>;

impl ByRow {
    pub(super) const fn new(takes: &'static [Kind], gives: Kind, call: Call) -> Self {
        Self { takes, optional: 0, gives, call }
    }

    /// Lets the last arguments be left out.
    pub(super) const fn optional(mut self, n_last: usize) -> Self {
        self.optional = n_last;
        self
    }
}

impl<'a> Value<'a> {
    pub(super) fn text(self) -> Option<&'a str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(super) fn number(self) -> Option<f64> {
        if let Self::Number(number) = self { Some(number) } else { None }
    }

    pub(super) fn integer(self) -> Option<i64> {
        if let Self::Integer(number) = self { Some(number) } else { None }
    }

    pub(super) fn time(self) -> Option<i64> {
        if let Self::Time(time) = self { Some(time) } else { None }
    }
}

impl From<Option<String>> for Given<'_> {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::Missing, |text| Self::Text(text.into()))
    }
}

impl From<Option<bool>> for Given<'_> {
    fn from(value: Option<bool>) -> Self {
        value.map_or(Self::Missing, Self::Boolean)
    }
}

impl From<Option<i64>> for Given<'_> {
    fn from(value: Option<i64>) -> Self {
        value.map_or(Self::Missing, Self::Integer)
    }
}

impl From<Option<f64>> for Given<'_> {
    /// What is no number (infinite, undefined) is missing.
    fn from(value: Option<f64>) -> Self {
        value.filter(|number| number.is_finite()).map_or(Self::Missing, Self::Number)
    }
}

/// Makes the function for a session.
pub(super) fn udf(name: &'static str, function: &'static ByRow) -> ScalarUDF {
    ScalarUDF::new_from_impl(Udf {
        name,
        function,
        signature: Signature::user_defined(Volatility::Immutable),
    })
}

#[derive(Debug)]
struct Udf {
    name: &'static str,
    function: &'static ByRow,
    signature: Signature,
}

impl PartialEq for Udf {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Udf {}

impl Hash for Udf {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for Udf {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(data_type(self.function.gives))
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>, DataFusionError> {
        let ByRow { takes, optional, .. } = self.function;
        let fewest = takes.len() - optional;
        if given.len() < fewest || takes.len() < given.len() {
            return plan_err!("`{}` takes {fewest} to {} arguments", self.name, takes.len());
        }
        Ok(given.iter().zip(*takes).map(|(given, kind)| coerced(given, *kind)).collect())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue, DataFusionError> {
        // Constants alone are computed once.
        let is_constant =
            args.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let n_rows = if is_constant { 1 } else { args.number_rows };
        let columns = args
            .args
            .iter()
            .map(|argument| Column::of(argument, n_rows))
            .collect::<Result<Vec<_>, _>>()?;
        let array = computed(self.function, &columns, n_rows);
        if is_constant {
            let value = datafusion::common::ScalarValue::try_from_array(&array, 0)?;
            return Ok(ColumnarValue::Scalar(value));
        }
        Ok(ColumnarValue::Array(array))
    }
}

/// Keeps both kinds of text and times of any zone; everything else is cast.
fn coerced(given: &DataType, kind: Kind) -> DataType {
    match (given, kind) {
        (DataType::Utf8, Kind::Text) => DataType::Utf8,
        (DataType::Timestamp(TimeUnit::Microsecond, zone), Kind::Time) => {
            DataType::Timestamp(TimeUnit::Microsecond, zone.clone())
        }
        (_, kind) => data_type(kind),
    }
}

fn data_type(kind: Kind) -> DataType {
    match kind {
        Kind::Text => DataType::Utf8View,
        Kind::Number => DataType::Float64,
        Kind::Integer => DataType::Int64,
        Kind::Boolean => DataType::Boolean,
        Kind::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
    }
}

/// One argument of every row.
enum Column {
    /// The same for every row.
    Same(Box<Column>),
    View(StringViewArray),
    Text(arrow::array::StringArray),
    Number(arrow::array::Float64Array),
    Integer(arrow::array::Int64Array),
    Boolean(BooleanArray),
    Time(arrow::array::TimestampMicrosecondArray),
    Missing,
}

impl Column {
    fn of(argument: &ColumnarValue, n_rows: usize) -> Result<Self, DataFusionError> {
        match argument {
            ColumnarValue::Scalar(value) => {
                Ok(Self::Same(Box::new(Self::of_array(&value.to_array()?)?)))
            }
            ColumnarValue::Array(array) => {
                debug_assert_eq!(array.len(), n_rows, "arguments have as many rows as the batch");
                Self::of_array(array)
            }
        }
    }

    fn of_array(array: &ArrayRef) -> Result<Self, DataFusionError> {
        Ok(match array.data_type() {
            DataType::Utf8View => Self::View(array.as_string_view().clone()),
            DataType::Utf8 => Self::Text(array.as_string::<i32>().clone()),
            DataType::Float64 => Self::Number(array.as_primitive::<Float64Type>().clone()),
            DataType::Int64 => Self::Integer(array.as_primitive::<Int64Type>().clone()),
            DataType::Boolean => Self::Boolean(array.as_boolean().clone()),
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                Self::Time(array.as_primitive::<TimestampMicrosecondType>().clone())
            }
            DataType::Null => Self::Missing,
            DataType::LargeUtf8 | DataType::Dictionary(..) => {
                Self::View(cast(array, &DataType::Utf8View)?.as_string_view().clone())
            }
            other => return plan_err!("a function cannot take `{other}`"),
        })
    }

    fn at(&self, row: usize) -> Value<'_> {
        match self {
            Self::Same(column) => column.at(0),
            Self::View(array) if array.is_valid(row) => Value::Text(array.value(row)),
            Self::Text(array) if array.is_valid(row) => Value::Text(array.value(row)),
            Self::Number(array) if array.is_valid(row) => Value::Number(array.value(row)),
            Self::Integer(array) if array.is_valid(row) => Value::Integer(array.value(row)),
            Self::Boolean(array) if array.is_valid(row) => Value::Boolean(array.value(row)),
            Self::Time(array) if array.is_valid(row) => Value::Time(array.value(row)),
            // It has no value in this row, or in no row.
            _ => Value::Missing,
        }
    }
}

fn computed(function: &ByRow, columns: &[Column], n_rows: usize) -> ArrayRef {
    let mut given = Builder::of(function.gives, n_rows);
    let mut values = vec![Value::Missing; columns.len()];
    for row in 0..n_rows {
        for (value, column) in values.iter_mut().zip(columns) {
            *value = column.at(row);
        }
        given.push((function.call)(&values));
    }
    given.finish()
}

enum Builder {
    Text(StringViewBuilder),
    Number(Float64Builder),
    Integer(Int64Builder),
    Boolean(BooleanBuilder),
    Time(TimestampMicrosecondBuilder),
}

impl Builder {
    fn of(kind: Kind, n_rows: usize) -> Self {
        match kind {
            Kind::Text => Self::Text(StringViewBuilder::with_capacity(n_rows)),
            Kind::Number => Self::Number(Float64Builder::with_capacity(n_rows)),
            Kind::Integer => Self::Integer(Int64Builder::with_capacity(n_rows)),
            Kind::Boolean => Self::Boolean(BooleanBuilder::with_capacity(n_rows)),
            Kind::Time => {
                let times = TimestampMicrosecondBuilder::with_capacity(n_rows);
                Self::Time(times.with_timezone("UTC"))
            }
        }
    }

    /// Adds a value; one of another kind than the function promised is missing.
    fn push(&mut self, given: Given<'_>) {
        match (self, given) {
            (Self::Text(all), Given::Text(text)) => all.append_value(text),
            (Self::Number(all), Given::Number(number)) => all.append_value(number),
            (Self::Integer(all), Given::Integer(number)) => all.append_value(number),
            (Self::Boolean(all), Given::Boolean(value)) => all.append_value(value),
            (Self::Time(all), Given::Time(time)) => all.append_value(time),
            (Self::Text(all), _) => all.append_null(),
            (Self::Number(all), _) => all.append_null(),
            (Self::Integer(all), _) => all.append_null(),
            (Self::Boolean(all), _) => all.append_null(),
            (Self::Time(all), _) => all.append_null(),
        }
    }

    fn finish(self) -> ArrayRef {
        match self {
            Self::Text(mut all) => Arc::new(all.finish()),
            Self::Number(mut all) => Arc::new(all.finish()),
            Self::Integer(mut all) => Arc::new(all.finish()),
            Self::Boolean(mut all) => Arc::new(all.finish()),
            Self::Time(mut all) => Arc::new(all.finish()),
        }
    }
}
