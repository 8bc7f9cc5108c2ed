"""The day as the screens use it: rows for the views, look-ups and names for the form."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, time

from fsmobile.core.catalogue_search import CatalogueIndex, build_index
from fsmobile.core.ids import (
    FollowUpId,
    OperatorId,
    PassageId,
    ProcedureId,
    TourId,
    VehicleId,
    VisitId,
    parse_passage_id,
)
from fsmobile.core.planned_passages import PlannedStatus
from fsmobile.core.spans import minutes_of
from fsmobile.core.visits import AgeBand, FirstContact, Mandate, Visit, VisitState, Whereabouts
from fsmobile.errors import NotFound
from fsmobile.reference.communes import find_commune, search_communes
from fsmobile.texts.dates import format_day_short, format_span, format_time
from fsmobile.texts.labels import label, label_short
from fsmobile.texts.translation import _, n_
from fsmobile.tui.entry_book import Frequencies, make_book
from fsmobile.tui.picker import Choice
from fsmobile.tui.views.entry import EntryNames
from fsmobile.tui.views.tour import PassageRow
from fsmobile.tui.views.visits import VisitRow
from fsmobile.tui.visit_entry_state import EntryBook
from fsmobile.usecases.appointments import coming_passages
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.follow_ups import load_follow_up
from fsmobile.usecases.passage_times import minutes_late
from fsmobile.usecases.passages import DayLine, DaySheet
from fsmobile.usecases.visits import (
    agent_name,
    count_procedures,
    count_season,
    list_visits,
    load_visit,
)

_SEPARATOR = re.compile(", | [—–·-] ")


class DayContext:
    """What the tour, the form and an opened visit share about one day."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.sheet = DaySheet(day=desk.today(), lines=())
        self._index: CatalogueIndex | None = None
        self._season: dict[tuple[date, PassageId | None], Frequencies] = {}

    @property
    def unit_name(self) -> str:
        """Name the bus as the timetable does."""
        vehicle = VehicleId(self.desk.unit_id.rpartition("/")[2])
        tree = self.desk.tree
        known = None if tree is None else tree.vehicles.get(vehicle)
        return vehicle if known is None else known.name

    @property
    def tour_id(self) -> TourId | None:
        """Name the tour that the bus is on: the first that the day's passages belong to."""
        names = (parse_passage_id(one.passage_id).tour_id for one in self.sheet.lines)
        return next(filter(None, names), None)

    def find_line(self, passage_id: PassageId | None) -> DayLine | None:
        """Return the passage of the day with this id."""
        return None if passage_id is None else self.sheet.line(passage_id)

    def place_name(self, passage_id: PassageId | None) -> str:
        """Name where a visit took place, without its spot."""
        found = self.find_line(passage_id)
        if found is not None:
            return split_name(found.name)[0]
        return _("hors passage") if passage_id is None else _("autre jour")

    def procedure_name(self, code: str) -> str:
        """Name a procedure; a code from a newer catalogue shows as it is."""
        known = self.desk.catalogue.procedures.get(ProcedureId(code))
        return code if known is None else known.label

    def procedure_names(self, visit: Visit) -> str:
        """Name what a visit asked; labels hold commas, so a sign parts them."""
        return " + ".join(self.procedure_name(one.procedure) for one in visit.enquiries)

    def operator_name(self, code: str) -> str:
        """Name an operator or the body a person was sent to."""
        known = self.desk.catalogue.operators.get(OperatorId(code))
        return code if known is None else known.short_name

    def commune_name(self, insee_code: str) -> str:
        """Name a commune."""
        known = find_commune(insee_code)
        return insee_code if known is None else known.name

    def name_entity(self, kind: str, entity: str) -> str:
        """Name what a fact is about: what a visit asked, where a passage is."""
        if kind.startswith("visit."):
            try:
                visit = load_visit(self.desk, VisitId(entity)).visit
            except NotFound:
                return ""
            return self.procedure_names(visit)
        if kind.startswith("passage."):
            return self.place_name(PassageId(entity))
        if kind.startswith("followup."):
            return self._task_of(FollowUpId(entity))
        return ""

    def _task_of(self, follow_up_id: FollowUpId) -> str:
        try:
            return load_follow_up(self.desk, follow_up_id).follow_up.task
        except NotFound:
            return ""

    def names_at(self, passage_id: PassageId | None) -> EntryNames:
        """Return the names that the form shows at a passage."""
        return EntryNames(
            place=self.place_name(passage_id),
            procedure=self.procedure_name,
            operator=self.operator_name,
            commune=self.commune_name,
        )

    def book_at(self, passage_id: PassageId | None, insee_code: str | None) -> EntryBook:
        """Return the look-ups of the form at a passage, the most frequent there first."""
        if self._index is None:
            self._index = build_index(self.desk.catalogue, self.sheet.day)
        here, everywhere = count_procedures(self.desk, passage_id)
        season = self._season_at(passage_id)
        department = None if insee_code is None else insee_code[:2]
        return make_book(
            self.desk.catalogue,
            self._index,
            Frequencies(
                here=season.here + Counter(here), everywhere=season.everywhere + Counter(everywhere)
            ),
            _commune_finder(department),
            insee_code,
        )

    def _season_at(self, passage_id: PassageId | None) -> Frequencies:
        """Count the same season of earlier years, once a day and stop: it is over."""
        key = (self.sheet.day, passage_id)
        if key not in self._season:
            here, everywhere = count_season(self.desk, passage_id)
            self._season[key] = Frequencies(here=here, everywhere=everywhere)
        return self._season[key]

    def passage_rows(self) -> tuple[PassageRow, ...]:
        """Return the passages of the day as the tour shows them."""
        return tuple(map(self._passage_row, self.sheet.lines))

    def next_passage(self, passage_id: PassageId | None) -> str:
        """Say when the bus is at the place of a passage again; nothing where it is not planned."""
        here = self.find_line(passage_id)
        if here is None or here.place_id is None:
            return ""
        coming = coming_passages(self.desk, place_id=here.place_id)
        again = next((one for one in coming if one.passage_id != passage_id), None)
        if again is None:
            return ""
        at = "" if again.starts is None else f" {format_time(again.starts)}"
        return format_day_short(again.service_date) + at

    def visit_rows(self, passage_id: PassageId | None) -> tuple[VisitRow, ...]:
        """Return the visits of a passage, or those of no passage that day; the latest first."""
        if passage_id is not None:
            found = list_visits(self.desk, passage_id=passage_id)
        else:
            of_day = list_visits(self.desk, day=self.sheet.day)
            found = [row for row in of_day if row.state.visit.passage_id is None]
        return tuple(self.visit_row(row.state, row.is_received, row.refusal) for row in found)

    def visit_row(self, state: VisitState, is_received: bool, refusal: str | None) -> VisitRow:
        """Return one visit as a list shows it."""
        visit = state.visit
        return VisitRow(
            visit_id=state.visit_id,
            starts=visit.starts,
            what=self.procedure_names(visit),
            outcome=self._outcomes(visit),
            minutes=visit.minutes,
            people=visit.people,
            is_received=is_received,
            refusal=refusal or "",
            is_void=state.is_void,
            corrections=state.corrections,
            needs_review=state.needs_review,
            note=visit.note,
            details=self.describe(visit),
            agent=agent_name(self.desk, state.agent_id),
        )

    def describe(self, visit: Visit) -> str:
        """Say what was recorded besides procedures, in one line; what was not said stays out."""
        parts = [label(visit.enquiries[-1].help), label(visit.channel)]
        if visit.whereabouts is not Whereabouts.PASSAGE:
            parts.append(label(visit.whereabouts))
        if visit.first_contact is not FirstContact.UNKNOWN:
            parts.append(label(visit.first_contact))
        if visit.age_band is not AgeBand.UNKNOWN:
            parts.append(label(visit.age_band))
        if visit.residence is not None:
            parts.append(_("habite {commune}").format(commune=self.commune_name(visit.residence)))
        if visit.mandate is not Mandate.NONE:
            parts.append(label(visit.mandate))
        for enquiry in visit.enquiries:
            if enquiry.referred_to is not None:
                parts.append("→ " + self.operator_name(enquiry.referred_to))
            if enquiry.obstacle is not None:
                parts.append(label(enquiry.obstacle))
        if visit.is_from_paper:
            parts.append(_("saisie d'après papier"))
        return " · ".join(parts)

    def _outcomes(self, visit: Visit) -> str:
        outcomes = dict.fromkeys(label_short(enquiry.outcome) for enquiry in visit.enquiries)
        if len(outcomes) == 1:
            return next(iter(outcomes))
        # Beside one another they would be cut after the first, which would pass for the only one.
        return n_("{n} issue", "{n} issues", len(outcomes)).format(n=len(outcomes))

    def _passage_row(self, line: DayLine) -> PassageRow:
        facts = line.passage
        first = line.openings[0] if line.openings else None
        name, rest = split_name(line.name)
        spot = rest if line.place is None else line.place.spot or rest
        return PassageRow(
            passage_id=line.passage_id,
            hours=_hours(line),
            place=name,
            spot=spot,
            status=facts.status,
            is_planned=line.is_planned,
            opened_at=facts.opened_at,
            closed_at=facts.closed_at,
            arrived_at=facts.arrived_at,
            left_at=facts.left_at,
            minutes_late=minutes_late(line),
            delay_reason="" if facts.delay_reason is None else label(facts.delay_reason),
            reason=_reason(line),
            is_cancelled_by_schedule=line.is_cancelled,
            visits=line.visits,
            people=line.people,
            enquiries=line.enquiries,
            unsent=0 if line.is_received else 1,
            tally=facts.tally,
            note=_notice(line),
            drive_minutes=None if first is None else first.call.drive_minutes,
            leave_by=_leave_by(line) if line is self.sheet.next_line else None,
        )


def split_name(name: str) -> tuple[str, str]:
    """Part a published name from the spot it holds: « Luxé — place de la mairie »."""
    place, *spot = _SEPARATOR.split(name, maxsplit=1)
    return place, " ".join(spot)


def _commune_finder(department: str | None) -> Callable[[str], Sequence[Choice]]:
    def find(query: str) -> Sequence[Choice]:
        return [
            Choice(
                code=hit.commune.insee_code,
                label=hit.commune.name,
                detail=hit.former_name or hit.commune.insee_code,
            )
            for hit in search_communes(query, own_department=department)
        ]

    return find


def _hours(line: DayLine) -> str:
    spans = []
    for one in line.openings:
        if one.starts is not None and one.ends is not None:
            spans.append(format_span(one.starts, one.ends))
        else:
            spans.append(_("matin") if one.period.value == "matin" else _("après-midi"))
    if not spans:
        at = line.passage.opened_at
        return _("imprévu") if at is None else f"{format_time(at)} +"
    return " ".join(spans)


def _leave_by(line: DayLine) -> time | None:
    """Return when to leave the previous point to open on time, as far as it is known."""
    if line.starts is None or not line.openings:
        return None
    call = line.openings[0].call
    if call.drive_minutes is None:
        return None
    before = minutes_of(line.starts) - call.drive_minutes - call.setup_minutes
    return time(before // 60, before % 60) if before > 0 else None


def _reason(line: DayLine) -> str:
    if line.passage.reason is not None:
        return label(line.passage.reason)
    return next((one.notice or one.reason for one in line.openings if one.reason), "")


def _notice(line: DayLine) -> str:
    parts = []
    for one in line.openings:
        if one.status is PlannedStatus.MOVED:
            moved = _("déplacé du {day}").format(day=format_day_short(one.original_date))
            parts.append(moved)
        parts += [text for text in (one.notice, one.call.note) if text]
    if line.passage.openings > 1:
        parts.append(_("ouvert {n} fois").format(n=line.passage.openings))
    parts += line.passage.notes
    return " · ".join(dict.fromkeys(parts))
