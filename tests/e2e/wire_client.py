"""A client of the bridge, written from docs/wire.md alone.

    with LapwingClient("ipc:///run/lapwing/web", "my-bot") as client:
        client.hello()
        reply = client.publish("alice", "note-1", "A lapwing over the marsh")
        client.subscribe(after=0)
        client.grant(100, 100_000)
        items = client.read_feed(count=10)

It shares no code with the product but the schema, from which protoc makes the bodies. One thread. It
waits for answers (with a limit), answers the bridge's pings while it waits, and drops what belongs
to an earlier session.
"""

import atexit
import importlib.util
import pathlib
import secrets
import shutil
import struct
import subprocess
import tempfile
import time

import zmq

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADER = struct.Struct("<2sBBHHQQQQ")
VERSION = 1
HELLO, WELCOME, REQUEST, REPLY, CREDIT, BATCH = 1, 2, 3, 4, 5, 6
ACK, NACK, RECEIPT, PRESENCE, GAP, PING, PONG, BYE = 7, 8, 9, 10, 11, 12, 13, 14
ANSWER_SECONDS = 15


def load_schema():
    """The module that protoc makes of wire.proto, in a folder that goes away with the process."""
    folder = tempfile.mkdtemp(prefix="lapwing-wire-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    source = ROOT / "bridge" / "wire"
    subprocess.run(
        ["protoc", f"-I{source}", f"--python_out={folder}", "wire.proto"], check=True
    )
    spec = importlib.util.spec_from_file_location("wire_pb2", f"{folder}/wire_pb2.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


wire = load_schema()


class Goodbye(Exception):
    """The bridge ended the session; `reason` is a number of wire.Bye.Reason."""

    def __init__(self, bye):
        super().__init__(f"{wire.Bye.Reason.Name(bye.reason)}: {bye.text.decode()}")
        self.reason = bye.reason


class NoAnswer(Exception):
    pass


class LapwingClient:
    def __init__(self, endpoint, name, keys=None, server_key=None):
        """`keys` is (public, secret) and `server_key` the bridge's public key, all Z85 bytes."""
        self.name = name.encode()
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.setsockopt(zmq.IMMEDIATE, 1)
        self.socket.setsockopt(zmq.LINGER, 100)
        self.socket.setsockopt(zmq.RCVHWM, 0)
        self.socket.setsockopt(zmq.RECONNECT_IVL, 100)
        self.socket.setsockopt(zmq.SNDTIMEO, 1000 * ANSWER_SECONDS)
        if server_key is not None:
            self.socket.curve_publickey, self.socket.curve_secretkey = keys
            self.socket.curve_serverkey = server_key
        self.socket.connect(endpoint)
        self._begin()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.welcome is not None:
            try:
                self._send(BYE, wire.Bye(reason=wire.Bye.CLOSING))
            except zmq.Again:
                pass
        self.socket.close()

    # ---- the session ---------------------------------------------------------------------------

    def _begin(self):
        self.epoch = secrets.randbits(64) or 1
        self.sequence = 0
        self.granted = [0, 0]  # deliveries, bytes
        self.welcome = None
        self.replies = {}
        self.items = []  # of the feed, not yet taken by read_feed
        self.batches_seen = 0
        self.gaps = []
        self.last_sent = time.monotonic()

    def hello(self, seconds=ANSWER_SECONDS, versions=(VERSION, VERSION)):
        """Opens a session, replacing the one there was."""
        self._begin()
        low, high = versions
        body = wire.Hello(
            version_min=low, version_max=high, client=self.name, software=b"wire_client.py"
        )
        self._send(HELLO, body)
        self._until(lambda: self.welcome is not None, seconds)
        return self.welcome

    def _send(self, kind, body=None, sequence=0):
        header = HEADER.pack(b"LW", VERSION, kind, 0, 0, self.epoch, sequence, *self.granted)
        self.socket.send_multipart([header] + ([] if body is None else [body.SerializeToString()]))
        self.last_sent = time.monotonic()

    def send_raw(self, *frames):
        self.socket.send_multipart(frames)

    def _until(self, done, seconds):
        """Handles what comes until `done()`."""
        end = time.monotonic() + seconds
        while not done():
            now = time.monotonic()
            if now > end:
                raise NoAnswer(f"nothing within {seconds} s")
            if self.welcome and now - self.last_sent > self.welcome.ping_after_ms / 1000:
                self._send(PING)
            if self.socket.poll(100):
                self._handle(self.socket.recv_multipart())

    def _handle(self, frames):
        magic, version, kind, flags, _, epoch, sequence, _, _ = HEADER.unpack(frames[0])
        assert (magic, flags) == (b"LW", 0), "a header that docs/wire.md does not know"
        body = frames[1] if len(frames) > 1 else b""
        if kind == BYE and epoch in (0, self.epoch):
            raise Goodbye(wire.Bye.FromString(body))
        if epoch != self.epoch:
            return
        if kind == WELCOME:
            self.welcome = wire.Welcome.FromString(body)
        elif kind == REPLY:
            self.replies[sequence] = wire.Reply.FromString(body)
        elif kind == BATCH:
            self.batches_seen += 1
            assert sequence == self.batches_seen, "a batch is missing or repeated"
            self.items.extend(wire.Batch.FromString(body).items)
        elif kind == GAP:
            self.gaps.append(wire.Gap.FromString(body))
        elif kind == PING:
            self._send(PONG)

    # ---- requests ------------------------------------------------------------------------------

    def start(self, request):
        """Sends a request; its number is for `wait`."""
        self.sequence += 1
        self._send(REQUEST, request, self.sequence)
        return self.sequence

    def wait(self, sequence, seconds=ANSWER_SECONDS):
        self._until(lambda: sequence in self.replies, seconds)
        return self.replies.pop(sequence)

    def ask(self, request, seconds=ANSWER_SECONDS):
        return self.wait(self.start(request), seconds)

    @staticmethod
    def _bytes(text):
        return text if isinstance(text, bytes) else text.encode()

    def publish(self, nick, client_id, text, create_author=False):
        return self.ask(self.publish_request(nick, client_id, text, create_author))

    def publish_request(self, nick, client_id, text, create_author=False):
        return wire.Request(
            actor=wire.Actor(nick=self._bytes(nick)),
            publish=wire.Publish(
                client_id=self._bytes(client_id),
                text=self._bytes(text),
                create_author=create_author,
            ),
        )

    # ---- the feed ------------------------------------------------------------------------------

    def grant(self, deliveries, size):
        self.granted[0] += deliveries
        self.granted[1] += size
        self._send(CREDIT)

    def subscribe(self, after=0, from_now=False, feed=b"public"):
        return self.ask(
            wire.Request(subscribe=wire.Subscribe(feed=feed, after=after, from_now=from_now))
        )

    @staticmethod
    def cost(item):
        """What an item takes of the credit: (deliveries, bytes)."""
        body = 256 + len(item.author) + len(item.text)
        if not item.recipients:
            return 1, body
        people = item.recipients
        return len(people), sum(body + len(r.address) + len(r.phrase) for r in people)

    def read(self, count, seconds=ANSWER_SECONDS):
        """The next `count` items, neither acknowledged nor granted again."""
        self._until(lambda: len(self.items) >= count, seconds)
        taken, self.items = self.items[:count], self.items[count:]
        return taken

    def acknowledge(self, items):
        """Everything that has come; grants what `items` took."""
        costs = [self.cost(item) for item in items]
        self.granted[0] += sum(deliveries for deliveries, _ in costs)
        self.granted[1] += sum(size for _, size in costs)
        self._send(ACK, sequence=self.batches_seen)

    def read_feed(self, count, seconds=ANSWER_SECONDS):
        items = self.read(count, seconds)
        self.acknowledge(items)
        return items

    # ---- a gateway's part ----------------------------------------------------------------------

    def ask_for(self, address, **action):
        """ask_for(b"alice@example.org", join=wire.Join(nick=b"alice"))"""
        return self.ask(wire.Request(actor=wire.Actor(address=address), **action))

    def presence(self, address, available=True):
        change = wire.Presence.Change(address=address, available=available)
        self._send(PRESENCE, wire.Presence(changes=[change]))

    def nack(self, address, number, reason):
        self._send(NACK, wire.Nack(address=address, id=number, reason=reason))

    def idle(self, seconds):
        """Stays in the session for a while, taking what comes."""
        try:
            self._until(lambda: False, seconds)
        except NoAnswer:
            pass
