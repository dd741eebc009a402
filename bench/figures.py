"""The figures that a peer prints, in the form of `haechi-bench ingest`."""

import json
import resource
import time


def report(peer, threads, rows, start):
    """Prints what this process used since `start`, on the monotonic clock, for so many rows."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cpu = usage.ru_utime + usage.ru_stime
    print(
        json.dumps(
            {
                "peer": peer,
                "threads": threads,
                "read": rows,
                "wall_seconds": round(time.monotonic() - start, 2),
                "cpu_seconds": round(cpu, 2),
                "records_per_cpu_second": round(rows / cpu),
                "peak_megabytes": round(usage.ru_maxrss / 1024),
            }
        )
    )
