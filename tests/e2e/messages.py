"""What both test clients make of an incoming message: a Delivery or an Answer."""

import asyncio
import dataclasses
import re
import time
from xml.sax.saxutils import quoteattr

DELIVERY_ID = re.compile(r"p(\d+)\Z")
NUMBER = re.compile(r" \(#(\d+)\)\Z")
DELAY = "{urn:xmpp:delay}delay"
RECEIPTS = "urn:xmpp:receipts"
CORRECTION = "{urn:xmpp:message-correct:0}replace"
RETRACTION = "{urn:xmpp:message-retract:1}retract"
CONFIRM = "{http://jabber.org/protocol/http-auth}confirm"


class XmppError(Exception):
    """The server refused something, the stream ended, or an answer did not come."""


@dataclasses.dataclass(frozen=True)
class Delivery:
    """One post or direct message as it reached a person."""

    post: int  # the post's id
    body: str  # without the number at its end
    number: int | None  # that number, of the post that is meant; a direct message has none
    stamp: str | None  # XEP-0203: when it was written, for a delivery that waited
    asks: bool  # XEP-0184: for a receipt
    at: float  # time.monotonic() of its arrival
    corrects: int | None = None  # XEP-0308: the post that reads so now
    retracts: int | None = None  # XEP-0424: the post that is gone


@dataclasses.dataclass(frozen=True)
class Answer:
    """A message that is not a delivery: the reply to a command, or its error."""

    body: str
    kind: str  # the message's type: chat, error, ...
    id: str
    error: str | None  # the defined condition of an error
    error_type: str | None  # wait, cancel, ...
    at: float


@dataclasses.dataclass(frozen=True)
class Question:
    """Whether a request of a browser was the person's own (XEP-0070)."""

    id: str
    method: str
    url: str
    thread: str
    body: str


def read_question(stanza):
    """What a message stanza (an Element) asks, or None."""
    confirm = stanza.find(CONFIRM)
    if confirm is None:
        return None
    ns = stanza.tag[: stanza.tag.index("}") + 1]
    text = {name: stanza.findtext(ns + name, "") for name in ("thread", "body")}
    return Question(**{name: confirm.get(name) for name in ("id", "method", "url")}, **text)


def post_of(message_id, kind):
    """The post that a message of this id and type brings, or None."""
    found = DELIVERY_ID.match(message_id or "")
    return int(found[1]) if found and kind != "error" else None


def read_delivery(stanza, post, body):
    """What a message stanza (an Element) that brings this post says."""
    delay = stanza.find(DELAY)
    number = NUMBER.search(body)
    return Delivery(
        post=post,
        body=body[: number.start()] if number else body,
        number=int(number[1]) if number else None,
        stamp=None if delay is None else delay.get("stamp"),
        asks=stanza.find(f"{{{RECEIPTS}}}request") is not None,
        at=time.monotonic(),
        corrects=named_by(stanza, CORRECTION),
        retracts=named_by(stanza, RETRACTION),
    )


def named_by(stanza, element):
    """The post that this element of a message is about, or None."""
    found = stanza.find(element)
    return None if found is None else post_of(found.get("id"), "chat")


def receipt_for(name):
    """The element that confirms the message of that id, as text."""
    return f"<received xmlns='{RECEIPTS}' id={quoteattr(name)}/>"


async def wait_until(condition, timeout, complaint):
    """Returns when condition() holds; raises XmppError(complaint) when it does not in time."""
    end = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > end:
            raise XmppError(complaint() if callable(complaint) else complaint)
        await asyncio.sleep(0.01)
