"""A town of people with interests, and what they have to say: the load of the big tests.

    town = Town(seed=1, people=200, tracks=1000, follows=500, posts=10_000)
    async with town.on(stack): ...

Everything follows from the seed. Posts come from the shared sample of real ones where that is there,
and are made up otherwise; a tenth is always made up, for what real posts rarely have (URLs, other
scripts, odd punctuation). Who is owed what is computed by oracle.py.
"""

import asyncio
import collections
import contextlib
import gzip
import json
import random

import oracle
from light_client import LightClient
from messages import wait_until
from stack import ROOT

SAMPLE = ROOT.parent / "shared" / "data" / "posts-en-45k.txt.gz"
PASSWORD = "secret"
AT_ONCE = 24  # people that log in or talk to the bot at the same time
NOT_FOR_TRACK = {"off", "all"}  # `track off` says something else

SYLLABLES = "ka lo mi ren tu sa vel dor pi an che fo gri hul is jo".split()
ODD_WORDS = (
    "Straße STRASSE touché touche naïve Ærø søster привет ПРИВЕТ мир Ωmega λόγος 日本語 "
    "can't rock'n'roll folk-rock e-mail C++ :-) ... — « » “quoted” #tag #Tag2 #2 #a_b ＃wide @bob "
    "@Bob: @bob's (@ann) RT@ann bob@example.com example.com www.Example.com/A_(b) example.com's "
    "http://t.co/Ab1 https://news.example.org:8080/x?y=z#f http://localhost/ foo.example.co/bar, "
    "x_y __ ️ 👍🏽 a·b #ا́ب 50% $cash & <tag> &amp;"
).split()


def words_of_a_language(rng, count):
    made = set()
    while len(made) < count:
        made.add("".join(rng.choices(SYLLABLES, k=rng.randint(1, 4))))
    return sorted(made)


def made_up_posts(rng, count):
    vocabulary = words_of_a_language(rng, 600)
    weights = [1 / (rank + 40) for rank in range(len(vocabulary))]
    rng.shuffle(vocabulary)
    dress = [str, str, str, str.upper, str.title, "#{}".format, "@{}".format, "{}.".format,
             "({})".format, '"{}"'.format, "{}'s".format, "http://{}.com/a".format]  # fmt: skip
    for _ in range(count):
        words = rng.choices(vocabulary, weights, k=rng.randint(3, 18))
        words = [rng.choice(dress)(word) for word in words]
        for _ in range(rng.randint(0, 3)):
            words.insert(rng.randint(0, len(words)), rng.choice(ODD_WORDS))
        yield rng.choice([" ", " ", " ", "  ", "\u00a0", "\u3000"]).join(words)


def make_texts(rng, count):
    texts = []
    if SAMPLE.exists():
        with gzip.open(SAMPLE, "rt", encoding="utf-8") as file:
            texts = [line.strip() for line in file]
        texts = rng.sample([text for text in texts if text], count * 9 // 10)
    texts += made_up_posts(rng, count - len(texts))
    rng.shuffle(texts)
    return texts


class Resident:
    """Someone with interests: the lines they say after `track`, the nicks they follow; and what they
    want to hear nothing of: the nicks they block, the phrases they mute.
    """

    def __init__(self, nick, confirms):
        self.nick = nick
        self.confirms = confirms  # their client sends receipts (XEP-0184)
        self.lines = []
        self.follows = set()
        self.blocks = set()
        self.mutes = []
        self.client = None

    @property
    def phrases(self):
        return [phrase for line in self.lines for phrase in oracle.parse_line(line)]


class Town:
    def __init__(self, seed, people, tracks, follows, posts, authors=100):
        rng = random.Random(seed)
        self.rng = rng
        self.residents = [Resident(f"person{n}", confirms=n % 2 == 0) for n in range(people)]
        # Some of those who write also listen: nobody is sent their own posts.
        self.authors = [r.nick for r in self.residents[: authors // 5]]
        self.authors += [f"author{n}" for n in range(authors - len(self.authors))]
        self.posts = [(rng.choice(self.authors), text) for text in make_texts(rng, posts)]
        # A line that stands twice in the file is two posts.
        self.posts += rng.sample(self.posts, posts // 200)
        self.posts = self.posts[-posts:]
        self._choose_tracks(tracks)
        self._choose_follows(follows)
        self._choose_exclusions()

    # ---- interests ---------------------------------------------------------------------------

    def _choose_tracks(self, count):
        rng = self.rng
        read = [oracle.read_post(text) for _, text in self.posts]
        seen = collections.Counter(form for post in read for form in post.forms)
        # Neither words that nobody says nor those that everybody does.
        low, high = max(2, len(read) // 1000), max(10, len(read) // 25)
        usual = sorted(f for f, n in seen.items() if low <= n <= high and f not in NOT_FOR_TRACK)
        # The rarer they are, the more of them there are: weigh them up again.
        weights = [seen[form] ** 0.7 for form in usual]
        lines = []
        while len(lines) < count:
            post = rng.choice(read)
            known = sorted(form for form in post.forms if seen[form] >= low)
            kind = len(lines) % 10
            if kind < 8:
                line = rng.choices(usual, weights)[0]
            elif kind == 8 and len(known) >= 2:
                line = " ".join(rng.sample(known, min(len(known), rng.choice([2, 2, 3]))))
                if rng.random() < 0.2:
                    line += f" -{rng.choice(usual)}"
            elif len(post.parts) >= 3:
                at = rng.randrange(len(post.parts) - 1)
                line = f'"{post.parts[at]} {post.parts[at + 1]}"'
            else:
                continue
            if self._is_fine(line):
                lines.append(line)
        for n, line in enumerate(lines):
            self._give(n, line)

    @staticmethod
    def _is_fine(line):
        """One phrase, and one that means what it was made from."""
        try:
            phrases = oracle.parse_line(line)
        except oracle.PhraseError:
            return False
        return len(phrases) == 1 and line.split()[0] not in NOT_FOR_TRACK

    def _give(self, n, line):
        """To the next resident who does not have this phrase yet."""
        [phrase] = oracle.parse_line(line)
        for offset in range(len(self.residents)):
            resident = self.residents[(n + offset) % len(self.residents)]
            if phrase not in resident.phrases:
                resident.lines.append(line)
                return

    def _choose_follows(self, count):
        pairs = [
            (resident, author)
            for resident in self.residents for author in self.authors if author != resident.nick
        ]  # fmt: skip
        for resident, author in self.rng.sample(pairs, count):
            resident.follows.add(author)

    def _choose_exclusions(self):
        """Half of them mute a word of something they would get, a third block an author."""
        following = {(r.nick, author) for r in self.residents for author in r.follows}
        following |= {(author, nick) for nick, author in following}
        for resident in self.rng.sample(self.residents, len(self.residents) // 2):
            words = sorted(oracle.read_post(self.rng.choice(self.posts)[1]).forms)
            word = self.rng.choice(words) if words else ""
            if self._is_fine(word):
                resident.mutes = oracle.parse_line(word)
        for resident in self.rng.sample(self.residents, len(self.residents) // 3):
            author = self.rng.choice(self.authors)
            # A block ends follows, and who settles first is not known.
            if author != resident.nick and (resident.nick, author) not in following:
                resident.blocks.add(author)

    @property
    def tracks_of_several_words(self):
        return sum(
            len(p.words) + len(p.quotes) + len(p.no_words) > 1 or bool(p.quotes)
            for resident in self.residents for p in resident.phrases
        )  # fmt: skip

    # ---- what is owed ------------------------------------------------------------------------

    def owed(self, feed):
        """{(nick, post id): body} for a feed of (id, author, text)."""
        owed = {}
        followers = collections.defaultdict(list)
        listeners = collections.defaultdict(list)  # a word the post must have -> who, which track
        for resident in self.residents:
            for author in resident.follows:
                followers[author].append(resident)
            for rank, phrase in enumerate(resident.phrases):
                needed = min(phrase.words) if phrase.words else min(phrase.quotes)[0]
                listeners[needed].append((resident, rank, phrase))
        for number, author, text in feed:
            post = oracle.read_post(text)
            away = {
                resident.nick for resident in self.residents
                if oracle.kept_away(author, post, resident.blocks, resident.mutes)
            }  # fmt: skip
            for needed in post.forms:
                caught = [entry for entry in listeners[needed] if entry[2].catches(post)]
                # The oldest of a person's tracks names the delivery.
                for resident, rank, phrase in sorted(caught, key=lambda entry: -entry[1]):
                    old = owed.get((resident.nick, number))
                    not_theirs = resident.nick == author or resident.nick in away
                    if not not_theirs and (old is None or rank < old[0]):
                        body = f"[{phrase.canonical}] {author}: {text}"
                        owed[resident.nick, number] = (rank, body)
            for resident in followers[author]:
                if resident.nick not in away:
                    owed[resident.nick, number] = (-1, f"{author}: {text}")
        return {key: body for key, (_, body) in owed.items()}

    # ---- on a stack --------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def on(self, stack):
        """Everybody registered, online, joined, tracking and following."""
        self.stack = stack
        names = [resident.nick for resident in self.residents]
        for resident, jid in zip(self.residents, stack.register(names, PASSWORD)):
            resident.client = LightClient(
                jid, PASSWORD, stack.host, stack.port, confirms=resident.confirms
            )
        # Whom one follows must be there: authors who do not listen come with a first post.
        self.write_posts(
            stack.dir / "greetings.jsonl",
            [(author, f"{author} says hello") for author in self.authors if author not in names],
        )
        stack.ctl("import", str(stack.dir / "greetings.jsonl"))
        try:
            await self.each(self._move_in)
            await self.each(self._settle)
            for resident in self.residents:
                if resident.confirms:
                    await self._greet(resident)
            self.first_post = stack.status()["head"]  # the posts that count come after it
            yield self
        finally:
            await self.each(lambda resident: resident.client.close())

    async def each(self, action, residents=None):
        places = asyncio.Semaphore(AT_ONCE)

        async def one(resident):
            async with places:
                await action(resident)

        await asyncio.gather(*(one(resident) for resident in residents or self.residents))

    async def _move_in(self, resident):
        await resident.client.connect()
        await resident.client.subscribe(self.stack.bot)
        await self.tell(resident, f"join {resident.nick}", "Welcome")

    async def _greet(self, resident):
        """Lets their client confirm something: from then on the bridge knows that it does."""
        place = self.residents.index(resident) + 1
        others = self.residents[place:] + self.residents[: place - 1]
        friend = next(one for one in others if one.nick not in resident.blocks)
        await self.tell(friend, f"d {resident.nick} hello", "alone")
        await wait_until(lambda: resident.client.deliveries, 20, f"{resident.nick} got no greeting")
        resident.client.deliveries.clear()

    async def _settle(self, resident):
        for line, phrase in zip(resident.lines, resident.phrases):
            await self.tell(resident, f"track {line}", f"Tracking: {phrase.canonical}")
        for author in sorted(resident.follows):
            await self.tell(resident, f"follow {author}", f"You follow {author} now")
        for author in sorted(resident.blocks):
            await self.tell(resident, f"block {author}", f"You block {author} now")
        for phrase in resident.mutes:
            await self.tell(resident, f"mute {phrase.canonical}", f"Muted: {phrase.canonical}")

    async def tell(self, resident, line, expected):
        answer = await resident.client.ask(self.stack.bot, line, timeout=60)
        if expected not in answer.body:
            raise AssertionError(f"{resident.nick}: {line!r} was answered {answer.body!r}")

    @staticmethod
    def write_posts(path, posts):
        lines = (json.dumps({"author": a, "text": t}, ensure_ascii=False) for a, t in posts)
        path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")

    def received(self):
        """(nick, post id, body) of everything that arrived, repeats included."""
        return [
            (resident.nick, delivery.post, delivery.body)
            for resident in self.residents for delivery in resident.client.deliveries
        ]  # fmt: skip

    def count_received(self):
        return sum(len(resident.client.deliveries) for resident in self.residents)
