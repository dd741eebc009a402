"""ClickHouse without a server: chDB reads native CloudTrail files into a table of 17 typed columns.

Prints one JSON object of the same figures as `haechi-bench ingest`. No deduplication, no entities,
no verbatim record, one commit at the end.
"""

import shutil
import sys
import time
from importlib.metadata import version

from chdb import session
from figures import report

folder, target, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])

TEXTS = (
    "eventName eventSource awsRegion sourceIPAddress userAgent eventID eventType "
    "recipientAccountId errorCode errorMessage requestID readOnly"
).split()
IDENTITY = "type principalId arn accountId".split()
record = ", ".join(
    ["eventTime String"]
    + [f"{name} String" for name in TEXTS]
    + ["userIdentity Tuple(" + ", ".join(f"{name} String" for name in IDENTITY) + ")"]
)
columns = ["eventTime DateTime"]
columns += [f"{name} String" for name in TEXTS + [f"userIdentity_{it}" for it in IDENTITY]]
values = ["parseDateTimeBestEffort(record.eventTime)"]
values += [f"record.{name}" for name in TEXTS]
values += [f"record.userIdentity.{name}" for name in IDENTITY]

target += ".chdb"
shutil.rmtree(target, ignore_errors=True)
start = time.monotonic()
database = session.Session(target)
database.query(
    f"create table trail ({', '.join(columns)}) engine = MergeTree order by (eventName, eventTime)"
)
database.query(
    f"""
    insert into trail select {', '.join(values)}
    from (
      select arrayJoin(Records) as record
      from file('{folder}/**.json.gz', JSONEachRow, 'Records Array(Tuple({record}))')
    )
    settings max_threads = {threads}, max_insert_threads = {threads},
      input_format_parallel_parsing = {int(threads > 1)},
      input_format_json_ignore_unknown_keys_in_named_tuple = 1,
      input_format_json_defaults_for_missing_elements_in_named_tuple = 1,
      input_format_json_read_bools_as_strings = 1,
      input_format_json_read_objects_as_strings = 1
    """
)
rows = int(str(database.query("select count() from trail", "CSV")).strip())
report(f"chDB {version('chdb')}", threads, rows, start)
