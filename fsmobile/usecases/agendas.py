"""Agendas of one or several structures: the window, the tour, the passages as rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from fsmobile.core.agenda import expand_agenda
from fsmobile.core.ids import TourId
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.schedules import ScheduleTree
from fsmobile.errors import InvalidInput, NotFound
from fsmobile.reference.holidays import load_school_calendar

DEFAULT_DAYS = 28
WINDOW_DAYS_MAX = 36_600
"""A century: more is a slip of the keyboard, and would be days of the calendar for minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaRow:
    """One planned passage with the name of its place."""

    tree: ScheduleTree
    passage: PlannedPassage

    @property
    def place_name(self) -> str:
        """Return the name of the place, or its id when no file names it."""
        place = self.tree.places.get(self.passage.place_id)
        return self.passage.place_id if place is None else place.name


def list_agenda(
    trees: Iterable[ScheduleTree], first: date, last: date | None, tour: str | None = None
) -> list[AgendaRow]:
    """List the passages of several structures between two days, both included, in order.

    Without `last`, four weeks.

    Raises:
        NotFound: no structure has this tour.
        InvalidInput: the days are reversed, or a century apart.
    """
    trees = tuple(trees)
    if last is None:
        last_ordinal = min(first.toordinal() + DEFAULT_DAYS - 1, date.max.toordinal())
        last = date.fromordinal(last_ordinal)
    if last < first or (last - first).days > WINDOW_DAYS_MAX:
        raise InvalidInput("agenda_window_invalid", first=str(first), last=str(last))
    if tour is not None and not any(tour in tree.tours for tree in trees):
        raise NotFound("tour", tour)
    wanted = None if tour is None else {TourId(tour)}
    bundled = load_school_calendar()
    rows = [
        AgendaRow(tree=tree, passage=passage)
        for tree in trees
        for passage in expand_agenda(tree, first, last, bundled=bundled, tour_ids=wanted).passages
    ]
    return sorted(rows, key=lambda row: (row.passage.service_date, row.passage.call.order))
