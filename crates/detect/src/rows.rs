//! A batch of rows, read by slot: what conditions and kinds look at.

use std::borrow::Cow;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray,
    StringViewArray, TimestampMicrosecondArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType};
use haechi_catalog::ColumnKind;
use haechi_model::Timestamp;

use crate::DetectError;
use crate::origins::{Beside, LookUp, Told};
use crate::places::Places;
use crate::schema::{FILE, POSITION, RECORD, Schema};
use crate::value::Value;

/// A batch whose columns have been found and given their types.
pub(crate) struct Rows<'a> {
    /// What the slots mean.
    pub(crate) schema: &'a Schema,
    beside: Beside<'a>,
    told: Told,
    time: TimestampMicrosecondArray,
    columns: Vec<Option<Column>>,
}

/// A column in one of the forms that the engine gives.
enum Column {
    Text(StringArray),
    View(StringViewArray),
    Int(Int64Array),
    Float(Float64Array),
    Bool(BooleanArray),
}

/// One row of a batch.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    rows: &'a Rows<'a>,
    index: usize,
}

impl<'a> Rows<'a> {
    /// Finds the schema's columns in a batch; a column that is not there has no values.
    pub(crate) fn new(
        schema: &'a Schema,
        beside: Beside<'a>,
        batch: &RecordBatch,
    ) -> Result<Self, DetectError> {
        let fault =
            |reason: String| DetectError::Rows { source_name: schema.source.clone(), reason };
        let Some(time) = batch.column_by_name("time") else {
            return Err(fault("there is no column `time`".to_owned()));
        };
        let DataType::Timestamp(_, zone) = time.data_type() else {
            return Err(fault(format!("`time` is {} and not a timestamp", time.data_type())));
        };
        let micros = DataType::Timestamp(TimeUnit::Microsecond, zone.clone());
        let time = cast(time, &micros).map_err(|error| fault(format!("`time`: {error}")))?;
        let mut columns = Vec::with_capacity(schema.slots.len());
        for slot in &schema.slots {
            let column = batch.column_by_name(&slot.name);
            let typed = column.map(|column| typed(column, slot.kind)).transpose();
            columns.push(typed.map_err(|error| fault(format!("`{}`: {error}", slot.name)))?);
        }
        let time = time.as_primitive::<TimestampMicrosecondType>().clone();
        Ok(Self { schema, beside, told: Told::default(), time, columns })
    }

    /// Returns the rows that have a time; the others cannot stand in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.time.len())
            .filter(|index| self.time.is_valid(*index))
            .map(|index| Row { rows: self, index })
    }
}

fn typed(column: &ArrayRef, kind: ColumnKind) -> Result<Column, arrow::error::ArrowError> {
    Ok(match (kind, column.data_type()) {
        (ColumnKind::Int, _) => {
            Column::Int(cast(column, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
        }
        (ColumnKind::Float, _) => {
            Column::Float(cast(column, &DataType::Float64)?.as_primitive::<Float64Type>().clone())
        }
        (ColumnKind::Bool, _) => {
            Column::Bool(cast(column, &DataType::Boolean)?.as_boolean().clone())
        }
        (_, DataType::Utf8) => Column::Text(column.as_string::<i32>().clone()),
        (_, DataType::Utf8View) => Column::View(column.as_string_view().clone()),
        _ => Column::Text(cast(column, &DataType::Utf8)?.as_string::<i32>().clone()),
    })
}

impl<'a> Row<'a> {
    /// Returns what the slots mean.
    pub(crate) fn schema(&self) -> &'a Schema {
        self.rows.schema
    }

    /// Returns the tables that say where addresses are.
    pub(crate) fn places(&self) -> Option<&'a dyn Places> {
        self.rows.beside.places
    }

    /// Returns what is looked up of a value; each value of a batch is looked up once.
    pub(crate) fn told(&self, what: LookUp, text: &str) -> Option<String> {
        self.rows.told.of(what, text, &self.rows.beside)
    }

    /// Returns when it happened.
    pub(crate) fn time(&self) -> Timestamp {
        Timestamp(self.rows.time.value(self.index))
    }

    /// Returns the text in a column of text.
    pub(crate) fn text(&self, slot: usize) -> Option<&'a str> {
        match self.rows.columns.get(slot)?.as_ref()? {
            Column::Text(array) if array.is_valid(self.index) => Some(array.value(self.index)),
            Column::View(array) if array.is_valid(self.index) => Some(array.value(self.index)),
            _ => None,
        }
    }

    /// Returns the number in a column of whole numbers.
    pub(crate) fn int(&self, slot: usize) -> Option<i64> {
        match self.rows.columns.get(slot)?.as_ref()? {
            Column::Int(array) if array.is_valid(self.index) => Some(array.value(self.index)),
            _ => None,
        }
    }

    /// Returns the number in a column of numbers.
    pub(crate) fn float(&self, slot: usize) -> Option<f64> {
        match self.rows.columns.get(slot)?.as_ref()? {
            Column::Float(array) if array.is_valid(self.index) => Some(array.value(self.index)),
            _ => None,
        }
    }

    /// Returns the value in a column.
    pub(crate) fn value(&self, slot: usize) -> Option<Value<'a>> {
        match self.rows.columns.get(slot)?.as_ref()? {
            Column::Text(_) | Column::View(_) => {
                self.text(slot).map(|text| Value::Text(text.into()))
            }
            Column::Int(array) => array
                .is_valid(self.index)
                .then(|| Value::Number(Cow::Owned(array.value(self.index).to_string()))),
            Column::Float(array) => array
                .is_valid(self.index)
                .then(|| Value::Number(Cow::Owned(array.value(self.index).to_string()))),
            Column::Bool(array) => {
                array.is_valid(self.index).then(|| Value::Bool(array.value(self.index)))
            }
        }
    }

    /// Returns the verbatim record, when the batch has it.
    pub(crate) fn record(&self) -> Option<&'a str> {
        self.text(RECORD)
    }

    /// Returns the name of the record: its own id, or its object and its place in it.
    pub(crate) fn id(&self) -> String {
        if let Some(id) = self.schema().id.and_then(|slot| self.text(slot)) {
            return id.to_owned();
        }
        let position =
            self.value(POSITION).map_or_else(String::new, |it| it.into_text().into_owned());
        format!("{}:{position}", self.text(FILE).unwrap_or_default())
    }

    /// Returns what rows are put in order by, as a plan's query does; no two records share it.
    pub(crate) fn order(&self) -> (Timestamp, Option<&'a str>, Option<i64>) {
        match self.schema().id.and_then(|slot| self.text(slot)) {
            Some(id) => (self.time(), Some(id), None),
            None => (self.time(), self.text(FILE), self.int(POSITION)),
        }
    }

    /// Returns its place in the batch.
    pub(crate) fn index(&self) -> usize {
        self.index
    }

    /// Tells whether AWS itself made the call, on its own or for somebody.
    pub(crate) fn is_service_call(&self) -> bool {
        let Some(slots) = self.schema().service else { return false };
        self.text(slots.identity_type) == Some("AWSService")
            || self.text(slots.invoked_by).is_some()
    }

    /// Tells whether an account is one of our own: the row's, or one that the lake holds.
    pub(crate) fn is_own_account(&self, account: &str) -> bool {
        self.text(crate::schema::ACCOUNT) == Some(account)
            || self.rows.beside.own_accounts.contains(account)
    }
}
