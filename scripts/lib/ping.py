"""Exits 0 when the gateway itself answers a ping through the XMPP server.

Called by scripts/stack with the path of stack.env, with tests/e2e on the PYTHONPATH.
"""

import asyncio
import sys

from light_client import LightClient
from messages import XmppError
from stack import read_env


async def main(env):
    host, port = env["XMPP_HOST"], int(env["XMPP_PORT"])
    client = LightClient(env["PROBE_JID"], env["PROBE_PASSWORD"], host, port)
    await client.connect(available=False)
    try:
        return await client.ping(env["COMPONENT_DOMAIN"])
    finally:
        client.abort()


try:
    sys.exit(0 if asyncio.run(main(read_env(sys.argv[1]))) else 1)
except (OSError, XmppError, asyncio.TimeoutError) as problem:
    sys.exit(str(problem))
