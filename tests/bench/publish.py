"""Measures durable publishing: posts a second through a real bridge, beside a bare RocksDB.

    scripts/bench publish [--seconds S] [--rounds N]

A client keeps 1, 16, 64 and 256 posts in flight over the bridge's web lane (ipc); each is answered
once it is on disk. Beside it, one thread writes the same posts to a RocksDB of its own on the same
disk, in synced batches of as many posts: the column families, keys and bytes of the bridge's store,
and nothing else. Bridge and RocksDB take turns, so that a busy machine disturbs both; counted is the
median of the rounds. docs/performance.md says how to read it.

One line of JSON for each number in flight on stdout, a table for people on stderr. Takes about 70
seconds.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys

import lone_bridge
from lib.disk import sync_us
from lib.measurer import Measurer, others
from lib.report import say, show
from lone_bridge import LoneBridge

IN_FLIGHT = (1, 16, 64, 256)
AUTHORS = 100  # as in post_maker.h
WARM_SECONDS = 0.3  # at most, before each measurement

# Of the table: a label, and which number of a line it is.
ROWS = [
    ("posts in flight", "in_flight"),
    ("bridge, posts/s", "posts_per_second"),
    ("RocksDB, posts/s", "rocksdb_per_second"),
    ("ratio", "ratio"),
    ("  of each round", "ratio_of_rounds"),
    ("records of a commit", "posts_per_commit"),
    ("CPU µs/post, bridge", "bridge_cpu_us_per_post"),
    ("  client", "client_cpu_us_per_post"),
    ("CPUs busy: strangers", "others_busy"),
    ("  stolen by the host", "stolen"),
    ("one sync of the disk, p50 µs", "sync_p50_us"),
]


def load_of(bridge):
    """The program that publishes and measures."""
    return Measurer(
        lone_bridge.BIN / "publish_load", "--bridge", bridge.web, "--rocksdb", bridge.dir / "bare"
    )


def sign_up(bridge):
    """Every author has to be there before the web lane may post for them."""
    hello = "".join(
        json.dumps({"author": f"author{n}", "text": f"author{n} begins"}) + "\n"
        for n in range(AUTHORS)
    )
    subprocess.run(bridge.command("import", "-"), input=hello, text=True, check=True, stdout=2)


def commits(bridge):
    """(batches, records) that the bridge has committed so far."""
    counters = json.loads(bridge.ctl("status", "--json"))["counters"]
    return counters["commit_batches"], counters["commit_records"]


class Case:
    """One number in flight, and what was measured with it."""

    def __init__(self, in_flight, warm, seconds):
        self.window = (in_flight, warm, seconds)
        self.in_flight = in_flight
        self.bare, self.bridge = [], []
        self.batches = self.records = 0

    def round(self, bridge, load):
        self.bare.append(load.ask("rocksdb", *self.window))
        before = commits(bridge)
        self.bridge.append(load.ask("bridge", *self.window, bridge.process.pid))
        after = commits(bridge)
        self.batches += after[0] - before[0]
        self.records += after[1] - before[1]

    def line(self, bridge):
        per_second = statistics.median(map(rate, self.bridge))
        bare_per_second = statistics.median(map(rate, self.bare))
        # Of turns that stood beside each other: the machine is not the same all the time.
        ratios = [rate(ours) / rate(bare) for ours, bare in zip(self.bridge, self.bare)]
        cpu_us = lambda of: round(1e6 * sum(w["cpu"][of] for w in self.bridge) / self.posts(), 1)  # noqa: E731
        seconds = sum(w["seconds"] for w in self.bridge)
        return {
            "bench": "publish",
            "in_flight": self.in_flight,
            "posts_per_second": round(per_second),
            "rocksdb_per_second": round(bare_per_second),
            "ratio": round(statistics.median(ratios), 3),
            # What helps to judge the numbers above.
            "ratio_of_rounds": [round(ratio, 2) for ratio in ratios],
            "posts_per_commit": round(self.records / self.batches, 1),
            "bridge_cpu_us_per_post": cpu_us(BRIDGE),
            "client_cpu_us_per_post": cpu_us(CLIENT),
            "others_busy": round(sum(map(others, self.bridge)) / seconds, 2),
            "stolen": round(sum(w["stolen"] for w in self.bridge) / seconds, 2),
            "sync_p50_us": sync_us(bridge.dir),
        }

    def posts(self):
        return sum(w["posts"] for w in self.bridge)


# The order of "cpu" in a window of the load.
CLIENT, BRIDGE = range(2)


def rate(window):
    return window["posts"] / window["seconds"]


def measure(options):
    warm = min(WARM_SECONDS, options.seconds)
    cases = [Case(in_flight, warm, options.seconds) for in_flight in IN_FLIGHT]
    with LoneBridge() as bridge:
        sign_up(bridge)
        load = load_of(bridge)
        try:
            for _ in range(options.rounds):
                for case in cases:
                    case.round(bridge, load)
        finally:
            load.close()
        return [case.line(bridge) for case in cases]


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench publish")
    parser.add_argument("--seconds", type=float, default=1.5, help="of one measurement (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="bridge and RocksDB, in turns (default: %(default)s)")
    options = parser.parse_args()
    if not 0.05 <= options.seconds <= 60 or not 1 <= options.rounds <= 50:
        parser.error("between 0.05 and 60 seconds, 1 and 50 rounds, please")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    say(f"publish: {os.cpu_count()} CPUs")
    lines = measure(options)
    for line in lines:
        print(json.dumps(line), flush=True)
    show(ROWS, lines)


main()
