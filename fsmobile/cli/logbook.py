"""`fsmobile logbook list|write|incident|message|close|read`: what crews leave to the next."""

from argparse import ArgumentParser, Namespace
from typing import Any

from fsmobile.cli.arguments import Formatter, add_format, add_home
from fsmobile.cli.output import say, say_json, say_table
from fsmobile.cli.wiring import working_desk
from fsmobile.core.ids import PassageId, PlaceId
from fsmobile.core.logbook import SHEET, EntryKind, IncidentCause, LogEntry
from fsmobile.errors import NotFound
from fsmobile.texts.dates import format_date
from fsmobile.texts.labels import label
from fsmobile.texts.translation import _, n_
from fsmobile.usecases import logbook
from fsmobile.usecases.day_news import acknowledge, load_day_news
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.logbook import LogLine
from fsmobile.usecases.passages import find_passage, list_places
from fsmobile.usecases.schedule_names import place_name
from fsmobile.usecases.visits import agent_name

SHORT_ID = 8


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the acts on the logbook."""
    acts = parser.add_subparsers(dest="act", required=True, metavar=_("ACTE"))
    listing = acts.add_parser("list", help=_("les pages ouvertes"), formatter_class=Formatter)
    writing = acts.add_parser("write", help=_("laisse un mot"), formatter_class=Formatter)
    incident = acts.add_parser("incident", help=_("note un incident"), formatter_class=Formatter)
    message = acts.add_parser(
        "message", help=_("écrit aux équipages (coordination)"), formatter_class=Formatter
    )
    closing = acts.add_parser("close", help=_("clôt une page"), formatter_class=Formatter)
    reading = acts.add_parser(
        "read", help=_("dit à la coordination que les nouvelles sont lues"),
        formatter_class=Formatter,
    )  # fmt: skip
    for one in (listing, writing, incident):
        one.add_argument("--place", metavar=_("LIEU"), help=_("un arrêt (sinon le bus)"))
    listing.add_argument("--closed", action="store_true", help=_("les dernières réglées"))
    writing.add_argument("--sheet", choices=list(SHEET), help=_("compléter la fiche de l'arrêt"))
    incident.add_argument("cause", choices=list(IncidentCause))
    incident.add_argument(
        "--cancel", metavar=_("ARRÊT"), help=_("proposer d'annuler ce passage d'aujourd'hui")
    )
    message.add_argument("--unit", metavar="BUS", help=_("un seul bus (sinon tous)"))
    closing.add_argument("entry", metavar="PAGE", help=_("la fin de son identifiant"))
    for one in (writing, message):
        one.add_argument("text", metavar=_("TEXTE"))
    for one in (incident, closing):
        one.add_argument("text", metavar=_("TEXTE"), nargs="?", default="")
    for one in (listing, writing, incident, message, closing, reading):
        add_home(one)
        add_format(one, "text", "json")


def run(arguments: Namespace) -> int:
    """Do one act on the logbook."""
    with working_desk(arguments) as desk:
        match arguments.act:
            case "list":
                _list(desk, arguments)
            case "close":
                entry_id = logbook.find_entry(desk, arguments.entry).entry_id
                logbook.close_entry(desk, entry_id, arguments.text)
                say(_("Réglé : la page est close"))
            case "read":
                _read(desk)
            case _:
                entry_id = logbook.write_entry(desk, _entry(desk, arguments))
                is_json = arguments.format == "json"
                say_json({"entry": entry_id}) if is_json else say(entry_id)
    return 0


def _entry(desk: Desk, arguments: Namespace) -> LogEntry:
    match arguments.act:
        case "message":
            unit = None if arguments.unit is None else logbook.find_unit(desk, arguments.unit)
            return LogEntry(kind=EntryKind.MESSAGE, text=arguments.text, unit=unit)
        case "incident":
            cancels: PassageId | None = None
            if arguments.cancel is not None:
                cancels = find_passage(desk, arguments.cancel, desk.today())
            return LogEntry(
                kind=EntryKind.INCIDENT,
                text=arguments.text,
                place_id=_place(desk, arguments.place),
                cause=IncidentCause(arguments.cause),
                cancels=cancels,
            )
        case _:
            kind = EntryKind.NOTE if arguments.sheet is None else EntryKind(arguments.sheet)
            place_id = _place(desk, arguments.place)
            return LogEntry(kind=kind, text=arguments.text, place_id=place_id)


def _place(desk: Desk, text: str | None) -> PlaceId | None:
    if text is None:
        return None
    if text not in {place.place_id for place in list_places(desk)}:
        raise NotFound("place", text)
    return PlaceId(text)


def _list(desk: Desk, arguments: Namespace) -> None:
    place_id = _place(desk, arguments.place)
    if arguments.closed:
        lines = logbook.list_closed(desk)
    else:
        lines = [*logbook.list_messages(desk), *logbook.list_logbook(desk, place_id)]
        if place_id is not None:
            lines += logbook.read_sheet(desk, place_id).values()
    if arguments.format == "json":
        say_json([_described(line) for line in lines])
        return
    if not lines:
        say(_("Aucun équipage n'a rien laissé au suivant."))
        return
    say_table(
        (_("Page"), _("Sujet"), _("Lieu"), _("Texte"), _("De"), _("Le")),
        [_row(desk, line) for line in lines],
    )


def _row(desk: Desk, line: LogLine) -> tuple[str, ...]:
    entry = line.state.entry
    cause = "" if entry.cause is None else label(entry.cause)
    text = " · ".join(filter(None, (cause, entry.text, line.state.ending)))
    return (
        line.state.entry_id[-SHORT_ID:],
        label(entry.kind),
        "" if entry.place_id is None else place_name(desk, entry.place_id),
        text,
        agent_name(desk, line.state.agent_id),
        format_date(line.written_at.date()),
    )


def _described(line: LogLine) -> dict[str, Any]:
    state = line.state
    return {
        "entry": state.entry_id,
        "kind": state.entry.kind.value,
        "text": state.entry.text,
        "place": state.entry.place_id,
        "cause": state.entry.cause,
        "cancels": state.entry.cancels,
        "unit": state.entry.unit,
        "agent": state.agent_id,
        "written_at": line.written_at.isoformat(timespec="minutes"),
        "open": state.is_open,
        "ending": state.ending,
        "readers": [
            {"agent": agent, "unit": unit, "at": at.isoformat(timespec="minutes")}
            for agent, unit, at in line.readers
        ],
    }


def _read(desk: Desk) -> None:
    news = load_day_news(desk)
    told = [line.state.entry.text for line in news.messages]
    told += [] if news.timetable is None else list(news.timetable.changes)
    for text in told:
        say(f"- {text}")
    acknowledge(desk, news)
    read = n_("{n} nouvelle lue", "{n} nouvelles lues", len(told)).format(n=len(told))
    say(read if told else _("Rien de nouveau à lire"))
