"""What is done to a passage: arrive, leave, cut short, cancel with a reason, stop unplanned."""

from collections.abc import Callable

from fsmobile.core.ids import PassageId, PlaceId
from fsmobile.core.passages import PassageReason, PassageStatus
from fsmobile.errors import FsmobileError
from fsmobile.texts.dates import format_time
from fsmobile.texts.labels import label
from fsmobile.texts.translation import _, n_
from fsmobile.tui.lines import Role
from fsmobile.tui.passage_times import PassageTimes
from fsmobile.tui.picker import Choice, narrowing
from fsmobile.tui.stage import Question, Stage
from fsmobile.tui.views.tour import PassageRow
from fsmobile.usecases.passages import (
    cancel_passage,
    close_passage,
    list_places,
    open_passage,
    open_unplanned,
)


class PassageActs:
    """Acts on the passage that is shown; `then` shows the day again, at a passage."""

    def __init__(self, stage: Stage, then: Callable[[PassageId | None], None]) -> None:
        self._stage = stage
        self._then = then
        self.times = PassageTimes(stage, then)

    def use_door(self, here: PassageRow) -> None:
        """Arrive at a passage, or leave it when it is open; zero visits is a result."""
        desk = self._stage.desk
        at = format_time(desk.now().time())
        undo = f"u {_('annuler')}"
        if here.status is PassageStatus.OPEN:
            close_passage(desk, here.passage_id)
            self._stage.background.note_departure()
            visits = n_("{n} visite", "{n} visites", here.visits).format(n=here.visits)
            zero = "" if here.visits else ", " + _("c'est noté")
            said = _("Départ de {place} à {at}").format(place=here.place, at=at)
            self._stage.say(f"{said} · {visits}{zero} · {undo}")
        else:
            open_passage(desk, here.passage_id)
            said = (
                _("Passage rouvert : {place} à {at}")
                if here.is_over
                else _("Arrivée à {place} à {at}")
            )
            self._stage.say(f"{said.format(place=here.place, at=at)} · {undo}")
        self._then(None)
        if here.status is not PassageStatus.OPEN:
            self.times.ask_forgotten(but=here.passage_id)

    def ask_reason(self, here: PassageRow) -> None:
        """Ask why a passage is cut short or cancelled, then do it."""
        if here.status not in (PassageStatus.OPEN, PassageStatus.EXPECTED):
            self._stage.say(_("Ce passage est fini : u annule, a rouvre"), Role.WARN)
            return
        if here.visits and here.status is PassageStatus.EXPECTED:
            self._warn_of_visits(here)
        else:
            self._ask_which(here)

    def _warn_of_visits(self, here: PassageRow) -> None:
        """Ask before a passage that visits say was held is cancelled."""
        kept = n_(
            "Annuler quand même : {n} visite y est enregistrée, elle reste",
            "Annuler quand même : {n} visites y sont enregistrées, elles restent",
            here.visits,
        )
        choices = [
            Choice(code="keep", label=_("Ne rien changer")),
            Choice(code="cancel", label=kept.format(n=here.visits)),
        ]

        def go_on(choice: Choice) -> None:
            if choice.code == "cancel":
                self._ask_which(here)

        title = _("Le bus ne passe pas ?")
        self._stage.ask(
            Question(title=title, find=lambda _query: choices, then=go_on, takes_text=False)
        )

    def _ask_which(self, here: PassageRow) -> None:
        reasons = [Choice(code=reason.value, label=label(reason)) for reason in PassageReason]
        is_open = here.status is PassageStatus.OPEN

        def stop(choice: Choice) -> None:
            try:
                self._stop(here.passage_id, is_open, PassageReason(choice.code))
            except FsmobileError as error:
                self._stage.refuse(error)

        title = _("Écourté, pourquoi ?") if is_open else _("Le bus ne passe pas, pourquoi ?")
        self._stage.ask(
            Question(title=title, find=lambda _query: reasons, then=stop, takes_text=False)
        )

    def _stop(self, passage_id: PassageId, is_open: bool, reason: PassageReason) -> None:
        if is_open:
            close_passage(self._stage.desk, passage_id, reason=reason)
            self._stage.background.note_departure()
            said = _("Passage écourté : {reason}")
        else:
            cancel_passage(self._stage.desk, passage_id, reason)
            said = _("Passage annulé : {reason}")
        self._then(None)
        self._stage.say(said.format(reason=label(reason)) + f" · u {_('annuler')}")

    def ask_place(self) -> None:
        """Ask where the bus stands, then open an unplanned stop there."""
        places = [
            Choice(code=place.place_id, label=place.name, detail=place.commune)
            for place in list_places(self._stage.desk)
        ]
        if not places:
            self._stage.say(_("Aucun lieu connu : synchronisez d'abord (6)"), Role.WARN)
            return

        def arrive(choice: Choice) -> None:
            try:
                passage = open_unplanned(self._stage.desk, PlaceId(choice.code))
            except FsmobileError as error:
                self._stage.refuse(error)
                return
            self._then(passage.passage_id)
            said = _("Arrêt imprévu : {place}").format(place=choice.label)
            self._stage.say(f"{said} · u {_('annuler')}")
            self.times.ask_forgotten(but=passage.passage_id)

        self._stage.ask(Question(title=_("Où êtes-vous ?"), find=narrowing(places), then=arrive))
