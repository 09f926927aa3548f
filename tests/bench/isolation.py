"""Measures whether Jabber can slow the website down.

    scripts/bench isolation [--seconds S] [--rounds N] [--people N] [--store-in FOLDER]

The website is a client of the lane `web` that asks open-loop, at a third of what that lane can answer: half posts, half
questions; measured from the moment each request was due to its answer. Beside it, by case:

    a, aa   nothing on the lane `im` (twice, to show how much the machine swings)
    b       a stand-in gateway floods the lane `im` with ten times what it is allowed: posts with hot words that 2,000
            people track, commands from one address and from one domain; then it reconnects again and again; then
            it stalls, as a gateway does whose XMPP server does not read
    c       the same as b, at a bridge without isolation of any kind ([experiment] in conf/bridge.toml)
    d       nothing on `im`, but an unrelated process that burns as much CPU as the flooding gateway did in b

Cases take turns, round after round; printed is the median of the rounds. The run is invalid when in b fewer deliveries than
a floor were made, or c is not at least three times as slow as b. With `--store-in /dev/shm` the stores are in
memory, and what the disk makes of a busy machine is left out. When the load is over, every (post, listener) must
have been delivered or be owed, exactly. Before the rounds the disk is measured alone: the slowest sync in three seconds, and
the same with all CPUs busy with what never touches it. docs/performance.md says how to read it.

One line of JSON for each case on stdout, a table for people on stderr. Takes about three minutes.
"""

import argparse
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import lone_bridge
from lib.disk import slowest_sync_us
from lib.measurer import Measurer
from lib.report import say, show
from lone_bridge import LoneBridge

CASES = ("a", "b", "aa", "c", "d")
SITE_AUTHORS = 50
WORDS = 10
HOT_WORD = re.compile(r"hot(\d) again")
# What conf/bridge.toml allows the lane im by default: [limits.im] publishes and requests.
POSTS_ALLOWED, REQUESTS_ALLOWED = 500, 2000
TIMES = 10
SHARE_OF_CAPACITY = 1 / 3
DELIVERIES_FLOOR = 1000  # a second, in b
RECONNECTS = 3

ROWS = [
    ("case", "case"),
    ("requests due a second", "web_offered"),
    ("answered a second", "web_per_second"),
    ("from due to answer, p50 µs", "web_p50_us"),
    ("                    p99 µs", "web_p99_us"),
    ("  of each round", "p99_of_rounds"),
    ("p99, ratio to a", "p99_ratio_to_a"),
    ("       ratio to d", "p99_ratio_to_d"),
    ("answered, ratio to a", "throughput_ratio_to_a"),
    ("IM deliveries/s", "im_deliveries_per_second"),
    ("IM posts offered/s", "im_posts_offered_per_second"),
    ("IM posts accepted/s", "im_posts_accepted_per_second"),
    ("IM commands offered/s", "im_commands_offered_per_second"),
    ("CPUs of the load on im", "im_load_cpus"),
    ("slowest sync of the disk alone, µs", "sync_max_us"),
    ("  with all CPUs busy, µs", "sync_max_busy_us"),
]

# Two threads that do nothing but wake each other, until stdin is closed.
WAKERS = """
import select, socket, sys, threading
a, b = socket.socketpair()
def read():
    while b.recv(4096): pass
threading.Thread(target=read, daemon=True).start()
while not select.select([sys.stdin], [], [], 0)[0]: a.send(bytes(64))
"""

# Burns so much of a CPU until its stdin is closed.
BURNER = """
import sys, time, select
share = float(sys.argv[1])
while not select.select([sys.stdin], [], [], 0)[0]:
    end = time.perf_counter() + 0.01 * min(share, 1)
    while time.perf_counter() < end: pass
    time.sleep(0.01 * max(0, 1 - share))
"""


class Site:
    """A bridge with its website and its flooding gateway."""

    def __init__(self, people, isolated):
        self.bridge = LoneBridge()
        config = self.bridge.config.read_text()
        if not isolated:
            config += "[experiment]\nno_isolation_of_any_kind = true\n"
        self.bridge.config.write_text(config)
        self.bridge.start()
        authors = "".join(
            json.dumps({"author": f"site{n}", "text": f"site{n} begins"}) + "\n" for n in range(SITE_AUTHORS)
        )
        subprocess.run(self.bridge.command("import", "-"), input=authors, text=True, check=True, stdout=2)
        program = lone_bridge.BIN / "isolation_load"
        self.web = Measurer(program, "web", "--bridge", self.bridge.web)
        self.im = Measurer(program, "im", "--bridge", f"ipc://{self.bridge.dir}/im", "--people", str(people))
        self.im.ask("setup")

    def close(self):
        self.web.close()
        self.im.close()
        self.bridge.__exit__()

    def owed(self):
        report = json.loads(self.bridge.ctl("owed", "--json", "--timeout", 240))
        return sum(one["follows"] + one["tracks"] + one["digested"] for one in report["people"])


    def expected(self, people):
        """(post, listener) pairs of all posts with hot words that are in the log, whoever knows of them."""
        listeners = [sum(tracks(person, word) for person in range(people)) for word in range(WORDS)]
        head = json.loads(self.bridge.ctl("status", "--json"))["head"]
        pairs = last = 0
        with self.bridge.client("auditor", lane="web") as client:
            client.hello(60)
            client.subscribe(after=0)
            client.grant(100_000_000, 1 << 50)
            # The last record of all may be no post: one that is ends the reading.
            self.bridge.ctl("publish", "--as", "site0", "the end")
            while True:
                for item in client.read_feed(1):
                    found = HOT_WORD.search(item.text.decode())
                    pairs += listeners[int(found[1])] if found else 0
                    last = item.id
                if last > head:
                    return pairs


def tracks(person, word):
    """As in isolation_load.cc."""
    return word in (person % WORDS, (person + 3) % WORDS)


def cpu_seconds(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def in_background(measurer, *words):
    """Sends a command whose answer is read later."""
    measurer.process.stdin.write(" ".join(map(str, words)) + "\n")
    measurer.process.stdin.flush()


class Run:
    def __init__(self, options):
        self.options = options
        self.isolated = Site(options.people, True)
        self.mixed = Site(options.people, False)
        capacity = self.isolated.web.ask("capacity", min(2, options.seconds))["per_second"]
        self.rate = max(20, round(capacity * SHARE_OF_CAPACITY))
        say(f"isolation: {os.cpu_count()} CPUs; the lane web answers {capacity}/s, {self.rate}/s are asked")
        self.disk = self.measure_disk(self.isolated.bridge.dir, min(3, options.seconds))
        self.results = {case: [] for case in CASES}
        self.burn = 0.5

    def close(self):
        self.isolated.close()
        self.mixed.close()

    def measure_disk(self, folder, seconds):
        """What of this is the machine's: the disk alone, and beside strangers who never touch it."""
        alone = slowest_sync_us(folder, seconds)
        strangers = [
            subprocess.Popen([sys.executable, "-c", WAKERS], stdin=subprocess.PIPE) for _ in range(os.cpu_count())
        ]
        try:
            busy = slowest_sync_us(folder, seconds)
        finally:
            for stranger in strangers:
                stranger.stdin.close()
                stranger.wait(10)
        return {"sync_max_us": alone, "sync_max_busy_us": busy}

    def measure(self, case):
        site = self.mixed if case == "c" else self.isolated
        if case in ("b", "c"):
            return self.flooded(site, case)
        burner = None
        if case == "d":
            burner = subprocess.Popen([sys.executable, "-c", BURNER, str(self.burn)], stdin=subprocess.PIPE)
        try:
            result = site.web.ask("run", self.rate, self.warm(), self.options.seconds)
        finally:
            if burner:
                burner.stdin.close()
                burner.terminate()
                burner.wait()
        return result

    def warm(self):
        return min(0.5, self.options.seconds)

    def flooded(self, site, case):
        seconds, warm = self.options.seconds, self.warm()
        before, cpu = site.im.ask("report"), cpu_seconds(site.im.process.pid)
        began = time.monotonic()
        site.im.ask("start", TIMES * POSTS_ALLOWED, TIMES * REQUESTS_ALLOWED)
        in_background(site.web, "run", self.rate, warm, seconds)
        time.sleep(warm + seconds / 2)
        for _ in range(RECONNECTS):
            site.im.ask("reconnect")
            time.sleep(seconds / 20)
        site.im.ask("stall", "on")
        result = site.web.answer()
        spent = time.monotonic() - began
        after = site.im.ask("report")
        site.im.ask("stop")  # everybody is away: what they are owed waits
        site.im.ask("stall", "off")
        per_second = lambda key: (after[key] - before[key]) / spent  # noqa: E731
        result["im_deliveries_per_second"] = per_second("deliveries")
        result["im_posts_offered_per_second"] = per_second("offered_posts")
        result["im_posts_accepted_per_second"] = per_second("accepted_posts")
        result["im_commands_offered_per_second"] = per_second("offered_commands")
        result["im_load_cpus"] = (cpu_seconds(site.im.process.pid) - cpu) / spent
        if case == "b":
            self.burn = result["im_load_cpus"]
        site.im.ask("settle", 5)
        return result

    def law_2(self):
        """Nothing is lost: what was delivered and what is owed come to what the log says was to be delivered."""
        for name, site in (("isolated", self.isolated), ("mixed", self.mixed)):
            site.im.ask("reconnect")  # what was never acknowledged comes again
            site.im.ask("settle", 60)
            site.im.ask("stop")
            report = site.im.ask("settle", 60)  # with what was still on its way when everybody left
            owed, expected = site.owed(), site.expected(self.options.people)
            said = f"{name}: {report['distinct']} delivered + {owed} owed = {expected} expected"
            if report["distinct"] + owed != expected:
                raise SystemExit(f"bench: law 2 does not hold: {said}, not")
            say(said)


def median(results, key):
    values = [result.get(key, 0) for result in results]
    return statistics.median(values)


def line_of(case, results, rate, disk):
    mine, a, d = results[case], results["a"], results["d"]
    p99 = median(mine, "p99_us")
    line = {
        "bench": "isolation",
        "case": case,
        "web_p50_us": round(median(mine, "p50_us")),
        "web_p99_us": round(p99),
        "web_per_second": round(median(mine, "per_second"), 1),
        "im_deliveries_per_second": round(median(mine, "im_deliveries_per_second")),
        # Of rounds that stood beside each other: the machine is not the same all the time.
        "p99_ratio_to_a": round(statistics.median(m["p99_us"] / max(1, n["p99_us"]) for m, n in zip(mine, a)), 2),
        "p99_ratio_to_d": round(statistics.median(m["p99_us"] / max(1, n["p99_us"]) for m, n in zip(mine, d)), 2),
        "throughput_ratio_to_a": round(median(mine, "per_second") / max(1, median(a, "per_second")), 3),
        "web_offered": rate,
        "p99_of_rounds": [round(result["p99_us"]) for result in mine],
    }
    for key in ("im_posts_offered_per_second", "im_posts_accepted_per_second", "im_commands_offered_per_second"):
        line[key] = round(median(mine, key))
    line["im_load_cpus"] = round(median(mine, "im_load_cpus"), 2)
    return line | disk


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench isolation")
    parser.add_argument("--seconds", type=float, default=4, help="of one measurement (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="default: %(default)s")
    parser.add_argument("--people", type=int, default=2000, help="who track hot words (default: %(default)s)")
    parser.add_argument("--store-in", metavar="FOLDER", help="where the stores are (default: where temporary files are)")
    options = parser.parse_args()
    if not 0.2 <= options.seconds <= 60 or not 1 <= options.rounds <= 50 or not 10 <= options.people <= 100_000:
        parser.error("0.2 to 60 seconds, 1 to 50 rounds, 10 to 100,000 people, please")
    if options.store_in and not os.path.isdir(options.store_in):
        parser.error(f"{options.store_in} is no folder")
    tempfile.tempdir = options.store_in
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    run = Run(options)
    try:
        for _ in range(options.rounds):
            for case in CASES:
                run.results[case].append(run.measure(case))
        lines = [line_of(case, run.results, run.rate, run.disk) for case in ("a", "aa", "b", "c", "d")]
        for line in lines:
            print(json.dumps(line), flush=True)
        show(ROWS, lines)
        run.law_2()
    finally:
        run.close()
    # A moment of it shows that it works, no more.
    if options.seconds < 2 or options.rounds < 3:
        return
    by_case = {line["case"]: line for line in lines}
    if by_case["b"]["im_deliveries_per_second"] < DELIVERIES_FLOOR:
        raise SystemExit(f"bench: invalid: fewer than {DELIVERIES_FLOOR} IM deliveries/s in b")
    if by_case["c"]["web_p99_us"] < 3 * by_case["b"]["web_p99_us"]:
        raise SystemExit("bench: invalid: without isolation it is not three times as slow")


main()
