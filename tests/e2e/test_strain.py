#!/usr/bin/python3
"""What the gateway does when one of its two neighbours does not keep up: a breaker to the bridge, and a
window on the XMPP stream that follows the server."""

import asyncio
import time
import unittest

from observed import METRICS, Observed
from stories import TIMEOUT
from wire_client import LapwingClient


class SilentBridge(Observed):
    # The session outlives these requests: it is given up after 15 s.
    gateway_extra = f'request_timeout = "1s"\n{METRICS}'

    async def asked(self, people, times):
        """What all of them together are answered to so many questions each."""

        async def asks(person):
            for _ in range(times):
                person.say(person.bot, "stats")
            return [await asyncio.wait_for(person.answers.get(), TIMEOUT) for _ in range(times)]

        answers = await asyncio.gather(*(asks(person) for person in people))
        return [answer for some in answers for answer in some]

    async def test_a_bridge_that_answers_nothing_is_asked_no_more_until_it_does(self):
        people = await self.members("ann", "bob", "cat")
        before = self.metrics("gateway")
        self.assertEqual(before["lapwing_gateway_breaker_state"], 0)
        with self.stack.frozen("bridge"):
            answers = await self.asked(people, 8)
            self.assertEqual({answer.kind for answer in answers}, {"error"})
            await self.wait_for(
                lambda: self.metrics("gateway")["lapwing_gateway_breaker_opened_total"] == 1,
                lambda: "the breaker did not open",
            )
            # At most one of these is a probe, which takes its second; the bridge hears of no other.
            answers = await self.asked(people, 3)
            self.assertEqual({answer.kind for answer in answers}, {"error"})
            await self.wait_for(
                lambda: self.metrics("gateway")["lapwing_gateway_breaker_refused_total"] >= 8,
                lambda: "the open breaker refused too few",
            )
            self.assertEqual(self.metrics("gateway")["lapwing_gateway_bridge_connected"], 1)
        for person in people:
            await self.answers_again(person)
        await self.wait_for(
            lambda: self.metrics("gateway")["lapwing_gateway_breaker_state"] == 0,
            lambda: "the breaker did not close",
        )
        after = self.metrics("gateway")
        self.assertEqual(
            after["lapwing_gateway_bridge_sessions_total"],
            before["lapwing_gateway_bridge_sessions_total"],
        )


class StalledServer(Observed):
    bridge_extra = (
        '[deliveries]\nper_person = "unlimited"\n'
        f'[limits.web]\npublishes_per_person = "unlimited"\n{METRICS}'
    )
    POSTS = 600

    def publish(self, author, texts):
        """The website's lane takes them all; how long each took, in seconds."""
        took = []
        with LapwingClient(self.stack.env["BRIDGE_WEB"], "website") as website:
            website.hello()
            for text in texts:
                began = time.monotonic()
                reply = website.publish(author, text, text)
                self.assertEqual(reply.WhichOneof("result"), "published", reply)
                took.append(time.monotonic() - began)
        return took

    async def test_a_server_that_stands_still_gets_no_more_than_the_window_and_holds_up_nobody(self):
        [ann] = await self.people_who_are_there("ann", confirms=True)
        [bob] = await self.members("bob")
        await ann.says("track heron")
        before = self.metrics("gateway")
        texts = [f"heron number {n} of those that wait for a server" for n in range(self.POSTS)]
        with self.stack.frozen("server"):
            took = await asyncio.to_thread(self.publish, bob.nick, texts)
            self.assertLess(sorted(took)[len(took) // 2], 0.1)
            await self.wait_for(
                lambda: self.metrics("gateway")["lapwing_gateway_oldest_barrier_seconds"] > 1,
                lambda: "the server answers",
            )
            stalled = self.metrics("gateway")
            self.assertGreater(stalled["lapwing_gateway_in_flight_bytes"], 0)
            self.assertLessEqual(
                stalled["lapwing_gateway_in_flight_bytes"], stalled["lapwing_gateway_window_bytes"]
            )
            self.assertLess(stalled["lapwing_gateway_deliveries_held"], self.POSTS)
        await ann.gets(*(f"[heron] {bob.nick}: {text}" for text in texts), timeout=60)
        await self.wait_for(
            lambda: self.metrics("gateway")["lapwing_gateway_window_shrunk_total"]
            > before["lapwing_gateway_window_shrunk_total"],
            lambda: "the gateway did not notice that the server was late",
        )
        # With little to do the server has no queue.
        for n in range(20):
            await asyncio.to_thread(self.publish, bob.nick, [f"heron, later {n}"])
            await ann.gets(f"[heron] {bob.nick}: heron, later {n}")
        await self.wait_for(
            lambda: self.metrics("gateway")["lapwing_gateway_window_gradient"] == 1,
            lambda: "the gateway still sees a queue",
        )


if __name__ == "__main__":
    unittest.main()
