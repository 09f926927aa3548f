"""Another component of a stack's XMPP server, by hand: it sends what a library would not let it.

    port = add_component(stack, "evil.localhost", "secret")
    component = SecondComponent("evil.localhost", "secret", port)
    await component.connect()
    component.says("mallory@evil.localhost", stack.bot, "help")
    await component.hears("track PHRASE")
"""

import asyncio
import hashlib
import re
import socket

from messages import wait_until

# What is added to a server's configuration for one component more. ejabberd gives whoever connects to
# a listener all addresses of it, so there each component has a listener of its own.
CONFIG = {
    "prosody": ("prosody.cfg.lua", 'Component "{domain}"\n  component_secret = "{secret}"\n'),
    "ejabberd": (
        "ejabberd.yml",
        '  - {{port: {port}, ip: "127.0.0.1", module: ejabberd_service, shaper: none,\n'
        '     hosts: {{"{domain}": {{password: "{secret}"}}}}}}\n',
    ),
}


def add_component(stack, domain, secret):
    """Restarts the server with it, and the gateway; returns the port to connect to."""
    port = int(stack.env["COMPONENT_PORT"])
    if stack.server == "ejabberd":
        with socket.create_server(("127.0.0.1", 0)) as somewhere:
            port = somewhere.getsockname()[1]
    file, lines = CONFIG[stack.server]
    with open(stack.dir / file, "a") as config:
        config.write(lines.format(port=port, domain=domain, secret=secret))
    stack.stop("gateway")
    stack.stop("server")
    stack.start("server")
    stack.start("gateway")
    return port


class SecondComponent:
    def __init__(self, domain, secret, port):
        self.domain, self.secret, self.port = domain, secret, port

    async def connect(self):
        # A server may say that it is up before the last of its listeners is.
        await wait_until(self.is_there, 20, f"nobody listens at port {self.port}")
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.send(
            "<stream:stream xmlns='jabber:component:accept' "
            f"xmlns:stream='http://etherx.jabber.org/streams' to='{self.domain}'>"
        )
        header = await self.reader.readuntil(b"<stream:stream")
        header = await self.reader.readuntil(b">")
        stream = re.search(rb"\sid=['\"]([^'\"]+)", header)[1].decode()
        self.send(f"<handshake>{hashlib.sha1((stream + self.secret).encode()).hexdigest()}</handshake>")
        await self.reader.readuntil(b"handshake")
        await self.reader.readuntil(b">")

    def is_there(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def send(self, text):
        self.writer.write(text.encode())

    def says(self, sender, to, text):
        self.send(f"<message type='chat' from='{sender}' to='{to}' id='e1'><body>{text}</body></message>")

    async def hears(self, text, seconds=20):
        """Until this comes, or the server hangs up: then False."""
        try:
            await asyncio.wait_for(self.reader.readuntil(text.encode()), seconds)
        except (asyncio.IncompleteReadError, ConnectionError):
            # A reset, when the server closes before it has read all that was sent.
            return False
        return True

    async def close(self):
        self.writer.close()
