"""Folding of names for look-up: no accents, no case, words between spaces."""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})
_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")


def fold(text: str) -> str:
    """Reduce a text to lower-case ASCII words with one space between them.

    `L'Île-d'Yeu` gives `l ile d yeu`: an agent types without accents, and so do we compare.
    """
    lowered = text.casefold().translate(_LIGATURES)
    if not lowered.isascii():
        # Marks become nothing and not a space, or « é » would cut its word in two.
        lowered = "".join(
            letter
            for letter in unicodedata.normalize("NFD", lowered)
            if not unicodedata.combining(letter)
        )
    return _NOT_A_LETTER.sub(" ", lowered).strip()
