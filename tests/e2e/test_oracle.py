"""What arrives is exactly what the rules say, at size: 200 people, 1,000 tracks, 500 follows, 10,000
posts, on a real XMPP server. The rules are those of oracle.py, which shares no code with the product.
"""

import asyncio
import collections
import dataclasses
import subprocess
import time
import unittest

from journal import read_journal
from load import Town
from messages import wait_until
from publisher import Publisher
from stack import Stack
from wire_client import LapwingClient

# Far above what this test needs: what is measured here is correctness.
NO_COMMAND_LIMITS = '[limits]\nperson = "1000/1s burst 1000"\ndomain = "9000/1s burst 9000"\n'
ALL_ONE_BY_ONE = "catch_up = 1000000\n"  # no digests: every delivery is counted
ALL_GREET_ALL = '[rules]\ndirects_from = "anybody"\n'  # a town is greeted by whoever lives next door
WIDE = (
    '[deliveries]\nper_person = "5000/1s burst 5000"\ncheckpoint_every = "250ms"\n'
    + ALL_ONE_BY_ONE
    + ALL_GREET_ALL
)
TIGHT = '[deliveries]\nper_person = "25/1s burst 25"\n' + ALL_ONE_BY_ONE + ALL_GREET_ALL
JOURNAL = '[log]\nlevel = "debug"\n'
# After a break, what was handed over may come again if that was not written down yet: the
# acknowledgement and the receipt come after a round trip, the checkpoint every 250 ms.
NOT_YET_SAVED = 1.5  # seconds
# The receipt of a client that sends none is waited for so long.
RECEIPT_WAIT = 10.0  # seconds
# What a server that dies can take with it: what its clients have not read by then, which is what it
# took since some of them stopped reading, and so long before.
NOT_YET_READ = 5.0  # seconds
SILENCE = 2.0  # seconds without a delivery, with nothing owed, before the count is taken
PATIENCE = 90.0  # seconds without any delivery, with something owed, before giving up


@dataclasses.dataclass(frozen=True)
class Kill:
    at: float  # time.monotonic()
    wall: float  # time.time()
    unread_since: float  # likewise

    def took(self, taken_at):
        """What the server had taken then may have died with it, unread."""
        return self.unread_since < taken_at < self.wall


class Oracle(unittest.IsolatedAsyncioTestCase):
    def in_time(self, what):
        now = time.monotonic()
        print(f"{now - self.started:7.1f} s  {what}", flush=True)

    async def asyncSetUp(self):
        asyncio.get_running_loop().set_debug(False)
        self.started = time.monotonic()

    # ---- the stories -------------------------------------------------------------------------

    async def test_everything_arrives_once_and_nothing_else(self):
        town = Town(seed=1, people=200, tracks=1000, follows=500, posts=10_000)
        self.assertGreaterEqual(town.tracks_of_several_words, 100)
        with Stack(WIDE, NO_COMMAND_LIMITS) as stack:
            async with town.on(stack):
                self.in_time("the town has moved in")
                await self.import_posts(town)
                owed = await self.owed(town)
                self.assertGreaterEqual(len(owed), 50_000)
                await self.quiet(town, len(owed))
                self.judge(town, owed)

    async def test_tight_limits_only_make_it_later(self):
        town = Town(seed=2, people=200, tracks=1000, follows=500, posts=10_000)
        with Stack(TIGHT, NO_COMMAND_LIMITS) as stack:
            async with town.on(stack):
                self.in_time("the town has moved in")
                await self.import_posts(town)
                so_far = town.count_received()
                owed = await self.owed(town)
                self.assertLess(so_far, len(owed) // 2, "no limit was felt")
                await self.quiet(town, len(owed))
                self.judge(town, owed)
                late = sum(
                    delivery.stamp is not None
                    for resident in town.residents for delivery in resident.client.deliveries
                )  # fmt: skip
                self.assertGreater(late, len(owed) // 10)

    async def test_people_come_and_go_and_miss_nothing(self):
        town = Town(seed=3, people=60, tracks=300, follows=200, posts=4_000, authors=40)
        with Stack(WIDE, NO_COMMAND_LIMITS) as stack:
            async with town.on(stack):
                self.in_time("the town has moved in")
                importing = asyncio.create_task(self.import_posts(town, "--rate", "800"))
                for round in range(4):
                    some = town.residents[round::3]
                    await town.each(lambda resident: resident.client.close(), some)
                    await town.each(lambda resident: resident.client.connect(), some)
                await importing
                owed = await self.owed(town)
                if stack.server == "ejabberd":
                    await self.fetch_what_the_server_keeps(town, len(owed))
                await self.quiet(town, len(owed))
                self.judge(town, owed)

    async def test_a_bridge_killed_in_the_middle_loses_nothing(self):
        town = Town(seed=4, people=200, tracks=1000, follows=500, posts=10_000)
        with Stack(WIDE, NO_COMMAND_LIMITS) as stack:
            async with town.on(stack):
                self.in_time("the town has moved in")
                publisher = Publisher(stack.env["BRIDGE_ADMIN"], "witness")
                publisher.start()
                path = stack.dir / "posts.jsonl"
                town.write_posts(path, town.posts)
                importing = self.start_import(town, path, "--rate", "1500")
                killed_at = []
                for kill in range(2):
                    await self.head_reaches(town, (kill + 1) * 3000)
                    stack.kill("bridge")
                    killed_at.append(time.monotonic())
                    self.in_time("the bridge was killed")
                    await asyncio.to_thread(stack.start, "bridge")
                    self.in_time("the bridge is back")
                if await asyncio.to_thread(importing.wait) != 0:
                    self.in_time("the import gave up; once more")
                    again = self.start_import(town, path)
                    self.assertEqual(await asyncio.to_thread(again.wait), 0)
                acknowledged = publisher.stop()
                feed = await asyncio.to_thread(self.feed, town)
                self.every_acknowledged_post_is_there(acknowledged, feed)
                imported = [(a, t) for _, a, t in feed if a != "witness"]
                self.assertEqual(collections.Counter(imported), collections.Counter(town.posts))
                owed = await asyncio.to_thread(town.owed, feed)
                await self.quiet(town, len(owed))
                self.judge(town, owed, repeats_max=len(owed))
                self.repeats_are_of_the_breaks(town, killed_at)

    async def test_a_gateway_killed_in_the_middle_loses_nothing(self):
        town = Town(seed=5, people=100, tracks=500, follows=250, posts=5_000)
        with Stack(WIDE, NO_COMMAND_LIMITS) as stack:
            async with town.on(stack):
                self.in_time("the town has moved in")
                importing = asyncio.create_task(self.import_posts(town, "--rate", "1500"))
                await self.head_reaches(town, 2500)
                stack.kill("gateway")
                killed_at = [time.monotonic()]
                await asyncio.to_thread(stack.start, "gateway")
                self.in_time("the gateway is back")
                await importing
                owed = await self.owed(town)
                await self.quiet(town, len(owed))
                self.judge(town, owed, repeats_max=len(owed))
                self.repeats_are_of_the_breaks(town, killed_at)

    async def test_a_server_killed_in_the_middle_loses_nothing_for_those_who_confirm(self):
        town = Town(seed=7, people=100, tracks=500, follows=250, posts=8_000)
        with Stack(WIDE, NO_COMMAND_LIMITS + JOURNAL) as stack:
            async with town.on(stack):
                self.in_time("the town has moved in")
                importing = asyncio.create_task(self.import_posts(town, "--rate", "1500"))
                kills = []
                for _ in range(2):
                    kills.append(await self.kill_the_server_under_load(town))
                await importing
                owed = await self.owed(town)
                await self.quiet(town, 0)
                self.judge(town, owed, len(owed), self.may_be_lost(town, owed, kills))
                self.repeats_are_of_the_breaks(
                    town, [kill.at for kill in kills], read_journal(stack.dir / "gateway.log")
                )
                self.something_was_at_stake(town, kills)

    async def test_parts_that_are_told_to_stop_repeat_nothing(self):
        town = Town(seed=6, people=60, tracks=300, follows=200, posts=4_000)
        with Stack(WIDE, NO_COMMAND_LIMITS) as stack:
            async with town.on(stack):
                self.in_time("the town has moved in")
                importing = asyncio.create_task(self.import_posts(town, "--rate", "800"))
                for number, part in enumerate(("gateway", "bridge", "gateway", "bridge"), 1):
                    await self.head_reaches(town, number * 800)
                    await asyncio.to_thread(stack.stop, part)
                    await asyncio.to_thread(stack.start, part)
                    self.in_time(f"the {part} was restarted")
                await importing
                owed = await self.owed(town)
                await self.quiet(town, len(owed))
                self.judge(town, owed)

    # ---- a server that dies ------------------------------------------------------------------

    async def kill_the_server_under_load(self, town):
        """While some clients of both kinds have not read for a while; everybody logs in again."""
        await self.more_arrives(town, 5_000)
        stalled = [r for n, r in enumerate(town.residents) if n % 6 < 2]
        unread_since = time.time() - NOT_YET_READ
        for resident in stalled:
            resident.client.stall()
        await self.more_arrives(town, 4_000)
        await asyncio.to_thread(town.stack.kill, "server")
        kill = Kill(time.monotonic(), time.time(), unread_since)
        self.in_time(f"the server was killed after {town.count_received()} deliveries")
        await asyncio.to_thread(town.stack.start, "server")
        await town.each(lambda resident: resident.client.connect_again())
        self.in_time("the server is back, and so is everybody")
        return kill

    async def more_arrives(self, town, deliveries):
        enough = town.count_received() + deliveries
        await wait_until(
            lambda: town.count_received() >= enough,
            PATIENCE,
            lambda: f"{town.count_received()} deliveries, {enough} were to come",
        )

    def may_be_lost(self, town, owed, kills):
        """(nick, post) that the server had taken shortly before it died, and never again, for people
        whose clients confirm nothing."""
        confirming = {resident.nick for resident in town.residents if resident.confirms}
        lost = owed.keys() - {(nick, post) for nick, post, _ in town.received()}
        allowed, ages = set(), []
        for key, times in read_journal(town.stack.dir / "gateway.log").items():
            age = min((kill.wall - max(times) for kill in kills if kill.took(max(times))), default=None)
            if key[0] not in confirming and age is not None:
                allowed.add(key)
                ages += [age] if key in lost else []
        self.in_time(
            f"{len(lost)} were lost, {len(ages)} of them of people who confirm nothing, taken by the "
            f"server at most {max(ages, default=0):.1f} s before it died"
        )
        return allowed

    def something_was_at_stake(self, town, kills):
        """Each kill took deliveries with it that the server had taken: they came again, to those who
        confirm."""
        taken = read_journal(town.stack.dir / "gateway.log")
        for kill in kills:
            saved = 0
            for resident in town.residents:
                for delivery in resident.client.deliveries if resident.confirms else ():
                    times = taken[resident.nick, delivery.post]
                    before = any(kill.took(at) for at in times)
                    saved += before and delivery.at > kill.at + 0.1 and max(times) > kill.wall
            self.in_time(f"{saved} deliveries were lost with the server and came again")
            self.assertGreater(saved, 0)

    # ---- the steps ---------------------------------------------------------------------------

    def start_import(self, town, path, *options):
        command = [
            f"{town.stack.bin}/lapwingctl", "--endpoint", town.stack.env["BRIDGE_ADMIN"],
            "import", *options, str(path),
        ]  # fmt: skip
        with (town.stack.dir / "import.log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    async def import_posts(self, town, *options):
        path = town.stack.dir / "posts.jsonl"
        town.write_posts(path, town.posts)
        process = self.start_import(town, path, *options)
        code = await asyncio.to_thread(process.wait)
        self.assertEqual(code, 0, (town.stack.dir / "import.log").read_text()[-2000:])
        self.in_time(f"{len(town.posts)} posts imported, {town.count_received()} deliveries so far")

    async def head_reaches(self, town, posts):
        while (await asyncio.to_thread(town.stack.status))["head"] < town.first_post + posts:
            pass

    def feed(self, town):
        """The log as everybody can read it: (id, author, text) of the posts of this test."""
        head = town.stack.status()["head"]
        posts = []
        with LapwingClient(town.stack.env["BRIDGE_WEB"], "oracle") as client:
            client.hello()
            client.grant(1000, 1_000_000)
            client.subscribe(after=town.first_post)
            # The head is a post in all these tests: nothing is subscribed to after the import.
            while not posts or posts[-1][0] < head:
                for item in client.read_feed(1):
                    posts.append((item.id, item.author.decode(), item.text.decode()))
        self.in_time(f"{len(posts)} posts read from the feed")
        return posts

    async def owed(self, town):
        """In a thread: clients that read nothing for so long would confirm too late."""
        return await asyncio.to_thread(self.read_what_is_owed, town)

    def read_what_is_owed(self, town):
        feed = self.feed(town)
        posts = collections.Counter((author, text) for _, author, text in feed)
        self.assertEqual(posts, collections.Counter(town.posts), "the log is not what was imported")
        owed = town.owed(feed)
        self.in_time(f"{len(owed)} deliveries are owed")
        return owed

    async def fetch_what_the_server_keeps(self, town, expected):
        """mod_offline keeps a message that crosses with somebody's leaving until the next log-in, and
        that is the one after next when they come back at the same moment."""
        await self.quiet(town, expected, patience=10.0)
        if left := expected - town.count_received():
            self.in_time(f"{left} wait in the server: everybody logs in once more")
            await town.each(lambda resident: resident.client.close())
            await town.each(lambda resident: resident.client.connect())

    async def quiet(self, town, expected, patience=PATIENCE):
        """Returns when nothing is owed any more and nothing has come for a while."""
        last, since = town.count_received(), time.monotonic()
        while True:
            await asyncio.sleep(0.1)
            count, now = town.count_received(), time.monotonic()
            if count != last:
                last, since = count, now
            if count >= expected and now - since > SILENCE and await self.nothing_is_owed(town):
                break
            if now - since > patience:
                break
        self.in_time(f"{count} deliveries arrived")

    async def nothing_is_owed(self, town):
        owed = await asyncio.to_thread(town.stack.ctl, "owed", "--json")
        return '"people":[]' in owed.stdout.replace(" ", "")

    def repeats_are_of_the_breaks(self, town, killed_at, taken={}):
        """What came twice was first on its way shortly before a break: nothing older is sent again.
        `taken`: the journal, where a server may have died with what it had taken."""
        since_then = time.monotonic() - time.time()
        for resident in town.residents:
            first = {}
            before = NOT_YET_SAVED + (0 if resident.confirms else RECEIPT_WAIT)
            for delivery in resident.client.deliveries:
                at = first.setdefault(delivery.post, delivery.at)
                if at is not delivery.at:
                    times = taken.get((resident.nick, delivery.post), ())
                    at = min(at, *(moment + since_then for moment in times), at)
                    self.assertTrue(
                        any(kill - before < at < kill + NOT_YET_SAVED for kill in killed_at),
                        f"p{delivery.post} again for {resident.nick}, but no break was near",
                    )

    def every_acknowledged_post_is_there(self, acknowledged, feed):
        there = {number: text for number, author, text in feed if author == "witness"}
        self.assertGreater(len(acknowledged), 0)
        for number, text in acknowledged.items():
            self.assertEqual(there.get(number), text, f"acknowledged, but not in the log: {number}")
        self.in_time(f"all {len(acknowledged)} acknowledged posts of the witness are in the log")

    def judge(self, town, owed, repeats_max=0, may_miss=frozenset()):
        received = town.received()
        got = collections.Counter((nick, post) for nick, post, _ in received)
        missing = [key for key in owed if key not in got]
        extra = [key for key in got if key not in owed]
        wrong = [
            (nick, post, body, owed[nick, post])
            for nick, post, body in received if owed.get((nick, post), body) != body
        ]  # fmt: skip
        repeats = {key: n - 1 for key, n in got.items() if n > 1}
        self.in_time(
            f"owed {len(owed)}: {len(missing)} missing, {len(extra)} extra, {len(wrong)} with "
            f"another text, {sum(repeats.values())} repeats"
        )
        missing = [key for key in missing if key not in may_miss]
        self.assertEqual(sample(missing, owed), [], "missing")
        self.assertEqual(sample(extra, {}), [], "not owed to them")
        self.assertEqual(wrong[:5], [], "another text than the rules say")
        self.assertLessEqual(sum(repeats.values()), repeats_max, "arrived more than once")


def sample(keys, bodies):
    return [(*key, bodies.get(key)) for key in sorted(keys)[:10]]


if __name__ == "__main__":
    unittest.main(verbosity=2)
