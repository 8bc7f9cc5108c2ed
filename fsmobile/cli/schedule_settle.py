"""`fsmobile schedule settle FILE [KEY]`: chooses the value of a conflict, on this machine."""

from argparse import ArgumentParser, Namespace

from fsmobile.cli.output import say
from fsmobile.cli.schedule_conflicts import describe_pending
from fsmobile.cli.wiring import working_desk
from fsmobile.store.schedule_merges import Kept
from fsmobile.texts.translation import _
from fsmobile.usecases.conflicts import settle_conflict


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what is settled, and how."""
    parser.add_argument("file", metavar=_("FICHIER"), help=_("tel que le montre « conflicts »"))
    parser.add_argument(
        "key", nargs="?", default="", metavar=_("CLÉ"), help=_("sinon le fichier entier")
    )
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--mine", action="store_true", help=_("garde votre valeur"))
    choice.add_argument("--theirs", action="store_true", help=_("garde la valeur publiée"))
    choice.add_argument("--value", metavar=_("VALEUR"), help=_("écrit une troisième valeur"))


def run(arguments: Namespace) -> int:
    """Settle one conflict and show what is left; publishing is another command."""
    kept = Kept.MINE if arguments.mine else Kept.THEIRS
    if arguments.value is not None:
        kept = Kept.VALUE
    with working_desk(arguments) as desk:
        pending = settle_conflict(desk, arguments.file, arguments.key, kept, arguments.value)
        for line in describe_pending(pending, desk.names):
            say(line)
    return 0
