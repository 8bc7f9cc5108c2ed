"""The bundled school holidays of the zones A, B and C, in the convention of schedules."""

import json
from datetime import date, timedelta
from functools import cache

from fsmobile.core.holidays import SchoolCalendar, SchoolPeriod, SchoolZone
from fsmobile.reference.resources import read_text

_BRIDGE = "Pont"
_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


@cache
def load_school_calendar() -> SchoolCalendar:
    """Read the school holidays of metropolitan France, up to the horizon of the source.

    A schedule counts from the first day without class. The ministry publishes the day *after
    the class of which* pupils leave, mostly a Saturday: part of the schools have class on that
    morning, so the day is not yet a holiday and the first one is its morrow, a Sunday. A bus
    that calls « hors vacances » on Saturdays therefore still runs on that one.
    The days of a bridge are published as they are, without class from the first.
    """
    content = json.loads(read_text("vacances_scolaires.json"))
    return SchoolCalendar(
        zones={
            zone: SchoolZone(
                zone=zone,
                periods=tuple(_read_period(*period) for period in periods),
                known_from=date.fromisoformat(content["du"]),
                horizon=date.fromisoformat(content["au"]),
            )
            for zone, periods in content["zones"].items()
        }
    )


def _read_period(published_first: str, published_last: str, name: str) -> SchoolPeriod:
    first, last = date.fromisoformat(published_first), date.fromisoformat(published_last)
    if not name.startswith(_BRIDGE):
        first += _ONE_DAY
    # Pupils come back on a Monday: the Sunday after a bridge is the eve of their return.
    if last.weekday() == _SATURDAY:
        last += _ONE_DAY
    return SchoolPeriod(first=first, last=last, name=name)
