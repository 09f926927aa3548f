"""A conversation in Profanity, typed into a terminal (tmux) and read from it. Called by scripts/clients.

    clients.py DIR PAGE     DIR is a running stack's; PAGE is written

What is on the page is what stood in Profanity's window. A scene that does not show what it should
ends everything: the page is a test, too.
"""

import asyncio
import os
import pathlib
import re
import subprocess
import sys
import time

from stack import read_env
from xmpp_client import Person

SECONDS = 20
WIDTH, HEIGHT = 100, 64

INTRODUCTION = """# Lapwing in a client that knows nothing of it

A conversation in [Profanity](https://profanity-im.github.io), {version}, on Prosody. The boxes are what stood in its window; `scripts/clients` types it all
anew into a terminal and writes this page, and fails where Lapwing does not answer as it should. Forms (XEP-0050) are driven with
another client's library in `tests/e2e/test_forms.py`.
"""


class Terminal:
    """A program in a tmux server of its own."""

    def __init__(self, folder, command, env):
        self.socket = str(folder / "tmux")
        settings = [f"{name}={value}" for name, value in env.items()]
        self.run("-f", "/dev/null", "new-session", "-d", "-x", str(WIDTH), "-y", str(HEIGHT),
                 "env", *settings, *command)  # fmt: skip

    def run(self, *arguments):
        command = ["tmux", "-S", self.socket, *arguments]
        return subprocess.run(command, check=True, text=True, capture_output=True).stdout

    def type(self, line):
        self.run("send-keys", "-l", line)
        self.run("send-keys", "Enter")

    def screen(self):
        return self.run("capture-pane", "-p")

    def wait_for(self, pattern, seconds=SECONDS):
        """Until the screen shows what the pattern (re) matches, wherever its lines break."""
        until = time.monotonic() + seconds
        while not re.search(pattern, " ".join(self.screen().split())):
            if time.monotonic() > until:
                raise SystemExit(f"the terminal does not show {pattern!r}:\n{self.screen()}")
            time.sleep(0.1)

    def close(self):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], capture_output=True)


class Profanity:
    def __init__(self, folder, env):
        self.env = env
        home = folder / "profanity"
        (home / "config" / "profanity").mkdir(parents=True)
        (home / "config" / "profanity" / "profrc").write_text(
            "[ui]\ntime.console=off\ntime.chat=off\nsplash=false\nroster=false\noccupants=false\n"
            "intype=false\nenc.warn=false\ntls.show=false\n[logging]\nchlog=false\n"
        )
        self.terminal = Terminal(
            folder,
            ["profanity"],
            {"HOME": home, "XDG_CONFIG_HOME": home / "config", "XDG_DATA_HOME": home / "data",
             "LANG": "C.UTF-8", "TERM": "screen-256color"},
        )  # fmt: skip

    def connect(self, jid, password):
        terminal = self.terminal
        terminal.wait_for("Profanity")
        host, port = self.env["XMPP_HOST"], self.env["XMPP_PORT"]
        terminal.type(f"/connect {jid} server {host} port {port} tls disable")
        terminal.wait_for("Enter password:")
        terminal.type(password)
        terminal.wait_for("logged in successfully")

    def says(self, line, *expected):
        self.terminal.type(line)
        for pattern in expected:
            self.terminal.wait_for(pattern)

    def clear(self):
        """Returns when the window is empty: what comes next is not cleared away with the rest."""
        self.terminal.type("/clear")
        until = time.monotonic() + SECONDS
        while self.picture():
            if time.monotonic() > until:
                raise SystemExit(f"the terminal does not clear:\n{self.picture()}")
            time.sleep(0.1)

    def picture(self):
        """The window without the bars that Profanity draws and the empty lines."""
        lines = [line.rstrip() for line in self.terminal.screen().splitlines()]
        return "\n".join(line for line in lines[1:-2] if line)


def page_of(scenes, version):
    text = INTRODUCTION.format(version=version)
    for title, words, picture in scenes:
        text += f"\n## {title}\n{words}\n\n```\n{picture}\n```\n"
    return text


async def converse(folder, env):
    bot, domain = env["SERVICE_JID"], env["COMPONENT_DOMAIN"]
    bob = Person(env["BOB_JID"], env["BOB_PASSWORD"], env["XMPP_HOST"], int(env["XMPP_PORT"]))
    await bob.connect()
    await bob.subscribe(bot)
    await bob.ask(bot, "join bob")
    profanity = Profanity(folder, env)
    scenes = []

    def scene(title, words):
        scenes.append((title, words, profanity.picture()))
        profanity.clear()

    try:
        run = asyncio.to_thread
        await run(profanity.connect, env["ALICE_JID"], env["ALICE_PASSWORD"])
        await run(profanity.clear)
        await run(profanity.says, f"/disco info {domain}", "urn:xmpp:ping")
        scene("What it is", f"`/disco info {domain}`: a gateway, with what it speaks (docs/xmpp.md).")

        await run(profanity.says, f"/msg {bot}")
        await run(profanity.says, "join alice", r"Welcome, alice\.")
        await run(profanity.says, f"/sub allow {bot}")
        await run(profanity.says, "track harbour, night train", "Tracking: harbour, night train")
        await run(profanity.says, "follow bob", r"You follow bob now\.")
        await run(profanity.says, "folow bob", r"Did you mean `follow NICK`\?")
        await run(profanity.says, "post Good morning from a terminal", r"Posted as #\d+\.")
        scene("Joining, tracking, following, posting",
              "`/msg` opens a window with the bot. A mistyped command is answered, and not posted.")  # fmt: skip

        await bob.ask(bot, "post The harbour is all fog")
        await run(profanity.terminal.wait_for, r"bob: The harbour is all fog \(#\d+\)")
        await bob.ask(bot, "follow alice")
        await bob.ask(bot, "d alice Tea on the boat at five?")
        await run(profanity.terminal.wait_for, r"\(direct\) bob: Tea on the boat at five\?")
        await run(profanity.says, "r bob Here, too", r"Posted as #\d+, in reply to #\d+ by bob\.")
        await run(profanity.says, "fav bob", r"#\d+ by bob is a favourite of yours\.")
        scene("What comes", "Posts of people and of words, and direct messages. Posts show their number.")

        await run(profanity.says, "Good mornign", r"Shall this be posted .* \"Good mornign\"")
        await run(profanity.says, "yes", r"me: yes .*Posted as #\d+\.")
        await run(profanity.says, "The fist swift of the year", r"The fist swift of the year .*Posted as #\d+\.")
        await run(profanity.says, "/correct The first swift of the year", r"The first swift of the year .*Post #\d+ is corrected\.")
        scene("A first post without `post`, and a correction",
              "The first plain text asks for a `yes`. `/correct` (XEP-0308) corrects the post that a message became.")  # fmt: skip

        # Who is followed already would be approved without anything having changed.
        await run(profanity.says, "leave bob", r"You no longer follow bob\.")
        await run(profanity.says, f"/sub request bob@{domain}")
        await run(profanity.says, "/win 1", f"Subscription received from bob@{domain}", f"bob@{domain} is online")
        followers = (await bob.ask(bot, "followers")).body
        if not re.search(r"\balice\b", followers):
            raise SystemExit(f"alice has bob as a contact and does not follow him: {followers}")
        await run(profanity.says, f"/cmd list {domain}", "untrack")
        scene("A contact, and the commands as the client lists them",
              f"`/sub request bob@{domain}` follows bob. `/cmd list` shows the commands of docs/commands.md (XEP-0050).")  # fmt: skip
    finally:
        profanity.terminal.close()
        await bob.close()
    return scenes


def main():
    folder, page = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    env = read_env(folder / "stack.env")
    said = subprocess.run(["profanity", "--version"], capture_output=True, text=True).stdout
    version = re.search(r"version ([\d.]+)", said)[1]
    os.umask(0o077)
    scenes = asyncio.run(converse(folder, env))
    page.write_text(page_of(scenes, version))


main()
