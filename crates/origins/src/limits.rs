//! Limits of origins, each with its reason.

/// The bytes of a user agent that are looked at: names stand at the beginning, and an attacker
/// writes as much as a header holds.
pub const USER_AGENT_BYTES_MAX: usize = 1_024;

/// The characters of the name that an unknown client gives itself: it is shown in answers.
pub const NAME_CHARACTERS_MAX: usize = 64;
