"""Words of the planning: holidays by their codes, weeks with their parity, reaches, closures."""

from collections.abc import Mapping
from datetime import date

from fsmobile.core.reach import Reach
from fsmobile.texts.translation import _, mark

_HOLIDAYS: Mapping[str, str] = {
    "jour-de-l-an": mark("jour de l'An"),
    "fete-du-travail": mark("fête du Travail"),
    "victoire-1945": mark("8 mai 1945"),
    "fete-nationale": mark("fête nationale"),
    "assomption": mark("Assomption"),
    "toussaint": mark("Toussaint"),
    "armistice-1918": mark("11 novembre 1918"),
    "noel": mark("Noël"),
    "lundi-de-paques": mark("lundi de Pâques"),
    "ascension": mark("Ascension"),
    "lundi-de-pentecote": mark("lundi de Pentecôte"),
    "vendredi-saint": mark("Vendredi saint"),
    "saint-etienne": mark("Saint-Étienne"),
    "abolition-de-l-esclavage": mark("abolition de l'esclavage"),
    "ferie-local": mark("férié local"),
}
_REACHES: Mapping[Reach, str] = {
    Reach.ONCE: mark("cette fois seulement"),
    Reach.ONWARDS: mark("celle-ci et les suivantes"),
    Reach.ALWAYS: mark("toutes"),
}
CLOSURE_REASONS: Mapping[str, str] = {
    "conges": mark("congés"),
    "formation": mark("formation"),
    "reunion": mark("réunion"),
    "meteo": mark("intempéries"),
    "autre": mark("autre raison"),
}
"""Why a service closes; the codes are written in `calendriers/fermetures.toml`."""


def holiday_name(code: str) -> str:
    """Return the name of a public holiday: `Noël`."""
    return _(_HOLIDAYS[code]) if code in _HOLIDAYS else code


def reach_name(reach: Reach) -> str:
    """Return how far a change goes: `celle-ci et les suivantes`."""
    return _(_REACHES[reach])


def closure_reason(code: str) -> str:
    """Return why a service closes, or the file's own word."""
    return _(CLOSURE_REASONS[code]) if code in CLOSURE_REASONS else code


def week_name(day: date) -> str:
    """Return the ISO week of a day with its parity: `semaine 50, paire`."""
    week = day.isocalendar().week
    told = _("semaine {week}, impaire") if week % 2 else _("semaine {week}, paire")
    return told.format(week=week)


def week_name_short(day: date) -> str:
    """Return the same where room is short: `s. 50 paire`."""
    week = day.isocalendar().week
    told = _("s. {week} impaire") if week % 2 else _("s. {week} paire")
    return told.format(week=week)
