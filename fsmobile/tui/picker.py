"""Picker: a list narrowed by letters, chosen by a digit or Enter; a pure state machine."""

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from fsmobile.core.folding import fold
from fsmobile.tui.keys import TWINS, digit, is_text

QUERY_MAX = 40


class Choice(Struct, frozen=True, kw_only=True):
    """One line of a picker."""

    code: str
    label: str
    detail: str = ""
    """Shown at the right: how often, which operator."""
    more: str = ""
    """Said below the list of the line under the cursor: a file and its line."""


class Picker(Struct, frozen=True, kw_only=True):
    """What was typed and where the cursor stands."""

    query: str = ""
    cursor: int = 0
    takes_text: bool = True
    """False for a short list: letters do nothing, every twin is a digit."""


class Picked(Struct, frozen=True, kw_only=True):
    """A line was chosen."""

    choice: Choice


def press_picker(picker: Picker, key: str, choices: Sequence[Choice]) -> Picker | Picked | None:
    """Feed a key to a picker showing `choices`; None means that the key is not for it."""
    last = max(0, len(choices) - 1)
    if key == "enter":
        return Picked(choice=choices[picker.cursor]) if picker.cursor < len(choices) else picker
    moves = {"up": -1, "down": 1, "pageup": -9, "pagedown": 9, "home": -last, "end": last}
    if key in moves:
        return replace(picker, cursor=min(last, max(0, picker.cursor + moves[key])))
    number = _line_number(picker, key)
    if number is not None:
        return Picked(choice=choices[number - 1]) if 0 < number <= len(choices) else picker
    if key == "backspace":
        if not picker.query:
            return None
        return replace(picker, query=picker.query[:-1], cursor=0)
    if not is_text(key):
        return None
    if not picker.takes_text or len(picker.query) >= QUERY_MAX or (key == " " and not picker.query):
        return picker
    return replace(picker, query=picker.query + key, cursor=0)


def _line_number(picker: Picker, key: str) -> int | None:
    """Tell which line a key points at; accented letters may be the start of a word.

    On a French keyboard `é` is the 2 key, but Énergie and État civil start with it: it is text
    wherever text is taken. Inside a word `è ç à` are text as well (chèque, reçu).
    """
    if picker.takes_text and key in TWINS and (key == "é" or (picker.query and key.isalpha())):
        return None
    found = digit(key)
    return None if found is None or found == 0 else found


def narrowing(choices: Sequence[Choice]) -> Callable[[str], Sequence[Choice]]:
    """Return a look-up that keeps the choices with a word starting like each word typed."""
    folded = [(" " + fold(f"{choice.label} {choice.detail}"), choice) for choice in choices]

    def find(query: str) -> Sequence[Choice]:
        words = fold(query).split()
        return [choice for text, choice in folded if all(f" {word}" in text for word in words)]

    return find
