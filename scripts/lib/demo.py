"""The conversation that scripts/demo shows, and the judgement whether it went as it should.

Called with the path of stack.env and a file of posts, with tests/e2e on the PYTHONPATH. What has to
arrive is computed by tests/e2e/oracle.py, which shares no code with the product. Exits 0 only if
exactly that arrived, each once.
"""

import asyncio
import collections
import json
import pathlib
import statistics
import subprocess
import sys
import time

import oracle
from messages import wait_until
from stack import read_env
from xmpp_client import Person

SAMPLE_TRACKS = "coffee, night train, #birds"
SHOWN_MAX = 40  # deliveries printed one by one
RATE_FOR_PEOPLE = 20  # posts/s, for a file short enough to be watched
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


def read_posts(path):
    """(author, text) of every post in the file, in the order of its lines."""
    posts = []
    for line in path.read_text(errors="replace").split("\n"):
        line = line.rstrip("\r")
        if line.startswith("{"):
            post = json.loads(line)
            posts.append((post["author"], post["text"]))
        elif line.strip():
            posts.append((PLAIN_LINES_AUTHOR, line))
    return posts


def tracks_for(posts):
    """Two words that stand in about one post of thirty, chosen by rule."""
    words = collections.Counter(
        part for _, text in posts for part in set(oracle.read_post(text).parts)
        if part.isalpha() and part.isascii() and len(part) > 3
    )  # fmt: skip
    wanted = max(1, len(posts) / 30)
    return ", ".join(sorted(words, key=lambda word: (abs(words[word] - wanted), word))[:2])


def normal(text):
    return " ".join(text.split())


class Demo:
    def __init__(self, env, posts_file):
        self.env = env
        self.bot = env["SERVICE_JID"]
        self.posts_file = posts_file
        self.posts = read_posts(posts_file)
        self.bundled = posts_file.parent == pathlib.Path(__file__).resolve().parent
        self.tracks = SAMPLE_TRACKS if self.bundled else tracks_for(self.posts)
        self.expected = collections.Counter()  # bodies, without white-space differences
        self.sent_at = {}  # body -> time.monotonic()
        self.delays = []
        self.quiet = False

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

    def owe_imported(self):
        """By the rules: bob is followed, and what a track catches comes, each post once."""
        phrases = oracle.parse_line(self.tracks)
        for author, text in self.posts:
            if author.lower() == "bob":
                self.expected[normal(f"{author}: {text}")] += 1
                continue
            post = oracle.read_post(text)
            caught = next((p.canonical for p in phrases if p.catches(post)), None)
            if caught is not None:
                self.expected[normal(f"[{caught}] {author}: {text}")] += 1

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
        self.owe_imported()
        command = [
            f"{self.env['LAPWING_BIN']}/lapwingctl", "--endpoint", self.env["BRIDGE_ADMIN"],
            "import", "--as", PLAIN_LINES_AUTHOR,
        ]  # fmt: skip
        if len(self.posts) <= WATCHABLE_POSTS:
            command += ["--rate", str(RATE_FOR_PEOPLE)]
        out("", f"$ lapwingctl import {self.posts_file.name}   ({len(self.posts)} posts)")
        started = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            *command, str(self.posts_file), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        output, _ = await process.communicate()
        took = time.monotonic() - started
        for line in output.decode(errors="replace").splitlines()[-3:]:
            out("", line)
        if process.returncode:
            raise SystemExit(f"demo: lapwingctl import ended with {process.returncode}")
        await self.arrived(30)
        out("", f"imported in {took:.1f} s, all there {time.monotonic() - started - took:.2f} s later")

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
        if self.delays:
            out("", f"from sending to arrival: median {1000 * statistics.median(self.delays):.1f} ms, "
                f"slowest {1000 * max(self.delays):.1f} ms")  # fmt: skip
        return not (missing or extra or twice)


def main():
    env, posts_file = read_env(sys.argv[1]), pathlib.Path(sys.argv[2])
    sys.exit(0 if asyncio.run(Demo(env, posts_file).run()) else 1)


main()
