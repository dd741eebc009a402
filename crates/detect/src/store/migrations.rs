//! The store's form, version by version. A version that has been released never changes: what is
//! new comes as one more entry at the end.

use std::path::Path;

use rusqlite::Connection;

use crate::StoreError;

/// The first version: findings, and whether they are archived.
pub(super) const FIRST: &str = "create table finding (
        id text primary key not null,
        type text not null,
        page text not null,
        title text not null,
        title_ko text not null,
        severity real not null,
        subject text not null,
        account text,
        region text,
        count integer not null,
        first_seen integer not null,
        last_seen integer not null,
        records text not null,
        why_en text not null,
        why_ko text not null,
        evidence text not null,
        techniques text not null,
        archived integer not null default 0
    ) strict;
    create index finding_by_severity on finding (severity desc, first_seen, id);";

/// What each version adds to the one before.
const MIGRATIONS: &[&str] = &[
    FIRST,
    // 2: what people and records say of findings, filters, and what was done when.
    "alter table finding add column details text not null default '{}';
    alter table finding add column feedback text;
    alter table finding add column comments text;
    alter table finding add column suppressed_by text;
    alter table finding add column is_sample integer not null default 0;
    alter table finding add column created integer not null default 0;
    alter table finding add column updated integer not null default 0;
    alter table finding add column earlier_evidence text not null default '[]';
    create table filter (
        name text primary key not null,
        action text not null,
        rank integer not null,
        description text not null,
        criteria text not null
    ) strict;
    create table list (
        name text not null,
        file text not null,
        format text not null,
        entries integer not null,
        digest text not null,
        searched integer not null,
        primary key (name, file)
    ) strict;",
    // 3: the ids of all records of findings that have more than they hold themselves.
    "create table occurrence (
        finding text not null,
        record text not null,
        primary key (finding, record)
    ) strict, without rowid;",
];

/// Brings a store to the newest version.
pub(super) fn bring_up_to_date(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let open_error = |source| StoreError::Open { path: path.to_owned(), source };
    // Immediate, so that of two processes that open a new store one waits for the other.
    let transaction = connection
        .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
        .map_err(open_error)?;
    transaction
        .execute_batch(
            "create table if not exists schema_version (version integer not null) strict",
        )
        .map_err(open_error)?;
    let version: u32 = transaction
        .query_row("select coalesce(max(version), 0) from schema_version", [], |row| row.get(0))
        .map_err(open_error)?;
    let mut known = 0;
    for migration in MIGRATIONS {
        known += 1;
        if known <= version {
            continue;
        }
        transaction.execute_batch(migration).map_err(open_error)?;
        transaction
            .execute("insert into schema_version (version) values (?1)", [known])
            .map_err(open_error)?;
    }
    if known < version {
        return Err(StoreError::Newer { path: path.to_owned(), found: version, known });
    }
    transaction.commit().map_err(open_error)
}
