"""The independent oracle: what a track catches, written from docs/track.md, and what is kept away
from somebody, from docs/owed.md; from nothing else.

    phrase = parse_line("nyc food, pizza")       # alternatives; PhraseError when it is refused
    any(p.catches(read_post("Food in #NYC")) for p in phrase)

Python's standard library only, no code of the product. Slow and plain on purpose; section numbers
refer to docs/track.md.
"""

import dataclasses
import functools
import re
import unicodedata

# ---- 1. Characters -------------------------------------------------------------------------------

SPACES = (
    "\u0009\u000a\u000b\u000c\u000d\u0020\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005"
    "\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
SPACE_RUN = re.compile(f"[{SPACES}]+")
ASCII_ALNUM = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")


@functools.lru_cache(maxsize=None)
def is_word(c):
    category = unicodedata.category(c)
    if 0xFE00 <= ord(c) <= 0xFE0F:
        return False
    return category[0] in "LN" or category in ("Mn", "Mc")


# Thai and Lao, Khmer, kana and the signs among them, Han.
RUN_RANGES = (
    (0x0E00, 0x0EFF), (0x1780, 0x17FF), (0x3005, 0x30FF), (0x31F0, 0x31FF), (0x3400, 0x9FFF),
    (0xF900, 0xFAFF), (0xFF66, 0xFF9F), (0x1AFF0, 0x1B16F), (0x20000, 0x3FFFF),
)  # fmt: skip


def is_mark(c):
    return unicodedata.category(c) in ("Mn", "Mc")


@functools.lru_cache(maxsize=None)
def is_run(c):
    return unicodedata.category(c)[0] in "LN" and any(a <= ord(c) <= b for a, b in RUN_RANGES)


def is_near(c):
    return ord(c) < 0x590 and is_word(c)


# ---- 2. Folding ----------------------------------------------------------------------------------


def fold(text):
    text = unicodedata.normalize("NFC", text).casefold()
    text = unicodedata.normalize("NFC", text)
    return text.replace("\u2019", "'").replace("\uff03", "#").replace("\uff20", "@")


# ---- 3. Cutting ----------------------------------------------------------------------------------


def parts_of(text):
    """The longest runs of word characters, cut where a letter or number of R meets another."""
    parts, part, kind = [], "", None
    for c in text:
        its = is_run(c) if is_word(c) and not is_mark(c) else None
        if part and (not is_word(c) or (its is not None and kind is not None and its != kind)):
            parts.append(part)
            part, kind = "", None
        if is_word(c):
            part += c
            kind = its if kind is None else kind
    return parts + [part] if part else parts


def is_run_part(text):
    return parts_of(text) == [text] and any(map(is_run, text))


def clusters(part):
    """Of an R part: it is cut before every letter and number."""
    cut = []
    for c in part:
        if cut and is_mark(c):
            cut[-1] += c
        else:
            cut.append(c)
    return cut


@dataclasses.dataclass(frozen=True)
class Piece:
    kind: str  # url, hashtag, mention, plain
    text: str  # folded; a hashtag or mention with its sign, a URL with its scheme
    written: str = ""  # a URL as it stands in the post

    @functools.cached_property
    def parts(self):
        return parts_of(self.text)

    @functools.cached_property
    def canonical(self):
        """4: of a URL."""
        text = self.text
        for scheme in ("http://", "https://"):
            if text.startswith(scheme):
                text = text[len(scheme) :]
                break
        return text.removeprefix("www.").rstrip("/")


def cut(text):
    """The words as written, each with its pieces."""
    return [(word, pieces_of(word)) for word in SPACE_RUN.split(text) if word]


def pieces_of(word):
    pieces, stretch_from, i = [], 0, 0
    while i < len(word):
        end = url_end(word, i)
        if end is None:
            i += 1
            continue
        pieces += stretch_pieces(fold(word[stretch_from:i]))
        pieces.append(Piece("url", fold(word[i:end]), word[i:end]))
        stretch_from = i = end
    return pieces + stretch_pieces(fold(word[stretch_from:]))


# ---- 4. URLs -------------------------------------------------------------------------------------

KNOWN_ENDINGS = frozenset("com org net edu gov mil int info biz co io tv uk jp de fr".split())
TAIL_SIGNS = frozenset("-._~:/?#[]@!$&()*+,;=%")
TAIL_LAST = frozenset("/=_#+-")


def ascii_lower(text):
    return "".join(c.lower() if c in ASCII_ALNUM else c for c in text)


def read_host(word, i):
    """The longest host at i: its labels and its end; no labels where there is none."""
    labels = []
    end = i
    while True:
        start = end + 1 if labels else i
        j = start
        while j < len(word) and (is_near(word[j]) or word[j] in "-_"):
            j += 1
        if j == start:
            return labels, end
        labels.append(word[start:j])
        end = j
        if not (end < len(word) and word[end] == "."):
            return labels, end


def is_good_host(word, labels, end):
    if len(labels) < 2 or (end < len(word) and word[end] in "@\uff20"):
        return False
    if any(label[0] in "-_" or label[-1] in "-_" for label in labels):
        return False
    last = labels[-1]
    return len(last) >= 2 and all(c in ASCII_ALNUM and not c.isdigit() for c in last)


def url_end(word, i):
    """Where the URL that begins at i ends, or None."""
    before = word[i - 1] if i > 0 else None
    rest = ascii_lower(word[i : i + 8])
    scheme = next((s for s in ("http://", "https://") if rest.startswith(s)), None)
    if scheme:
        if before and (before in ASCII_ALNUM or before in "@\uff20#\uff03$"):
            return None
        labels, end = read_host(word, i + len(scheme))
        return url_rest(word, end) if is_good_host(word, labels, end) else None
    if before and (is_near(before) or before in "@\uff20#\uff03$-_./"):
        return None
    labels, end = read_host(word, i)
    if not is_good_host(word, labels, end):
        return None
    if (
        (ascii_lower(labels[0]) == "www")
        or ascii_lower(labels[-1]) in KNOWN_ENDINGS
        or (word[end : end + 1] == "/" and end + 1 < len(word) and is_near(word[end + 1]))
    ):
        return url_rest(word, end)
    return None


def url_rest(word, end):
    """The end of the URL whose host ends here: over port and tail."""
    digits = end + 1
    while digits < len(word) and word[digits] in "0123456789":
        digits += 1
    if word[end : end + 1] == ":" and digits > end + 1:
        end = digits
    if end < len(word) and word[end] in "/?#":
        last = end
        while last < len(word) and (is_near(word[last]) or word[last] in TAIL_SIGNS):
            last += 1
        while last > end and not may_end_tail(word[end:last]):
            last -= 1
        end = last
    return end


def may_end_tail(tail):
    c = tail[-1]
    if c == ")":
        return tail.count("(") >= tail.count(")")
    return is_near(c) or c in TAIL_LAST


# ---- 5. Hashtags and mentions --------------------------------------------------------------------

TAG_SIGNS = frozenset(
    "_\u05be\u05f3\u05f4\u0f0b\u0f0c\u3003\u301c\u309b\u309c\u30a0\ua67e\uff5e"
)
JOINERS = frozenset("\u00b7\u200c\u200d\u30fb")
NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")
NOT_BEFORE_MENTION = NAME | frozenset("!#$%&*@")


def is_tag_character(c):
    return is_word(c) or c in TAG_SIGNS


def hashtag_end(text, i):
    """Where the hashtag whose # is at i ends, or None."""
    if i > 0 and (is_word(text[i - 1]) or text[i - 1] in "_&"):
        return None
    end = i + 1
    while end < len(text):
        if is_tag_character(text[end]):
            end += 1
        elif (
            text[end] in JOINERS
            and end > i + 1
            and end + 1 < len(text)
            and is_tag_character(text[end + 1])
        ):
            end += 2
        else:
            break
    body = text[i + 1 : end]
    if not any(is_word(c) and unicodedata.category(c)[0] != "N" for c in body):
        return None
    return None if text.startswith("://", end) else end


def mention_end(text, i):
    """Where the mention whose @ is at i ends, or None."""
    if i > 0 and text[i - 1] in NOT_BEFORE_MENTION and text[:i] != "rt":
        return None
    end = i + 1
    while end < len(text) and text[end] in NAME:
        end += 1
    name = text[i + 1 : end]
    if not 1 <= len(name) <= 20 or not name.strip("_"):
        return None
    if end < len(text) and (is_near(text[end]) or text[end] == "@"):
        return None
    return None if text.startswith("://", end) else end


def sign_end(text, i):
    """Kind and end of the hashtag or mention at i, or None."""
    kind = {"#": "hashtag", "@": "mention"}.get(text[i])
    if kind is None:
        return None
    end = (hashtag_end if kind == "hashtag" else mention_end)(text, i)
    return None if end is None else (kind, end)


def stretch_pieces(text):
    """The pieces of a folded stretch."""
    pieces, plain_from, i = [], 0, 0
    while i < len(text):
        found = sign_end(text, i)
        if found is None:
            i += 1
            continue
        if plain_from < i:
            pieces.append(Piece("plain", text[plain_from:i]))
        pieces.append(Piece(found[0], text[i : found[1]]))
        plain_from = i = found[1]
    if plain_from < len(text):
        pieces.append(Piece("plain", text[plain_from:]))
    return pieces


# ---- 6. The forms of a post ----------------------------------------------------------------------


def trim_punctuation(text):
    words = [i for i, c in enumerate(text) if is_word(c)]
    return text[words[0] : words[-1] + 1] if words else ""


@dataclasses.dataclass(frozen=True)
class Post:
    forms: frozenset
    parts: list  # the sequence
    signs: dict  # number of a part -> (text, number of parts) of the hashtag or mention over it


def read_post(text):
    forms, parts, signs = set(), [], {}
    for _, pieces in cut(text):
        for piece in pieces:
            if piece.kind == "url":
                forms.add(piece.canonical)
            elif piece.kind == "plain":
                forms.add(piece.text)
                forms.add(trim_punctuation(piece.text))
            else:
                forms.add(piece.text)
                forms.add(piece.text[1:])
                signs[len(parts)] = (piece.text, len(piece.parts))
            forms.update(piece.parts)
            parts += piece.parts
    forms.discard("")
    return Post(frozenset(forms), parts, signs)


def tokens(text):
    """What `lapwingctl tokens` prints for this line."""
    words, pieces = {}, []
    for word, found in cut(text):
        words[fold(word)] = words[trim_punctuation(fold(word))] = None
        for piece in found:
            words.update(dict.fromkeys(piece.parts))
        pieces += found
    return {
        "words": [w for w in words if w],
        "hashtags": [p.text[1:] for p in pieces if p.kind == "hashtag"],
        "mentions": [p.text[1:] for p in pieces if p.kind == "mention"],
        "urls": [p.written for p in pieces if p.kind == "url"],
    }


# ---- 7. Phrases ----------------------------------------------------------------------------------

QUOTES = '"\u201c\u201d'
CANONICAL_BYTES_MAX = 60


class PhraseError(ValueError):
    pass


@dataclasses.dataclass(frozen=True)
class Phrase:
    words: frozenset
    quotes: frozenset  # tuples of elements, two or more each
    no_words: frozenset
    no_quotes: frozenset

    @property
    def canonical(self):
        def quoted(quotes):
            return sorted('"' + " ".join(q) + '"' for q in quotes)

        return " ".join(
            sorted(self.words)
            + quoted(self.quotes)
            + ["-" + word for word in sorted(self.no_words)]
            + ["-" + quote for quote in quoted(self.no_quotes)]
        )

    def catches(self, post):
        return (
            all(holds(word, post) for word in self.words)
            and all(stands(quote, post) for quote in self.quotes)
            and not any(holds(word, post) for word in self.no_words)
            and not any(stands(quote, post) for quote in self.no_quotes)
        )


def holds(word, post):
    """A bare word."""
    if not is_run_part(word):
        return word in post.forms
    inner = clusters(word)
    return any(
        clusters(part)[i : i + len(inner)] == inner
        for part in post.parts if is_run_part(part)
        for i in range(len(clusters(part)))
    )  # fmt: skip


def covers(part, element, first, last):
    """An element of a quote, a part: of R it may end the first and begin the last."""
    if part == element:
        return True
    if not is_run_part(part) or not is_run_part(element):
        return False
    whole, inner = clusters(part), clusters(element)
    return (first and whole[-len(inner) :] == inner) or (last and whole[: len(inner)] == inner)


def stands(quote, post):
    return any(stands_at(quote, post, at) for at in range(len(post.parts)))


def stands_at(quote, post, at):
    for number, element in enumerate(quote):
        if element[0] in "#@":
            text, length = post.signs.get(at, ("", 0))
            if text != element:
                return False
            at += length
        else:
            ends = (number == 0, number == len(quote) - 1)
            if at >= len(post.parts) or not covers(post.parts[at], element, *ends):
                return False
            at += 1
    return True


def bare_word(word):
    """The word that is compared, for a bare word as typed (and folded)."""
    if word.startswith(("http://", "https://")):
        end = url_end(word, 0)
        if end is None or any(is_word(c) for c in word[end:]):
            return word
        return Piece("url", word[:end], word[:end]).canonical
    found = sign_end(word, 0)
    if found and not any(is_word(c) for c in word[found[1] :]):
        return word[: found[1]]
    return word


def quote_elements(text):
    elements = []
    for _, pieces in cut(text):
        for piece in pieces:
            sign = piece.kind in ("hashtag", "mention")
            elements += [piece.text] if sign else piece.parts
    if not elements:
        raise PhraseError("a quote without a word in it")
    return tuple(elements)


def read_terms(line):
    """The alternatives of a folded line, each a list of (excluded, elements or word)."""
    alternatives, terms, i = [], [], 0
    while i < len(line):
        c = line[i]
        if c in SPACES:
            i += 1
            continue
        if c == ",":
            alternatives.append(terms)
            terms = []
            i += 1
            continue
        following = line[i + 1 : i + 2]
        excluded = c == "-" and following != "" and following not in SPACES + ","
        if excluded:
            i += 1
        if line[i] in QUOTES:
            end = next((j for j in range(i + 1, len(line)) if line[j] in QUOTES), None)
            if end is None:
                raise PhraseError("a quote that is not closed")
            terms.append((excluded, quote_elements(line[i + 1 : end])))
            i = end + 1
        else:
            end = i
            while end < len(line) and line[end] not in SPACES + ",":
                end += 1
            word = bare_word(line[i:end])
            parts = tuple(parts_of(word))
            mixed = len(parts) > 1 and "".join(parts) == word
            terms.append((excluded, parts if mixed else word))
            i = end
    return [terms for terms in alternatives + [terms] if terms]


def parse_line(line):
    """The phrases of a line, in order. Raises PhraseError where the rules refuse it."""
    phrases = []
    for terms in read_terms(fold(line)):
        sets = {(quote, excluded): set() for quote in (0, 1) for excluded in (0, 1)}
        for excluded, term in terms:
            if isinstance(term, tuple) and len(term) == 1:
                term = term[0]
            sets[isinstance(term, tuple), excluded].add(term)
        phrase = Phrase(
            *(frozenset(sets[key]) for key in ((0, 0), (1, 0), (0, 1), (1, 1)))
        )
        if not phrase.words and not phrase.quotes:
            raise PhraseError("only exclusions")
        if len(phrase.canonical.encode()) > CANONICAL_BYTES_MAX:
            raise PhraseError("too long")
        phrases.append(phrase)
    if not phrases:
        raise PhraseError("nothing in it")
    return phrases


# ---- docs/owed.md, rules 3 and 4 -----------------------------------------------------------------


def kept_away(author, post, blocks, mutes):
    """From somebody who blocks these authors and mutes these phrases, before the post and until now."""
    return author in blocks or any(mute.catches(post) for mute in mutes)
