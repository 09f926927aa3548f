"""Measures what the gateway takes over the presence of a large roster.

    scripts/bench presence [--contacts N] [--rounds N]

So many people come online, go offline and come again, through the gateway itself without a network around it
(tests/bench/presence_meter.cc), until the bridge knows of each. docs/performance.md says how to read it.

One line of JSON on stdout, a table for people on stderr. Takes some seconds.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess

from lib.report import say, show

# Of the table: a label, and which number of the line it is.
ROWS = [
    ("contacts", "contacts"),
    ("all online, s", "online_s"),
    ("  µs each", "online_us_each"),
    ("offline, µs each", "offline_us_each"),
    ("online again, µs each", "again_us_each"),
    ("bytes, a contact online", "bytes_per_contact"),
    ("  freed when they go", "bytes_freed_per_contact"),
    ("all asked where they are, s", "probe_s"),
]


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench presence")
    parser.add_argument("--contacts", type=int, default=20_000, help="default: %(default)s")
    parser.add_argument("--rounds", type=int, default=5, help="default: %(default)s")
    options = parser.parse_args()
    if not 1 <= options.contacts <= 200_000 or not 1 <= options.rounds <= 100:
        parser.error("1 to 200,000 contacts and 1 to 100 rounds, please")
    say(f"presence: {os.cpu_count()} CPUs")
    meter = pathlib.Path(os.environ["LAPWING_BIN"]) / "presence_meter"
    command = [meter, "--contacts", str(options.contacts)]
    rounds = [
        json.loads(subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout)
        for _ in range(options.rounds)
    ]
    line = rounds[0] | {
        key: statistics.median(each[key] for each in rounds) for _, key in ROWS if key != "contacts"
    }
    print(json.dumps(line), flush=True)
    show(ROWS, [line])


main()
