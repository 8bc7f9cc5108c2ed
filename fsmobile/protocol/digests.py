"""Digests by scope and day: do two sides hold the same set of ops?

    item   = SHA-256(op id (16 bytes) || hash)
    digest = how many items there are, and their sum modulo 2^256

Digests add up: a month is the sum of its days, the order of arrival does not matter, and an erasure
changes nothing, because the hash of an erased body stays.

The day of an op is the UTC day of the instant in its id (UUIDv7). Both sides know it without the
body, so erased ops and unknown kinds have one too. It follows the laptop's clock: a wrong clock
puts an op under a wrong day, but the same one on both sides.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from uuid import UUID

import msgspec
from msgspec import Struct

YEAR, MONTH, DAY = 4, 7, 10
"""Levels of the calendar tree: how many characters of `2026-11-24` name a period."""
LEVELS = (YEAR, MONTH, DAY)
FIRST_DAY, LAST_DAY = "1970-01-01", "9999-12-31"
SHORT_SIZE = 16
ITEM_SIZE = 8
_MODULUS = 1 << 256
_DAY_MS = 24 * 3600 * 1000
_EPOCH = date(1970, 1, 1)
_HIGHEST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff"


class Digest(Struct, frozen=True):
    """The digest of a set of ops."""

    count: int = 0
    total: int = 0

    def __add__(self, other: "Digest") -> "Digest":
        """Return the digest of the union of two disjoint sets."""
        return Digest(self.count + other.count, (self.total + other.total) % _MODULUS)

    def short(self) -> bytes:
        """Return the part of the sum that is sent: its lower half, a sum modulo 2^128."""
        return self.total.to_bytes(32, "big")[-SHORT_SIZE:]


class Span(msgspec.Struct, array_like=True):
    """A stretch of days of one scope, both ends included."""

    scope: int
    """Index in the list of scopes that is sent with it."""
    first: str
    last: str


class Claim(msgspec.Struct, array_like=True):
    """What one side holds for a period."""

    scope: int
    period: str
    """`2026`, `2026-11` or `2026-11-24`."""
    count: int
    digest: bytes


class Difference(msgspec.Struct, array_like=True):
    """A period for which the other side holds something else."""

    scope: int
    period: str
    count: int
    """How many ops the other side holds for it."""


class Listing(msgspec.Struct, array_like=True):
    """Ops of one day, each by the first bytes of its item."""

    scope: int
    day: str
    items: bytes


def item_of(op_id: str, body_hash: bytes) -> bytes:
    """Return the item of one op."""
    return sha256(bytes.fromhex(op_id.replace("-", "")) + body_hash).digest()


def day_of(op_id: str) -> str:
    """Return the UTC day of the instant in an op's id."""
    return day_at(int(op_id[:8] + op_id[9:13], 16))


def day_at(ms: int) -> str:
    """Return the UTC day of an instant."""
    return _name_day(max(ms, 0) // _DAY_MS)


def span_of(period: str) -> tuple[str, str]:
    """Return the first and the last day of a year, a month or a day.

    Raises:
        ValueError: the text names none of these.
    """
    if len(period) == DAY:
        day = date.fromisoformat(period).isoformat()
        return day, day
    first = date.fromisoformat(f"{period}-01-01" if len(period) == YEAR else f"{period}-01")
    if len(period) == YEAR:
        return first.isoformat(), first.replace(month=12, day=31).isoformat()
    _, days = monthrange(first.year, first.month)
    return first.isoformat(), first.replace(day=days).isoformat()


def ids_between(first: str, last: str) -> tuple[str, str]:
    """Return the lowest and the highest id that ops of some days can have.

    Raises:
        ValueError: one of the two is no day.
    """
    low = _lowest_id(date.fromisoformat(first))
    if last >= LAST_DAY:
        return low, _HIGHEST_ID
    end = _lowest_id(date.fromisoformat(last) + timedelta(days=1))
    return low, str(UUID(int=max(UUID(end).int - 1, 0)))


def summarise(ops: Iterable[tuple[str, bytes]], level: int) -> dict[str, Digest]:
    """Return the digest of each period in which there are ops; an op given twice counts once.

    Args:
        ops: (op id, hash) of each op.
        level: `YEAR`, `MONTH` or `DAY`.
    """
    items: dict[str, set[bytes]] = {}
    for op_id, body_hash in ops:
        items.setdefault(day_of(op_id)[:level], set()).add(item_of(op_id, body_hash))
    return {
        name: Digest(len(found), sum(int.from_bytes(item, "big") for item in found) % _MODULUS)
        for name, found in items.items()
    }


def differences(
    claimed: Mapping[str, tuple[int, bytes]], held: Mapping[str, Digest]
) -> dict[str, int]:
    """Return the periods that are not the same on both sides, with how many ops are held.

    Args:
        claimed: period to (count, short digest), as the other side says; absent is empty.
        held: period to digest, here.
    """
    nothing = Digest()
    found = {}
    for period in sorted({*claimed, *held}):
        here = held.get(period, nothing)
        if claimed.get(period, (0, nothing.short())) != (here.count, here.short()):
            found[period] = here.count
    return found


def split_items(items: bytes) -> list[bytes]:
    """Return the items of a listing, ignoring an incomplete one at the end."""
    ends = range(ITEM_SIZE, len(items) + 1, ITEM_SIZE)
    return [items[end - ITEM_SIZE : end] for end in ends]


@cache
def _name_day(number: int) -> str:
    """Name a day by its number; ids go up to the year 10889, dates do not."""
    return (_EPOCH + timedelta(days=min(number, (date.max - _EPOCH).days))).isoformat()


def _lowest_id(day: date) -> str:
    return str(UUID(int=max((day - _EPOCH).days, 0) * _DAY_MS << 80))
