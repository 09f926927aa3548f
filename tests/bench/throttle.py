"""Measures the throttle alone: nanoseconds a decision and bytes a key.

    scripts/bench throttle [--keys N] [--rounds N] [CASE...]

    hot        one person again and again, through all five levels
    cold_10m   random ones of 10,000,000 people in a thousand domains, through the same five levels

Beside each, a token bucket for each key in a std::unordered_map behind a mutex, through as many levels; both take
turns. One thread (tests/bench/throttle_meter.cc). docs/performance.md says how to read it.

One line of JSON for each case on stdout, a table for people on stderr. Takes about a minute and 1 GB.
"""

import argparse
import json
import os
import pathlib
import subprocess

from lib.report import say, show

CASES = ("hot", "cold_10m")

# Of the table: a label, and which number of a line it is.
ROWS = [
    ("case", "case"),
    ("keys", "keys"),
    ("ns a decision, all levels", "ns_per_decision"),
    ("  fastest round", "ns_fastest"),
    ("  mutex and map", "map_ns"),
    ("ratio", "ratio_to_map"),
    ("bytes a key", "bytes_per_key"),
    ("  map", "map_bytes_per_key"),
    ("keys without room", "overflowed"),
    ("ns to hash an address", "ns_per_hash"),
    ("ns to switch the policy", "ns_per_switch"),
]


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench throttle")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)} (default: all)")
    parser.add_argument("--keys", type=int, default=10_000_000, help="people of cold_10m (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="default: %(default)s")
    options = parser.parse_args()
    if not 1000 <= options.keys <= 100_000_000 or not 1 <= options.rounds <= 100:
        parser.error("1,000 to 100,000,000 keys and 1 to 100 rounds, please")
    for name in options.cases:
        if name not in CASES:
            parser.error(f"there is no case '{name}'")
    say(f"throttle: {os.cpu_count()} CPUs")
    meter = pathlib.Path(os.environ["LAPWING_BIN"]) / "throttle_meter"
    lines = []
    for name in options.cases or CASES:
        command = [meter, name, "--keys", str(options.keys), "--rounds", str(options.rounds)]
        lines.append(json.loads(subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout))
        print(json.dumps(lines[-1]), flush=True)
    show(ROWS, lines)


main()
