"""Where a row of French may end."""

import re

_BREAKS = re.compile(r"(?<!«) (?![»:;?!](?:\W|$))")
"""A blank before `»` and `:` stays with their word, as the one after `«`."""


def split_words(text: str) -> list[str]:
    """Part a text at the blanks where a row may end."""
    return _BREAKS.split(text)
