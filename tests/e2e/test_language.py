"""Dialogues about posts on a real XMPP server: answering, passing on, marking, reading; and what the
language makes of lines that are no commands."""

import re
import unittest

from stories import Story


def number_in(answer):
    """The number of the post that an answer names first."""
    return int(re.search(r"#(\d+)", answer.body)[1])


class Conversing(Story):
    async def test_a_reply_reaches_whom_it_answers_though_they_do_not_follow(self):
        ann, bob, cat = await self.members("ann", "bob", "cat")
        await cat.says(f"follow {bob.nick}")
        post = number_in(await ann.says("post tea, anybody?", "Posted as #"))
        await bob.says(f"r #{post} coffee", f"in reply to #{post} by {ann.nick}")
        [got] = await ann.gets(f"{bob.nick} → you: coffee")
        await cat.gets(f"{bob.nick} → {ann.nick}: coffee")
        await ann.says(f"REPLY  {got.number}   never", f"in reply to #{got.number}")
        await bob.gets(f"{ann.nick} → you: never")
        await bob.says(f"@{ann.nick} well then", "yes")
        await bob.says("yes", "Posted as #")
        await ann.gets(f"{bob.nick}: @{ann.nick} well then")

    async def test_a_client_answers_and_reacts_to_a_delivery(self):
        ann, bob = await self.members("ann", "bob")
        await ann.says(f"follow {bob.nick}")
        await ann.says("hello", "yes")
        await ann.says("yes")
        await bob.says("post a lapwing! ✨", "Posted")
        [got] = await ann.gets(f"{bob.nick}: a lapwing! ✨")
        answer = await ann.reply(ann.bot, got, "where?")
        self.assertIn(f"in reply to #{got.number}", answer.body)
        await bob.gets(f"{ann.nick} → you: where?")
        self.assertIn("favourite of yours", (await ann.react(ann.bot, got, "❤")).body)
        await ann.says("favs", f"{bob.nick}: a lapwing! ✨ (#{got.number})")
        self.assertIn("no favourite", (await ann.react(ann.bot, got)).body)
        self.assertIn("favourite of yours", (await ann.reply(ann.bot, got, "fav")).body)

    async def test_a_post_is_passed_on_once(self):
        ann, bob, cat, dan = await self.members("ann", "bob", "cat", "dan")
        for friend in (bob, cat):
            await ann.says(f"follow {friend.nick}")
        post = number_in(await dan.says("post news from the harbour"))
        await bob.says(f"rt #{post}", f"Passed on #{post} by {dan.nick}")
        await bob.says(f"rt {dan.nick}", "already")
        await cat.says(f"repeat {post}", "Passed on")
        await dan.says(f"rt #{post}", "of your own")
        await bob.says("post that was all")
        got = await ann.gets(
            f"{bob.nick} reposts {dan.nick}: news from the harbour", f"{bob.nick}: that was all"
        )
        self.assertEqual(got[0].number, post)

    async def test_posts_are_read_by_number_and_by_name(self):
        ann, bob = await self.members("ann", "bob")
        await bob.says(f"get {ann.nick}", "has posted nothing yet")
        for n in range(3):
            await ann.says(f"post number {n}")
        await bob.says(f"get {ann.nick.upper()}", f"{ann.nick}: number 2 (#")
        answer = await bob.says(f"last @{ann.nick}  2")
        self.assertRegex(answer.body, r"number 1 \(#\d+\)\n.*number 2 \(#\d+\)")
        await bob.says(f"get #{number_in(answer)}", "number 1")
        await bob.says("get #999999999", "There is no post #999999999")

    async def test_a_direct_message_is_no_post(self):
        ann, bob, eve = await self.members("ann", "bob", "eve")
        await bob.says(f"follow {ann.nick}")
        await ann.says(f"d {bob.nick} the key is under the mat", f"`follow {bob.nick}`")
        [got] = await bob.gets(f"(direct) {ann.nick}: the key is under the mat")
        self.assertIsNone(got.number)
        for line in (f"get #{got.post}", f"rt #{got.post}", f"fav #{got.post}", f"r #{got.post} hm"):
            await eve.says(line, f"There is no post #{got.post}")

    async def test_who_is_blocked_can_do_nothing_with_posts(self):
        ann, bob = await self.members("ann", "bob")
        post = number_in(await ann.says("post not for bob"))
        await ann.says(f"block {bob.nick}")
        for line in (
            f"get #{post}", f"get {ann.nick}", f"r #{post} hm", f"rt {ann.nick}", f"fav #{post}",
            f"nudge {ann.nick}", f"whois {ann.nick}", f"follow {ann.nick}", f"d {ann.nick} hm",
            f"@{ann.nick} hm",
        ):  # fmt: skip
            await bob.says(f"post {line}" if line.startswith("@") else line, "has blocked you")

    async def test_a_nudge_comes_once_an_hour(self):
        ann, bob = await self.members("ann", "bob")
        await ann.says(f"nudge {bob.nick}", "does not follow you")
        await bob.says(f"follow {ann.nick}")
        await ann.says(f"NUDGE @{bob.nick}", f"Nudged {bob.nick}")
        await bob.gets(f"{ann.nick} nudges you. Are you there? Say something!")
        await ann.says(f"nudge {bob.nick}", "once is enough")
        await ann.says(f"nudge {ann.nick}", "yourself")


class Asking(Story):
    async def test_a_line_that_is_no_command_and_not_surely_a_post_is_asked_about(self):
        [ann] = await self.members("ann")
        await ann.says("hello", "yes")
        await ann.says("yes", "Posted")
        for line in (
            "follow your dreams everyone", "on my way", "get well soon", "d you", "stop it now",
            "last night was great", "del nothing", "rt this", "fav of mine", "more tea for us all",
            "folow ann", "/follow ann", "rpely #1 hm",
        ):  # fmt: skip
            await ann.says(line, "Nothing was posted", f"`post {line}")
        await ann.says("follow me", "`post follow me`")
        await ann.says("stats", "Posts: 1", "Delivery: on")
        await ann.says("post follow your dreams everyone", "Posted")
        await ann.says("on the way to the station I saw a lapwing", "Posted", "`on`")
        await ann.says("stats", "Posts: 3")

    async def test_too_long_is_told_by_how_much(self):
        [ann] = await self.members("ann")
        await ann.says("post " + "é" * 503, "3 characters too long", "500 is the most")
        await ann.says("post " + "👩‍👩‍👧‍👦" * 100, "Posted")

    async def test_what_cannot_be_undone_is_asked_about(self):
        [ann] = await self.members("ann")
        await ann.says("quit", "yes")
        await ann.says("stats", f"You are {ann.nick}")
        await ann.says("yes", "Goodbye")
        await ann.says("stats", "join NICK")


if __name__ == "__main__":
    unittest.main()
