//! Ranges of one family put flat: where a value begins, in order, and which one it is.

/// The value of addresses that no range has.
pub(crate) const NOTHING: u32 = u32::MAX;

/// An address as a number.
pub(crate) trait Address: Copy + Ord {
    /// Returns the next address, if there is one.
    fn next(self) -> Option<Self>;
}

impl Address for u32 {
    fn next(self) -> Option<Self> {
        self.checked_add(1)
    }
}

impl Address for u128 {
    fn next(self) -> Option<Self> {
        self.checked_add(1)
    }
}

/// The addresses from the first to the last, both included, and their value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Range<T> {
    pub(crate) first: T,
    pub(crate) last: T,
    pub(crate) value: u32,
}

/// From each start on, addresses have the value beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column<T> {
    pub(crate) starts: Vec<T>,
    pub(crate) values: Vec<u32>,
}

impl<T: Address> Column<T> {
    /// Puts ranges flat; where they overlap, the one that begins last wins, and the narrower of
    /// two that begin together.
    pub(crate) fn of(mut ranges: Vec<Range<T>>) -> Self {
        ranges.sort_by(|one, other| {
            one.first.cmp(&other.first).then_with(|| other.last.cmp(&one.last))
        });
        let mut column = Self { starts: Vec::new(), values: Vec::new() };
        let mut open: Vec<Range<T>> = Vec::new();
        for range in ranges {
            column.close(&mut open, Some(range.first));
            column.begin(range.first, range.value);
            open.push(range);
        }
        column.close(&mut open, None);
        column.starts.shrink_to_fit();
        column.values.shrink_to_fit();
        column
    }

    /// Ends the ranges that end before an address, or all of them.
    fn close(&mut self, open: &mut Vec<Range<T>>, before: Option<T>) {
        // Ends because each turn takes a range away.
        while let Some(ended) = open.pop_if(|top| before.is_none_or(|before| top.last < before)) {
            let Some(next) = ended.last.next() else { continue };
            while open.pop_if(|below| below.last < next).is_some() {}
            self.begin(next, open.last().map_or(NOTHING, |below| below.value));
        }
    }

    fn begin(&mut self, start: T, value: u32) {
        if self.starts.last() == Some(&start) {
            self.starts.pop();
            self.values.pop();
        }
        if self.values.last().copied().unwrap_or(NOTHING) != value {
            self.starts.push(start);
            self.values.push(value);
        }
    }

    /// Returns the column with what another one knows above it.
    pub(crate) fn under(&self, over: &Self) -> Self {
        let mut starts: Vec<T> = self.starts.iter().chain(&over.starts).copied().collect();
        starts.sort_unstable();
        starts.dedup();
        let mut both = Self { starts: Vec::new(), values: Vec::new() };
        for start in starts {
            let value = over.value(start).or_else(|| self.value(start));
            both.begin(start, value.unwrap_or(NOTHING));
        }
        both
    }

    /// Returns the value of an address.
    pub(crate) fn value(&self, address: T) -> Option<u32> {
        let after = self.starts.partition_point(|start| *start <= address);
        let value = self.values.get(after.checked_sub(1)?)?;
        (*value != NOTHING).then_some(*value)
    }

    /// Tells whether the starts stand in order and each value is one of so many.
    pub(crate) fn is_sound(&self, n_values: usize) -> bool {
        let is_known = |value: &u32| {
            *value == NOTHING || usize::try_from(*value).is_ok_and(|value| value < n_values)
        };
        self.starts.len() == self.values.len()
            && self.starts.is_sorted_by(|one, other| one < other)
            && self.values.iter().all(is_known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(ranges: &[(u32, u32, u32)]) -> Column<u32> {
        let range = |(first, last, value): &(u32, u32, u32)| Range {
            first: *first,
            last: *last,
            value: *value,
        };
        Column::of(ranges.iter().map(range).collect())
    }

    #[track_caller]
    fn check(ranges: &[(u32, u32, u32)], expected: &[(u32, u32)]) {
        let column = column(ranges);
        let flat: Vec<(u32, u32)> =
            column.starts.iter().copied().zip(column.values.iter().copied()).collect();
        assert_eq!(flat, expected);
        assert!(column.is_sound(10));
    }

    #[test]
    fn ranges_side_by_side_are_one_and_gaps_are_nothing() {
        check(&[(5, 9, 1), (10, 20, 1)], &[(5, 1), (21, NOTHING)]);
        check(&[(30, 40, 2), (5, 9, 1)], &[(5, 1), (10, NOTHING), (30, 2), (41, NOTHING)]);
        check(&[(0, u32::MAX, 1)], &[(0, 1)]);
        check(&[], &[]);
    }

    #[test]
    fn a_range_within_another_wins_and_ends() {
        check(&[(0, 99, 1), (10, 19, 2)], &[(0, 1), (10, 2), (20, 1), (100, NOTHING)]);
        check(&[(0, 99, 1), (0, 19, 2)], &[(0, 2), (20, 1), (100, NOTHING)]);
        check(&[(0, 99, 1), (90, 99, 2)], &[(0, 1), (90, 2), (100, NOTHING)]);
        check(&[(0, 9, 1), (0, 9, 2)], &[(0, 2), (10, NOTHING)]);
        check(&[(0, u32::MAX, 1), (5, u32::MAX, 2)], &[(0, 1), (5, 2)]);
    }

    #[test]
    fn ranges_that_overlap_end_each_at_its_own_end() {
        check(&[(0, 10, 1), (5, 15, 2)], &[(0, 1), (5, 2), (16, NOTHING)]);
        check(
            &[(0, 20, 1), (5, 25, 2), (6, 7, 3)],
            &[(0, 1), (5, 2), (6, 3), (8, 2), (26, NOTHING)],
        );
    }

    #[test]
    fn what_lies_over_wins_however_wide_it_is() {
        let (base, over) = (column(&[(10, 12, 1), (40, 50, 1)]), column(&[(0, 30, 2)]));
        let both = base.under(&over);
        assert_eq!([11, 31, 45, 51].map(|it| both.value(it)), [Some(2), None, Some(1), None]);
    }

    #[test]
    fn every_address_has_the_value_of_the_range_that_began_last() {
        // All addresses below 64 against a plain search, for many layouts.
        for seed in 0_u32..200 {
            let mut ranges = Vec::new();
            for n in 0..6_u32 {
                let first = seed.wrapping_mul(2_654_435_761).rotate_left(n * 5) % 60;
                let width = seed.wrapping_mul(40_503).rotate_left(n * 7) % 12;
                ranges.push((first, first + width, n));
            }
            let flat = column(&ranges);
            for address in 0..80 {
                let has = |it: &&(u32, u32, u32)| it.0 <= address && address <= it.1;
                let wins = ranges.iter().enumerate().filter(|(_, it)| has(it));
                let wins = wins.max_by_key(|(at, it)| (it.0, u32::MAX - it.1, *at));
                assert_eq!(flat.value(address), wins.map(|(_, it)| it.2), "{seed} {address}");
            }
        }
    }
}
