"""`fsmobile schedule acknowledge`: a warning that was read, and is accepted until a day."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from fsmobile.cli.arguments import iso_date
from fsmobile.cli.output import say
from fsmobile.cli.schedule_check import day_asked
from fsmobile.texts.dates import format_day
from fsmobile.texts.translation import _
from fsmobile.usecases.schedule_acknowledgements import acknowledge
from fsmobile.usecases.schedules import load_schedule_folders


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the schedule, the notice as the check gives it, until when and why."""
    parser.add_argument("folder", type=Path, metavar=_("DOSSIER"), help=_("un planning"))
    parser.add_argument(
        "code", metavar=_("CODE"), help=_("celui du contrôle : parity_break_week53")
    )
    parser.add_argument(
        "subject",
        metavar=_("ID"),
        nargs="?",
        help=_("ce qui est en cause, comme le contrôle le dit (--format json) ; sinon tous"),
    )
    parser.add_argument(
        "--until", type=iso_date, required=True, metavar=_("JOUR"), help=_("dernier jour accepté")
    )
    parser.add_argument("--why", required=True, metavar=_("TEXTE"), help=_("pourquoi"))
    parser.add_argument("--date", type=iso_date, metavar=_("JOUR"),
                        help=_("contrôle comme si on était ce jour-là"))  # fmt: skip


def run(arguments: Namespace) -> int:
    """Write what is accepted; an error cannot be."""
    (folder,) = load_schedule_folders(arguments.folder)[:1]
    today = day_asked(arguments, folder)
    accepted = acknowledge(
        folder, arguments.code, arguments.subject, until=arguments.until, why=arguments.why,
        today=today,
    )  # fmt: skip
    for subject in accepted:
        say(
            _("Accepté jusqu'au {day} : {code} {id}").format(
                day=format_day(arguments.until), code=arguments.code, id=subject
            )
        )
    return 0
