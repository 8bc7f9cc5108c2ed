"""`fsmobile schedule conflicts`: what two coordinators changed, with both values."""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fsmobile.cli.arguments import add_format
from fsmobile.cli.output import say, say_json
from fsmobile.cli.wiring import working_desk
from fsmobile.core.documents import Value
from fsmobile.formats.toml_editing import format_toml_value
from fsmobile.store.schedule_merges import Kept
from fsmobile.texts.dates import format_numeric_day, format_time
from fsmobile.texts.labels import agent_label
from fsmobile.texts.problems import describe_problem, explain_problem
from fsmobile.texts.translation import _, n_
from fsmobile.usecases.conflicts import ConflictView, PendingMerge, forget_conflicts, load_conflicts

CONFLICTS = 6
"""Exit code while something waits for a person; that of `ChangedMeanwhile`."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the format, and the way out."""
    parser.add_argument(
        "--forget",
        action="store_true",
        help=_("oublie les choix faits ; le dossier reste tel quel"),
    )
    add_format(parser, "text", "json")


def run(arguments: Namespace) -> int:
    """Show what waits; exit 6 while something does."""
    with working_desk(arguments) as desk:
        if arguments.forget:
            forget_conflicts(desk)
        pending = load_conflicts(desk)
        names = desk.names
    if arguments.format == "json":
        say_json(None if pending is None else as_json(pending))
    elif pending is None:
        say(_("Aucun conflit ne vous attend."))
    else:
        for line in describe_pending(pending, names):
            say(line)
    return 0 if pending is None else CONFLICTS


def describe_pending(pending: PendingMerge, names: Mapping[str, str]) -> list[str]:
    """Return a merge that waits as lines: each conflict, what the rules refuse, what to type."""
    lines = [_describe_state(pending)]
    for view in pending.conflicts:
        lines += ["", *_describe_conflict(view, pending, names)]
    if pending.refusals:
        lines += ["", *(f"  {describe_problem(problem)}" for problem in pending.refusals)]
        lines.append(_("Fichiers qui diffèrent : {files}").format(files=_list(pending)))
        lines.append(
            _(
                "Changez vos fichiers et publiez, ou gardez d'un fichier un seul côté :"
                " fsmobile schedule settle FICHIER --mine ou --theirs"
            )
        )
    elif pending.open:
        lines.append("")
        lines.append(
            _("Régler : fsmobile schedule settle FICHIER CLÉ --mine, --theirs ou --value VALEUR")
        )
    lines.append(_("Puis : fsmobile schedule publish {folder}").format(folder=pending.folder))
    return lines


def as_json(pending: PendingMerge) -> dict[str, Any]:
    """Return a merge that waits, for programs; values are written as in TOML."""
    return {
        "folder": pending.folder,
        "base": pending.base,
        "revision": pending.theirs,
        "read_at": pending.mine_at.isoformat(timespec="seconds"),
        "open": len(pending.open),
        "conflicts": [
            {
                "file": view.conflict.file,
                "key": view.conflict.key,
                "base": _toml(view.conflict.base),
                "mine": _toml(view.conflict.mine),
                "theirs": _toml(view.conflict.theirs),
                "theirs_by": view.theirs.author,
                "theirs_at": view.theirs.at.isoformat(timespec="seconds"),
                "theirs_revision": view.theirs.revision,
                "theirs_why": view.theirs.why,
                "settled": None if view.settlement is None else view.settlement.kept,
                "value": None if view.settlement is None else view.settlement.value,
            }
            for view in pending.conflicts
        ],
        "refusals": [
            {
                "code": problem.code,
                "file": problem.file,
                "line": problem.line,
                "sentence": explain_problem(problem),
            }
            for problem in pending.refusals
        ],
        "differing_files": list(pending.both_changed),
    }


def format_moment(moment: datetime) -> str:
    """Return `24/11/2026 09:20`."""
    return f"{format_numeric_day(moment.date())} {format_time(moment.time())}"


def _describe_state(pending: PendingMerge) -> str:
    count = len(pending.open)
    if count:
        head = n_(
            "{n} conflit entre {folder} et la révision {revision}. Rien n'est publié ni écrasé.",
            "{n} conflits entre {folder} et la révision {revision}. Rien n'est publié ni écrasé.",
            count,
        )
    elif pending.refusals:
        head = _(
            "{folder} et la révision {revision} ne vont pas ensemble, bien qu'aucune valeur ne se"
            " heurte. Rien n'est publié ni écrasé."
        )
    else:
        head = _("Tout est réglé entre {folder} et la révision {revision}.")
    return head.format(n=count, folder=pending.folder, revision=pending.theirs)


def _describe_conflict(
    view: ConflictView, pending: PendingMerge, names: Mapping[str, str]
) -> list[str]:
    conflict, edit = view.conflict, view.theirs
    why = f", « {edit.why} »" if edit.why else ""
    theirs = _("{name}, révision {revision}, {at}{why}").format(
        name=agent_label(names, edit.author),
        revision=edit.revision,
        at=format_moment(edit.at),
        why=why,
    )
    mine = _("vous, dossier lu le {at}").format(at=format_moment(pending.mine_at))
    lines = [
        f"{conflict.file} {conflict.key}".rstrip(),
        _("  avant : {value}").format(value=_shown(view, conflict.base)),
        _("  --mine : {value} ({who})").format(value=_shown(view, conflict.mine), who=mine),
        _("  --theirs : {value} ({who})").format(value=_shown(view, conflict.theirs), who=theirs),
    ]
    if view.settlement is not None:
        kept = view.settlement.kept
        value = view.settlement.value if kept is Kept.VALUE else f"--{kept}"
        lines.append(_("  réglé : {value}").format(value=value))
    return lines


def _shown(view: ConflictView, value: Value) -> str:
    if value is None:
        return _("absent")
    return format_toml_value(value) if view.conflict.key else _("le fichier entier")


def _toml(value: Value) -> str | None:
    return None if value is None else format_toml_value(value)


def _list(pending: PendingMerge) -> str:
    return ", ".join(pending.both_changed)
