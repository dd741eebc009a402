//! Which partition each row belongs to, and in which order rows stand in it.

use std::collections::BTreeMap;

use haechi_model::Timestamp;
use haechi_sources::Rows;

use crate::files::Partition;
use crate::limits::YEARS;

/// The rows of one partition, oldest first.
pub(crate) struct Part {
    /// Where they belong.
    pub partition: Partition,
    /// Their numbers in the batch.
    pub rows: Vec<u32>,
    /// The first and the last event time among them.
    pub times: Option<(Timestamp, Timestamp)>,
}

/// Sorts the rows that are kept into their partitions.
pub(crate) fn parts(source: &str, rows: &Rows, is_kept: &[bool]) -> Vec<Part> {
    let mut groups: BTreeMap<(Option<u32>, Option<i64>), Vec<u32>> = BTreeMap::new();
    let all = rows.accounts.iter().zip(&rows.times).zip(is_kept);
    // Neighbours mostly belong together.
    let mut last = ((None, None), Vec::new());
    for (row, ((&account, &time), &kept)) in (0_u32..).zip(all) {
        if !kept {
            continue;
        }
        let place = (account, time.map(|time| Timestamp(time).day()));
        if place != last.0 {
            groups.entry(last.0).or_default().append(&mut last.1);
            last.0 = place;
        }
        last.1.push(row);
    }
    groups.entry(last.0).or_default().append(&mut last.1);
    groups.retain(|_, rows| !rows.is_empty());
    let part = |((account, _), numbers)| part(source, rows, account, numbers);
    groups.into_iter().map(part).collect()
}

fn part(source: &str, rows: &Rows, account: Option<u32>, mut numbers: Vec<u32>) -> Part {
    let time_of = |row: u32| rows.times.get(row as usize).copied().flatten();
    // Rows of one moment keep the order in which they came.
    if !numbers.is_sorted_by_key(|&row| time_of(row)) {
        numbers.sort_by_key(|&row| time_of(row));
    }
    let first = numbers.iter().find_map(|&row| time_of(row));
    let last = numbers.iter().rev().find_map(|&row| time_of(row));
    let name = account.and_then(|number| rows.known_accounts.get(number as usize));
    Part {
        partition: Partition {
            source: source.to_owned(),
            account: name.cloned(),
            date: date_of(first.map(Timestamp)),
        },
        rows: numbers,
        times: first.map(Timestamp).zip(last.map(Timestamp)),
    }
}

/// Returns the day that a time's rows are stored under.
pub(crate) fn date_of(time: Option<Timestamp>) -> Option<String> {
    time.and_then(Timestamp::date).filter(|date| YEARS.contains(&date.as_str()))
}
