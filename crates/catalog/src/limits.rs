//! Limits of the catalogue, each with its reason.

/// The longest page: a page is read by people, and a larger file is a mistake.
pub const PAGE_BYTES_MAX: usize = 1 << 20;

/// The most columns of one source: wider tables cost every other engine that opens the lake.
pub const COLUMNS_MAX: usize = 200;
