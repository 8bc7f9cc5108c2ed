"""A person's name on a follow-up: asked for, read to them, kept until a day they choose."""

from collections.abc import Callable
from datetime import timedelta

from fsmobile.core.follow_ups import CONTACT_MAX, NAME_MAX, NamedPart
from fsmobile.core.ids import FollowUpId
from fsmobile.errors import FsmobileError, NotAllowed
from fsmobile.texts.consents import CONSENT, consent_text
from fsmobile.texts.dates import format_day
from fsmobile.texts.translation import _
from fsmobile.tui.lines import Role
from fsmobile.tui.picker import Choice
from fsmobile.tui.stage import Question, Stage
from fsmobile.usecases.follow_ups import name_person

KEPT_DAYS = (30, 90, 180, 365)
NO = "no"


class NamingActs:
    """Asks for consent, for how long, then for the name; records; `then` shows the page again."""

    def __init__(self, stage: Stage, then: Callable[[], None]) -> None:
        self._stage = stage
        self._then = then

    def ask(self, follow_up_id: FollowUpId) -> None:
        """Read the text, ask until when; without an encrypted store, say why not."""
        desk = self._stage.desk
        if not desk.keeps_names:
            self._stage.refuse(NotAllowed("names_need_a_locked_store"))
            return
        today = desk.today()
        choices = [
            Choice(
                code=str(days),
                label=_("d'accord, pour {n} jours").format(n=days),
                detail=_("effacé le {day}").format(day=format_day(today + timedelta(days=days))),
            )
            for days in KEPT_DAYS
        ]
        choices.append(Choice(code=NO, label=_("pas d'accord : aucun nom n'est gardé")))

        def go_on(choice: Choice) -> None:
            if choice.code == NO:
                self._stage.say(_("La suite reste sans nom"), Role.PLAIN)
                return
            self._write(follow_up_id, int(choice.code))

        self._stage.ask(
            Question(
                title=_("À lire à la personne, puis sa réponse"),
                find=lambda _query: choices,
                then=go_on,
                takes_text=False,
                text=consent_text(CONSENT),
            )
        )

    def _write(self, follow_up_id: FollowUpId, days: int) -> None:
        self._stage.write_note(
            "", lambda text: self._take(follow_up_id, text, days), is_of_person=True
        )

    def _take(self, follow_up_id: FollowUpId, text: str, days: int) -> str:
        """Keep a name; return why it is refused."""
        name, _comma, contact = (part.strip() for part in text.partition(","))
        if not name:
            return ""
        refusal = self._stage.scan(text)
        if not refusal and (len(name) > NAME_MAX or len(contact) > CONTACT_MAX):
            refusal = _("Un nom et un contact ont {n} caractères au plus").format(n=NAME_MAX)
        if refusal:
            return refusal
        desk = self._stage.desk
        today = desk.today()
        erase_on = today + timedelta(days=days)
        named = NamedPart(
            name=name,
            contact=contact,
            consented_on=today,
            consent_text=CONSENT,
            erase_on=erase_on,
        )
        try:
            name_person(desk, follow_up_id, named)
        except FsmobileError as error:
            self._stage.refuse(error)
            return ""
        self._then()
        said = _("Nom gardé jusqu'au {day} · * le montre").format(day=format_day(erase_on))
        self._stage.say(f"{said} · u {_('annuler')}")
        return ""
