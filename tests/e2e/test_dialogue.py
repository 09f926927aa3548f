"""Dialogues on a real XMPP server: what people say to Lapwing, and what they get."""

import asyncio
import re
import unittest

from messages import CORRECTION, RETRACTION
from stories import TIMEOUT, Character, Story
from wire_client import LapwingClient, wire


class Joining(Story):
    async def test_help_lists_the_commands_to_a_stranger(self):
        ann = await self.newcomer("ann")
        await ann.says("help", "join NICK", "track PHRASE", "follow NICK", "quit")
        await ann.says("help track", "track PHRASE")

    async def test_a_stranger_is_told_how_to_join(self):
        ann = await self.newcomer("ann")
        await ann.says("track tea", "join NICK")
        await ann.says("stats", "join NICK")
        await ann.joins()
        await ann.says("stats", f"You are {ann.nick}", "Tracks: 0", "Posts: 0")

    async def test_a_name_belongs_to_one_person(self):
        [ann] = await self.members("ann")
        eve = await self.newcomer("eve")
        taken = await eve.says(f"join {ann.nick.upper()}")
        self.assertNotIn("Welcome", taken.body)
        await eve.joins()

    async def test_the_service_says_what_it_is(self):
        ann = await self.newcomer("ann")
        domain = self.stack.env["COMPONENT_DOMAIN"]
        self.assertTrue(await ann.ping(domain))
        self.assertTrue(await ann.ping(ann.bot))
        identities, features = await ann.identities(domain)
        self.assertIn("gateway", {category for category, _ in identities})
        self.assertIn("urn:xmpp:ping", features)

    async def test_who_quits_gets_nothing_more_and_may_come_back(self):
        ann, bob = await self.members("ann", "bob")
        await ann.says(f"follow {bob.nick}")
        await ann.says("quit", "yes")
        await ann.says("yes", "Goodbye")
        await bob.says("post while ann is gone", "Posted")
        await ann.joins()
        await ann.says(f"follow {bob.nick}")
        await bob.says("post ann is back", "Posted")
        await ann.gets(f"{bob.nick}: ann is back")


class SigningIn(Story):
    """The code that `login` gives, redeemed as a website would."""

    @staticmethod
    def code_in(answer):
        [code] = re.findall(r"website: ([2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5})\n", answer.body)
        return code

    def redeem(self, code):
        with LapwingClient(self.stack.env["BRIDGE_WEB"], "website") as website:
            website.hello()
            return website.ask(wire.Request(redeem_code=wire.RedeemCode(code=code.encode())))

    async def test_a_code_from_chat_signs_in_once(self):
        [ann] = await self.members("ann")
        code = self.code_in(await ann.says("login", "2 minutes"))
        self.assertEqual(self.redeem(code.lower()).signed_in.nick.decode(), ann.nick)
        self.assertEqual(self.redeem(code).error.code, wire.UNKNOWN)
        for log in self.stack.dir.glob("*.log"):
            self.assertNotIn(code, log.read_text(errors="replace"))

    async def test_a_stranger_gets_none_and_a_newer_one_counts(self):
        [ann] = await self.members("ann")
        eve = await self.newcomer("eve")
        await eve.says("login", "join NICK")
        first = self.code_in(await ann.says("login"))
        second = self.code_in(await ann.says("login"))
        self.assertEqual(self.redeem(first).error.code, wire.UNKNOWN)
        self.assertEqual(self.redeem(second).signed_in.nick.decode(), ann.nick)

    async def test_asking_again_and_again_is_told_when_to_come_back(self):
        [ann] = await self.members("ann")
        for _ in range(3):
            await ann.says("login", "Your code")
        refused = await ann.ask(self.stack.bot, "login", TIMEOUT)
        self.assertEqual(refused.kind, "error")

    async def test_a_restart_of_the_bridge_forgets_codes(self):
        [ann] = await self.members("ann")
        code = self.code_in(await ann.says("login"))
        self.stack.stop("bridge")
        self.stack.start("bridge")
        self.assertEqual(self.redeem(code).error.code, wire.UNKNOWN)
        await self.answers_again(ann)  # for whoever comes next


class Moving(Story):
    """`link`: from one Jabber address to another, while things wait."""

    async def moves(self, old, new):
        await old.says(f"link {new.jid}", "Nothing has changed yet", f"link {old.nick}", "10 minutes")
        await new.says(f"link {old.nick}", f"You are {old.nick} now")

    async def test_an_account_moves_with_all_it_has(self):
        ann, bob = await self.members("ann", "bob")
        new = await self.newcomer("new")
        await ann.says(f"follow {bob.nick}")
        await ann.says("track harbour")
        await ann.becomes(show="dnd")
        await bob.says("post while she is on her way", "Posted")
        await ann.becomes_owed(1)
        await self.moves(ann, new)
        told = await asyncio.wait_for(ann.answers.get(), TIMEOUT)
        self.assertIn(f"{ann.nick} has moved to {new.jid}", told.body)
        [late] = await new.gets(f"{bob.nick}: while she is on her way")
        await bob.says("post the harbour, too", "Posted")
        await new.gets(f"{bob.nick}: the harbour, too")
        await new.says("stats", f"You are {ann.nick}.", "Following: 1", "Tracks: 1")
        await ann.says("stats", "join NICK")
        self.assertEqual(ann.deliveries, [])

    async def test_an_address_that_never_met_the_bot_is_asked_to_be_seen_and_then_written_to(self):
        ann, bob = await self.members("ann", "bob")
        new = Character(self, "new")
        await new.connect()
        self.addAsyncCleanup(new.close)
        await ann.says(f"follow {bob.nick}")
        await ann.says(f"link {new.jid}")
        await new.says(f"LINK  @{ann.nick.upper()} ", f"You are {ann.nick} now", "contact request")
        await bob.says("post hello over there", "Posted")
        await new.gets(f"{bob.nick}: hello over there")

    async def test_nothing_moves_before_both_have_said_so(self):
        ann, bob = await self.members("ann", "bob")
        eve, new = await self.newcomer("eve"), await self.newcomer("new")
        await eve.says(f"link {ann.nick}", "No account of that name is on its way")
        await ann.says(f"link {new.jid}", "Nothing has changed yet")
        await eve.says(f"link {ann.nick}", "No account of that name is on its way")
        await new.says(f"link {bob.nick}", "No account of that name is on its way")
        await ann.says("stats", f"You are {ann.nick}")
        await new.says("stats", "join NICK")
        await bob.says(f"link {ann.jid}", "Nothing has changed yet")
        await ann.says(f"link {bob.nick}", "has room for one account")
        await eve.says(f"link {ann.jid}", "join NICK")
        for line in ("link", "link a b", "link a@b c@d", "link ünder@", "link https://a.example/"):
            await ann.says(line, "link is a command")

    async def test_a_restart_of_the_bridge_forgets_offers_and_no_move(self):
        [ann] = await self.members("ann")
        new = await self.newcomer("new")
        await ann.says(f"link {new.jid}")
        self.stack.stop("bridge")
        self.stack.start("bridge")
        await self.answers_again(ann)
        await new.says(f"link {ann.nick}", "No account of that name is on its way")
        await self.moves(ann, new)
        self.stack.kill("bridge")
        self.stack.start("bridge")
        await self.answers_again(new)
        await new.says("stats", f"You are {ann.nick}")


class Posting(Story):
    async def test_a_command_with_wrong_arguments_is_answered_and_never_published(self):
        ann, bob = await self.members("ann", "bob")
        await bob.says(f"follow {ann.nick}")
        for line in (
            "follow", "follow one two", "leave", "untrack", "whois", "whois a b", "join", "join a b",
            f"d {bob.nick}", "d", "post", "tracks all", "follows me", "stats now", "quit it", "on fire",
        ):  # fmt: skip
            answer = await ann.says(line)
            self.assertNotIn("Posted", answer.body, line)
        await ann.says("stats", "Posts: 0", "Delivery: on")
        await ann.says("post this one is meant", "Posted")
        await bob.gets(f"{ann.nick}: this one is meant")

    async def test_a_mistyped_command_is_not_published(self):
        ann, bob = await self.members("ann", "bob")
        await bob.says(f"follow {ann.nick}")
        await ann.says("folow someone", "Nothing was posted", "follow NICK")
        await ann.says("stats", "Posts: 0")

    async def test_the_first_plain_text_asks_for_a_yes_once(self):
        ann, bob = await self.members("ann", "bob")
        await bob.says(f"follow {ann.nick}")
        await ann.says("What a fine morning for a walk", "yes")
        await ann.says("stats", "Posts: 0")
        await ann.says("yes")
        await bob.gets(f"{ann.nick}: What a fine morning for a walk")
        await ann.says("And a finer evening", "Posted")
        await bob.gets(f"{ann.nick}: And a finer evening")

    async def test_any_text_arrives_as_it_was_written(self):
        ann, bob = await self.members("ann", "bob")
        await bob.says(f"follow {ann.nick}")
        for text in ("<b>&amp; ]]> \"quotes\" 'all'", "Grüße, 日本語, 🐦‍⬛", "a\nb", "x" * 500):
            await ann.says(f"post {text}", "Posted")
            await bob.gets(f"{ann.nick}: {text}")

    async def test_lapwingctl_publishes_too(self):
        [ann] = await self.members("ann")
        self.stack.ctl("import", "-", input='{"author":"newsroom","text":"first"}\n')
        await ann.says("follow newsroom", "You follow newsroom now")
        self.stack.ctl("publish", "--as", "newsroom", "the tide is high")
        await ann.gets("newsroom: the tide is high")


class Changing(Story):
    async def posts(self, who, text):
        """The number of the post."""
        answer = await who.says(f"post {text}", "Posted as #")
        return int(re.search(r"#(\d+)", answer.body)[1])

    async def test_what_is_taken_back_is_taken_back_from_everybody_who_got_it(self):
        ann, bob = await self.members("ann", "bob")
        await ann.says("track tide")
        post = await self.posts(bob, "the tide is low")
        [first] = await ann.gets(f"[tide] {bob.nick}: the tide is low")
        self.assertEqual(first.post, post)
        await bob.says(f"del #{post}", f"Post #{post} is gone")
        [gone] = await ann.gets(f"{bob.nick} has taken back an earlier post.")
        self.assertEqual(gone.retracts, post)
        await bob.says(f"del {post}", "was gone already")
        await ann.says(f"del #{post}", "not yours")
        await bob.says("del #1", "There is no post #1")
        await bob.says("del yesterday", "del #N")

    async def test_who_was_away_never_sees_what_was_taken_back(self):
        ann, bob = await self.members("ann", "bob")
        await ann.says(f"follow {bob.nick}")
        await ann.becomes(kind="unavailable")
        post = await self.posts(bob, "a secret that slipped out")
        await self.posts(bob, "nothing to see")
        await ann.becomes_owed(2)
        await bob.says(f"del #{post}", "is gone")
        await ann.becomes_owed(1)
        ann.set_presence()
        await ann.gets(f"{bob.nick}: nothing to see")
        await self.posts(bob, "and nothing follows")
        await ann.gets(f"{bob.nick}: and nothing follows")

    async def test_who_got_it_and_went_hears_of_it_when_they_are_back(self):
        ann, bob = await self.members("ann", "bob")
        await ann.says(f"follow {bob.nick}")
        post = await self.posts(bob, "a slip")
        await ann.gets(f"{bob.nick}: a slip")
        await ann.becomes(kind="unavailable")
        await bob.says(f"del #{post}", "is gone")
        await ann.becomes_owed(1)
        ann.set_presence()
        [gone] = await ann.gets(f"{bob.nick} has taken back an earlier post.")
        self.assertEqual(gone.retracts, post)
        self.assertIsNotNone(gone.stamp)

    async def test_a_client_corrects_the_message_that_became_a_post(self):
        ann, bob = await self.members("ann", "bob")
        await ann.says("track soop")
        name = bob.say(bob.bot, "post hot soop")
        answer = await asyncio.wait_for(bob.answers.get(), TIMEOUT)
        post = int(re.search(r"#(\d+)", answer.body)[1])
        await ann.gets(f"[soop] {bob.nick}: hot soop")
        bob.change(bob.bot, name, "hot soup", CORRECTION)
        answer = await asyncio.wait_for(bob.answers.get(), TIMEOUT)
        self.assertEqual(answer.body, f"Post #{post} is corrected.")
        [correction] = await ann.gets(f"[soop] {bob.nick}: hot soup")
        self.assertEqual(correction.corrects, post)

    async def test_who_was_away_gets_the_corrected_text_alone(self):
        ann, bob = await self.members("ann", "bob")
        await ann.says(f"follow {bob.nick}")
        await ann.becomes(kind="unavailable")
        name = bob.say(bob.bot, "post hot soop")
        await asyncio.wait_for(bob.answers.get(), TIMEOUT)
        bob.change(bob.bot, name, "hot soup", CORRECTION)
        await asyncio.wait_for(bob.answers.get(), TIMEOUT)
        await ann.becomes_owed(1)
        ann.set_presence()
        [got] = await ann.gets(f"{bob.nick}: hot soup")
        self.assertIsNone(got.corrects)

    async def test_a_client_takes_back_the_message_that_became_a_post(self):
        ann, bob = await self.members("ann", "bob")
        await ann.says(f"follow {bob.nick}")
        name = bob.say(bob.bot, "post oops")
        await asyncio.wait_for(bob.answers.get(), TIMEOUT)
        [got] = await ann.gets(f"{bob.nick}: oops")
        bob.change(bob.bot, name, "(I took that back.)", RETRACTION)
        answer = await asyncio.wait_for(bob.answers.get(), TIMEOUT)
        self.assertEqual(answer.body, f"Post #{got.post} is gone.")
        [gone] = await ann.gets(f"{bob.nick} has taken back an earlier post.")
        self.assertEqual(gone.retracts, got.post)
        await bob.says("stats", "Posts: 1")


class Erasing(Story):
    async def test_an_erased_account_is_gone_with_all_that_waited_of_it(self):
        ann, bob = await self.members("ann", "bob", confirms=True)
        await ann.says(f"follow {bob.nick}")
        await bob.says("post good morning", "Posted")
        await ann.gets(f"{bob.nick}: good morning")
        await ann.becomes_owed(0)
        await ann.becomes(kind="unavailable")
        await bob.says(f"d {ann.nick} for you alone", "Sent to")
        await ann.becomes_owed(1)
        await bob.says("erase", "cannot be undone")
        await bob.says("yes", "is gone")
        await ann.becomes_owed(0)
        await bob.says("stats", "join NICK")
        eve = await self.newcomer("eve")
        await eve.says(f"join {bob.nick}", "is taken")
        await self.wait_for(self.nothing_to_erase, "the log is not gone over")

    async def test_operators_erase_an_account_only_when_they_say_that_they_mean_it(self):
        [bob] = await self.members("bob")
        refused = self.stack.ctl("erase", bob.nick, check=False)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("--yes", refused.stderr)
        await bob.says("stats", "You are")
        self.stack.ctl("erase", bob.nick, "--yes")
        await bob.says("stats", "join NICK")

    def nothing_to_erase(self):
        return self.stack.status()["counters"]["records_to_erase"] == 0


class Tracking(Story):
    async def test_a_tracked_word_reaches_a_jabber_client(self):
        ann, bob = await self.members("ann", "bob")
        await ann.says("track Lapwing", "Tracking: lapwing")
        await bob.says("post I saw lapwings", "Posted")
        await bob.says("post look, a #LAPWING!", "Posted")
        await ann.gets(f"[lapwing] {bob.nick}: look, a #LAPWING!")

    async def test_several_words_in_any_order(self):
        ann, bob = await self.members("ann", "bob")
        await ann.says('track night train, "red kite", tea -milk')
        await bob.says("post red is my kite")
        await bob.says("post tea with milk")
        await bob.says("post the train goes at night")
        await bob.says("post A red kite. Tea, then.")
        got = await ann.gets(
            f"[night train] {bob.nick}: the train goes at night",
            f'["red kite"] {bob.nick}: A red kite. Tea, then.',
        )
        self.assertIsNone(got[0].stamp)

    async def test_a_post_that_is_followed_and_tracked_comes_once(self):
        ann, bob = await self.members("ann", "bob")
        await ann.says("track owl, barn")
        await ann.says(f"follow {bob.nick}")
        await bob.says("post an owl in the barn")
        await bob.says("post that was all")
        await ann.gets(f"{bob.nick}: an owl in the barn", f"{bob.nick}: that was all")

    async def test_untrack_stops_it(self):
        ann, bob = await self.members("ann", "bob")
        await ann.says("track plover, heron")
        await ann.says("untrack plover", "No longer tracking: plover")
        await ann.says("tracks", "You track: heron")
        await bob.says("post a plover")
        await bob.says("post a heron")
        await ann.gets(f"[heron] {bob.nick}: a heron")
        await ann.says("untrack all")
        await ann.says("tracks", "You track nothing")

    async def test_nobody_is_sent_their_own_posts(self):
        ann, bob = await self.members("ann", "bob")
        await ann.says("track wren")
        await ann.says("post a wren of mine")
        await bob.says("post a wren of bob's")
        await ann.gets(f"[wren] {bob.nick}: a wren of bob's")

    async def test_a_phrase_against_the_rules_is_refused(self):
        [ann] = await self.members("ann")
        await ann.says('track "open')
        await ann.says("track -only")
        await ann.says("tracks", "You track nothing")


class Full(Story):
    async def test_who_is_second_in_line_is_told_and_gets_the_posts_after_their_turn(self):
        ann, bob, cem = await self.members("ann", "bob", "cem")
        self.stack.ctl("cap", "godwit", "1")
        await ann.says("track godwit", "Tracking: godwit")
        await bob.says("track godwit", "godwit is full: you are number 1 in line")
        await bob.says("tracks", "godwit (full: you are number 1 in line)")
        await cem.says("post a godwit for one")
        await ann.gets(f"[godwit] {cem.nick}: a godwit for one")
        await ann.says("untrack godwit", "No longer tracking: godwit")
        await bob.gets("There is room again for godwit: what is posted from now on reaches you.")
        await cem.says("post a godwit for another")
        await bob.gets(f"[godwit] {cem.nick}: a godwit for another")
        self.assertIn("godwit", self.stack.ctl("caps").stdout)
        self.stack.ctl("cap", "godwit", "0")
        await bob.gets(
            "godwit has more listeners than it can have just now: you get nothing for it until "
            "there is room, and will be told."
        )
        self.stack.ctl("cap", "godwit", "none")
        await bob.gets("There is room again for godwit: what is posted from now on reaches you.")


class Following(Story):
    async def test_follow_and_leave(self):
        ann, bob = await self.members("ann", "bob")
        await ann.says(f"follow {bob.nick.upper()}", "You follow")
        await ann.says("follows", bob.nick)
        await bob.says("followers", ann.nick)
        await bob.says("post hello")
        await ann.gets(f"{bob.nick}: hello")
        await ann.says(f"leave {bob.nick}", "no longer follow")
        await bob.says("post unheard")
        await ann.says(f"follow {bob.nick}")
        await bob.says("post heard again")
        await ann.gets(f"{bob.nick}: heard again")

    async def test_nobody_can_be_followed_who_is_not_there(self):
        [ann] = await self.members("ann")
        answer = await ann.says("follow nobody_at_all")
        self.assertNotIn("You follow", answer.body)

    async def test_a_direct_message_is_seen_by_its_two_people_alone(self):
        ann, bob, eve = await self.members("ann", "bob", "eve")
        await eve.says("track secretword")
        await eve.says(f"follow {bob.nick}")
        await bob.says(f"d {ann.nick} too early", f"{ann.nick} does not follow you")
        await ann.says(f"follow {bob.nick}")
        await bob.says(f"d {ann.nick} the secretword is heron", f"Sent to {ann.nick} alone")
        await ann.gets(f"(direct) {bob.nick}: the secretword is heron")
        await bob.says("post something for everybody")
        await eve.gets(f"{bob.nick}: something for everybody")
        await ann.gets(f"{bob.nick}: something for everybody")


class Excluding(Story):
    async def test_who_is_blocked_reaches_nobody_they_used_to(self):
        ann, bob, cat = await self.members("ann", "bob", "cat")
        await ann.says("track curlew")
        await bob.says(f"follow {ann.nick}")
        await ann.says(f"follow {bob.nick}")
        await ann.says(f"block {bob.nick}", f"You block {bob.nick} now")
        await ann.says("blocks", bob.nick)
        await bob.says("followers", "Nobody")
        await bob.says(f"d {ann.nick} please", "has blocked you")
        await bob.says(f"follow {ann.nick}", "has blocked you")
        await bob.says("post a curlew by bob", "Posted")
        await ann.says("post nobody follows me", "Posted")
        await ann.says(f"unblock {bob.nick}", "no longer block")
        await bob.says("post another curlew by bob", "Posted")
        await ann.gets(f"[curlew] {bob.nick}: another curlew by bob")
        await bob.says(f"follow {cat.nick}")
        await cat.says("post hello bob", "Posted")
        await bob.gets(f"{cat.nick}: hello bob")

    async def test_what_is_muted_does_not_come(self):
        ann, bob = await self.members("ann", "bob")
        await ann.says(f"follow {bob.nick}")
        await ann.says("mute football for 2 hours", "Muted: football (2 hours left)")
        await ann.says("mute rugby", "Muted: rugby")
        await ann.says("mutes", "football (2 hours left), rugby")
        await bob.says("post Football, then.", "Posted")
        await bob.says("post or #rugby", "Posted")
        await bob.says("post tea", "Posted")
        await ann.gets(f"{bob.nick}: tea")
        await ann.says("unmute all", "No longer muted: football, rugby")
        await bob.says("post football again", "Posted")
        await ann.gets(f"{bob.nick}: football again")

    async def test_caps_and_time_zones_are_said_back(self):
        [ann] = await self.members("ann")
        await ann.says("track dunlin max 10/h", "Tracking: dunlin (at most 10 an hour)")
        await ann.says("track dunlin max 20/h", "Tracking still: dunlin (at most 20 an hour)")
        await ann.says("tracks", "dunlin (at most 20 an hour)")
        await ann.says("timezone Berlin", "Europe/Berlin")
        await ann.says("timezone Europe/Berlin", "as in Europe/Berlin")
        await ann.says("stats", "Time zone: Europe/Berlin")


if __name__ == "__main__":
    unittest.main(verbosity=2)
