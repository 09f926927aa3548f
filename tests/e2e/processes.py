"""A bridge in a folder of its own, and what a test starts beside it, without an XMPP server."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from stack import ROOT

BIN = pathlib.Path(os.environ.get("LAPWING_BIN", ROOT / "build" / "release" / "bin"))

BRIDGE = """
[store]
path = "{dir}/store"
[lane.im]
endpoint = "ipc://{dir}/im"
[[lane.im.client]]
name = "narrow"
speaks_for = ["*@a.example"]
[[lane.im.client]]
name = "*"
speaks_for = ["*"]
[lane.web]
endpoint = "ipc://{dir}/web"
[lane.admin]
endpoint = "ipc://{dir}/admin"
[limits.im]
publishes_per_person = "unlimited"
publishes = "unlimited"
"""


class Processes(unittest.TestCase):
    """A bridge, and what a test class starts beside it, in a directory that goes when all is well."""

    went_well = True

    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="lapwing-hostile-"))
        cls.running = {}
        cls.start("bridge", BRIDGE.format(dir=cls.dir))

    @classmethod
    def start(cls, name, config):
        path = cls.dir / f"{name}.toml"
        path.write_text(config)
        with open(cls.dir / f"{name}.log", "wb") as log:
            cls.running[name] = subprocess.Popen(
                [BIN / f"lapwing-{name}", "--config", path], stdout=log, stderr=log
            )

    @classmethod
    def tearDownClass(cls):
        for process in reversed(cls.running.values()):
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        ended = {name: process.returncode for name, process in cls.running.items()}
        if cls.went_well and not any(ended.values()):
            shutil.rmtree(cls.dir)
        else:
            print(f"the logs are in {cls.dir}")
        if any(ended.values()):
            raise AssertionError(f"ended badly: {ended}")

    def run(self, result=None):
        super().run(result)
        type(self).went_well &= result.wasSuccessful()

    def assert_alive(self):
        for name, process in self.running.items():
            self.assertIsNone(process.poll(), f"the {name} died")
