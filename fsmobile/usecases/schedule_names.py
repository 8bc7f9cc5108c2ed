"""What people call the places and passages of the timetable; an id where it has lost them."""

from datetime import timedelta

from fsmobile.core.ids import PassageId, PlaceId, parse_passage_id
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.texts.dates import format_day_short
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.passages import HORIZON_DAYS, plan


def place_name(desk: Desk, place_id: PlaceId) -> str:
    """Return the name of a place, its spot included."""
    known = None if desk.tree is None else desk.tree.places.get(place_id)
    return place_id if known is None else known.name


def find_planned(desk: Desk, passage_id: PassageId) -> PlannedPassage | None:
    """Return the first opening of a passage, on the day that it now has."""
    day = parse_passage_id(passage_id).service_date
    around = timedelta(days=HORIZON_DAYS)
    agenda = plan(desk, day - around, day + around)
    return next((one for one in agenda.passages if one.passage_id == passage_id), None)


def passage_name(desk: Desk, passage_id: PassageId) -> str:
    """Return the day and the place of a passage."""
    planned = find_planned(desk, passage_id)
    name = parse_passage_id(passage_id)
    day = name.service_date if planned is None else planned.service_date
    place_id = name.place_id if planned is None else planned.place_id
    place = str(name.stop_id) if place_id is None else place_name(desk, place_id)
    return f"{format_day_short(day)} {place}"
