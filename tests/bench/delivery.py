"""Measures deliveries: how many a second reach connected clients, how long one takes, what it costs.

    scripts/bench delivery [--server prosody|ejabberd] [--seconds S] [--rounds N]

A hundred people are online on a real XMPP server, with bridge and gateway in front of it as they are
configured by default, but without delivery limits. Measured with one and with a hundred deliveries
per post (docs/performance.md says how to read it):

  throughput  posts are published as fast as they are delivered; counted is what the clients receive.
              Beside it, a pump of plain libstrophe that writes the same stanzas to the same people
              with the same barrier. Pump and path take turns, so that a busy machine disturbs both.
  latency     200 posts a second, or as many as load the path by half; from publishing to the client.
              Beside it, plain chat messages from client to client at the same rate.
  CPU         of bridge and gateway, and of the XMPP server, while the throughput is measured.

One line of JSON for each fan-out on stdout, a table for people on stderr. Takes about 100 seconds.
"""

import argparse
import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import time

from lib.disk import sync_us
from lib.measurer import Measurer, others
from lib.report import say, show
from light_client import LightClient
from stack import Stack

PEOPLE = 100
FAN_OUTS = (1, PEOPLE)
PASSWORD = "secret"
AUTHOR, CROWD_AUTHOR, WORD = "bench", "crowd", "solo"
POSTS_PER_SECOND = 200  # for latency
BODY_BYTES = 140
STANZA_BYTES = 250  # about, with that body
# What the gateway does by default: see [window] in conf/gateway.toml.
SEND_BYTES, BARRIERS = 16 * 1024, 4
WARM_SECONDS = 1.0  # at most, before each measurement
AT_ONCE = 20  # people that sign up at the same time
PATIENCE = 90  # seconds for one answer of the meter

# Of the table: a label, and which number of a line it is.
ROWS = [
    ("deliveries per post", "fan_out"),
    ("deliveries/s", "deliveries_per_second"),
    ("pump, messages/s", "pump_per_second"),
    ("ratio", "ratio"),
    ("  of each round", "ratio_of_rounds"),
    ("publish to client, p50 µs", "latency_p50_us"),
    ("                   p99 µs", "latency_p99_us"),
    ("plain message,     p50 µs", "plain_p50_us"),
    ("                   p99 µs", "plain_p99_us"),
    ("  both at posts/s", "latency_posts_per_second"),
    ("one sync of the disk, p50 µs", "sync_p50_us"),
    ("CPU µs/delivery, ours", "cpu_us_per_delivery"),
    ("  bridge", "bridge_cpu_us_per_delivery"),
    ("  gateway", "gateway_cpu_us_per_delivery"),
    ("  XMPP server", "server_cpu_us_per_delivery"),
    ("  XMPP server under the pump", "pump_server_cpu_us"),
    ("CPUs busy: XMPP server", "server_busy"),
    ("  under the pump", "pump_server_busy"),
    ("  strangers", "others_busy"),
    ("  strangers beside the pump", "pump_others_busy"),
    ("  stolen by the host", "stolen"),
    ("  stolen beside the pump", "pump_stolen"),
    ("bytes of a stanza", "stanza_bytes"),
    ("  of the pump's", "pump_stanza_bytes"),
]

BRIDGE_EXTRA = """
[deliveries]
all = "unlimited"
per_person = "unlimited"

[limits.web]
publishes_per_person = "unlimited"
"""


def meter_of(stack, people_file):
    """The program that receives, publishes and measures."""
    env = stack.env
    return Measurer(
        f"{stack.bin}/delivery_meter", "--host", stack.host, "--port", str(stack.port),
        "--bridge", env["BRIDGE_WEB"], "--people", people_file,
        "--sender", env["ALICE_JID"], env["ALICE_PASSWORD"],
        "--author", AUTHOR, "--crowd-author", CROWD_AUTHOR, "--word", WORD,
        "--body", str(BODY_BYTES),
    )  # fmt: skip


class Bench:
    def __init__(self, stack, options):
        self.stack, self.options = stack, options
        self.people = [f"p{n}" for n in range(PEOPLE)]
        self.warm = min(WARM_SECONDS, options.seconds)
        self.jids = []

    # ---- people ------------------------------------------------------------------------------

    def sign_up(self):
        """Everybody joins, tracks a word of their own and follows the same author."""
        stack = self.stack
        self.jids = stack.register(self.people, PASSWORD)
        self.people_file = stack.dir / "people"
        self.people_file.write_text("".join(f"{jid} {PASSWORD}\n" for jid in self.jids))
        for author in (AUTHOR, CROWD_AUTHOR):
            stack.ctl("import", "--as", author, "-", input=f"{author} says hello\n")
        asyncio.run(self._sign_up_all())

    async def _sign_up_all(self):
        places = asyncio.Semaphore(AT_ONCE)

        async def one(number):
            async with places:
                await self._sign_up_one(number)

        await asyncio.gather(*(one(number) for number in range(PEOPLE)))

    async def _sign_up_one(self, number):
        client = LightClient(self.jids[number], PASSWORD, self.stack.host, self.stack.port)
        await client.connect()
        await client.subscribe(self.stack.bot)
        # Behind the service's own request to see who is there: approved before anything is said.
        await client.ping(self.stack.env["COMPONENT_DOMAIN"])
        for line in (
            f"join {self.people[number]}", f"track {WORD}{number}", f"follow {CROWD_AUTHOR}",
        ):  # fmt: skip
            answer = await client.ask(self.stack.bot, line)
            if answer.kind == "error":
                raise SystemExit(f"bench: {line!r} was answered {answer.body!r}")
        await client.close()

    def wait_online(self):
        """Until the bridge knows everybody as available."""
        end = time.monotonic() + 30
        while self.stack.status()["online"] != PEOPLE:
            if time.monotonic() > end:
                raise SystemExit(f"bench: not everybody is online: {self.stack.status()}")
            time.sleep(0.1)

    # ---- measuring ---------------------------------------------------------------------------

    def pid(self, name):
        return int((self.stack.dir / f"{name}.pid").read_text())

    def pump(self):
        """The same stanzas from a pump in the gateway's place."""
        stack, seconds = self.stack, self.options.seconds
        stack.stop("gateway")
        batch = SEND_BYTES // STANZA_BYTES
        env = stack.env
        pump = subprocess.Popen(
            [
                f"{stack.bin}/xmpp_pump", "--port", env["COMPONENT_PORT"],
                "--domain", env["COMPONENT_DOMAIN"], "--secret", env["COMPONENT_SECRET"],
                "--seconds", str(2 * self.warm + seconds), "--body", str(BODY_BYTES),
                "--batch", str(batch), "--barrier", str(batch), "--unanswered", str(BARRIERS),
                "--first-id", "100000", "--receipts", "--to", *self.jids,
            ],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            window = self.meter.ask(
                "watch", self.warm, seconds, self.pid(stack.server), pump.pid
            )
            if pump.wait(PATIENCE) != 0:
                raise SystemExit("bench: the pump gave up")
        finally:
            pump.kill()
            pump.wait()
        stack.start("gateway")
        self.wait_online()
        return window

    def flood(self, fan_out):
        pids = [self.pid(name) for name in (self.stack.server, "bridge", "gateway")]
        return self.meter.ask("flood", fan_out, self.warm, self.options.seconds, *pids)

    def run(self):
        self.sign_up()
        self.meter = meter_of(self.stack, self.people_file)
        try:
            self.wait_online()
            pumped, floods = [], {fan_out: [] for fan_out in FAN_OUTS}
            for _ in range(self.options.rounds):
                pumped.append(self.pump())
                for fan_out in FAN_OUTS:
                    floods[fan_out].append(self.flood(fan_out))
            return [self.line(fan_out, floods[fan_out], pumped) for fan_out in FAN_OUTS]
        finally:
            self.meter.close()

    def latencies(self, fan_out, per_second):
        rate = min(POSTS_PER_SECOND, 0.5 * per_second / fan_out)
        found = {"posts": [], "plain": []}
        for _ in range(2):
            for kind, runs in found.items():
                runs.append(self.meter.ask(kind, fan_out, rate, 2 * self.options.seconds))
        return rate, found

    def line(self, fan_out, floods, pumped):
        per_second, pump_per_second = rate_of(floods), rate_of(pumped)
        rate, latencies = self.latencies(fan_out, per_second)
        middle = lambda kind, key: round(statistics.mean(run[key] for run in latencies[kind]))  # noqa: E731
        bridge, gateway = (cpu_us(floods, of) for of in (BRIDGE, GATEWAY))
        return {
            "bench": "delivery",
            "server": self.stack.server,
            "fan_out": fan_out,
            "deliveries_per_second": round(per_second),
            "pump_per_second": round(pump_per_second),
            "ratio": round(per_second / pump_per_second, 3),
            "latency_p50_us": middle("posts", "p50_us"),
            "latency_p99_us": middle("posts", "p99_us"),
            "plain_p50_us": middle("plain", "p50_us"),
            "plain_p99_us": middle("plain", "p99_us"),
            "cpu_us_per_delivery": round(bridge + gateway, 1),
            "server_cpu_us_per_delivery": round(cpu_us(floods, SERVER), 1),
            # What helps to judge the numbers above.
            "ratio_of_rounds": [
                round(rate_of([flood]) / rate_of([pump]), 2) for flood, pump in zip(floods, pumped)
            ],
            "bridge_cpu_us_per_delivery": round(bridge, 1),
            "gateway_cpu_us_per_delivery": round(gateway, 1),
            "pump_server_cpu_us": round(cpu_us(pumped, SERVER), 1),
            "server_busy": busy(floods, lambda w: w["cpu"][SERVER]),
            "pump_server_busy": busy(pumped, lambda w: w["cpu"][SERVER]),
            "others_busy": busy(floods, others),
            "pump_others_busy": busy(pumped, others),
            "stolen": busy(floods, lambda w: w["stolen"]),
            "pump_stolen": busy(pumped, lambda w: w["stolen"]),
            "stanza_bytes": round(total(floods, "bytes") / total(floods, "messages")),
            "pump_stanza_bytes": round(total(pumped, "bytes") / total(pumped, "messages")),
            "latency_posts_per_second": round(rate, 1),
            "sync_p50_us": sync_us(self.stack.dir),
        }


# A window is what the meter saw in some seconds; its "cpu" is in this order.
METER, SERVER, BRIDGE, GATEWAY = range(4)


def total(windows, key):
    return sum(window[key] for window in windows)


def rate_of(windows):
    return total(windows, "messages") / total(windows, "seconds")


def cpu_us(windows, of):
    return 1e6 * sum(window["cpu"][of] for window in windows) / total(windows, "messages")


def busy(windows, cpu):
    """How many CPUs' worth."""
    return round(sum(map(cpu, windows)) / total(windows, "seconds"), 2)


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench delivery")
    parser.add_argument("--server", default="prosody", help="XMPP server (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=2, help="of one measurement (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="pump and path, in turns (default: %(default)s)")
    options = parser.parse_args()
    if not 0.1 <= options.seconds <= 60 or not 1 <= options.rounds <= 20:
        parser.error("between 0.1 and 60 seconds, 1 and 20 rounds, please")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    say(f"delivery: {PEOPLE} people on {options.server}, {os.cpu_count()} CPUs")
    with Stack(bridge_extra=BRIDGE_EXTRA, server=options.server) as stack:
        lines = Bench(stack, options).run()
    for line in lines:
        print(json.dumps(line), flush=True)
    show(ROWS, lines)


main()
