"""The oracle itself, against the tables of docs/track.md."""

import pathlib
import re
import unittest

import oracle

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "track.md"


def cells(row):
    return [cell.strip() for cell in row.strip().strip("|").split("|")]


def quoted(cell):
    return re.findall(r"`([^`]*)`", cell)


class TheTables(unittest.TestCase):
    def test_every_example_of_section_8_holds(self):
        section = PAGE.read_text().split("## 8. Examples", 1)[1]
        rows = [cells(line) for line in section.splitlines() if line.startswith("| `")]
        self.assertGreater(len(rows), 10)
        for phrase, caught, missed in rows:
            phrases = oracle.parse_line(quoted(phrase)[0])
            for text in quoted(caught):
                with self.subTest(phrase=phrase, catches=text):
                    self.assertTrue(any(p.catches(oracle.read_post(text)) for p in phrases))
            for text in quoted(missed):
                with self.subTest(phrase=phrase, misses=text):
                    self.assertFalse(any(p.catches(oracle.read_post(text)) for p in phrases))

    def test_every_example_of_section_4_holds(self):
        section = PAGE.read_text().split("| text | URLs |", 1)[1].split("## 5", 1)[0]
        rows = [cells(line) for line in section.splitlines() if line.startswith("| `")]
        self.assertEqual(len(rows), 3)
        for text, urls in rows:
            written = oracle.tokens(quoted(text)[0])["urls"]
            listed = [] if urls == "none" else quoted(urls.split(", canonical")[0])
            self.assertEqual(written, listed)

    def test_the_words_of_a_contraction(self):
        self.assertEqual(oracle.tokens("can't")["words"], ["can't", "can", "t"])

    def test_a_canonical_form_reads_back_as_the_same_phrase(self):
        for line in ("nyc Food", '-"new jersey" nyc -#AD', 'https://www.X.org/a/ "a, b"', "--x y"):
            for phrase in oracle.parse_line(line):
                self.assertEqual(oracle.parse_line(phrase.canonical), [phrase])
        self.assertEqual(oracle.parse_line("nyc Food")[0].canonical, "food nyc")

    def test_what_is_refused(self):
        for line in ("", " , ", '"open', '"!"', "-no", "a" * 61, "good, -bad"):
            with self.subTest(line=line), self.assertRaises(oracle.PhraseError):
                oracle.parse_line(line)


if __name__ == "__main__":
    unittest.main()
