"""A rule of days in plain words: « les mardis des semaines paires, hors jours fériés ».

The French words are read back by `fsmobile.formats.recurrence_reading`: a rule is written and
read in one language.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from fsmobile.core.recurrence import (
    Cycle,
    CycleCount,
    HolidayRule,
    Recurrence,
    SchoolRule,
    Season,
    WeekParity,
)
from fsmobile.texts.dates import format_date, format_day_of_year, weekday_name
from fsmobile.texts.translation import _, current_language, mark

_PLURALS = (
    *(mark("lundis"), mark("mardis"), mark("mercredis"), mark("jeudis")),
    *(mark("vendredis"), mark("samedis"), mark("dimanches")),
)
_NUMBERS = {
    2: mark("deux"), 3: mark("trois"), 4: mark("quatre"), 5: mark("cinq"), 6: mark("six"),
}  # fmt: skip
_LAST = {-1: mark("dernier"), -2: mark("avant-dernier")}
_PARITIES = {WeekParity.EVEN: mark("des semaines paires"), WeekParity.ODD: mark(
    "des semaines impaires")}  # fmt: skip


def describe_recurrence(
    rule: Recurrence, valid_from: date | None = None, valid_until: date | None = None
) -> str:
    """Say on which days a rule passes, and between which dates, if they are given."""
    head = " ".join(filter(None, (_days(rule), *_weeks(rule))))
    parts = [head] if head else []
    if rule.cycle is not None:
        parts += _cycle(rule.cycle)
    if rule.seasons:
        parts.append(_and(map(_season, rule.seasons)))
    if rule.school is SchoolRule.OUTSIDE:
        parts.append(_("hors vacances scolaires"))
    elif rule.school is SchoolRule.DURING:
        parts.append(_("pendant les vacances scolaires"))
    if rule.holidays is HolidayRule.SERVE:
        parts.append(_("jours fériés compris"))
    elif rule.weekdays:
        parts.append(_("hors jours fériés"))
    if rule.dates:
        dates = _and(_("le {day}").format(day=format_date(day)) for day in rule.dates)
        parts.append(_("et aussi {dates}").format(dates=dates) if parts else dates)
    return ", ".join([*parts, *_validity(valid_from, valid_until)])


def describe_narrowing(rule: Recurrence) -> str:
    """Say which of its run's days a stop keeps: `les semaines paires seulement`."""
    days = _days(rule) or _("ces jours-là")
    parts = [" ".join((days, *_weeks(rule)))]
    if rule.cycle is not None:
        parts += _cycle(rule.cycle)
    return ", ".join([*parts, *map(_season, rule.seasons)])


def _days(rule: Recurrence) -> str:
    days = sorted(rule.weekdays)
    if not days:
        return ""
    ranks = sorted(rule.ranks, key=lambda rank: (rank < 0, rank))
    if ranks and min(ranks) >= min(_LAST):
        told = _and(_ranked(day, ranks) for day in days)
        return _("{days} du mois").format(days=told)
    if len(days) == 7:
        told = _("tous les jours")
    elif len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        told = _("du {first} au {last}").format(
            first=weekday_name(days[0]), last=weekday_name(days[-1])
        )
    else:
        told = _("les {days}").format(days=_and(_(_PLURALS[day]) for day in days))
    if ranks:
        told += " " + _("de rang {ranks} dans le mois").format(ranks=_and(map(str, ranks)))
    return told


def _ranked(day: int, ranks: Sequence[int]) -> str:
    """Say `les 1er et 3e mardis`, `le dernier vendredi`."""
    words = _and(_(_LAST[rank]) if rank < 0 else ordinal(rank) for rank in ranks)
    if ranks == [-2]:
        return _("l'avant-dernier {day}").format(day=weekday_name(day))
    if len(ranks) == 1:
        return _("le {rank} {day}").format(rank=words, day=weekday_name(day))
    return _("les {ranks} {days}").format(ranks=words, days=_(_PLURALS[day]))


def _weeks(rule: Recurrence) -> list[str]:
    told = [_(_PARITIES[rule.parity])] if rule.parity in _PARITIES else []
    if len(rule.weeks) == 1:
        told.append(_("de la semaine {week}").format(week=min(rule.weeks)))
    elif rule.weeks:
        told.append(_("des semaines {weeks}").format(weeks=_and(map(str, sorted(rule.weeks)))))
    return told


def _cycle(cycle: Cycle) -> list[str]:
    """Say `une semaine sur deux à compter du 8 septembre 2026`."""
    ranks = sorted(cycle.ranks)
    length = _(_NUMBERS[cycle.length]) if cycle.length in _NUMBERS else str(cycle.length)
    if len(ranks) == 1:
        told = _("une semaine sur {length}").format(length=length)
    else:
        told = _("{n} semaines sur {length}").format(n=len(ranks), length=length)
    if ranks != [1]:
        which = _and(_("la {rank}").format(rank=ordinal(rank, feminine=True)) for rank in ranks)
        told += f" ({which})"
    told += " " + _("à compter du {day}").format(day=format_date(cycle.starts_on))
    if cycle.count is CycleCount.CALENDAR:
        return [told]
    return [told, _("comptées hors vacances scolaires")]


def _season(season: Season) -> str:
    return _("du {first} au {last}").format(
        first=format_day_of_year(*season.first), last=format_day_of_year(*season.last)
    )


def _validity(first: date | None, last: date | None) -> list[str]:
    if first is None:
        return []
    if last is None:
        return [_("à partir du {day}").format(day=format_date(first))]
    return [_("du {first} au {last}").format(first=format_date(first), last=format_date(last))]


def ordinal(number: int, *, feminine: bool = False) -> str:
    """Return `1er`, `1re`, `2e`; in English `1st`, `2nd`."""
    if current_language() == "en":
        is_teen = number % 100 in (11, 12, 13)
        ending = "th" if is_teen else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        return f"{number}{ending}"
    if number == 1:
        return "1re" if feminine else "1er"
    return f"{number}e"


def _and(words: Iterable[str]) -> str:
    """Join words: `a`, `a et b`, `a, b et c`."""
    *first, last = tuple(words)
    return _("{first} et {last}").format(first=", ".join(first), last=last) if first else last
