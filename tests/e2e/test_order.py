"""Keeping order on a real XMPP server: what operators do in a chat, by forms and with lapwingctl, and
what everybody else sees of it."""

import asyncio
import json
import re
import unittest

from messages import XmppError
from stories import PASSWORD, TIMEOUT, Character, Person
from test_forms import COMMANDS, Forms

UNKNOWN = "there is none of that name"


class Operator(Character):
    """The one who stands in the configuration."""

    def __init__(self, case, jid):
        Person.__init__(self, jid, PASSWORD, case.stack.host, case.stack.port)
        self.nick, self.case, self.bot = "olga", case, case.stack.bot


class Order(Forms):
    is_known = False
    bridge_extra = '[rules]\noperators = ["olga@localhost"]\ncontact = "abuse@example.org"\n'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        [cls.operator_jid] = cls.stack.register(["olga"], PASSWORD)

    async def operator(self):
        olga = Operator(self, self.operator_jid)
        await olga.connect()
        self.addAsyncCleanup(olga.close)
        if not type(self).is_known:  # a server tells an approval once
            await olga.subscribe(olga.bot)
            type(self).is_known = True
        await olga.joins()
        return olga

    async def posts(self, person, text):
        answer = await person.says(f"post {text}", "Posted as #")
        return int(re.search(r"#(\d+)", answer.body)[1])

    async def is_told(self, person, line, expected):
        """Asks until the answer holds it: the gateway hears how order is kept behind the bridge."""
        async with asyncio.timeout(TIMEOUT):
            while expected not in (await person.ask(person.bot, line, TIMEOUT)).body:
                await asyncio.sleep(0.1)

    def trail(self):
        return json.loads(self.stack.ctl("audit", "--json").stdout)["lines"]


class Restraining(Order):
    async def test_to_everybody_else_there_are_no_such_commands(self):
        olga = await self.operator()
        [ann] = await self.members("ann")
        await ann.says("op", UNKNOWN)
        await ann.says("op suspend olga", UNKNOWN)
        await ann.says("op dance", UNKNOWN)
        answer = await ann.says("help")
        self.assertNotIn("op ", answer.body)
        await olga.says("help", "`op` lists")
        await olga.says("op", "op suspend NICK [REASON]")
        await olga.says("op dance", "op is a command")

    async def test_whoever_is_suspended_can_do_nothing_until_they_are_restored(self):
        olga = await self.operator()
        ann, bob = await self.members("ann", "bob")
        await ann.says(f"follow {bob.nick}")
        await ann.becomes(kind="unavailable")
        await self.posts(bob, "before")
        await ann.becomes_owed(1)
        await olga.says(f"op suspend {bob.nick} spam", f"{bob.nick} is suspended now: spam")
        await olga.says(f"op suspend {bob.nick}", "already")
        await bob.says("post hello", "You are suspended here: spam. Write to abuse@example.org")
        await bob.says("stats", "You are")
        await ann.says(f"get {bob.nick}", f"{bob.nick} is suspended at present")
        await ann.becomes_owed(0)
        await olga.says(f"op restore {bob.nick}", "not suspended any more")
        await bob.gets("You are not suspended any more.")
        await self.posts(bob, "after")
        ann.set_presence()
        await ann.gets(f"{bob.nick}: after")

    async def test_a_post_is_removed_from_those_who_got_it(self):
        olga = await self.operator()
        ann, bob = await self.members("ann", "bob")
        await ann.says(f"follow {bob.nick}")
        post = await self.posts(bob, "something rude")
        await ann.gets(f"{bob.nick}: something rude")
        await olga.says(f"op remove #{post} rude", f"Post #{post} by {bob.nick} is removed")
        [gone] = await ann.gets(f"An earlier post of {bob.nick} was removed.")
        self.assertEqual(gone.retracts, post)
        await bob.gets(f"An operator has removed your post #{post}: rude.")
        await olga.says(f"op remove #{post}", "gone already")
        await olga.says("op remove #999999", "There is no post #999999")

    async def test_an_account_is_deleted_when_they_say_that_they_mean_it(self):
        olga = await self.operator()
        [bob] = await self.members("bob")
        await olga.says(f"op delete {bob.nick}", "cannot be undone")
        await bob.says("stats", "You are")
        await olga.says("yes", f"{bob.nick} is gone")
        await bob.says("stats", "join NICK")
        refused = self.stack.ctl("op", "delete", "olga", check=False)
        self.assertEqual(refused.returncode, 2)
        refused = self.stack.ctl("op", "delete", "olga", "--yes", check=False)
        self.assertIn("by the configuration", refused.stderr)

    async def test_operators_name_others_and_all_is_written_down(self):
        olga = await self.operator()
        ann, bob = await self.members("ann", "bob")
        await olga.says(f"op grant {ann.nick}", "is an operator now")
        await ann.gets("You are an operator here now: `op` says what you can do.")
        await ann.says(f"op suspend {bob.nick} a reason", "is suspended now")
        listed = await ann.says("op list", f"Operators: olga, {ann.nick}\n")
        self.assertRegex(listed.body, rf"\nSuspended: .*\b{bob.nick}\n")
        self.stack.ctl("op", "restore", bob.nick, "--by", "root")
        await olga.says(f"op revoke {ann.nick}", "no operator any more")
        await self.is_told(ann, "op", UNKNOWN)
        trail = await olga.says("op audit 4", f"{ann.nick}: suspend {bob.nick}")
        self.assertIn("(active → suspended: a reason)", trail.body)
        lines = [(line["who"].split()[0], line["what"], line["about"]) for line in self.trail()]
        self.assertEqual(
            lines[:4],
            [
                ("olga", "revoke", ann.nick),
                ("root", "restore", bob.nick),
                (ann.nick, "suspend", bob.nick),
                ("olga", "grant", ann.nick),
            ],
        )
        self.assertIn(f"suspend {bob.nick}", self.stack.ctl("audit").stdout)

    async def test_forms_are_offered_to_operators_alone(self):
        olga = await self.operator()
        ann, bob = await self.members("ann", "bob")
        nodes = {}
        for person in (olga, ann):
            disco = person._stream["xep_0030"]
            items = (await disco.get_items(person.bot, node=COMMANDS, timeout=TIMEOUT))["disco_items"]
            nodes[person.nick] = {node for _, node, _ in items["items"]}
        self.assertIn("op suspend", nodes["olga"])
        self.assertFalse({node for node in nodes[ann.nick] if node.startswith("op")})
        self.assertEqual((await self.refused(self.command(ann, "op suspend")))[0], "item-not-found")
        note = await self.done(olga, "op suspend", nick=bob.nick, reason="by form")
        self.assertIn(f"{bob.nick} is suspended now: by form", note)


class Announcing(Order):
    async def test_what_is_announced_reaches_everybody_whenever_they_are_there(self):
        olga = await self.operator()
        ann, bob, cat = await self.members("ann", "bob", "cat")
        await bob.becomes(kind="unavailable")
        await cat.says("off")
        await olga.says("op announce We move on Monday.", "goes to everybody")
        await olga.says("yes", "on its way")
        announcement = "(announcement) We move on Monday."
        await ann.gets(announcement)
        await olga.gets(announcement)
        await bob.becomes_owed(1)
        bob.set_presence()
        await bob.gets(announcement)
        await cat.becomes_owed(1)
        await cat.says("on")
        await cat.gets(announcement)
        await olga.says("op announce We move on Monday.")
        await olga.says("yes", "announced already")


class Naming(Order):
    async def test_whoever_is_renamed_keeps_their_followers(self):
        olga = await self.operator()
        ann, bob = await self.members("ann", "bob")
        await ann.says(f"follow {bob.nick}")
        new = f"{bob.nick}x"
        await olga.says(f"op rename {bob.nick} {new}", f"{bob.nick} is called {new} now")
        await bob.gets(f"You are called {new} here from now on, not {bob.nick}.")
        await self.posts(bob, "still me")
        await ann.gets(f"{new}: still me")
        await ann.says(f"whois {bob.nick}", f"{bob.nick} is called {new} here now.")
        await olga.says(f"op rename {ann.nick} {bob.nick}", "is reserved")

    async def test_reserved_nicks_and_closed_doors(self):
        olga = await self.operator()
        ann = await self.newcomer("ann")
        await olga.says(f"op reserve {ann.nick}", "is reserved now")
        await ann.says(f"join {ann.nick}", "is reserved: try another")
        await olga.says(f"op release {ann.nick}", "is free now")
        await olga.says("op registration closed", "Registration is closed now")
        await ann.says(f"join {ann.nick}", "Nobody new is taken in here")
        await olga.says("op registration sometimes", "is a command, written so")
        await olga.says("op registration configured", "as configured now")
        await ann.joins()


class OpenedByOperators(Order):
    gateway_extra = "[registration]\nopen = false\n"

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.stack.ctl("op", "registration", "open")

    async def test_newcomers_join_whatever_the_configuration_says(self):
        ann = await self.newcomer("ann")
        await self.is_told(ann, f"join {ann.nick}", "Welcome")


class Banning(Order):
    bridge_extra = ""

    async def operator(self):
        raise NotImplementedError("they would be of the domain that is banned")

    async def answer(self, person):
        """What `stats` is answered with; empty: nothing for a while."""
        try:
            return (await person.ask(person.bot, "stats", 5)).body or ""
        except XmppError:
            return ""

    async def test_a_banned_domain_is_told_once_and_then_nothing(self):
        [ann] = await self.members("ann")
        self.stack.ctl("op", "ban", "localhost")
        refused = await ann.ask(ann.bot, "stats", TIMEOUT)
        self.assertIn("is served here", refused.body)
        while await self.answer(ann):
            pass  # the gateway hears of it behind the bridge
        self.stack.ctl("op", "unban", "localhost")
        while "You are" not in await self.answer(ann):
            pass  # likewise; and what was asked before may be answered only now


if __name__ == "__main__":
    unittest.main(verbosity=2)
