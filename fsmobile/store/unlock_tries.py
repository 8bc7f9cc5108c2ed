"""Wrong passphrases, counted in a file: each makes the next try wait longer, restarts included.

It slows a person down at the keyboard. Who has a copy of the disk is slowed by Argon2id only.
A disk without room locks nobody out: the count goes on in memory, and each try waits (`PAUSE_S`).
"""

import errno
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from fsmobile.errors import StoreFull, TryLater
from fsmobile.store.files import write_durably

FREE_TRIES = 3
DELAY_MAX_MS = 5 * 60 * 1000
PAUSE_S = 5
"""Before a try that could not be written: without it, to start again would begin from none."""
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)


class _Tries(Struct, frozen=True, kw_only=True):
    count: int = 0
    last_ms: int = 0
    refused: int = 0
    """Wrong ones before the right one, not in the journal yet: it could not be opened."""


_unwritten: dict[Path, _Tries] = {}
"""What the disk had no room for."""


def begin_try(path: Path, now_ms: int) -> bool:
    """Count a try before it is made: a program that is killed has tried all the same.

    Return False where the disk has no room for the count: the caller pauses (`PAUSE_S`).

    Raises:
        TryLater: too soon after the ones before.
    """
    tries = _load(path)
    wait = _delay_ms(tries.count)
    # A clock that was set back does not make anybody wait longer than the whole delay.
    left = min(wait, tries.last_ms + wait - now_ms)
    if left > 0:
        raise TryLater("passphrase_wait", seconds=-(-left // 1000))
    _save(path, replace(tries, count=tries.count + 1, last_ms=now_ms))
    return path not in _unwritten


def forget_tries(path: Path, *, was_counted: bool = True) -> None:
    """Begin again from none: the right secret was given; the wrong ones wait for the journal.

    `was_counted`: the right one is among the tries that were counted.
    """
    tries = _load(path)
    _save(path, _Tries(refused=tries.refused + max(0, tries.count - was_counted)))


def count_refused(path: Path) -> int:
    """Return how many wrong passphrases are to be written into the journal."""
    return _load(path).refused


def forget_refused(path: Path) -> None:
    """Note that they are in the journal."""
    _save(path, replace(_load(path), refused=0))


def _delay_ms(count: int) -> int:
    over = count - FREE_TRIES
    return 0 if over < 0 else min(DELAY_MAX_MS, 1000 * 2 ** min(over + 1, 20))


def _save(path: Path, tries: _Tries) -> None:
    try:
        if tries.count or tries.refused:
            write_durably(path, msgspec.json.encode(tries), mode=0o600)
        else:
            path.unlink(missing_ok=True)
        _unwritten.pop(path, None)
    except (OSError, StoreFull) as error:
        cause = error if isinstance(error, OSError) else error.__cause__
        if getattr(cause, "errno", None) not in _NO_ROOM:
            raise
        _unwritten[path] = tries


def _load(path: Path) -> _Tries:
    if path in _unwritten:
        return _unwritten[path]
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Tries)
    except FileNotFoundError:
        return _Tries()
    except (ValueError, msgspec.MsgspecError):
        return _Tries(count=FREE_TRIES)
