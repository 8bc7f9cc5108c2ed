"""`fsmobile passage list|arrive|open|close|leave|late|cancel|note|tally`: a day by command."""

from argparse import ArgumentParser, Namespace
from datetime import date, time
from typing import Any

from fsmobile.cli.arguments import Formatter, add_format, add_home, clock_time, iso_date
from fsmobile.cli.output import say, say_json, say_table
from fsmobile.cli.wiring import working_desk
from fsmobile.core.ids import PassageId, PlaceId
from fsmobile.core.passages import Passage, PassageReason
from fsmobile.errors import NotFound
from fsmobile.texts.dates import format_time
from fsmobile.texts.labels import label
from fsmobile.texts.translation import _
from fsmobile.usecases import passage_times, passages
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.passages import DayLine, find_passage, load_day


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the acts on passages."""
    acts = parser.add_subparsers(dest="act", required=True, metavar=_("ACTE"))
    listing = acts.add_parser("list", help=_("les passages du jour"), formatter_class=Formatter)
    opening = acts.add_parser("open", help=_("ouvre"), formatter_class=Formatter)
    closing = acts.add_parser("close", help=_("ferme"), formatter_class=Formatter)
    arriving = acts.add_parser("arrive", help=_("le bus est garé"), formatter_class=Formatter)
    leaving = acts.add_parser("leave", help=_("le bus repart"), formatter_class=Formatter)
    late = acts.add_parser("late", help=_("pourquoi en retard"), formatter_class=Formatter)
    cancel = acts.add_parser("cancel", help=_("annule"), formatter_class=Formatter)
    note = acts.add_parser("note", help=_("note une chose"), formatter_class=Formatter)
    tally = acts.add_parser("tally", help=_("compte à la porte"), formatter_class=Formatter)
    acting = (opening, closing, arriving, leaving, late, cancel, note, tally)
    for one in (listing, *acting):
        add_home(one)
        add_format(one, "text", "json")
        one.add_argument("--date", type=iso_date, help=_("jour du passage (sinon aujourd'hui)"))
    for one in acting:
        one.add_argument("passage", metavar=_("ARRÊT"), help=_("arrêt, lieu ou nom du passage"))
    opening.add_argument(
        "--unplanned", action="store_true", help=_("un lieu où rien n'était prévu")
    )
    closing.add_argument("--reason", choices=list(PassageReason), help=_("écourté, et pourquoi"))
    closing.add_argument(
        "--at", type=clock_time, metavar="HEURE", help=_("l'heure d'une fermeture oubliée : 12h15")
    )
    for one in (late, cancel):
        one.add_argument("--reason", choices=list(PassageReason), required=True)
    note.add_argument("text", metavar=_("TEXTE"))
    for name in ("met", "elsewhere", "turned-away"):
        tally.add_argument(f"--{name}", type=int, default=0)


def run(arguments: Namespace) -> int:
    """Do one act on passages."""
    with working_desk(arguments) as desk:
        day = arguments.date or desk.today()
        if arguments.act == "list":
            return _list(desk, day, arguments.format)
        if arguments.act == "open" and arguments.unplanned:
            known = {place.place_id for place in passages.list_places(desk)}
            if arguments.passage not in known:
                raise NotFound("place", arguments.passage)
            passage = passages.open_unplanned(desk, PlaceId(arguments.passage))
        else:
            is_opening = arguments.act == "open"
            passage_id = find_passage(desk, arguments.passage, day, is_opening=is_opening)
            passage = _act(desk, passage_id, arguments)
        _show(passage, arguments.format)
    return 0


def _act(desk: Desk, passage_id: PassageId, arguments: Namespace) -> Passage:
    match arguments.act:
        case "open":
            return passages.open_passage(desk, passage_id)
        case "close":
            reason = PassageReason(arguments.reason) if arguments.reason else None
            return passages.close_passage(desk, passage_id, reason=reason, at=arguments.at)
        case "arrive":
            return passage_times.arrive(desk, passage_id)
        case "leave":
            return passage_times.leave(desk, passage_id)
        case "late":
            return passage_times.explain_delay(desk, passage_id, PassageReason(arguments.reason))
        case "cancel":
            return passages.cancel_passage(desk, passage_id, PassageReason(arguments.reason))
        case "note":
            return passages.note_passage(desk, passage_id, arguments.text)
        case _:
            return passages.tally_passage(
                desk,
                passage_id,
                met=arguments.met,
                sent_elsewhere=arguments.elsewhere,
                turned_away=arguments.turned_away,
            )


def _list(desk: Desk, day: date, form: str) -> int:
    sheet = load_day(desk, day)
    if form == "json":
        say_json([_line_of(line) for line in sheet.lines])
        return 0
    if not sheet.lines:
        after = passages.next_day(desk, day)
        say(_("Aucun passage ce jour-là."))
        if after is not None:
            say(_("Prochain jour de passage : {day}.").format(day=after.isoformat()))
        return 0
    say_table(
        (_("Heures"), _("Lieu"), _("État"), _("Visites"), _("Passage")),
        [
            (
                _hours(line),
                line.name,
                label(line.passage.status),
                str(line.visits),
                line.passage_id,
            )
            for line in sheet.lines
        ],
    )
    return 0


def _hours(line: DayLine) -> str:
    if line.starts is None:
        return "" if line.period is None else str(line.period)
    ends = "" if line.ends is None else f"–{format_time(line.ends)}"
    return f"{format_time(line.starts)}{ends}"


def _show(passage: Passage, form: str) -> None:
    if form == "json":
        say_json(_state_of(passage))
    else:
        say(f"{passage.passage_id}  {label(passage.status)}")


def _line_of(line: DayLine) -> dict[str, Any]:
    return _state_of(line.passage) | {
        "place": line.place_id,
        "place_name": line.name,
        "starts": None if line.starts is None else line.starts.isoformat("minutes"),
        "ends": None if line.ends is None else line.ends.isoformat("minutes"),
        "planned": line.is_planned,
        "cancelled": line.is_cancelled,
        "visits": line.visits,
        "people": line.people,
        "received": line.is_received,
    }


def _state_of(passage: Passage) -> dict[str, Any]:
    return {
        "passage": passage.passage_id,
        "status": passage.status.value,
        "opened_at": _told(passage.opened_at),
        "closed_at": _told(passage.closed_at),
        "arrived_at": _told(passage.arrived_at),
        "left_at": _told(passage.left_at),
        "late_because": None if passage.delay_reason is None else passage.delay_reason.value,
        "reason": None if passage.reason is None else passage.reason.value,
        "openings": passage.openings,
        "met": passage.tally.met,
        "sent_elsewhere": passage.tally.sent_elsewhere,
        "turned_away": passage.tally.turned_away,
        "notes": list(passage.notes),
    }


def _told(at: time | None) -> str | None:
    return None if at is None else at.isoformat("minutes")
