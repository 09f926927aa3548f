"""Measures the website: pages out of its view with the bridge up and down, and streams of events.

    scripts/bench web [--seconds S] [--rounds N] [--streams N] [--events N]

Pages: 32 connections ask for the public timeline (20 posts) as fast as they are answered, in turns
with the bridge up, with the bridge stopped, and of a bare epoll loop that answers everything with the
same bytes: what the machine and the client allow. Counted is the median of the rounds. Streams: so
many readers of /api/events hear posts, 20 a second, made through the bridge's web lane; how late one
is, is from the bridge's time of writing to its arrival at a reader. The load runs at low priority:
it stands for other machines. docs/performance.md says how to read it.

One line of JSON for each case on stdout, a table for people on stderr.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import time

from lib.report import say, show
from lone_bridge import BIN, LoneBridge
from lone_web import LoneWeb

POSTS = 500  # in the view
POSTS_PER_SECOND = 20
METER = BIN / "web_meter"
PATH = "/api/timelines/public"


def low():
    os.nice(5)


def meter(*arguments):
    """The numbers of one run of the meter."""
    done = subprocess.run(
        [METER, *map(str, arguments)], capture_output=True, text=True, preexec_fn=low, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def cpu_seconds(pid):
    fields = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid):
    """Bytes that are this process's own."""
    for line in open(f"/proc/{pid}/smaps_rollup"):
        if line.startswith("Private_Dirty"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no Private_Dirty")


def fill(bridge, web):
    lines = "".join(
        json.dumps({"author": f"author{i % 50}", "text": f"Post number {i} of a quiet day, #birds"})
        + "\n"
        for i in range(POSTS)
    )
    subprocess.run(bridge.command("import", "-"), input=lines, text=True, check=True, stdout=2)
    web.until(lambda a: a["view"]["live"] and "number %d " % (POSTS - 1) in a["posts"][0]["text"], PATH)


class Bare:
    """A responder that knows one answer."""

    def __init__(self, web):
        connection = web.connection()
        connection.request("GET", PATH)
        file = web.dir / "answer"
        file.write_bytes(connection.getresponse().read())
        connection.close()
        self.process = subprocess.Popen(
            [METER, "serve", "--file", file], stdout=subprocess.PIPE, text=True
        )
        self.port = int(self.process.stdout.readline())

    def end(self):
        self.process.kill()
        self.process.wait()


def measure_pages(options, bridge, web):
    rounds = {"up": [], "down": [], "bare": []}
    bare = Bare(web)

    def run(case, port, pid):
        before = cpu_seconds(pid)
        line = meter("pages", "--port", port, "--path", PATH, "--seconds", options.seconds)
        line["cpu_us_per_page"] = (cpu_seconds(pid) - before) * 1e6 / line["answers"]
        rounds[case].append(line)

    try:
        for _ in range(options.rounds):
            run("up", web.port, web.process.pid)
            run("bare", bare.port, bare.process.pid)
            bridge.process.send_signal(signal.SIGSTOP)  # away, as for the network
            web.until(lambda a: not a["view"]["live"], PATH, seconds=60)
            run("down", web.port, web.process.pid)
            bridge.process.send_signal(signal.SIGCONT)
            web.until(lambda a: a["view"]["live"], PATH, seconds=60)
    finally:
        bare.end()
        bridge.process.send_signal(signal.SIGCONT)
    lines = []
    for case in ("up", "down", "bare"):
        median = {
            key: statistics.median(one[key] for one in rounds[case])
            for key in ("per_second", "p50_us", "p99_us", "cpu_us_per_page")
        }
        lines.append(
            {
                "bench": "web",
                "case": f"pages_{case}",
                "pages_per_second": round(median["per_second"]),
                "p50_us": round(median["p50_us"]),
                "p99_us": round(median["p99_us"]),
                "cpu_us_per_page": round(median["cpu_us_per_page"], 1),
                "p99_us_of_rounds": [round(one["p99_us"]) for one in rounds[case]],
            }
        )
    for line in lines:
        line["ratio_to_bare"] = round(line["pages_per_second"] / lines[2]["pages_per_second"], 2)
    return lines


def measure_streams(options, bridge, web):
    before = memory(web.process.pid)
    reader = subprocess.Popen(
        [METER, "streams", "--port", str(web.port), "--streams", str(options.streams),
         "--events", str(options.events)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=low,
    )  # fmt: skip
    assert reader.stderr.readline() == "open\n", reader.stderr.read()
    each = (memory(web.process.pid) - before) / options.streams
    began, cpu = time.monotonic(), cpu_seconds(web.process.pid)
    with bridge.client("poster", "web") as client:
        client.hello()
        for i in range(options.events):
            client.publish(f"author{i % 50}", f"bench-{began}-{i}", f"live {i}")
            time.sleep(max(0, began + (i + 1) / POSTS_PER_SECOND - time.monotonic()))
    took, cpu = time.monotonic() - began, cpu_seconds(web.process.pid) - cpu
    said, wrong = reader.communicate(timeout=120)
    assert reader.returncode == 0, said + wrong
    seen = json.loads(said)
    assert seen["events"] >= options.streams * options.events, seen
    return {
        "bench": "web",
        "case": "streams",
        "streams": options.streams,
        "posts_per_second": round(options.events / took, 1),
        "events_per_second": round(options.events * options.streams / took),
        "p50_ms": seen["p50_ms"],
        "p99_ms": seen["p99_ms"],
        "cpu_us_per_event": round(cpu * 1e6 / (options.events * options.streams), 2),
        "cores_busy": round(cpu / took, 2),
        "bytes_per_stream": round(each),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=3, help="of one measurement of pages")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--streams", type=int, default=5000)
    parser.add_argument("--events", type=int, default=200, help="that each stream hears")
    options = parser.parse_args()
    with LoneBridge() as bridge, LoneWeb(bridge.web) as web:
        fill(bridge, web)
        pages = measure_pages(options, bridge, web)
        streams = measure_streams(options, bridge, web)
    show(
        [
            ("", "case"),
            ("pages/s", "pages_per_second"),
            ("p50 µs", "p50_us"),
            ("p99 µs", "p99_us"),
            ("  of each round", "p99_us_of_rounds"),
            ("CPU µs/page", "cpu_us_per_page"),
            ("of the bare responder", "ratio_to_bare"),
        ],
        pages,
    )
    say()
    for key, value in streams.items():
        say(f"{key:<30}{value}")
    for line in [*pages, streams]:
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
