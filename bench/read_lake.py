"""Reads a lake as other engines do: Delta through `deltalake`, one source's folder through DuckDB.

Prints one JSON object: rows and distinct event ids of CloudTrail, as each engine counts them.
"""

import json
import sys

import duckdb
from deltalake import DeltaTable

lake = sys.argv[1]
table = DeltaTable(lake)
rows = table.to_pyarrow_dataset().to_table(columns=["source", "eventID", "record"])
events = [
    (event, record)
    for source, event, record in zip(*(rows.column(name).to_pylist() for name in rows.column_names))
    if source == "cloudtrail"
]
whole = all(json.loads(record)["eventID"] == event for event, record in events)
query = f"select count(*), count(distinct eventID) from read_parquet('{lake}/source=cloudtrail/*/*/*.parquet')"
((count, distinct),) = duckdb.sql(query).fetchall()
print(
    json.dumps(
        {
            "delta_rows": len(events),
            "delta_ids": len({event for event, _ in events}),
            "duckdb_rows": count,
            "duckdb_ids": distinct,
            "records_are_whole": whole,
        }
    )
)
