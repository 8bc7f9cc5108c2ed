"""An incident in four keys: what happened, a word if needed, what is proposed to the office."""

from collections.abc import Callable

from fsmobile.core.ids import PassageId, PlaceId
from fsmobile.core.logbook import EntryKind, IncidentCause, LogEntry
from fsmobile.errors import FsmobileError
from fsmobile.texts.dates import format_day_short
from fsmobile.texts.labels import label
from fsmobile.texts.translation import _
from fsmobile.tui.picker import Choice
from fsmobile.tui.stage import Question, Stage
from fsmobile.usecases.appointments import coming_passages
from fsmobile.usecases.logbook import write_entry
from fsmobile.usecases.schedule_names import place_name

OFFERED = 6
"""Coming passages that an incident may propose to cancel."""


class IncidentActs:
    """What went wrong, told to the next crew and to the coordinator."""

    def __init__(self, stage: Stage, then: Callable[[], None]) -> None:
        self._stage = stage
        self._then = then

    def ask(self, place_id: PlaceId | None) -> None:
        """Ask what happened at a place, or on the road."""
        causes = [Choice(code=cause.value, label=label(cause)) for cause in IncidentCause]

        def write(choice: Choice) -> None:
            cause = IncidentCause(choice.code)
            entry = LogEntry(kind=EntryKind.INCIDENT, cause=cause, place_id=place_id)
            self._stage.write_note("", lambda text: self._take_text(entry, text))

        self._ask(_("Que se passe-t-il ?"), causes, write)

    def _take_text(self, entry: LogEntry, text: str) -> str:
        refusal = self._stage.scan(text)
        if not refusal:
            self._propose(entry, text.strip())
        return refusal

    def _propose(self, entry: LogEntry, text: str) -> None:
        """Ask whether a coming passage should be cancelled; the coordinator decides."""
        choices = [Choice(code="", label=_("le noter seulement"))]
        found: dict[str, PassageId] = {}
        for passage in coming_passages(self._stage.desk):
            if passage.passage_id not in found and len(found) < OFFERED:
                found[passage.passage_id] = passage.passage_id
                name = place_name(self._stage.desk, passage.place_id)
                said = _("proposer d'annuler {place}").format(place=name)
                day = format_day_short(passage.service_date)
                choices.append(Choice(code=passage.passage_id, label=said, detail=day))

        def keep(choice: Choice) -> None:
            self._write(entry, text, found.get(choice.code))

        self._ask(_("Que proposer à la coordination ?"), choices, keep)

    def _write(self, entry: LogEntry, text: str, cancels: PassageId | None) -> None:
        full = LogEntry(
            kind=entry.kind,
            text=text,
            place_id=entry.place_id,
            cause=entry.cause,
            cancels=cancels,
        )
        try:
            write_entry(self._stage.desk, full)
        except FsmobileError as error:
            # Asked again: what was written is nowhere else.
            self._propose(entry, text)
            self._stage.refuse(error)
            return
        self._then()
        assert full.cause is not None
        said = _("Incident noté : {cause}").format(cause=label(full.cause))
        if cancels is not None:
            said += " · " + _("proposé à la coordination")
        self._stage.say(f"{said} · u {_('annuler')}")

    def _ask(self, title: str, choices: list[Choice], then: Callable[[Choice], None]) -> None:
        self._stage.ask(
            Question(title=title, find=lambda _query: choices, then=then, takes_text=False)
        )
