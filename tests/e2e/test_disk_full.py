#!/usr/bin/python3
"""A disk that fills up under the log: refused with a reason, nothing lost, on again by itself.

Mounts a file system of 256 MB in memory, which takes root; says so and passes otherwise.
"""

import base64
import os
import pathlib
import subprocess
import tempfile
import time
import unittest

from lone_bridge import LoneBridge, feed
from wire_client import wire

DISK = "256m"
LONG_POSTS = "[rules]\npost_characters_max = 2000\n"
LEFT_BYTES = 6_000_000  # of room, when the ballast is in
POST = 1_400  # random bytes of each text, which nothing makes shorter
REFUSED_SECONDS = 120  # until the rest of the disk is full
RESUMED_SECONDS = 30


class SmallDisk:
    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="lapwing-disk-"))
        options = ["-o", f"size={DISK},mode=0700"]
        done = subprocess.run(
            ["mount", "-t", "tmpfs", *options, "lapwing", self.path], capture_output=True
        )
        self.mounted = done.returncode == 0
        self.ballast = []

    def fill(self, left):
        """Takes all the room but `left` bytes."""
        room = os.statvfs(self.path)
        size = room.f_bavail * room.f_frsize - left
        if size <= 0:
            return
        self.ballast.append(self.path / f"ballast-{len(self.ballast)}")
        with open(self.ballast[-1], "wb") as out:
            os.posix_fallocate(out.fileno(), 0, size)

    def free(self):
        for file in self.ballast:
            file.unlink()
        self.ballast.clear()

    def close(self):
        if self.mounted:
            subprocess.run(["umount", "-l", self.path], check=True)
        self.path.rmdir()


class FullDisk(unittest.TestCase):
    def setUp(self):
        self.disk = SmallDisk()
        self.addCleanup(self.disk.close)
        if not self.disk.mounted:
            self.skipTest("this process may not mount a small file system")
        self.bridge = LoneBridge(self.disk.path / "store", write_buffer="4MiB", extra=LONG_POSTS)
        self.addCleanup(self.bridge.__exit__)
        self.bridge.start()
        self.acknowledged = {}
        self.number = 0

    def publish(self, client):
        """The error, or None when it was acknowledged."""
        self.number += 1
        text = base64.b64encode(os.urandom(POST)).decode()
        reply = client.publish("alice", f"{self.number}", text, create_author=True)
        if reply.WhichOneof("result") == "error":
            return reply.error
        self.acknowledged[reply.published.id] = text
        return None

    def until(self, seconds, client, ended):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            error = self.publish(client)
            if ended(error):
                return error
            if error:
                client.idle(0.2)
        raise AssertionError(f"not within {seconds} s")

    def test_a_full_disk(self):
        with self.bridge.client("writer") as client:
            client.hello()
            for _ in range(200):
                self.assertIsNone(self.publish(client))
            self.disk.fill(LEFT_BYTES)
            error = self.until(REFUSED_SECONDS, client, lambda error: error is not None)
            self.assertEqual(error.code, wire.UNAVAILABLE)
            self.assertIn(b"No space left on device", error.text)
            self.assertGreater(error.retry_after_ms, 0)

            # Writing out its buffers may have given the store some room back: that goes too. Then
            # all is refused, and whatever needs no room is answered.
            refused = 0
            for _ in range(20):
                self.disk.fill(0)
                refused = refused + 1 if self.publish(client) else 0
                whois = client.ask(wire.Request(whois=wire.Whois(nick=b"alice")))
                self.assertEqual(whois.profile.nick, b"alice")
                client.idle(0.2)
            self.assertGreaterEqual(refused, 5)
            self.assertIn("log head", self.bridge.ctl("status"))
            said = self.bridge.ctl("backup", self.disk.path / "copy", code=3)
            self.assertIn("No space left on device", said)

            self.disk.free()
            freed = time.monotonic()
            self.until(RESUMED_SECONDS, client, lambda error: error is None)
            print(f"resumed {time.monotonic() - freed:.1f} s after there was room", flush=True)
            for _ in range(200):
                self.assertIsNone(self.publish(client))
        self.assertTrue(self.bridge.alive())
        with self.bridge.client("reader") as client:
            client.hello()
            posts = feed(client, max(self.acknowledged))
        lost = {i for i, text in self.acknowledged.items() if posts.get(i) != text}
        self.assertEqual(lost, set())
        self.bridge.stop()
        self.assertIn("no faults", self.bridge.ctl("verify", self.bridge.data))


if __name__ == "__main__":
    unittest.main()
