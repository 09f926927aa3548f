"""Measures what happens when the XMPP server comes back: what the gateway sends, and when everybody has their post.

    scripts/bench reconnect [--contacts N] [--online N] [--server prosody|ejabberd]

So many people of another domain have joined, and a part of them is online. That domain is a component of the same real
XMPP server, by hand: it answers probes as a server of its own would. The server goes away, everybody who is online is
written to meanwhile, and it comes back. Counted is from the moment the gateway speaks to that domain again.

One line of JSON on stdout, a table for people on stderr. Takes about two minutes.
"""

import argparse
import asyncio
import json
import os
import re
import time
from xml.etree.ElementTree import XMLPullParser

from lib.report import say, show
from messages import wait_until
from second_component import SecondComponent, add_component
from stack import Stack
from wire_client import LapwingClient, wire

DOMAIN, SECRET = "people.localhost", "component-secret"
# How many are asked, by default (conf/gateway.toml, `probes`). With a probe goes the service's own presence, and once
# more to whoever turns out to be there.
PROBES_PER_SECOND, PROBES_BURST = 200, 20
STANZAS_A_PROBE = 3
FIRST_SECONDS = 10

# Of the table: a label, and which number of the line it is.
ROWS = [
    ("contacts", "contacts"),
    ("  online", "online"),
    ("presence stanzas in the first 10 s", "presences_10s"),
    ("  at most, by the setting", "presences_10s_max"),
    ("all who are online have the post after, s", "all_reached_s"),
    ("  half of them, s", "half_reached_s"),
    ("resident bytes of the gateway, a contact", "bytes_per_contact"),
]


def address(person):
    return f"p{person}@{DOMAIN}"


class People(SecondComponent):
    """The other domain: it answers whoever asks where its people are, and counts what comes."""

    def __init__(self, port, online):
        super().__init__(DOMAIN, SECRET, port)
        self.online = online
        self.presences = []  # when each came
        self.asked = set()  # people
        self.reached = {}  # person: when the post came

    async def serve(self):
        parser = XMLPullParser(["start", "end"])
        parser.feed("<stream>")
        depth = 0
        while data := await self.reader.read(65536):
            parser.feed(data)
            for event, element in parser.read_events():
                depth += 1 if event == "start" else -1
                if event == "end" and depth == 1:
                    self.take(element)
                    element.clear()

    def take(self, stanza):
        now = time.monotonic()
        kind = stanza.tag.rpartition("}")[2]
        person = re.match(r"p(\d+)@", stanza.get("to", ""))
        if person is None:
            return
        number = int(person[1])
        if kind == "presence":
            self.presences.append(now)
            if stanza.get("type") == "probe":
                self.asked.add(number)
                self.answer(number, stanza.get("from"))
        elif kind == "message" and any("storm" in (text or "") for text in stanza.itertext()):
            self.reached.setdefault(number, now)

    def answer(self, number, who):
        if number < self.online:
            self.send(f"<presence from='{address(number)}/home' to='{who}'/>")
        else:
            self.send(f"<presence type='unavailable' from='{address(number)}' to='{who}'/>")


def in_pieces(client, requests, size=500):
    """All of them, answered; those that were too early again."""
    waiting = list(requests)
    while waiting:
        numbers = [(client.start(request), request) for request in waiting[:size]]
        waiting = waiting[size:]
        for number, request in numbers:
            error = client.wait(number).error
            if error.retry_after_ms:
                waiting.append(request)
            elif error.code:
                raise RuntimeError(error.text.decode())


def set_up(stack, contacts, online):
    with LapwingClient(stack.env["BRIDGE_IM"], "setup") as client:
        client.hello()
        weather = wire.Actor(address=f"weather@{DOMAIN}".encode())
        in_pieces(client, [wire.Request(actor=weather, join=wire.Join(nick=b"weather"))])
        actor = [wire.Actor(address=address(n).encode()) for n in range(contacts)]
        in_pieces(
            client,
            (wire.Request(actor=actor[n], join=wire.Join(nick=f"p{n}".encode())) for n in range(contacts)),
        )
        in_pieces(
            client,
            (wire.Request(actor=actor[n], track=wire.Track(phrases=b"storm")) for n in range(online)),
        )


def gateway_pid(stack):
    return int((stack.dir / "gateway.pid").read_text())


def resident_bytes(pid):
    with open(f"/proc/{pid}/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def measure(stack, options):
    contacts, online = options.contacts, options.online
    bare = resident_bytes(gateway_pid(stack))
    say(f"reconnect: {contacts:,} people join, of whom {online:,} are online")
    set_up(stack, contacts, online)
    people = People(stack.second_port, online)
    await people.connect()
    serving = asyncio.create_task(people.serve())
    # As after any start, everybody is asked once.
    stack.stop("gateway")
    stack.start("gateway")
    expected = contacts / PROBES_PER_SECOND
    await wait_until(lambda: len(people.asked) == contacts, expected * 2 + 30, "not all were asked")
    await asyncio.sleep(1)  # for the last answers
    grown = resident_bytes(gateway_pid(stack)) - bare

    say("reconnect: the server goes away, and comes back")
    stack.stop("server")
    serving.cancel()
    await people.close()
    with LapwingClient(stack.env["BRIDGE_WEB"], "setup") as client:
        client.hello()
        reply = client.publish("weather", "1", "a storm is coming")
        assert reply.HasField("published"), reply
    # That domain is there as soon as the server is, before the gateway asks for anybody.
    people = People(stack.second_port, online)
    starting = asyncio.to_thread(stack.start, "server")
    await asyncio.gather(starting, people.connect())
    serving = asyncio.create_task(people.serve())
    await wait_until(lambda: people.presences or people.reached, 60, "the gateway did not come back")
    began = min([*people.presences, *people.reached.values()])
    await wait_until(lambda: len(people.reached) == online, expected + 60, "not everybody has the post")
    await asyncio.sleep(max(0, began + FIRST_SECONDS - time.monotonic()))
    serving.cancel()
    await people.close()
    reached = sorted(at - began for at in people.reached.values())
    return {
        "bench": "reconnect",
        "server": stack.server,
        "contacts": contacts,
        "online": online,
        "presences_10s": sum(at < began + FIRST_SECONDS for at in people.presences),
        "presences_10s_max": STANZAS_A_PROBE * (PROBES_PER_SECOND * FIRST_SECONDS + PROBES_BURST),
        "half_reached_s": round(reached[len(reached) // 2], 2),
        "all_reached_s": round(reached[-1], 2),
        "bytes_per_contact": round(grown / contacts),
    }


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench reconnect")
    parser.add_argument("--contacts", type=int, default=20_000, help="default: %(default)s")
    parser.add_argument("--online", type=int, default=2_000, help="default: %(default)s")
    parser.add_argument("--server", choices=("prosody", "ejabberd"), default="prosody")
    options = parser.parse_args()
    if not 1 <= options.online <= options.contacts <= 100_000:
        parser.error("1 to 100,000 contacts please, and no more online than there are")
    with Stack(server=options.server) as stack:
        stack.second_port = add_component(stack, DOMAIN, SECRET)
        line = asyncio.run(measure(stack, options))
    print(json.dumps(line), flush=True)
    show(ROWS, [line])
    if line["presences_10s"] > line["presences_10s_max"]:
        raise SystemExit("more presence stanzas than the setting allows")


main()
