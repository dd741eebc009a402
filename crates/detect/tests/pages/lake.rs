//! A lake in `SQLite`: runs the SQL that detection writes, without an engine.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Int64Array, StringArray, TimestampMicrosecondArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use arrow::record_batch::RecordBatch;
use haechi_model::Timestamp;
use rusqlite::Connection;
use rusqlite::types::Value;

pub(crate) struct Lake {
    connection: Connection,
    types: Vec<(String, DataType)>,
}

impl Lake {
    /// Puts rows into a table of their source's name; times become text, which SQL compares alike.
    pub(crate) fn of(source: &str, rows: &RecordBatch) -> Self {
        let connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "case_sensitive_like", "on").unwrap();
        let schema = rows.schema();
        let names: Vec<String> =
            schema.fields().iter().map(|field| format!("\"{}\"", field.name())).collect();
        let create = format!("create table \"{source}\" ({})", names.join(", "));
        connection.execute(&create, []).unwrap();
        let marks = vec!["?"; names.len()].join(", ");
        let insert = format!("insert into \"{source}\" values ({marks})");
        for index in 0..rows.num_rows() {
            let values = rows.columns().iter().map(|column| value(column, index));
            let mut statement = connection.prepare_cached(&insert).unwrap();
            statement.execute(rusqlite::params_from_iter(values)).unwrap();
        }
        let types =
            schema.fields().iter().map(|it| (it.name().clone(), it.data_type().clone())).collect();
        Self { connection, types }
    }

    /// Runs a query and returns its rows.
    pub(crate) fn batch(&self, sql: &str) -> RecordBatch {
        let (names, rows) = self.query(sql);
        let column = |index: usize, name: &String| {
            let values = || rows.iter().map(move |row| row[index].clone());
            let known = self.types.iter().find(|(each, _)| each == name).map(|(_, kind)| kind);
            let array: ArrayRef = match known.unwrap_or(&DataType::Int64) {
                DataType::Boolean => Arc::new(
                    values().map(|it| integer(&it).map(|it| it != 0)).collect::<BooleanArray>(),
                ),
                DataType::Int64 => {
                    Arc::new(values().map(|it| integer(&it)).collect::<Int64Array>())
                }
                DataType::Timestamp(_, _) => {
                    let time = |it| text(it).map(|text| Timestamp::parse(&text).unwrap().0);
                    let times: TimestampMicrosecondArray = values().map(time).collect();
                    Arc::new(times.with_timezone("UTC"))
                }
                _ => Arc::new(values().map(text).collect::<StringArray>()),
            };
            (name.clone(), array, true)
        };
        let columns = names.iter().enumerate().map(|(index, name)| column(index, name));
        RecordBatch::try_from_iter_with_nullable(columns).unwrap()
    }

    /// Runs a query and returns the ids of its records.
    pub(crate) fn ids(&self, sql: &str) -> HashSet<String> {
        let (names, rows) = self.query(sql);
        let place = |wanted: &str| names.iter().position(|name| name == wanted);
        let Some(id) = place("eventID") else {
            let (file, position) = (place("file").unwrap(), place("position").unwrap());
            let spelled = |row: Vec<Value>| {
                let position = integer(&row[position]).unwrap();
                format!("{}:{position}", text(row[file].clone()).unwrap())
            };
            return rows.into_iter().map(spelled).collect();
        };
        rows.into_iter().filter_map(|row| text(row[id].clone())).collect()
    }

    fn query(&self, sql: &str) -> (Vec<String>, Vec<Vec<Value>>) {
        let mut statement =
            self.connection.prepare(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let row = |row: &rusqlite::Row<'_>| (0..names.len()).map(|index| row.get(index)).collect();
        let rows = statement.query_map([], row).unwrap().collect::<Result<_, _>>().unwrap();
        (names, rows)
    }
}

fn value(column: &ArrayRef, index: usize) -> Value {
    if column.is_null(index) {
        return Value::Null;
    }
    match column.data_type() {
        DataType::Boolean => Value::Integer(column.as_boolean().value(index).into()),
        DataType::Int64 => Value::Integer(column.as_primitive::<Int64Type>().value(index)),
        DataType::Float64 => Value::Real(column.as_primitive::<Float64Type>().value(index)),
        DataType::Timestamp(_, _) => {
            let micros = cast(column, &DataType::Int64).unwrap();
            let micros = micros.as_primitive::<Int64Type>().value(index);
            Value::Text(Timestamp(micros).to_string())
        }
        _ => Value::Text(column.as_string::<i32>().value(index).to_owned()),
    }
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(number) => Some(*number),
        _ => None,
    }
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}
