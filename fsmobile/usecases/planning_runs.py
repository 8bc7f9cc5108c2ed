"""New runs and new tours: a rule of days, a first stop, from a day on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fsmobile.core.documents import KeyPath, Value, with_value
from fsmobile.core.ids import TourId
from fsmobile.core.places import Place
from fsmobile.core.reach import Reach
from fsmobile.core.recurrence import Recurrence
from fsmobile.core.spans import TimeSpan
from fsmobile.errors import InvalidInput
from fsmobile.formats.schedule_edits import KeyChange, put_place, read_document, version_path
from fsmobile.formats.schedule_recurrences import recurrence_keys
from fsmobile.formats.schedule_values import WEEKDAYS
from fsmobile.formats.schedule_writing import (
    format_document,
    openings_value,
    without_absent,
)
from fsmobile.usecases.planning_places import free_slug
from fsmobile.usecases.planning_versions import (
    Sheets,
    Texts,
    change_version,
    version_defaults,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStop:
    """The first stop of a new run."""

    place: Place
    """One of the files, or a new one."""
    spans: tuple[TimeSpan, ...]


def add_run(
    sheets: Sheets,
    tour_id: TourId,
    rule: Recurrence,
    first: NewStop,
    day: date,
    reach: Reach,
) -> Texts:
    """Add a run with its first stop to a tour.

    Raises:
        InvalidInput: the tour has no version on that day.
    """
    tour = sheets.tree.tours[tour_id]
    version = tour.version_on(day)
    if version is None:
        raise InvalidInput("version_not_in_force", value=day.isoformat())
    table = read_document(sheets.files, version_path(version))
    holidays, school = version_defaults(table)
    taken = {run.run_id for one in tour.versions for run in one.runs}
    run_id = free_slug(_run_name(rule), taken)
    place = first.place
    stop_id = free_slug(place.commune or place.name, tour.stop_ids())
    keys = without_absent(recurrence_keys(rule, holidays, school))
    stop: dict[str, Value] = {
        "lieu": place.place_id,
        "ouvert": openings_value(first.spans, None),
    }
    path: KeyPath = ("sorties", run_id)
    after: Value = {**keys, "arrets": {stop_id: stop}}
    change = KeyChange(path=path, before=None, after=after)
    texts = change_version(sheets, version, [change], reach, day)
    return _with_place(sheets, place, texts)


def add_tour(
    sheets: Sheets,
    name: str,
    rule: Recurrence,
    place: Place,
    spans: Sequence[TimeSpan],
    day: date,
) -> Texts:
    """Begin a tour on a day, with its first run and its first stop."""
    tour_id = free_slug(name, sheets.tree.tours)
    vehicle = next(iter(sheets.tree.vehicles.values()), None)
    stop_id = free_slug(place.commune or place.name, ())
    keys = without_absent(recurrence_keys(rule))
    stop: dict[str, Value] = {"lieu": place.place_id, "ouvert": openings_value(spans, None)}
    head = without_absent(
        {
            "format": "tournee/1",
            "tournee": tour_id,
            "nom": name.strip(),
            "effet": day,
            "vehicule": None if vehicle is None else vehicle.vehicle_id,
            "equipage": list(sheets.tree.agents) or None,
        }
    )
    run: Value = {**keys, "arrets": {stop_id: stop}}
    document = with_value(head, ("sorties", free_slug(_run_name(rule), ())), run)
    path = f"tournees/{tour_id}/{day.isoformat()}.toml"
    return _with_place(sheets, place, {path: format_document(document)})


def _with_place(sheets: Sheets, place: Place, texts: Texts) -> Texts:
    is_known = place.place_id in sheets.tree.places
    return texts if is_known else {**put_place(sheets.files, place), **texts}


def _run_name(rule: Recurrence) -> str:
    """Name a run by its days: `mardi`, `lundi-jeudi`."""
    days = "-".join(WEEKDAYS[day] for day in sorted(rule.weekdays)[:3])
    parity = "" if rule.parity.value == "toutes" else f"-{rule.parity.value}"
    return f"{days}{parity}" or "dates"
