"""Pages of the fleet, from their templates and values."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial

from jinja2 import Environment

from fsmobile.core.local_time import to_local
from fsmobile.core.ports import Clock
from fsmobile.registry.page_templates import load_templates, page_language
from fsmobile.registry.timetables import DEFAULT_TIMEZONE
from fsmobile.texts import fleet_sentences
from fsmobile.texts.act_words import act_name
from fsmobile.texts.dates import (
    format_day,
    format_number,
    format_numeric_day,
    format_time,
)
from fsmobile.texts.line_breaks import hold_signs

NAME_MAX = 120


@dataclass(frozen=True)
class Renderer:
    """Fills templates with values."""

    root: str
    clock: Clock

    def __call__(self, template: str, *, timezone: str | None = None, **values: object) -> str:
        """Return a page, its hours in the time zone of a structure."""
        now = self.clock.now_ms()
        return self._environment.get_template(template).render(
            {
                "account": None,
                "form_token": "",
                "language": page_language(),
                "shown_at": self.moment(now, timezone),
                "moment": partial(self.moment, timezone=timezone),
                "age": lambda instant: fleet_sentences.format_age((now - instant) / 1000),
                **values,
            }
        )

    def moment(self, instant_ms: int, timezone: str | None = None) -> str:
        """Return `26/11/2026 08:05` in a time zone."""
        instant = datetime.fromtimestamp(instant_ms / 1000, tz=UTC)
        local = to_local(instant, timezone or DEFAULT_TIMEZONE)
        return f"{format_numeric_day(local.date())} {format_time(local.time())}"

    @cached_property
    def _environment(self) -> Environment:
        environment = load_templates("fsmobile.registry.fleet", self.root)
        environment.globals |= {
            "plain": plain,
            "vehicle": vehicle,
            "number": format_number,
            "format_day": format_day,
            "format_time": format_time,
            "format_drift": fleet_sentences.format_drift,
            "role_name": fleet_sentences.role_name,
            "act_name": act_name,
            "explain_event": lambda kind: hold_signs(fleet_sentences.explain_event(kind)),
            "explain_refusal": fleet_sentences.explain_refusal,
        }
        environment.filters["attention_name"] = fleet_sentences.attention_name
        return environment


def plain(text: str) -> str:
    """Return a text of a laptop as one short line, without what turns or hides other words."""
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
    return shown if len(shown) <= NAME_MAX else f"{shown[:NAME_MAX]}…"


def vehicle(unit: str) -> str:
    """Return a unit without its structure, on a page that is the structure's own."""
    return plain(unit.rpartition("/")[2])
