"""Edits of a schedule's files: what a coordinator wishes, as the new texts of the files touched.

Nothing is written here. An edit is `{path: new text, or None when the file goes}`.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from fsmobile.core.agencies import Vehicle
from fsmobile.core.documents import KeyPath, Table, Value, is_same, value_at, with_value
from fsmobile.core.override_merging import merge_override
from fsmobile.core.overrides import Override
from fsmobile.core.places import Place
from fsmobile.core.schedules import Closure, ScheduleTree
from fsmobile.core.tours import TourVersion
from fsmobile.errors import InvalidInput, NotFound
from fsmobile.formats.schedule_toml import CLOSURES_FILE, PLACES_FILE, VEHICLES_FILE
from fsmobile.formats.schedule_writing import (
    closure_table,
    edit_document,
    format_document,
    override_path,
    override_table,
    place_table,
    vehicle_table,
)

Texts = Mapping[str, str | None]
"""New texts by path; None takes a file away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChange:
    """One key of a version's file: what it says, and what it is to say (None: nothing)."""

    path: KeyPath
    before: Value
    after: Value


def put_overrides(
    files: Mapping[str, str], tree: ScheduleTree, wishes: Iterable[Override]
) -> dict[str, str | None]:
    """Say exceptions, each on top of what its passage's exception says already."""
    known = {one.override_id: one for one in tree.overrides}
    texts: dict[str, str | None] = {}
    for wish in wishes:
        before = known.get(wish.override_id)
        path = override_path(wish if before is None else before)
        merged = merge_override(before, wish)
        text = files.get(path)
        if merged is None:
            texts[path] = None
        elif text is None:
            texts[path] = format_document(override_table(merged))
        else:
            read_document(files, path)
            texts[path] = edit_document(text, override_table(merged))
    return _changed(files, texts)


def drop_overrides(files: Mapping[str, str], overrides: Iterable[Override]) -> Texts:
    """Take exceptions back: their files go."""
    return _changed(files, {override_path(one): None for one in overrides})


def set_value(files: Mapping[str, str], path: str, key: KeyPath, value: Value) -> Texts:
    """Give one key of a file another value; None takes it out."""
    wanted = with_value(read_document(files, path), key, value)
    return _changed(files, {path: edit_document(files[path], wanted)})


def put_closure(files: Mapping[str, str], closure: Closure) -> Texts:
    """Close the whole service for some days."""
    key = ("fermetures", closure.closure_id)
    return _put_table(files, CLOSURES_FILE, key, closure_table(closure))


def put_place(files: Mapping[str, str], place: Place) -> Texts:
    """Write a new place."""
    return _put_table(files, PLACES_FILE, ("lieux", place.place_id), place_table(place))


def put_vehicle(files: Mapping[str, str], vehicle: Vehicle) -> Texts:
    """Write a new vehicle."""
    key = ("vehicules", vehicle.vehicle_id)
    return _put_table(files, VEHICLES_FILE, key, vehicle_table(vehicle))


def _put_table(
    files: Mapping[str, str], path: str, key: tuple[str, str], table: Mapping[str, Value]
) -> Texts:
    """Write one table of a file that is named after its tables; the file may not exist yet."""
    text = files.get(path)
    if text is None:
        return {path: format_document(with_value({"format": f"{key[0]}/1"}, key, table))}
    return {path: edit_document(text, with_value(read_document(files, path), key, table))}


def version_path(version: TourVersion) -> str:
    """Return the file of a version."""
    found = version.position.file
    return found or f"tournees/{version.tour_id}/{version.valid_from.isoformat()}.toml"


def version_table(files: Mapping[str, str], version: TourVersion) -> Table:
    """Return what the file of a version says.

    Raises:
        InvalidInput: it has a fault of syntax, or a date that cannot be.
    """
    return read_document(files, version_path(version))


def read_document(files: Mapping[str, str], path: str) -> Table:
    """Return what a file says.

    Raises:
        InvalidInput: it has a fault of syntax, or a date that cannot be.
    """
    try:
        return tomllib.loads(files[path])
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidInput("file_to_mend_first", path=path) from error


def change_rule(
    files: Mapping[str, str], tree: ScheduleTree, version: TourVersion, changes: Iterable[KeyChange]
) -> dict[str, str | None]:
    """Change the rule itself, in its version and in the later ones that still say the same."""
    changes = tuple(changes)
    texts: dict[str, str | None] = {}
    for one in _versions_from(tree, version):
        path = version_path(one)
        wanted = _apply(read_document(files, path), changes, is_first=one is version)
        texts[path] = edit_document(files[path], wanted)
    return _changed(files, texts)


def change_from(
    files: Mapping[str, str],
    tree: ScheduleTree,
    version: TourVersion,
    changes: Iterable[KeyChange],
    day: date,
    is_served: Callable[[str], bool],
) -> dict[str, str | None]:
    """Make a new version from a day on; the one that runs until then stays as it is.

    `is_served` tells whether a run still has a day in what is left of the version's time: a
    summer run has no place in a version that ends in winter.

    Raises:
        InvalidInput: the version is not in force on that day.
    """
    if version.valid_from == day:
        return change_rule(files, tree, version, changes)
    tour = tree.tours[version.tour_id]
    if not version.valid_from < day <= tour.last_day_of(version):
        raise InvalidInput("version_not_in_force", value=day.isoformat())
    changes = tuple(changes)
    text = files[version_path(version)]
    path = f"tournees/{version.tour_id}/{day.isoformat()}.toml"
    if path in files:
        raise InvalidInput("version_exists", value=path)
    forked = _forked(version_table(files, version), version, day, is_served)
    wanted = _apply(forked, changes, is_first=True)
    later = [one for one in _versions_from(tree, version) if one is not version]
    texts: dict[str, str | None] = {
        path: edit_document(redate_comments(text, version.valid_from, day), wanted)
    }
    for one in later:
        document = _apply(version_table(files, one), changes, is_first=False)
        texts[version_path(one)] = edit_document(files[version_path(one)], document)
    return _changed(files, texts)


def _versions_from(tree: ScheduleTree, version: TourVersion) -> list[TourVersion]:
    versions = tree.tours[version.tour_id].versions
    return [one for one in versions if one.valid_from >= version.valid_from]


def _apply(table: Table, changes: Iterable[KeyChange], *, is_first: bool) -> dict[str, Value]:
    """Apply changes to a version; a later one keeps what it says otherwise."""
    wanted = dict(table)
    for change in changes:
        current = value_at(wanted, change.path)
        owner = value_at(wanted, change.path[:-1])
        if not isinstance(owner, Mapping):
            if is_first:
                raise NotFound("stop", ".".join(change.path))
            continue
        is_removal = change.after is None and isinstance(change.before, Mapping)
        if is_first or is_same(current, change.before) or is_removal:
            wanted = with_value(wanted, change.path, change.after)
    return _without_empty_runs(wanted)


def _without_empty_runs(table: dict[str, Value]) -> dict[str, Value]:
    """Take out the runs that have no stop left."""
    runs = table.get("sorties")
    if not isinstance(runs, Mapping):
        return table
    kept = {
        run_id: run
        for run_id, run in runs.items()
        if not isinstance(run, Mapping) or run.get("arrets") != {}
    }
    return {**table, "sorties": kept}


def _forked(
    table: Table, version: TourVersion, day: date, is_served: Callable[[str], bool]
) -> dict[str, Value]:
    """Return a version's document as it is from a later day on."""
    wanted: dict[str, Value] = {**table, "effet": day, "remplace": version.valid_from}
    wanted.pop("motif", None)
    runs = table.get("sorties")
    for run_id, run in runs.items() if isinstance(runs, Mapping) else ():
        if not is_served(run_id):
            wanted = with_value(wanted, ("sorties", run_id), None)
            continue
        dates = run.get("dates") if isinstance(run, Mapping) else None
        if isinstance(dates, list):
            left = [one for one in dates if not isinstance(one, date) or one >= day]
            wanted = with_value(wanted, ("sorties", run_id, "dates"), left or None)
    return wanted


_COMMENT = re.compile(r"^[ \t]*#.*$", re.MULTILINE)


def redate_comments(text: str, before: date, after: date) -> str:
    """Let the comments that give the date of a version give that of the new one."""
    return _COMMENT.sub(
        lambda found: found[0].replace(_long(before), _long(after)).replace(
            before.isoformat(), after.isoformat()
        ),
        text,
    )  # fmt: skip


_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)


def _long(day: date) -> str:
    """Write a date as French files do in their comments."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {_MONTHS[day.month - 1]} {day.year}"


def _changed(files: Mapping[str, str], texts: Texts) -> dict[str, str | None]:
    """Keep the files whose text is another one."""
    return {path: text for path, text in texts.items() if files.get(path) != text}
