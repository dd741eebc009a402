//! Every limit of the output, and why it is what it is.

/// Rows that a table looks at before it decides how wide its columns are.
pub(super) const WIDTH_ROWS: usize = 10_000;

/// Bytes of cells that a table holds while it looks: rows may be wide.
pub(super) const WIDTH_BYTES: usize = 32 * 1024 * 1024;

/// Characters' width of a table's cell before it is cut, unless everything is asked for: three
/// columns of this width still fit a large screen.
pub(super) const CELL_WIDTH: usize = 60;

/// Rows of a row group of Parquet output.
pub(super) const GROUP_ROWS: usize = 65_536;

/// Bytes of a row group of Parquet output: the whole group is held until it is full.
pub(super) const GROUP_BYTES: usize = 64 * 1024 * 1024;
