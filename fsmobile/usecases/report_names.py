"""Names of what figures are broken down by: stops as the timetable has them, codes as labels."""

from datetime import date

from fsmobile.core.ids import AgentId, OperatorId, ProcedureId
from fsmobile.core.report_codes import CODES, find_code
from fsmobile.core.reports import Dimension
from fsmobile.core.stop_names import place_of_stop
from fsmobile.reference.communes import find_commune
from fsmobile.texts.dates import format_minutes, format_numeric_day
from fsmobile.texts.labels import label
from fsmobile.texts.translation import _
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.visits import agent_name


def name_code(desk: Desk, dimension: Dimension, code: str) -> str:
    """Return how a person reads one line of a break-down; an unknown code shows as it is."""
    if not code:
        return _nothing(dimension)
    if dimension in CODES:
        known = find_code(dimension, code)
        return code if known is None else label(known)
    match dimension:
        case Dimension.STOP:
            return name_stop(desk, code)
        case Dimension.COMMUNE | Dimension.RESIDENCE:
            commune = find_commune(code)
            return code if commune is None else commune.name
        case Dimension.OPERATOR:
            operator = desk.catalogue.operators.get(OperatorId(code))
            return code if operator is None else operator.short_name
        case Dimension.PROCEDURE:
            procedure = desk.catalogue.procedures.get(ProcedureId(code))
            return code if procedure is None else procedure.label
        case Dimension.AGENT:
            return agent_name(desk, AgentId(code))
        case Dimension.HOUR:
            return f"{int(code)} h"
        case Dimension.MINUTES:
            return format_minutes(int(code))
        case Dimension.DAY:
            return format_numeric_day(date.fromisoformat(code))
        case _:
            return code


def name_stop(desk: Desk, key: str) -> str:
    """Name a stop by its key (`reports.stop_key`), as the newest timetable does."""
    if not key:
        return _nothing(Dimension.STOP)
    place_id = place_of_stop(desk.tree, key)
    place = None if desk.tree is None or place_id is None else desk.tree.places.get(place_id)
    return key.rpartition("/")[2].removeprefix("@") if place is None else place.name


def _nothing(dimension: Dimension) -> str:
    match dimension:
        case Dimension.STOP | Dimension.PASSAGE | Dimension.COMMUNE:
            return _("hors passage")
        case Dimension.OPERATOR | Dimension.THEME:
            return _("sans opérateur") if dimension is Dimension.OPERATOR else _("sans thème")
        case Dimension.OBSTACLE:
            return _("rien ne bloquait")
        case _:
            return _("non communiqué")
