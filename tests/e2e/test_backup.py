#!/usr/bin/python3
"""Backup while posts come in, restore, and a bridge on what was restored; verify throughout."""

import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from lone_bridge import LoneBridge, feed

POSTS = 4_000
BEFORE_THE_BACKUP = 500


def head_of(said):
    return int(re.search(r"records up to ([\d,]+)", said).group(1).replace(",", ""))


class Backup(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="lapwing-backup-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.backup = self.dir / "backup"
        self.restored = self.dir / "restored"

    def import_begins(self, bridge):
        """An import that goes on; returns when some of it is in the log."""
        lines = self.dir / "posts.txt"
        lines.write_text("".join(f"post number {i}\n" for i in range(POSTS)))
        running = subprocess.Popen(
            bridge.command("import", "--as", "alice", lines),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        with bridge.client("watcher") as client:
            client.hello()
            client.subscribe(after=0)
            client.grant(BEFORE_THE_BACKUP, 100_000_000)
            client.read(BEFORE_THE_BACKUP, 120)
        return running

    def test_what_was_there_when_the_backup_was_made_comes_back(self):
        with LoneBridge() as bridge:
            running = self.import_begins(bridge)
            head = head_of(bridge.ctl("backup", self.backup))
            self.assertGreaterEqual(head, BEFORE_THE_BACKUP)
            self.assertIn("no faults", bridge.ctl("verify"))  # of the running bridge
            said, _ = running.communicate(timeout=300)
            self.assertEqual(running.returncode, 0, said)
            self.assertEqual([p.name for p in bridge.data.glob("backup-*")], [])
            self.assertIn("is there already", bridge.ctl("backup", self.backup, code=1))
            self.assertIn("is in use", bridge.ctl("verify", bridge.data, code=1))
            with bridge.client("reader") as client:
                there = feed_after_hello(client, head)
            self.assertIn("no faults", bridge.ctl("verify", self.backup))
            self.assertIn("restored to", bridge.ctl("restore", self.backup, "--to", self.restored))
            bridge.stop()
            self.assertIn("no faults", bridge.ctl("verify", bridge.data))
        with LoneBridge(data=self.restored) as bridge, bridge.client("reader") as client:
            back = feed_after_hello(client, head)
            self.assertEqual(
                {i: text for i, text in back.items() if i <= head},
                {i: text for i, text in there.items() if i <= head},
            )
            self.assertIn("no faults", bridge.ctl("verify"))
            bridge.ctl("publish", "--as", "alice", "and on we go")
            again = ("restore", self.backup, "--to", self.restored)
            self.assertIn("A bridge is running", bridge.ctl(*again, code=1))
            bridge.stop()
            self.assertIn("There is something in", bridge.ctl(*again, code=1))

    def test_what_is_not_a_whole_backup_is_refused(self):
        with LoneBridge() as bridge:
            bridge.ctl("publish", "--as", "alice", "hello")
            bridge.ctl("backup", self.backup)
            restore = ("restore", self.backup, "--to", self.restored)
            label = self.backup / "BACKUP"
            kept = label.read_text()
            label.write_text(kept.replace("lapwing-backup 1", "lapwing-backup 2"))
            self.assertIn("newer Lapwing", bridge.ctl(*restore, code=2))
            label.write_text(kept.removesuffix("end\n"))
            self.assertIn("not complete", bridge.ctl(*restore, code=2))
            label.unlink()
            self.assertIn("not a whole one", bridge.ctl(*restore, code=2))
            self.assertFalse(self.restored.exists())
            self.assertIn("There is no store", bridge.ctl("verify", self.dir, code=2))


def feed_after_hello(client, head):
    client.hello()
    return feed(client, head)


if __name__ == "__main__":
    unittest.main()
