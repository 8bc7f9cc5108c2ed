"""What a correction changed, in words: the old value and the new one."""

from collections.abc import Mapping
from datetime import date, time
from enum import StrEnum
from typing import Any

from fsmobile.core.ids import PassageId
from fsmobile.texts.dates import format_day_short, format_minutes, format_time
from fsmobile.texts.labels import label, label_field
from fsmobile.texts.translation import _
from fsmobile.tui.day_context import DayContext

_FOLLOWERS = frozenset(("insee_code", "whereabouts"))
"""Change with the passage: saying that is enough."""
_MINUTES = "\N{NO-BREAK SPACE}min"
"""The unit, said once for both values."""


def describe_changes(
    changes: Mapping[str, tuple[object, object]], context: DayContext, *, is_discreet: bool
) -> list[str]:
    """Say each change as « durée 10 → 15 min »; notes only when they may be seen."""
    told = []
    for name, (before, after) in changes.items():
        if name in _FOLLOWERS and "passage_id" in changes:
            continue
        if name == "note" and is_discreet:
            told.append(label_field(name))
            continue
        old, new = (_value(name, value, context) for value in (before, after))
        if old.endswith(_MINUTES) and new.endswith(_MINUTES):
            old = old.removesuffix(_MINUTES)
        told.append(f"{label_field(name)} {old} → {new}")
    return told


def _value(name: str, value: Any, context: DayContext) -> str:
    """Write one value of a visit as its sheet does."""
    match name, value:
        case "passage_id", _passage:
            return context.place_name(None if value is None else PassageId(value))
        case (("residence" | "insee_code"), str()):
            return context.commune_name(value)
        case "residence", None:
            return _("non communiqué")
        case "minutes", int():
            return format_minutes(value)
        case "enquiries", _enquiries:
            return " + ".join(_enquiry(one, context) for one in value)
        case _field, StrEnum():
            return label(value)
        case _field, time():
            return format_time(value)
        case _field, date():
            return format_day_short(value)
        case _field, (None | ""):
            return "—"
        case _:
            return str(value)


def _enquiry(enquiry: Any, context: DayContext) -> str:
    return f"{context.procedure_name(enquiry.procedure)} ({label(enquiry.outcome)})"
