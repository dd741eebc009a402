//! Limits of origins, each with its reason.

/// The bytes of a user agent that are looked at: names stand at the beginning, and an attacker
/// writes as much as a header holds.
pub const USER_AGENT_BYTES_MAX: usize = 1_024;

/// The characters of the name that an unknown client gives itself: it is shown in answers.
pub const NAME_CHARACTERS_MAX: usize = 64;

/// The ranges of one kind of table: a table of every city has about as many, and each takes 40
/// bytes while it is put in order.
pub const RANGES_MAX: usize = 16_000_000;

/// The characters of a line that an error shows.
pub const SHOWN_CHARACTERS_MAX: usize = 200;

/// The bytes of one table's file: the largest of cities stay below.
pub const TABLE_BYTES_MAX: u64 = 1 << 30;
