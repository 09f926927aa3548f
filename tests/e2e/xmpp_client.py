"""A person with an ordinary XMPP client library (slixmpp), for the dialogues and the demo.

    alice = Person("alice@localhost", "secret", "127.0.0.1", 5222)
    await alice.connect()
    answer = await alice.ask("lapwing@im.localhost", "help")

Made inside a running event loop. The same vocabulary as light_client.LightClient, which is for many
people at once. Passwords go unencrypted: for servers on the loopback interface only.
"""

import asyncio
import logging
import time
from xml.etree import ElementTree

from messages import (
    CONFIRM, Answer, XmppError, post_of, read_delivery, read_question, wait_until,
)  # fmt: skip

# The library warns about a missing C extension while it is imported.
logging.getLogger("slixmpp").setLevel(logging.ERROR)
import slixmpp  # noqa: E402


class Person:
    def __init__(self, jid, password, host, port, resource="test", confirms=False, approves=True):
        self.jid, self.password = jid, password
        self.approves = approves  # whoever asks to see them; without it, approve() does
        self.confirms = confirms  # answers at once what asks for a receipt (XEP-0184)
        self.host, self.port = host, port
        self.resource = resource
        self.deliveries = []
        self.answers = asyncio.Queue()
        self.receipts = []  # the ids of our messages that were confirmed
        self.questions = asyncio.Queue()  # XEP-0070: those about requests of a browser
        self.approved_by = set()
        self.presences = {}
        self.on_delivery = None  # called with (person, Delivery) when set
        self._stream = None

    # ---- the stream --------------------------------------------------------------------------

    async def connect(self, available=True, timeout=30):
        stream = slixmpp.ClientXMPP(f"{self.jid}/{self.resource}", self.password)
        stream.register_plugin("xep_0030")
        stream.register_plugin("xep_0199")
        stream.register_plugin("xep_0184", {"auto_ack": self.confirms})
        stream.register_plugin("xep_0203")
        stream["feature_mechanisms"].unencrypted_plain = True
        stream.auto_authorize = True if self.approves else None
        stream.auto_subscribe = False
        started = asyncio.get_running_loop().create_future()

        def settle(outcome):
            if not started.done():
                started.set_result(outcome)

        stream.add_event_handler("session_start", lambda _: settle(None))
        stream.add_event_handler("failed_all_auth", lambda _: settle("the log-in was refused"))
        stream.add_event_handler("connection_failed", lambda e: settle(f"no connection: {e}"))
        stream.add_event_handler("message", self._take_message)
        stream.add_event_handler("message_error", self._take_message)
        stream.add_event_handler("receipt_received", lambda m: self.receipts.append(m["receipt"]))
        stream.add_event_handler("presence_subscribed", self._take_approval)
        stream.add_event_handler("changed_status", self._take_presence)
        self._stream = stream
        stream.connect((self.host, self.port), disable_starttls=True, force_starttls=False)
        problem = await asyncio.wait_for(started, timeout)
        if problem:
            stream.abort()
            raise XmppError(f"{self.jid}: {problem}")
        await stream.get_roster()
        if available:
            stream.send_presence()

    @property
    def online(self):
        return self._stream is not None and self._stream.is_connected()

    async def close(self):
        """Says good-bye and waits until the server has closed the stream."""
        if self.online:
            await self._stream.disconnect(wait=2.0)
            await wait_until(lambda: not self.online, 20, f"{self.jid}: the stream does not close")

    def abort(self):
        """Breaks the connection without a word, as a lost network does."""
        self._stream.abort()

    # ---- stanzas -----------------------------------------------------------------------------

    def _take_message(self, message):
        now = time.monotonic()
        kind = message["type"]
        post = post_of(message["id"], kind)
        if post is not None and message["body"]:
            taken = read_delivery(message.xml, post, message["body"])
            self.deliveries.append(taken)
            if self.on_delivery:
                self.on_delivery(self, taken)
            return
        failed = kind == "error"
        if not failed and (question := read_question(message.xml)):
            self.questions.put_nowait(question)
            return
        if not failed and not message["body"]:
            return
        condition = message["error"]["condition"] if failed else None
        error_type = message["error"]["type"] if failed else None
        body = message["error"]["text"] if failed else message["body"]
        self.answers.put_nowait(Answer(body, kind, message["id"], condition, error_type, now))

    def _take_approval(self, presence):
        self.approved_by.add(presence["from"].bare)

    def _take_presence(self, presence):
        kind = presence["type"]
        self.presences[str(presence["from"])] = "unavailable" if kind == "unavailable" else ""

    # ---- what tests say ----------------------------------------------------------------------

    def say(self, to, body, wants_receipt=False):
        """Sends a chat message, returns its id."""
        message = self._stream.make_message(mto=to, mbody=body, mtype="chat")
        message["id"] = self._stream.new_id()
        if wants_receipt:
            message["request_receipt"] = True
        message.send()
        return message["id"]

    def change(self, to, name, body, element):
        """Says something about an earlier message of ours: XEP-0308 or XEP-0424."""
        message = self._stream.make_message(mto=to, mbody=body, mtype="chat")
        message["id"] = self._stream.new_id()
        message.append(ElementTree.Element(element, {"id": name}))
        message.send()

    async def reply(self, to, delivery, body, timeout=20):
        """XEP-0461: answers a delivery, with a quotation before it as older clients do (XEP-0428),
        and returns the next Answer."""
        quoted = "".join(f"> {line}\n" for line in delivery.body.splitlines())
        message = self._stream.make_message(mto=to, mbody=quoted + body, mtype="chat")
        reply = ElementTree.SubElement(message.xml, "{urn:xmpp:reply:0}reply")
        reply.attrib.update(to=to, id=f"p{delivery.post}")
        fallback = ElementTree.SubElement(message.xml, "{urn:xmpp:fallback:0}fallback")
        fallback.set("for", "urn:xmpp:reply:0")
        part = ElementTree.SubElement(fallback, "{urn:xmpp:fallback:0}body")
        part.attrib.update(start="0", end=str(len(quoted)))
        message.send()
        return await asyncio.wait_for(self.answers.get(), timeout)

    async def react(self, to, delivery, *emojis, timeout=20):
        """XEP-0444: these are all reactions to a delivery now. Returns the next Answer."""
        message = self._stream.make_message(mto=to, mtype="chat")
        reactions = ElementTree.SubElement(message.xml, "{urn:xmpp:reactions:0}reactions")
        reactions.set("id", f"p{delivery.post}")
        for emoji in emojis:
            ElementTree.SubElement(reactions, "{urn:xmpp:reactions:0}reaction").text = emoji
        message.send()
        return await asyncio.wait_for(self.answers.get(), timeout)

    def answer_question(self, to, question, yes):
        """XEP-0070: confirms or refuses as a client does that knows it."""
        message = self._stream.make_message(mto=to, mtype="normal" if yes else "error")
        if question.thread:
            message["thread"] = question.thread
        confirm = ElementTree.SubElement(message.xml, CONFIRM)
        confirm.attrib.update(id=question.id, method=question.method, url=question.url)
        if not yes:
            message["error"]["type"] = "auth"
            message["error"]["condition"] = "not-authorized"
        message.send()

    def confirm(self, to, delivery):
        """XEP-0184: says that this delivery has arrived."""
        message = self._stream.make_message(mto=to, mtype="chat")
        message["receipt"] = f"p{delivery.post}"
        message.send()

    def bounce(self, to, delivery, condition="service-unavailable"):
        """Sends this delivery back as an error."""
        message = self._stream.make_message(mto=to, mtype="error")
        message["id"] = f"p{delivery.post}"
        message["error"]["type"] = "cancel"
        message["error"]["condition"] = condition
        message.send()

    async def ask(self, to, body, timeout=20):
        """Says it and returns the next Answer."""
        self.say(to, body)
        try:
            return await asyncio.wait_for(self.answers.get(), timeout)
        except asyncio.TimeoutError:
            raise XmppError(f"{self.jid}: no answer to {body!r} within {timeout} s") from None

    async def ping(self, to, timeout=5):
        """True when whoever is behind that address answers a ping."""
        try:
            await self._stream["xep_0199"].send_ping(to, timeout=timeout)
            return True
        except (slixmpp.exceptions.IqError, slixmpp.exceptions.IqTimeout):
            return False

    async def identities(self, of):
        """XEP-0030: the set of (category, type) of that address, and its features."""
        info = (await self._stream["xep_0030"].get_info(of, timeout=10))["disco_info"]
        return {identity[:2] for identity in info["identities"]}, set(info["features"])

    async def subscribe(self, to, timeout=20):
        """Adds a contact: its side approves, and may ask for ours, which is given."""
        self._stream.send_presence(pto=to, ptype="subscribe")
        await wait_until(
            lambda: to in self.approved_by,
            timeout,
            f"{self.jid}: {to} did not approve the subscription",
        )

    def approve(self, whom):
        """Lets somebody see us who has asked for it."""
        self._stream.send_presence(pto=whom, ptype="subscribed")

    def set_presence(self, kind=None, show=None, priority=None):
        self._stream.send_presence(ptype=kind, pshow=show, ppriority=priority)
