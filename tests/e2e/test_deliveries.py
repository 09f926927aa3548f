"""Dialogues on a real XMPP server about deliveries: to whom when, what waits, what comes back, what
breaks in between."""

import asyncio
import json
import re
import time
import unittest

from messages import wait_until
from stories import TIMEOUT, Character, Story


class Presence(Story):
    async def follower(self):
        ann, bob = await self.members("ann", "bob")
        await ann.says(f"follow {bob.nick}")
        return ann, bob

    async def test_what_was_posted_while_away_comes_late_and_says_so(self):
        ann, bob = await self.follower()
        await ann.close()
        for n in range(5):
            await bob.says(f"post number {n}", "Posted")
        await ann.connect()
        got = await ann.gets(*(f"{bob.nick}: number {n}" for n in range(5)))
        self.assertTrue(all(delivery.stamp for delivery in got))
        await bob.says("post live", "Posted")
        [live] = await ann.gets(f"{bob.nick}: live")
        self.assertIsNone(live.stamp)

    async def test_a_direct_message_waits_for_somebody_who_is_away(self):
        ann, bob = await self.follower()
        await ann.close()
        await bob.says(f"d {ann.nick} call me", "Sent to")
        await ann.connect()
        await ann.gets(f"(direct) {bob.nick}: call me")

    async def test_do_not_disturb_is_respected(self):
        ann, bob = await self.follower()
        for disturbing in ({"show": "dnd"}, {"priority": -1}):
            await ann.becomes(**disturbing)
            await bob.says("post psst", "Posted")
            await ann.says("stats")
            self.assertEqual(ann.deliveries, [])
            await ann.becomes()
            await ann.gets(f"{bob.nick}: psst")

    async def test_off_holds_everything_back_until_on(self):
        ann, bob = await self.follower()
        await ann.says("off", "Delivery is off")
        await bob.says("post for later", "Posted")
        await ann.says("stats", "Delivery: off")
        self.assertEqual(ann.deliveries, [])
        await ann.says("on", "Delivery is on")
        await bob.says("post for now", "Posted")
        await ann.gets(f"{bob.nick}: for later", f"{bob.nick}: for now")

    async def test_two_clients_of_one_person(self):
        ann, bob = await self.follower()
        phone = Character(self, "phone")
        phone.jid, phone.resource = ann.jid, "phone"
        await phone.connect()
        self.addAsyncCleanup(phone.close)
        await ann.close()
        await bob.says("post to whoever is there", "Posted")
        await phone.gets(f"{bob.nick}: to whoever is there")


class Digests(Story):
    bridge_extra = '[deliveries]\nper_person = "5000/1s burst 5000"\ncatch_up = 50\n'
    gateway_extra = '[limits]\nperson = "1000/1s burst 1000"\n'

    async def test_5000_posts_of_an_absence_are_a_line_and_can_all_be_read(self):
        ann, bob = await self.members("ann", "bob")
        await ann.says("track heron")
        await ann.says(f"follow {bob.nick}")
        await ann.close()
        posts = [f"heron number {n}" for n in range(5000)]
        path = self.stack.dir / "herons.jsonl"
        path.write_text("".join(f'{{"author":"carol","text":"{text}"}}\n' for text in posts))
        await asyncio.to_thread(self.stack.ctl, "import", str(path))
        for n in range(20):
            await bob.says(f"d {ann.nick} psst {n}", f"Sent to {ann.nick} alone")
        await ann.becomes_owed(5020)

        await ann.connect()
        line = (await asyncio.wait_for(ann.answers.get(), TIMEOUT)).body
        self.assertRegex(line, r"^4950 more for heron since \d\d:\d\d: say `more heron`$")
        directs = [f"(direct) {bob.nick}: psst {n}" for n in range(20)]
        first = [f"[heron] carol: {text}" for text in posts[:50]]
        for delivery in await ann.gets(*directs, *first):
            self.assertIsNotNone(delivery.stamp, f"{delivery.body} waited")

        read = []
        while len(read) < 4950:
            answer = await ann.says("more 100" if len(read) % 200 else "more heron")
            coming = int(re.match(r"Here comes? (\d+);", answer.body)[1])
            await wait_until(
                lambda: len(ann.deliveries) >= coming, TIMEOUT, f"{coming} should have come"
            )
            self.assertEqual(len(ann.deliveries), coming)
            read += [delivery.body for delivery in ann.deliveries]
            ann.deliveries = []
        self.assertEqual(sorted(read), sorted(f"[heron] carol: {text}" for text in posts[50:]))
        await ann.says("more", "Nothing is waiting")
        await ann.becomes_owed(0)


class Retention(Story):
    retention = "3s"

    async def test_who_comes_back_is_told_how_many_posts_were_kept_no_longer(self):
        ann, bob = await self.members("ann", "bob")
        await ann.says(f"follow {bob.nick}")
        await ann.says("track heron")
        await ann.close()
        for n in range(3):
            await bob.says(f"post heron {n}", "Posted")
        await bob.says(f"d {ann.nick} still here", "Sent to")
        await ann.becomes_owed(1)

        await ann.connect()
        told = (await asyncio.wait_for(ann.answers.get(), TIMEOUT)).body
        self.assertEqual(told, "3 posts that waited for you were too old to keep.")
        await ann.gets(f"(direct) {bob.nick}: still here")
        await bob.says("post heron live", "Posted")
        await ann.gets(f"{bob.nick}: heron live")
        await ann.says("more", "Nothing is waiting")


class Receipts(Story):
    """XEP-0184, both ways."""

    # A client that confirms nothing is given this long; one that has confirmed something, ten minutes.
    bridge_extra = '[deliveries]\nreceipt_wait = "1s"\n'

    async def pair(self, **options):
        [ann] = await self.members("ann", **options)
        [bob] = await self.members("bob")
        await ann.says(f"follow {bob.nick}")
        return ann, bob

    async def proven_pair(self):
        """Ann's client has confirmed something, and confirms from now on what the test says."""
        ann, bob = await self.pair()
        await bob.says("post first")
        [first] = await ann.gets(f"{bob.nick}: first")
        ann.confirm(ann.bot, first)
        await ann.becomes_owed(0)
        return ann, bob

    async def test_a_post_is_confirmed_when_it_was_accepted(self):
        ann, bob = await self.pair()
        name = bob.say(bob.bot, "post hello", wants_receipt=True)
        answer = await asyncio.wait_for(bob.answers.get(), 20)
        self.assertIn("Posted", answer.body)
        self.assertEqual(bob.receipts, [name])
        await bob.says("post nobody wants to know")
        self.assertEqual(bob.receipts, [name])
        await ann.gets(f"{bob.nick}: hello", f"{bob.nick}: nobody wants to know")

    async def test_a_post_that_could_not_be_accepted_is_not_confirmed(self):
        _, bob = await self.pair()
        self.stack.stop("bridge")
        try:
            bob.say(bob.bot, "post hello", wants_receipt=True)
            answer = await asyncio.wait_for(bob.answers.get(), 20)
            self.assertEqual((answer.kind, answer.error_type), ("error", "wait"), answer)
            await bob.ask(bob.bot, "stats")
            self.assertEqual(bob.receipts, [])
        finally:
            self.stack.start("bridge")
        await self.answers_again(bob)

    async def test_a_client_that_confirms_is_done_with_it(self):
        ann, bob = await self.pair(confirms=True)
        await bob.says("post hello")
        [hello] = await ann.gets(f"{bob.nick}: hello")
        self.assertTrue(hello.asks)
        await ann.becomes_owed(0)

    async def test_it_is_done_when_it_was_confirmed_and_not_before(self):
        ann, bob = await self.proven_pair()
        [cat] = await self.members("cat")
        await cat.says(f"follow {bob.nick}")
        await bob.says("post hello")
        [hello] = await ann.gets(f"{bob.nick}: hello")
        await cat.gets(f"{bob.nick}: hello")
        await cat.becomes_owed(0)  # by time: she confirms nothing
        self.assertEqual(self.owed(ann), 1)
        ann.confirm(ann.bot, hello)
        await ann.becomes_owed(0)

    async def test_who_confirms_nothing_is_waited_for_a_moment(self):
        ann, bob = await self.pair()
        started = time.monotonic()
        await bob.says("post hello")
        [hello] = await ann.gets(f"{bob.nick}: hello")
        self.assertTrue(hello.asks)
        await ann.becomes_owed(0)
        self.assertGreater(time.monotonic() - started, 1)
        # From now on nothing is expected of her.
        await bob.says("post hello again")
        await ann.gets(f"{bob.nick}: hello again")
        started = time.monotonic()
        await ann.becomes_owed(0)
        self.assertLess(time.monotonic() - started, 0.9)

    async def test_what_comes_late_asks_for_a_receipt_too(self):
        ann, bob = await self.pair(confirms=True)
        await ann.close()
        await bob.says("post while you were out", "Posted")
        await ann.connect()
        [late] = await ann.gets(f"{bob.nick}: while you were out")
        self.assertIsNotNone(late.stamp)
        self.assertTrue(late.asks)
        await ann.becomes_owed(0)

    async def test_a_lost_server_costs_nothing_that_was_not_confirmed(self):
        ann, bob = await self.proven_pair()
        await bob.says("post confirmed")
        await bob.says("post not confirmed")
        confirmed, other = await ann.gets(f"{bob.nick}: confirmed", f"{bob.nick}: not confirmed")
        ann.confirm(ann.bot, confirmed)
        await ann.becomes_owed(1)
        self.stack.kill("server")
        self.stack.start("server")
        for person in (ann, bob):
            person.abort()
            await person.connect()
        [again] = await ann.gets(f"{bob.nick}: not confirmed", timeout=60)
        self.assertEqual(again.post, other.post)
        ann.confirm(ann.bot, again)
        await ann.becomes_owed(0)
        await self.answers_again(bob)
        await bob.says("post what came after", "Posted")
        await ann.gets(f"{bob.nick}: what came after")

    async def test_parts_that_are_told_to_stop_send_nothing_again(self):
        ann, bob = await self.proven_pair()
        await bob.says("post not confirmed")
        await ann.gets(f"{bob.nick}: not confirmed")
        self.assertEqual(self.owed(ann), 1)
        for part in ("gateway", "bridge"):
            self.stack.stop(part)
            self.stack.start(part)
        await self.answers_again(bob)
        await bob.says("post what came after", "Posted")
        await ann.gets(f"{bob.nick}: what came after", timeout=60)

    async def test_what_bounces_late_is_sent_again_to_somebody_who_is_back(self):
        ann, bob = await self.pair(confirms=True)
        await bob.says("post boomerang")
        [first] = await ann.gets(f"{bob.nick}: boomerang")
        await ann.becomes_owed(0)
        ann.bounce(ann.bot, first)
        await ann.becomes_owed(1)
        await ann.becomes()
        [again] = await ann.gets(f"{bob.nick}: boomerang")
        self.assertEqual(again.post, first.post)
        await ann.becomes_owed(0)


class Bounces(Story):
    """Deliveries that come back as errors, from somebody who says that they are there."""

    bridge_extra = (
        '[deliveries]\nbounce_wait = "1s"\nbounce_wait_max = "4s"\nbounce_trial = "1s"\n'
    )

    async def pair(self):
        ann, bob = await self.members("ann", "bob")
        await ann.says(f"follow {bob.nick}")
        return ann, bob

    def entry(self, person):
        report = json.loads(self.stack.ctl("owed", "--json", person.nick).stdout)
        return next(iter(report["people"]), None)

    async def test_who_cannot_be_reached_costs_little_and_loses_nothing(self):
        ann, bob = await self.pair()
        broken, sent = True, 0

        def bounce(person, delivery):
            nonlocal sent
            sent += 1
            if broken:
                person.bounce(person.bot, delivery, "gone")

        ann.on_delivery = bounce
        texts = [f"number {n}" for n in range(20)]
        for text in texts[:10]:
            await bob.says(f"post {text}", "Posted")
        await self.wait_for(
            lambda: (self.entry(ann) or {}).get("unreachable"), "ann is not found unreachable"
        )
        end = time.monotonic() + 8
        while time.monotonic() < end:  # a client that says all the time that it is there
            ann.set_presence()
            await asyncio.sleep(0.3)
        # Each once or twice, and then one by one, after 2, 4, 4... seconds.
        self.assertLessEqual(sent, 20 + 5)
        for text in texts[10:]:
            await bob.says(f"post {text}", "Posted")
        self.assertEqual(self.owed(ann), 20)
        await ann.says("stats", "Delivery: on")  # answers are no deliveries
        ann.deliveries.clear()
        broken = False
        ann.set_presence()
        await ann.gets(*(f"{bob.nick}: {text}" for text in texts), timeout=40)
        await ann.becomes_owed(0)

    async def test_who_says_nothing_is_looked_for(self):
        ann, bob = await self.pair()
        await bob.says("post boomerang", "Posted")
        [first] = await ann.gets(f"{bob.nick}: boomerang")
        ann.bounce(ann.bot, first, "remote-server-timeout")
        [again] = await ann.gets(f"{bob.nick}: boomerang")
        self.assertEqual(again.post, first.post)
        await ann.becomes_owed(0)


class Breaks(Story):
    """Each part may go away and come back; what was owed arrives."""

    async def pair(self):
        ann, bob = await self.members("ann", "bob")
        await ann.says(f"follow {bob.nick}")
        await ann.says("track curlew")
        return ann, bob

    async def test_without_the_bridge_commands_are_told_to_wait(self):
        ann, bob = await self.pair()
        self.stack.kill("bridge")
        try:
            answer = await bob.ask(bob.bot, "post can anybody hear me")
            self.assertEqual((answer.kind, answer.error_type), ("error", "wait"), answer)
        finally:
            self.stack.start("bridge")
        await self.answers_again(bob)
        await bob.says("post there it is again", "Posted")
        await ann.gets(f"{bob.nick}: there it is again")

    async def test_a_new_gateway_finds_out_who_is_there(self):
        ann, bob = await self.pair()
        self.stack.kill("gateway")
        self.stack.ctl("import", "-", input='{"author":"newsroom","text":"a curlew"}\n')
        self.stack.start("gateway")
        await ann.gets("[curlew] newsroom: a curlew", timeout=60)
        await bob.says("post and on it goes", "Posted")
        await ann.gets(f"{bob.nick}: and on it goes")

    async def late_to_approve(self):
        """Ann has joined and not answered yet whether she may be seen."""
        [ann] = await self.members("ann", approves=False)
        [bob] = await self.members("bob")
        await ann.says(f"follow {bob.nick}")
        return ann, bob

    async def restart_gateway(self, *people):
        self.stack.stop("gateway")
        self.stack.start("gateway")
        for person in people:
            await self.answers_again(person)

    async def test_who_approves_after_joining_is_seen_by_a_new_gateway_too(self):
        ann, bob = await self.late_to_approve()
        ann.approve(ann.bot)
        await bob.says("post here I am", "Posted")
        await ann.gets(f"{bob.nick}: here I am")
        await self.restart_gateway(ann, bob)
        await bob.says("post and still here", "Posted")
        await ann.gets(f"{bob.nick}: and still here")

    async def test_who_approves_what_another_gateway_asked_is_seen(self):
        ann, bob = await self.late_to_approve()
        await self.restart_gateway(ann, bob)
        ann.approve(ann.bot)
        await bob.says("post here I am", "Posted")
        await ann.gets(f"{bob.nick}: here I am")
        await self.restart_gateway(ann, bob)
        await bob.says("post and still here", "Posted")
        await ann.gets(f"{bob.nick}: and still here")

    async def test_after_a_restart_of_the_xmpp_server_everything_arrives(self):
        ann, bob = await self.pair()
        self.stack.kill("server")
        self.stack.ctl("import", "-", input='{"author":"wire","text":"one curlew"}\n')
        self.stack.start("server")
        for person in (ann, bob):
            person.abort()
            await person.connect()
        await ann.gets("[curlew] wire: one curlew", timeout=60)
        await self.answers_again(bob)
        await bob.says("post we are back", "Posted")
        await ann.gets(f"{bob.nick}: we are back")

    async def test_a_bridge_that_is_restarted_knows_everybody(self):
        ann, bob = await self.pair()
        self.stack.stop("bridge")
        self.stack.start("bridge")
        await self.answers_again(ann)
        await ann.says("stats", f"You are {ann.nick}", "Following: 1", "Tracks: 1")
        await bob.says("post still here", "Posted")
        await ann.gets(f"{bob.nick}: still here")


class Limits(Story):
    gateway_extra = '[limits]\nperson = "5/60s burst 5"\n'

    async def test_who_asks_too_much_is_told_when_to_try_again(self):
        eve, ann = await self.newcomer("eve"), await self.newcomer("ann")
        answers = [await eve.ask(eve.bot, "help") for _ in range(7)]
        self.assertIn("join NICK", answers[0].body)
        self.assertIn("Try again in", answers[6].body)
        await ann.says("help", "join NICK")


if __name__ == "__main__":
    unittest.main(verbosity=2)
