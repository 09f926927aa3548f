"""The conversation that scripts/demo shows, and the judgement whether it went as it should.

Called with the path of stack.env and a file of posts, with tests/e2e on the PYTHONPATH. What has to
arrive is computed by tests/e2e/oracle.py, which shares no code with the product. Exits 0 only if
exactly that arrived, each once.
"""

import asyncio
import collections
import json
import pathlib
import re
import statistics
import subprocess
import sys
import time

import oracle
from stack import read_env
from wire_client import LapwingClient
from xmpp_client import Person

SAMPLE_TRACKS = "coffee, night train, #birds"
SHOWN_MAX = 40  # deliveries printed one by one
RATE_FOR_PEOPLE = 10  # posts/s, for a file short enough to be watched
WATCHABLE_POSTS = 200
PLAIN_LINES_AUTHOR = "press"
START = time.monotonic()


def out(who, text, note=""):
    colours = {"alice": "36", "bob": "33", "lapwing": "35", "": "2"}
    name = f"{who:>8}"
    if sys.stdout.isatty():
        name = f"\033[{colours[who]}m{name}\033[0m"
    lines = text.splitlines() or [""]
    clock = f"{time.monotonic() - START:7.2f} s"
    print(f"{clock} {name}  {lines[0]}{f'   ({note})' if note else ''}", flush=True)
    for line in lines[1:]:
        print(f"{'':18}  {line}", flush=True)


def texts_in(path):
    """The texts in the file, well enough to choose words from."""
    for line in path.read_text(errors="replace").splitlines():
        try:
            yield json.loads(line)["text"]
        except (ValueError, TypeError, KeyError):
            yield line


def tracks_for(texts):
    """Two words that stand in about one post of thirty, chosen by rule."""
    words = collections.Counter(
        part for text in texts for part in set(oracle.read_post(text).parts)
        if part.isalpha() and part.isascii() and len(part) > 3
    )  # fmt: skip
    wanted = max(1, len(texts) / 30)
    return ", ".join(sorted(words, key=lambda word: (abs(words[word] - wanted), word))[:2])


def normal(text):
    return " ".join(text.split())


class Demo:
    def __init__(self, env, posts_file):
        self.env = env
        self.bot = env["SERVICE_JID"]
        self.posts_file = posts_file
        self.texts = list(texts_in(posts_file))
        bundled = posts_file.parent == pathlib.Path(__file__).resolve().parent
        self.tracks = SAMPLE_TRACKS if bundled else tracks_for(self.texts)
        self.expected = collections.Counter()  # bodies, without white-space differences
        self.sent_at = {}  # body -> time.monotonic()
        self.delays = []
        self.written_ms = {}  # post -> when it was in the log

    def person(self, name):
        env, upper = self.env, name.upper()
        return Person(
            env[f"{upper}_JID"], env[f"{upper}_PASSWORD"], env["XMPP_HOST"], int(env["XMPP_PORT"])
        )

    async def ask(self, name, body):
        out(name, body)
        started = time.monotonic()
        answer = await self.people[name].ask(self.bot, body)
        out("lapwing", answer.body, f"to {name}, {1000 * (time.monotonic() - started):.1f} ms")
        return answer

    def show(self, client, delivery):
        if delivery.at - START < 0:
            return
        body = normal(delivery.body)
        note = "to alice"
        if body in self.sent_at:
            self.delays.append(delivery.at - self.sent_at[body])
            note += f", {1000 * self.delays[-1]:.1f} ms after it was sent"
        if delivery.stamp:
            note += f", written {delivery.stamp}"
        shown = len(client.deliveries)
        if shown <= SHOWN_MAX:
            out("lapwing", delivery.body, note)
        elif shown == SHOWN_MAX + 1:
            out("", "... more arrive; from here on they are only counted")

    def owe(self, body):
        self.expected[normal(body)] += 1
        self.sent_at[normal(body)] = time.monotonic()

    def owe_imported(self, items):
        """By the rules: bob is followed, and what a track catches comes, each post once."""
        phrases = oracle.parse_line(self.tracks)
        for item in items:
            author, text = item.author.decode(), item.text.decode()
            post = oracle.read_post(text)
            caught = next((p.canonical for p in phrases if p.catches(post)), None)
            if author == "bob":
                self.expected[normal(f"{author}: {text}")] += 1
            elif caught is not None:
                self.expected[normal(f"[{caught}] {author}: {text}")] += 1
            self.written_ms[item.id] = item.time_ms

    async def arrived(self, timeout):
        """Waits until as many deliveries as are expected are there."""
        alice = self.people["alice"]
        count = lambda: len(alice.deliveries)  # noqa: E731
        total = sum(self.expected.values())
        end, last = time.monotonic() + timeout, count()
        while count() < total and time.monotonic() < end:
            await asyncio.sleep(0.02)
            if count() > last:
                end, last = time.monotonic() + timeout, count()

    async def run(self):
        self.people = {name: self.person(name) for name in ("alice", "bob")}
        alice, bob = self.people["alice"], self.people["bob"]
        alice.on_delivery = self.show
        for name, person in self.people.items():
            await person.connect()
            await person.subscribe(self.bot)
            out("", f"{name} is online and has {self.bot} as a contact")
        await self.ask("bob", "join bob")
        await self.ask("alice", "join alice")
        await self.ask("alice", f"track {self.tracks}")
        await self.ask("alice", "follow bob")

        self.owe("bob: Ahoy, everybody!")
        await self.ask("bob", "post Ahoy, everybody!")
        self.owe("(direct) bob: Tea on the boat at five?")
        await self.ask("bob", "d alice Tea on the boat at five?")
        await self.arrived(20)

        await self.import_posts()

        out("", "alice goes offline; bob writes; alice comes back")
        await alice.close()
        self.owe("bob: Nobody told me that boats have a mind of their own.")
        await self.ask("bob", "post Nobody told me that boats have a mind of their own.")
        self.sent_at.clear()
        await alice.connect()
        await self.arrived(30)
        await self.ask("alice", "stats")
        verdict = self.judge()
        for person in self.people.values():
            await person.close()
        return verdict

    async def import_posts(self):
        ctl = [f"{self.env['LAPWING_BIN']}/lapwingctl", "--endpoint", self.env["BRIDGE_ADMIN"]]
        head = json.loads(subprocess.check_output([*ctl, "status", "--json"]))["head"]
        command = [*ctl, "import", "--as", PLAIN_LINES_AUTHOR]
        if len(self.texts) <= WATCHABLE_POSTS:
            command += ["--rate", str(RATE_FOR_PEOPLE)]
        out("", f"$ lapwingctl import {self.posts_file.name}   ({len(self.texts)} lines)")
        started = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            *command, str(self.posts_file), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        output, _ = await process.communicate()
        took = time.monotonic() - started
        summary = output.decode(errors="replace").splitlines()[-3:]
        for line in summary:
            out("", line)
        # 1: it refused lines, said why, and published the others.
        if process.returncode not in (0, 1):
            raise SystemExit(f"demo: lapwingctl import ended with {process.returncode}")
        published = int(re.search(r"published (\d+)", " ".join(summary))[1])
        self.owe_imported(self.read_feed(head, published))
        await self.arrived(30)
        out("", f"imported in {took:.1f} s")

    def read_feed(self, after, count):
        """What was published, as any other client of the bridge would read it."""
        with LapwingClient(self.env["BRIDGE_WEB"], "demo") as feed:
            feed.hello()
            feed.grant(1000, 4_000_000)
            feed.subscribe(after=after)
            return [item for _ in range(count) for item in feed.read_feed(1)]

    def judge(self):
        alice = self.people["alice"]
        got = collections.Counter(normal(d.body) for d in alice.deliveries)
        missing, extra = self.expected - got, got - self.expected
        twice = len(alice.deliveries) - len({d.post for d in alice.deliveries})
        for body in list(missing)[:10]:
            out("", f"MISSING: {body}")
        for body in list(extra)[:10]:
            out("", f"NOT EXPECTED: {body}")
        out("", f"{sum(self.expected.values())} messages were expected by the rules of docs/track.md: "
            f"{sum(missing.values())} missing, {sum(extra.values())} too many, {twice} twice")  # fmt: skip
        wall = 1000 * (time.time() - time.monotonic())
        imported = [
            (1000 * d.at + wall - self.written_ms[d.post]) / 1000
            for d in alice.deliveries if d.post in self.written_ms
        ]  # fmt: skip
        for what, delays in (("what bob said", self.delays), ("what was imported", imported)):
            if delays:
                out("", f"from being sent to being there, {what}: "
                    f"median {1000 * statistics.median(delays):.1f} ms, "
                    f"slowest {1000 * max(delays):.1f} ms")  # fmt: skip
        return not (missing or extra or twice)


def main():
    env, posts_file = read_env(sys.argv[1]), pathlib.Path(sys.argv[2])
    sys.exit(0 if asyncio.run(Demo(env, posts_file).run()) else 1)


main()
