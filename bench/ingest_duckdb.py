"""What people do today with native CloudTrail files: DuckDB reads the JSON and writes Parquet.

Prints one JSON object of the same figures as `haechi-bench ingest`. No deduplication, no entities.
"""

import sys
import time

import duckdb
from figures import report

folder, target, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
start = time.monotonic()
connection = duckdb.connect()
connection.execute(f"set threads = {threads}")
connection.execute(
    f"""
    copy (
      select unnest(Records) as record
      from read_json('{folder}/**/*.json.gz', columns = {{Records: 'JSON[]'}},
                     maximum_object_size = 268435456)
    ) to '{target}' (format parquet, compression zstd)
    """
)
((rows,),) = connection.sql(f"select count(*) from read_parquet('{target}')").fetchall()
report(f"DuckDB {duckdb.__version__}", threads, rows, start)
