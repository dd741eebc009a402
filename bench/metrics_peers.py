"""Other detectors over the series of the Numenta Anomaly Benchmark, each one causal.

    python metrics_peers.py FOLDER OUT [NAME …]

writes OUT/<name>/<folder>/<file>.csv (rows `timestamp,value,anomaly_score`, as `haechi-bench nab
FOLDER --peer NAME=OUT/NAME` reads them) and prints a JSON object a detector: points, CPU seconds.
"""

import calendar
import csv
import json
import math
import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy


def random_cut_forest(seconds, values):
    """The package's own number and size of trees, over the last 8 values."""
    from krcf import RandomCutForest

    forest = RandomCutForest({"dimensions": 1, "shingle_size": 8, "id": 1, "random_seed": 1})
    for value in values:
        score = forest.score([value])
        forest.update([value])
        yield score / (1.0 + score)


def matrix_profile(seconds, values):
    """Distance of the last 64 values to the nearest 64 before them, both normalised."""
    import stumpy

    width = 64
    start = values[: 2 * width] + numpy.linspace(0.0, 1e-9, 2 * width)
    profile = stumpy.stumpi(start, m=width, egress=False)
    yield from [0.0] * len(start)
    for value in values[2 * width :]:
        profile.update(float(value))
        distance = profile.left_P_[-1]
        yield distance / math.sqrt(4 * width) if math.isfinite(distance) else 0.0


def seasonal_forecast(seconds, values):
    """A forecast of each day from all before it: seasons of a day and a week, the rest by ETS.

    The score is how far a value lies outside the forecast's interval of 99 %.
    """
    import augurs

    step = max(1, int(numpy.median(numpy.diff(seconds))))
    day = max(2, 86_400 // step)
    yield from [0.0] * min(2 * day, len(values))
    for start in range(2 * day, len(values), day):
        past, now = values[:start], values[start : start + day]
        periods = [day, 7 * day] if 14 * day <= start else [day]
        model = augurs.MSTL.ets(periods)
        model.fit(past)
        ahead = model.predict(len(now), level=0.99)
        low, high = numpy.array(ahead.lower()), numpy.array(ahead.upper())
        width = numpy.maximum(high - low, 1e-9)
        beyond = numpy.maximum(low - now, now - high) / width
        yield from (score / (1.0 + score) for score in numpy.maximum(beyond, 0.0))


PEERS = {
    "rcf": (random_cut_forest, "krcf"),
    "stumpi": (matrix_profile, "stumpy"),
    "mstl": (seasonal_forecast, "augurs"),
}


def moment(text):
    return calendar.timegm(time.strptime(text[:19], "%Y-%m-%d %H:%M:%S"))


def run(name, folder, out):
    detector, package = PEERS[name]
    n_points = cpu = 0
    for path in sorted(folder.glob("data/*/*.csv")):
        with path.open() as file:
            rows = [(row["timestamp"], float(row["value"])) for row in csv.DictReader(file)]
        seconds = numpy.array([moment(text) for text, _ in rows])
        values = numpy.array([value for _, value in rows])
        begin = time.process_time()
        scores = list(detector(seconds, values))
        cpu += time.process_time() - begin
        n_points += len(rows)
        target = out / name / path.parent.name / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("w") as file:
            writer = csv.writer(file)
            writer.writerow(["timestamp", "value", "anomaly_score"])
            writer.writerows((*row, score) for row, score in zip(rows, scores, strict=True))
    figures = {"points": n_points, "cpu_seconds": round(cpu, 2)}
    print(json.dumps({"detector": name, "package": f"{package} {version(package)}", **figures}))


def main():
    folder, out, *names = sys.argv[1:]
    for name in names or PEERS:
        run(name, Path(folder), Path(out))


main()
