//! Limits of Sigma rules, each with its reason.

/// The record ids that one finding keeps, as many as those of our own detections.
pub const RECORDS_MAX: usize = 200;

/// The findings that one rule may hold: past this number no one reads them.
pub const FINDINGS_MAX: usize = 10_000;

/// The longest file of rules, far above any that people write by hand.
pub const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The groups that all correlations count at once.
pub const GROUPS_MAX: usize = 100_000;

/// The events that one group of a correlation counts within its window; beyond, counts stand still.
pub const GROUP_EVENTS_MAX: usize = 10_000;

/// The matched fields that a finding's sentence names.
pub const FIELDS_SHOWN_MAX: usize = 5;

/// The characters of a value in a sentence: log text may be long and an attacker's.
pub const VALUE_CHARACTERS_MAX: usize = 160;

/// The correlations that may stand upon each other.
pub const CHAIN_MAX: usize = 10;
