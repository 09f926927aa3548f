#!/usr/bin/python3
"""People who change their nick, on a real XMPP server."""

import unittest

from stories import TIMEOUT, Story


class Renaming(Story):
    async def test_a_name_changes_after_a_yes_and_followers_stay(self):
        ann, bob = await self.members("ann", "bob")
        await bob.says(f"follow {ann.nick}", f"You follow {ann.nick} now")
        old, new = ann.nick, f"{ann.nick}_Ü"
        await ann.says(f"rename {new}", "rename is a command")
        new = f"{ann.nick}_2"
        await ann.says(f"rename  @{new} ", "does not come back", "yes")
        await ann.says("stats", f"You are {old}.")
        await ann.says(f"RENAME {new}", "yes")
        await ann.says("yes", f"You are {new} here from now on, not {old}.")
        await ann.says("post who am I?", "Posted")
        await bob.gets(f"{new}: who am I?")
        await bob.says(f"d {old} hello", f"{old} is called {new} here now")

    async def test_what_cannot_be_had_changes_nothing(self):
        ann, bob = await self.members("ann", "bob")
        eve = await self.newcomer("eve")
        for line in ("rename", f"rename {ann.nick} {bob.nick}", "rename no-nick", f"renam {bob.nick}x"):
            await ann.says(line, "rename")
        for taken in (bob.nick, bob.nick.upper()):
            await ann.says(f"rename {taken}", "yes")
            await ann.says("yes", "is taken: try another")
        await ann.says(f"rename {ann.nick}", "yes")
        await ann.says("yes", f"You are {ann.nick} here already.")
        await eve.says("rename someone", "yes")
        await eve.says("yes", "join NICK")
        await ann.says("stats", f"You are {ann.nick}.", "Posts: 0")

    async def test_nobody_gets_the_old_name_and_nobody_renames_themselves_all_the_time(self):
        ann, bob = await self.members("ann", "bob")
        await ann.says(f"block {bob.nick}")
        old, new = ann.nick, f"{ann.nick}x"
        await ann.says(f"rename {new}", "yes")
        await ann.says("yes", f"You are {new}")
        await bob.says(f"rename {old}", "yes")
        await bob.says("yes", "is reserved: try another")
        await ann.says(f"rename {old}y", "yes")
        refused = await ann.ask(ann.bot, "yes", TIMEOUT)
        self.assertEqual((refused.kind, refused.error), ("error", "resource-constraint"))
        self.assertIn("You have been renamed not long ago. Try again in 30 days.", refused.body)
        eve = await self.newcomer("eve")
        await eve.says(f"join {old}", "is reserved: try another")
        # Whom she has blocked, she has blocked under every name.
        await bob.says(f"follow {new}", f"{new} has blocked you")


if __name__ == "__main__":
    unittest.main(verbosity=2)
