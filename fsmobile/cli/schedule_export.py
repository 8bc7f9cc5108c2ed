"""`fsmobile schedule export`: calendars, hours, rows, notices, for citizens and partners."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from fsmobile.cli.arguments import iso_date
from fsmobile.cli.output import say, say_text
from fsmobile.cli.web_addresses import web_address
from fsmobile.cli.wiring import make_clock, read_settings, working_desk
from fsmobile.core.ids import StopId, TourId, VehicleId
from fsmobile.core.public_feeds import PublishedState, Selection
from fsmobile.core.publications import Publication
from fsmobile.core.schedules import ScheduleTree
from fsmobile.errors import InvalidInput, NotFound
from fsmobile.formats.mobile_library_writing import write_mobile_library_csv
from fsmobile.formats.passages_json import write_passages_json
from fsmobile.reference.holidays import load_school_calendar
from fsmobile.store.files import write_durably
from fsmobile.texts.translation import _, n_, speaking
from fsmobile.usecases.desk import local_time
from fsmobile.usecases.public_exports import (
    export_calendar,
    export_everything,
    export_mediation,
    export_notice,
    export_notice_pdf,
    export_opening_hours,
    state_now,
)
from fsmobile.usecases.schedules import load_schedule_folders, require_trees
from fsmobile.usecases.timetable import load_revisions

EVERYTHING, CALENDAR, NOTICE = "tout", "ics", "affiche"
WHOLE: Mapping[str, Callable[[Publication], str]] = {
    "osm": export_opening_hours,
    "mediation": export_mediation,
    "bibliobus": write_mobile_library_csv,
    "json": write_passages_json,
}
"""Forms that tell a whole timetable in one file."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the form, where the timetable is, and what of it is told."""
    forms = (EVERYTHING, CALENDAR, *WHOLE, NOTICE)
    parser.add_argument("form", metavar=_("FORME"), choices=forms, help=", ".join(forms))
    parser.add_argument(
        "folder",
        type=Path,
        nargs="?",
        metavar=_("DOSSIER"),
        help=_("un planning (sinon celui qui est publié, reçu sur ce poste)"),
    )
    parser.add_argument("--tour", metavar=_("TOURNÉE"), help=_("ics : une seule tournée"))
    parser.add_argument("--stop", metavar=_("ARRÊT"), help=_("ics : un seul arrêt"))
    parser.add_argument("--unit", metavar=_("VÉHICULE"), help=_("ics : un seul bus"))
    parser.add_argument(
        "--commune", metavar=_("INSEE"), help=_("ics, affiche : une seule commune, par son code")
    )
    parser.add_argument(
        "--keep-cancelled",
        action="store_true",
        help=_("ics : pour les agendas qui cachent les événements annulés, Google par exemple"),
    )
    parser.add_argument(
        "--date", type=iso_date, metavar=_("JOUR"), help=_("premier jour (sinon aujourd'hui)")
    )
    parser.add_argument(
        "--address",
        type=web_address,
        metavar=_("ADRESSE"),
        help=_("du registre, pour les liens et le code à photographier"),
    )
    parser.add_argument(
        "--pdf", action="store_true", help=_("affiche : en PDF (il faut l'extra « pdf »)")
    )
    parser.add_argument(
        "--to", type=Path, metavar=_("CHEMIN"), help=_("fichier, ou dossier pour « tout »")
    )


def run(arguments: Namespace) -> int:
    """Write one form to a file or to the screen, or every form into a folder.

    Raises:
        NotFound: the timetable has no such tour, stop, bus or commune.
        InvalidInput: a folder, a commune or a file is missing from the command.
    """
    publication = _load(arguments)
    target: Path | None = arguments.to
    # What the public reads is French, whoever exports it.
    with speaking("fr"):
        if arguments.form == EVERYTHING:
            written = export_everything(publication)
            files = {path: text.encode() for path, text in written.items()}
        else:
            files = {"": _export(publication, arguments)}
    if arguments.form == EVERYTHING:
        _write_all(target, files)
        return 0
    content = files[""]
    if target is not None:
        write_durably(target.absolute(), content)
        say(_("Écrit : {path}").format(path=target))
    elif arguments.pdf:
        raise InvalidInput("export_without_file")
    else:
        # A terminal has its own ends of lines.
        say_text(content.decode().replace("\r\n", "\n").rstrip("\n"))
    return 0


def _export(publication: Publication, arguments: Namespace) -> bytes:
    form, insee_code = arguments.form, arguments.commune
    if form == CALENDAR:
        keeps_cancelled = arguments.keep_cancelled
        selection = _selection(arguments)
        return export_calendar(publication, selection, keeps_cancelled=keeps_cancelled).encode()
    if form != NOTICE:
        return WHOLE[form](publication).encode()
    if insee_code is None:
        raise InvalidInput("export_without_commune", known=", ".join(sorted(publication.communes)))
    if arguments.pdf:
        return export_notice_pdf(publication, insee_code)
    return export_notice(publication, insee_code).encode()


def _selection(arguments: Namespace) -> Selection:
    unit = arguments.unit
    return Selection(
        tour_id=None if arguments.tour is None else TourId(arguments.tour),
        stop_id=None if arguments.stop is None else StopId(arguments.stop),
        # `bus-1` and `ma-structure/bus-1` are the same bus.
        vehicle_id=None if unit is None else VehicleId(unit.rpartition("/")[2]),
        insee_code=arguments.commune,
    )


def _write_all(folder: Path | None, files: Mapping[str, bytes]) -> None:
    if folder is None:
        raise InvalidInput("export_without_folder")
    for path, content in files.items():
        target = (folder / path).absolute()
        target.parent.mkdir(parents=True, exist_ok=True)
        write_durably(target, content)
    count = n_("{n} fichier écrit", "{n} fichiers écrits", len(files)).format(n=len(files))
    say(_("{count} dans {path}").format(count=count, path=folder))


def _load(arguments: Namespace) -> Publication:
    """Read the timetable of a folder, or the one that this laptop has received."""
    now_ms = make_clock(read_settings(arguments)).now_ms()
    if arguments.folder is not None:
        folders = load_schedule_folders(arguments.folder)
        if len(folders) > 1:
            names = ", ".join(one.name for one in folders)
            raise InvalidInput("schedule_not_one_tree", path=str(arguments.folder), names=names)
        (tree,) = require_trees(folders)
        state = state_now(now_ms)
        return _publication(arguments, tree, state, now_ms, arguments.address or "")
    with working_desk(arguments) as desk:
        if desk.tree is None:
            raise NotFound("schedule", desk.agency_id)
        newest = load_revisions(desk)[0]
        revised_at = datetime.fromtimestamp(newest.published_at / 1000, tz=UTC)
        state = PublishedState(number=newest.revision, revised_at=revised_at)
        address = arguments.address or desk.enrolment.registry_url
        return _publication(arguments, desk.tree, state, now_ms, address)


def _publication(
    arguments: Namespace, tree: ScheduleTree, state: PublishedState, now_ms: int, address: str
) -> Publication:
    return Publication(
        tree=tree,
        state=state,
        today=arguments.date or local_time(now_ms, tree.agency.timezone).date(),
        bundled=load_school_calendar(),
        address=address,
    )
