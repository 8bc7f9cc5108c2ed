"""`fsmobile appointment list|slots|book|move|tell|cancel|presence`: hours at coming passages."""

from argparse import ArgumentParser, Namespace
from datetime import date

from fsmobile.cli.arguments import Formatter, add_format, add_home, clock_time, iso_date
from fsmobile.cli.output import say, say_json, say_table
from fsmobile.cli.wiring import working_desk
from fsmobile.core.appointments import Appointment, Presence
from fsmobile.core.ids import AppointmentId, PassageId, ProcedureId
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.errors import InvalidInput, NotFound
from fsmobile.texts.appointment_words import describe_changes, describe_next
from fsmobile.texts.dates import format_time
from fsmobile.texts.labels import label
from fsmobile.texts.translation import _
from fsmobile.usecases import appointments
from fsmobile.usecases.appointments import SLOT_MINUTES, AppointmentLine, ExpectedAppointment
from fsmobile.usecases.desk import Desk

SHORT_ID = 8


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the acts on appointments."""
    acts = parser.add_subparsers(dest="act", required=True, metavar=_("ACTE"))
    named = _("identifiant du rendez-vous, ou sa fin, que montre « appointment list »")
    listing = acts.add_parser("list", help=_("liste les rendez-vous"), formatter_class=Formatter)
    slots = acts.add_parser("slots", help=_("les heures libres"), formatter_class=Formatter)
    book = acts.add_parser("book", help=_("donne un rendez-vous"), formatter_class=Formatter)
    move = acts.add_parser("move", help=_("change l'heure"), formatter_class=Formatter)
    tell = acts.add_parser(
        "tell", help=_("la personne sait où et quand"), formatter_class=Formatter
    )
    cancel = acts.add_parser("cancel", help=_("annule"), formatter_class=Formatter)
    presence = acts.add_parser("presence", help=_("dit qui est venu"), formatter_class=Formatter)
    listing.add_argument(
        "--to-tell", action="store_true", help=_("ceux dont le passage a changé seulement")
    )
    for one in (move, tell, cancel, presence):
        one.add_argument("appointment", metavar=_("RENDEZ-VOUS"), help=named)
    for one in (slots, book, move):
        one.add_argument("stop", metavar=_("ARRÊT"), help=_("arrêt ou lieu"))
        one.add_argument("--date", type=iso_date, help=_("jour (sinon le prochain passage)"))
    for one in (book, move):
        one.add_argument("--at", type=clock_time, metavar="HH:MM", required=True)
    book.add_argument("--minutes", type=int, default=SLOT_MINUTES)
    book.add_argument("--procedure", metavar="CODE")
    book.add_argument("--note", default="", help=_("ce qu'il faut apporter ; jamais de nom"))
    book.add_argument("--transport", action="store_true", help=_("la personne ne peut pas venir"))
    cancel.add_argument("--by-service", action="store_true", help=_("par le service"))
    presence.add_argument("presence", choices=list(Presence))
    for one in (listing, slots, book, move, tell, cancel, presence):
        add_home(one)
        add_format(one, "text", "json")


def run(arguments: Namespace) -> int:
    """Do one act on appointments."""
    with working_desk(arguments) as desk:
        match arguments.act:
            case "list":
                _list(desk, arguments)
            case "slots":
                _slots(desk, arguments)
            case "book":
                booked = _book(desk, arguments)
                _show(desk, booked, arguments.format)
            case _:
                chosen = _find(desk, arguments.appointment)
                _act(desk, chosen, arguments)
                _show(desk, chosen, arguments.format)
    return 0


def _act(desk: Desk, chosen: AppointmentId, arguments: Namespace) -> None:
    match arguments.act:
        case "move":
            passage = _passage(desk, arguments.stop, arguments.date)
            appointments.move_appointment(desk, chosen, passage.passage_id, arguments.at)
        case "tell":
            appointments.tell_appointment(desk, chosen)
        case "cancel":
            appointments.cancel_appointment(desk, chosen, by_the_service=arguments.by_service)
        case _:
            appointments.note_presence(desk, chosen, Presence(arguments.presence))


def _book(desk: Desk, arguments: Namespace) -> AppointmentId:
    code = arguments.procedure
    if code is not None and code not in desk.catalogue.procedures:
        raise NotFound("procedure", code, known="")
    passage = _passage(desk, arguments.stop, arguments.date)
    return appointments.book_appointment(
        desk,
        Appointment(
            passage_id=passage.passage_id,
            starts=arguments.at,
            minutes=arguments.minutes,
            procedure=None if code is None else ProcedureId(code),
            note=arguments.note,
            needs_transport=arguments.transport,
        ),
    )


def _passage(desk: Desk, stop: str, day: date | None) -> PlannedPassage:
    """Return the next passage at a stop or place, or that of a day."""
    coming = [one for one in appointments.coming_passages(desk) if day in (None, one.service_date)]
    for one in coming:
        if stop in (one.stop_id, one.place_id):
            return one
    shown = desk.today() if day is None else day
    if coming:
        known = ", ".join(dict.fromkeys(str(one.place_id) for one in coming))
        raise InvalidInput("passage_not_ahead", value=stop, known=known)
    raise InvalidInput("no_stop_planned", value=stop, day=shown.isoformat())


def _slots(desk: Desk, arguments: Namespace) -> None:
    passage = _passage(desk, arguments.stop, arguments.date)
    free = [at.isoformat("minutes") for at in appointments.free_slots(desk, passage)]
    if arguments.format == "json":
        say_json({"date": passage.service_date.isoformat(), "slots": free})
    else:
        say(f"{passage.service_date.isoformat()}  {' '.join(free) or _('aucune heure libre')}")


def _list(desk: Desk, arguments: Namespace) -> None:
    changed = {one.line.state.appointment_id: one for one in appointments.list_to_tell(desk)}
    lines = [
        line
        for line in appointments.list_appointments(desk)
        if line.state.appointment_id in changed or not arguments.to_tell
    ]
    if arguments.format == "json":
        say_json(
            [_described(line) | _change(changed.get(line.state.appointment_id)) for line in lines]
        )
        return
    if not lines:
        say(_("Aucun rendez-vous."))
        return
    say_table(
        (_("Passage"), _("Heure"), _("État"), _("Reçu"), _("Nom")),
        [
            (
                line.state.appointment.passage_id,
                format_time(line.state.appointment.starts),
                _state(desk, line, changed.get(line.state.appointment_id)),
                "✓" if line.is_received else _("à env."),
                line.state.appointment_id[-SHORT_ID:],
            )
            for line in lines
        ],
    )


def _state(desk: Desk, line: AppointmentLine, changed: ExpectedAppointment | None) -> str:
    """Say how an appointment stands, and what its person has to be told."""
    told = [label(line.state.presence)]
    if line.is_double:
        told.append(_("deux fois"))
    if changed is not None:
        places = {} if desk.tree is None else desk.tree.places
        place = places.get(changed.place_id) if changed.place_id is not None else None
        name = changed.place_id or "" if place is None else place.name
        appointment = line.state.appointment
        told.append(describe_changes(changed.changes, appointment.told_day, name))
        told.append(describe_next(changed.next_passages))
    return " ! ".join(told)


def _change(changed: ExpectedAppointment | None) -> dict[str, object]:
    if changed is None:
        return {"changes": [], "day": None, "next": []}
    return {
        "changes": sorted(changed.changes),
        "day": changed.day.isoformat(),
        "next": [one.service_date.isoformat() for one in changed.next_passages],
    }


def _show(desk: Desk, appointment_id: AppointmentId, form: str) -> None:
    (line,) = (
        one
        for one in appointments.list_appointments(desk)
        if one.state.appointment_id == appointment_id
    )
    if form == "json":
        say_json(_described(line))
        return
    at = format_time(line.state.appointment.starts)
    say(f"{appointment_id[-SHORT_ID:]}  {line.state.appointment.passage_id}  {at}")
    say(label(line.state.presence))
    if line.is_double:
        say(_("Cette heure a été donnée deux fois : les deux rendez-vous tiennent."))


def _described(line: AppointmentLine) -> dict[str, object]:
    appointment = line.state.appointment
    return {
        "appointment": line.state.appointment_id,
        "passage": PassageId(appointment.passage_id),
        "starts": appointment.starts.isoformat("minutes"),
        "minutes": appointment.minutes,
        "procedure": appointment.procedure,
        "note": appointment.note,
        "needs_transport": appointment.needs_transport,
        "presence": line.state.presence.value,
        "double": line.is_double,
        "received": line.is_received,
    }


def _find(desk: Desk, text: str) -> AppointmentId:
    found = [
        line.state.appointment_id
        for line in appointments.list_appointments(desk)
        if line.state.appointment_id.endswith(text) or line.state.appointment_id.startswith(text)
    ]
    if len(found) != 1:
        raise NotFound("appointment", text)
    return found[0]
