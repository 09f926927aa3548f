"""Random pairs of a phrase and a post, heavy in Unicode and punctuation: the index, each phrase by
itself, and the oracle must say the same of every pair.

    pairs.py PROGRAM [--pairs N] [--seed S]

The oracle is tests/e2e/oracle.py, written from docs/track.md alone. Phrases are made of what the posts
are made of, or cut out of one of them, so that many match.
"""

import argparse
import random
import subprocess
import sys
import time
import unicodedata

import oracle

BATCH = 100  # phrases, and posts, of which every pair is looked at

# What the rules look at: signs, near and far letters, marks, digits, spaces, joiners.
BITS = list("#@＃＠$&._-/:?=()[]'’\",;!%+*~ ab1Zß") + [
    "é", "e\u0301", "İ", "ſ", "ﬀ", "ж", "α", "ا", "日", "本", "日本", "ก", "ิ", "น", "กิน", "が",
    "か\u3099", "ー", "ຂ", "ົ", "ក", "្", "한", "𠀀", "\u00b7", "\u200d", "\u30fb", "\u05f3", "\ufe0f",
    "\u20e3", "👍", "\u00a0", "\u3000", "\u200b", "\u001c", "http://", "https://", "www.", ".com",
    ".co/", "t.co", "rt", "://", "x.y", "é.com", "a_b", "\u0661", "²", "Ⅷ", "𝐀", "\U000e0001",
    "abcdefghijklmnopqrst",
]  # fmt: skip
WORDS = [
    "nyc", "NYC", "food", "bob", "can't", "Stop", "16", "x", "san", "francisco", "Straße", "École",
    "東京", "東京都", "ラーメン", "iphone15", "ไปกินข้าว", "#nyc", "@bob", "#東京五輪", "example.com",
    "http://www.Example.com/a_(b)?q=1", "foo.example.com/Bar", "#rock_n_roll", "rock", "roll", "Ünï",
    "ΑΣ", "ας", "ǆ", "ŉ", "नमस्ते", "שלום", "مرحبا", "\u0345a", "ự", "u\u0323\u031b",
]  # fmt: skip
SPACES = [" "] * 12 + ["  ", "\t", "\u00a0", "\u3000", ""]


def odd(rng):
    """A character that Python and ICU know both, and that ends no line."""
    while True:
        c = chr(rng.randrange(0x20, rng.choice([0x250, 0x3000, 0x11000, 0x30000])))
        if unicodedata.category(c) not in ("Cs", "Cn", "Co", "Cc"):
            return c


def word(rng):
    kind = rng.random()
    if kind < 0.55:
        return rng.choice(WORDS)
    if kind < 0.9:
        return "".join(rng.choices(BITS, k=rng.randint(1, 5)))
    return "".join(odd(rng) for _ in range(rng.randint(1, 4)))


def text(rng, words):
    return "".join(word(rng) + rng.choice(SPACES) for _ in range(rng.randint(1, words)))


def cut_out(rng, post):
    """Some of what the post consists of, in one of the ways to ask for it."""
    forms, parts = sorted(oracle.read_post(post).forms), oracle.read_post(post).parts
    if not parts:
        return post
    kind = rng.random()
    if kind < 0.3:
        return rng.choice(forms)
    if kind < 0.5:
        return " ".join(rng.sample(forms, min(len(forms), rng.randint(2, 4))))
    if kind < 0.7:
        at = rng.randrange(len(parts))
        quote = " ".join(parts[at : at + rng.randint(1, 3)])
        return f'"{quote[rng.choice((0, 0, 1)):]}"'
    if kind < 0.8:
        part = rng.choice(parts)
        at = rng.randrange(len(part))
        return part[at : at + rng.randint(1, 4)]
    return f"{rng.choice(forms)} -{rng.choice(forms + [word(rng)])}"


def phrase_line(rng, posts):
    line = text(rng, 3) if rng.random() < 0.35 else cut_out(rng, rng.choice(posts))
    return line.replace("\n", " ").replace("\r", " ")


class Program:
    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, lines):
        self.process.stdin.write("".join(f"{line}\n" for line in lines).encode())
        self.process.stdin.flush()
        answers = [self.process.stdout.readline().decode()[:-1] for line in lines if line != "."]
        if self.process.poll() not in (None, 0):
            raise SystemExit("the program gave up; see above")
        return answers


def judge(line, answer):
    """The phrases of a line, once both agree on what they are."""
    try:
        phrases = oracle.parse_line(line)
    except oracle.PhraseError:
        assert answer == "-", f"{line!a} is refused by the oracle, but not by the parser: {answer!a}"
        return []
    # The parser leaves repeats out.
    canonical = list(dict.fromkeys(phrase.canonical for phrase in phrases))
    assert answer[:1] == "+" and answer[1:].split("\t") == canonical, (ascii(line), ascii(answer), canonical)
    return phrases


def main():
    parser = argparse.ArgumentParser(prog="pairs.py")
    parser.add_argument("program")
    parser.add_argument("--pairs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = random.randrange(1 << 32) if options.seed is None else options.seed
    print(f"seed {seed}", flush=True)
    rng = random.Random(seed)
    program = Program(options.program)
    pairs = matches = 0
    began = time.monotonic()
    while pairs < options.pairs:
        posts = [text(rng, 8).replace("\n", " ").replace("\r", " ") for _ in range(BATCH)]
        lines = [phrase_line(rng, posts) for _ in range(BATCH)]
        known = {}
        for line, answer in zip(lines, program.ask([f"p {line}" for line in lines])):
            known |= {phrase.canonical: phrase for phrase in judge(line, answer)}
        answers = program.ask([f"t {post}" for post in posts] + ["."])
        for post, answer in zip(posts, answers):
            read = oracle.read_post(post)
            expected = sorted((c for c, phrase in known.items() if phrase.catches(read)), key=str.encode)
            found = answer.split("\t") if answer else []
            if found != expected:
                raise SystemExit(f"post {post!a}\n  oracle only: {[*map(ascii, set(expected) - set(found))]}\n"
                                 f"  index only: {[*map(ascii, set(found) - set(expected))]}")  # fmt: skip
            matches += len(found)
            pairs += len(known)
    print(f"{pairs} pairs, {matches} matches, no difference, {time.monotonic() - began:.0f} s")


try:
    main()
except AssertionError as difference:
    sys.exit(f"different: {difference}")
