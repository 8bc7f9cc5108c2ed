"""Makes the 2,048 words of enrolment codes from names of communes; run once, kept as proof.

`python -m tools.enrolment_words` prints the list of `fsmobile/reference/data/`. The list is
never made again for real: a code written yesterday must be read tomorrow.
"""

import re
import sys
from collections.abc import Iterator

from fsmobile.core.folding import fold
from fsmobile.reference.communes import Commune, load_communes

WORDS = 2048
LENGTHS = range(4, 9)
PREFIX = 4
"""Letters that are enough to tell a word from all others."""

UNSUITABLE = re.compile(
    r"(.)\1\1|^(anal|anus|bais|bite|bitch|bordel|coch|cocu|cond|conn|cons|coui|cul|cun|deuil"
    r"|drancy|fesse|foir|fou|gland|haine|hitte|idiot|juif|laid|merd|mort|mouchard|naze|nazi|negre"
    r"|nul|peni|pet|pig|piss|porc|poum|puce|puss|pusey|put|rat|sal[oe]|sang|sex|sot|teti|trou|truie"
    r"|vagi|verge|vichy|viol|vom)"
)
"""What nobody wants to dictate to a colleague, or to read in their own code."""

_SOUNDS = (
    ("eau", "o"), ("au", "o"), ("ai", "e"), ("ei", "e"), ("ay", "e"), ("ey", "e"), ("oe", "e"),
    ("ph", "f"), ("qu", "k"), ("ch", "j"), ("ge", "je"), ("gi", "ji"), ("gy", "ji"),
    ("ce", "se"), ("ci", "si"), ("cy", "si"), ("c", "k"), ("q", "k"), ("z", "s"), ("x", "s"),
    ("y", "i"), ("w", "v"), ("h", ""), ("en", "an"), ("em", "an"), ("am", "an"), ("om", "on"),
    ("im", "in"),
)  # fmt: skip


def choose_words() -> tuple[str, ...]:
    """Choose the words among single names of 4 to 8 letters, the most populous first.

    No two begin with the same four letters, sound alike, or differ by one letter: a word
    misheard or mistyped by one letter is no word, or is not another.
    """
    chosen: list[str] = []
    taken: set[str] = set()
    for word in _candidates():
        marks = {f"={word[:PREFIX]}", f"~{_sound(word)}", *_one_letter_off(word)}
        if taken.isdisjoint(marks):
            taken |= marks
            chosen.append(word)
    return tuple(sorted(chosen[:WORDS]))


def _candidates() -> Iterator[str]:
    def by_population(commune: Commune) -> tuple[int, str]:
        return -commune.population, commune.insee_code

    for commune in sorted(load_communes(), key=by_population):
        word = fold(commune.name)
        if len(word) in LENGTHS and word.isalpha() and not UNSUITABLE.search(word):
            yield word


def _sound(word: str) -> str:
    """Reduce a word to roughly what is heard; crude, and strict on purpose."""
    for letters, sound in _SOUNDS:
        word = word.replace(letters, sound)
    return re.sub(r"(.)\1+", r"\1", word).rstrip("estdpr")


def _one_letter_off(word: str) -> set[str]:
    """Name the word with each letter masked or left out: two neighbours share such a mark."""
    places = range(len(word))
    masked = {f"?{word[:place]}.{word[place + 1 :]}" for place in places}
    added = {f"?{word[:place]}.{word[place:]}" for place in range(len(word) + 1)}
    return masked | added


def main() -> int:
    """Print the words, one a line."""
    sys.stdout.write("\n".join(choose_words()) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
