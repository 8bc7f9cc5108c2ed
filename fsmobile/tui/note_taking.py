"""The text field: what is written in it, who takes it, why it is refused."""

from collections.abc import Callable

from fsmobile.core.privacy import refuse_forbidden_numbers
from fsmobile.core.visits import NOTE_MAX
from fsmobile.errors import PersonalDataRefused
from fsmobile.texts.contact_warnings import warn_of_contacts
from fsmobile.texts.labels import label_kind
from fsmobile.texts.translation import _
from fsmobile.tui.lines import Line, Role
from fsmobile.tui.stage import Stage
from fsmobile.tui.views.frame import Hint


class NoteTaking:
    """One text at a time, on the screen alone until it is clean."""

    def __init__(self, stage: Stage, show: Callable[[str], None]) -> None:
        self._stage = stage
        self._show = show
        self.is_open = False
        """The text field has the keyboard."""
        self.length = 0
        """Characters in the text field."""
        self._refusal: Line | None = None
        """What the message line says about the text being written."""
        self._take: Callable[[str], str] = lambda text: ""
        self._is_of_person = False

    def open(self, text: str, then: Callable[[str], str], *, is_of_person: bool = False) -> None:
        """Open the text field; `is_of_person`: how to reach somebody is what it is for."""
        self._is_of_person = is_of_person
        self._take = then
        self.length = len(text)
        self.is_open = True
        self._show(text)

    def end(self, text: str | None) -> bool:
        """Take the text of the field, or nothing; False when it is refused."""
        if text is not None:
            refusal = self._take(text)
            if refusal:
                self.refuse(refusal)
                return False
            warning = "" if self._is_of_person else warn_of_contacts(text)
            if warning:
                self._stage.say(warning, Role.WARN)
        self.is_open = False
        if self._stage.message is self._refusal:
            self._stage.message = Line()
        return True

    @property
    def prompt(self) -> str:
        """Say what the empty field is for."""
        if self._is_of_person:
            return _("Son nom, une virgule, puis de quoi joindre la personne")
        return _("Note, sans n° de sécu, fiscal, IBAN ni carte")

    def refuse(self, refusal: str) -> None:
        """Say what is wrong with the text, for as long as it is being written."""
        self._stage.say(refusal, Role.WARN)
        self._refusal = self._stage.message

    def hints(self) -> tuple[Hint, ...]:
        """Say how to keep the text and how to leave it."""
        keep = _("Garder le nom") if self._is_of_person else _("Garder la note")
        count = f"{keep} ({self.length}/{NOTE_MAX})"
        return (Hint(command_id="note.save", label=count), Hint(command_id="note.leave"))


def find_refusal(text: str) -> str:
    """Return why a free text may not be kept, or nothing."""
    try:
        refuse_forbidden_numbers(text, "note")
    except PersonalDataRefused as error:
        # The whole sentence does not fit one row: the first words say what to do.
        kind = label_kind(str(error.params["kind"]))
        return _("Retirez {kind} : la note n'est pas gardée").format(kind=kind)
    return ""
