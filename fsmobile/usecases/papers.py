"""Papers of the bus: the sheet of a day, « prochaine fois ici », the slip a person takes home."""

from datetime import date, time, timedelta
from pathlib import Path

from fsmobile.core.appointments import Presence
from fsmobile.core.ids import PassageId, PlaceId, ProcedureId
from fsmobile.core.journal import JournalAct
from fsmobile.core.places import Place
from fsmobile.core.visits import OUTCOME_LETTERS
from fsmobile.store import journal
from fsmobile.store.files import write_durably
from fsmobile.texts.dates import format_day, format_span, format_time
from fsmobile.texts.labels import label
from fsmobile.texts.paper import (
    PaperCode,
    PaperStop,
    day_sheet_page,
    next_time_page,
    slip_page,
)
from fsmobile.texts.translation import _
from fsmobile.usecases.appointments import coming_passages, list_appointments
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.follow_ups import list_open
from fsmobile.usecases.passages import DayLine, load_day
from fsmobile.usecases.visits import count_procedures

BLANK_ROWS = 12
CODES = 45
"""Procedures on the sheet, the most frequent: the rest is written in words."""
SLIP_PASSAGES = 4
NEXT_DAYS = 14


def make_day_sheet(desk: Desk, day: date) -> str:
    """Return the page on which a day can be kept by hand when the laptop cannot be used."""
    stops = [_stop(desk, line) for line in load_day(desk, day).lines if not line.is_cancelled]
    outcomes = [
        PaperCode(code=letter.upper(), label=label(one)) for letter, one in OUTCOME_LETTERS.items()
    ]
    _log(desk, f"day {day.isoformat()}", len(stops))
    return day_sheet_page(
        title=_("Feuille du {day}").format(day=format_day(day)),
        stops=stops,
        procedures=_procedures(desk),
        outcomes=outcomes,
        rows=BLANK_ROWS,
    )


def make_next_time_list(desk: Desk) -> str:
    """Return what is to be done at the passages of the next two weeks."""
    last = desk.today() + timedelta(days=NEXT_DAYS)
    stops = []
    for passage in coming_passages(desk):
        todo = _todo(desk, passage.passage_id, passage.place_id, passage.service_date)
        if passage.service_date > last or not todo or passage.span:
            continue
        place = _place(desk, passage.place_id)
        stops.append(
            PaperStop(
                hours=format_day(passage.service_date),
                place=passage.place_id if place is None else place.name,
                details=(),
                todo=todo,
            )
        )
    _log(desk, "next", len(stops))
    return next_time_page(title=_("Prochaine fois ici"), stops=stops)


def make_slip(desk: Desk, place_id: PlaceId, papers: tuple[str, ...]) -> str:
    """Return the slip for a person: what to bring, and when the bus is at this place again."""
    # Deferred: only a slip draws a QR code.
    import segno

    place = _place(desk, place_id)
    name = place_id if place is None else place.name
    passages = [
        _moment(passage.service_date, passage.starts, passage.ends)
        for passage in coming_passages(desk, place_id=place_id)
        if passage.service_date > desk.today()
    ][:SLIP_PASSAGES]
    text = "\n".join((f"France services · {name}", *passages))
    code = segno.make(text, error="m", micro=False).svg_inline(border=1, omitsize=True)
    title = _("Bus France services · {place}").format(place=name)
    return slip_page(title=title, papers=papers, passages=passages, qr_svg=code)


def write_paper(desk: Desk, name: str, page: str) -> Path:
    """Write a page beside the store; return where.

    Raises:
        StoreFull: the disk does not take it.
    """
    path = (desk.replica.folder() / f"{name}.html").absolute()
    write_durably(path, page.encode("utf-8"))
    return path


def _log(desk: Desk, paper: str, stops: int) -> None:
    """Write down that what is promised left the laptop on paper."""
    journal.note(desk.replica, desk.agent_id, JournalAct.EXPORTED, f"paper {paper}", stops)


def _moment(day: date, starts: time | None, ends: time | None) -> str:
    if starts is None or ends is None:
        return format_day(day)
    return f"{format_day(day)} · {format_span(starts, ends)}"


def _stop(desk: Desk, line: DayLine) -> PaperStop:
    hours = " ".join(
        format_span(one.starts, one.ends)
        for one in line.openings
        if one.starts is not None and one.ends is not None
    )
    details = [] if line.place is None else _site(line.place)
    details += [one.call.note for one in line.openings if one.call.note]
    day = line.openings[0].service_date if line.openings else desk.today()
    return PaperStop(
        hours=hours or _("horaire à noter"),
        place=line.name,
        details=tuple(dict.fromkeys(details)),
        todo=_todo(desk, line.passage_id, line.place_id, day),
    )


def _site(place: Place) -> list[str]:
    """Tell what a crew wants to know of a place before it arrives."""
    told = []
    if place.spot or place.address:
        told.append(", ".join(filter(None, (place.spot, place.address))))
    if place.has_socket is not None:
        told.append(_("prise électrique sur place") if place.has_socket else _("pas de prise"))
    if place.network:
        told.append(_("réseau mobile : {network}").format(network=place.network))
    return told


def _todo(desk: Desk, passage_id: PassageId, place_id: PlaceId, day: date) -> tuple[str, ...]:
    """List who is expected and what is promised; names stay on the screen."""
    rows = [
        _("{at} rendez-vous : {what}").format(
            at=format_time(line.state.appointment.starts),
            what=_procedure(desk, line.state.appointment.procedure),
        )
        for line in list_appointments(desk, passage_id=passage_id)
        if line.state.presence is Presence.UNKNOWN
    ]
    for line in list_open(desk, at=place_id).lines:
        if line.is_here and (line.due is None or line.due <= day):
            follow_up = line.state.follow_up
            told = (follow_up.task, _procedure(desk, follow_up.procedure))
            rows.append(" · ".join(filter(None, told)))
    return tuple(rows)


def _procedures(desk: Desk) -> list[PaperCode]:
    _here, counts = count_procedures(desk, None)
    known = [
        one
        for one in desk.catalogue.procedures.values()
        if one.valid_until is None or one.valid_until >= desk.today()
    ]
    known.sort(key=lambda one: (-counts.get(one.procedure_id, 0), -one.weight, one.label))
    chosen = sorted(known[:CODES], key=lambda one: one.label)
    return [PaperCode(code=str(one.number), label=one.label) for one in chosen]


def _procedure(desk: Desk, procedure_id: ProcedureId | None) -> str:
    if procedure_id is None:
        return ""
    known = desk.catalogue.procedures.get(procedure_id)
    return procedure_id if known is None else known.label


def _place(desk: Desk, place_id: PlaceId) -> Place | None:
    return None if desk.tree is None else desk.tree.places.get(place_id)
