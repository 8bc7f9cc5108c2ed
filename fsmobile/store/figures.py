"""Figures of the visits, day by day, kept once counted; a day that changes is counted again."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby

import msgspec

from fsmobile.core.reports import Figures, add_figures, count_visits
from fsmobile.errors import StoreBusy, StoreFull
from fsmobile.store.projections import decode_visit_state
from fsmobile.store.replica import Connection, Replica

CHUNK_DAYS = 31
"""Days counted in one transaction: a bus that records meanwhile does not wait long."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Figures).decode


def load_figures(replica: Replica, first: date, last: date, today: date) -> Figures:
    """Return the figures of the visits between two days, both included.

    The days before today are kept. When the store cannot be written they are counted only.
    """
    rows = replica.connection.execute(
        "SELECT day, figures FROM figure_day WHERE day BETWEEN ? AND ?",
        (first.isoformat(), last.isoformat()),
    ).fetchall()
    kept = {day for day, _figures in rows}
    parts = [_decode(figures) for _day, figures in rows]
    for start, end in _gaps(first, last, kept):
        parts += _count(replica, start, end, today)
    return add_figures(parts)


def _gaps(first: date, last: date, kept: set[str]) -> Iterator[tuple[date, date]]:
    """Give the runs of days that are not kept, each of a chunk at most."""
    start: date | None = None
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        is_kept = day.isoformat() in kept
        if start is not None and (is_kept or (day - start).days >= CHUNK_DAYS):
            yield start, day - timedelta(days=1)
            start = None
        if not is_kept and start is None:
            start = day
    if start is not None:
        yield start, last


def _count(replica: Replica, first: date, last: date, today: date) -> list[Figures]:
    if first >= today:
        return list(_counted(replica.connection, first, last).values())
    try:
        # Read and kept in one transaction: no visit can come between the two.
        with replica.write() as connection:
            counted = _counted(connection, first, last)
            days = (first + timedelta(days=number) for number in range((last - first).days + 1))
            connection.executemany(
                "INSERT OR REPLACE INTO figure_day (day, figures) VALUES (?, ?)",
                [
                    (day.isoformat(), _encode(counted.get(day.isoformat(), Figures())))
                    for day in days
                    if day < today
                ],
            )
            return list(counted.values())
    except (StoreBusy, StoreFull):
        return list(_counted(replica.connection, first, last).values())


def _counted(connection: Connection, first: date, last: date) -> dict[str, Figures]:
    rows = connection.execute(
        "SELECT service_date, state FROM visit WHERE service_date BETWEEN ? AND ?"
        " ORDER BY service_date",
        (first.isoformat(), last.isoformat()),
    )
    return {
        day: count_visits(decode_visit_state(state) for _day, state in found)
        for day, found in groupby(rows, key=lambda row: str(row[0]))
    }
