"""The checks of a plan beside the month: a rule at a time, in words, by day and by gravity."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct

from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.schedule_names import names_of
from fsmobile.errors import Problem, Severity
from fsmobile.formats.schedule_fixes import FixedFiles, fix_files
from fsmobile.texts.problems import NO_NAMES, explain_problem
from fsmobile.tui.picker import Choice
from fsmobile.tui.views.planning import NoticeRow
from fsmobile.usecases.planning import Planning

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)
_SIGNS = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.INFO: "i"}


class _Told(Struct, frozen=True, kw_only=True):
    """A problem in words."""

    severity: Severity
    text: str
    facts: str
    """All that it names, a line each."""
    place: str
    """File and line, or empty."""

    @property
    def days(self) -> list[str]:
        """Return the days that it names."""
        return _DATE.findall(self.facts)


class PlanNotices:
    """What the checks say of the files, and how far they are."""

    def __init__(self) -> None:
        self._told: tuple[_Told, ...] = ()
        self._found: list[Problem] = []
        self._names: Mapping[str, str] = NO_NAMES
        self._steps: Iterator[tuple[Problem, ...]] | None = None

    @property
    def is_checking(self) -> bool:
        """Tell whether what stands here is of the files before the last change."""
        return self._steps is not None

    def begin(self, planning: Planning) -> None:
        """Check from the beginning; what was told stays until the end of it."""
        self._steps = planning.check_in_steps()
        tree = planning.reading.tree
        self._names = planning.desk.names if tree is None else {
            **names_of(tree), **planning.desk.names}  # fmt: skip
        self._found = []

    def step(self) -> bool:
        """Run one rule; tell whether more are to come."""
        found = None if self._steps is None else next(self._steps, None)
        if found is not None:
            self._found += found
            return True
        if self._steps is not None:
            self._steps = None
            by_gravity = sorted(self._found, key=lambda one: _rank(one.severity))
            self._told = tuple(dict.fromkeys(_tell(one, self._names) for one in by_gravity))
        return False

    def faulty_days(self) -> set[str]:
        """Return the days that an error or a warning names."""
        grave = (one for one in self._told if one.severity is not Severity.INFO)
        return {day for one in grave for day in one.days}

    def rows(self, day: date, passage: PlannedPassage | None) -> tuple[NoticeRow, ...]:
        """Say the notices: those of a day and of a stop first, then by gravity."""
        stop = "" if passage is None else f"{passage.tour_id}/{passage.stop_id}"
        rows = [
            NoticeRow(
                severity=one.severity,
                text=one.text,
                is_here=day.isoformat() in one.facts
                or (bool(stop) and stop in one.facts.split("\n")),
            )
            for one in self._told
        ]
        return tuple(sorted(rows, key=lambda row: (not row.is_here, _rank(row.severity))))

    def choices(self) -> Sequence[Choice]:
        """List the notices, the gravest first, each with its file and line."""
        return [
            Choice(code=str(rank), label=f"{_SIGNS[one.severity]} {one.text}", more=one.place)
            for rank, one in enumerate(self._told)
        ]

    def fixes(self, planning: Planning) -> FixedFiles:
        """Return what could be mended without a choice among all that was found."""
        return fix_files(planning.files, self._found if self._steps is None else ())

    def day_of(self, choice: Choice) -> date | None:
        """Return the first day that a notice of the list names."""
        days = self._told[int(choice.code)].days
        return date.fromisoformat(days[0]) if days else None


def _tell(problem: Problem, names: Mapping[str, str]) -> _Told:
    facts = (problem.file or "", *map(str, problem.params.values()))
    return _Told(
        severity=problem.severity,
        text=explain_problem(problem, names),
        facts="\n".join(facts),
        place="" if problem.file is None else f"{problem.file}:{problem.line or 1}",
    )


def _rank(severity: Severity) -> int:
    return _ORDER.index(severity)


def matching(choices: Sequence[Choice], query: str) -> list[Choice]:
    """Keep the lines that hold every word typed."""
    words = query.casefold().split()
    return [one for one in choices if all(word in one.label.casefold() for word in words)]
