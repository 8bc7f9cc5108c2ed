"""`fsmobile schedule checkout DIR`: writes the published timetable out as files."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from fsmobile.cli.output import say
from fsmobile.cli.wiring import working_desk
from fsmobile.texts.translation import _
from fsmobile.usecases.schedule_checkouts import checkout_schedule


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the folder to write."""
    parser.add_argument("folder", type=Path, metavar=_("DOSSIER"))


def run(arguments: Namespace) -> int:
    """Write the files; the folder remembers which revision it holds."""
    with working_desk(arguments) as desk:
        revision = checkout_schedule(desk, arguments.folder)
    say(
        _("Révision {revision} écrite dans {folder}.").format(
            revision=revision, folder=arguments.folder
        )
    )
    return 0
