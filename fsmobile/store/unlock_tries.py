"""Wrong passphrases, counted in a file: each makes the next try wait longer, restarts included.

It slows a person down at the keyboard. Who has a copy of the disk is slowed by Argon2id only.
"""

from pathlib import Path

import msgspec
from msgspec import Struct

from fsmobile.errors import TryLater
from fsmobile.store.files import write_durably

FREE_TRIES = 3
DELAY_MAX_MS = 5 * 60 * 1000


class _Tries(Struct, frozen=True, kw_only=True):
    count: int = 0
    last_ms: int = 0


def begin_try(path: Path, now_ms: int) -> None:
    """Count a try before it is made: a program that is killed has tried all the same.

    Raises:
        TryLater: too soon after the ones before.
    """
    tries = _load(path)
    wait = _delay_ms(tries.count)
    # A clock that was set back does not make anybody wait longer than the whole delay.
    left = min(wait, tries.last_ms + wait - now_ms)
    if left > 0:
        raise TryLater("passphrase_wait", seconds=-(-left // 1000))
    tries = _Tries(count=tries.count + 1, last_ms=now_ms)
    write_durably(path, msgspec.json.encode(tries), mode=0o600)


def forget_tries(path: Path) -> None:
    """Begin again from none: the right passphrase was given."""
    path.unlink(missing_ok=True)


def _delay_ms(count: int) -> int:
    over = count - FREE_TRIES
    return 0 if over < 0 else min(DELAY_MAX_MS, 1000 * 2 ** min(over + 1, 20))


def _load(path: Path) -> _Tries:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Tries)
    except FileNotFoundError:
        return _Tries()
    except msgspec.MsgspecError:
        return _Tries(count=FREE_TRIES)
