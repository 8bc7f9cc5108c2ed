"""Checking schedules: the faults of their files and those the rules find, in one report."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from fsmobile.core.ids import AgentId
from fsmobile.core.spans import DateSpan
from fsmobile.errors import Problem
from fsmobile.formats.opening_hours import OpeningHoursWriter
from fsmobile.formats.schedule_toml import ScheduleReading, read_schedule
from fsmobile.reference.communes import find_commune, find_communes_of_postcode, find_successor
from fsmobile.reference.departments import load_departments
from fsmobile.reference.holidays import load_school_calendar
from fsmobile.reference.outlines import find_outline
from fsmobile.usecases.schedules import ScheduleFolder
from fsmobile.validation.context import ValidationContext
from fsmobile.validation.notices import Report, make_report
from fsmobile.validation.rules import RULES, check_tree, split_acknowledged
from fsmobile.validation.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    """What checking one tree gave."""

    agency_id: str | None
    """None when the structure's own file could not be read."""
    told: list[Problem] = field(default_factory=list)
    accepted: list[Problem] = field(default_factory=list)


Absences = Mapping[AgentId, Sequence[DateSpan]]
"""Days on which agents are away; only coordinators' laptops know of any."""


def validation_context(today: date, absences: Absences | None = None) -> ValidationContext:
    """Return what the rules are told of the territory, from the data of the program."""
    calendar = load_school_calendar()
    return ValidationContext(
        today=today,
        find_commune=find_commune,
        find_successor=find_successor,
        communes_of_postcode=find_communes_of_postcode,
        departments=load_departments(),
        outline_of=find_outline,
        opening_hours=partial(OpeningHoursWriter, bundled=calendar),
        school_calendar=calendar,
        absences=absences or {},
    )


def check_folders(folders: Iterable[ScheduleFolder], today: date) -> Report:
    """Check trees that have been read; files are named under their tree when there are several."""
    folders = tuple(folders)
    context = validation_context(today)
    checked = [_check_folder(folder, context, alone=len(folders) == 1) for folder in folders]
    return make_report(
        [problem for one in checked for problem in one.told],
        today,
        agencies=[one.agency_id for one in checked if one.agency_id is not None],
        acknowledged=sum(len(one.accepted) for one in checked),
    )


def check_files(files: Mapping[str, str], today: date) -> tuple[Problem, ...]:
    """Return every problem of one tree given as path → text, before it is published."""
    return check_reading(read_schedule(files), files, today)


def check_reading(
    reading: ScheduleReading,
    files: Mapping[str, str],
    today: date,
    absences: Absences | None = None,
) -> tuple[Problem, ...]:
    """Return every problem of one tree that has been read, those of its reading first."""
    if reading.tree is None:
        return reading.problems
    context = validation_context(today, absences)
    found = check_tree(reading.tree, context, texts=files, faults=reading.problems)
    return (*reading.problems, *found)


def check_in_steps(
    reading: ScheduleReading,
    files: Mapping[str, str],
    today: date,
    absences: Absences | None = None,
) -> Iterator[tuple[Problem, ...]]:
    """Check a tree a rule at a time, so that a screen can draw in between.

    Each step yields what it found; all of them together say what `check_reading` says.
    """
    yield reading.problems
    if reading.tree is None:
        return
    context = validation_context(today, absences)
    study = Study(reading.tree, context, texts=files, faults=reading.problems)
    for rule in RULES:
        yield tuple(rule.problems(study))


def _check_folder(folder: ScheduleFolder, context: ValidationContext, *, alone: bool) -> _Checked:
    reading = folder.reading
    problems = list(reading.problems)
    if reading.tree is not None:
        texts = {name: content.decode("utf-8", "replace") for name, content in folder.files.items()}
        problems += check_tree(reading.tree, context, texts=texts, faults=reading.problems)
    prefix = "" if alone else f"{folder.name}/"
    problems = [replace(one, file=f"{prefix}{one.file}" if one.file else None) for one in problems]
    if reading.tree is None:
        return _Checked(agency_id=None, told=problems)
    told, accepted = split_acknowledged(problems, reading.tree, context)
    return _Checked(agency_id=reading.tree.agency.agency_id, told=told, accepted=accepted)
