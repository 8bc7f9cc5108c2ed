"""The parked visits: read back from their drafts, chosen, offered again after a crash."""

import json
from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from fsmobile.texts.dates import format_time
from fsmobile.texts.translation import _
from fsmobile.tui.day_context import DayContext
from fsmobile.tui.lines import Role
from fsmobile.tui.picker import Choice
from fsmobile.tui.stage import Question, Stage
from fsmobile.tui.views.tour import DraftRow
from fsmobile.tui.visit_entry_draft import read_entry
from fsmobile.tui.visit_entry_state import Entry
from fsmobile.usecases.drafts import list_drafts


class KeptEntry(Struct, frozen=True, kw_only=True):
    """A visit being typed, as its draft kept it."""

    entry: Entry
    is_parked: bool
    """False: the program ended while the form was open."""


class DraftShelf:
    """The drafts of this laptop, the latest first."""

    def __init__(self, stage: Stage, context: DayContext, resume: Callable[[Entry], None]) -> None:
        self._stage = stage
        self._context = context
        self._resume = resume

    def rows(self) -> tuple[DraftRow, ...]:
        """Return the drafts as the tour shows them."""
        return tuple(self._row(kept.entry) for kept in self._read())

    def choose(self) -> None:
        """Resume the only draft, or ask which."""
        drafts = {kept.entry.draft_id: kept.entry for kept in self._read()}
        if not drafts:
            self._stage.say(_("Aucune visite en attente"), Role.PLAIN)
        elif len(drafts) == 1:
            self._take_up(next(iter(drafts.values())))
        else:
            choices = [
                Choice(
                    code=row.draft_id,
                    label=f"{format_time(row.starts)} {row.what or _('démarche à choisir')}",
                    detail=row.place,
                )
                for row in self.rows()
            ]
            question = Question(
                title=_("Reprendre"),
                find=lambda _query: choices,
                then=lambda choice: self._take_up(drafts[choice.code]),
                takes_text=False,
            )
            self._stage.ask(question)

    def resume_after_crash(self) -> None:
        """Open the form that was open when the program ended without being asked."""
        left = next((kept.entry for kept in self._read() if not kept.is_parked), None)
        if left is not None:
            at = format_time(left.starts)
            said = _("Fermé brutalement, rien de perdu · brouillon de {at} repris")
            self._stage.say(said.format(at=at))
            self._take_up(left)

    def _take_up(self, entry: Entry) -> None:
        """Open a draft; one of a day to come, begun while the clock was ahead, is of now."""
        now = self._stage.desk.now()
        if entry.service_date > now.date():
            starts = now.time().replace(second=0, microsecond=0, tzinfo=None)
            entry = replace(entry, service_date=now.date(), starts=starts)
            said = _("Brouillon d'un jour à venir : l'horloge avançait, il est daté de maintenant")
            self._stage.say(said, Role.WARN)
        self._resume(entry)

    def _read(self) -> list[KeptEntry]:
        """Read the drafts; one of another version of the program stays in the store."""
        found = []
        for stored in reversed(list_drafts(self._stage.desk)):
            try:
                state = json.loads(stored.state)
                entry = read_entry(state["entry"])
                found.append(KeptEntry(entry=entry, is_parked=bool(state["is_parked"])))
            except (ValueError, KeyError, TypeError):
                continue
        return found

    def _row(self, entry: Entry) -> DraftRow:
        names = [self._context.procedure_name(one.procedure) for one in entry.enquiries]
        return DraftRow(
            draft_id=entry.draft_id,
            starts=entry.starts,
            what=" + ".join(names) or entry.picker.query,
            place=self._context.place_name(entry.passage_id),
        )
