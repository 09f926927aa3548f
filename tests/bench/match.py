"""Measures matching alone: posts a second against so many subscriptions, beside simpler ways.

    scripts/bench match [--subscriptions N,N...] [--seconds S] [--rounds N] [CASE...]

    mixed         phrases as people share them: 70 % one word, 25 % two, 5 % three or four
    all_distinct  likewise, but no phrase twice: the most memory so many can take

The engine and an obvious hash map of vectors take turns and must print the same checksum. For the
mixed case a substring scan over all phrases and Vectorscan on as many of them as literals as it can
compile in reasonable time are measured too; those find something else. Posts are those of
LAPWING_POSTS, a file of one post a line (may be .gz), or of ../shared/data where that is there, or
made up. docs/performance.md says how to read it.

One line of JSON for each number and case on stdout, a table for people on stderr. Takes about 4
minutes and 6 GB with all of it.
"""

import argparse
import json
import os
import pathlib
import statistics
import tempfile

from lib.measurer import Measurer
from lib.posts import posts_file
from lib.report import say, show

METER = pathlib.Path(os.environ["LAPWING_BIN"]) / "match_meter"
CASES = ("mixed", "all_distinct")
NUMBERS = (100_000, 1_000_000, 10_000_000)
VECTORSCAN_MAX = 100_000  # phrases: a million would take it many minutes
SUBSTRING_POSTS = 20  # a second each with ten million
UPDATES = 3000

# Of the table: a label, and which number of a line it is.
ROWS = [
    ("subscriptions", "subscriptions"),
    ("case", "case"),
    ("posts/s", "posts_per_second"),
    ("  hash map of vectors", "hash_map_per_second"),
    ("ratio", "ratio_to_hash_map"),
    ("  of each round", "ratio_of_rounds"),
    ("phrases matched, a post", "phrases_per_post"),
    ("bytes, a subscription", "bytes_per_subscription"),
    ("  hash map of vectors", "hash_map_bytes_per_subscription"),
    ("build, s", "build_s"),
    ("  hash map of vectors", "hash_map_build_s"),
    ("update visible, p50 µs", "update_visible_us_p50"),
    ("  p99", "update_visible_us_p99"),
    ("substring scan, posts/s", "substring_per_second"),
    ("Vectorscan, posts/s", "vectorscan_per_second"),
    ("  of so many literals", "vectorscan_phrases"),
    ("  compiling them, s", "vectorscan_build_s"),
]


class Bench:
    def __init__(self, options, posts):
        self.options = options
        self.posts = ["--posts", str(posts)] if posts else []

    def meter(self, matcher, subscriptions, case, *more):
        command = [METER, matcher, "--subscriptions", str(subscriptions), *self.posts, *more]
        if case == "all_distinct":
            command.append("--all-distinct")
        meter = Measurer(*map(str, command))
        return meter, meter.ready

    def line(self, subscriptions, case):
        engine, built = self.meter("engine", subscriptions, case)
        plain, plain_built = self.meter("hash_map", subscriptions, case)
        ours, theirs = [], []
        try:
            for _ in range(self.options.rounds):
                theirs.append(plain.ask("posts", self.options.seconds))
                ours.append(engine.ask("posts", self.options.seconds))
            updates = engine.ask("updates", UPDATES)
        finally:
            engine.close()
            plain.close()
        if ours[0]["checksum"] != theirs[0]["checksum"]:
            raise SystemExit(f"bench: the engine found {ours[0]}, the hash map {theirs[0]}")
        ratios = [rate(a) / rate(b) for a, b in zip(ours, theirs)]
        line = {
            "bench": "match",
            "subscriptions": subscriptions,
            "case": case,
            "posts_per_second": round(statistics.median(map(rate, ours))),
            "phrases_matched": ours[0]["matched"],
            "checksum": ours[0]["checksum"],
            "bytes_per_subscription": built["bytes_per_subscription"],
            "build_s": built["build_s"],
            "update_visible_us_p99": updates["p99_us"],
            "ratio_to_hash_map": round(statistics.median(ratios), 2),
            # What helps to judge the numbers above.
            "ratio_of_rounds": [round(ratio, 2) for ratio in ratios],
            "phrases_per_post": round(ours[0]["matched"] / ours[0]["posts"], 1),
            "update_visible_us_p50": updates["p50_us"],
            "hash_map_per_second": round(statistics.median(map(rate, theirs))),
            "hash_map_bytes_per_subscription": plain_built["bytes_per_subscription"],
            "hash_map_build_s": plain_built["build_s"],
        }
        return line | (self.others(subscriptions) if case == "mixed" else {})

    def others(self, subscriptions):
        """What finds something else: no checksum to compare."""
        few = min(subscriptions, VECTORSCAN_MAX)
        vectorscan, compiled = self.try_meter("vectorscan", few)
        substring, _ = self.meter("substring", subscriptions, "mixed", "--checked", str(SUBSTRING_POSTS))
        line = {
            "substring_per_second": round(rate(substring.ask("posts", 0)), 1),
            "vectorscan_per_second": round(rate(vectorscan.ask("posts", self.options.seconds))) if vectorscan else None,
            "vectorscan_phrases": few if vectorscan else None,
            "vectorscan_build_s": compiled and compiled["build_s"],
        }
        substring.close()
        if vectorscan:
            vectorscan.close()
        return line

    def try_meter(self, matcher, subscriptions):
        try:
            return self.meter(matcher, subscriptions, "mixed")
        except SystemExit:  # it has said why
            return None, None


def rate(window):
    return window["posts"] / window["seconds"]


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench match")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)} (default: all)")
    parser.add_argument("--subscriptions", default=",".join(map(str, NUMBERS)), metavar="N,N...", help="(default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=1.5, help="of one measurement (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="engine and hash map, in turns (default: %(default)s)")
    options = parser.parse_args()
    numbers = [int(number) for number in options.subscriptions.split(",")]
    if not 0.01 <= options.seconds <= 60 or not 1 <= options.rounds <= 50 or not all(0 < n <= 100_000_000 for n in numbers):
        parser.error("between 0.01 and 60 seconds, 1 and 50 rounds, 1 and 100,000,000 subscriptions, please")
    for name in options.cases:
        if name not in CASES:
            parser.error(f"there is no case '{name}'")
    lines = []
    with tempfile.TemporaryDirectory(prefix="lapwing-match-") as folder:
        posts = posts_file(pathlib.Path(folder))
        say(f"match: {os.cpu_count()} CPUs, posts {'of ' + posts.name if posts else 'made up'}")
        bench = Bench(options, posts)
        for number in numbers:
            for case in options.cases or CASES:
                lines.append(bench.line(number, case))
                print(json.dumps(lines[-1]), flush=True)
    for line in lines:
        show([row for row in ROWS if line.get(row[1]) is not None], [line])


main()
