"""Puts the parameters of an error into its sentence, safe to show on a terminal."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date

from fsmobile.errors import Param
from fsmobile.texts.dates import format_date, format_number, weekday_name
from fsmobile.texts.labels import label_kind
from fsmobile.texts.translation import _

SHOWN_MAX = 60
"""Longest piece of a person's file or text that a sentence quotes."""
LIST_MAX = 300
"""Longest list of known words: cut later, for it is what the person looks for."""
_LISTS = frozenset({"dates", "detail", "expected", "known", "names", "path"})

_DAYS = frozenset({"day", "next_day"})
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_FIELD = re.compile(r"\{([a-z_]+)\}(\.?)")
"""A field, and the full stop that would follow the one of `nov.`."""


def fill(template: str, params: Mapping[str, Param]) -> str:
    """Fill `{fields}` from the parameters; one that is missing shows as an ellipsis."""
    return _FIELD.sub(
        lambda field: _ended(show_param(field[1], params.get(field[1])), field[2]), template
    )


def fields_of(template: str) -> set[str]:
    """Return the names of the `{fields}` of a sentence."""
    return {name for name, _stop in _FIELD.findall(template)}


def _ended(text: str, stop: str) -> str:
    return text if text.endswith(".") else text + stop


def show_param(name: str, value: Param) -> str:
    """Return a parameter as a person reads it, short and without control characters.

    A code is shown by its label when the name of the parameter says what it is a code of.
    """
    if value is None or value == "":
        return "…"
    if name == "weekday" and isinstance(value, int):
        return weekday_name(value)
    if name in _DAYS and isinstance(value, str) and _DATE.fullmatch(value):
        return format_date(date.fromisoformat(value))
    if name == "kind":
        return label_kind(str(value))
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, float):
        return format_number(value, 1)
    text = "".join(map(_visible, str(value)))
    longest = LIST_MAX if name in _LISTS else SHOWN_MAX
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _visible(character: str) -> str:
    """Show what a terminal would obey (ESC, a change of direction) as its code point."""
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return f"<{ord(character):04X}>"
    return character
