"""`fsmobile schedule format`: files in canonical order and layout, comments kept."""

from argparse import ArgumentParser, Namespace

from fsmobile.cli.arguments import add_schedule_folder
from fsmobile.cli.output import complain, say
from fsmobile.cli.wiring import read_settings
from fsmobile.texts.problems import describe_problem
from fsmobile.texts.translation import _, n_
from fsmobile.usecases.schedule_layout import format_folders

WOULD_CHANGE, UNREADABLE = 1, 2
"""Exit codes: with `--check`, a file is written otherwise; a file cannot be read."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the folder, and the question without an answer written."""
    add_schedule_folder(parser)
    parser.add_argument(
        "--check", action="store_true", help=_("dit ce qui changerait, sans rien écrire")
    )


def run(arguments: Namespace) -> int:
    """Write the files that are laid out otherwise, and name them."""
    read_settings(arguments)
    done = format_folders(arguments.folder, write=not arguments.check)
    changed = unread = 0
    for one in done:
        for name in one.changed:
            say(f"{one.folder / name}")
        for problem in one.problems:
            complain(describe_problem(problem))
        changed += len(one.changed)
        unread += len(one.problems)
    if arguments.check:
        say(n_("{n} fichier serait remis en forme.", "{n} fichiers seraient remis en forme.",
               changed).format(n=changed))  # fmt: skip
    else:
        say(n_("{n} fichier remis en forme.", "{n} fichiers remis en forme.", changed)
            .format(n=changed))  # fmt: skip
    if unread:
        return UNREADABLE
    return WOULD_CHANGE if arguments.check and changed else 0
