"""The screen of the communes: a letter for each, who told whom, what the town hall answered."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from fsmobile.core.commune_notices import CommuneContact, NoticeChannel
from fsmobile.errors import FsmobileError
from fsmobile.texts.labels import label
from fsmobile.texts.translation import _, n_
from fsmobile.tui.bindings import Where, find_command
from fsmobile.tui.lines import Line, Role, line
from fsmobile.tui.picker import Choice, narrowing
from fsmobile.tui.stage import Prompt, PromptReading, Question, Stage
from fsmobile.tui.views.communes import CommunesView, commune_lines
from fsmobile.tui.views.frame import Hint
from fsmobile.usecases.commune_notices import (
    CommuneLine,
    LetterForm,
    NoticeList,
    NoticeProgress,
    acknowledge,
    keep_letter,
    list_notices,
    set_contact,
    tell_communes,
)
from fsmobile.usecases.undo import undo_last
from fsmobile.usecases.visits import known_name

ALL_LEFT = "all"


class CommunesPage:
    """The communes concerned by what is published."""

    where = Where.COMMUNES

    def __init__(self, stage: Stage, close: Callable[[], None]) -> None:
        self._stage = stage
        self._close = close
        self._view = CommunesView(notices=NoticeList(revision=0), tree=None, names={})
        self._reload()

    @property
    def _line(self) -> CommuneLine | None:
        lines = self._view.notices.lines
        return lines[self._view.cursor] if lines else None

    def press(self, key: str) -> bool:
        """Take a key of this screen."""
        found = find_command(Where.COMMUNES, key)
        if found is None:
            return False
        if found.id == "app.undo":
            undone = undo_last(self._stage.desk)
            self._stage.say(_("Défait") if undone else _("Rien à défaire"), Role.PLAIN)
            self._reload()
            return True
        if found.where is not Where.COMMUNES:
            return False
        if found.id == "communes.close":
            self._close()
        elif found.id == "communes.move":
            self._move({"up": -1, "k": -1, "pageup": -10, "pagedown": 10}.get(key, 1))
        elif self._line is not None:
            self._act(found.id, self._line)
        return True

    def lines(self, width: int, height: int) -> list[Line]:
        """Draw the screen."""
        return commune_lines(self._view, width, height)

    def hints(self) -> Sequence[Hint]:
        """Say what can be done for the chosen commune."""
        acts = ("letter", "told", "answer", "contact") if self._line is not None else ()
        ids = (*(f"communes.{one}" for one in acts), "communes.close", "app.help")
        return [Hint(command_id=one) for one in ids]

    def _act(self, id: str, one: CommuneLine) -> None:
        match id:
            case "communes.letter":
                self._ask_letter(one)
            case "communes.told":
                self._ask_told(one)
            case "communes.answer":
                self._ask_answer(one)
            case _:
                self._ask_contact(one)

    def _ask_letter(self, one: CommuneLine) -> None:
        choices = {
            LetterForm.MAIL.value: _("un brouillon de courriel, à envoyer"),
            LetterForm.PAPER.value: _("une page à imprimer"),
        }
        self._ask(_("Écrire à {commune}").format(commune=one.village.name), choices,
                  lambda code: self._write(one, code))  # fmt: skip

    def _write(self, one: CommuneLine, form: str) -> None:
        desk = self._stage.desk

        def write() -> str:
            path = keep_letter(desk, one, LetterForm(form))
            return _("Écrit : {path} · p quand la commune est prévenue").format(path=path)

        self._do(write)

    def _ask_told(self, one: CommuneLine) -> None:
        left = self._view.notices.to_tell
        choices = {channel.value: label(channel) for channel in NoticeChannel}
        if len(left) > 1:
            every = _("toutes celles qui restent ({n}), par courriel")
            choices[ALL_LEFT] = every.format(n=len(left))

        def tell(code: str) -> None:
            lines = left if code == ALL_LEFT else (one,)
            channel = NoticeChannel.EMAIL if code == ALL_LEFT else NoticeChannel(code)

            def note() -> str:
                count = tell_communes(self._stage.desk, lines, channel)
                if count == 1:
                    return _("{commune} : prévenue · u défaire").format(commune=one.village.name)
                told = n_("{n} commune prévenue · u défaire",
                          "{n} communes prévenues · u défaire", count)  # fmt: skip
                return told.format(n=count)

            # The next one to tell comes under the cursor.
            self._do(note, follows=False)

        self._ask(_("{commune} est prévenue, par où ?").format(commune=one.village.name),
                  choices, tell)  # fmt: skip

    def _ask_answer(self, one: CommuneLine) -> None:
        if one.progress is NoticeProgress.TO_TELL:
            self._stage.say(_("Notez d'abord qu'elle est prévenue (p)"), Role.WARN)
            return
        choices = {channel.value: label(channel) for channel in NoticeChannel}

        def answer(code: str) -> None:
            def note() -> str:
                acknowledge(self._stage.desk, one, NoticeChannel(code))
                return _("{commune} : a répondu · u défaire").format(commune=one.village.name)

            self._do(note)

        self._ask(_("{commune} a répondu, par où ?").format(commune=one.village.name),
                  choices, answer)  # fmt: skip

    def _ask_contact(self, one: CommuneLine) -> None:
        known = one.state.contact
        self._stage.open_prompt(
            Prompt(
                title=_("Joindre la mairie de {commune}").format(commune=one.village.name),
                text=" ".join(filter(None, (known.email, known.phone))),
                keeps_text=True,
                help=_("mairie@exemple.fr 05 55 00 00 00 · aucun nom de personne"),
                read=_read_contact,
                then=lambda text: self._keep(one, _contact(text)),
            )
        )

    def _keep(self, one: CommuneLine, contact: CommuneContact) -> None:
        def keep() -> str:
            set_contact(self._stage.desk, one.village, contact)
            return _("{commune} : contact gardé").format(commune=one.village.name)

        self._do(keep)

    def _ask(self, title: str, choices: dict[str, str], then: Callable[[str], None]) -> None:
        lines = [Choice(code=code, label=name) for code, name in choices.items()]
        self._stage.ask(
            Question(
                title=title,
                find=narrowing(lines),
                then=lambda choice: then(choice.code),
                takes_text=False,
            )
        )

    def _do(self, act: Callable[[], str], *, follows: bool = True) -> None:
        """Do an act, show the list again, say what was done; or say why it is refused."""
        try:
            said = act()
        except (FsmobileError, OSError) as error:
            self._refuse(error)
            return
        self._reload(follows=follows)
        self._stage.say(said)

    def _refuse(self, error: FsmobileError | OSError) -> None:
        if isinstance(error, FsmobileError):
            self._stage.refuse(error)
        else:
            told = _("La lettre ne s'écrit pas : {why}").format(why=error.strerror or "")
            self._stage.say(told, Role.WARN)

    def _move(self, step: int) -> None:
        last = max(0, len(self._view.notices.lines) - 1)
        cursor = min(last, max(0, self._view.cursor + step))
        self._view = replace(self._view, cursor=cursor)

    def _reload(self, *, follows: bool = True) -> None:
        """Read the list; the cursor follows its commune, or stays where it is."""
        desk, chosen, cursor = self._stage.desk, self._line, self._view.cursor
        notices = list_notices(desk)
        codes = [one.village.code for one in notices.lines]
        if follows and chosen is not None and chosen.village.code in codes:
            cursor = codes.index(chosen.village.code)
        agents = {step.agent_id for one in notices.lines for step in one.state.steps}
        self._view = CommunesView(
            notices=notices,
            tree=desk.tree,
            names={agent: known_name(desk, agent) for agent in agents},
            cursor=max(0, min(cursor, len(codes) - 1)),
        )


def _contact(text: str) -> CommuneContact:
    """Read an address and a number, in any order."""
    words = text.split()
    return CommuneContact(
        email=" ".join(word for word in words if "@" in word),
        phone=" ".join(word for word in words if "@" not in word),
    )


def _read_contact(text: str) -> PromptReading:
    contact = _contact(text)
    told = _("courriel {email} · téléphone {phone}").format(
        email=contact.email or "—", phone=contact.phone or "—"
    )
    return PromptReading(rows=(line((told, Role.DIM)),), is_ready=True)
