"""Where and when the network was good: remembered from every exchange, asked of the next stops."""

from collections.abc import Sequence
from datetime import date, time, timedelta

from msgspec import Struct

from fsmobile.core.ids import PlaceId
from fsmobile.core.passages import PassageStatus
from fsmobile.core.spans import minutes_of
from fsmobile.store import exchanges
from fsmobile.store.exchanges import ExchangeTried
from fsmobile.usecases.appointments import coming_passages
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.passages import load_day
from fsmobile.usecases.schedule_names import place_name

LOOKED_AHEAD_DAYS = 2
"""What waits is not kept for a good network farther away than tomorrow evening."""
GOOD_SHARE = 0.5
"""Of the tries at a place: below, it is no place to count on."""
HOUR = 60


class GoodNetwork(Struct, frozen=True, kw_only=True):
    """A coming stop at which exchanges went through before."""

    place_id: PlaceId
    name: str
    day: date
    at: time
    """When the bus is there and the network was at its best."""
    good: int
    """Tries that went through there."""
    tries: int


def note_exchange(desk: Desk, *, is_good: bool, started_at: int) -> None:
    """Remember how a try to exchange ended, and where the bus was."""
    now = desk.replica.clock.now_ms()
    tried = ExchangeTried(
        at=now,
        place_id=_here(desk),
        minute=minutes_of(desk.minute()),
        is_good=is_good,
        seconds=max(0, now - started_at) / 1000,
    )
    exchanges.add_exchange(desk.replica, tried)


def find_good_network(desk: Desk) -> GoodNetwork | None:
    """Return the first coming stop at which the network was good more often than not."""
    tried = exchanges.list_exchanges(desk.replica)
    last = desk.today() + timedelta(days=LOOKED_AHEAD_DAYS - 1)
    for passage in coming_passages(desk):
        if passage.service_date > last:
            break
        there = [one for one in tried if one.place_id == passage.place_id]
        good = [one for one in there if one.is_good]
        if not good or len(good) < GOOD_SHARE * len(there):
            continue
        starts = _earliest(desk, passage.service_date, passage.starts)
        return GoodNetwork(
            place_id=passage.place_id,
            name=place_name(desk, passage.place_id),
            day=passage.service_date,
            at=best_hour(good, starts, passage.ends),
            good=len(good),
            tries=len(there),
        )
    return None


def best_hour(good: Sequence[ExchangeTried], starts: time, ends: time | None) -> time:
    """Return the hour of an opening at which most exchanges went through, the first of equals."""
    first = minutes_of(starts)
    last = minutes_of(ends) if ends is not None else first + HOUR
    hours = [one.minute // HOUR * HOUR for one in good if first <= one.minute <= last]
    if not hours:
        return starts
    best = max(sorted(set(hours)), key=hours.count)
    return time(max(best, first) // HOUR, max(best, first) % HOUR)


def _here(desk: Desk) -> PlaceId | None:
    """Return where the bus is by the facts of the day; None before the first stop and after."""
    sheet = load_day(desk, desk.today())
    if sheet.open_line is not None:
        return sheet.open_line.place_id
    parked = [
        line
        for line in sheet.lines
        if line.passage.left_at is None
        and line.passage.status is not PassageStatus.CANCELLED
        and (line.passage.arrived_at is not None or _just_closed(desk, line.passage.closed_at))
    ]
    return parked[-1].place_id if parked else None


def _just_closed(desk: Desk, closed_at: time | None) -> bool:
    """Tell whether a stop closed so lately that the bus may not have left."""
    if closed_at is None:
        return False
    return 0 <= minutes_of(desk.minute()) - minutes_of(closed_at) <= HOUR // 4


def _earliest(desk: Desk, day: date, starts: time | None) -> time:
    """Return when the bus can send there: not before it opens, not in the past."""
    opening = starts or time(8)
    return max(opening, desk.minute()) if day == desk.today() else opening
