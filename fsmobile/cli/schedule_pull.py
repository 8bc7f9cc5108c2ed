"""`fsmobile schedule pull [DIR]`: brings what others published into a folder."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from fsmobile.cli.output import complain, say
from fsmobile.cli.schedule_conflicts import CONFLICTS, describe_pending
from fsmobile.cli.wiring import read_settings, sync_once, working_desk
from fsmobile.errors import RegistryUnreachable
from fsmobile.texts.problems import describe_problem
from fsmobile.texts.sentences import explain_error
from fsmobile.texts.translation import _, n_
from fsmobile.usecases.conflicts import PendingMerge
from fsmobile.usecases.schedule_publishing import pull_schedule


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the folder."""
    parser.add_argument("folder", type=Path, nargs="?", default=Path("schedules"))


def run(arguments: Namespace) -> int:
    """Fetch if the registry answers, then merge into the folder what is known here."""
    try:
        sync_once(read_settings(arguments), why="pull")
    except RegistryUnreachable as error:
        complain(str(explain_error(error)))
    with working_desk(arguments) as desk:
        pulled = pull_schedule(desk, arguments.folder)
        if isinstance(pulled, PendingMerge):
            for line in describe_pending(pulled, desk.names):
                complain(line)
            return CONFLICTS
    count = n_("{n} fichier changé", "{n} fichiers changés", pulled.written)
    say(
        _("{folder} est à jour de la révision {revision} : {count}.").format(
            folder=arguments.folder,
            revision=pulled.revision,
            count=count.format(n=pulled.written),
        )
    )
    if pulled.refusals:
        complain(_("À corriger avant de publier :"))
    for problem in pulled.refusals:
        complain(f"  {describe_problem(problem)}")
    return 0
