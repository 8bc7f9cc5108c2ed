"""`fsmobile schedule publish [DIR]`: hands a schedule folder to the registry."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from fsmobile.cli.output import complain, say
from fsmobile.cli.wiring import read_settings, sync_once, working_desk
from fsmobile.errors import RegistryUnreachable
from fsmobile.texts.sentences import explain_error
from fsmobile.texts.translation import _
from fsmobile.usecases.schedule_publishing import (
    Publication,
    publish_schedule,
    remember_base,
)
from fsmobile.usecases.sync_status import list_refusals

STALE = 6
REJECTED = 2


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the folder and the reason."""
    parser.add_argument("folder", type=Path, nargs="?", default=Path("schedules"))
    parser.add_argument("--why", default="", help=_("raison, gardée dans l'historique"))


def run(arguments: Namespace) -> int:
    """Record the publication, hand it over at once if the registry answers, say what became."""
    with working_desk(arguments) as desk:
        publication = publish_schedule(desk, arguments.folder, arguments.why)
    say(
        _("Révision {revision} prête : {files} fichiers, dont {changed} nouveaux.").format(
            revision=publication.revision, files=publication.files, changed=publication.changed
        )
    )
    try:
        report = sync_once(read_settings(arguments), why="publish")
    except RegistryUnreachable as error:
        complain(str(explain_error(error)))
        say(_("Elle partira au prochain envoi : fsmobile sync"))
        return 7
    if report.published:
        return _published(arguments, publication)
    return _refused(arguments)


def _published(arguments: Namespace, publication: Publication) -> int:
    with working_desk(arguments) as desk:
        remember_base(desk, arguments.folder, publication.revision)
    say(
        _("Publiée : révision {revision}. Les bus la reçoivent à leur prochain envoi.").format(
            revision=publication.revision
        )
    )
    return 0


def _refused(arguments: Namespace) -> int:
    with working_desk(arguments) as desk:
        refusals = list_refusals(desk)
    _op, _kind, code, detail = refusals[-1]
    if code == "stale":
        complain(
            _(
                "Quelqu'un a publié avant vous : le registre en est à la révision {revision}."
                " Rien n'a été écrasé. Prenez-la (fsmobile schedule checkout), reportez vos"
                " changements, puis publiez."
            ).format(revision=detail.get("rev"))
        )
        return STALE
    complain(_("Le registre a refusé le planning ; rien n'a été publié."))
    for notice in detail.get("notices", [detail]):
        complain(f"  {notice.get('file') or ''} {notice.get('code')}")
    return REJECTED
