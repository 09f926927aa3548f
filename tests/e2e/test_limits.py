#!/usr/bin/python3
"""Limits changed while a bridge runs: at once, whole, kept over restarts, with who did it."""

import json
import signal
import time
import unittest

from lone_bridge import LoneBridge


def limits(bridge):
    """(name, key) -> the line of `lapwingctl limits show`."""
    report = json.loads(bridge.ctl("limits", "show", "--json"))
    return {(line["name"], line.get("for", "")): line for line in report["limits"]}


def posts(bridge, client, count, start=0):
    """How many of so many posts by alice are accepted."""
    replies = [client.publish("alice", f"c{start + n}", f"post {start + n}") for n in range(count)]
    return sum(reply.HasField("published") for reply in replies)


class Limits(unittest.TestCase):
    def test_a_change_holds_at_once_and_over_a_restart(self):
        with LoneBridge() as bridge:
            bridge.ctl("publish", "--as", "alice", "hello")
            with bridge.client("site", lane="web") as client:
                client.hello()
                self.assertEqual(posts(bridge, client, 10), 10)
                bridge.ctl("limits", "set", "web.publishes_per_person", "1/1h burst 3", "--by", "olga")
                self.assertEqual(posts(bridge, client, 10, start=100), 3)
                bridge.ctl("limits", "set", "person:alice", "web.publishes_per_person", "unlimited")
                self.assertEqual(posts(bridge, client, 10, start=200), 10)
            bridge.stop()
            bridge.start()
            now = limits(bridge)
            line = now["web.publishes_per_person", ""]
            self.assertEqual((line["value"], line["source"]), ("1/h burst 3", "set"))
            self.assertTrue(line["who"].startswith("olga (lapwingctl"), line["who"])
            self.assertEqual(now["web.publishes_per_person", "alice"]["value"], "unlimited")
            bridge.ctl("limits", "unset", "web.publishes_per_person")
            self.assertEqual(limits(bridge)["web.publishes_per_person", ""]["source"], "file")
            self.assertIn("web.publishes_per_person: 1/h burst 3 -> unlimited", bridge.log())

    def test_what_is_wrong_is_refused_whole(self):
        with LoneBridge() as bridge:
            before = limits(bridge)
            said = bridge.ctl("limits", "set", "im.publishes", "lots", code=1)
            self.assertIn("500/1s burst 2000", said)
            bridge.ctl("limits", "set", "im.publishs", "1/s", code=1)
            bridge.ctl("limits", "set", "im.publishes", "1/s", "--for", "person:a@b", code=1)
            self.assertEqual(limits(bridge), before)
            self.assertIn("Nothing was ever set", bridge.ctl("limits", "history"))

    def test_shadow_counts_and_refuses_nothing(self):
        with LoneBridge() as bridge:
            bridge.ctl("publish", "--as", "alice", "hello")
            bridge.ctl("limits", "shadow", "web.publishes_per_person", "1/1h burst 1")
            with bridge.client("site", lane="web") as client:
                client.hello()
                self.assertEqual(posts(bridge, client, 5), 5)
                bridge.ctl("limits", "shadow", "web.publishes_per_person", "off")
                self.assertLessEqual(posts(bridge, client, 5, start=100), 1)
            deadline = time.monotonic() + 10
            while "alice" not in bridge.ctl("top") and time.monotonic() < deadline:
                time.sleep(0.2)
            top = json.loads(bridge.ctl("top", "--json"))
            self.assertEqual(top["web people over a limit"][0]["key"], "alice")

    def test_a_file_read_again_and_the_history(self):
        with LoneBridge() as bridge:
            bridge.ctl("limits", "set", "im.publishes", "7/s")
            bridge.config.write_text(
                bridge.config.read_text() + '[limits.im]\npublishes = "9/s"\nchanges = "11/s"\n'
            )
            bridge.process.send_signal(signal.SIGHUP)
            deadline = time.monotonic() + 10
            while limits(bridge)["im.changes", ""]["source"] != "file" and time.monotonic() < deadline:
                time.sleep(0.1)
            now = limits(bridge)
            self.assertEqual(now["im.changes", ""]["value"], "11/s")
            self.assertEqual(now["im.publishes", ""]["value"], "7/s")
            bridge.ctl("limits", "unset", "im.publishes")
            self.assertEqual(limits(bridge)["im.publishes", ""]["value"], "9/s")
            changes = json.loads(bridge.ctl("limits", "history", "--json"))["changes"]
            self.assertEqual([change.get("value") for change in changes], [None, "7/s"])
            self.assertTrue(changes[0]["unset"])
            self.assertEqual(changes[0]["old"], "7/s")


if __name__ == "__main__":
    unittest.main()
