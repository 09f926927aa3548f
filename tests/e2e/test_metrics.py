"""Both processes seen from outside: numbers, health, the service manager, and what logs never say."""

import unittest

from observed import Observed


class Outside(Observed):
    async def test_numbers_move_with_a_delivery(self):
        alice, bob = await self.members("alice", "bob", confirms=True)
        before = {part: self.metrics(part) for part in ("bridge", "gateway")}
        await alice.says(f"follow {bob.nick}", "You follow")
        await bob.says("post a body that nobody else may read", "Posted")
        await alice.gets(f"{bob.nick}: a body that nobody else may read")

        def moved(part, name, by):
            now = self.metrics(part)
            self.assertIn(name, now)
            return now[name] - before[part].get(name, 0) >= by

        # Numbers are shown a moment after what they count.
        for part, name, by in (
            ("bridge", "lapwing_bridge_commit_seconds_count", 2),
            ("bridge", "lapwing_bridge_commit_records_count", 2),
            ("bridge", "lapwing_bridge_log_head", 2),
            ("bridge", "lapwing_bridge_matched_total", 1),
            ("bridge", "lapwing_bridge_deliveries_total", 1),
            ("bridge", "lapwing_bridge_deliveries_acknowledged_total", 1),
            ("bridge", "lapwing_bridge_deliveries_confirmed_total", 1),
            ("bridge", 'lapwing_bridge_requests_total{lane="im"}', 2),
            ("gateway", "lapwing_gateway_deliveries_total", 1),
            ("gateway", "lapwing_gateway_commands_total", 2),
            ("gateway", "lapwing_gateway_barrier_seconds_count", 1),
            ("gateway", "lapwing_gateway_bridge_batches_total", 1),
        ):
            await self.wait_for(lambda: moved(part, name, by), lambda: f"{name} did not move")
        await self.wait_for(
            lambda: self.metrics("bridge")["lapwing_bridge_unacknowledged_batches"] == 0,
            lambda: "batches stay unacknowledged",
        )
        bridge, gateway = self.metrics("bridge"), self.metrics("gateway")
        self.assertEqual(bridge["lapwing_bridge_unmatched_records"], 0)
        self.assertEqual(bridge["lapwing_bridge_unconfirmed_deliveries"], 0)
        self.assertEqual(bridge["lapwing_bridge_credit_deliveries"], 1024)
        self.assertEqual(gateway["lapwing_gateway_credit_deliveries"], 1024)
        self.assertEqual(gateway["lapwing_gateway_xmpp_online"], 1)
        for loop in ("committer", "fanout", "lane-im", "lane-web", "lane-admin"):
            name = f'lapwing_bridge_longest_turn_seconds{{loop="{loop}"}}'
            self.assertGreater(bridge[name], 0, name)
        self.assertGreater(gateway['lapwing_gateway_longest_turn_seconds{loop="gateway"}'], 0)
        people = (alice.nick, bob.nick)
        for name in [*bridge, *gateway]:
            self.assertFalse(any(nick in name for nick in people), f"{name} names a person")

    async def test_health_tells_of_a_bridge_that_is_away(self):
        self.assertEqual(self.health("bridge"), (200, "ok\n"))
        self.assertEqual(self.health("gateway"), (200, "ok\n"))
        self.stack.stop("bridge")
        try:
            await self.wait_for(
                lambda: self.health("gateway")[0] == 503, lambda: "the gateway calls itself well"
            )
            self.assertIn("The bridge is away", self.health("gateway")[1])
        finally:
            self.stack.start("bridge")
        await self.wait_for(
            lambda: self.health("gateway") == (200, "ok\n"), lambda: self.health("gateway")[1]
        )
        self.assertEqual(self.health("bridge"), (200, "ok\n"))

    async def test_health_tells_of_a_server_that_is_away(self):
        self.stack.stop("server")
        try:
            await self.wait_for(
                lambda: self.health("gateway") == (503, "The XMPP server is away.\n"),
                lambda: "the gateway calls itself well",
            )
        finally:
            self.stack.start("server")
        await self.wait_for(
            lambda: self.health("gateway") == (200, "ok\n"),
            lambda: self.health("gateway")[1],
            timeout=60,
        )

    async def test_logs_name_nobody_and_quote_nobody(self):
        alice, bob = await self.members("alice", "bob")
        await alice.says(f"follow {bob.nick}", "You follow")
        await bob.says("post umbrellas are for the unlucky", "Posted")
        await alice.gets(f"{bob.nick}: umbrellas are for the unlucky")
        await bob.says(f"d {alice.nick} rhubarb is a secret", timeout=20)
        await alice.says("gibberish quince that is no command")
        self.stack.stop("bridge")
        self.stack.start("bridge")
        self.stack.stop("gateway")
        self.stack.start("gateway")
        words = ("umbrellas", "rhubarb", "quince", alice.nick, bob.nick, "@localhost")
        for part in ("bridge", "gateway"):
            log = self.log(part)
            self.assertIn("closing", log, f"the {part} did not end in good order")
            for word in words:
                self.assertNotIn(word, log, f"the {part}'s log")


if __name__ == "__main__":
    unittest.main()
