"""A schedule's TOML files read into a ScheduleTree, with every fault of every file at once."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from fsmobile.core.holidays import SchoolCalendar
from fsmobile.core.ids import TourId, is_slug
from fsmobile.core.overrides import Override
from fsmobile.core.schedules import ScheduleTree
from fsmobile.core.tours import Tour, TourVersion
from fsmobile.errors import Problem, Severity
from fsmobile.formats.schedule_calendars import (
    read_acknowledgements,
    read_closures,
    read_school_calendar,
)
from fsmobile.formats.schedule_overrides import read_override
from fsmobile.formats.schedule_references import check_references
from fsmobile.formats.schedule_structure import read_agency, read_places, read_vehicles
from fsmobile.formats.schedule_tours import read_version
from fsmobile.formats.toml_files import TomlFile, parse_past_dates
from fsmobile.formats.toml_tables import Report, nearest, suggest_slug

STRUCTURE_FILE = "structure.toml"
PLACES_FILE = "lieux.toml"
VEHICLES_FILE = "vehicules.toml"
SCHOOL_FILE = "calendriers/vacances.toml"
CLOSURES_FILE = "calendriers/fermetures.toml"
ACKNOWLEDGEMENTS_FILE = "acquittements.toml"
MATRIX_FILE = "trajets.csv"
"""Drive times between places, imported from a road router."""
DISTRICTS_FILE = "quartiers.csv"
"""Priority districts (QPV), for the coverage."""
TRIAL_FILE = "essai.toml"
"""Says that a folder is a trial, which is never published."""
SIDE_FILES = (MATRIX_FILE, DISTRICTS_FILE, TRIAL_FILE)
"""Kept beside a schedule by whoever makes it; no part of it, and never published."""
SINGLE_FILES = (
    STRUCTURE_FILE,
    PLACES_FILE,
    VEHICLES_FILE,
    SCHOOL_FILE,
    CLOSURES_FILE,
    ACKNOWLEDGEMENTS_FILE,
)

_VERSION_FILE = re.compile(r"tournees/([^/]+)/[^/]+\.toml")
_OVERRIDE_FILE = re.compile(r"surcharges/(?:[^/]+/)?[^/]+\.toml")

Value = TypeVar("Value")
ParseMemory = dict[str, tuple[bytes | str, tuple[TomlFile | None, list[Problem], frozenset[str]]]]
"""The files parsed last, by path: their content, and what came of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleReading:
    """What came of reading a schedule's files."""

    tree: ScheduleTree | None
    """All that could be read; None when the structure itself could not."""
    problems: tuple[Problem, ...]
    """By file, line and column."""

    @property
    def has_errors(self) -> bool:
        """Tell whether something must be mended before the schedule can be used."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)


def is_schedule_file(path: str) -> bool:
    """Tell whether a path inside a tree is one that the format knows."""
    return (
        path in SINGLE_FILES
        or _VERSION_FILE.fullmatch(path) is not None
        or _OVERRIDE_FILE.fullmatch(path) is not None
    )


def read_schedule(
    files: Mapping[str, bytes | str], memory: ParseMemory | None = None
) -> ScheduleReading:
    """Read the files of one structure, given by their path inside its folder, with `/`.

    Nothing is raised whatever the files hold. Checks that need passages (an overlay without a
    target, a rule that never fires) are in `fsmobile.validation`. With a `memory`, a file that
    has not changed since it was last read is not parsed again.
    """
    reader = _Reader(files=files, memory={} if memory is None else memory)
    tree = reader.read()
    problems = sorted(
        filter(reader.is_new, reader.report),
        key=lambda one: (one.file or "", one.line or 0, one.column or 0, one.code),
    )
    return ScheduleReading(tree=tree, problems=tuple(problems))


@dataclass(slots=True, kw_only=True)
class _Reader:
    """The files of one tree, those that could be parsed, and the faults found so far."""

    files: Mapping[str, bytes | str]
    memory: ParseMemory
    report: Report = field(default_factory=list)
    parsed: dict[str, TomlFile] = field(default_factory=dict)
    bad_dates: dict[str, frozenset[str]] = field(default_factory=dict)
    """Impossible dates, by file: it is read past them, and held for a file that is not read."""

    def read(self) -> ScheduleTree | None:
        for path in sorted(self.files):
            self._parse(path)
        agency = self._one(STRUCTURE_FILE, read_agency)
        if STRUCTURE_FILE not in self.files:
            params = {"value": STRUCTURE_FILE}
            missing = Problem(code="missing_required_key", file=STRUCTURE_FILE, params=params)
            self.report.append(missing)
        places = self._one(PLACES_FILE, read_places) or {}
        vehicles, agents = self._one(VEHICLES_FILE, read_vehicles) or ({}, {})
        bases = {key: one.base_id for key, one in vehicles.items() if one.base_id is not None}
        versions = [
            read_version(file, self.report, bases) for file in self._matching(_VERSION_FILE)
        ]
        tours = _group_versions([version for version in versions if version is not None])
        overrides = self._read_overrides(tours, versions)
        school_calendar = self._one(SCHOOL_FILE, read_school_calendar) or SchoolCalendar()
        closures = self._one(CLOSURES_FILE, read_closures) or ()
        acknowledgements = self._one(ACKNOWLEDGEMENTS_FILE, read_acknowledgements) or ()
        if agency is None:
            return None
        tree = ScheduleTree(
            agency=agency,
            places=places,
            vehicles=vehicles,
            agents=agents,
            tours=tours,
            overrides=overrides,
            closures=closures,
            school_calendar=school_calendar,
            acknowledgements=acknowledgements,
        )
        check_references(
            tree,
            self.report,
            has_places=self._names_all(PLACES_FILE),
            has_vehicles=self._names_all(VEHICLES_FILE),
            unread_tours=self._unread_tours(),
        )
        return tree

    def is_new(self, problem: Problem) -> bool:
        """Tell whether a fault is more than the second refusal of an impossible date."""
        dates = self.bad_dates.get(problem.file or "", frozenset())
        return problem.code != "wrong_type" or problem.params.get("value") not in dates

    def _parse(self, path: str) -> None:
        """Parse one file of the format; say that another is none of it."""
        if path in SIDE_FILES:
            return
        if not is_schedule_file(path):
            near = nearest(path, SINGLE_FILES)
            info, params = Severity.INFO, {"value": path, "nearest": near}
            self.report.append(
                Problem(code="unknown_file", severity=info, file=path, params=params)
            )
            return
        tour = _VERSION_FILE.fullmatch(path)
        if tour is not None and not is_slug(tour[1]):
            params = {"value": tour[1], "nearest": suggest_slug(tour[1])}
            self.report.append(Problem(code="invalid_identifier", file=path, params=params))
        content = self.files[path]
        known = self.memory.get(path)
        if known is None or known[0] != content:
            known = self.memory[path] = (content, parse_past_dates(path, content))
        file, problems, dates = known[1]
        self.report += problems
        if dates:
            self.bad_dates[path] = dates
        if file is not None:
            self.parsed[path] = file

    def _one(self, path: str, read: Callable[[TomlFile, Report], Value]) -> Value | None:
        file = self.parsed.get(path)
        return None if file is None else read(file, self.report)

    def _matching(self, pattern: re.Pattern[str]) -> list[TomlFile]:
        return [file for path, file in self.parsed.items() if pattern.fullmatch(path)]

    def _names_all(self, path: str) -> bool:
        """Tell whether what a file declares is known: it is no fault to name the rest."""
        is_broken = path in self.files and not self._is_whole(path)
        refused = (one.code == "invalid_identifier" and one.file == path for one in self.report)
        return not is_broken and not any(refused)

    def _is_whole(self, path: str) -> bool:
        return path in self.parsed and path not in self.bad_dates

    def _read_overrides(
        self, tours: Mapping[TourId, Tour], versions: list[TourVersion | None]
    ) -> tuple[Override, ...]:
        broken = list(self._unread_tours())
        if None in versions:
            broken += [tour_id for tour_id in self._tour_folders() if tour_id not in tours]
        found_ones: dict[str, Override] = {}
        for file in self._matching(_OVERRIDE_FILE):
            override = read_override(file, self.report, tours, broken)
            if override is None:
                continue
            if override.override_id in found_ones:
                other = found_ones[override.override_id].position.file
                params = {"value": override.override_id, "expected": other}
                twice = Problem(code="duplicate_identifier", file=file.name, params=params)
                self.report.append(twice)
                continue
            found_ones[override.override_id] = override
        return tuple(found_ones[key] for key in sorted(found_ones))

    def _unread_tours(self) -> set[str]:
        """Return the tours with a version that could not be parsed."""
        return {
            found[1]
            for path in self.files
            if (found := _VERSION_FILE.fullmatch(path)) and not self._is_whole(path)
        }

    def _tour_folders(self) -> set[str]:
        return {found[1] for path in self.files if (found := _VERSION_FILE.fullmatch(path))}


def _group_versions(versions: list[TourVersion]) -> dict[TourId, Tour]:
    """Group versions by tour, by effect date; of two with one date the first file is kept first."""
    groups: dict[TourId, list[TourVersion]] = defaultdict(list)
    for version in versions:
        groups[version.tour_id].append(version)
    return {
        tour_id: Tour(
            tour_id=tour_id,
            versions=tuple(sorted(group, key=lambda one: one.valid_from)),
        )
        for tour_id, group in sorted(groups.items())
    }
