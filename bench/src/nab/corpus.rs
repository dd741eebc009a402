//! The labelled series of a folder laid out as the benchmark publishes them.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use haechi_baseline::{Columns, Point, Row};
use jiff::civil::DateTime;

use super::scorer::Rows;

/// One series with its labelled windows.
pub(crate) struct Series {
    /// Its folder and file, as the labels name it.
    pub name: String,
    pub points: Vec<Point>,
    pub windows: Vec<Rows>,
}

/// First and last moment of each labelled window, for each file.
type Labels = BTreeMap<String, Vec<[String; 2]>>;

/// Reads every series that the labels name, in the order of their names.
///
/// The labels stand beside `data/`, or under `labels/` as in the benchmark's own repository.
pub(crate) fn read(folder: &Path) -> Result<Vec<Series>> {
    let beside = folder.join("combined_windows.json");
    let path =
        if beside.exists() { beside } else { folder.join("labels").join("combined_windows.json") };
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read the labels `{}`", path.display()))?;
    let labels: Labels = serde_json::from_str(&text)
        .with_context(|| format!("`{}` holds no labels", path.display()))?;
    labels.into_iter().map(|(name, windows)| series(folder, name, &windows)).collect()
}

fn series(folder: &Path, name: String, windows: &[[String; 2]]) -> Result<Series> {
    let path = folder.join("data").join(&name);
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read the series `{}`", path.display()))?;
    let mut lines = text.lines();
    let columns = Columns::of_header(lines.next().unwrap_or_default())
        .with_context(|| format!("`{}`", path.display()))?;
    let mut points = Vec::new();
    for (line, number) in lines.zip(2..) {
        let row = Row::parse(line, columns)
            .with_context(|| format!("`{}`, line {number}", path.display()))?;
        points.push(row.point);
    }
    let windows = windows
        .iter()
        .map(|[first, last]| {
            Ok(Rows { first: row_at(&points, first)?, last: row_at(&points, last)? })
        })
        .collect::<Result<Vec<_>>>()
        .with_context(|| format!("the windows of `{name}`"))?;
    Ok(Series { name, points, windows })
}

/// Returns the first row of a moment, which is the one the benchmark takes.
fn row_at(points: &[Point], moment: &str) -> Result<usize> {
    let civil: DateTime = moment.parse().with_context(|| format!("`{moment}` is no time"))?;
    let seconds = civil.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0)).as_secs();
    match points.iter().position(|point| point.seconds == seconds) {
        Some(row) => Ok(row),
        None => bail!("no row at `{moment}`"),
    }
}
