"""Hostile input: whatever comes, every process stays alive and everybody else is served.

Straight at the gateway, by a fake XMPP server; through a real one, by a second component. At the
bridge: test_hostile_wire.py.
"""

import itertools
import pathlib
import random
import re
import time
import unittest

from fake_server import FakeServer
from processes import Processes
from second_component import SecondComponent, add_component
from stories import Story

DOMAIN = "im.example.org"
BOT = f"lapwing@{DOMAIN}"
ALICE = "alice@example.org/phone"
MALLORY = "mallory@evil.example/x"
ROUNDS = 6
REPEATS = 5
CPU_MS_MAX = 5.0
RANDOM_SEED = 20080415

GATEWAY = """
[xmpp]
port = {port}
domain = "{domain}"
secret = "secret"
retry_first = "50ms"
retry_longest = "1s"
ping_timeout = "2s"
quiet_ping = "1s"
[bridge]
endpoint = "ipc://{dir}/im"
[limits]
person = "unlimited"
domain = "unlimited"
queries = "unlimited"
"""


def message(body, name="m1", sender=MALLORY, inside=b"", attributes=b""):
    """A chat message as bytes, with `body` as it is."""
    body = body if isinstance(body, bytes) else body.encode()
    head = f"<message from='{sender}' to='{BOT}' type='chat' id='{name}'".encode()
    return head + attributes + b"><body>" + body + b"</body>" + inside + b"</message>"


def bomb(levels=10):
    entities = ["<!ENTITY l0 'lol'>"]
    entities += [f"<!ENTITY l{i} '{f'&l{i - 1};' * 10}'>" for i in range(1, levels)]
    return f"<!DOCTYPE bomb [{''.join(entities)}]>".encode()


# What is refused unread and answered with an error.
REFUSED = {
    "512 KB of newlines": {"body": "\n" * (512 * 1024)},
    "150,000 nested elements": {"body": "", "inside": b"<a>" * 150_000 + b"</a>" * 150_000},
    "512 KB of references": {"body": "&lt;" * (128 * 1024)},
    "60 KB of newlines": {"body": "\n" * 60_000},
    "60 KB of references": {"body": "&lt;" * 15_000},
    "60 KB of tiny elements": {"body": "help", "inside": b"<a/>" * 15_000},
    "65 elements inside each other": {"body": "", "inside": b"<a>" * 65 + b"</a>" * 65},
    "6,000 attributes": {
        "body": "",
        "attributes": b"".join(b" a%d=''" % i for i in range(6_000)),
    },
    "elements with 100 attributes each": {
        "body": "",
        "inside": (b"<a" + b"".join(b" a%d=''" % i for i in range(100)) + b"/>") * 50,
    },
    "1,000 elements with attributes": {"body": "help", "inside": b"<a b='' c='' d='' e=''/>" * 1_000},
    "an entity nobody declared": {"body": "&l9;"},
    "a control character": {"body": b"bell \x07"},
    "a reference to a control character": {"body": "bell &#7;"},
    "NUL": {"body": b"a\0b"},
    "invalid UTF-8": {"body": b"caf\xc3"},
    "a lone surrogate": {"body": b"\xed\xa0\x80"},
    "an overlong slash": {"body": b"\xc0\xaf"},
    "a noncharacter": {"body": b"\xef\xbf\xbf"},
    "tags that do not match": {"body": "<b><i></b></i>"},
    "a comment": {"body": "<!-- -->"},
    "an instruction": {"body": "<?lapwing stop?>"},
    "a second sender by a prefix": {
        "body": "post mine",
        "attributes": b" xmlns:x='y' x:from='alice@example.org'",
    },
}

# What is read, because it is within every bound, and made to be as dear as that can be.
DEAR = {
    "2,000 newlines behind 50 KB of text": {"body": "post " + "x" * 50_000 + "\n" * 2_000},
    "1,000 elements": {"body": "help", "inside": b"<a/>" * 1_000},
    "500 elements with an attribute": {"body": "help", "inside": b"<a b=''/>" * 500},
    "60 KB of one word": {"body": "post " + "x" * 60_000},
    "60 KB of words to track": {"body": "track " + ", ".join(f"w{i}" for i in range(7_500))},
    "60 KB of spaces": {"body": "track" + " " * 60_000 + "tea"},
}


class Gateway(Processes):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = FakeServer(DOMAIN)
        cls.start("gateway", GATEWAY.format(port=cls.server.port, domain=DOMAIN, dir=cls.dir))
        cls.server.wait_online()
        cls.numbers = itertools.count(1)
        # The bridge may still be on its way: the gateway says so until it is there.
        end = time.monotonic() + 20
        while "Welcome" not in cls.say("join alice").findtext("{*}body", ""):
            if time.monotonic() > end:
                raise AssertionError("alice cannot join")

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.server.close()

    @classmethod
    def say(cls, text, sender=ALICE):
        """Says it and returns the answer."""
        cls.server.forget()
        cls.server.send(message(text, f"m{next(cls.numbers)}", sender))
        return cls.server.wait_for(sender)

    def assert_served(self):
        self.assert_alive()
        self.assertIn("You are alice", self.say("stats").findtext("{*}body", ""))

    def cpu_ms(self):
        """What all threads of the gateway have used so far."""
        tasks = pathlib.Path(f"/proc/{self.running['gateway'].pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e6

    def bombard(self, **stanza):
        """Sends it again and again, until all has been read; returns the answers and the CPU time
        of one, in the best of some rounds: other work on the machine only adds to it."""
        self.server.forget()
        costs = []
        for round in range(ROUNDS):
            before = self.cpu_ms()
            for number in range(REPEATS):
                name = f"h{round * REPEATS + number}"
                self.assertTrue(self.server.send(message(name=name, **stanza)))
            self.server.send(message("help", "last", MALLORY + "2"))
            self.server.wait(
                lambda: len(self.server.of(MALLORY + "2")) > len(costs), "the answer after all that"
            )
            costs.append((self.cpu_ms() - before) / REPEATS)
        return self.server.of(MALLORY), min(costs)

    def test_what_is_refused_is_cheap_and_answered_with_an_error(self):
        streams = self.server.streams
        for what, stanza in REFUSED.items():
            with self.subTest(what):
                answers, cost = self.bombard(**stanza)
                print(f"{what}: {cost:.2f} ms", flush=True)
                self.assertLess(cost, CPU_MS_MAX)
                self.assertEqual([answer.get("id") for answer in answers],
                                 [f"h{number}" for number in range(ROUNDS * REPEATS)])  # fmt: skip
                for answer in answers:
                    self.assertEqual(answer.get("type"), "error")
                    self.assertIsNotNone(answer.find("{*}error/{*}policy-violation"))
                self.assert_served()
        self.assertEqual(self.server.streams, streams, "the stream broke")

    def test_what_is_read_is_cheap_too(self):
        streams = self.server.streams
        for what, stanza in DEAR.items():
            with self.subTest(what):
                _, cost = self.bombard(**stanza)
                print(f"{what}: {cost:.2f} ms", flush=True)
                self.assertLess(cost, CPU_MS_MAX)
                self.assert_served()
        self.assertEqual(self.server.streams, streams, "the stream broke")

    def test_a_start_tag_over_the_bound_harms_nobody(self):
        self.server.send(message("hi", attributes=b" x='" + b"x" * 512 * 1024 + b"'"))
        self.assert_served()

    def test_names_that_are_none_harm_nobody(self):
        for sender in ("", "@", "a@", "/x", "a@b@c", "a" * 2000 + "@b", f"x@{DOMAIN}", DOMAIN, BOT):
            self.server.send(message("post as nobody", "m1", sender))
        self.assert_served()

    def breaks_the_stream(self, *pieces):
        """The server's own doing: the gateway hangs up, comes back, and serves."""
        streams = self.server.streams
        for piece in pieces:
            if not self.server.send(piece):
                break
        self.server.wait_online(streams + 1)
        self.assert_served()

    def test_an_entity_bomb_between_stanzas(self):
        self.breaks_the_stream(bomb(), message("&l9;"))

    def test_an_entity_bomb_before_the_stream(self):
        streams, connections = self.server.streams, self.server.connections
        self.server.preamble = bomb()
        self.server.send(b"</stream:stream>")
        self.server.wait(
            lambda: self.server.connections >= connections + 2, "one more attempt to connect"
        )
        self.assertEqual(self.server.streams, streams, "a stream with a bomb was accepted")
        self.server.preamble = b""
        self.server.wait_online(streams + 1)
        self.assert_served()

    def test_a_stanza_without_end_that_stops(self):
        self.breaks_the_stream(message("x" * 1_000_000).removesuffix(b"</body></message>"))

    def test_a_stanza_without_end_that_goes_on(self):
        self.breaks_the_stream(message("").removesuffix(b"</body></message>"),
                               *[b"x" * 1_048_576] * 70)  # fmt: skip

    def test_not_xml_at_all(self):
        chance = random.Random(RANDOM_SEED)
        self.breaks_the_stream(b"GET / HTTP/1.1\r\n\r\n")
        self.breaks_the_stream(b"\0" + chance.randbytes(100_000))


class ForeignDomain(Story):
    DOMAIN, SECRET = "evil.localhost", "component-secret"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.port = add_component(cls.stack, cls.DOMAIN, cls.SECRET)

    async def component(self):
        component = SecondComponent(self.DOMAIN, self.SECRET, self.port)
        await component.connect()
        self.addAsyncCleanup(component.close)
        return component

    async def test_it_speaks_for_its_own_people(self):
        component = await self.component()
        component.says(f"mallory@{self.DOMAIN}", self.stack.bot, "help")
        self.assertTrue(await component.hears("track PHRASE"))

    async def test_it_cannot_post_as_a_local_user(self):
        alice, bob = await self.members("alice", "bob")
        await bob.says(f"follow {alice.nick}", "You follow")
        await alice.says("post mine", "Posted")
        for sender in (alice.jid, f"{alice.jid}/test", alice.jid.upper()):
            component = await self.component()
            component.says(sender, alice.bot, "post not mine")
            # What comes of a later stanza shows that this one was judged, or the server hung up.
            component.says(f"mallory@{self.DOMAIN}", alice.bot, "help")
            await component.hears("track PHRASE")
        await alice.says("post mine again", "Posted")
        await bob.gets(f"{alice.nick}: mine", f"{alice.nick}: mine again")
        await alice.says("stats", "Posts: 2")

    async def test_it_cannot_take_a_nick(self):
        [alice] = await self.members("alice")
        component = await self.component()
        component.says(f"{alice.jid.split('@')[0]}@{self.DOMAIN}", alice.bot, f"join {alice.nick}")
        component.says(f"mallory@{self.DOMAIN}", alice.bot, "help")
        self.assertTrue(await component.hears("track PHRASE"))
        await alice.says("stats", f"You are {alice.nick}")


if __name__ == "__main__":
    unittest.main()
