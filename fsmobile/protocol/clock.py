"""Hybrid logical clock: orders corrections, survives clocks that lie.

Text form `0192e4f1a2b3-0004`: 48 bits of milliseconds and 16 bits of counter, in hexadecimal, so
that comparing texts compares clocks. It never decides what has been synced: sequence numbers do.
"""

import re

FORM = re.compile(r"[0-9a-f]{12}-[0-9a-f]{4}")
ZERO = "000000000000-0000"
POISON_MS = 24 * 3600 * 1000
"""A clock further ahead than this is accepted in a fact, but never merged into another clock."""


def parse_hlc(text: str) -> tuple[int, int]:
    """Return (milliseconds, counter).

    Raises:
        ValueError: the text is not a clock.
    """
    if FORM.fullmatch(text) is None:
        raise ValueError(text)
    return int(text[:12], 16), int(text[13:], 16)


def format_hlc(ms: int, counter: int) -> str:
    """Write a clock as text."""
    return f"{ms:012x}-{counter:04x}"


def tick(last: str, now_ms: int) -> str:
    """Return a clock greater than `last` and not before `now_ms`."""
    last_ms, counter = parse_hlc(last)
    now_ms = max(0, min(now_ms, (1 << 48) - 1))
    if now_ms > last_ms:
        return format_hlc(now_ms, 0)
    if counter < 0xFFFF:
        return format_hlc(last_ms, counter + 1)
    return format_hlc(last_ms + 1, 0)


def receive(last: str, remote: str, now_ms: int) -> str:
    """Return the greater of two clocks, ignoring a remote one that is far in the future."""
    if remote <= last or parse_hlc(remote)[0] > now_ms + POISON_MS:
        return last
    return remote
