"""Answers the second halves of the pairs in `differential/*.md` with DuckDB, over a lake's Parquet.

    python differential.py LAKE < QUERIES

Reads one JSON array of queries, and prints a JSON array of answers: rows of values, or an error.
"""

import datetime
import decimal
import json
import sys

import duckdb

lake = sys.argv[1]
connection = duckdb.connect()
connection.execute("set TimeZone = 'UTC'")
for source in ("cloudtrail", "zeek"):
    connection.execute(
        f"create view {source} as select * from read_parquet("
        f"'{lake}/source={source}/**/*.parquet', union_by_name = true, hive_partitioning = true, "
        "hive_types_autocast = false)"
    )


def plain(value):
    if isinstance(value, (decimal.Decimal, datetime.timedelta)):
        return float(value)
    return value


def answer(query):
    try:
        return [[plain(value) for value in row] for row in connection.execute(query).fetchall()]
    except Exception as error:  # Which query failed is for the test to say.
        return str(error)


print(json.dumps([answer(query) for query in json.load(sys.stdin)], default=str))
