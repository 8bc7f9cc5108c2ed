"""`fsmobile agenda`: the planned passages, from the laptop's timetable or from files."""

from argparse import ArgumentParser, Namespace
from datetime import date
from pathlib import Path

from msgspec import to_builtins

from fsmobile.cli.arguments import add_format, iso_date
from fsmobile.cli.output import say, say_json, say_table
from fsmobile.cli.wiring import make_clock, read_settings, working_desk
from fsmobile.core.overrides import OverrideReason
from fsmobile.core.schedules import ScheduleTree
from fsmobile.errors import NotFound
from fsmobile.formats.passages_json import opening_of
from fsmobile.texts.dates import format_day, format_span
from fsmobile.texts.labels import label
from fsmobile.texts.translation import _
from fsmobile.usecases.agendas import AgendaRow, list_agenda
from fsmobile.usecases.desk import local_time
from fsmobile.usecases.schedules import load_schedule_folders, require_trees


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the folder, the tour, the window and the format."""
    parser.add_argument(
        "--schedules",
        type=Path,
        metavar=_("DOSSIER"),
        help=_("dossier de plannings (sinon le planning publié, reçu sur ce poste)"),
    )
    parser.add_argument("--tour", metavar=_("TOURNÉE"), help=_("une seule tournée"))
    parser.add_argument(
        "--from", dest="first", type=iso_date, metavar=_("JOUR"), help=_("sinon aujourd'hui")
    )
    parser.add_argument(
        "--to", dest="last", type=iso_date, metavar=_("JOUR"), help=_("inclus ; sinon 4 semaines")
    )
    add_format(parser, "table", "json")


def run(arguments: Namespace) -> int:
    """Print the passages of the window."""
    trees, today = _read_trees(arguments)
    rows = list_agenda(trees, arguments.first or today, arguments.last, arguments.tour)
    if arguments.format == "json":
        say_json([to_builtins(opening_of(row.passage, row.place_name)) for row in rows])
    elif rows:
        say_table(
            (_("jour"), _("heures"), _("lieu"), _("tournée"), _("état")),
            [_as_cells(row) for row in rows],
        )
    else:
        say(_("Aucun passage prévu dans cette période."))
    return 0


def _read_trees(arguments: Namespace) -> tuple[tuple[ScheduleTree, ...], date]:
    """Return the timetables that the arguments name, and today where the first one is."""
    if arguments.schedules is None:
        with working_desk(arguments) as desk:
            if desk.tree is None:
                raise NotFound("schedule", desk.agency_id)
            return (desk.tree,), desk.today()
    trees = require_trees(load_schedule_folders(arguments.schedules))
    now_ms = make_clock(read_settings(arguments)).now_ms()
    return trees, local_time(now_ms, trees[0].agency.timezone).date()


def _as_cells(row: AgendaRow) -> tuple[str, str, str, str, str]:
    passage = row.passage
    if passage.starts is None or passage.ends is None:
        hours = label(passage.period)
    else:
        hours = format_span(passage.starts, passage.ends)
    return (
        format_day(passage.service_date),
        hours,
        row.place_name,
        passage.tour_id,
        _describe_status(row),
    )


def _describe_status(row: AgendaRow) -> str:
    """Return the status, what changed and why: `annulé (panne du véhicule)`."""
    passage = row.passage
    details = [label(change) for change in passage.changes]
    if passage.original_date != passage.service_date:
        day = format_day(passage.original_date)
        details.append(_("au lieu du {day}").format(day=day))
    if passage.reason:
        known = passage.reason in list(OverrideReason)
        details.append(label(OverrideReason(passage.reason)) if known else passage.reason)
    status = label(passage.status)
    return f"{status} ({', '.join(details)})" if details else status
