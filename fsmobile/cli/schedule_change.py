"""`fsmobile schedule change`: one change of a passage, for scripts and for screen readers."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from fsmobile.cli.arguments import iso_date, time_span
from fsmobile.cli.output import complain, say
from fsmobile.cli.wiring import working_desk
from fsmobile.core.ids import AgentId, PlaceId, TourId, VehicleId
from fsmobile.core.overrides import OverrideAction, OverrideReason
from fsmobile.core.reach import Reach
from fsmobile.errors import Severity
from fsmobile.texts.problems import describe_problem
from fsmobile.texts.translation import _
from fsmobile.usecases.planning import Edit, open_planning, redo_edit, undo_edit
from fsmobile.usecases.planning_commands import PassageChange, make_change

UNDO, REDO = "defaire", "refaire"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the folder, the passage, what is done to it."""
    actions = [action.value for action in OverrideAction]
    parser.add_argument("folder", type=Path, metavar=_("DOSSIER"))
    parser.add_argument("action", choices=[*actions, UNDO, REDO], metavar=_("ACTION"),
                        help=", ".join([*actions, UNDO, REDO]))  # fmt: skip
    parser.add_argument("day", type=iso_date, nargs="?", metavar=_("DATE"))
    parser.add_argument("tour", nargs="?", metavar=_("TOURNÉE"))
    parser.add_argument(
        "scope", nargs="?", metavar=_("ARRÊT"), help=_("un arrêt, ou matin, apres-midi, journee")
    )
    parser.add_argument("--to", type=iso_date, metavar=_("DATE"), help=_("nouvelle date"))
    parser.add_argument("--place", metavar=_("LIEU"), help=_("un lieu de lieux.toml"))
    parser.add_argument("--hours", type=time_span, nargs="+", default=(), metavar="09:30-12:00",
                        help=_("heures d'ouverture"))  # fmt: skip
    parser.add_argument("--crew", nargs="+", metavar=_("AGENT"), help=_("qui est à bord"))
    parser.add_argument("--vehicle", metavar=_("BUS"), help=_("un autre véhicule"))
    reasons = [reason.value for reason in OverrideReason]
    parser.add_argument("--why", choices=reasons, help=_("motif, que le public lit"))
    parser.add_argument("--notice", metavar=_("TEXTE"), help=_("avis au public, sinon rédigé"))
    parser.add_argument(
        "--reach",
        choices=[reach.value for reach in Reach],
        default=Reach.ONCE.value,
        help=_("cette fois, à partir de celle-ci, ou toutes"),
    )


def run(arguments: Namespace) -> int:
    """Change the files of the folder, say which, and what the checks find wrong in them."""
    with working_desk(arguments) as desk:
        planning = open_planning(desk, arguments.folder)
        edit: Edit | None
        if arguments.action == UNDO:
            edit = undo_edit(planning)
        elif arguments.action == REDO:
            edit = redo_edit(planning)
        else:
            if not (arguments.day and arguments.tour and arguments.scope):
                complain(_("Il faut une date, une tournée et un arrêt."))
                return 64
            edit = make_change(planning, _asked(arguments))
        if edit is None:
            say(_("Rien de plus depuis la dernière publication"))
            return 0
        for path in sorted(edit.after):
            say(path)
        errors = [one for one in planning.check() if one.severity is Severity.ERROR]
    for problem in errors:
        complain(describe_problem(problem))
    return 2 if errors else 0


def _asked(arguments: Namespace) -> PassageChange:
    crew = arguments.crew
    return PassageChange(
        day=arguments.day,
        tour_id=TourId(arguments.tour),
        scope=arguments.scope,
        action=OverrideAction(arguments.action),
        reach=Reach(arguments.reach),
        moved_to=arguments.to,
        place_id=PlaceId(arguments.place) if arguments.place else None,
        spans=tuple(arguments.hours),
        crew=None if crew is None else tuple(AgentId(agent) for agent in crew),
        vehicle_id=VehicleId(arguments.vehicle) if arguments.vehicle else None,
        reason=OverrideReason(arguments.why) if arguments.why else None,
        notice=arguments.notice,
    )
