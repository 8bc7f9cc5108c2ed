"""Where a row of French may end."""

import re

from fsmobile.texts.dates import NO_BREAK

_BREAKS = re.compile(r"(?<!«) (?![»:;?!](?:\W|$))")
"""A blank before `»` and `:` stays with their word, as the one after `«`."""
_HELD = re.compile(r"(?<=«) | (?=[»:;?!](?:\W|$))")


def split_words(text: str) -> list[str]:
    """Part a text at the blanks where a row may end."""
    return _BREAKS.split(text)


def hold_signs(text: str) -> str:
    """Keep the double signs of French beside their word, where another program breaks the rows.

    A whole page may be given: no mark-up and no style has such a blank.
    """
    return _HELD.sub(NO_BREAK, text)
