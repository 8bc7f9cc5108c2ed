"""The fast entry over the tour: keys to the form, drafts and visits to the desk."""

import json
from collections.abc import Sequence

from msgspec.structs import fields, replace

from fsmobile.core.follow_ups import REFERENCE_MAX
from fsmobile.core.ids import VisitId
from fsmobile.core.spans import minutes_of
from fsmobile.core.visits import MINUTES_MAX, UNSETTLED, Visit
from fsmobile.errors import FsmobileError
from fsmobile.texts.dates import format_time
from fsmobile.texts.translation import _
from fsmobile.tui.bindings import Where
from fsmobile.tui.lines import Line, Role
from fsmobile.tui.stage import EntrySetting, Stage
from fsmobile.tui.views.entry import HINTS, entry_box, entry_lines
from fsmobile.tui.views.frame import Hint
from fsmobile.tui.visit_entry_draft import entry_data
from fsmobile.tui.visit_entry_keys import press_entry
from fsmobile.tui.visit_entry_state import Entry, Step, Wish, visit_of
from fsmobile.usecases.drafts import drop_draft, save_draft
from fsmobile.usecases.visits import correct_visit, load_visit, record_visit

_PASSED_ON = ("?", "f1", "f2", "f3", "ctrl+q")


class EntryPage:
    """A visit being typed. The screen beneath stays readable."""

    def __init__(self, stage: Stage, entry: Entry, setting: EntrySetting) -> None:
        self._stage = stage
        self._setting = setting
        self.entry = entry
        if entry.enquiries:
            self._keep(is_parked=False)

    @property
    def where(self) -> Where:
        """Say which step of the form the keys are for."""
        return Where.FACTS if self.entry.step in (Step.FACTS, Step.AGE) else Where.PICK

    def press(self, key: str) -> bool:
        """Take a key: the draft is on the disk before the next one is read."""
        if key in _PASSED_ON:
            return False
        before = self.entry
        small = key.lower() if before.step is Step.FACTS and len(key) == 1 else key
        self.entry = press_entry(before, small, self._setting.book)
        if self.entry.hint is not None:
            self._stage.say(_(HINTS[self.entry.hint]), Role.WARN)
        match self.entry.wish:
            case Wish.SAVE:
                self._save()
            case Wish.PARK:
                self._park(reopen=key == "ctrl+n")
            case Wish.WRITE_NOTE:
                self._stage.write_note(self.entry.note, self._take_note)
            case Wish.WRITE_REFERENCE if self.entry.current is not None:
                self._stage.write_note(self.entry.current.reference, self._take_reference)
            case Wish.MEASURE:
                self._measure()
            case _:
                if self.entry != before and not self.entry.is_empty:
                    self._keep(is_parked=False)
        return True

    def lines(self, width: int, height: int) -> list[Line]:
        """Draw the form in a box."""
        return entry_box(self.entry, self._setting.book, self._setting.names, width, height)

    def panel_lines(self, width: int, height: int) -> list[Line]:
        """Draw the form for the right-hand panel of a wide screen."""
        return entry_lines(self.entry, self._setting.book, self._setting.names, width, height)

    def hints(self) -> Sequence[Hint]:
        """Say how to go on, to save and to leave."""
        if self.where is Where.PICK:
            return (
                Hint(command_id="pick.choose"),
                Hint(command_id="pick.move"),
                Hint(command_id="pick.save"),
                Hint(command_id="pick.leave"),
                Hint(command_id="app.help"),
            )
        return (
            Hint(command_id="entry.save"),
            Hint(command_id="entry.another"),
            Hint(command_id="entry.back"),
            Hint(command_id="entry.leave"),
            Hint(command_id="app.help"),
        )

    def _keep(self, *, is_parked: bool) -> bool:
        state = {"entry": entry_data(self.entry), "is_parked": is_parked}
        try:
            save_draft(self._stage.desk, self.entry.draft_id, json.dumps(state, ensure_ascii=False))
        except FsmobileError as error:
            self._stage.refuse(error)
            return False
        return True

    def _save(self) -> None:
        desk = self._stage.desk
        visit, correcting = visit_of(self.entry), self.entry.correcting
        try:
            if correcting is None:
                record_visit(desk, visit, draft_id=self.entry.draft_id)
            else:
                correct_visit(desk, correcting, self._changes(correcting, visit))
                drop_draft(desk, self.entry.draft_id)
        except FsmobileError as error:
            self._stage.refuse(error)
            return
        at = format_time(visit.starts)
        said = _("Visite enregistrée {at}") if correcting is None else _("Visite corrigée")
        self._stage.close_page()
        self._setting.is_done()
        promised = any(one.outcome in UNSETTLED for one in visit.enquiries)
        more = " · s " + _("promettre la suite") if promised and correcting is None else ""
        self._stage.say(said.format(at=at) + " · u " + _("annuler") + more)

    def _changes(self, visit_id: VisitId, visit: Visit) -> dict[str, object]:
        """Name the fields that differ from the visit as it stands now."""
        now = load_visit(self._stage.desk, visit_id).visit
        return {
            field.name: getattr(visit, field.name)
            for field in fields(Visit)
            if getattr(visit, field.name) != getattr(now, field.name)
        }

    def _park(self, *, reopen: bool) -> None:
        if self.entry.is_empty:
            drop_draft(self._stage.desk, self.entry.draft_id)
        elif not self._keep(is_parked=True):
            return
        else:
            self._stage.say(_("Visite mise en attente · b la reprend"), Role.PLAIN)
        self._stage.close_page()
        self._setting.is_done()
        if reopen:
            self._stage.press("ctrl+n")

    def _measure(self) -> None:
        """Count the minutes since the form was opened, what was parked included."""
        now = self._stage.desk.now()
        if now.date() != self.entry.service_date:
            self._stage.say(_("Le chrono ne vaut que pour une visite du jour"), Role.WARN)
            return
        passed = minutes_of(now.time()) - minutes_of(self.entry.starts)
        self.entry = replace(self.entry, minutes=min(MINUTES_MAX, max(1, passed)))
        self._keep(is_parked=False)

    def _take_reference(self, text: str) -> str:
        """Put the other side's file number into the form; return why it is refused."""
        refusal = self._stage.scan(text)
        if not refusal and len(text) > REFERENCE_MAX:
            refusal = _("Un numéro de dossier a {n} caractères au plus").format(n=REFERENCE_MAX)
        if not refusal and self.entry.current is not None:
            current = replace(self.entry.current, reference=text.strip())
            self.entry = replace(self.entry, current=current)
            self._keep(is_parked=False)
        return refusal

    def _take_note(self, text: str) -> str:
        """Put a note into the form once it was scanned; return why it is refused."""
        refusal = self._stage.scan(text)
        if not refusal:
            self.entry = replace(self.entry, note=text)
            self._keep(is_parked=False)
        return refusal
