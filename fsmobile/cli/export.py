"""`fsmobile export`: visits or passages as lines, for a spreadsheet or for the Coop."""

from argparse import ArgumentParser, Namespace

from fsmobile.cli.arguments import add_format
from fsmobile.cli.files import add_output, give_file
from fsmobile.cli.output import complain
from fsmobile.cli.report import add_period, chosen_period
from fsmobile.cli.wiring import working_desk
from fsmobile.texts.translation import _
from fsmobile.usecases.exported_files import Form
from fsmobile.usecases.visit_exports import COOP, PASSAGES, export_visits


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the period, the columns and the form."""
    add_period(parser)
    parser.add_argument(
        "--coop", action="store_true", help=_("colonnes de la Coop de la médiation numérique")
    )
    parser.add_argument(
        "--passages",
        action="store_true",
        help=_("les passages, prévus et tenus, au lieu des visites"),
    )
    parser.add_argument(
        "--complete",
        action="store_true",
        help=_("avec l'âge, la résidence, les notes… : pour reprendre ses propres données"),
    )
    add_format(parser, *Form)
    add_output(parser)


def run(arguments: Namespace) -> int:
    """Write one file."""
    with working_desk(arguments) as desk:
        data = export_visits(
            desk,
            chosen_period(arguments, desk),
            Form(arguments.format),
            is_complete=arguments.complete,
            shape=PASSAGES if arguments.passages else COOP if arguments.coop else "",
        )
        if arguments.complete:
            complain(_("Ces colonnes peuvent désigner une personne : gardez ce fichier pour vous."))
        give_file(data, arguments.output)
    return 0
