"""Reports of a unit, a structure, a département, everything: by the laptop's own definitions."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum

from fsmobile.core.agenda import expand_agenda
from fsmobile.core.ids import PassageId
from fsmobile.core.local_time import local_day
from fsmobile.core.passage_reports import (
    PassageFigures,
    add_passages,
    count_passages,
    days_around,
    gather_passages,
)
from fsmobile.core.passages import PassageFact, fold_passage
from fsmobile.core.period_reports import Report
from fsmobile.core.periods import Period, PeriodKind, period_before, period_of
from fsmobile.core.reports import Dimension, Figures, add_figures
from fsmobile.reference.holidays import load_school_calendar
from fsmobile.registry.fleet.fleet_rows import FleetRows
from fsmobile.registry.fleet.ledgers import Ledger, Ledgers
from fsmobile.registry.storage import Storage, Transaction
from fsmobile.registry.timetables import Timetable, Timetables

AGENCIES_MAX = 10_000


class Reach(StrEnum):
    """Of how much a report is; French words, as they stand in the address of a page."""

    UNIT = "unite"
    AGENCY = "structure"
    DEPARTMENT = "departement"
    ALL = "tout"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a report is of."""

    reach: Reach
    code: str = ""
    """Of the unit (`structure/vehicule`), the structure or the département."""

    def __str__(self) -> str:
        """Return it as the address of a page has it."""
        return f"{self.reach}:{self.code}" if self.code else str(self.reach)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """The structures that one account may read of, with their units."""

    agencies: dict[str, tuple[Timetable, tuple[str, ...]]]

    def subjects(self) -> list[Subject]:
        """List what a report can be of, the widest first."""
        codes = {
            timetable.tree.agency.department or ""
            for timetable, _units in self.agencies.values()
            if timetable.tree is not None
        }
        found = [Subject(reach=Reach.ALL)]
        found += [Subject(reach=Reach.DEPARTMENT, code=code) for code in sorted(codes) if code]
        for agency, (_timetable, units) in self.agencies.items():
            found.append(Subject(reach=Reach.AGENCY, code=agency))
            found += [Subject(reach=Reach.UNIT, code=unit) for unit in units]
        return found

    def select(self, subject: Subject) -> dict[str, tuple[Timetable, tuple[str, ...]]]:
        """Return the structures and units that a report is of."""
        match subject.reach:
            case Reach.ALL:
                return self.agencies
            case Reach.UNIT:
                return {
                    agency: (timetable, (subject.code,))
                    for agency, (timetable, units) in self.agencies.items()
                    if subject.code in units
                }
            case Reach.AGENCY:
                return {one: self.agencies[one] for one in self.agencies if one == subject.code}
            case _:
                return {
                    agency: (timetable, units)
                    for agency, (timetable, units) in self.agencies.items()
                    if timetable.tree is not None
                    and timetable.tree.agency.department == subject.code
                }


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPair:
    """A report, the one before it, and what is needed to name its lines."""

    subject: Subject
    subjects: Sequence[Subject]
    report: Report
    before: Report | None
    timetable: Timetable | None
    """Of the only structure; None when there are several: stops have no name across them."""


@dataclass(frozen=True, slots=True)
class UnitReports:
    """Reads reports; each is one picture of the database."""

    storage: Storage
    timetables: Timetables
    ledgers: Ledgers = field(default_factory=Ledgers)

    def load(
        self, only: str | None, subject: Subject | None, period: Period | None, now_ms: int
    ) -> ReportPair | None:
        """Return a report and the one before it; None when there is nothing of this name.

        Args:
            only: the one structure that may be read; None for all of them.
            subject: what it is of; None for the widest that may be read.
            period: None for the month of today.
        """
        with self.storage.reading() as transaction:
            fleet = self._load_fleet(transaction, only)
            subjects = fleet.subjects()
            if only is not None:
                subjects = [one for one in subjects if one.reach in (Reach.AGENCY, Reach.UNIT)]
            chosen = subject or next(iter(subjects), Subject(reach=Reach.ALL))
            if chosen not in subjects:
                return None
            of = fleet.select(chosen)
            asked = period or _this_month(of, now_ms)
            before = period_before(asked)
            return ReportPair(
                subject=chosen,
                subjects=subjects,
                report=self._report(transaction, chosen, of, asked, now_ms),
                before=None
                if before is None
                else self._report(transaction, chosen, of, before, now_ms),
                timetable=next(iter(of.values()))[0] if len(of) == 1 else None,
            )

    def _load_fleet(self, transaction: Transaction, only: str | None) -> Fleet:
        rows = FleetRows(transaction.connection)
        found = rows.list_agencies(only, silent_before=0, offset=0, limit=AGENCIES_MAX)
        agencies = {}
        for row in found:
            units = tuple(sorted(transaction.list_units(row.agency)))
            agencies[row.agency] = (self.timetables.load(transaction, row.agency), units)
        return Fleet(agencies=agencies)

    def _report(
        self,
        transaction: Transaction,
        subject: Subject,
        of: dict[str, tuple[Timetable, tuple[str, ...]]],
        period: Period,
        now_ms: int,
    ) -> Report:
        rows = FleetRows(transaction.connection)
        visits: list[Figures] = []
        passages: list[PassageFigures] = []
        lifts: Counter[str] = Counter()
        elapsed = 0
        for timetable, units in of.values():
            ledgers = [self.ledgers.load(rows, unit) for unit in units]
            today = _today(timetable, now_ms)
            unit = subject.code if subject.reach is Reach.UNIT else None
            figures = add_figures(_days_of(ledgers, period))
            visits.append(figures)
            passages.append(_passages(timetable, unit, ledgers, figures, period, today))
            lifts.update(
                stop
                for ledger in ledgers
                for day, stop in ledger.lifts
                if period.first <= day <= period.last
            )
            elapsed = max(elapsed, (min(period.last, today) - period.first).days + 1)
        return Report(
            period=period,
            visits=add_figures(visits),
            passages=add_passages(passages),
            transport_needs=lifts,
            elapsed_days=max(0, elapsed),
        )


def read_subject(text: str) -> Subject | None:
    """Read `unite:bus-charente/bus-1`, `structure:…`, `departement:16` or `tout`."""
    reach, _colon, code = text.partition(":")
    if reach not in {one.value for one in Reach} or bool(code) == (reach == Reach.ALL):
        return None
    return Subject(reach=Reach(reach), code=code)


def _this_month(of: Mapping[str, tuple[Timetable, tuple[str, ...]]], now_ms: int) -> Period:
    timetable = next((one for one, _units in of.values()), Timetable(revision=0))
    return period_of(PeriodKind.MONTH, _today(timetable, now_ms))


def _today(timetable: Timetable, now_ms: int) -> date:
    return local_day(datetime.fromtimestamp(now_ms / 1000, tz=UTC), timetable.timezone)


def _days_of(ledgers: Iterable[Ledger], period: Period) -> Iterable[Figures]:
    for ledger in ledgers:
        for day, figures in ledger.days.items():
            if period.first <= day <= period.last:
                yield figures


def _passages(
    timetable: Timetable,
    unit: str | None,
    ledgers: Iterable[Ledger],
    figures: Figures,
    period: Period,
    today: date,
) -> PassageFigures:
    facts: defaultdict[PassageId, list[PassageFact]] = defaultdict(list)
    for ledger in ledgers:
        for passage_id, found in ledger.passages.items():
            facts[passage_id] += found
    held = {passage_id: fold_passage(passage_id, found) for passage_id, found in facts.items()}
    first, last = days_around(period)
    openings = (
        ()
        if timetable.tree is None
        else expand_agenda(timetable.tree, first, last, bundled=load_school_calendar()).passages
    )
    # A stop whose vehicle nobody has said is everybody's, as on the laptops.
    planned = [one for one in openings if unit is None or one.unit in (None, unit)]
    rows = gather_passages(period, planned, held, figures.of(Dimension.PASSAGE))
    return count_passages(rows, today)
