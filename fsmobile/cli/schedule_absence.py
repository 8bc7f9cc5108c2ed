"""`fsmobile schedule absence …`: leave and training of agents, for coordinators only."""

from argparse import ArgumentParser, Namespace
from datetime import date

from fsmobile.cli.arguments import Formatter, add_format, add_home, iso_date
from fsmobile.cli.output import say, say_json, say_table
from fsmobile.cli.wiring import working_desk
from fsmobile.core.absences import Absence, AbsenceKind
from fsmobile.core.ids import AgentId
from fsmobile.texts.dates import format_day_short
from fsmobile.texts.labels import label
from fsmobile.texts.translation import _, mark
from fsmobile.usecases.absences import (
    AbsenceLine,
    list_absences,
    record_absence,
    withdraw_absence,
)
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.visits import agent_name

STEPS = {
    "list": mark("liste les absences à venir"),
    "add": mark("note une absence : elle part aux autres postes de coordination, jamais aux bus"),
    "withdraw": mark("retire une absence"),
}
SHORT_ID = 13
"""Characters of an id that are shown, and that are enough to name it."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what can be done with absences."""
    steps = parser.add_subparsers(dest="step", required=True, metavar=_("GESTE"))
    for name, summary in STEPS.items():
        step = steps.add_parser(
            name, help=_(summary), description=_(summary), formatter_class=Formatter
        )
        add_home(step)
        match name:
            case "add":
                step.add_argument("agent", metavar=_("AGENT"))
                step.add_argument("first", type=iso_date, metavar=_("DU"))
                step.add_argument("last", type=iso_date, nargs="?", metavar=_("AU"))
                kinds = [kind.value for kind in AbsenceKind]
                step.add_argument("--kind", choices=kinds, default=AbsenceKind.OTHER.value)
            case "withdraw":
                step.add_argument("absence", metavar=_("NUMÉRO"))
            case _:
                step.add_argument("--all", action="store_true", help=_("les passées aussi"))
                add_format(step, "text", "json")


def run(arguments: Namespace) -> int:
    """Do one thing with absences."""
    with working_desk(arguments) as desk:
        match arguments.step:
            case "add":
                line = record_absence(desk, _asked(arguments))
                say(_describe(desk, line))
            case "withdraw":
                line = withdraw_absence(desk, arguments.absence)
                say(_("Retirée : {absence}").format(absence=_describe(desk, line)))
            case _:
                since = date.min if arguments.all else desk.today()
                _list(desk, list_absences(desk, since), arguments.format)
    return 0


def _asked(arguments: Namespace) -> Absence:
    return Absence(
        who=AgentId(arguments.agent),
        first=arguments.first,
        last=arguments.last or arguments.first,
        kind=AbsenceKind(arguments.kind),
    )


def _describe(desk: Desk, line: AbsenceLine) -> str:
    one = line.absence
    days = format_day_short(one.first)
    if one.last != one.first:
        days += f" – {format_day_short(one.last)}"
    return f"{agent_name(desk, one.who)} · {days} · {label(one.kind)}"


def _list(desk: Desk, lines: list[AbsenceLine], format: str) -> None:
    if format == "json":
        say_json(
            [
                {
                    "id": line.absence_id,
                    "agent": line.absence.who,
                    "from": line.absence.first.isoformat(),
                    "to": line.absence.last.isoformat(),
                    "kind": line.absence.kind.value,
                    "received": line.is_received,
                }
                for line in lines
            ]
        )
        return
    if not lines:
        say(_("Aucune absence à venir."))
        return
    say_table(
        (_("numéro"), _("absence"), ""),
        [
            (
                line.absence_id[:SHORT_ID],
                _describe(desk, line),
                "" if line.is_received else _("pas encore reçue par le registre"),
            )
            for line in lines
        ],
    )
