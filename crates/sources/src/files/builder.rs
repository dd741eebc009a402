//! Rows of the columns that are asked for, and of no others.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, Int64Array, ListArray, StringViewBuilder, TimestampMicrosecondArray, new_null_array,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use haechi_catalog::ColumnKind;
use haechi_model::{EntityKind, Timestamp};

use super::{AskedColumn, AskedValues, Make};
use crate::limits::ENTITIES_MAX;
use crate::mapping::{Fields, Mapping};
use crate::rows::column::ColumnBuilder;
use crate::rows::text_of;
use crate::rows::texts::{Ends, Texts};
use crate::{Row, schema};

/// Rows as they gather.
pub(super) struct AskedRows {
    schema: SchemaRef,
    parts: Vec<Part>,
    n_rows: usize,
    /// About how many bytes the texts have.
    pub n_bytes: usize,
}

/// One column.
enum Part {
    Time(Vec<Option<i64>>),
    Date(Texts),
    Account(Texts),
    Region(ColumnBuilder),
    Field {
        slot: usize,
        kind: ColumnKind,
        values: ColumnBuilder,
    },
    Entities {
        texts: Texts,
        ends: Ends,
    },
    Record(Texts),
    Made {
        make: Arc<Make>,
        texts: StringViewBuilder,
    },
    File(Texts),
    Position(Vec<i64>),
    /// What only a lake has.
    Nothing(DataType),
}

impl AskedRows {
    pub(super) fn new(
        mapping: &Mapping,
        columns: &[AskedColumn],
        table: &Schema,
        schema: SchemaRef,
    ) -> Self {
        let part = |column: &AskedColumn| match (&column.values, column.in_table(table)) {
            (AskedValues::Made(make), _) => {
                Part::Made { make: Arc::clone(make), texts: StringViewBuilder::new() }
            }
            (AskedValues::Of(_), Some(field)) => Part::new(mapping, field),
            (AskedValues::Of(_), None) => Part::Nothing(DataType::Utf8View),
        };
        let parts = columns.iter().map(part).collect();
        Self { schema, parts, n_rows: 0, n_bytes: 0 }
    }

    pub(super) fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// Adds a row of the file of that name.
    pub(super) fn push(&mut self, row: &Row<'_>, time: Option<Timestamp>, file: &str) {
        for part in &mut self.parts {
            self.n_bytes += part.push(self.n_rows, row, time, file);
        }
        self.n_rows += 1;
    }

    /// Gives up the rows so far.
    pub(super) fn take(&mut self) -> Result<RecordBatch, ArrowError> {
        let n_rows = std::mem::take(&mut self.n_rows);
        self.n_bytes = 0;
        let arrays = self.parts.iter_mut().map(|part| part.take(n_rows));
        let arrays = arrays.collect::<Result<Vec<_>, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(n_rows));
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options)
    }
}

impl Part {
    fn new(mapping: &Mapping, field: &Field) -> Self {
        match field.name().as_str() {
            schema::TIME => Self::Time(Vec::new()),
            schema::DATE => Self::Date(Texts::default()),
            schema::ACCOUNT => Self::Account(Texts::default()),
            schema::REGION => Self::Region(ColumnBuilder::new(ColumnKind::String)),
            schema::ENTITIES => Self::Entities { texts: Texts::default(), ends: Ends::default() },
            schema::RECORD => Self::Record(Texts::default()),
            schema::FILE => Self::File(Texts::default()),
            schema::POSITION => Self::Position(Vec::new()),
            name => {
                let at = mapping.source.columns.iter().position(|column| column.name == name);
                match at.and_then(|at| mapping.columns.get(at)) {
                    Some(&(slot, kind)) => {
                        Self::Field { slot, kind, values: ColumnBuilder::new(kind) }
                    }
                    None => Self::Nothing(field.data_type().clone()),
                }
            }
        }
    }

    /// Adds the row's value; returns about how many bytes of text it has.
    #[inline]
    fn push(
        &mut self,
        row_index: usize,
        row: &Row<'_>,
        time: Option<Timestamp>,
        file: &str,
    ) -> usize {
        match self {
            Self::Time(times) => times.push(time.map(|time| time.0)),
            Self::Date(texts) => match time.and_then(Timestamp::date) {
                Some(date) => texts.push(&date),
                None => texts.push_nulls(1),
            },
            Self::Account(texts) => match account(row) {
                Some(account) => texts.push(&account),
                None => texts.push_nulls(1),
            },
            Self::Region(values) => {
                let slots = row.mapping.regions.iter();
                let mut found = slots.filter_map(|&slot| row.fields.get(slot));
                if let Some(region) = found.find(|value| !value.is_null()) {
                    values.push(row_index, region);
                }
            }
            Self::Field { slot, values, .. } => {
                if let Some(value) = row.fields.get(*slot) {
                    values.push(row_index, value);
                    return value.text.len();
                }
            }
            Self::Entities { texts, ends } => {
                push_entities(texts, row.fields);
                ends.push(texts.len());
            }
            Self::Record(texts) => {
                texts.push(row.record);
                return row.record.len();
            }
            Self::Made { make, texts } => {
                let mut n_bytes = None;
                make(row.record, &mut |text| {
                    texts.append_value(text);
                    n_bytes = Some(text.len());
                });
                if n_bytes.is_none() {
                    texts.append_null();
                }
                return n_bytes.unwrap_or_default();
            }
            Self::File(texts) => {
                texts.push(file);
                return file.len();
            }
            Self::Position(positions) => {
                positions.push(i64::try_from(row.position).unwrap_or(i64::MAX));
            }
            Self::Nothing(_) => {}
        }
        0
    }

    fn take(&mut self, n_rows: usize) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Time(times) => {
                let times = TimestampMicrosecondArray::from(std::mem::take(times));
                Arc::new(times.with_timezone("UTC"))
            }
            Self::Date(texts) | Self::Account(texts) | Self::Record(texts) | Self::File(texts) => {
                Arc::new(std::mem::take(texts).finish()?)
            }
            Self::Region(values) => {
                let new = ColumnBuilder::new(ColumnKind::String);
                std::mem::replace(values, new).finish(n_rows)?
            }
            Self::Field { kind, values, .. } => {
                std::mem::replace(values, ColumnBuilder::new(*kind)).finish(n_rows)?
            }
            Self::Entities { texts, ends } => {
                let element = Arc::new(Field::new("element", DataType::Utf8, true));
                let texts = Arc::new(std::mem::take(texts).finish()?);
                Arc::new(ListArray::try_new(element, std::mem::take(ends).finish(), texts, None)?)
            }
            Self::Made { texts, .. } => Arc::new(texts.finish()),
            Self::Position(positions) => Arc::new(Int64Array::from(std::mem::take(positions))),
            Self::Nothing(kind) => new_null_array(kind, n_rows),
        })
    }
}

fn account<'a>(row: &'a Row<'_>) -> Option<std::borrow::Cow<'a, str>> {
    let account = row.mapping.accounts.iter().find_map(|&slot| text_of(row.fields.get(slot)));
    account.filter(|account| EntityKind::Account.accepts(account))
}

fn push_entities(texts: &mut Texts, fields: &Fields<'_>) {
    for (index, &(kind, value)) in fields.entities.iter().take(ENTITIES_MAX).enumerate() {
        let repeated = fields.entities.iter().take(index).any(|it| *it == (kind, value));
        let Some(name) = text_of(Some(value)) else { continue };
        if !repeated && kind.accepts(&name) {
            texts.push_both(kind.prefix(), &name);
        }
    }
}
