"""lapwingctl tokens and match say the same as the oracle, on posts and on noise; no server needed."""

import json
import os
import pathlib
import random
import subprocess
import unittest

import oracle
from load import ODD_WORDS, Town, make_texts
from stack import ROOT

BIN = pathlib.Path(os.environ.get("LAPWING_BIN", ROOT / "build" / "release" / "bin"))
# What the rules look at: signs, near and far letters, marks, digits, spaces, joiners.
SIGNS = list("#@＃＠$&._-/:?=()[]'’\",;!%+*~ ab1Zß") + [
    "é", "e\u0301", "İ", "ſ", "ﬀ", "ж", "α", "ا", "日", "本", "日本", "が", "ー", "ก", "ิ", "น",
    "\u00b7", "\u200d", "\u30fb", "\u05f3",
    "\ufe0f", "\u20e3", "👍", "\u00a0", "\u3000", "\u200b", "\u001c", "http://", "https://", "www.",
    ".com", ".co/", "t.co", "rt", "://", "x.y", "é.com", "a_b", "\u0661", "²", "Ⅷ", "𝐀", "\U000e0001",
    "abcdefghijklmnopqrst",
]  # fmt: skip
PHRASES = 300


def noise(rng, count):
    for _ in range(count):
        line = "".join(rng.choices(SIGNS, k=rng.randint(1, 14)))
        yield " ".join([line, *rng.sample(ODD_WORDS, rng.randint(0, 2))])


def lapwingctl(*arguments, lines):
    # The characters that Python takes for the end of a line are not all one for lapwingctl.
    done = subprocess.run(
        [BIN / "lapwingctl", *arguments], input="".join(f"{line}\n" for line in lines).encode(),
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout.decode().split("\n")[:-1]


class Agreement(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        seed = int(os.environ.get("LAPWING_SEED", random.randrange(1 << 32)))
        print(f"LAPWING_SEED={seed}")
        cls.rng = random.Random(seed)
        cls.lines = make_texts(cls.rng, 6000) + list(noise(cls.rng, 20_000))
        cls.lines = [line for line in cls.lines if "\n" not in line and "\r" not in line]

    def test_the_words_of_every_line(self):
        code, printed = lapwingctl("tokens", lines=self.lines)
        self.assertEqual((code, len(printed)), (0, len(self.lines)))
        for line, tokens in zip(self.lines, printed):
            self.assertEqual(json.loads(tokens), oracle.tokens(line), ascii(line))

    def test_what_each_phrase_catches(self):
        town = Town(seed=self.rng.random(), people=50, tracks=PHRASES, follows=1, posts=3000)
        lines = [text for _, text in town.posts]
        posts = [oracle.read_post(line) for line in lines]
        for resident in town.residents:
            for phrase in resident.lines:
                self.agree(phrase, lines, posts)

    def test_phrases_of_noise(self):
        lines = self.lines[-3000:]
        posts = [oracle.read_post(line) for line in lines]
        for phrase in noise(self.rng, PHRASES):
            self.agree(phrase, lines, posts)

    def agree(self, phrase, lines, posts):
        try:
            parsed = oracle.parse_line(phrase)
        except oracle.PhraseError:
            expected, code_expected = [], 2
        else:
            caught = (line for line, post in zip(lines, posts) if any(p.catches(post) for p in parsed))
            expected = list(caught)
            code_expected = 0 if expected else 1
        code, printed = lapwingctl("match", "--", phrase, lines=lines)
        self.assertEqual((code, printed), (code_expected, expected), ascii(phrase))


if __name__ == "__main__":
    unittest.main()
