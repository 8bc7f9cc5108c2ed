"""`fsmobile print day|next|slip`: papers of the bus, as pages that any browser prints."""

import webbrowser
from argparse import ArgumentParser, Namespace
from pathlib import Path

from fsmobile.cli.arguments import Formatter, add_home, iso_date
from fsmobile.cli.files import give_file
from fsmobile.cli.output import say
from fsmobile.cli.wiring import working_desk
from fsmobile.core.ids import PlaceId
from fsmobile.core.privacy import refuse_forbidden_numbers
from fsmobile.errors import NotFound
from fsmobile.texts.translation import _
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.papers import make_day_sheet, make_next_time_list, make_slip


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the papers."""
    papers = parser.add_subparsers(dest="paper", required=True, metavar=_("PAPIER"))
    day = papers.add_parser(
        "day", help=_("la feuille du jour, à remplir à la main"), formatter_class=Formatter
    )
    day.add_argument("--date", type=iso_date, help=_("un jour (sinon aujourd'hui)"))
    coming = papers.add_parser(
        "next", help=_("ce qui est à faire aux passages à venir"), formatter_class=Formatter
    )
    slip = papers.add_parser(
        "slip", help=_("le papier que la personne emporte"), formatter_class=Formatter
    )
    slip.add_argument("place", metavar=_("LIEU"))
    slip.add_argument(
        "--paper",
        dest="to_bring",
        action="append",
        default=[],
        metavar=_("PIÈCE"),
        help=_("à apporter"),
    )
    for one in (day, coming, slip):
        add_home(one)
        one.add_argument("--to", type=Path, metavar=_("FICHIER"), help=_("où l'écrire"))
        one.add_argument("--show", action="store_true", help=_("l'ouvrir pour l'imprimer"))


def run(arguments: Namespace) -> int:
    """Write one paper, say where, and open it if asked."""
    with working_desk(arguments) as desk:
        page = _make(desk, arguments)
        folder = desk.replica.folder()
    path = arguments.to or folder / f"{arguments.paper}.html"
    give_file(page.encode("utf-8"), path.absolute())
    if arguments.show and not webbrowser.open(path.absolute().as_uri()):
        say(_("Aucun navigateur ne s'ouvre d'ici : ouvrez ce fichier, puis imprimez-le."))
    return 0


def _make(desk: Desk, arguments: Namespace) -> str:
    match arguments.paper:
        case "day":
            return make_day_sheet(desk, arguments.date or desk.today())
        case "next":
            return make_next_time_list(desk)
        case _:
            if desk.tree is not None and arguments.place not in desk.tree.places:
                raise NotFound("place", arguments.place)
            for text in arguments.to_bring:
                refuse_forbidden_numbers(text, "note")
            return make_slip(desk, PlaceId(arguments.place), tuple(arguments.to_bring))
