"""Accepting what a check says for a while: written with the schedule, with its end and why."""

from collections.abc import Mapping
from datetime import date

from fsmobile.core.documents import Value
from fsmobile.errors import InvalidInput, NotFound, Problem, Severity
from fsmobile.formats.schedule_edits import read_document
from fsmobile.formats.schedule_toml import ACKNOWLEDGEMENTS_FILE
from fsmobile.formats.schedule_writing import edit_document, format_document
from fsmobile.usecases.planning_places import free_slug
from fsmobile.usecases.schedule_check import check_reading
from fsmobile.usecases.schedule_checkouts import write_folder
from fsmobile.usecases.schedules import ScheduleFolder

UNTIL_DAYS_MAX = 366
"""A year: what is accepted for longer is a rule that one does not want."""


def acknowledge(
    folder: ScheduleFolder, code: str, subject: str | None, *, until: date, why: str, today: date
) -> list[str]:
    """Accept the notices of a code, of one subject or of all; return the subjects.

    One that was accepted already gets the new end and reason.

    Raises:
        NotFound: the check says no such thing.
        InvalidInput: it is an error, the end is past or too far, or no reason is given.
        ChangedMeanwhile: somebody else wrote the file meanwhile.
    """
    if not why.strip():
        raise InvalidInput("acknowledgement_without_reason")
    if not 0 <= (until - today).days <= UNTIL_DAYS_MAX:
        raise InvalidInput("acknowledgement_end", value=until.isoformat(), maximum=UNTIL_DAYS_MAX)
    files = {name: content.decode("utf-8", "replace") for name, content in folder.files.items()}
    told = [
        one
        for one in check_reading(folder.reading, files, today)
        if one.code == code and subject in (None, _subject(one))
    ]
    if not told:
        raise NotFound("notice", f"{code} {subject or ''}".strip())
    if any(one.severity is Severity.ERROR for one in told):
        raise InvalidInput("acknowledgement_of_error", value=code)
    subjects = sorted({_subject(one) for one in told})
    before = folder.files.get(ACKNOWLEDGEMENTS_FILE)
    text = _with(files, code, subjects, {"motif": why.strip(), "jusqu_au": until})
    known = {} if before is None else {ACKNOWLEDGEMENTS_FILE: before}
    write_folder(folder.path, known, {ACKNOWLEDGEMENTS_FILE: text})
    return subjects


def _subject(problem: Problem) -> str:
    return str(problem.params.get("id") or "")


def _with(
    files: Mapping[str, str], code: str, subjects: list[str], said: Mapping[str, Value]
) -> str:
    is_new = ACKNOWLEDGEMENTS_FILE not in files
    table = {"format": "acquittements/1"} if is_new else read_document(files, ACKNOWLEDGEMENTS_FILE)
    held = table.get("acquittements")
    entries: dict[str, Value] = dict(held) if isinstance(held, Mapping) else {}
    names = {
        (one.get("code"), one.get("id")): name
        for name, one in entries.items()
        if isinstance(one, Mapping)
    }
    for subject in subjects:
        name = names.get((code, subject)) or free_slug(f"{code} {subject}", entries)
        entries[name] = {"code": code, "id": subject, **said}
    wanted = {**table, "acquittements": entries}
    if is_new:
        return format_document(wanted)
    return edit_document(files[ACKNOWLEDGEMENTS_FILE], wanted)
