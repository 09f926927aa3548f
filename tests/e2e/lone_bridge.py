"""A bridge alone in a folder of its own, its lanes web and admin on ipc, and lapwingctl to it.

    with LoneBridge() as bridge:
        bridge.ctl("publish", "--as", "alice", "hello")

The programs come from the folder LAPWING_BIN. Processes are started here, and only those are ended.
"""

import os
import pathlib
import shutil
import subprocess
import tempfile

from wire_client import LapwingClient, NoAnswer

BIN = pathlib.Path(os.environ.get("LAPWING_BIN", "build/release/bin")).resolve()
START_SECONDS = 60

CONFIG = """
[store]
path = "{data}"
write_buffer = "{write_buffer}"
[lane.im]
endpoint = "ipc://{dir}/im"
[lane.web]
endpoint = "ipc://{dir}/web"
[lane.admin]
endpoint = "ipc://{dir}/admin"
[limits.web]
publishes_per_person = "unlimited"
"""


class LoneBridge:
    def __init__(self, data=None, write_buffer="64MiB", extra=""):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="lapwing-lone-"))
        self.data = data or self.dir / "store"
        self.config = self.dir / "bridge.toml"
        self.config.write_text(
            CONFIG.format(dir=self.dir, data=self.data, write_buffer=write_buffer) + extra
        )
        self.web = f"ipc://{self.dir}/web"
        self.admin = f"ipc://{self.dir}/admin"
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.dir, ignore_errors=True)

    def launch(self):
        """Starts it and does not wait until it is there."""
        with open(self.dir / "bridge.log", "ab") as log:
            self.process = subprocess.Popen(
                [BIN / "lapwing-bridge", "--config", self.config], stdout=log, stderr=log
            )

    def start(self):
        self.launch()
        with self.client("starting") as client:
            try:
                client.hello(START_SECONDS)
            except NoAnswer:
                raise AssertionError("the bridge does not start:\n" + self.log()) from None

    def stop(self, seconds=60):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(seconds)

    def alive(self):
        return self.process.poll() is None

    def log(self):
        log = self.dir / "bridge.log"
        return log.read_text() if log.exists() else ""

    def client(self, name, lane="admin"):
        return LapwingClient(f"ipc://{self.dir}/{lane}", name)

    def command(self, *arguments):
        return [BIN / "lapwingctl", "--endpoint", self.admin, *map(str, arguments)]

    def ctl(self, *arguments, code=0):
        """The output of a lapwingctl command that has to end with this code."""
        done = subprocess.run(self.command(*arguments), capture_output=True, text=True, timeout=300)
        said = done.stdout + done.stderr
        assert done.returncode == code, f"{arguments}: {done.returncode}\n{said}"
        return said


def feed(client, head):
    """Every post of the public feed up to `head`: {id: text}."""
    client.subscribe(after=0)
    client.grant(1_000, 10_000_000)
    posts = {}
    while not posts or max(posts) < head:
        items = client.read_feed(1)
        posts.update((item.id, item.text.decode()) for item in items)
    return posts
