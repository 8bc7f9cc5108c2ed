"""`fsmobile schedule publish [DIR]`: hands a schedule folder to the registry, merged if need be."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fsmobile.cli.output import complain, say
from fsmobile.cli.schedule_conflicts import CONFLICTS, describe_pending
from fsmobile.cli.wiring import read_settings, sync_once, working_desk
from fsmobile.errors import Problem, RegistryUnreachable, Severity
from fsmobile.store.schedule_trees import find_outcome
from fsmobile.texts.problems import describe_problem
from fsmobile.texts.sentences import explain_error
from fsmobile.texts.translation import _, n_
from fsmobile.usecases.commune_notices import list_notices
from fsmobile.usecases.conflicts import PendingMerge
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.schedule_publishing import Publication, publish_schedule

STALE = 6
REJECTED = 2
UNREACHABLE = 7
ATTEMPTS = 5
"""Somebody else may publish each time; five times in one command, it is no chance any more."""

Attempt = Callable[[Desk], Publication | PendingMerge]
"""Prepares a publication on what this laptop knows now."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the folder and the reason."""
    parser.add_argument("folder", type=Path, nargs="?", default=Path("schedules"))
    parser.add_argument("--why", default="", help=_("raison, gardée dans l'historique"))


def run(arguments: Namespace) -> int:
    """Publish a folder; what others published meanwhile is merged in, in the same command."""
    return publish(arguments, lambda desk: publish_schedule(desk, arguments.folder, arguments.why))


def publish(arguments: Namespace, attempt: Attempt, attempts: int = ATTEMPTS) -> int:
    """Record a publication, hand it over if the registry answers, say what became of it."""
    for _attempt in range(attempts):
        with working_desk(arguments) as desk:
            prepared = attempt(desk)
            if isinstance(prepared, PendingMerge):
                for line in describe_pending(prepared, desk.names):
                    complain(line)
                return CONFLICTS
        _say_ready(prepared)
        try:
            sync_once(read_settings(arguments), why="publish")
        except RegistryUnreachable as error:
            complain(str(explain_error(error)))
            say(_("Elle partira au prochain envoi : fsmobile sync"))
            return UNREACHABLE
        with working_desk(arguments) as desk:
            code, detail = find_outcome(desk.replica, prepared.op_id) or ("", {})
            to_tell = len(list_notices(desk).to_tell) if code == "published" else 0
        if code == "published":
            return _say_published(prepared, to_tell)
        if code != "stale":
            return _say_rejected(detail)
        say(
            _(
                "Quelqu'un a publié avant vous : le registre en est à la révision {revision}."
            ).format(revision=detail.get("rev"))
        )
    complain(_("Rien n'est publié ni écrasé. Regardez cette révision, puis recommencez."))
    return STALE


def _say_ready(publication: Publication) -> None:
    if publication.merged_from is not None:
        say(
            _("Vos changements ont été réunis à la révision {base}, et le dossier aussi.").format(
                base=publication.base
            )
        )
    say(
        _("Révision {revision} prête : {files} fichiers, dont {changed} nouveaux.").format(
            revision=publication.revision, files=publication.files, changed=publication.changed
        )
    )


def _say_published(publication: Publication, to_tell: int) -> int:
    say(
        _("Publiée : révision {revision}. Les bus la reçoivent à leur prochain envoi.").format(
            revision=publication.revision
        )
    )
    if to_tell:
        told = n_("{n} commune à prévenir : fsmobile notice list",
                  "{n} communes à prévenir : fsmobile notice list", to_tell)  # fmt: skip
        say(told.format(n=to_tell))
    return 0


def _say_rejected(detail: dict[str, Any]) -> int:
    complain(_("Le registre a refusé le planning ; rien n'a été publié."))
    notices: list[dict[str, Any]] | None = detail.get("notices")
    for notice in [detail] if notices is None else notices:
        problem = Problem(
            code=str(notice.get("code")),
            severity=Severity.ERROR,
            file=notice.get("file"),
            line=notice.get("line"),
            params=notice.get("params") or {},
        )
        complain(f"  {describe_problem(problem)}")
    return REJECTED
