"""Measures the fan-out alone: long lists, catching up, and bytes per person.

    scripts/bench fanout [--people SHARE] [--seconds S] [CASE...]

    hot_word   one post to 1,000,000 listeners of a word, 10,000 of them online, while directs and
               posts to followers come in at 1,000/s: what that adds to how late a direct is
    catch_up   100,000 people, each behind by 10,000 posts, come online
    memory     bytes per person, offline and online

One process, stores in memory, a gateway whose window is wide (tests/bench/fanout_meter.cc).
docs/performance.md says how to read it.

One line of JSON for each case on stdout, tables for people on stderr. Takes about a minute and
3 GB.
"""

import argparse
import json
import os
import pathlib
import subprocess

from lib.report import say, show

# Of the tables: a label, and which number of the line it is.
CASES = {
    "hot_word": [
        ("listeners", "listeners"),
        ("  online", "online"),
        ("a direct, p99 µs", "direct_p99_us"),
        ("  without the hot word", "direct_p99_quiet_us"),
        ("  with waiting for its turn", "arrival_p99_us"),
        ("  without the hot word", "arrival_p99_quiet_us"),
        ("a turn meanwhile, p50 µs", "turn_p50_us"),
        ("  p99", "turn_p99_us"),
        ("  longest", "turn_max_us"),
        ("  longest checkpoint", "checkpoint_max_us"),
        ("listeners/s", "expanded_per_second"),
        ("ms until everybody has it", "expansion_ms"),
        ("turns", "turns_per_expansion"),
        ("bytes beyond the deliveries", "peak_extra_bytes"),
        ("hot posts", "hot_posts"),
        ("directs measured", "directs"),
        ("CPUs busy: strangers", "others_busy"),
    ],
    "catch_up": [
        ("people", "people"),
        ("posts each is behind", "posts"),
        ("seconds", "seconds"),
        ("passes over these posts", "log_passes"),
        ("  read from the log", "log_reads"),
        ("bytes read from the log", "bytes"),
        ("posts gone over, a second", "posts_scanned_per_second"),
        ("  times people behind", "person_posts_per_second"),
        ("deliveries", "deliveries"),
        ("deliveries/s", "deliveries_per_second"),
        ("bytes of memory, peak", "peak_heap_bytes"),
        ("  left when idle", "heap_left_bytes"),
        ("a turn, p50 µs", "turn_p50_us"),
        ("  p99", "turn_p99_us"),
        ("  longest", "turn_max_us"),
        ("  longest checkpoint", "checkpoint_max_us"),
        ("CPUs busy: strangers", "others_busy"),
    ],
    "memory": [
        ("people", "people"),
        ("bytes without anybody", "bytes_of_nobody"),
        ("bytes, an offline person", "bytes_per_offline_person"),
        ("  of them state", "state_per_person"),
        ("  fan-out", "fanout_per_person"),
        ("bytes, a subscription", "bytes_per_subscription"),
        ("  of them state", "state_per_subscription"),
        ("  fan-out", "fanout_per_subscription"),
        ("bytes, an online idle person", "bytes_per_online_idle_person"),
        ("  added by coming online", "online_adds"),
        ("  and having been served", "served_adds"),
    ],
}


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench fanout")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)} (default: all)")
    parser.add_argument("--people", type=float, default=1, metavar="SHARE", help="the share of the people above (default: all)")
    parser.add_argument("--seconds", type=float, default=60, help="of hot posts, at most (default: %(default)s)")
    options = parser.parse_args()
    if not 0.001 <= options.people <= 1 or not 0.1 <= options.seconds <= 600:
        parser.error("a share between 0.001 and 1, and between 0.1 and 600 seconds, please")
    for name in options.cases:
        if name not in CASES:
            parser.error(f"there is no case '{name}'")
    say(f"fanout: {os.cpu_count()} CPUs")
    meter = pathlib.Path(os.environ["LAPWING_BIN"]) / "fanout_meter"
    for name in options.cases or CASES:
        command = [meter, name, "--people", str(options.people), "--seconds", str(options.seconds)]
        line = json.loads(subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout)
        print(json.dumps(line), flush=True)
        show(CASES[name], [line])


main()
