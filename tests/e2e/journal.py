"""What the gateway's log says, at level debug, of deliveries that the XMPP server has taken: a later
stanza of the same stream was answered.

    taken = read_journal(stack.dir / "gateway.log")
    taken["ann", 12]  # when the server took p12 for ann: times as of time.time()
"""

import collections
import datetime
import re

LINE = re.compile(r"(\d+-\d+-\d+ \d+:\d+:[\d.]+) debug: the XMPP server has taken(.*)")
DELIVERY = re.compile(r" p(\d+) to ([^@ ]+)@")


def read_journal(path):
    taken = collections.defaultdict(list)
    with path.open(encoding="utf-8") as file:
        for line in filter(None, map(LINE.match, file)):
            at = datetime.datetime.fromisoformat(line[1]).timestamp()
            for post, local in DELIVERY.findall(line[2]):
                taken[local, int(post)].append(at)
    return taken
