//! What was read: which objects the lake has, and how far each was read.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use arrow::datatypes::Int64Type;
use haechi_model::Timestamp;
use haechi_sources::Reject;

use crate::LakeError;
use crate::schema;

/// What one batch has of an object: one row of the objects table.
///
/// A record that an earlier piece of the object has is not counted again, whoever wrote that
/// piece: the pieces of an object add up to its records.
#[derive(Debug, Clone, Default)]
pub(crate) struct Piece {
    pub name: String,
    pub identity: u128,
    pub bytes_stored: u64,
    pub bytes: u64,
    /// Records of this piece: accepted, duplicate and rejected together.
    pub read: u64,
    pub accepted: u64,
    pub duplicate: u64,
    pub rejected: u64,
    /// The position of the last record that was read.
    pub reached: Option<u64>,
    pub is_complete: bool,
    pub skipped: Option<String>,
}

/// What the lake knows of an object that it has met.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Known {
    /// The position of the last record that was stored.
    pub reached: Option<u64>,
    /// It was read to its end.
    pub is_complete: bool,
    /// How many rows it gave, stored or found to be duplicates.
    pub rows: u64,
    /// How many rejects it gave.
    pub rejected: u64,
    /// It was found to be no log.
    pub is_skipped: bool,
}

/// The objects of a lake by identity.
pub(crate) type KnownObjects = HashMap<u128, Known, ahash::RandomState>;

impl Known {
    /// Adds what a batch has of the object.
    fn add(&mut self, piece: &Self) {
        self.reached = self.reached.max(piece.reached);
        self.is_complete |= piece.is_complete;
        self.rows += piece.rows;
        self.rejected += piece.rejected;
        self.is_skipped |= piece.is_skipped;
    }

    /// Tells whether the record at that position was dealt with.
    pub(crate) fn has(&self, position: u64) -> bool {
        let is_behind = self.reached.is_some_and(|reached| position <= reached);
        self.is_complete && !self.is_skipped || is_behind
    }
}

impl Piece {
    pub(crate) fn known(&self) -> Known {
        Known {
            reached: self.reached,
            is_complete: self.is_complete,
            rows: self.accepted + self.duplicate,
            rejected: self.rejected,
            is_skipped: self.skipped.is_some(),
        }
    }
}

/// Adds the pieces to what is known.
pub(crate) fn learn(known: &mut KnownObjects, pieces: impl IntoIterator<Item = (u128, Known)>) {
    for (identity, piece) in pieces {
        known.entry(identity).or_default().add(&piece);
    }
}

/// Returns the pieces as rows of the objects table, without `ingested`.
pub(crate) fn rows_of(pieces: &[Piece], now: Timestamp) -> Result<RecordBatch, LakeError> {
    let ints = |value: fn(&Piece) -> Option<u64>| -> ArrayRef {
        let value = |piece| value(piece).and_then(|it| i64::try_from(it).ok());
        Arc::new(pieces.iter().map(value).collect::<Int64Array>())
    };
    let identity = |piece: &Piece| Some(format!("{:032x}", piece.identity));
    let columns: Vec<ArrayRef> = vec![
        times(now, pieces.len()),
        Arc::new(pieces.iter().map(|it| Some(&it.name)).collect::<StringArray>()),
        Arc::new(pieces.iter().map(identity).collect::<StringArray>()),
        ints(|it| Some(it.bytes_stored)),
        ints(|it| Some(it.bytes)),
        ints(|it| Some(it.read)),
        ints(|it| Some(it.accepted)),
        ints(|it| Some(it.duplicate)),
        ints(|it| Some(it.rejected)),
        ints(|it| it.reached),
        Arc::new(pieces.iter().map(|it| Some(it.is_complete)).collect::<BooleanArray>()),
        Arc::new(pieces.iter().map(|it| it.skipped.as_ref()).collect::<StringArray>()),
    ];
    without_ingested(&schema::objects(), columns)
}

/// Returns the rejects as rows of the rejects table, without `ingested`.
pub(crate) fn rejects_of(
    rejects: &[(&str, &Reject)],
    now: Timestamp,
) -> Result<RecordBatch, LakeError> {
    let text = |value: fn(&Reject) -> Option<&str>| -> ArrayRef {
        Arc::new(rejects.iter().map(|(_, it)| value(it)).collect::<StringArray>())
    };
    let position = |(_, it): &(&str, &Reject)| i64::try_from(it.position).ok();
    let columns: Vec<ArrayRef> = vec![
        times(now, rejects.len()),
        Arc::new(rejects.iter().map(|(name, _)| Some(name)).collect::<StringArray>()),
        Arc::new(rejects.iter().map(position).collect::<Int64Array>()),
        text(|it| Some(&it.reason)),
        text(|it| Some(&it.first_bytes)),
        text(|it| it.origin.as_deref()),
    ];
    without_ingested(&schema::rejects(), columns)
}

/// Reads rows of the objects table back.
pub(crate) fn known_of(batch: &RecordBatch) -> Vec<(u128, Known)> {
    let column = |name: &str| batch.column_by_name(name);
    let int = |name: &str, row: usize| {
        let values = column(name)?.as_primitive_opt::<Int64Type>()?;
        values.is_valid(row).then(|| u64::try_from(values.value(row)).ok()).flatten()
    };
    let text = |name: &str, row: usize| {
        let values = column(name)?.as_string_opt::<i32>()?;
        values.is_valid(row).then(|| values.value(row))
    };
    let is_complete = |row: usize| {
        column("object_complete").and_then(|it| it.as_boolean_opt()).is_some_and(|it| it.value(row))
    };
    let known = |row: usize| {
        let identity = u128::from_str_radix(text("object_identity", row)?, 16).ok()?;
        let rows = int("object_accepted", row)? + int("object_duplicate", row)?;
        let known = Known {
            reached: int("object_reached", row),
            is_complete: is_complete(row),
            rows,
            rejected: int("object_rejected", row)?,
            is_skipped: text("object_skipped", row).is_some(),
        };
        Some((identity, known))
    };
    (0..batch.num_rows()).filter_map(known).collect()
}

fn times(now: Timestamp, n_rows: usize) -> ArrayRef {
    Arc::new(TimestampMicrosecondArray::from_value(now.0, n_rows).with_timezone("UTC"))
}

fn without_ingested(
    schema: &arrow::datatypes::Schema,
    columns: Vec<ArrayRef>,
) -> Result<RecordBatch, LakeError> {
    let kept: Vec<usize> = (0..columns.len()).collect();
    Ok(RecordBatch::try_new(Arc::new(schema.project(&kept)?), columns)?)
}
