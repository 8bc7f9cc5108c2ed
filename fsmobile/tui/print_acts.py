"""Papers from the screens: the sheet of the day, « prochaine fois ici », a person's slip."""

from collections.abc import Callable
from pathlib import Path

from fsmobile.core.ids import PlaceId
from fsmobile.errors import FsmobileError
from fsmobile.texts.translation import _
from fsmobile.tui.lines import Role, line
from fsmobile.tui.picker import Choice
from fsmobile.tui.stage import Prompt, PromptReading, Question, Stage
from fsmobile.usecases.papers import make_day_sheet, make_next_time_list, make_slip, write_paper

DAY, NEXT, SLIP = "day", "next", "slip"


class PrintActs:
    """Makes a paper and opens it in a browser, which prints it."""

    def __init__(self, stage: Stage, here: PlaceId | None) -> None:
        self._stage = stage
        self._here = here

    def ask(self) -> None:
        """Ask which paper is wanted."""
        choices = [
            Choice(code=DAY, label=_("la feuille du jour, à remplir à la main")),
            Choice(code=NEXT, label=_("ce qui est à faire aux passages à venir")),
        ]
        if self._here is not None:
            choices.append(Choice(code=SLIP, label=_("le papier que la personne emporte")))
        self._stage.ask(
            Question(
                title=_("Imprimer quoi ?"),
                find=lambda _query: choices,
                then=lambda choice: self._make(choice.code),
                takes_text=False,
            )
        )

    def _make(self, paper: str) -> None:
        desk = self._stage.desk
        if paper == DAY:
            self._print(paper, lambda: make_day_sheet(desk, desk.today()))
        elif paper == NEXT:
            self._print(paper, lambda: make_next_time_list(desk))
        else:
            self._ask_what_to_bring()

    def _ask_what_to_bring(self) -> None:
        desk, place_id = self._stage.desk, self._here
        if place_id is None:
            return

        def read(text: str) -> PromptReading:
            refusal = self._stage.scan(text)
            rows = (line((refusal, Role.WARN)),) if refusal else ()
            return PromptReading(rows=rows, is_ready=not refusal)

        def take(text: str) -> None:
            pieces = tuple(filter(None, (part.strip() for part in text.split(","))))
            self._print(SLIP, lambda: make_slip(desk, place_id, pieces))

        self._stage.open_prompt(
            Prompt(
                title=_("Pièces à apporter, entre virgules"),
                read=read,
                then=take,
                help=_("par exemple : avis d'impôt, carte d'identité · ⏎ sans pièce : les dates"),
            )
        )

    def _print(self, paper: str, make: Callable[[], str]) -> None:
        try:
            path = write_paper(self._stage.desk, paper, make())
        except FsmobileError as error:
            self._stage.refuse(error)
            return
        said = _("Écrit, non chiffré : {path}")
        if not open_page(path):
            said = _("Écrit, non chiffré, à ouvrir dans un navigateur : {path}")
        self._stage.say(said.format(path=path))


def open_page(path: Path) -> bool:
    """Open a page in the system's browser; False where there is none beside the terminal."""
    # Deferred: the screens open without what looks for a browser.
    import webbrowser

    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return False
    # One of this class draws in the terminal, over the screens.
    return type(browser) is not webbrowser.GenericBrowser and browser.open(path.as_uri())
