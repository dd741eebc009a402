//! The room that what pages remember may take together.
//!
//! Each table has a limit of its own, which one kind of traffic may reach. All of them at once
//! would be too much: then the largest tables let go of what has been quiet longest.

use crate::kept::Part;
use crate::limits::{ROWS_BETWEEN_LOOKS, STATE_BYTES_MAX};

/// What a group of pages may remember, and when that is looked at.
#[derive(Debug)]
pub(crate) struct Room {
    /// The rows that were looked at: part of what is remembered, so that a stream and a replay
    /// let go of the same.
    pub(crate) n_rows: u64,
    bytes_max: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self { n_rows: 0, bytes_max: STATE_BYTES_MAX }
    }
}

impl Room {
    /// Shares the room among so many sources.
    pub(crate) fn share(&mut self, n_sources: usize) {
        self.bytes_max = STATE_BYTES_MAX / n_sources.max(1);
    }

    /// Counts a row; returns how much there may be when it is time to look.
    pub(crate) fn after_row(&mut self) -> Option<usize> {
        self.n_rows += 1;
        self.n_rows.is_multiple_of(ROWS_BETWEEN_LOOKS).then_some(self.bytes_max)
    }
}

/// Lets go of parts, the largest first, when all together take more than that.
pub(crate) fn keep_within(bytes_max: usize, mut parts: Vec<&mut dyn Part>) {
    let mut sizes: Vec<usize> = parts.iter().map(|part| part.bytes()).collect();
    if sizes.iter().sum::<usize>() <= bytes_max {
        return;
    }
    // More than has to be, so that it is not soon needed again. Ends because every step makes a
    // part smaller.
    while bytes_max / 4 * 3 < sizes.iter().sum() {
        let largest = sizes.iter_mut().zip(&mut parts).max_by_key(|(size, _)| **size);
        let Some((size, part)) = largest else { return };
        part.let_go_of_half();
        let left = part.bytes();
        if *size <= left {
            return;
        }
        *size = left;
    }
}

#[cfg(test)]
mod tests {
    use haechi_model::Timestamp;

    use super::*;
    use crate::state::{Fading, Key};

    fn filled(n_entries: u64) -> Fading<Vec<u64>> {
        let mut map = Fading::new(1_000_000);
        for number in 0..n_entries {
            let time = Timestamp::from_seconds(number.cast_signed());
            *map.entry(Key::hashed(&number), time) = vec![number];
        }
        map
    }

    #[test]
    fn the_largest_lets_go_of_what_has_been_quiet_longest() {
        let (mut large, mut small) = (filled(10_000), filled(1_000));
        let bytes_max = large.bytes();
        keep_within(bytes_max, vec![&mut small, &mut large]);
        assert_eq!((large.n_let_go(), small.n_let_go()), (5_000, 0));
        assert!(large.bytes() + small.bytes() <= bytes_max / 4 * 3);
        assert!(large.get_mut(Key::hashed(&4_999_u64)).is_none());
        assert!(large.get_mut(Key::hashed(&5_000_u64)).is_some());
    }

    #[test]
    fn what_fits_is_kept() {
        let (mut one, mut other) = (filled(3_000), filled(3_000));
        keep_within(one.bytes() + other.bytes(), vec![&mut one, &mut other]);
        assert_eq!(one.n_let_go() + other.n_let_go(), 0);
    }

    #[test]
    fn where_there_is_no_room_nothing_is_left() {
        let mut only = filled(3);
        let mut number = 7_u64;
        keep_within(0, vec![&mut number, &mut only]);
        assert_eq!((only.n_let_go(), number), (3, 7));
    }

    #[test]
    fn what_entries_hold_counts() {
        let mut wide = Fading::<Vec<u64>>::new(10);
        *wide.entry(Key::of(&["wide"]), Timestamp(0)) = vec![1; 10_000];
        assert!(80_000 <= wide.bytes());
    }
}
