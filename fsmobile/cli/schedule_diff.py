"""`fsmobile schedule diff [REV] [REV|DIR]`: what differs, line by line."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from fsmobile.cli.arguments import add_format
from fsmobile.cli.output import say, say_json
from fsmobile.cli.wiring import working_desk
from fsmobile.texts.translation import _
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.schedule_history import FileChange, diff_last, diff_revisions


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the two sides and the format."""
    parser.add_argument(
        "before",
        nargs="?",
        metavar=_("RÉVISION"),
        help=_("une révision, ou un dossier à comparer à la dernière ; sinon la dernière publiée"),
    )
    parser.add_argument(
        "after",
        nargs="?",
        metavar=_("RÉVISION_OU_DOSSIER"),
        help=_("sinon la dernière révision"),
    )
    add_format(parser, "text", "json")


def run(arguments: Namespace) -> int:
    """Compare two trees; without an argument, the last revision with the one before."""
    with working_desk(arguments) as desk:
        changes = _compare(desk, arguments.before, arguments.after)
    if arguments.format == "json":
        say_json(
            [
                {"path": one.path, "change": one.change, "diff": "\n".join(one.lines)}
                for one in changes
            ]
        )
    elif not changes:
        say(_("Aucune différence."))
    else:
        for one in changes:
            for line in one.lines:
                say(line)
    return 0


def _compare(desk: Desk, before: str | None, after: str | None) -> list[FileChange]:
    if before is None:
        return diff_last(desk)
    first = _side(before)
    if isinstance(first, Path):
        return diff_revisions(desk, None, first)
    return diff_revisions(desk, first, None if after is None else _side(after))


def _side(word: str) -> int | Path:
    """Read a revision's number, or else a folder."""
    return int(word) if word.isdigit() else Path(word)
