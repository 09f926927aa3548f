"""The vocabulary of the dialogues: people on a real XMPP server, talking to the bot.

    class Following(Story):
        async def test_it_brings_posts(self):
            alice, bob = await self.members("alice", "bob")
            await alice.says(f"follow {bob.nick}", "You follow")
            await bob.says("post hello", "Posted")
            await alice.gets(f"{bob.nick}: hello")

One stack serves all tests of a class; every test has people of its own, whose names are unique.
Nobody sleeps: that something does *not* arrive is shown by something sent later that does.
"""

import asyncio
import itertools
import json
import unittest

from messages import wait_until
from stack import Stack
from xmpp_client import Person

PASSWORD = "secret"
TIMEOUT = 20
_numbers = itertools.count(1)


class Character(Person):
    """A person with a nick, who knows the bot."""

    def __init__(self, case, name, **options):
        number = next(_numbers)
        self.nick = f"{name}{number}"
        stack = case.stack
        [jid] = stack.register([f"{name}{number}"], PASSWORD)
        super().__init__(jid, PASSWORD, stack.host, stack.port, **options)
        self.case, self.bot = case, stack.bot

    async def says(self, text, *expected, timeout=TIMEOUT):
        """Sends a line and checks that the answer holds these texts. Returns the answer."""
        answer = await self.ask(self.bot, text, timeout)
        self.case.assertEqual(answer.kind, "chat", f"{text!r} was answered with {answer}")
        for part in expected:
            self.case.assertIn(part, answer.body, f"answer to {text!r}")
        return answer

    async def joins(self):
        await self.says(f"join {self.nick}", "Welcome")

    async def gets(self, *bodies, timeout=TIMEOUT):
        """Waits for deliveries and checks that exactly these came, in whatever order, since the
        last call. Returns them in the order of arrival."""
        await wait_until(
            lambda: len(self.deliveries) >= len(bodies),
            timeout,
            lambda: f"{self.nick} waits for {bodies}, has {[d.body for d in self.deliveries]}",
        )
        self.case.assertEqual(sorted(d.body for d in self.deliveries), sorted(bodies))
        got, self.deliveries = self.deliveries, []
        return got

    async def becomes_owed(self, count, timeout=TIMEOUT):
        """Waits until so many deliveries are owed to them."""
        await wait_until(
            lambda: self.case.owed(self) == count,
            timeout,
            lambda: f"{self.nick} is owed {self.case.owed(self)}, not {count}",
        )

    async def becomes(self, **presence):
        """Changes presence, and returns when the gateway has surely seen it: the answer to a later
        stanza of the same stream has come back."""
        self.set_presence(**presence)
        await self.says("stats", "You are")


class Story(unittest.IsolatedAsyncioTestCase):
    bridge_extra = ""
    gateway_extra = ""
    retention = "0s"
    went_well = True

    @classmethod
    def setUpClass(cls):
        cls.stack = Stack(cls.bridge_extra, cls.gateway_extra, retention=cls.retention)
        cls.stack.up()

    @classmethod
    def tearDownClass(cls):
        cls.stack.down(keep=not cls.went_well)

    def run(self, result=None):
        super().run(result)
        type(self).went_well &= result.wasSuccessful()

    async def asyncSetUp(self):
        asyncio.get_running_loop().set_debug(False)  # or it reports every slow step

    async def newcomer(self, name, **options):
        """Online, with the bot as a contact, not a member."""
        person = Character(self, name, **options)
        await person.connect()
        self.addAsyncCleanup(person.close)
        await person.subscribe(person.bot)
        return person

    async def members(self, *names, **options):
        people = []
        for name in names:
            person = await self.newcomer(name, **options)
            await person.joins()
            people.append(person)
        return people

    async def people_who_are_there(self, *names, **options):
        """Members whom the bridge surely knows to be online: each has got something. Whoever has
        just joined may not be that yet, since presence comes from their server when it comes."""
        people = await self.members(*names, **options)
        [herald] = await self.members("herald")
        for person in people:
            await herald.says(f"post @{person.nick} hello", "Posted")
            await person.gets(f"{herald.nick}: @{person.nick} hello")
        return people

    async def answers_again(self, person, timeout=60):
        """Asks until an answer is not an error; answers to older questions are skipped."""

        async def tries():
            answer = await person.ask(person.bot, "stats", timeout)
            return answer.kind == "chat" and "You are" in answer.body

        while not await tries():
            await asyncio.sleep(0.5)  # or the gateway's limit answers instead

    def owed(self, person):
        """How many deliveries lapwingctl says wait for somebody."""
        report = json.loads(self.stack.ctl("owed", "--json", person.nick).stdout)
        return sum(p["directs"] + p["follows"] + p["tracks"] for p in report["people"])

    async def wait_for(self, condition, complaint, timeout=TIMEOUT):
        await wait_until(condition, timeout, complaint)
