"""The phrases of a typed rule of days: what each looks like, and what it says."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from fsmobile.core.recurrence import (
    CycleCount,
    HolidayRule,
    SchoolRule,
    Season,
    WeekParity,
)
from fsmobile.formats.french_dates import MONTHS
from fsmobile.formats.schedule_recurrences import CYCLE_WEEKS_MAX, RANKS, WEEKS
from fsmobile.formats.schedule_values import A_LEAP_YEAR, WEEKDAYS
from fsmobile.formats.typed_dates import (
    MONTH,
    read_day_month,
    read_french_date,
)

NUMBERS = {
    word: number
    for number, word in enumerate(
        ("deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"), start=2
    )
}
_NAMED_RANKS = {
    "premier": 1,
    "deuxieme": 2,
    "second": 2,
    "troisieme": 3,
    "quatrieme": 4,
    "cinquieme": 5,
    "dernier": -1,
    "avant-dernier": -2,
    "avant dernier": -2,
}
_WEEKS_OF_DAYS = {"14": 2, "15": 2, "quinze": 2, "21": 3, "28": 4}
"""« Tous les quinze jours » is every second week."""
_MONTH_WEEK_MAX = 5
"""Up to `S5`, nobody can tell the week of a month or of a rotation from that of a year."""

DAY = r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lun|mar|mer|jeu|ven|sam|dim)"
_ORDINAL = r"\d(?:er|ers|ere|re|e|es|eme|emes|nd|nds)\b"
RANK = rf"(?:{_ORDINAL}|(?:{'|'.join(sorted(_NAMED_RANKS, reverse=True))})s?\b)"


class RuleAdvice(StrEnum):
    """Why something cannot be a rule, and where it is said instead."""

    TWO_RULES = "deux-regles"
    HOURS = "heures"
    VALIDITY = "validite"
    WEEK_OF_MONTH = "semaine-du-mois"
    EXCEPTION = "exception"
    YEAR = "annee"


@dataclass(slots=True)
class Words:
    """What has been read so far."""

    cycle_start: date
    weekdays: set[int] = field(default_factory=set)
    parity: WeekParity = WeekParity.EVERY
    weeks: set[int] = field(default_factory=set)
    ranks: set[int] = field(default_factory=set)
    ranks_of: dict[int, set[int]] = field(default_factory=dict)
    """Those said of each day: « 1er lundi et 3e jeudi » are two rules."""
    leading: set[int] = field(default_factory=set)
    """Ranks that stand before the days they are said of."""
    cycle_length: int | None = None
    cycle_ranks: set[int] = field(default_factory=set)
    cycle_count: CycleCount = CycleCount.CALENDAR
    cycle_days: set[int] = field(default_factory=set)
    """« Un mardi sur deux » says nothing of the other days."""
    counts_days: bool = False
    """« Tous les quinze jours » from a date: its day of the week is known."""
    start_said: str = ""
    seasons: list[Season] = field(default_factory=list)
    leaves_months_out: bool = False
    school: SchoolRule = SchoolRule.IGNORE
    holidays: HolidayRule = HolidayRule.SKIP
    dates: list[date] = field(default_factory=list)
    stray: list[str] = field(default_factory=list)
    advice: list[RuleAdvice] = field(default_factory=list)
    said: dict[str, object] = field(default_factory=dict)

    def say(self, key: str, value: object) -> None:
        """Note what was said of a key; two things of one key are two rules."""
        if self.said.setdefault(key, value) != value:
            self.advice.append(RuleAdvice.TWO_RULES)

    def add_day(self, weekday: int) -> None:
        """Add a day of the week, with the ranks that stand before it."""
        self.weekdays.add(weekday)
        if self.leading:
            self.ranks_of.setdefault(weekday, set()).update(self.leading)


Found = re.Match[str]
Take = Callable[[Words, Found], bool]
"""Takes what a phrase says; False when it cannot be."""


def _number(text: str) -> int:
    return NUMBERS[text] if text in NUMBERS else int(text)


def _weekday(text: str) -> int:
    return next(rank for rank, name in enumerate(WEEKDAYS) if name.startswith(text[:3]))


def _weekdays(text: str) -> set[int]:
    return {_weekday(day) for day in re.findall(DAY, text)}


def _ranks(text: str) -> set[int]:
    found = re.findall(RANK, text)
    return {
        int(rank[0]) if rank[0].isdigit() else _NAMED_RANKS[rank.removesuffix("s")]
        for rank in found
    }


def take_share(words: Words, found: Found) -> bool:
    """Read `une semaine sur deux`, `2 semaines sur 3 (la 1re et la 2e)`, `un mardi sur deux`."""
    share = 1 if found["share"] in ("un", "une") else _number(found["share"])
    length = _number(found["length"])
    named = {int(rank) for rank in re.findall(r"\d+", found["ranks"] or "")}
    ranks = named or set(range(1, share + 1))
    if found["day"]:
        words.add_day(_weekday(found["day"]))
        words.cycle_days.add(_weekday(found["day"]))
    is_said = bool(ranks) and len(ranks) == share and ranks <= set(range(1, length + 1))
    if not is_said or length > CYCLE_WEEKS_MAX:
        return False
    words.say("cycle", (length, ranks))
    words.cycle_length, words.cycle_ranks = length, ranks
    return True


def take_every(words: Words, found: Found) -> bool:
    length = _number(found["length"])
    if not 1 <= length <= CYCLE_WEEKS_MAX:
        return False
    words.say("cycle", (length, {1}))
    words.cycle_length = length
    return True


def take_days_apart(words: Words, found: Found) -> bool:
    length = _WEEKS_OF_DAYS.get(found["days"] or "quinze")
    if length is None:
        return False
    if found["day"]:
        words.add_day(_weekday(found["day"]))
        words.cycle_days.add(_weekday(found["day"]))
    words.say("cycle", (length, {1}))
    words.cycle_length, words.counts_days = length, True
    return True


def take_start(words: Words, found: Found) -> bool:
    day = read_french_date(found["day"], words.cycle_start)
    words.start_said = found[0]
    words.cycle_start = day or words.cycle_start
    return day is not None and found["weekday"] in (None, *_names_of(day))


def _names_of(day: date) -> tuple[str, str]:
    name = WEEKDAYS[day.weekday()]
    return (name, name[:3])


def take_served(words: Words, _found: Found) -> bool:
    words.cycle_count = CycleCount.OUTSIDE_SCHOOL_HOLIDAYS
    return True


def take_season(words: Words, found: Found) -> bool:
    first, last = read_day_month(found["first"]), read_day_month(found["last"])
    if first is None or last is None or words.leaves_months_out:
        return False
    words.seasons.append(Season(first=first, last=last))
    return True


def _stretches(months: set[int]) -> list[Season]:
    """Return the months as seasons, those that follow each other as one, over new year too."""
    found: list[Season] = []
    for first in sorted(month for month in months if (month - 2) % 12 + 1 not in months):
        last = first
        while last % 12 + 1 in months:
            last = last % 12 + 1
        found.append(_season_of_months(first, last))
    return found


def _season_of_months(first: int, last: int) -> Season:
    return Season(first=(first, 1), last=(last, monthrange(A_LEAP_YEAR, last)[1]))


def _month_numbers(text: str) -> list[int]:
    return [MONTHS.index(name) + 1 for name in re.findall(MONTH, text)]


def take_months(words: Words, found: Found) -> bool:
    """Read `en juillet et août`, `de septembre à juin`."""
    months = _month_numbers(found[0])
    if found["span"]:
        words.seasons.append(_season_of_months(*months))
    else:
        words.seasons += _stretches(set(months))
    return not words.leaves_months_out


def take_but_months(words: Words, found: Found) -> bool:
    """Read `sauf août`: the stretches of the year that are left."""
    kept = set(range(1, 13)) - set(_month_numbers(found[0]))
    if words.seasons:
        return False
    words.leaves_months_out = True
    words.seasons += _stretches(kept)
    return bool(words.seasons)


def take_school(rule: SchoolRule) -> Take:
    def take(words: Words, _found: Found) -> bool:
        words.say("school", rule)
        words.school = rule
        return True

    return take


def take_holidays(rule: HolidayRule) -> Take:
    def take(words: Words, _found: Found) -> bool:
        words.say("holidays", rule)
        words.holidays = rule
        return True

    return take


def take_outside_both(words: Words, found: Found) -> bool:
    """Read `hors vacances et jours fériés`."""
    take_school(SchoolRule.OUTSIDE)(words, found)
    return take_holidays(HolidayRule.SKIP)(words, found)


def take_parity(words: Words, found: Found) -> bool:
    words.parity = WeekParity.ODD if found["odd"] else WeekParity.EVEN
    words.say("parity", words.parity)
    return True


def take_every_week(words: Words, _found: Found) -> bool:
    words.say("parity", WeekParity.EVERY)
    return True


def take_weeks(words: Words, found: Found) -> bool:
    weeks = {int(week) for week in re.findall(r"\d+", found["weeks"])}
    words.say("weeks of", frozenset(words.weekdays) if words.weeks else None)
    words.weeks |= weeks & WEEKS
    return weeks <= WEEKS


def take_short_weeks(words: Words, found: Found) -> bool:
    """Read `S36` as a week of the year; `S1/S3` may be anything."""
    if max(int(week) for week in re.findall(r"\d+", found[0])) > _MONTH_WEEK_MAX:
        return take_weeks(words, found)
    return refuse_for(RuleAdvice.WEEK_OF_MONTH)(words, found)


def take_ranks(words: Words, found: Found) -> bool:
    named = found.groupdict().get("numbers")
    ranks = {int(one) for one in re.findall(r"-?\d", named)} if named else _ranks(found[0])
    words.ranks |= ranks & RANKS
    if found["leads"] is None:
        for day in words.weekdays:
            words.ranks_of.setdefault(day, set(ranks))
        ranks = set()
    words.leading = ranks
    return ranks <= RANKS


def take_first_ones(words: Words, found: Found) -> bool:
    count, sign = _number(found["count"]), 1 if found["end"] == "premier" else -1
    words.leading = {sign * rank for rank in range(1, count + 1)}
    words.ranks |= words.leading & RANKS
    return bool(words.leading) and words.leading <= RANKS


def take_but_ranks(words: Words, found: Found) -> bool:
    """Read `tous les mercredis sauf le 5e`: a day from the end is none of the first five."""
    out, days = _ranks(found[0]), _weekdays(found[0])
    kept = set(range(1, 6)) - out
    if words.ranks or not words.weekdays or min(out) < 0 or days - words.weekdays:
        return False
    if days and days != words.weekdays:
        words.advice.append(RuleAdvice.TWO_RULES)
    words.ranks = kept
    words.ranks_of = {day: set(kept) for day in words.weekdays}
    return bool(kept) and out <= RANKS


def take_dates(words: Words, found: Found) -> bool:
    """Read one date, or several of one month; a day of the week beside them is checked."""
    days = re.findall(r"\d+", found["days"] or "")
    texts = [f"{day} {found['rest']}" for day in days] or [found["date"]]
    dates = [day for text in texts if (day := read_french_date(text)) is not None]
    words.dates += dates
    is_named = [found["weekday"] in (None, *_names_of(day)) for day in dates]
    return len(dates) == len(texts) and all(is_named)


def take_days_between(words: Words, found: Found) -> bool:
    first, last = _weekday(found["first"]), _weekday(found["last"])
    for weekday in range(first, last + 1):
        words.add_day(weekday)
    return first < last


def take_every_day(words: Words, _found: Found) -> bool:
    for weekday in range(7):
        words.add_day(weekday)
    return True


def take_but_days(words: Words, found: Found) -> bool:
    out = _weekdays(found[0])
    is_said = out < words.weekdays
    words.weekdays -= out if is_said else set()
    return is_said


def take_day(words: Words, found: Found) -> bool:
    words.add_day(_weekday(found[0]))
    return True


def skip(_words: Words, _found: Found) -> bool:
    return True


def refuse(_words: Words, _found: Found) -> bool:
    return False


def refuse_for(advice: RuleAdvice) -> Take:
    def take(words: Words, _found: Found) -> bool:
        words.advice.append(advice)
        return False

    return take
