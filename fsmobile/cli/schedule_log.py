"""`fsmobile schedule log [FILE]`: the revisions, who published them, when and why."""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from typing import Any

from fsmobile.cli.arguments import add_format
from fsmobile.cli.output import say, say_json
from fsmobile.cli.schedule_conflicts import format_moment
from fsmobile.cli.wiring import working_desk
from fsmobile.protocol.records import ScheduleResolution
from fsmobile.texts.labels import agent_label
from fsmobile.texts.translation import _, mark
from fsmobile.usecases.schedule_history import RevisionLine, list_revisions

SIGNS: Mapping[str, str] = {"added": "+", "modified": "~", "removed": "-"}
_KEPT: Mapping[str, str] = {
    "mine": mark("{where} : gardé {mine}, au lieu de {theirs} ({name}, révision {revision})"),
    "theirs": mark("{where} : pris {theirs} ({name}, révision {revision}), au lieu de {mine}"),
    "value": mark(
        "{where} : mis {value}, au lieu de {mine} et de {theirs} ({name}, révision {revision})"
    ),
}


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the file and the format."""
    parser.add_argument(
        "file", nargs="?", metavar=_("FICHIER"), help=_("seulement ce qui l'a touché")
    )
    add_format(parser, "text", "json")


def run(arguments: Namespace) -> int:
    """List the history of the timetable, the newest revision first."""
    with working_desk(arguments) as desk:
        lines = list_revisions(desk, arguments.file)
        names = desk.names
    if arguments.format == "json":
        say_json([as_json(line) for line in lines])
    elif not lines:
        say(_("Aucune révision."))
    else:
        for line in lines:
            for text in describe_revision(line, names):
                say(text)
    return 0


def describe_revision(line: RevisionLine, names: Mapping[str, str]) -> list[str]:
    """Return a revision as lines: its author, its files, what was settled in it."""
    head = _("Révision {revision} · {at} · {name}").format(
        revision=line.revision,
        at=format_moment(line.at),
        name=agent_label(names, line.author),
    )
    lines = [f"{head} · {line.why}" if line.why else head]
    lines += [f"  {SIGNS[change.change]} {change.path}" for change in line.changes]
    lines += [f"  ! {_describe_resolution(one, names)}" for one in line.resolved]
    return lines


def as_json(line: RevisionLine) -> dict[str, Any]:
    """Return a revision for programs."""
    return {
        "revision": line.revision,
        "author": line.author,
        "at": line.at.isoformat(timespec="seconds"),
        "why": line.why,
        "changes": [{"path": one.path, "change": one.change} for one in line.changes],
        "resolved": [
            {
                "file": one.file,
                "key": one.key,
                "kept": one.kept,
                "mine": one.mine,
                "theirs": one.theirs,
                "value": one.value,
                "theirs_revision": one.revision,
                "theirs_by": one.author,
            }
            for one in line.resolved
        ],
    }


def _describe_resolution(one: ScheduleResolution, names: Mapping[str, str]) -> str:
    if not one.key:
        side = _("son côté") if one.kept == "mine" else _("l'autre côté")
        return _("{file} : gardé en entier, {side} (face à {name}, révision {revision})").format(
            file=one.file,
            side=side,
            name=agent_label(names, one.author),
            revision=one.revision,
        )
    template = _KEPT.get(one.kept, _KEPT["value"])
    return _(template).format(
        where=f"{one.file} {one.key}",
        mine=one.mine or _("absent"),
        theirs=one.theirs or _("absent"),
        value=one.value or _("absent"),
        name=agent_label(names, one.author),
        revision=one.revision,
    )
