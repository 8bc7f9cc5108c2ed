"""A rule of days read from plain French words, as a coordinator types it.

It reads all that `fsmobile.texts.recurrence_words` writes, and shorter: « ma paires », « 1er 3e
lundi », « mardi une semaine sur deux depuis le 8/9/2026 ». Nothing is raised while one types:
what is not understood comes back beside what is.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
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
from fsmobile.formats.schedule_recurrences import CYCLE_WEEKS_MAX, RANKS, WEEKS
from fsmobile.formats.schedule_values import WEEKDAYS, parse_date, parse_month_day

_MONTHS = (
    *("janvier", "fevrier", "mars", "avril", "mai", "juin"),
    *("juillet", "aout", "septembre", "octobre", "novembre", "decembre"),
)
_NUMBERS = {
    word: number
    for number, word in enumerate(
        ("deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"), start=2
    )
}
_RANKS = {
    "premier": 1,
    "deuxieme": 2,
    "second": 2,
    "troisieme": 3,
    "quatrieme": 4,
    "cinquieme": 5,
    "dernier": -1,
    "avant-dernier": -2,
}
_N = rf"(?:\d{{1,3}}|{'|'.join(_NUMBERS)})"
_DAY = r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lun|mar|mer|jeu|ven|sam|dim)"
_MONTH = rf"(?:{'|'.join(_MONTHS)})"
_DAY_MONTH = rf"(?:(?:1er|\d{{1,2}}) {_MONTH}|\d{{1,2}}/\d{{1,2}}(?!/))"
_DATE = rf"(?:(?:1er|\d{{1,2}}) {_MONTH} \d{{4}}|\d{{1,2}}/\d{{1,2}}/\d{{4}}|\d{{4}}-\d\d-\d\d)"
_LIST = r"(?:\s*,\s*|\s+et\s+|\s+)"
_SCHOOL = r"(?:les )?(?:vacances(?: scolaires)?)"
_HOLIDAYS = r"(?:les )?(?:jours )?feries?"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleReading:
    """What was understood of a typed rule."""

    rule: Recurrence
    stray: tuple[str, ...] = ()
    """Words that say nothing known, or an impossible date or number."""

    @property
    def is_whole(self) -> bool:
        """Tell whether everything was understood and some day is named."""
        return not self.stray and bool(self.rule.weekdays or self.rule.dates)


@dataclass(slots=True)
class _Words:
    """What has been read so far."""

    cycle_start: date
    weekdays: set[int] = field(default_factory=set)
    parity: WeekParity = WeekParity.EVERY
    weeks: set[int] = field(default_factory=set)
    ranks: set[int] = field(default_factory=set)
    cycle_length: int | None = None
    cycle_ranks: set[int] = field(default_factory=set)
    cycle_count: CycleCount = CycleCount.CALENDAR
    seasons: list[Season] = field(default_factory=list)
    school: SchoolRule = SchoolRule.IGNORE
    holidays: HolidayRule = HolidayRule.SKIP
    dates: list[date] = field(default_factory=list)
    stray: list[str] = field(default_factory=list)


def read_recurrence(text: str, cycle_start: date) -> RuleReading:
    """Read a rule as it is typed; a cycle without a date begins in the week of `cycle_start`."""
    words = _Words(cycle_start)
    plain, at = _plain(text), 0
    while at < len(plain):
        for pattern, take in _GRAMMAR:
            found = pattern.match(plain, at)
            if found is not None and found.end() > at:
                if not take(words, found):
                    words.stray.append(found[0].strip())
                at = found.end()
                break
    return RuleReading(rule=_rule(words), stray=tuple(words.stray))


def read_french_date(text: str, near: date | None = None) -> date | None:
    """Read `8 septembre 2026`, `8/9/2026` or `2026-09-08`, or return None.

    Without a year (`8/12`), the nearest such day to a given one is meant, when one is given.
    """
    plain = _plain(text).strip()
    if near is None or re.fullmatch(_DAY_MONTH, plain) is None:
        return _date(plain)
    found = _day_month(plain)
    return None if found is None else _nearest(*found, near)


def _nearest(month: int, day: int, near: date) -> date | None:
    """Return the day of a month that is nearest; 29 February looks for its leap year."""
    years = range(max(1, near.year - 4), near.year + 5)
    days = [one for year in years if (one := parse_date(f"{year:04}-{month:02}-{day:02}"))]
    return min(days, key=lambda one: abs((one - near).days), default=None)


def _rule(words: _Words) -> Recurrence:
    cycle = None
    if words.cycle_length is not None:
        cycle = Cycle(
            length=words.cycle_length,
            starts_on=words.cycle_start,
            ranks=frozenset(words.cycle_ranks or {1}),
            count=words.cycle_count,
        )
    return Recurrence(
        weekdays=frozenset(words.weekdays),
        parity=words.parity,
        weeks=frozenset(words.weeks),
        ranks=frozenset(words.ranks),
        cycle=cycle,
        seasons=tuple(words.seasons),
        school=words.school,
        holidays=words.holidays,
        dates=tuple(words.dates),
    )


def _plain(text: str) -> str:
    """Take accents and capitals away, and spaces that are not alone."""
    lowered = unicodedata.normalize("NFD", text.casefold().replace("’", "'"))
    return " ".join("".join(c for c in lowered if not unicodedata.combining(c)).split())


def _number(text: str) -> int:
    return _NUMBERS[text] if text in _NUMBERS else int(text)


def _weekday(text: str) -> int:
    return next(rank for rank, name in enumerate(WEEKDAYS) if name.startswith(text[:3]))


def _date(text: str) -> date | None:
    if text.count("/") == 2:
        day, month, year = text.split("/")
        text = f"{year}-{month:0>2}-{day:0>2}"
    elif " " in text:
        words = text.replace("1er", "1").split(" ")
        if len(words) != 3 or words[1] not in _MONTHS:
            return None
        text = f"{words[2]}-{_MONTHS.index(words[1]) + 1:02d}-{words[0]:0>2}"
    return parse_date(text)


def _day_month(text: str) -> tuple[int, int] | None:
    if "/" in text:
        day, month = text.split("/")
        return parse_month_day(f"{month:0>2}-{day:0>2}")
    day, name = text.replace("1er", "1").split(" ")
    return parse_month_day(f"{_MONTHS.index(name) + 1:02d}-{day:0>2}")


_Found = re.Match[str]
_Take = Callable[[_Words, _Found], bool]


def _take_share(words: _Words, found: _Found) -> bool:
    """Read `une semaine sur deux`, `2 semaines sur 3 (la 1re et la 2e)`, `un mardi sur deux`."""
    share = 1 if found["share"] in ("un", "une") else _number(found["share"])
    length = _number(found["length"])
    named = {int(rank) for rank in re.findall(r"\d+", found["ranks"] or "")}
    ranks = named or set(range(1, share + 1))
    if found["day"]:
        words.weekdays.add(_weekday(found["day"]))
    is_said = bool(ranks) and len(ranks) == share and ranks <= set(range(1, length + 1))
    if not is_said or length > CYCLE_WEEKS_MAX:
        return False
    words.cycle_length, words.cycle_ranks = length, ranks
    return True


def _take_every(words: _Words, found: _Found) -> bool:
    length = _number(found["length"])
    if not 1 <= length <= CYCLE_WEEKS_MAX:
        return False
    words.cycle_length = length
    return True


def _take_start(words: _Words, found: _Found) -> bool:
    day = _date(found["day"])
    words.cycle_start = day or words.cycle_start
    return day is not None


def _take_served(words: _Words, _found: _Found) -> bool:
    words.cycle_count = CycleCount.OUTSIDE_SCHOOL_HOLIDAYS
    return True


def _take_season(words: _Words, found: _Found) -> bool:
    first, last = _day_month(found["first"]), _day_month(found["last"])
    if first is None or last is None:
        return False
    words.seasons.append(Season(first=first, last=last))
    return True


def _take_outside(words: _Words, _found: _Found) -> bool:
    words.school = SchoolRule.OUTSIDE
    return True


def _take_during(words: _Words, _found: _Found) -> bool:
    words.school = SchoolRule.DURING
    return True


def _take_skip(words: _Words, _found: _Found) -> bool:
    words.holidays = HolidayRule.SKIP
    return True


def _take_serve(words: _Words, _found: _Found) -> bool:
    words.holidays = HolidayRule.SERVE
    return True


def _take_parity(words: _Words, found: _Found) -> bool:
    words.parity = WeekParity.ODD if found["odd"] else WeekParity.EVEN
    return True


def _take_weeks(words: _Words, found: _Found) -> bool:
    weeks = {int(week) for week in re.findall(r"\d+", found["weeks"])}
    words.weeks |= weeks & WEEKS
    return weeks <= WEEKS


def _take_ranks(words: _Words, found: _Found) -> bool:
    ranks = {int(rank) for rank in re.findall(r"-?\d", found["ranks"])}
    words.ranks |= ranks & RANKS
    return ranks <= RANKS


def _take_rank(words: _Words, found: _Found) -> bool:
    rank = int(found["number"]) if found["number"] else _RANKS[found["name"]]
    words.ranks |= {rank} & RANKS
    return rank in RANKS


def _take_date(words: _Words, found: _Found) -> bool:
    day = _date(found[0])
    if day is not None:
        words.dates.append(day)
    return day is not None


def _take_days_between(words: _Words, found: _Found) -> bool:
    first, last = _weekday(found["first"]), _weekday(found["last"])
    words.weekdays.update(range(first, last + 1))
    return first < last


def _take_every_day(words: _Words, _found: _Found) -> bool:
    words.weekdays.update(range(7))
    return True


def _take_day(words: _Words, found: _Found) -> bool:
    words.weekdays.add(_weekday(found[0]))
    return True


def _skip(_words: _Words, _found: _Found) -> bool:
    return True


def _refuse(_words: _Words, _found: _Found) -> bool:
    return False


_GRAMMAR: tuple[tuple[re.Pattern[str], _Take], ...] = tuple(
    (re.compile(pattern), take)
    for pattern, take in (
        (
            rf"(?P<share>une?|{_N}) (?:semaines?|(?P<day>{_DAY})s?) sur (?P<length>{_N})\b"
            rf"(?: ?\((?P<ranks>[^)]*)\))?",
            _take_share,
        ),
        (rf"toutes les (?P<length>{_N}) semaines", _take_every),
        (rf"(?:a compter|a partir|depuis)(?: du| le)? (?P<day>{_DATE})", _take_start),
        (rf"comptees? hors {_SCHOOL}", _take_served),
        (rf"du (?P<first>{_DAY_MONTH}) au (?P<last>{_DAY_MONTH})(?! \d{{4}})", _take_season),
        (rf"(?:hors|sauf) {_SCHOOL}", _take_outside),
        (rf"(?:pendant|durant) {_SCHOOL}|vacances(?: scolaires)? seulement", _take_during),
        (rf"(?:hors|sauf) {_HOLIDAYS}", _take_skip),
        (rf"{_HOLIDAYS} compris|meme (?:les )?{_HOLIDAYS}", _take_serve),
        (r"(?:semaines? )?(?P<odd>im)?paires?\b", _take_parity),
        (
            rf"semaines? (?P<weeks>\d{{1,2}}(?:{_LIST}\d{{1,2}}(?![\d/er]| semaine))*)\b",
            _take_weeks,
        ),
        (rf"de rang (?P<ranks>-?\d(?:{_LIST}-?\d)*)", _take_ranks),
        (_DATE, _take_date),
        (rf"du (?P<first>{_DAY})s? au (?P<last>{_DAY})s?\b", _take_days_between),
        (r"tous les jours\b", _take_every_day),
        (
            r"(?P<number>\d)(?:er|ers|e|es|eme|emes|nd|nds)\b"
            rf"|(?P<name>{'|'.join(_RANKS)})s?\b",
            _take_rank,
        ),
        (rf"{_DAY}s?\b\.?", _take_day),
        (
            r"[\s,;.]+|toutes les semaines\b|(?:les?|la|des?|du|dans|mois|tous|chaque|et|aussi"
            r"|ces jours-la|en plus)\b|l'",
            _skip,
        ),
        (r"[^\s,;]+", _refuse),
    )
)
"""What is looked for at each place, the longest phrases first."""
