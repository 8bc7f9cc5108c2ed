"""`fsmobile schedule revert REV`: publishes the timetable of an earlier revision again."""

from argparse import ArgumentParser, Namespace

from fsmobile.cli.schedule_publish import publish
from fsmobile.texts.translation import _
from fsmobile.usecases.schedule_history import revert_schedule


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the revision and the reason."""
    parser.add_argument("revision", type=int, metavar=_("RÉVISION"))
    parser.add_argument("--why", default="", help=_("raison, gardée dans l'historique"))


def run(arguments: Namespace) -> int:
    """Publish the old tree as a new revision; the history keeps what was in between."""
    why = arguments.why or _("retour à la révision {revision}").format(revision=arguments.revision)
    # Once: what others publish meanwhile is not undone before somebody has seen it.
    return publish(
        arguments, lambda desk: revert_schedule(desk, arguments.revision, why), attempts=1
    )
