"""A plan found in published dates, as the files of a tour: one version, its dated exceptions."""

import tomllib
from collections.abc import Mapping

from msgspec import Struct

from fsmobile.core.documents import Table, Value
from fsmobile.core.ids import PlaceId, StopId, TourId
from fsmobile.core.overrides import Override, OverrideAction, WholeDay
from fsmobile.core.places import Place
from fsmobile.core.plan_finding import FoundOverride, FoundPlan, FoundRun
from fsmobile.core.recurrence import Recurrence, WeekParity
from fsmobile.core.spans import DateSpan
from fsmobile.formats.schedule_recurrences import recurrence_keys
from fsmobile.formats.schedule_toml import CLOSURES_FILE
from fsmobile.formats.schedule_values import WEEKDAYS
from fsmobile.formats.schedule_writing import (
    edit_document,
    format_document,
    openings_value,
    override_id,
    override_path,
    override_table,
    place_table,
    without_absent,
)

_UNEXPLAINED = (
    "# Trouvé dans les dates publiées : la règle donne ce passage, elles ne l'ont pas ainsi,\n"
    "# et ne disent pas pourquoi. Ajoutez « motif » et « avis » si vous les connaissez.\n"
)


_UNSERVED = (
    "# Trouvé dans les dates publiées : aucun passage ces jours-là, sans raison dite.\n"
    "# Ajoutez « motif » et « avis » si vous les connaissez.\n"
)


class PlanNames(Struct, frozen=True, kw_only=True):
    """What the files of a plan are called by."""

    tour_id: TourId
    name: str
    """Of the tour, for the public."""
    window: DateSpan
    """The first and the last day of the version."""
    stops: Mapping[str, StopId]
    """By key of a place."""
    places: Mapping[str, Place]
    """By key of a place."""


def version_file(names: PlanNames) -> str:
    """Return the path of the version."""
    return f"tournees/{names.tour_id}/{names.window.first.isoformat()}.toml"


def write_version(plan: FoundPlan, names: PlanNames, passages: int) -> str:
    """Write the version: its runs, with the places that each serves."""
    runs: dict[str, Value] = {}
    for run in plan.runs:
        runs[_run_id(run, names, runs)] = _run_table(run, names)
    table: Table = {
        "format": "tournee/1",
        "tournee": names.tour_id,
        "nom": names.name,
        "effet": names.window.first,
        "fin": names.window.last,
        "feries": "sauf",
        "vacances": "avec",
        "sorties": runs,
    }
    head = (
        f"# Importée de {passages} passages publiés : {plan.rules} règles"
        f" et {len(plan.overrides) + len(plan.closures)} exceptions datées les redonnent tous.\n"
        "# À compléter : véhicule, équipage, base, départ, retour et trajets.\n"
    )
    return head + format_document(table)


def _run_table(run: FoundRun, names: PlanNames) -> dict[str, Value]:
    stops: dict[str, Value] = {
        names.stops[key]: {
            "lieu": names.places[key].place_id,
            "ouvert": openings_value(opening.spans, opening.half_day),
        }
        for key, opening in run.stops
    }
    return {**without_absent(recurrence_keys(run.rule)), "arrets": stops}


def _run_id(run: FoundRun, names: PlanNames, taken: Mapping[str, Value]) -> str:
    """Name a run by its days: `mardi-paires`, `jeudi-1-3`, `dates-ampus`."""
    words = _words(run.rule) or ["dates", str(names.stops[run.stops[0][0]])]
    root = "-".join(words)[:36].strip("-")
    number, name = 1, root
    while name in taken:
        number += 1
        name = f"{root}-{number}"
    return name


def _words(rule: Recurrence) -> list[str]:
    days = sorted(rule.weekdays)
    if not days:
        return []
    words = [WEEKDAYS[day] for day in days] if len(days) < 4 else [f"{len(days)}-jours"]
    if rule.parity is not WeekParity.EVERY:
        words.append(rule.parity.value)
    words += [str(rank) if rank > 0 else "dernier" for rank in sorted(rule.ranks)]
    if rule.cycle is not None:
        words.append(f"{len(rule.cycle.ranks)}-sur-{rule.cycle.length}")
    return words


def write_overrides(plan: FoundPlan, names: PlanNames) -> dict[str, str]:
    """Write each exception in a file of its own."""
    overrides = [_override(one, names) for one in plan.overrides]
    return {
        override_path(one): _UNEXPLAINED + format_document(override_table(one)) for one in overrides
    }


def _override(one: FoundOverride, names: PlanNames) -> Override:
    scope = WholeDay.DAY if one.place is None else names.stops[one.place]
    place_id: PlaceId | None = None
    if one.place is not None and one.action is OverrideAction.ADD:
        place_id = names.places[one.place].place_id
    opening = one.opening
    return Override(
        override_id=override_id(one.day, names.tour_id, scope),
        original_date=one.day,
        tour_id=names.tour_id,
        scope=scope,
        action=one.action,
        moved_to=one.moved_to,
        place_id=place_id,
        spans=() if opening is None else opening.spans,
        half_day=None if opening is None else opening.half_day,
    )


def write_closures(plan: FoundPlan) -> dict[str, str]:
    """Write the days on which the service is closed; nothing when there are none."""
    tables = {
        f"du-{days.first.isoformat()}": {"du": days.first, "au": days.last}
        for days in plan.closures
    }
    if not tables:
        return {}
    text = format_document({"format": "fermetures/1", "fermetures": tables})
    return {CLOSURES_FILE: _UNSERVED + text}


def write_places(text: str | None, places: Mapping[PlaceId, Place]) -> str:
    """Write new places, after those that the file has already."""
    tables = {key: place_table(place) for key, place in places.items()}
    if text is None:
        return format_document({"format": "lieux/1", "lieux": tables})
    return edit_document(text, _with_places(text, tables))


def _with_places(text: str, tables: Mapping[PlaceId, dict[str, Value]]) -> dict[str, Value]:
    current: dict[str, Value] = tomllib.loads(text)
    known = current.get("lieux")
    return {**current, "lieux": {**(known if isinstance(known, Mapping) else {}), **tables}}


def write_structure(
    agency_id: str, name: str, department: str | None, facts: Mapping[str, str | None]
) -> str:
    """Write the file of a new structure; `facts` are those of its département."""
    table = {
        "format": "structure/1",
        "id": agency_id,
        "nom": name,
        "departement": department,
        **facts,
    }
    return format_document(without_absent(table))
