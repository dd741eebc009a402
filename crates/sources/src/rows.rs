//! Rows of one source, column by column, on their way to the lake.

mod accounts;
pub(crate) mod column;
mod names;
pub(crate) mod texts;
pub(crate) mod words;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, AsArray, DictionaryArray, Int32Array, Int64Array, ListArray, NullBufferBuilder,
    StringArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Field, Int32Type, Schema};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use haechi_catalog::ColumnKind;
use haechi_model::Timestamp;

use self::accounts::Accounts;
use self::column::ColumnBuilder;
use self::texts::{Ends, LongTexts, Texts};
use crate::joined::Joined;
use crate::limits::ENTITIES_MAX;
use crate::mapping::{Fields, Mapping};
use crate::scan::{Shape, Value, unescaped};
use crate::schema;
use crate::time::moment;
use crate::{Reject, Row};

/// Rows of one source as they gather.
pub struct RowBuilder {
    times: Vec<Option<i64>>,
    accounts: Accounts,
    regions: ColumnBuilder,
    columns: Vec<ColumnBuilder>,
    entities: Texts,
    /// Where the entities of each row end.
    entity_ends: Ends,
    /// Which rows have entities.
    entity_nulls: NullBufferBuilder,
    records: LongTexts,
    /// How many of the last rows have no record and no entities, which is noted for all at once.
    n_bare: usize,
    /// Rows need not keep what their columns give again.
    has_layouts: bool,
    /// For each row, the number of the layout that gives its record.
    layouts: Vec<Option<i32>>,
    known_layouts: Vec<Arc<str>>,
    files: Vec<i32>,
    positions: Vec<i64>,
    ids: Vec<u128>,
    /// The same ids, for finding those that come again.
    known_ids: HashSet<u128, ahash::RandomState>,
    repeated: Vec<(i32, u64)>,
    /// How many bytes the records have.
    pub n_bytes: usize,
}

/// Finished rows of one source.
pub struct Rows {
    /// The columns of [`schema::stored`], without `ingested`; `file` and `layout` are dictionaries
    /// and `record` is a view of bytes.
    pub batch: RecordBatch,
    /// The event times, microseconds since 1970.
    pub times: Vec<Option<i64>>,
    /// For each row, which of `known_accounts` it belongs to.
    pub accounts: Vec<Option<u32>>,
    /// The accounts met.
    pub known_accounts: Vec<String>,
    /// For each row, the number of the object that it came from.
    pub objects: Vec<i32>,
    /// What makes each record itself; empty for a source whose records have no id.
    pub ids: Vec<u128>,
    /// Where records stand that are no rows because one with their id is: for each the number of
    /// the object, and the position in it.
    pub repeated: Vec<(i32, u64)>,
}

impl RowBuilder {
    /// Returns a builder for rows of the mapping's source, each with its record and its entities.
    #[must_use]
    pub fn new(mapping: &Mapping) -> Self {
        Self {
            times: Vec::new(),
            accounts: Accounts::again(Vec::new()),
            regions: ColumnBuilder::new(ColumnKind::String),
            columns: mapping.columns.iter().map(|(_, kind)| ColumnBuilder::new(*kind)).collect(),
            entities: Texts::default(),
            entity_ends: Ends::default(),
            entity_nulls: NullBufferBuilder::new(0),
            records: LongTexts::default(),
            n_bare: 0,
            has_layouts: false,
            layouts: Vec::new(),
            known_layouts: Vec::new(),
            files: Vec::new(),
            positions: Vec::new(),
            ids: Vec::new(),
            known_ids: HashSet::default(),
            repeated: Vec::new(),
            n_bytes: 0,
        }
    }

    /// Returns a builder for rows of the mapping's source, without the records and entities that
    /// their columns give again.
    #[must_use]
    pub fn without_copies(mapping: &Mapping) -> Self {
        let mut new = Self::new(mapping);
        new.has_layouts = schema::has_layouts(&mapping.source);
        if new.has_layouts {
            let columns = mapping.columns.iter();
            new.columns = columns.map(|(_, kind)| ColumnBuilder::of_names(*kind)).collect();
        }
        new
    }

    /// Returns a builder like [`without_copies`](Self::without_copies), in the memory of rows of
    /// the same source that nobody reads any more.
    #[must_use]
    pub fn again(mapping: &Mapping, spent: Rows) -> Self {
        let mut new = Self::without_copies(mapping);
        new.known_ids.reserve(spent.ids.len());
        new.times = cleared(spent.times);
        new.accounts = Accounts::again(spent.accounts);
        new.files = cleared(spent.objects);
        new.ids = cleared(spent.ids);
        let (_, arrays, _) = spent.batch.into_parts();
        let mut arrays = arrays.into_iter().skip(1);
        if let Some(regions) = arrays.next() {
            new.regions = ColumnBuilder::again(ColumnKind::String, regions);
        }
        for (column, &(_, kind)) in new.columns.iter_mut().zip(&mapping.columns) {
            // A column that had no value has no memory to give.
            if let Some(array) = arrays.next().filter(|it| it.null_count() < it.len()) {
                *column = ColumnBuilder::again(kind, array);
            }
        }
        if let Some(entities) = arrays.next() {
            let list = entities.as_list::<i32>().clone();
            drop(entities);
            let (_, ends, texts, _) = list.into_parts();
            new.entities = Texts::again(texts);
            new.entity_ends = Ends::again(ends);
        }
        if let Some(records) = arrays.next() {
            new.records = LongTexts::again(records);
        }
        new
    }

    /// Returns how many rows there are.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.times.len()
    }

    /// Adds a row that came from the file with that number, unless one with its id is there; tells
    /// whether it did.
    pub fn push(&mut self, row: &Row<'_>, file: i32) -> bool {
        let Row { mapping, fields, record, position, layout } = row;
        if let Some(slot) = mapping.id {
            let id = id_of(fields.get(slot), record);
            if !self.known_ids.insert(id) {
                self.repeated.push((file, *position));
                return false;
            }
            self.ids.push(id);
        }
        self.times.push(time_of(mapping, fields).map(|time| time.0));
        let account = mapping.accounts.iter().find_map(|&slot| text_of(fields.get(slot)));
        self.accounts.push(account.as_deref());
        let row_index = self.times.len() - 1;
        let region = mapping.regions.iter().filter_map(|&slot| fields.get(slot));
        let region = region.into_iter().find(|value| !value.is_null());
        if let Some(region) = region {
            self.regions.push(row_index, region);
        }
        let mut layout = layout.filter(|_| self.has_layouts);
        if let Some(joined) = layout {
            // No other column has a value.
            for &(place, slot) in &joined.columns {
                if let Some((value, column)) = fields.get(slot).zip(self.columns.get_mut(place))
                    && !column.push(row_index, value)
                {
                    layout = None;
                }
            }
        } else {
            for (column, &(slot, _)) in self.columns.iter_mut().zip(&mapping.columns) {
                if let Some(value) = fields.get(slot) {
                    column.push(row_index, value);
                }
            }
        }
        // A Region that the line does not have, but the object's name.
        let is_foreign = |slot| fields.get(slot).is_none() && region.is_some();
        let layout = layout.filter(|it| !it.region.is_some_and(is_foreign));
        self.push_whole(fields, record, layout);
        self.files.push(file);
        self.positions.push(i64::try_from(*position).unwrap_or(i64::MAX));
        self.n_bytes += record.len();
        true
    }

    /// Gives up the rows; `files` are the names behind the file numbers.
    ///
    /// # Errors
    /// Arrow refuses the columns, which no input brings about.
    pub fn finish(mut self, mapping: &Mapping, files: &[String]) -> Result<Rows, ArrowError> {
        let stored = schema::stored(&mapping.source);
        let times = TimestampMicrosecondArray::from(self.times.clone()).with_timezone("UTC");
        let files = dictionary(self.files.clone().into(), files)?;
        let n_rows = self.times.len();
        self.settle();
        let mut arrays: Vec<ArrayRef> = vec![Arc::new(times), self.regions.finish(n_rows)?];
        for column in &mut self.columns {
            arrays.push(column.finish(n_rows)?);
        }
        arrays.push(Arc::new(self.entities()?));
        arrays.push(Arc::new(self.records.finish()?));
        if schema::has_layouts(&mapping.source) {
            self.layouts.resize(n_rows, None);
            arrays.push(dictionary(self.layouts.into(), &self.known_layouts)?);
        }
        arrays.push(files);
        arrays.push(Arc::new(Int64Array::from(self.positions)));
        let fields = stored.fields().iter().zip(&arrays).map(|(field, array)| {
            Field::new(field.name(), array.data_type().clone(), field.is_nullable())
        });
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let batch = RecordBatch::try_new(schema, arrays)?;
        let Self { times, accounts, files: objects, ids, repeated, .. } = self;
        let Accounts { numbers: accounts, known: known_accounts, .. } = accounts;
        Ok(Rows { batch, times, accounts, known_accounts, objects, ids, repeated })
    }

    /// Adds the record and the entities, or the layout that gives both.
    fn push_whole(&mut self, fields: &Fields<'_>, record: &str, layout: Option<&Joined>) {
        if layout.is_some() {
            self.n_bare += 1;
        } else {
            self.settle();
            self.push_entities(fields);
            self.entity_ends.push(self.entities.len());
            self.entity_nulls.append_non_null();
            self.records.push(record);
        }
        if self.has_layouts {
            let number = layout.map(|layout| self.layout_number(&layout.names));
            self.layouts.push(number);
        }
    }

    /// Notes the rows at the end that have no record and no entities.
    fn settle(&mut self) {
        let n_bare = std::mem::take(&mut self.n_bare);
        self.entity_ends.repeat(n_bare);
        self.entity_nulls.append_n_nulls(n_bare);
        self.records.push_nulls(n_bare);
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "as above")]
    fn layout_number(&mut self, names: &Arc<str>) -> i32 {
        // The newest is the one that goes on.
        if self.known_layouts.last().is_some_and(|last| Arc::ptr_eq(last, names)) {
            return (self.known_layouts.len() - 1) as i32;
        }
        if let Some(known) = self.known_layouts.iter().rposition(|known| known == names) {
            // The next row's is this one, and need not be read to be known.
            self.known_layouts.get_mut(known).into_iter().for_each(|it| *it = Arc::clone(names));
            return known as i32;
        }
        self.known_layouts.push(Arc::clone(names));
        (self.known_layouts.len() - 1) as i32
    }

    fn push_entities(&mut self, fields: &Fields<'_>) {
        for (index, &(kind, value)) in fields.entities.iter().take(ENTITIES_MAX).enumerate() {
            let repeated = fields.entities.iter().take(index).any(|it| *it == (kind, value));
            let Some(name) = text_of(Some(value)) else { continue };
            if !repeated && kind.accepts(&name) {
                self.entities.push_both(kind.prefix(), &name);
            }
        }
    }

    fn entities(&mut self) -> Result<ListArray, ArrowError> {
        let element = Arc::new(Field::new("element", DataType::Utf8, true));
        let texts = Arc::new(self.entities.finish()?);
        ListArray::try_new(element, self.entity_ends.finish(), texts, self.entity_nulls.finish())
    }
}

fn cleared<T>(mut values: Vec<T>) -> Vec<T> {
    values.clear();
    values
}

/// Returns a column of names by their numbers.
fn dictionary(numbers: Int32Array, names: &[impl AsRef<str>]) -> Result<ArrayRef, ArrowError> {
    let names = Arc::new(StringArray::from_iter_values(names));
    Ok(Arc::new(DictionaryArray::<Int32Type>::try_new(numbers, names)?))
}

/// Returns the value as text: strings unescaped, other values as they are written, null as nothing.
#[inline]
pub(crate) fn text_of(value: Option<Value<'_>>) -> Option<Cow<'_, str>> {
    let value = value?;
    if value.shape == Shape::Plain {
        return Some(Cow::Borrowed(value.text));
    }
    text_of_other(value)
}

fn text_of_other(value: Value<'_>) -> Option<Cow<'_, str>> {
    match value.shape {
        _ if value.is_null() => None,
        Shape::Plain | Shape::Container | Shape::Scalar => Some(Cow::Borrowed(value.text)),
        Shape::Escaped => unescaped(value.text).map(Cow::Owned),
        Shape::Doubled => Some(Cow::Owned(value.text.replace("\"\"", "\""))),
    }
}

/// Returns the event time: the first of the source's times that can be read.
pub(crate) fn time_of(mapping: &Mapping, fields: &Fields<'_>) -> Option<Timestamp> {
    mapping.times.iter().find_map(|time| {
        let day = fields.get(time.slot)?.text;
        match time.clock {
            None => moment(day, time.unit),
            Some(clock) => moment(&format!("{day}T{}Z", fields.get(clock)?.text), time.unit),
        }
    })
}

/// Returns what makes the record itself: its id as its column has it, or all of it.
pub(crate) fn id_of(id: Option<Value<'_>>, record: &str) -> u128 {
    let id = text_of(id).filter(|id| !id.is_empty());
    record_id(id.as_deref().unwrap_or(record))
}

/// Returns the number that stands for a record: its id's UUID, or a digest of another id; of a
/// record without an id, a digest of all of it.
#[must_use]
pub fn record_id(text: &str) -> u128 {
    uuid(text).unwrap_or_else(|| {
        let digest = blake3::hash(text.as_bytes());
        let first = digest.as_bytes().first_chunk().copied().unwrap_or_default();
        u128::from_be_bytes(first)
    })
}

/// Reads `8-4-4-4-12` hexadecimal digits; capitals are none, because AWS writes none.
fn uuid(text: &str) -> Option<u128> {
    let bytes: &[u8; 36] = text.as_bytes().try_into().ok()?;
    let four = |at: usize| bytes.get(at..)?.first_chunk::<4>().copied();
    let is_parted = [8, 13, 18, 23].iter().all(|&at| bytes.get(at) == Some(&b'-'));
    let mut number = 0;
    for [head, tail] in [[0, 4], [9, 14], [19, 24], [28, 32]] {
        let word = u64::from(u32::from_le_bytes(four(head)?))
            | u64::from(u32::from_le_bytes(four(tail)?)) << 32;
        number = number << 32 | u128::from(eight_digits(word)?);
    }
    is_parted.then_some(number)
}

/// Reads eight hexadecimal digits, the first in the lowest byte: all at once, because each record
/// has thirty-two.
fn eight_digits(word: u64) -> Option<u32> {
    const EACH: u64 = u64::from_le_bytes([1; 8]);
    let letters = (word >> 6) & EACH;
    let values = (word & (EACH * 0x0f)) + letters * 9;
    let of_letters = ((values + EACH * 6) >> 4) & EACH;
    let written = values + EACH * 0x30 + letters * 0x27;
    if written != word || of_letters != letters || values & (EACH * 0x10) != 0 {
        return None;
    }
    let pairs = (values << 4 | values >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs << 8 | pairs >> 16) & 0x0000_ffff_0000_ffff;
    u32::try_from((fours << 16 | fours >> 32) & 0xffff_ffff).ok()
}

impl Reject {
    /// Returns a reject of the bytes, of which the first are kept.
    #[must_use]
    pub fn new(position: u64, reason: impl Into<String>, bytes: &[u8]) -> Self {
        let first = bytes.get(..crate::limits::FIRST_BYTES_MAX).unwrap_or(bytes);
        Self {
            position,
            reason: reason.into(),
            first_bytes: String::from_utf8_lossy(first).into_owned(),
            origin: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_all_bytes_sixteen_are_digits() {
        for byte in 0..=127_u8 {
            for place in 0..8 {
                let mut digits = *b"00000000";
                digits[place] = byte;
                let text = std::str::from_utf8(&digits).unwrap();
                let is_digit = byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
                let value = u32::from_str_radix(text, 16).ok().filter(|_| is_digit);
                assert_eq!(eight_digits(u64::from_le_bytes(digits)), value, "{text:?}");
            }
        }
        assert_eq!(eight_digits(u64::from_le_bytes([0xb0; 8])), None);
    }

    #[test]
    fn an_id_is_the_number_that_it_writes() {
        let number = 0x0123_4567_89ab_cdef_0011_2233_4455_66ff;
        assert_eq!(uuid("01234567-89ab-cdef-0011-2233445566ff"), Some(number));
        for text in [
            "01234567-89ab-cdef-0011-2233445566fF",
            "01234567-89ab-cdef-0011-2233445566f",
            "01234567-89ab-cdef-0011-2233445566fff",
            "01234567089ab-cdef-0011-2233445566ff",
            "0123456g-89ab-cdef-0011-2233445566ff",
            "0123456`-89ab-cdef-0011-2233445566ff",
            "0123456:-89ab-cdef-0011-2233445566ff",
            "0123456/-89ab-cdef-0011-2233445566ff",
            "0123456A-89ab-cdef-0011-2233445566ff",
            "0123456-389ab-cdef-0011-2233445566ff",
            "",
        ] {
            assert_eq!(uuid(text), None, "{text}");
        }
    }
}
