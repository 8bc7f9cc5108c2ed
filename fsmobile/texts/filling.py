"""Puts the parameters of an error into its sentence, safe to show on a terminal."""

import re
import unicodedata
from collections.abc import Mapping

from fsmobile.errors import Param
from fsmobile.texts.dates import format_number
from fsmobile.texts.translation import _

SHOWN_MAX = 60
"""Longest piece of a person's file or text that a sentence quotes."""

_FIELD = re.compile(r"\{([a-z_]+)\}")


def fill(template: str, params: Mapping[str, Param]) -> str:
    """Fill `{fields}` from the parameters; one that is missing shows as an ellipsis."""
    return _FIELD.sub(lambda field: show_param(params.get(field[1])), template)


def fields_of(template: str) -> set[str]:
    """Return the names of the `{fields}` of a sentence."""
    return set(_FIELD.findall(template))


def show_param(value: Param) -> str:
    """Return a parameter as a person reads it, short and without control characters."""
    if value is None or value == "":
        return "…"
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, float):
        return format_number(value, 1)
    text = "".join(map(_visible, str(value)))
    return text if len(text) <= SHOWN_MAX else text[: SHOWN_MAX - 1] + "…"


def _visible(character: str) -> str:
    """Show what a terminal would obey (ESC, a change of direction) as its code point."""
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return f"<{ord(character):04X}>"
    return character
