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

/// Characters' width of the longest bar of a chart: with its label and number it fits a screen.
pub(super) const BAR_WIDTH: usize = 50;

/// Characters' width of what stands before a bar.
pub(super) const LABEL_WIDTH: usize = 48;

/// Bars of a chart: a day of minutes. Nobody looks at more, and all are held until the longest is
/// known.
pub(super) const PLOT_ROWS: usize = 1_440;
