"""Figures of the visits, kept per day as they are recorded or received.

A correction discards the figures of its day, which is counted again on demand.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby

import msgspec

from fsmobile.core.reports import Figures, add_figures, count_visits
from fsmobile.core.visits import VisitState
from fsmobile.errors import StoreBusy, StoreFull
from fsmobile.store.replica import Connection, Replica

CHUNK_DAYS = 31
"""Days counted in one transaction: an agent who records meanwhile does not wait long."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Figures).decode
_decode_state = msgspec.json.Decoder(VisitState).decode


def add_new(connection: Connection, states: Iterable[VisitState]) -> None:
    """Add visits to the figures of their days, before their rows are written.

    A day that has visits but no figures is left alone: it is counted on demand.
    """
    by_day: dict[str, list[VisitState]] = {}
    for state in states:
        by_day.setdefault(state.visit.service_date.isoformat(), []).append(state)
    for day, found in by_day.items():
        kept, has_visits = connection.execute(
            "SELECT (SELECT figures FROM figure_day WHERE day = ?1),"
            " EXISTS (SELECT 1 FROM visit WHERE service_date = ?1)",
            (day,),
        ).fetchone()
        if kept is None and has_visits:
            continue
        figures = count_visits(found)
        _keep(connection, day, figures if kept is None else add_figures([_decode(kept), figures]))


def forget_day_of(connection: Connection, visit_id: str) -> None:
    """Discard the figures of a visit's day, while its row still says which day that is."""
    connection.execute(
        "DELETE FROM figure_day WHERE day = (SELECT service_date FROM visit WHERE visit_id = ?)",
        (visit_id,),
    )


def load_figures(replica: Replica, first: date, last: date) -> Figures:
    """Return the figures of the visits between two days, both included.

    Days that had to be counted are kept, unless the store cannot be written.
    """
    rows = replica.connection.execute(
        "SELECT day, figures FROM figure_day WHERE day BETWEEN ? AND ?",
        (first.isoformat(), last.isoformat()),
    ).fetchall()
    kept = {day for day, _figures in rows}
    parts = [_decode(figures) for _day, figures in rows]
    for start, end in _gaps(first, last, kept):
        parts += _count(replica, start, end)
    return add_figures(parts)


def _gaps(first: date, last: date, kept: set[str]) -> Iterator[tuple[date, date]]:
    """Yield the runs of days without figures, each at most a chunk long."""
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


def _count(replica: Replica, first: date, last: date) -> list[Figures]:
    connection = replica.connection
    if not _has_visits(connection, first, last):
        return []
    try:
        # Counted and kept in one transaction, so that no visit can come in between.
        with replica.write():
            counted = _counted(connection, first, last)
            for day, figures in counted.items():
                _keep(connection, day, figures)
    except (StoreBusy, StoreFull):
        counted = _counted(connection, first, last)
    return list(counted.values())


def _has_visits(connection: Connection, first: date, last: date) -> bool:
    found = connection.execute(
        "SELECT 1 FROM visit WHERE service_date BETWEEN ? AND ? LIMIT 1",
        (first.isoformat(), last.isoformat()),
    ).fetchone()
    return found is not None


def _keep(connection: Connection, day: str, figures: Figures) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO figure_day (day, figures) VALUES (?, ?)", (day, _encode(figures))
    )


def _counted(connection: Connection, first: date, last: date) -> dict[str, Figures]:
    rows = connection.execute(
        "SELECT service_date, state FROM visit WHERE service_date BETWEEN ? AND ?"
        " ORDER BY service_date",
        (first.isoformat(), last.isoformat()),
    )
    return {
        day: count_visits(_decode_state(state) for _day, state in found)
        for day, found in groupby(rows, key=lambda row: str(row[0]))
    }
