"""What people do today with native CloudTrail files: DuckDB reads the JSON and writes Parquet.

Prints one JSON object of the same figures as `haechi-bench ingest`. No deduplication, no entities.
"""

import json
import resource
import sys
import time

import duckdb

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
usage = resource.getrusage(resource.RUSAGE_SELF)
cpu = usage.ru_utime + usage.ru_stime
print(
    json.dumps(
        {
            "peer": f"DuckDB {duckdb.__version__}",
            "threads": threads,
            "read": rows,
            "wall_seconds": round(time.monotonic() - start, 2),
            "cpu_seconds": round(cpu, 2),
            "records_per_cpu_second": round(rows / cpu),
            "peak_megabytes": round(usage.ru_maxrss / 1024),
        }
    )
)
