"""The records of a passage, field by field: its stop, its run, its version, its place, its bus."""

from dataclasses import dataclass

from fsmobile.core.documents import KeyPath, Value, value_at
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.errors import InvalidInput, Problem, Severity
from fsmobile.formats.schedule_edits import read_document, set_value, version_path
from fsmobile.formats.schedule_fields import FIELDS, Field, FieldOwner, write_field
from fsmobile.formats.schedule_toml import PLACES_FILE, VEHICLES_FILE, read_schedule
from fsmobile.usecases.planning_versions import (
    Sheets,
    Texts,
    require_version,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledField:
    """A field with the place of its value."""

    field: Field
    file: str
    path: KeyPath
    text: str
    """Its value as it would be typed; empty when the file does not say."""


def list_fields(sheets: Sheets, passage: PlannedPassage) -> list[FilledField]:
    """List every field of what a passage is made of.

    Raises:
        InvalidInput: the passage comes from an exception, or its file has a fault.
    """
    version = require_version(sheets.tree, passage)
    file = version_path(version)
    run: KeyPath = ("sorties", passage.run_id or "")
    owners: dict[FieldOwner, tuple[str, KeyPath]] = {
        FieldOwner.STOP: (file, (*run, "arrets", passage.stop_id)),
        FieldOwner.RUN: (file, run),
        FieldOwner.VERSION: (file, ()),
        FieldOwner.PARTNER: (file, ("partenaire",)),
        FieldOwner.PLACE: (PLACES_FILE, ("lieux", passage.place_id)),
    }
    if passage.vehicle_id is not None:
        owners[FieldOwner.VEHICLE] = (VEHICLES_FILE, ("vehicules", passage.vehicle_id))
    tables = {
        name: read_document(sheets.files, name)
        for name, _path in owners.values()
        if name in sheets.files
    }
    found = []
    for field in FIELDS:
        name, path = owners.get(field.owner, ("", ()))
        if name not in tables:
            continue
        here = (*path, field.key)
        text = write_field(value_at(tables[name], here))
        found.append(FilledField(field=field, file=name, path=here, text=text))
    return found


def fill_field(sheets: Sheets, one: FilledField, text: str) -> Texts:
    """Fill a field in; an empty text takes it out.

    Raises:
        InvalidInput: the text is no value of it, or the file would not say what it must.
    """
    value: Value = one.field.read(text) if text.strip() else None
    if value is None and text.strip():
        raise InvalidInput("field_not_understood", value=text, expected=one.field.example)
    texts = set_value(sheets.files, one.file, one.path, value)
    files = {path: found for path, found in {**sheets.files, **texts}.items() if found is not None}
    before = {_fault(problem) for problem in read_schedule(sheets.files).problems}
    faults = [
        problem
        for problem in read_schedule(files).problems
        if problem.severity is Severity.ERROR and _fault(problem) not in before
    ]
    if faults:
        raise InvalidInput("field_not_taken", faults, value=text, expected=one.field.example)
    return dict(texts)


def _fault(problem: Problem) -> tuple[str, str | None, str]:
    return (problem.code, problem.file, repr(sorted(problem.params.items(), key=repr)))
