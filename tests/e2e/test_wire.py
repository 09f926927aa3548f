#!/usr/bin/python3
"""Puts a real bridge through docs/wire.md, with a client that was written from that page.

    tests/e2e/test_wire.py --bridge build/release/bin/lapwing-bridge

Starts a bridge in a temporary directory (lanes im and web on ipc, admin on tcp with CURVE), prints a
line per check, and exits non-zero if one failed.
"""

import argparse
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

import zmq

from wire_client import ANSWER_SECONDS, HEADER, PING, ROOT, REQUEST
from wire_client import Goodbye, LapwingClient, NoAnswer, wire

CONFIG = """
[store]
path = "{dir}/store"
[lane.im]
endpoint = "ipc://{dir}/im"
[lane.web]
endpoint = "ipc://{dir}/web"
[[lane.web.client]]
name = "narrow"
speaks_for = ["alice"]
[[lane.web.client]]
name = "*"
speaks_for = ["*"]
[lane.admin]
endpoint = "tcp://127.0.0.1:{port}"
secret_key_file = "admin.secret"
[[lane.admin.client]]
key = "{client_key}"
speaks_for = ["*"]
[limits.web]
publishes_per_person = "5/1s burst 5"
"""

RANDOM_SEED = 20080415


class Bridge:
    """The daemon under test, in a directory of its own."""

    def __init__(self, program):
        self.program = program
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="lapwing-wire-"))
        self.server_public, server_secret = zmq.curve_keypair()
        self.keys = zmq.curve_keypair()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        secret = self.dir / "admin.secret"
        secret.touch(mode=0o600)
        secret.write_bytes(server_secret + b"\n")
        (self.dir / "bridge.toml").write_text(
            CONFIG.format(dir=self.dir, port=self.port, client_key=self.keys[0].decode())
        )
        self.web = f"ipc://{self.dir}/web"
        self.admin = f"tcp://127.0.0.1:{self.port}"
        self.process = None

    def start(self):
        self.log = open(self.dir / "bridge.log", "ab")
        self.process = subprocess.Popen(
            [self.program, "--config", self.dir / "bridge.toml"], stdout=self.log, stderr=self.log
        )

    def stop(self, sign=signal.SIGTERM):
        self.process.send_signal(sign)
        self.process.wait(30)
        self.log.close()

    def alive(self):
        return self.process.poll() is None

    def client(self, name="tester"):
        return LapwingClient(self.web, name)

    def operator(self, name="operator", keys=None):
        return LapwingClient(self.admin, name, keys or self.keys, self.server_public)


CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def raises(kind, function):
    try:
        function()
    except kind as caught:
        return caught
    raise AssertionError(f"no {kind.__name__}")


def error_of(reply):
    assert reply.WhichOneof("result") == "error", reply
    return reply.error


def works(client):
    """Whether the session answers: a question that touches no limit."""
    reply = client.ask(wire.Request(whois=wire.Whois(nick=b"alice")))
    return reply.profile.nick == b"alice"


def published(reply):
    assert reply.WhichOneof("result") == "published", reply
    return reply.published


@check
def welcome_says_the_rules_of_the_session(bridge):
    with bridge.client() as client:
        welcome = client.hello()
        assert welcome.version == 1
        assert 0 < welcome.ping_after_ms < welcome.silence_ms_max


@check
def curve_lets_the_right_key_in(bridge):
    with bridge.operator() as operator:
        operator.hello()
        for nick in ("alice", "bob"):
            published(operator.publish(nick, f"first-{nick}", f"{nick} is here", True))


@check
def curve_keeps_a_wrong_key_out(bridge):
    stranger = bridge.operator(keys=zmq.curve_keypair())
    stranger.socket.setsockopt(zmq.SNDTIMEO, 1500)
    raises(zmq.Again, lambda: stranger.hello(seconds=2))
    stranger.close()


@check
def the_socket_file_is_for_its_owner_only(bridge):
    for lane in ("web", "im"):
        assert (bridge.dir / lane).stat().st_mode & 0o777 == 0o600
    if os.geteuid() == 0:  # only root can become somebody else to try
        bridge.dir.chmod(0o755)
        code = f"import socket; socket.socket(socket.AF_UNIX).connect('{bridge.dir}/web')"
        tried = subprocess.run(
            ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable, "-c", code],
            capture_output=True,
            cwd="/",
        )
        bridge.dir.chmod(0o700)
        assert b"PermissionError" in tried.stderr, tried.stderr


@check
def publishing_twice_posts_once(bridge):
    with bridge.client() as client:
        client.hello()
        first = published(client.publish("alice", "note-1", "A lapwing over the marsh"))
        again = published(client.publish("alice", "note-1", "A lapwing over the marsh"))
        other = published(client.publish("alice", "note-1", "Two lapwings over the marsh"))
        assert first.id > 0 and not first.duplicate
        assert (again.id, again.duplicate) == (first.id, True)
        assert other.id > first.id and not other.duplicate


@check
def the_feed_goes_on_from_a_position(bridge):
    with bridge.operator("reader") as client:
        client.hello()
        texts = [f"feed post {i}" for i in range(10)]
        ids = [published(client.publish("bob", f"feed-{t}", t)).id for t in texts]
        assert client.subscribe(after=ids[3]).subscribed.after == ids[3]
        client.grant(100, 100_000)
        items = client.read_feed(6)
        assert [item.id for item in items] == ids[4:]
        assert [item.text.decode() for item in items] == texts[4:]
        assert all(item.author == b"bob" and not item.recipients for item in items)
        live = published(client.publish("bob", "feed-live", "and one more, live")).id
        assert [item.id for item in client.read_feed(1)] == [live]
        # Moved back, it starts over from there.
        client.subscribe(after=ids[8])
        assert [item.id for item in client.read_feed(2)] == [ids[9], live]


@check
def the_feed_never_exceeds_the_credit(bridge):
    with bridge.client("slow-reader") as client:
        client.hello()
        client.subscribe(after=0)
        client.idle(0.5)
        assert client.items == []
        client.grant(3, 100_000)
        client.idle(0.5)
        assert len(client.items) == 3
        client.grant(1_000, 0)
        client.idle(0.5)
        spent = sum(client.cost(item)[1] for item in client.items)
        assert 3 < len(client.items) and spent <= 100_000


@check
def byte_credit_holds_items_back(bridge):
    with bridge.client("byte-reader") as client:
        client.hello()
        client.subscribe(after=0)
        client.grant(1_000, 256)
        client.idle(0.5)
        assert client.items == []
        client.grant(0, 200)
        client.idle(0.5)
        assert len(client.items) == 1


@check
def over_the_limit_means_later(bridge):
    with bridge.client() as client:
        client.hello()
        requests = [client.publish_request("bob", f"fast-{i}", f"quick {i}") for i in range(30)]
        replies = [client.wait(number) for number in [client.start(r) for r in requests]]
        refused = [(r, q) for r, q in zip(replies, requests) if r.WhichOneof("result") == "error"]
        assert 5 <= len(replies) - len(refused) < 30
        reply, request = refused[0]
        assert reply.error.code == wire.RATE_LIMITED, reply
        assert 0 < reply.error.retry_after_ms <= 1000
        time.sleep(reply.error.retry_after_ms / 1000)
        assert not published(client.ask(request)).duplicate


@check
def the_limit_of_one_is_not_the_limit_of_another(bridge):
    with bridge.client() as client:
        client.hello()
        for i in range(20):
            client.start(client.publish_request("bob", f"burst-{i}", f"burst {i}"))
        published(client.publish("alice", "calm-1", "meanwhile"))


@check
def speaking_for_somebody_else_is_forbidden(bridge):
    with bridge.client("narrow") as client:
        client.hello()
        published(client.publish("alice", "narrow-1", "I may say this"))
        published(client.publish("ALICE", "narrow-2", "and this"))
        assert error_of(client.publish("bob", "narrow-3", "not this")).code == wire.FORBIDDEN


@check
def what_a_lane_is_not_for_is_forbidden(bridge):
    with bridge.client() as client:
        client.hello()
        assert error_of(client.publish("newbie", "x", "hi", True)).code == wire.FORBIDDEN
        assert error_of(client.ask(wire.Request(status=wire.Status()))).code == wire.FORBIDDEN
        address = wire.Actor(address=b"alice@example.org")
        stats = wire.Request(actor=address, stats=wire.Stats())
        assert error_of(client.ask(stats)).code == wire.FORBIDDEN
    with bridge.operator() as operator:
        operator.hello()
        assert operator.ask(wire.Request(status=wire.Status())).status.head > 0


@check
def bad_requests_are_answered_as_such(bridge):
    with bridge.operator() as client:
        client.hello()
        cases = {
            "invalid UTF-8": b"caf\xc3",
            "a control character": b"bell \x07",
            "an escape sequence": b"\x1b[2J",
            "a noncharacter": b"\xef\xbf\xbf",
            "too long": b"x" * 2001,
            "empty": b"",
            "blank": b" \n\t ",
        }
        for number, (what, text) in enumerate(cases.items()):
            error = error_of(client.publish("alice", f"bad-{number}", text))
            assert error.code == wire.BAD_REQUEST, (what, error)
            assert error.text and b"\n" not in error.text
        assert b"byte 3" in error_of(client.publish("alice", "bad", b"caf\xc3")).text
        assert error_of(client.publish("alice", "", "no client id")).code == wire.BAD_REQUEST
        nobody = wire.Request(publish=wire.Publish(client_id=b"1", text=b"whose?"))
        assert error_of(client.ask(nobody)).code == wire.BAD_REQUEST
        assert error_of(client.publish("n\xff", "bad", "who?")).code == wire.BAD_REQUEST
        assert error_of(client.publish("nobody", "bad", "who?")).code == wire.UNKNOWN
        assert error_of(client.ask(wire.Request(actor=wire.Actor(nick=b"alice")))).code == (
            wire.BAD_REQUEST
        )
        # A body that is no request at all costs that request only.
        client.sequence += 1
        client.send_raw(
            HEADER.pack(b"LW", 1, REQUEST, 0, 0, client.epoch, client.sequence, 0, 0), b"\xff\xff"
        )
        assert error_of(client.wait(client.sequence)).code == wire.BAD_REQUEST
        assert works(client)


@check
def a_gateway_delivers_and_what_it_did_not_acknowledge_comes_again(bridge):
    address = b"carol@example.org"
    with LapwingClient(f"ipc://{bridge.dir}/im", "gateway") as gateway, bridge.operator() as author:
        gateway.hello()
        author.hello()
        assert error_of(gateway.ask_for(address, stats=wire.Stats())).code == wire.NOT_JOINED
        assert gateway.ask_for(address, join=wire.Join(nick=b"carol")).joined.nick == b"carol"
        (track,) = gateway.ask_for(address, track=wire.Track(phrases=b"heron")).phrases.phrases
        assert (track.text, track.changed) == (b"heron", True)
        assert list(gateway.ask(wire.Request(roster=wire.Roster(limit=10))).roster.addresses) == [
            address
        ]
        gateway.grant(10, 10_000)
        gateway.presence(address)
        ids = [published(author.publish("bob", f"h-{i}", f"a heron, {i}")).id for i in range(3)]
        assert ids[0] > track.since
        published(author.publish("bob", "h-no", "a stork"))
        items = gateway.read(3)
        assert [item.id for item in items] == ids
        (recipient,) = items[0].recipients
        assert (recipient.address, recipient.phrase) == (address, b"heron")
        assert getattr(recipient, "class") == wire.TRACK
        # Nothing was acknowledged: the next session gets it all again, the one after that nothing.
        gateway.hello()
        gateway.grant(10, 10_000)
        gateway.presence(address)
        again = gateway.read(3)
        assert [item.id for item in again] == ids
        gateway.acknowledge(again)
        gateway.idle(1)
        gateway.hello()
        gateway.grant(10, 10_000)
        gateway.presence(address)
        gateway.idle(1)
        assert gateway.items == []
        # A delivery that bounced is owed again when the person is back.
        bounced = published(author.publish("bob", "h-bounced", "a heron, lost")).id
        assert [item.id for item in gateway.read(1)] == [bounced]
        gateway.nack(address, bounced, wire.Nack.OFFLINE)
        gateway.presence(address, available=False)
        gateway.presence(address)
        assert [item.id for item in gateway.read(1)] == [bounced]


@check
def a_stranger_is_asked_for_hello(bridge):
    with bridge.client() as client:
        caught = raises(Goodbye, lambda: client.publish("alice", "early", "before HELLO"))
        assert caught.reason == wire.Bye.UNKNOWN_SESSION
        client.hello()
        assert works(client)


@check
def the_newest_session_of_a_name_wins(bridge):
    with bridge.client("twin") as old, bridge.client("twin") as new:
        old.hello()
        new.hello()
        assert raises(Goodbye, lambda: old.idle(5)).reason == wire.Bye.REPLACED
        old.welcome = None
        assert works(new)


@check
def a_version_nobody_speaks_is_refused(bridge):
    with bridge.client() as client:
        caught = raises(Goodbye, lambda: client.hello(versions=(7, 9)))
        assert caught.reason == wire.Bye.VERSION


def broken_messages(epoch, chance):
    good = HEADER.pack(b"LW", 1, PING, 0, 0, epoch, 0, 0, 0)
    yield (b"",)
    yield (good[:39],)
    yield (good + b"x",)
    yield (b"XX" + good[2:],)
    yield (good[:3] + b"\x63" + good[4:],)
    yield (good[:4] + b"\x01" + good[5:],)
    yield (good, b"one", b"two", b"three")
    yield (good, b"x" * 262_145)
    for _ in range(200):
        yield tuple(chance.randbytes(chance.choice((0, 3, 39, 40, 41, 500))) for _ in range(2))
    for _ in range(200):  # a good header with anything as its body
        kind = chance.randrange(0, 20)
        header = HEADER.pack(b"LW", 1, kind, 0, 0, epoch, chance.randrange(5), 0, 0)
        yield header, chance.randbytes(chance.randrange(60))


@check
def broken_frames_harm_nobody_else(bridge):
    chance = random.Random(RANDOM_SEED)
    with bridge.client("bystander") as bystander:
        bystander.hello()
        byes = 0
        for frames in broken_messages(77, chance):
            with bridge.client("vandal") as vandal:
                if chance.random() < 0.5:
                    vandal.hello()
                    vandal.epoch = vandal.epoch if chance.random() < 0.5 else 77
                vandal.send_raw(*frames)
                vandal.welcome = None
                if chance.random() < 0.1:
                    try:
                        vandal.idle(0.05)
                    except Goodbye:
                        byes += 1
            assert bridge.alive(), frames
        assert works(bystander)
    assert bridge.alive() and byes > 0


@check
def a_broken_frame_ends_its_session_with_a_reason(bridge):
    with bridge.client("clumsy") as client:
        client.hello()
        client.send_raw(b"short")
        assert raises(Goodbye, lambda: client.idle(5)).reason == wire.Bye.PROTOCOL_ERROR
        client.hello()
        assert works(client)


@check
def what_was_acknowledged_survives_kill_9(bridge):
    with bridge.operator() as client:
        client.hello()
        ids = [published(client.publish("bob", f"k-{i}", f"kept {i}")).id for i in range(20)]
        bridge.stop(signal.SIGKILL)
        bridge.start()
        # ZeroMQ reconnects by itself; the bridge does not know the session any more.
        caught = raises(Goodbye, lambda: client.ask(wire.Request(status=wire.Status()), 30))
        assert caught.reason == wire.Bye.UNKNOWN_SESSION
        client.hello()
        again = [published(client.publish("bob", f"k-{i}", f"kept {i}")) for i in range(20)]
        assert [p.id for p in again] == ids and all(p.duplicate for p in again)


@check
def the_example_of_the_manual_works(bridge):
    page = (ROOT / "docs" / "wire.md").read_text()
    code = re.search(r"```python\n(.*?)```", page, re.S).group(1)
    definitions = code.split("\nclient = Client(")[0]
    sys.modules["wire_pb2"] = wire
    names = {}
    exec(compile(definitions, "docs/wire.md", "exec"), names)
    client = names["Client"](bridge.web, b"reader-of-the-manual")
    client.hello()
    post = wire.Request(
        actor=wire.Actor(nick=b"alice"), publish=wire.Publish(client_id=b"manual", text=b"as told")
    )
    number = published(client.ask(post)).id
    client.credit = [100, 100_000]
    client.ask(wire.Request(subscribe=wire.Subscribe(feed=b"public", after=number - 1)))
    while not client.batches:
        assert client.receive(ANSWER_SECONDS)
    assert client.batches[0][1].items[0].text == b"as told"
    client.socket.close()


def run(bridge):
    failed = 0
    for function in CHECKS:
        what = function.__name__.replace("_", " ")
        started = time.monotonic()
        try:
            function(bridge)
            assert bridge.alive(), "the bridge died"
            print(f"ok    {what} ({time.monotonic() - started:.1f} s)", flush=True)
        except (AssertionError, Goodbye, NoAnswer, zmq.ZMQError, OSError):
            failed += 1
            print(f"FAIL  {what}", flush=True)
            traceback.print_exc()
        if not bridge.alive():
            print("the bridge is gone; giving up", flush=True)
            return failed + 1
    return failed


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    default = pathlib.Path(os.environ.get("LAPWING_BIN", "build/release/bin")) / "lapwing-bridge"
    arguments.add_argument("--bridge", default=default, type=pathlib.Path, help="the program")
    options = arguments.parse_args()
    bridge = Bridge(options.bridge.resolve())
    bridge.start()
    try:
        failed = run(bridge)
    finally:
        if bridge.alive():
            bridge.stop()
    if bridge.process.returncode != 0:
        failed += 1
        print(f"FAIL  closing in good order: exit status {bridge.process.returncode}")
    if failed:
        print(f"{failed} failed; the bridge's log is in {bridge.dir}")
        return 1
    shutil.rmtree(bridge.dir)
    print(f"all {len(CHECKS)} checks passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
