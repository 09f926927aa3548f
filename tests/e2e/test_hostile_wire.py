"""Hostile input at the bridge, by a client that breaks the rules of the wire: it stays alive, and everybody
else is served."""

import random
import unittest

from processes import Processes
from wire_client import ACK, HELLO, HEADER, NACK, PING, PRESENCE, RECEIPT, REQUEST, VERSION
from wire_client import Goodbye, LapwingClient, wire

LANES = ("im", "web", "admin")
RANDOM_SEED = 20080415


def header(kind, epoch, sequence=0, version=VERSION):
    return HEADER.pack(b"LW", version, kind, 0, 0, epoch, sequence, 10, 100_000)


class Wire(Processes):
    def client(self, lane, name="tester"):
        client = LapwingClient(f"ipc://{self.dir}/{lane}", name)
        self.addCleanup(client.close)
        client.hello()
        return client

    def refused(self, reply, *codes):
        self.assertEqual(reply.WhichOneof("result"), "error", reply)
        self.assertIn(reply.error.code, codes or (wire.BAD_REQUEST,))

    def assert_serves(self, client):
        self.assert_alive()
        reply = client.ask(wire.Request(whois=wire.Whois(nick=b"nobody")))
        self.assertIn(reply.WhichOneof("result"), ("error", "profile"))

    def test_no_text_of_any_kind_may_hold_control_characters_or_broken_utf8(self):
        gateway, operator = self.client("im"), self.client("admin", "operator")
        ann, bad = b"ann@b.example", (b"bell \x07", b"\x1b[2J", b"a\0b", b"caf\xc3", b"\xed\xa0\x80")
        gateway.ask_for(ann, join=wire.Join(nick=b"ann"))
        self.refused(gateway.ask_for(ann, join=wire.Join(nick=b"ann2")), wire.CONFLICT, wire.BAD_REQUEST)
        for text in bad:
            with self.subTest(text=text):
                self.refused(gateway.ask_for(ann, publish=wire.Publish(client_id=b"1", text=text)))
                self.refused(
                    gateway.ask_for(ann, direct=wire.Direct(client_id=b"1", nick=b"ann", text=text))
                )
                self.refused(gateway.ask_for(ann, track=wire.Track(phrases=text)))
                self.refused(gateway.ask_for(b"new@b.example", join=wire.Join(nick=text)))
                self.refused(
                    gateway.ask_for(ann, follow=wire.Follow(nick=text)), wire.BAD_REQUEST, wire.UNKNOWN
                )
                self.refused(gateway.ask_for(text + b"@b.example", join=wire.Join(nick=b"new")))
                self.refused(operator.publish("new", "1", text, create_author=True))
                self.refused(operator.publish(text, "1", "text", create_author=True))
        reply = gateway.ask_for(ann, stats=wire.Stats())
        self.assertEqual(reply.numbers.posts, 0)

    def genuine(self, epoch):
        """One message of each kind that a client sends."""
        request = wire.Request(
            actor=wire.Actor(nick=b"ann"), publish=wire.Publish(client_id=b"1", text=b"a whole post")
        )
        change = wire.Presence.Change(address=b"ann@b.example", available=True)
        for kind, body in (
            (HELLO, wire.Hello(version_min=1, version_max=1, client=b"vandal", software=b"x")),
            (REQUEST, request),
            (ACK, None),
            (NACK, wire.Nack(address=b"ann@b.example", id=1)),
            (RECEIPT, wire.Receipt(address=b"ann@b.example", id=1)),
            (PRESENCE, wire.Presence(changes=[change])),
            (PING, None),
        ):
            yield header(kind, epoch, 1), b"" if body is None else body.SerializeToString()

    def broken(self, epoch, chance):
        for head, body in self.genuine(epoch):
            for size in (0, 1, 2, 3, 8, 20, len(head) - 1):
                yield head[:size], body
            for size in range(0, len(body), 3):
                yield head, body[:size]
            for _ in range(20):  # a few bytes changed
                damaged = bytearray(head + body)
                for _ in range(chance.randrange(1, 4)):
                    damaged[chance.randrange(len(damaged))] = chance.randrange(256)
                yield bytes(damaged[: len(head)]), bytes(damaged[len(head) :])
        for _ in range(100):
            frames = chance.randrange(1, 5)
            yield tuple(chance.randbytes(chance.choice((0, 1, 40, 300))) for _ in range(frames))
        yield header(REQUEST, epoch, 1), b"\x0a" * 200_000
        yield header(REQUEST, epoch, 1), b"\x0a\xff\xff\xff\xff\x0f"

    def test_broken_frames_on_every_lane(self):
        chance = random.Random(RANDOM_SEED)
        for lane in LANES:
            bystander = self.client(lane, "bystander")
            vandal = self.client(lane, "vandal")
            for frames in self.broken(vandal.epoch, chance):
                vandal.send_raw(*frames)
                try:  # in a session as often as not
                    if chance.random() < 0.1:
                        vandal.idle(0.01)
                except (Goodbye, AssertionError, KeyError):
                    vandal.hello()
            with self.subTest(lane=lane):
                self.assert_serves(bystander)
                self.assert_serves(self.client(lane, "newcomer"))

    def test_nobody_speaks_for_whom_they_may_not(self):
        wide, narrow = self.client("im", "wide"), self.client("im", "narrow")
        own, other = b"own@a.example", b"other@b.example"
        self.assertEqual(wide.ask_for(other, join=wire.Join(nick=b"other")).joined.nick, b"other")
        self.assertEqual(narrow.ask_for(own, join=wire.Join(nick=b"own")).joined.nick, b"own")
        for action in (
            {"join": wire.Join(nick=b"stolen")},
            {"publish": wire.Publish(client_id=b"1", text=b"stolen")},
            {"direct": wire.Direct(client_id=b"1", nick=b"own", text=b"stolen")},
            {"track": wire.Track(phrases=b"heron")},
            {"follow": wire.Follow(nick=b"own")},
            {"list_tracks": wire.ListTracks()},
            {"stats": wire.Stats()},
            {"quit": wire.Quit()},
        ):
            with self.subTest(action=action):
                self.refused(narrow.ask_for(other, **action), wire.FORBIDDEN)
        as_nick = wire.Request(
            actor=wire.Actor(nick=b"other"), publish=wire.Publish(client_id=b"1", text=b"stolen")
        )
        self.refused(narrow.ask(as_nick), wire.FORBIDDEN)
        self.assertEqual(wide.ask_for(other, stats=wire.Stats()).numbers.posts, 0)

    def test_nobody_gets_the_deliveries_of_whom_they_may_not_speak_for(self):
        wide, narrow = self.client("im", "wide"), self.client("im", "narrow")
        mine, theirs, author = b"me@a.example", b"them@b.example", b"author@b.example"
        for client, address, nick in ((narrow, mine, b"me"), (wide, theirs, b"them"), (wide, author, b"au")):
            client.ask_for(address, join=wire.Join(nick=nick))
        narrow.ask_for(mine, track=wire.Track(phrases=b"heron"))
        wide.ask_for(theirs, track=wire.Track(phrases=b"heron"))
        narrow.grant(100, 100_000)
        wide.grant(100, 100_000)
        narrow.presence(theirs)
        narrow.presence(mine)
        wide.ask_for(author, publish=wire.Publish(client_id=b"h1", text=b"a heron"))
        [item] = narrow.read(1)
        self.assertEqual([r.address for r in item.recipients], [mine])
        # It does not make them look gone, or give back what they got, either.
        wide.presence(theirs)
        [got] = wide.read(1)
        wide.acknowledge([got])
        narrow.nack(theirs, got.id, wire.Nack.OFFLINE)
        narrow.presence(theirs, available=False)
        narrow.ask_for(mine, stats=wire.Stats())
        wide.ask_for(author, publish=wire.Publish(client_id=b"h2", text=b"a second heron"))
        [item] = wide.read(1)
        self.assertEqual([r.address for r in item.recipients], [theirs])
        self.assertNotEqual(item.id, got.id)


if __name__ == "__main__":
    unittest.main()
