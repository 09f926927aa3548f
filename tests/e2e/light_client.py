"""A very light XMPP client for tests under load: one asyncio socket, plain log-in, messages.

    client = LightClient("alice@localhost", "secret", "127.0.0.1", 5222)
    await client.connect()
    print(await client.ask("lapwing@im.localhost", "help"))

Two hundred of them live comfortably in one process. It knows no TLS and no stream management: it is
for a server on the loopback interface that the test itself has started. Presence subscriptions are
approved as they come. Incoming chat messages whose id is `p<number>` are
deliveries (kept in `deliveries`, in order of arrival); every other message answers a command. With
`confirms`, a delivery that asks for a receipt (XEP-0184) gets one at once; what arrives after it has
said good-bye it can no longer confirm, so it leaves that for the next time.
"""

import asyncio
import base64
import itertools
import time
import xml.etree.ElementTree as ElementTree
from xml.sax.saxutils import escape, quoteattr

from messages import Answer, XmppError, post_of, read_delivery, receipt_for, wait_until

CLIENT = "{jabber:client}"
STREAM = "{http://etherx.jabber.org/streams}"
# A bound on what one client remembers; a test that needs more is looking at the wrong thing.
DELIVERIES_MAX = 2_000_000


class LightClient:
    def __init__(self, jid, password, host, port, resource="test", confirms=False):
        self.jid = jid
        self.confirms = confirms
        self.local, self.domain = jid.split("@")
        self.password = password
        self.host, self.port = host, port
        self.resource = resource
        self.deliveries = []
        self.answers = asyncio.Queue()
        self.presences = {}  # full or bare address -> type ("" is available)
        self.approved_by = set()  # bare addresses that let us see their presence
        self.on_delivery = None  # called with (client, Delivery) when set
        self.closed = asyncio.Event()
        self._attentive = asyncio.Event()
        self._ids = itertools.count(1)
        self._iqs = {}
        self._online = False
        self._leaving = False  # has said good-bye
        self._writer = None
        self._pump = None

    # ---- the stream --------------------------------------------------------------------------

    async def connect(self, available=True, timeout=30):
        """Logs in; with `available`, also sends the first presence."""
        await asyncio.wait_for(self._log_in(), timeout)
        if available:
            self.send("<presence/>")

    async def _log_in(self):
        self.closed.clear()
        self._attentive.set()
        self._online = self._leaving = False
        self._stanzas = asyncio.Queue()  # of the log-in only
        self._reader, self._writer = await asyncio.open_connection(self.host, self.port)
        self._open_stream()
        self._pump = asyncio.create_task(self._read())
        await self._next_stanza(STREAM + "features")
        token = base64.b64encode(f"\0{self.local}\0{self.password}".encode()).decode()
        self.send(f'<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">{token}</auth>')
        await self._next_stanza("{urn:ietf:params:xml:ns:xmpp-sasl}success")
        self._open_stream()
        await self._next_stanza(STREAM + "features")
        self.send(
            '<iq type="set" id="bind"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind">'
            f"<resource>{escape(self.resource)}</resource></bind></iq>"
        )
        bound = await self._next_stanza(CLIENT + "iq")
        if bound.get("type") != "result":
            raise XmppError(f"{self.jid}: the server refused the resource")
        self._online = True
        # Only a client that has asked for its roster is told about its subscriptions.
        await self.iq(self.jid, '<query xmlns="jabber:iq:roster"/>')

    def _open_stream(self):
        self._parser = ElementTree.XMLPullParser(events=("start", "end"))
        self._depth = 0
        self.send(
            f'<?xml version="1.0"?><stream:stream to="{self.domain}" xmlns="jabber:client" '
            'xmlns:stream="http://etherx.jabber.org/streams" version="1.0">'
        )

    async def _next_stanza(self, name):
        stanza = await self._stanzas.get()
        if stanza is None or stanza.tag != name:
            found = "the end of the stream" if stanza is None else stanza.tag
            raise XmppError(f"{self.jid}: expected {name}, got {found}")
        return stanza

    async def _read(self):
        try:
            while data := await self._reader.read(65536):
                await self._attentive.wait()
                self._parser.feed(data)
                for event, element in self._parser.read_events():
                    self._take(event, element)
        except (OSError, ElementTree.ParseError):
            pass
        finally:
            self._online = False
            self._writer.close()
            self._stanzas.put_nowait(None)
            for waiting in self._iqs.values():
                waiting.cancel()
            self._iqs.clear()
            self.closed.set()

    def _take(self, event, element):
        if event == "start":
            if self._depth == 0:
                self._stream = element
            self._depth += 1
            return
        self._depth -= 1
        if self._depth == 1:
            self._stream.remove(element)
            if self._online:
                self._dispatch(element)
            else:
                self._stanzas.put_nowait(element)

    def send(self, xml):
        self._writer.write(xml.encode())

    @property
    def online(self):
        return self._online

    async def close(self):
        """Says good-bye and waits until the server has closed the stream."""
        if self._writer is None or self.closed.is_set():
            return
        try:
            self.send("</stream:stream>")
            self._leaving = True
            await asyncio.wait_for(self.closed.wait(), 5)
        except (OSError, asyncio.TimeoutError):
            pass
        self.abort()
        await asyncio.gather(self._pump, return_exceptions=True)

    def abort(self):
        """Breaks the connection without a word, as a lost network does. What has not been read yet is
        lost."""
        if self._writer is not None:
            self._writer.transport.abort()
            if not self._attentive.is_set():
                self._pump.cancel()

    def stall(self):
        """Reads nothing more, as behind a network that has gone away unnoticed; abort() ends it."""
        self._attentive.clear()

    async def connect_again(self):
        """After a break that one of the two may not have noticed."""
        self.abort()
        await self.closed.wait()
        await self.connect()

    # ---- stanzas -----------------------------------------------------------------------------

    def _dispatch(self, stanza):
        if stanza.tag == CLIENT + "message":
            self._take_message(stanza)
        elif stanza.tag == CLIENT + "presence":
            self._take_presence(stanza)
        elif stanza.tag == CLIENT + "iq":
            self._take_iq(stanza)

    def _take_message(self, stanza):
        body = stanza.findtext(CLIENT + "body")
        now = time.monotonic()
        kind = stanza.get("type", "normal")
        post = post_of(stanza.get("id"), kind)
        if post is not None and body is not None:
            taken = read_delivery(stanza, post, body)
            if self._leaving and self.confirms:
                return
            if len(self.deliveries) < DELIVERIES_MAX:
                self.deliveries.append(taken)
            if self.on_delivery:
                self.on_delivery(self, taken)
            if self.confirms and taken.asks:
                self.confirm(stanza.get("from"), stanza.get("id"))
            return
        condition = error_type = None
        error = stanza.find(CLIENT + "error")
        if error is not None:
            error_type = error.get("type")
            condition = next((child.tag.partition("}")[2] for child in error), None)
            body = next((c.text for c in error if c.tag.endswith("}text")), body)
        if body is not None or error is not None:
            self.answers.put_nowait(
                Answer(body or "", kind, stanza.get("id", ""), condition, error_type, now)
            )

    def _take_presence(self, stanza):
        sender, kind = stanza.get("from", ""), stanza.get("type", "")
        if kind == "subscribe":
            self.send(f"<presence type='subscribed' to={quoteattr(sender)}/>")
        elif kind in ("subscribed", "unsubscribed"):
            change = self.approved_by.add if kind == "subscribed" else self.approved_by.discard
            change(sender.split("/")[0])
        else:
            self.presences[sender] = kind

    def _take_iq(self, stanza):
        if stanza.get("type") in ("result", "error"):
            waiting = self._iqs.pop(stanza.get("id"), None)
            if waiting and not waiting.done():
                waiting.set_result(stanza)
            return
        sender = f" to={quoteattr(stanza.get('from'))}" if stanza.get("from") else ""
        known = ("{urn:xmpp:ping}ping", "{jabber:iq:roster}query")
        kind = "result" if any(stanza.find(name) is not None for name in known) else "error"
        refusal = (
            '<error type="cancel"><service-unavailable '
            'xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>'
        )
        self.send(
            f"<iq type='{kind}' id={quoteattr(stanza.get('id', ''))}{sender}>"
            f"{refusal if kind == 'error' else ''}</iq>"
        )

    # ---- what tests say ----------------------------------------------------------------------

    def say(self, to, body):
        """Sends a chat message, returns its id."""
        name = f"m{next(self._ids)}"
        self.send(
            f"<message type='chat' to={quoteattr(to)} id='{name}'><body>{escape(body)}</body></message>"
        )
        return name

    async def ask(self, to, body, timeout=20):
        """Says it and returns the next Answer."""
        self.say(to, body)
        try:
            return await asyncio.wait_for(self.answers.get(), timeout)
        except asyncio.TimeoutError:
            raise XmppError(f"{self.jid}: no answer to {body!r} within {timeout} s") from None

    def confirm(self, to, name):
        """XEP-0184: says that the message of that id has arrived."""
        self.send(f"<message type='chat' to={quoteattr(to)}>{receipt_for(name)}</message>")

    async def iq(self, to, payload, kind="get", timeout=20):
        """Sends an iq around `payload` (XML), returns the answering stanza."""
        name = f"q{next(self._ids)}"
        self._iqs[name] = asyncio.get_running_loop().create_future()
        self.send(f"<iq type='{kind}' id='{name}' to={quoteattr(to)}>{payload}</iq>")
        return await asyncio.wait_for(self._iqs[name], timeout)

    async def ping(self, to, timeout=5):
        """True when whoever is behind that address answers a ping itself, not the server for it."""
        answer = await self.iq(to, '<ping xmlns="urn:xmpp:ping"/>', timeout=timeout)
        return answer.get("type") == "result"

    async def subscribe(self, to, timeout=20):
        """Adds a contact: its side approves, and may ask for ours, which is given."""
        self.send(f"<presence type='subscribe' to={quoteattr(to)}/>")
        await wait_until(
            lambda: to in self.approved_by,
            timeout,
            f"{self.jid}: {to} did not approve the subscription",
        )

    def set_presence(self, kind=None, show=None, priority=None):
        inner = (f"<show>{show}</show>" if show else "") + (
            f"<priority>{priority}</priority>" if priority is not None else ""
        )
        attribute = f" type='{kind}'" if kind else ""
        self.send(f"<presence{attribute}>{inner}</presence>")

