"""The 2,048 words of enrolment codes, in an order that never changes."""

from functools import cache

from fsmobile.reference.resources import read_text


@cache
def words() -> tuple[str, ...]:
    """Return the words in alphabetical order; the place of a word is its 11 bits.

    Twelve of them carry 132 bits. They are names of communes, which people who drive a bus
    can hear and spell; four letters are enough to tell one from all others. How they were
    chosen: `tools/enrolment_words.py`.
    """
    return tuple(read_text("enrolment_words.txt").split())
