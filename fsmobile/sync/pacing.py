"""When the next automatic exchange is: small ones in the day, an evening slot, backoff.

Pure: the time is an argument, chance is a port. Whatever the result of an exchange, the resulting
pace has a next attempt: in no state does a laptop wait for ever.
"""

from datetime import date, time
from enum import StrEnum
from hashlib import sha256

import msgspec
from msgspec.structs import replace

from fsmobile.core.local_time import to_utc
from fsmobile.core.ports import Chance
from fsmobile.errors import FsmobileError, RegistryUnreachable, StoreBusy

SECOND_MS = 1000
MINUTE_MS = 60 * SECOND_MS
FIRST_SPREAD_MS = 60 * SECOND_MS
"""So that laptops opened at the same hour do not all ask in the same second."""
INTERVAL_MS = 15 * MINUTE_MS
INTERVAL_SPREAD_MS = MINUTE_MS
SOON_SPREAD_MS = 30 * SECOND_MS
"""After a passage is closed."""
BACKOFF_BASE_MS = 2 * SECOND_MS
BACKOFF_MAX_MS = 15 * MINUTE_MS
STUCK_MS = 60 * MINUTE_MS
"""After a failure that only a person can fix: asking every minute would not help."""
ASKED_MAX_MS = 60 * MINUTE_MS
"""The longest delay granted to a registry, or to a proxy in front of it."""
ASKED_SPREAD = 5
"""A requested delay is extended by up to a fifth."""
EVENING = time(17, 15)
EVENING_SPREAD_SECONDS = 30 * 60
LONGEST_MS = max(STUCK_MS, ASKED_MAX_MS + ASKED_MAX_MS // ASKED_SPREAD)
"""No attempt is further away than this, unless the clock was put back."""


class Why(StrEnum):
    """Why the next attempt is due when it is."""

    OPENED = "opened"
    INTERVAL = "interval"
    EVENING = "evening"
    PASSAGE = "passage"
    BACKOFF = "backoff"
    ASKED = "asked"
    STUCK = "stuck"


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """When the next automatic exchange is due, and why."""

    next_ms: int
    why: Why
    failures: int = 0
    """Consecutive failures since the last successful exchange, or since the reset."""
    not_before_ms: int = 0
    """Until when the registry asked to be left alone; a person may exchange earlier."""
    was_reset: bool = False
    """A person has reset the backoff since the last successful exchange."""


def first_pace(now: int, chance: Chance) -> Pace:
    """Return the pace of a program that has just started."""
    return Pace(next_ms=now + _draw(chance, FIRST_SPREAD_MS), why=Why.OPENED)


def is_due(pace: Pace, now: int) -> bool:
    """Tell whether an exchange is due; a clock that was put back delays nobody."""
    return now >= pace.next_ms or pace.next_ms - now > LONGEST_MS


def pressed(pace: Pace) -> Pace:
    """Return the pace after a person asked for an exchange; this resets the backoff, once."""
    return pace if pace.was_reset else replace(pace, failures=0, was_reset=True)


def passage_ended(pace: Pace, now: int, chance: Chance) -> Pace:
    """Bring the next attempt forward: what a stop recorded need not wait a quarter of an hour.

    A link that has just failed is not tried more often.
    """
    soon = max(now + _draw(chance, SOON_SPREAD_MS), pace.not_before_ms)
    if pace.failures or soon >= pace.next_ms:
        return pace
    return replace(pace, next_ms=soon, why=Why.PASSAGE)


def gone_through(
    now: int, chance: Chance, *, evening_ms: int, after_seconds: int = 0, spread_seconds: int = 0
) -> Pace:
    """Return the pace after a successful exchange.

    `after_seconds` and `spread_seconds` are what the registry asked for (`Next`); `evening_ms` is
    this laptop's slot today.
    """
    asked = min(max(0, after_seconds) * SECOND_MS, ASKED_MAX_MS)
    spread = min(max(0, spread_seconds) * SECOND_MS, ASKED_MAX_MS // ASKED_SPREAD)
    not_before = now + asked + _draw(chance, spread)
    usual = now + INTERVAL_MS + _draw(chance, INTERVAL_SPREAD_MS)
    if max(now, not_before) < evening_ms <= usual:
        return Pace(next_ms=evening_ms, why=Why.EVENING, not_before_ms=not_before)
    if not_before > usual:
        return Pace(next_ms=not_before, why=Why.ASKED, not_before_ms=not_before)
    return Pace(next_ms=usual, why=Why.INTERVAL, not_before_ms=not_before)


def failed(pace: Pace, error: FsmobileError, now: int, chance: Chance) -> Pace:
    """Return the pace after a failed exchange; there is always a next attempt."""
    if isinstance(error, StoreBusy):
        # Another program is exchanging at this moment: nothing failed.
        return replace(pace, next_ms=now + _draw(chance, FIRST_SPREAD_MS), why=Why.BACKOFF)
    failures = pace.failures + 1
    if not isinstance(error, RegistryUnreachable):
        late = now + STUCK_MS - _draw(chance, STUCK_MS // ASKED_SPREAD)
        return replace(pace, next_ms=late, why=Why.STUCK, failures=failures)
    after = error.params.get("after")
    if isinstance(after, int) and after > 0:
        asked = min(after * SECOND_MS, ASKED_MAX_MS)
        late = now + asked + _draw(chance, asked // ASKED_SPREAD)
        return replace(
            pace, next_ms=late, why=Why.ASKED, failures=failures, not_before_ms=now + asked
        )
    # Full jitter: anything from zero to a limit that doubles each time.
    longest = min(BACKOFF_MAX_MS, BACKOFF_BASE_MS << min(failures - 1, 16))
    late = max(now + _draw(chance, longest), pace.not_before_ms)
    return replace(pace, next_ms=late, why=Why.BACKOFF, failures=failures)


def evening_slot(device_id: bytes, day: date, timezone: str) -> int:
    """Return the instant (ms) of a laptop's evening slot, within half an hour from 17:15.

    Drawn from its id and the day, so that no laptop is last every evening.
    """
    digest = sha256(device_id + day.isoformat().encode()).digest()
    seconds = int.from_bytes(digest[:4]) % EVENING_SPREAD_SECONDS
    opening = to_utc(day, EVENING, timezone)
    return round(opening.timestamp() + seconds) * SECOND_MS


def _draw(chance: Chance, below: int) -> int:
    return int.from_bytes(chance.token(8)) % (below + 1)
