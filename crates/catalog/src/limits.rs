//! Limits of the catalogue, each with its reason.

/// The longest page: a page is read by people, and a larger file is a mistake.
pub const PAGE_BYTES_MAX: usize = 1 << 20;

/// The most columns of one source: wider tables cost every other engine that opens the lake.
pub const COLUMNS_MAX: usize = 200;

/// The most parameters of one question: as many as a saved query of AWS has.
pub const PARAMETERS_MAX: usize = 20;

/// The longest value of a parameter: as long as AWS lets one of a saved query be.
pub const VALUE_CHARACTERS_MAX: usize = 1_024;

/// The most clients of one page: each is looked for in every user agent that is new.
pub const CLIENTS_MAX: usize = 500;
