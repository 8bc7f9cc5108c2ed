"""Where and when exchanges succeeded: this laptop's own memory, never sent anywhere."""

from msgspec import Struct

from fsmobile.core.ids import PlaceId
from fsmobile.store.identity import get_meta
from fsmobile.store.replica import Replica

KEPT_DAYS = 400
"""A year, and the same season once more."""
DAY_MS = 24 * 3600 * 1000


class ExchangeTried(Struct, frozen=True, kw_only=True):
    """One attempt to exchange with the registry."""

    at: int
    """Milliseconds since 1970."""
    place_id: PlaceId | None
    """Where the bus was, as far as the facts tell; otherwise None."""
    minute: int
    """Of the day, in the structure's time."""
    is_good: bool
    """It was completed."""
    seconds: float


def add_exchange(replica: Replica, tried: ExchangeTried) -> None:
    """Remember an attempt, and forget those that are too old."""
    with replica.write() as connection:
        connection.execute("DELETE FROM exchange WHERE at < ?", (tried.at - KEPT_DAYS * DAY_MS,))
        connection.execute(
            "INSERT OR REPLACE INTO exchange (at, place_id, minute, is_good, seconds)"
            " VALUES (?, ?, ?, ?, ?)",
            (tried.at, tried.place_id, tried.minute, tried.is_good, tried.seconds),
        )


def list_exchanges(replica: Replica) -> list[ExchangeTried]:
    """Return the remembered attempts, the newest first."""
    return [
        ExchangeTried(
            at=at,
            place_id=None if place_id is None else PlaceId(place_id),
            minute=minute,
            is_good=bool(is_good),
            seconds=seconds,
        )
        for at, place_id, minute, is_good, seconds in replica.connection.execute(
            "SELECT at, place_id, minute, is_good, seconds FROM exchange ORDER BY at DESC"
        )
    ]


def last_contact(replica: Replica) -> int:
    """Return when this laptop last heard from the registry (ms): at its enrolment or later."""
    synced_at = get_meta(replica.connection, "synced_at")
    (opened_at,) = replica.connection.execute("SELECT min(opened_at) FROM writer").fetchone()
    return max(int(synced_at or 0), opened_at or 0)


def last_instant(replica: Replica) -> int:
    """Return the clock's reading, or the instant of the last recorded op if that is later."""
    last = replica.connection.execute(
        "SELECT recorded_at FROM op WHERE writer = (SELECT writer FROM writer WHERE is_current)"
        " ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    return max(replica.clock.now_ms(), 0 if last is None else last[0])
