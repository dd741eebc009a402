//! The same rows under new ids and later days, without files: ten million events to remember.

use std::sync::Arc;

use anyhow::{Context, Result};
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, TimestampMicrosecondType};

use crate::stream::Take;

/// Rows in time order, to be shown until there are so many events.
pub(crate) struct Replay<'a> {
    pub(crate) batches: &'a [RecordBatch],
    /// The columns that name a record.
    pub(crate) ids: &'a [&'a str],
    pub(crate) events: u64,
}

/// One row in so many is by somebody, and from somewhere, that never comes again.
const STRANGERS: usize = 10;
/// The columns that say who, and from where.
const WHO: [&str; 6] = [
    "userIdentity_arn",
    "userIdentity_principalId",
    "userIdentity_accessKeyId",
    "sourceIPAddress",
    "dstaddr",
    "query_name",
];
const MICROS_PER_DAY: i64 = 86_400_000_000;

impl Replay<'_> {
    /// Shows the rows; returns how many were shown.
    pub(crate) fn run(&self, take: Take<'_>) -> Result<u64> {
        let days = self.days()?;
        let (mut n_shown, mut pass) = (0, 0);
        while n_shown < self.events && !self.batches.is_empty() {
            pass += 1;
            for batch in self.batches {
                take(&self.shifted(batch, pass, days)?)?;
                n_shown += rows(batch);
            }
        }
        Ok(n_shown)
    }

    /// Returns how many whole days the rows span.
    fn days(&self) -> Result<i64> {
        let times = self.batches.iter().map(times).collect::<Result<Vec<_>>>()?;
        let all = || times.iter().flat_map(|times| times.iter().flatten());
        let span = all().max().unwrap_or_default() - all().min().unwrap_or_default();
        Ok(span / MICROS_PER_DAY + 1)
    }

    fn shifted(&self, batch: &RecordBatch, pass: i64, days: i64) -> Result<RecordBatch> {
        let columns = batch.schema_ref().fields().iter().zip(batch.columns());
        let columns = columns.map(|(field, column)| -> Result<ArrayRef> {
            let name = field.name().as_str();
            Ok(match name {
                "time" => {
                    let later = times(batch)?.unary::<_, TimestampMicrosecondType>(|time| {
                        time + pass * days * MICROS_PER_DAY
                    });
                    Arc::new(later.with_timezone("UTC"))
                }
                _ if self.ids.contains(&name) && name != "position" => {
                    named(column, |_, text| format!("{pass:x}-{text}"))?
                }
                _ if WHO.contains(&name) => named(column, |row, text| {
                    if row.is_multiple_of(STRANGERS) {
                        stranger(text, pass, row)
                    } else {
                        text.to_owned()
                    }
                })?,
                _ => Arc::clone(column),
            })
        });
        Ok(RecordBatch::try_new(batch.schema(), columns.collect::<Result<_>>()?)?)
    }
}

/// Returns another name or address of the same form.
fn stranger(text: &str, pass: i64, row: usize) -> String {
    match text.parse::<std::net::IpAddr>() {
        Ok(_) => {
            let number = u32::try_from(pass).unwrap_or(0).wrapping_mul(65_537);
            let number = number.wrapping_add(u32::try_from(row).unwrap_or(0)) % (1 << 24);
            std::net::Ipv4Addr::from(0x5000_0000 + number).to_string()
        }
        Err(_) => format!("{row:x}-{pass:x}-{text}"),
    }
}

fn named(column: &ArrayRef, name: impl Fn(usize, &str) -> String) -> Result<ArrayRef> {
    let texts = cast(column, &DataType::Utf8)?;
    let texts = texts.as_string::<i32>();
    let names = texts.iter().enumerate().map(|(row, text)| text.map(|text| name(row, text)));
    Ok(Arc::new(names.collect::<StringArray>()))
}

fn rows(batch: &RecordBatch) -> u64 {
    batch.num_rows() as u64
}

fn times(batch: &RecordBatch) -> Result<&TimestampMicrosecondArray> {
    let time = batch.column_by_name("time").context("there is no `time`")?;
    time.as_any().downcast_ref().context("`time` is no time")
}
