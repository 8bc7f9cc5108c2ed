"""The published timetable of each structure, read once for each revision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from threading import Lock

from fsmobile.core.agenda import expand_agenda
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.schedules import ScheduleTree
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.reference.holidays import load_school_calendar
from fsmobile.registry.storage import Transaction

DEFAULT_TIMEZONE = "Europe/Paris"
"""Of a structure that has published no timetable yet."""
KEPT_MAX = 200
"""Structures whose timetable stays in memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """A revision of a structure's timetable."""

    revision: int
    """0: none is published."""
    tree: ScheduleTree | None = None
    planned: dict[date, tuple[PlannedPassage, ...]] = field(default_factory=dict)
    """The one day that was asked for last."""

    @property
    def timezone(self) -> str:
        """Return the time zone of the structure."""
        return DEFAULT_TIMEZONE if self.tree is None else self.tree.agency.timezone

    @property
    def name(self) -> str | None:
        """Return what people call the structure."""
        return None if self.tree is None else self.tree.agency.name

    def plan(self, day: date) -> tuple[PlannedPassage, ...]:
        """Return the planned passages of a day."""
        if self.tree is None:
            return ()
        known = self.planned.get(day)
        if known is None:
            agenda = expand_agenda(self.tree, day, day, bundled=load_school_calendar())
            known = agenda.passages
            self.planned.clear()
            self.planned[day] = known
        return known


@dataclass(slots=True)
class Timetables:
    """The timetables that were asked for lately."""

    _kept: dict[str, Timetable] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def load(self, transaction: Transaction, agency: str) -> Timetable:
        """Return the timetable in force of a structure."""
        current = transaction.current_revision(agency)
        if current is None:
            return Timetable(revision=0)
        known = self._kept.get(agency)
        if known is not None and known.revision == current.revision:
            return known
        read = Timetable(
            revision=current.revision, tree=read_tree(transaction, agency, current.manifest)
        )
        with self._lock:
            while len(self._kept) >= KEPT_MAX:
                self._kept.pop(next(iter(self._kept)))
            self._kept[agency] = read
        return read


def read_tree(
    transaction: Transaction, agency: str, manifest: Mapping[str, str]
) -> ScheduleTree | None:
    """Read the files of a revision; None when they are no timetable."""
    files = {
        path: content
        for path, digest in manifest.items()
        if (content := transaction.read_schedule_file(agency, digest)) is not None
    }
    return read_schedule(files).tree
