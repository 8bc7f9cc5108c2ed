"""`surcharges/<année>/<date>-<tournee>-<arret>.toml`: dated exceptions, and their names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fsmobile.core.ids import AgentId, PlaceId, StopId, TourId, VehicleId, is_slug
from fsmobile.core.overrides import (
    Override,
    OverrideAction,
    OverrideReason,
    OverrideScope,
    WholeDay,
)
from fsmobile.core.spans import HalfDay
from fsmobile.core.tours import Tour
from fsmobile.formats.schedule_structure import check_format
from fsmobile.formats.schedule_tours import MINUTES_MAX, read_openings
from fsmobile.formats.schedule_values import parse_date
from fsmobile.formats.toml_files import TomlFile
from fsmobile.formats.toml_tables import NOTE_CHARACTERS_MAX, Report, TableReader, nearest

A_NAME = "2026-11-24-nord-dun"

NEEDED_KEYS: Mapping[OverrideAction, str] = {
    OverrideAction.MOVE: "vers",
    OverrideAction.PLACE: "lieu",
    OverrideAction.HOURS: "ouvert",
    OverrideAction.CREW: "equipage",
    OverrideAction.VEHICLE: "vehicule",
}
"""The key without which an action says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One reading of what follows the date in the name of an overlay."""

    tour_id: TourId
    scope: OverrideScope

    def __str__(self) -> str:
        return f"{self.tour_id}-{self.scope}"


def read_override(
    file: TomlFile, report: Report, tours: Mapping[TourId, Tour], broken_tours: Sequence[str]
) -> Override | None:
    """Read one overlay and find what its name is about.

    `broken_tours` are those with a file that cannot be read: their stops are not all known, so
    a name that nothing answers to is not held against them.
    """
    table = TableReader(file, (), file.data, report)
    check_format(table, "surcharge")
    action = table.choice("action", OverrideAction)
    if "action" not in table.data:
        table.problem("missing_required_key", value="action")
    override_id = file.name.rpartition("/")[2].removesuffix(".toml")
    day = _read_name_date(table, override_id)
    needed = NEEDED_KEYS.get(action) if action else None
    if needed is not None and needed not in table.data:
        table.problem("missing_required_key", value=needed)
    crew, vehicle = table.slugs("equipage"), table.slug("vehicule")
    place, moved_to = table.slug("lieu"), table.day("vers")
    spans, half_day = read_openings(table)
    drive_minutes = table.whole("trajet", 0, MINUTES_MAX)
    reason = table.choice("motif", OverrideReason)
    notice = table.text("avis", characters_max=NOTE_CHARACTERS_MAX)
    published_on, replaces = table.day("publie"), table.text("remplace")
    table.finish(also=["action"])
    if day is None or action is None:
        return None
    is_complete = place is not None and bool(spans or half_day)
    target = _find_target(table, override_id[11:], tours, broken_tours, action, is_complete)
    if target is None:
        return None
    return Override(
        override_id=override_id,
        original_date=day,
        tour_id=target.tour_id,
        scope=target.scope,
        action=action,
        moved_to=moved_to if action is OverrideAction.MOVE else None,
        place_id=PlaceId(place) if place else None,
        spans=spans,
        half_day=half_day,
        drive_minutes=drive_minutes,
        crew=None if crew is None else tuple(AgentId(agent) for agent in crew),
        vehicle_id=VehicleId(vehicle) if vehicle else None,
        reason=reason,
        notice=notice or "",
        published_on=published_on,
        replaces=replaces,
        position=table.position,
    )


def _read_name_date(table: TableReader, override_id: str) -> date | None:
    """Read the date at the head of the name, and check the folder of its year."""
    day = parse_date(override_id[:10])
    if day is None or override_id[10:11] != "-" or len(override_id) < 12:
        table.problem("filename_mismatch", value=override_id, expected=A_NAME)
        return None
    folder = table.file.name.split("/")[-2]
    if folder != f"{day.year:04d}":
        expected = f"surcharges/{day.year:04d}/{override_id}.toml"
        table.problem("filename_mismatch", value=table.file.name, expected=expected)
    return day


def read_target_names(text: str, tours: Mapping[TourId, Tour]) -> list[Target]:
    """List every reading of `<tournee>-<arret|matin|apres-midi|journee>` among what is known."""
    found: list[Target] = []
    for tour_id, tour in tours.items():
        if not text.startswith(f"{tour_id}-"):
            continue
        rest = text[len(tour_id) + 1 :]
        if rest in list(WholeDay):
            found.append(Target(tour_id=tour_id, scope=WholeDay(rest)))
        elif rest in list(HalfDay):
            found.append(Target(tour_id=tour_id, scope=HalfDay(rest)))
        elif rest in tour.stop_ids():
            found.append(Target(tour_id=tour_id, scope=StopId(rest)))
    return found


def _find_target(
    table: TableReader,
    text: str,
    tours: Mapping[TourId, Tour],
    broken_tours: Sequence[str],
    action: OverrideAction,
    is_complete: bool,
) -> Target | None:
    found = read_target_names(text, tours)
    if len(found) == 1:
        return _allow_addition(table, found[0], action)
    if found:
        readings = " | ".join(f"{one.tour_id} + {one.scope}" for one in found)
        table.problem("overlay_name_ambiguous", value=text, expected=readings)
        return None
    if action is OverrideAction.ADD and is_complete:
        # A fair in a village no tour serves: the overlay itself says where and when.
        new = [
            Target(tour_id=tour_id, scope=StopId(text[len(tour_id) + 1 :]))
            for tour_id in tours
            if text.startswith(f"{tour_id}-") and is_slug(text[len(tour_id) + 1 :])
        ]
        if len(new) == 1:
            return new[0]
    if any(text.startswith(f"{tour_id}-") for tour_id in broken_tours):
        return None
    known = [
        f"{tour_id}-{stop_id}" for tour_id, tour in tours.items() for stop_id in tour.stop_ids()
    ]
    table.problem("foreign_key_violation", value=text, nearest=nearest(text, known))
    return None


def _allow_addition(table: TableReader, target: Target, action: OverrideAction) -> Target | None:
    """Refuse to add a half-day or a day: a passage is added at one stop."""
    if action is OverrideAction.ADD and isinstance(target.scope, HalfDay | WholeDay):
        expected = f"{target.tour_id}-…"
        table.problem("unexpected_value", "action", value=str(target), expected=expected)
        return None
    return target
