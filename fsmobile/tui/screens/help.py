"""The help: every key that works here and everywhere, what the signs mean, the fast entry."""

from collections.abc import Callable, Sequence

from fsmobile.texts.translation import _, mark
from fsmobile.tui.bindings import COMMANDS, Command, Where
from fsmobile.tui.keys import TWINS
from fsmobile.tui.lines import Line, Role, cells, line, pad, rule
from fsmobile.tui.palette import Extra
from fsmobile.tui.views.frame import Hint, show_key_name

_PLACES = {
    Where.TOUR: mark("Tournée"),
    Where.VISIT: mark("Visite ouverte"),
    Where.FOLLOW_UPS: mark("Suites"),
    Where.LOGBOOK: mark("Carnet de bord"),
    Where.SYNC: mark("Synchro"),
    Where.SEARCH: mark("Recherche"),
    Where.REPORT: mark("Bilans"),
    Where.CHECK: mark("Matin et soir"),
    Where.PICK: mark("Saisie : la démarche"),
    Where.FACTS: mark("Saisie : ce qui est enregistré"),
    Where.NOTE: mark("Note"),
    Where.PLANNING: mark("Planning"),
    Where.PROMPT: mark("Ligne à écrire"),
    Where.COMMUNES: mark("Communes à prévenir"),
    Where.REVIEW: mark("Relire avant de publier"),
    Where.STUDY: mark("Étude du planning"),
    Where.HELP: mark("Aide"),
    Where.EVERYWHERE: mark("Partout"),
}

_SIGNS = (
    ("✓", mark("reçu : le registre a signé")),
    (mark("à env."), mark("enregistré ici, à envoyer")),
    ("≠", mark("corrigée depuis")),
    ("!", mark("à regarder")),
    ("✗", mark("refusé ou annulé")),
    ("● ○ ↻", mark("à jour, hors ligne, envoi")),
)

_EXAMPLES = (
    ("n r e t ⏎ r ⏎", mark("Retraite · dossier, résolu : 7 touches")),
    ("n ⏎ r ⏎", mark("la plus fréquente ici, résolue")),
    ("d ⏎", mark("la même encore")),
    ("i ⏎", mark("un renseignement simple")),
)


KEYS_WIDTH = 13


class HelpPage:
    """The help of the place it was asked from; nothing can be changed here."""

    where = Where.HELP

    def __init__(
        self, place: Where, close: Callable[[], None], extras: Sequence[Extra] = ()
    ) -> None:
        self._place = place
        self._extras = extras
        self._close = close
        self._top = 0
        self._height = 20

    def press(self, key: str) -> bool:
        """Scroll or close."""
        last = max(0, len(self._rows(80)) - self._height)
        moves = {"down": 1, "up": -1, "pagedown": self._height, "pageup": -self._height}
        moves |= {"end": last, "home": -last}
        if key in moves:
            self._top = min(last, max(0, self._top + moves[key]))
        elif key in ("escape", "?", "f1", "q", "enter"):
            self._close()
        elif key in ("f2", "ctrl+q"):
            return False
        return True

    def lines(self, width: int, height: int) -> list[Line]:
        """Draw the part of the help that shows."""
        self._height = height
        rows = self._rows(width)
        return rows[self._top : self._top + height]

    def _rows(self, width: int) -> list[Line]:
        extras = [(show_key_name(extra.key), extra.label) for extra in self._extras]
        return [*help_lines(self._place, width), *_pairs(extras, width)]

    def hints(self) -> Sequence[Hint]:
        """Say how to leave."""
        return (Hint(command_id="help.move"), Hint(command_id="help.close"))


def help_lines(place: Where, width: int) -> list[Line]:
    """Write the whole help for a place."""
    rows = [rule(width, _("Aide") + " · " + _(_PLACES[place]))]
    rows += _command_lines(place, width)
    if place is Where.PICK:
        rows.append(rule(width, _(_PLACES[Where.FACTS])))
        rows += _command_lines(Where.FACTS, width)
    if place is not Where.EVERYWHERE:
        rows.append(rule(width, _("Partout")))
        rows += _command_lines(Where.EVERYWHERE, width)
    rows.append(rule(width, _("Saisie rapide")))
    rows += _pairs(_translated(_EXAMPLES), width)
    rows.append(line(("   & é \" ' ( - è _ ç à", Role.KEY), "   ", _("valent 1 2 3 4 5 6 7 8 9 0")))
    rows.append(rule(width, _("Signes")))
    return [*rows, *_pairs(_translated(_SIGNS), width)]


def _command_lines(place: Where, width: int) -> list[Line]:
    found = [(_keys(one), _(one.help)) for one in COMMANDS if one.where is place]
    return _pairs(found, width)


def _keys(found: Command) -> str:
    if found.shown:
        return found.shown
    shown = [key for key in found.keys if key not in TWINS and not key.startswith("ctrl+n")]
    return " ".join(map(show_key_name, shown))


def _pairs(pairs: Sequence[tuple[str, str]], width: int) -> list[Line]:
    """Write keys and what they do, in two columns where they fit."""
    half = (width - 3) // 2
    rows: list[Line] = []
    left: Line | None = None
    for keys, what in pairs:
        size = KEYS_WIDTH + 1 + cells(what)
        cell = line((pad(keys, KEYS_WIDTH), Role.KEY), " " + what)
        if left is not None and size <= half:
            rows.append(line("   ", *left.spans, " " * (half - cells(left.text)), *cell.spans))
            left = None
        else:
            rows += [] if left is None else [line("   ", *left.spans)]
            left = cell if size < half else None
            rows += [] if left is not None else [line("   ", *cell.spans)]
    return rows if left is None else [*rows, line("   ", *left.spans)]


def _translated(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(_(keys), _(what)) for keys, what in pairs]
