"""`fsmobile schedule drives`: the drives of a day, which leg breaks, a better order of stops."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fsmobile.cli.arguments import add_format, iso_date
from fsmobile.cli.output import complain, say, say_json, say_table
from fsmobile.cli.wiring import working_desk
from fsmobile.core.driving import TravelTimes
from fsmobile.core.ids import PlaceId
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.reach import Reach
from fsmobile.core.schedules import ScheduleTree
from fsmobile.core.spans import TimeSpan
from fsmobile.texts.dates import format_day
from fsmobile.texts.drive_words import (
    describe_drive,
    describe_late,
    describe_order,
    describe_source,
    describe_total,
)
from fsmobile.texts.public_notices import hours_notice
from fsmobile.texts.translation import _
from fsmobile.usecases.day_drives import (
    DayDrive,
    Proposal,
    apply_order,
    check_day,
    propose_orders,
)
from fsmobile.usecases.planning import Planning, apply_edit, open_planning
from fsmobile.usecases.planning_acts import Telling
from fsmobile.usecases.territory import travel_times

BROKEN = 1
"""Exit code: a leg of the day cannot be driven in time."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the folder, the day, and what to do with a proposal."""
    parser.add_argument("folder", type=Path, metavar=_("DOSSIER"))
    parser.add_argument("day", type=iso_date, metavar=_("JOUR"))
    parser.add_argument(
        "--take", type=int, metavar="N", help=_("écrit la proposition N dans le dossier")
    )
    parser.add_argument(
        "--reach",
        choices=[reach.value for reach in Reach],
        default=Reach.ONCE.value,
        help=_("cette fois, à partir de celle-ci, ou toutes"),
    )
    add_format(parser, "text", "json")


def run(arguments: Namespace) -> int:
    """Show the drives of a day; return 1 when one of them cannot be driven in time."""
    with working_desk(arguments) as desk:
        planning = open_planning(desk, arguments.folder)
        tree = planning.tree
        times = travel_times(tree, planning.contents, desk.today(), desk)
        drives = check_day(tree, times, arguments.day)
        proposals = [one for drive in drives for one in propose_orders(tree, times, drive)]
        if arguments.take is not None:
            if not 1 <= arguments.take <= len(proposals):
                complain(_("Il n'y a pas de proposition {n}.").format(n=arguments.take))
                return 64
            reach = Reach(arguments.reach)
            _take(planning, times, proposals[arguments.take - 1], reach)
            return 0
    if arguments.format == "json":
        say_json([_as_json(drive, propose_orders(tree, times, drive)) for drive in drives])
    else:
        say(format_day(arguments.day))
        for drive in drives:
            _say_drive(tree, drive)
        if not drives:
            say(_("Aucun passage ce jour-là."))
        for number, one in enumerate(proposals, 1):
            stops = [(_name(tree, passage.place_id), hours) for passage, hours in one.hours]
            told = describe_order(
                stops, one.cost_now, one.cost, about=one.is_estimate, keeps=one.keeps_half_days
            )
            say(_("Proposition {n} : {order}").format(n=number, order=told))
    return BROKEN if any(drive.broken for drive in drives) else 0


def _take(planning: Planning, times: TravelTimes, proposal: Proposal, reach: Reach) -> None:
    today = planning.desk.today()

    def telling(passage: PlannedPassage, hours: TimeSpan) -> Telling:
        commune = _name(planning.tree, passage.place_id)
        notice = hours_notice(commune, passage.original_date, (hours,), None)
        return Telling(notice=notice, published_on=today)

    label = "ordre " + " ".join(passage.stop_id for passage, _hours in proposal.hours)
    texts = apply_order(planning.sheets, times, proposal, reach, telling)
    for path in sorted(apply_edit(planning, label, texts).after):
        say(path)


def _say_drive(tree: ScheduleTree, drive: DayDrive) -> None:
    total = describe_total(drive.driving_minutes, is_estimate=drive.is_estimate)
    bus = drive.vehicle_id or _("sans bus")
    say(f"{drive.tour_id} · {bus} · {total}")
    rows = [
        (
            f"  {_name(tree, leg.origin)} → {_name(tree, leg.target)}",
            f"{_clock(leg.leaves)}-{_clock(leg.due)}",
            describe_drive(leg.drive),
            describe_source(leg.drive),
            describe_late(leg.late),
        )
        for leg in drive.legs
    ]
    say_table(("", _("heures"), _("trajet"), _("source"), ""), rows)


def _as_json(drive: DayDrive, proposals: Sequence[Proposal]) -> dict[str, Any]:
    return {
        "day": drive.day.isoformat(),
        "tour": drive.tour_id,
        "vehicle": drive.vehicle_id,
        "driving_minutes": round(drive.driving_minutes, 1),
        "is_estimate": drive.is_estimate,
        "legs": [
            {
                "from": leg.origin,
                "to": leg.target,
                "leaves": _clock(leg.leaves),
                "due": _clock(leg.due),
                "minutes": None if leg.drive is None else round(leg.drive.minutes, 1),
                "source": None if leg.drive is None else leg.drive.source.value,
                "late": leg.late,
            }
            for leg in drive.legs
        ],
        "proposals": [
            {
                "stops": [passage.stop_id for passage, _hours in one.hours],
                "late": round(one.cost[0], 1),
                "minutes": round(one.cost[1], 1),
                "late_now": round(one.cost_now[0], 1),
                "minutes_now": round(one.cost_now[1], 1),
                "keeps_half_days": one.keeps_half_days,
                "is_estimate": one.is_estimate,
            }
            for one in proposals
        ],
    }


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _name(tree: ScheduleTree, place_id: PlaceId | None) -> str:
    place = None if place_id is None else tree.places.get(place_id)
    return place_id or "?" if place is None else place.commune or place.name
