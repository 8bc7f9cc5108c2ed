"""Importing another service's published dates: proposed as files, checked, written if approved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from fsmobile.core.agenda import expand_agenda
from fsmobile.core.holidays import Territory, public_holidays_between
from fsmobile.core.ids import PlaceId, StopId, TourId
from fsmobile.core.places import Place
from fsmobile.core.plan_finding import FoundPlan, Opening, PublishedPassage, find_plan
from fsmobile.core.published_dates import PublishedEntry, settle_days
from fsmobile.core.recurrence import DayTable, WeekParity, expand_recurrence
from fsmobile.core.schedules import ScheduleTree
from fsmobile.core.spans import DateSpan, TimeSpan
from fsmobile.core.week_parity import as_cycle, long_new_year
from fsmobile.errors import InvalidInput, Problem, Severity
from fsmobile.formats.plan_writing import (
    PlanNames,
    version_file,
    write_closures,
    write_overrides,
    write_places,
    write_structure,
    write_version,
)
from fsmobile.formats.schedule_toml import PLACES_FILE, STRUCTURE_FILE, read_schedule
from fsmobile.formats.schedule_tours import RESERVED_STOP_IDS
from fsmobile.reference.departments import load_departments
from fsmobile.reference.holidays import load_school_calendar
from fsmobile.usecases.import_places import settle_places
from fsmobile.usecases.import_sources import Sources
from fsmobile.usecases.planning_places import free_slug
from fsmobile.usecases.schedule_check import check_files
from fsmobile.usecases.schedule_checkouts import write_folder
from fsmobile.usecases.schedules import load_schedule_folders

DEFAULT_TIMEZONE = "Europe/Paris"
DAYS_MAX = 1_500
"""Four years: what is further away is a mistyped year."""
MARGIN = timedelta(days=7)
"""A passage may be moved to a day after the last one of the rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportTarget:
    """The folder that receives an import, and what is to be called how."""

    folder: Path
    files: Mapping[str, bytes]
    """Those of the schedule that is there, by path; nothing in a new folder."""
    tree: ScheduleTree | None
    agency_id: str
    name: str
    tour_id: str
    department: str | None

    def named(self, name: str) -> "ImportTarget":
        """Return the same folder, under the name that the source gives."""
        return replace(self, name=name)

    @property
    def timezone(self) -> str:
        """Return the time zone of the structure."""
        if self.tree is not None:
            return self.tree.agency.timezone
        facts = load_departments().get(self.department or "")
        return DEFAULT_TIMEZONE if facts is None else facts.time_zone


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportProposal:
    """What an import would write, for approval."""

    plan: FoundPlan
    places: Mapping[str, Place]
    """By key of the plan."""
    new_places: tuple[Place, ...]
    window: DateSpan
    published: int
    """Passages of the source, each opening counted once."""
    reproduced: int
    """Those that the files give back, by the program's own agenda."""
    problems: tuple[Problem, ...]
    """What the source says wrongly or not at all."""
    checks: tuple[Problem, ...]
    """What the rules find in the files that would be written."""
    texts: Mapping[str, str]
    """New text of each file that would be written."""
    parts_on: date | None = None
    """When even weeks and every other week part, if the dates do not tell which is meant."""

    @property
    def is_whole(self) -> bool:
        """Tell whether the files give back exactly what was published."""
        return self.published == self.reproduced


def open_target(
    folder: Path, *, tour_id: str, name: str | None, department: str | None
) -> ImportTarget:
    """Look at the folder that is to receive an import: a schedule, or one that is yet to be.

    Raises:
        InvalidInput: it is a folder of something else, or its schedule cannot be read.
    """
    if not (folder / STRUCTURE_FILE).is_file():
        if folder.exists() and any(folder.iterdir()):
            raise InvalidInput("import_into_other_folder", path=str(folder))
        agency_id = free_slug(folder.resolve().name, ())
        return ImportTarget(
            folder=folder, files={}, tree=None, agency_id=agency_id, name=name or agency_id,
            tour_id=tour_id, department=department,
        )  # fmt: skip
    (found,) = load_schedule_folders(folder)
    tree = found.reading.tree
    if tree is None or found.reading.has_errors:
        raise InvalidInput("import_into_faulty_folder", found.reading.problems, path=str(folder))
    return ImportTarget(
        folder=folder, files=found.files, tree=tree, agency_id=tree.agency.agency_id,
        name=name or tree.agency.name, tour_id=tour_id,
        department=tree.agency.department or department,
    )  # fmt: skip


def propose_import(
    sources: Sources,
    target: ImportTarget,
    today: date,
    *,
    window: DateSpan | None = None,
    hours: TimeSpan | None = None,
    parity: bool = True,
) -> ImportProposal:
    """Find rules and exceptions that give back the published dates, as files to be approved.

    `hours` are those of the entries that say none. Without `parity`, every other week is never
    said as even or odd weeks.

    Raises:
        InvalidInput: no date could be read, or the tour has such a version already.
    """
    settled = settle_days(sources.entries, window, today)
    places = settle_places(sources.entries, target.tree, target.department)
    passages, unclear = _passages(sources.entries, settled.days, places.keys, hours)
    problems = [*sources.problems, *settled.problems, *places.problems, *unclear]
    if not passages:
        raise InvalidInput("import_nothing_found", problems)
    span = window or DateSpan(
        first=min(one.day for one in passages), last=max(one.day for one in passages)
    )
    if (span.last - span.first).days > DAYS_MAX:
        raise InvalidInput(
            "import_dates_too_far", problems, first=str(span.first), last=str(span.last)
        )
    table = _day_table(target, span)
    is_alone = target.tree is None or not (target.tree.tours or target.tree.closures)
    plan = find_plan(passages, table, parity=parity, may_close=is_alone)
    return _propose(passages, plan, target, table, places.places, problems, today)


def _passages(
    entries: Sequence[PublishedEntry],
    days: Sequence[date | None],
    places: Sequence[str],
    hours: TimeSpan | None,
) -> tuple[list[PublishedPassage], list[Problem]]:
    """Return the passages of entries whose day, place and hours are known, and what is wrong."""
    passages: list[PublishedPassage] = []
    problems: list[Problem] = []
    for entry, day, key in zip(entries, days, places, strict=True):
        opening = entry.opening
        if opening == Opening() and hours is not None:
            opening = Opening(spans=(hours,))
        if opening == Opening():
            problems.append(_without_hours(entry))
        elif day is not None and key:
            passages.append(PublishedPassage(place=key, day=day, opening=opening))
    return passages, [*problems, *_told_twice(entries, passages)]


def write_import(proposal: ImportProposal, target: ImportTarget) -> int:
    """Write the files of an approved import; return how many.

    Raises:
        ChangedMeanwhile: somebody else wrote one of these files; nothing of it was touched.
    """
    target.folder.mkdir(parents=True, exist_ok=True)
    before = {path: content for path, content in target.files.items() if path in proposal.texts}
    return write_folder(target.folder, before, proposal.texts)


def _propose(
    passages: Sequence[PublishedPassage],
    plan: FoundPlan,
    target: ImportTarget,
    table: DayTable,
    places: Mapping[str, Place],
    problems: Iterable[Problem],
    today: date,
) -> ImportProposal:
    window = DateSpan(first=table.first, last=table.last)
    used = {one.place: places[one.place] for one in passages}
    names = PlanNames(
        tour_id=TourId(target.tour_id),
        name=target.name,
        window=window,
        stops=_stop_ids(target, used),
        places=used,
    )
    if version_file(names) in target.files:
        raise InvalidInput("version_exists", value=version_file(names))
    known = set() if target.tree is None else set(target.tree.places)
    new = {one.place_id: one for one in used.values() if one.place_id not in known}
    published = _openings(passages, used)
    texts = _texts(plan, names, target, new, len(published))
    files: dict[str, bytes | str] = {**target.files, **texts}
    tree = read_schedule(files).tree
    given = set() if tree is None else _agenda(tree, names.tour_id, window)
    whole = {path: one if isinstance(one, str) else one.decode() for path, one in files.items()}
    return ImportProposal(
        plan=plan,
        places=used,
        new_places=tuple(new.values()),
        window=window,
        published=len(published),
        # One too many is as wrong as one too few.
        reproduced=len(published & given) - len(given - published),
        problems=tuple(problems),
        checks=check_files(whole, today),
        texts=texts,
        parts_on=_parting_day(plan, table),
    )


def _parting_day(plan: FoundPlan, table: DayTable) -> date | None:
    """Return when even weeks and every other week part, if here they give the same days."""
    for run in plan.runs:
        if run.rule.parity is not WeekParity.EVERY and run.rule.cycle is None and run.days:
            cycle = as_cycle(run.rule, run.days[0])
            if expand_recurrence(cycle, table) == list(run.days):
                return long_new_year(table.last - MARGIN)
    return None


def _texts(
    plan: FoundPlan,
    names: PlanNames,
    target: ImportTarget,
    new: Mapping[PlaceId, Place],
    passages: int,
) -> dict[str, str]:
    texts = {version_file(names): write_version(plan, names, passages)}
    texts |= write_overrides(plan, names) | write_closures(plan)
    if new:
        before = target.files.get(PLACES_FILE)
        texts[PLACES_FILE] = write_places(None if before is None else before.decode(), new)
    if target.tree is None:
        facts = load_departments().get(target.department or "")
        territory = None if facts is None else facts.territory
        texts[STRUCTURE_FILE] = write_structure(
            target.agency_id,
            target.name,
            target.department,
            {
                "fuseau": target.timezone,
                "zone_scolaire": None if facts is None else facts.school_zone,
                "feries": None if territory is None else territory.value,
            },
        )
    return texts


def _day_table(target: ImportTarget, window: DateSpan) -> DayTable:
    """Lay out the days of an import under the calendars of the structure that receives it."""
    calendar = load_school_calendar()
    if target.tree is not None:
        agency = target.tree.agency
        territory, local, zone = agency.territory, agency.local_holidays, agency.school_zone
        calendar = calendar.replaced_by(target.tree.school_calendar)
    else:
        facts = load_departments().get(target.department or "")
        territory = (None if facts is None else facts.territory) or Territory.METROPOLE
        local, zone = (), None if facts is None else facts.school_zone
    holidays = public_holidays_between(window.first, window.last, territory, local)
    return DayTable(window.first, window.last, holidays, calendar.zone(zone))


def _stop_ids(target: ImportTarget, places: Mapping[str, Place]) -> dict[str, StopId]:
    """Name the stops: as the tour does already at the same place, or else as the place."""
    tour = None if target.tree is None else target.tree.tours.get(TourId(target.tour_id))
    known: dict[PlaceId, StopId] = {}
    for version in () if tour is None else tour.versions:
        known |= {stop.place_id: stop.stop_id for run in version.runs for stop in run.stops}
    taken = {*RESERVED_STOP_IDS, *map(str, known.values())}
    stops: dict[str, StopId] = {}
    for key, place in places.items():
        stop_id = known.get(place.place_id) or StopId(free_slug(place.place_id, taken))
        taken.add(stop_id)
        stops[key] = stop_id
    return stops


_Opening = tuple[str, date, str]
"""A place, a day, the hours or the half-day."""


def _openings(passages: Iterable[PublishedPassage], places: Mapping[str, Place]) -> set[_Opening]:
    found: set[_Opening] = set()
    for one in passages:
        place_id = places[one.place].place_id
        found |= {(place_id, one.day, f"{span.starts}-{span.ends}") for span in one.opening.spans}
        if one.opening.half_day is not None:
            found.add((place_id, one.day, one.opening.half_day.value))
    return found


def _agenda(tree: ScheduleTree, tour_id: TourId, window: DateSpan) -> set[_Opening]:
    agenda = expand_agenda(
        tree,
        window.first - MARGIN,
        window.last + MARGIN,
        bundled=load_school_calendar(),
        tour_ids={tour_id},
    )
    return {
        (
            one.place_id,
            one.service_date,
            one.period.value if one.call.hours is None else f"{one.starts}-{one.ends}",
        )
        for one in agenda.passages
        if not one.is_cancelled and one.original_date in window
    }


def _without_hours(entry: PublishedEntry) -> Problem:
    return Problem(
        code="import_without_hours",
        file=entry.file,
        line=entry.line,
        params={"value": entry.written.text},
    )


def _told_twice(
    entries: Sequence[PublishedEntry], passages: Sequence[PublishedPassage]
) -> list[Problem]:
    """Count the passages that the source holds more than once: each is taken once."""
    twice = len(passages) - len(set(passages))
    if not twice:
        return []
    file = entries[0].file
    return [
        Problem(
            code="import_told_twice", severity=Severity.INFO, file=file, params={"value": twice}
        )
    ]
