"""A stack of real servers for a test: scripts/stack as a Python object.

    with Stack() as stack:
        stack.kill("bridge")
        stack.start("bridge")

Programs are taken from the folder in LAPWING_BIN, and the XMPP server is the one that LAPWING_SERVER
names, Prosody without it (ctest sets both). The directory is removed when the block ends well, and
kept, with its logs, when it ends with an exception.
"""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

from light_client import LightClient

ROOT = pathlib.Path(__file__).resolve().parents[2]


def read_env(path):
    lines = pathlib.Path(path).read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


class Stack:
    def __init__(self, bridge_extra="", gateway_extra="", server=None, retention="0s"):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="lapwing-"))
        self.server = server or os.environ.get("LAPWING_SERVER", "prosody")
        self.bin = os.environ.get("LAPWING_BIN", str(ROOT / "build" / "release" / "bin"))
        self.retention = retention
        (self.dir / "bridge.extra").write_text(bridge_extra)
        (self.dir / "gateway.extra").write_text(gateway_extra)

    def __enter__(self):
        self.up()
        return self

    def __exit__(self, kind, *_):
        self.down(keep=kind is not None)

    def up(self):
        try:
            self._run(
                "up", "--server", self.server, "--bin", self.bin,
                "--retention", self.retention,
                "--bridge-config-extra", str(self.dir / "bridge.extra"),
                "--gateway-config-extra", str(self.dir / "gateway.extra"),
            )  # fmt: skip
        except BaseException:
            self.down(keep=True)
            raise
        self.env = read_env(self.dir / "stack.env")
        self.bot = self.env["SERVICE_JID"]
        self.host, self.port = self.env["XMPP_HOST"], int(self.env["XMPP_PORT"])

    def down(self, keep=False):
        self._run("down")
        if not keep:
            shutil.rmtree(self.dir)
            return
        print(f"the stack's logs are in {self.dir}")
        for log in sorted(self.dir.glob("*.log")):
            tail = log.read_text(errors="replace").splitlines()[-15:]
            print(f"---- the end of {log.name}", *tail, sep="\n")

    def start(self, part):
        self._run("start", part)

    def stop(self, part):
        self._run("stop", part)

    def kill(self, part):
        """As `kill -9`: the part has no moment to put anything in order."""
        self._run("kill", part)

    @contextlib.contextmanager
    def frozen(self, part):
        """For that long the part does nothing at all, though nothing of it is gone: a network that
        fails, or a machine that has no time."""
        name = self.server if part == "server" else part
        pid = int((self.dir / f"{name}.pid").read_text())
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def _run(self, *arguments, input=""):
        command = [str(ROOT / "scripts" / "stack"), *arguments, "--dir", str(self.dir)]
        subprocess.run(command, check=True, text=True, input=input)

    def ctl(self, *arguments, check=True, **options):
        """Runs lapwingctl on the admin lane, returns the finished process with its text output."""
        command = [f"{self.bin}/lapwingctl", "--endpoint", self.env["BRIDGE_ADMIN"], *arguments]
        return subprocess.run(command, check=check, text=True, capture_output=True, **options)

    def status(self):
        return json.loads(self.ctl("status", "--json").stdout)

    def register(self, names, password="secret"):
        """Creates accounts on the XMPP server, returns their addresses in the same order."""
        self._run("register", input="".join(f"{name} {password}\n" for name in names))
        domain = self.env["XMPP_DOMAIN"]
        return [f"{name}@{domain}" for name in names]

    def client(self, who, password=None, resource="test"):
        """A client for alice, bob or eve, or for a registered address with its password."""
        if password is None:
            password = self.env[f"{who.upper()}_PASSWORD"]
            who = self.env[f"{who.upper()}_JID"]
        return LightClient(who, password, self.host, self.port, resource)
