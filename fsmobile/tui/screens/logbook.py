"""The page Carnet: the sheet of the stop, what crews leave to the next ones, messages."""

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec.structs import replace

from fsmobile.core.ids import AgentId, EntryId, PlaceId, UnitId, unit_id
from fsmobile.core.logbook import SHEET, EntryKind, LogEntry
from fsmobile.core.places import Place
from fsmobile.errors import FsmobileError
from fsmobile.texts.dates import format_day_short, format_time
from fsmobile.texts.labels import label
from fsmobile.texts.translation import _, n_
from fsmobile.tui.bindings import Where, find_command
from fsmobile.tui.day_context import split_name
from fsmobile.tui.incident_acts import IncidentActs
from fsmobile.tui.lines import Line, Role
from fsmobile.tui.picker import Choice
from fsmobile.tui.stage import Question, Stage
from fsmobile.tui.views.frame import Hint
from fsmobile.tui.views.logbook import LogbookView, LogRow, SheetRow, logbook_lines
from fsmobile.usecases.desk import is_coordinator
from fsmobile.usecases.logbook import (
    LogLine,
    close_entry,
    list_logbook,
    list_messages,
    read_sheet,
    readers_of,
    write_entry,
)
from fsmobile.usecases.schedule_names import passage_name, place_name
from fsmobile.usecases.timetable import load_revisions
from fsmobile.usecases.visits import agent_name

EVERY_BUS = ""


class LogbookPage:
    """One stop, and the bus that comes to it."""

    where = Where.LOGBOOK

    def __init__(self, stage: Stage, place_id: PlaceId | None) -> None:
        self._stage = stage
        self._place_id = place_id
        self._incidents = IncidentActs(stage, self.reload)
        self._view = LogbookView()
        self.reload()

    def reload(self) -> None:
        """Read the sheet and the logbook; the cursor stays on its line."""
        desk = self._stage.desk
        rows = [self._row(one) for one in (*list_messages(desk), *self._entries())]
        rows += self._revision_rows()
        ids = [row.entry_id for row in rows]
        chosen = self._chosen
        at = ids.index(chosen) if chosen in ids else self._view.cursor
        self._view = LogbookView(
            place="" if self._place_id is None else place_name(desk, self._place_id),
            sheet=() if self._place_id is None else self._sheet(self._place_id),
            rows=tuple(rows),
            cursor=max(0, min(at, len(rows) - 1)),
        )

    def press(self, key: str) -> bool:
        """Take a key of this page."""
        found = find_command(Where.LOGBOOK, key)
        if found is None or found.where is not Where.LOGBOOK:
            return False
        match found.id:
            case "logbook.leave":
                self._stage.close_page()
            case "logbook.move":
                last = max(0, len(self._view.rows) - 1)
                step = 1 if key in ("down", "j") else -1
                cursor = min(last, max(0, self._view.cursor + step))
                self._view = replace(self._view, cursor=cursor)
            case "logbook.write" if self._place_id is not None:
                self._write(LogEntry(kind=EntryKind.NOTE, place_id=self._place_id))
            case "logbook.write" | "logbook.bus":
                self._write(LogEntry(kind=EntryKind.NOTE))
            case "logbook.sheet":
                self._ask_kind()
            case "logbook.report":
                self._incidents.ask(self._place_id)
            case "logbook.close":
                self._close()
            case "logbook.message":
                self._ask_unit()
        return True

    def lines(self, width: int, height: int) -> list[Line]:
        """Draw the page."""
        return logbook_lines(self._view, width, height)

    def hints(self) -> Sequence[Hint]:
        """Say which keys are useful here."""
        acts = ["write", "bus", "sheet", "report"]
        if self._view.rows:
            acts.insert(0, "close")
        if is_coordinator(self._stage.desk):
            acts.insert(0, "message")
        hints = [Hint(command_id=f"logbook.{one}") for one in (*acts, "leave")]
        return [*hints, Hint(command_id="app.undo"), Hint(command_id="app.help")]

    @property
    def _chosen(self) -> str | None:
        rows = self._view.rows
        return rows[self._view.cursor].entry_id if self._view.cursor < len(rows) else None

    def _entries(self) -> list[LogLine]:
        # A coordinator reads what all crews wrote, wherever it is about.
        here = None if is_coordinator(self._stage.desk) else self._place_id
        return list_logbook(self._stage.desk, here)

    def _ask_kind(self) -> None:
        if self._place_id is None:
            self._stage.say(_("Aucun arrêt ici : ouvrez un passage d'abord (a)"), Role.WARN)
            return
        place_id = self._place_id
        known = read_sheet(self._stage.desk, place_id)
        choices = [
            Choice(
                code=kind.value,
                label=label(kind),
                detail=known[kind].state.entry.text if kind in known else "",
            )
            for kind in SHEET
        ]

        def write(choice: Choice) -> None:
            kind = EntryKind(choice.code)
            text = known[kind].state.entry.text if kind in known else ""
            self._write(LogEntry(kind=kind, place_id=place_id), text)

        self._ask(_("Que sait-on de cet arrêt ?"), choices, write)

    def _ask_unit(self) -> None:
        desk = self._stage.desk
        if not is_coordinator(desk):
            self._stage.say(_("Un message aux équipages vient de la coordination"), Role.WARN)
            return
        vehicles = () if desk.tree is None else desk.tree.vehicles.values()
        choices = [
            Choice(code=unit_id(desk.agency_id, one.vehicle_id), label=one.name)
            for one in sorted(vehicles, key=lambda one: one.name)
        ]
        choices.insert(0, Choice(code=EVERY_BUS, label=_("tous les bus")))

        def write(choice: Choice) -> None:
            unit = UnitId(choice.code) if choice.code else None
            self._write(LogEntry(kind=EntryKind.MESSAGE, unit=unit))

        self._ask(_("Un message pour…"), choices, write)

    def _write(self, entry: LogEntry, text: str = "") -> None:
        def keep(written: str) -> str:
            refusal = self._stage.scan(written)
            if refusal or not written.strip():
                return refusal
            full = replace(entry, text=written.strip())
            said = f"{_('Écrit au carnet')} · u {_('annuler')}"
            # What cannot be kept stays in the field: it is nowhere else.
            return self._do(lambda: write_entry(self._stage.desk, full), said)

        self._stage.write_note(text, keep)

    def _close(self) -> None:
        chosen = self._chosen
        if chosen is None:
            self._stage.say(_("Aucune page ouverte à clore"), Role.PLAIN)
            return
        said = f"{_('Réglé : la page est close')} · u {_('annuler')}"
        self._do(lambda: close_entry(self._stage.desk, EntryId(chosen)), said)

    def _do(self, act: Callable[[], object], said: str) -> str:
        """Do it and say so, or return why not, said as well."""
        try:
            act()
        except FsmobileError as error:
            self._stage.refuse(error)
            return self._stage.message.text.strip()
        self.reload()
        self._stage.say(said)
        return ""

    def _ask(self, title: str, choices: list[Choice], then: Callable[[Choice], None]) -> None:
        self._stage.ask(
            Question(title=title, find=lambda _query: choices, then=then, takes_text=False)
        )

    def _sheet(self, place_id: PlaceId) -> tuple[SheetRow, ...]:
        """Put what the timetable says first, then what crews have added."""
        desk = self._stage.desk
        place = None if desk.tree is None else desk.tree.places.get(place_id)
        rows = [] if place is None else _published(place)
        for kind, one in sorted(read_sheet(desk, place_id).items()):
            rows.append(
                SheetRow(what=label(kind), text=one.state.entry.text, since=self._signed(one))
            )
        return tuple(rows)

    def _row(self, one: LogLine) -> LogRow:
        entry = one.state.entry
        cause = "" if entry.cause is None else label(entry.cause)
        return LogRow(
            entry_id=one.state.entry_id,
            kind=label(entry.kind),
            text=" · ".join(filter(None, (cause, entry.text))),
            signed=self._signed(one),
            about=self._about(one),
            told=tuple(self._told(one)),
            is_warning=entry.kind in (EntryKind.INCIDENT, EntryKind.MESSAGE),
        )

    def _revision_rows(self) -> list[LogRow]:
        """Show a coordinator who has read what the newest timetable changes."""
        desk = self._stage.desk
        revisions = load_revisions(desk) if is_coordinator(desk) else []
        return [
            LogRow(
                entry_id=one.op_id,
                kind=_("planning"),
                text=_("révision {n}").format(n=one.revision)
                + (f" · {one.why}" if one.why else ""),
                signed=f"{agent_name(desk, AgentId(one.agent_id))}, "
                f"{format_day_short(desk.at(one.published_at).date())}",
                about=_("tous les bus"),
                told=(self._told_readers(readers_of(desk, one.op_id)),),
            )
            for one in revisions[:1]
        ]

    def _about(self, one: LogLine) -> str:
        entry, desk = one.state.entry, self._stage.desk
        if entry.kind is EntryKind.MESSAGE:
            return _("tous les bus") if entry.unit is None else entry.unit.rpartition("/")[2]
        if entry.place_id is None:
            return _("le bus")
        return split_name(place_name(desk, entry.place_id))[0]

    def _told(self, one: LogLine) -> list[str]:
        desk, entry = self._stage.desk, one.state.entry
        told = []
        if entry.cancels is not None:
            name = passage_name(desk, entry.cancels)
            told.append(_("Proposé à la coordination : annuler {passage}").format(passage=name))
        if entry.kind is EntryKind.MESSAGE and is_coordinator(desk):
            told.append(self._told_readers(one.readers))
        return told

    def _told_readers(self, readers: Sequence[tuple[AgentId, str, datetime]]) -> str:
        names = [
            f"{agent_name(self._stage.desk, agent)}"
            f" {format_day_short(at.date())} {format_time(at.time())}"
            for agent, _unit, at in readers
        ]
        count = n_("Lu par {n} personne", "Lu par {n} personnes", len(names))
        said = count.format(n=len(names))
        return _("{what} : {reason}").format(what=said, reason=", ".join(names)) if names else said

    def _signed(self, one: LogLine) -> str:
        day = format_day_short(one.written_at.date())
        return f"{agent_name(self._stage.desk, one.state.agent_id)}, {day}"


def _published(place: Place) -> list[SheetRow]:
    rows = []
    spot = ", ".join(filter(None, (place.spot, place.address)))
    if spot:
        rows.append(SheetRow(what=_("Où"), text=spot))
    if place.has_socket is not None:
        text = _("prise électrique sur place") if place.has_socket else _("pas de prise")
        rows.append(SheetRow(what=label(EntryKind.SOCKET), text=text))
    if place.network:
        rows.append(SheetRow(what=label(EntryKind.NETWORK), text=place.network))
    if place.is_accessible is not None:
        text = _("accessible en fauteuil") if place.is_accessible else _("pas accessible")
        rows.append(SheetRow(what=label(EntryKind.ACCESS), text=text))
    return rows
