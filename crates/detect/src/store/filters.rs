//! Filters that are kept by name; one whose action is `ARCHIVE` is a suppression rule.

use haechi_model::Timestamp;
use rusqlite::{Row, named_params};
use serde::Serialize;

use super::{Filter, FindingStore};
use crate::StoreError;
use crate::criteria::Criteria;
use crate::documents::guardduty;
use crate::limits::FILTERS_MAX;

/// A filter as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SavedFilter {
    /// Its name.
    pub name: String,
    /// What happens to new findings that fit.
    pub action: FilterAction,
    /// Filters are tried in this order, the lowest first.
    pub rank: u32,
    /// What it is for.
    pub description: String,
    /// The criteria as JSON.
    pub criteria: String,
    /// How many findings it has archived.
    pub archived: u64,
}

/// What happens to new findings that fit a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum FilterAction {
    /// Nothing: the filter is only a saved question.
    Noop,
    /// They are put away.
    Archive,
}

impl FilterAction {
    /// Returns AWS's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Noop => "NOOP",
            Self::Archive => "ARCHIVE",
        }
    }
}

impl FindingStore {
    /// Keeps a filter; one of the same name is replaced only when `is_update` says so.
    ///
    /// # Errors
    /// A new filter has the name of another, an update has the name of none, there are too many,
    /// or the file cannot be written.
    pub fn put_filter(&mut self, filter: &SavedFilter, is_update: bool) -> Result<(), StoreError> {
        let name = || filter.name.clone();
        let filters = self.filters()?;
        match (filters.iter().any(|it| it.name == filter.name), is_update) {
            (true, false) => return Err(StoreError::FilterExists { name: name() }),
            (false, true) => return Err(StoreError::UnknownFilter { name: name() }),
            (false, false) if FILTERS_MAX <= filters.len() => {
                return Err(StoreError::TooManyFilters { n_max: FILTERS_MAX });
            }
            _ => {}
        }
        self.connection.execute(
            "insert or replace into filter (name, action, rank, description, criteria) \
             values (:name, :action, :rank, :description, :criteria)",
            named_params! {
                ":name": filter.name,
                ":action": filter.action.name(),
                ":rank": filter.rank,
                ":description": filter.description,
                ":criteria": filter.criteria,
            },
        )?;
        Ok(())
    }

    /// Returns the filters in the order they are tried in.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn filters(&self) -> Result<Vec<SavedFilter>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "select *, (select count(*) from finding where suppressed_by = filter.name) as n \
             from filter order by rank, name",
        )?;
        let mut rows = statement.query([])?;
        let mut filters = Vec::new();
        while let Some(row) = rows.next()? {
            filters.push(saved(row)?);
        }
        Ok(filters)
    }

    /// Forgets a filter; what it archived stays archived.
    ///
    /// # Errors
    /// There is none of that name, or the file cannot be written.
    pub fn delete_filter(&mut self, name: &str) -> Result<(), StoreError> {
        match self.connection.execute("delete from filter where name = ?1", [name])? {
            0 => Err(StoreError::UnknownFilter { name: name.to_owned() }),
            _ => Ok(()),
        }
    }

    /// Archives what suppression rules ask for, each finding by the first rule that it fits.
    ///
    /// Only findings that were first stored at or after `since` are looked at: a rule is for what
    /// is new. Returns how many were archived.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn suppress(&mut self, since: Option<Timestamp>) -> Result<u64, StoreError> {
        let mut rules = Vec::new();
        for filter in self.filters()? {
            if filter.action == FilterAction::Archive {
                let criteria = Criteria::read(&filter.criteria).map_err(|error| {
                    StoreError::Damaged { id: filter.name.clone(), reason: error.to_string() }
                })?;
                rules.push((filter.name, criteria));
            }
        }
        if rules.is_empty() {
            return Ok(0);
        }
        let open = self.list(Filter { archived: Some(false), ..Filter::default() })?;
        let transaction = self.connection.transaction()?;
        let mut n_archived = 0;
        for stored in open {
            if since.is_some_and(|since| stored.created < since) {
                continue;
            }
            let document = guardduty(&stored);
            let Some((name, _)) = rules.iter().find(|(_, criteria)| criteria.fit(&document)) else {
                continue;
            };
            n_archived += 1;
            transaction.execute(
                "update finding set archived = 1, suppressed_by = ?2 where id = ?1",
                [&stored.finding.id.0, name],
            )?;
        }
        transaction.commit()?;
        Ok(n_archived)
    }

    /// Returns the filter of that name.
    ///
    /// # Errors
    /// There is none, or the file cannot be read.
    pub fn filter(&self, name: &str) -> Result<SavedFilter, StoreError> {
        let found = self.filters()?.into_iter().find(|filter| filter.name == name);
        found.ok_or_else(|| StoreError::UnknownFilter { name: name.to_owned() })
    }
}

fn saved(row: &Row<'_>) -> Result<SavedFilter, StoreError> {
    let action: String = row.get("action")?;
    let archived: i64 = row.get("n")?;
    Ok(SavedFilter {
        name: row.get("name")?,
        action: if action == "ARCHIVE" { FilterAction::Archive } else { FilterAction::Noop },
        rank: row.get("rank")?,
        description: row.get("description")?,
        criteria: row.get("criteria")?,
        archived: u64::try_from(archived).unwrap_or(0),
    })
}
