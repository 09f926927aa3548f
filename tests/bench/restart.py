"""Measures restarting: from starting the bridge on a large store to the first delivery.

    scripts/bench restart [--subscriptions N] [--accounts N] [--rounds N] [--store FOLDER] [CASE...]

Makes a store with so many accounts and subscriptions (restart_store.cc) and starts lapwing-bridge on it. A
gateway and a website are there as soon as it lets them in; somebody is online, a post with the word that they
track is published, and the clock stops when the gateway has the delivery. Cases: `new`, nobody has been
served yet, so that there is no position of anybody to read; `stopped`, after an orderly end; `killed`, after SIGKILL.
A store that was kept has served people: there is no `new` of it. docs/performance.md says how to read it.

One line of JSON for each case on stdout, a table for people on stderr. With ten million subscriptions about
three minutes, 3 GB of disk and 6 GB of memory.
"""

import argparse
import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import lone_bridge
import zmq
from lib.posts import posts_file
from lib.report import say, show
from lone_bridge import LoneBridge

CASES = ("new", "stopped", "killed")
WATCHER = b"person0@example.org"
AUTHOR = "person1"
WORD = "lapwingwatch"
WAIT_SECONDS = 240
TICKS = os.sysconf("SC_CLK_TCK")

# Of the table: a label, and which number of a line it is.
ROWS = [
    ("case", "case"),
    ("subscriptions", "subscriptions"),
    ("accounts", "accounts"),
    ("first delivery, s", "first_delivery_s"),
    ("  of each round", "rounds_s"),
    ("lets clients in, s", "serving_s"),
    ("CPU of the bridge, s", "cpu_s"),
    ("memory at its peak, MB", "peak_mb"),
    ("  bytes/subscription", "peak_bytes_per_subscription"),
    ("load of the machine", "load"),
]


def make_store(store, folder, options):
    """One whose making is interrupted is not taken for a store by the next run."""
    part = store.with_name(store.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    posts = posts_file(folder)
    command = [lone_bridge.BIN / "restart_store", part]
    command += ["--subscriptions", options.subscriptions, "--accounts", options.accounts]
    command += ["--posts", posts] if posts else []
    made = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, text=True, check=True)
    say(f"restart: {made.stdout.strip()}")
    part.rename(store)


def check_sizes(bridge, options):
    status = json.loads(bridge.ctl("status", "--json"))
    for what, there, wanted in (
        ("accounts", status["accounts"], options.accounts),
        ("subscriptions", status["tracks"], options.subscriptions),
    ):
        if there != wanted:
            raise SystemExit(f"bench: there are {there} {what} in {options.store}, not {wanted}")


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_bytes(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def patient(bridge, name, lane):
    """A client that waits for a bridge which is not there yet."""
    client = bridge.client(name, lane)
    client.socket.setsockopt(zmq.SNDTIMEO, 1000 * WAIT_SECONDS)
    return client


class Restart:
    """One start of the bridge, measured, and its end."""

    def __init__(self, bridge):
        logged = len(bridge.log())
        began = time.monotonic()
        bridge.launch()
        # A store that is kept knows the posts of earlier runs, and may still owe one.
        unique = time.time_ns()
        text = f"{WORD} at {unique}"
        try:
            with patient(bridge, "gateway", "im") as gateway, patient(bridge, "site", "web") as site:
                gateway.hello(WAIT_SECONDS)
                self.serving_s = time.monotonic() - began
                gateway.grant(1_000, 1_000_000)
                gateway.presence(WATCHER)
                site.hello(WAIT_SECONDS)
                answer = site.publish(AUTHOR, f"restart-{unique}", text)
                if answer.HasField("error"):
                    raise RuntimeError(answer.error.text)
                self.await_delivery(gateway, text)
                self.first_delivery_s = time.monotonic() - began
                self.cpu_s = cpu_seconds(bridge.process.pid)
                self.peak = peak_bytes(bridge.process.pid)
                self.load = os.getloadavg()[0]
                self.log = bridge.log()[logged:]
        except Exception as error:
            raise SystemExit(f"bench: {error}; the bridge said:\n{bridge.log()}") from None

    @staticmethod
    def await_delivery(gateway, text):
        while True:
            (item,) = gateway.read_feed(1, WAIT_SECONDS)
            if item.text.decode() == text:
                return


def end(bridge, how):
    """The bridge's process, if there is one: in good order, or not."""
    if how == "killed" and bridge.process is not None:
        bridge.process.kill()
        bridge.process.wait()
    else:
        bridge.stop(WAIT_SECONDS)


def line(case, restarts, options):
    median = lambda of: statistics.median(map(of, restarts))  # noqa: E731
    return {
        "bench": "restart",
        "subscriptions": options.subscriptions,
        "accounts": options.accounts,
        "case": case,
        "first_delivery_s": round(median(lambda r: r.first_delivery_s), 2),
        # What helps to judge the number above.
        "rounds_s": [round(r.first_delivery_s, 2) for r in restarts],
        "serving_s": round(median(lambda r: r.serving_s), 2),
        "cpu_s": round(median(lambda r: r.cpu_s), 2),
        "peak_mb": round(max(r.peak for r in restarts) / 1e6),
        "peak_bytes_per_subscription": round(max(r.peak for r in restarts) / options.subscriptions),
        "load": round(median(lambda r: r.load), 1),
    }


def measure(folder, options):
    store = pathlib.Path(options.store or folder / "store")
    if not store.exists():
        make_store(store, folder, options)
    bridge = LoneBridge(data=store)

    def restart():
        done = Restart(bridge)
        say(f"restart: delivered after {done.first_delivery_s:.2f} s; the bridge said:\n{done.log}")
        return done

    try:
        # Whoever has never been served has no position: that is so only once.
        done = {"new": [restart()]}
        check_sizes(bridge, options)
        for case in CASES[1:]:
            if case not in options.cases:
                continue
            done[case] = []
            for _ in range(options.rounds):
                end(bridge, case)
                done[case].append(restart())
        return [line(case, done[case], options) for case in CASES if case in options.cases]
    finally:
        end(bridge, "stopped" if options.store else "killed")
        shutil.rmtree(bridge.dir, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench restart")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)} (default: all)")
    parser.add_argument("--subscriptions", type=int, default=10_000_000, help="(default: %(default)s)")
    parser.add_argument("--accounts", type=int, default=1_000_000, help="(default: %(default)s)")
    parser.add_argument("--store", help="a folder to keep the store in, or with one that was kept")
    parser.add_argument("--rounds", type=int, default=3, help="of each case but `new` (default: %(default)s)")
    options = parser.parse_args()
    is_kept = options.store and pathlib.Path(options.store).exists()
    if is_kept and "new" in options.cases:
        parser.error(f"people have been served from {options.store}: it is not new any more")
    options.cases = options.cases or list(CASES[1:] if is_kept else CASES)
    if not 2 <= options.subscriptions <= 100_000_000 or not 2 <= options.accounts <= 10_000_000 or not 1 <= options.rounds <= 20:
        parser.error("2 to 100,000,000 subscriptions, 2 to 10,000,000 accounts, 1 to 20 rounds, please")
    for name in options.cases:
        if name not in CASES:
            parser.error(f"there is no case '{name}'")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    say(f"restart: {os.cpu_count()} CPUs")
    with tempfile.TemporaryDirectory(prefix="lapwing-restart-") as folder:
        lines = measure(pathlib.Path(folder), options)
    for each in lines:
        print(json.dumps(each), flush=True)
    show(ROWS, lines)


main()
