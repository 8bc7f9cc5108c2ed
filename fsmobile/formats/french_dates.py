"""Dates and hours found in French text: « mardis 3, 17 et 31 mars », « de 10h à 12h30 ».

What is found is given back with where it stands, so that the rest of the text can be read too.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import time
from itertools import groupby, pairwise
from operator import itemgetter

from msgspec import Struct

from fsmobile.core.plan_finding import Opening
from fsmobile.core.published_dates import WrittenDay
from fsmobile.core.spans import HalfDay, TimeSpan
from fsmobile.formats.schedule_values import WEEKDAYS

MONTHS = (
    *("janvier", "fevrier", "mars", "avril", "mai", "juin"),
    *("juillet", "aout", "septembre", "octobre", "novembre", "decembre"),
)
_MONTH = (
    r"(?:janvier|janv|jan|fevrier|fevr|fev|mars|avril|avr|mai|juin|juillet|juil|aout"
    r"|septembre|sept|octobre|oct|novembre|nov|decembre|dec)\b\.?"
)
_WEEKDAY = (
    r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)s?\b"
    r"|(?:lun|mar|mer|jeu|ven|sam|dim)\b\.?"
)
_NUMBER = r"(?:1\s?er|[0-3]?\d)"
_NO_CLOCK = r"(?!\d|\s*h|:\d)"
_DAY = rf"(?:(?:{_WEEKDAY})[\s,;|]+(?:le\s+)?)?{_NUMBER}{_NO_CLOCK}"
_AND = r"\s*(?:,|;|&|-|/|\bet\b|,\s*et\b)\s*(?:les?\s+)?"
_YEAR = r"(?:20\d\d)"

_DATES = (
    re.compile(
        rf"(?:(?P<weekday>{_WEEKDAY})[\s,;|]*(?:le\s+)?)?"
        rf"(?<!\d)(?P<year>{_YEAR})-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)"
    ),
    re.compile(
        rf"(?:(?P<weekday>{_WEEKDAY})[\s,;|]*(?:le\s+)?)?"
        rf"(?<!\d)(?P<day>\d{{1,2}})(?P<cut>[/.-])(?P<month>\d{{1,2}})(?P=cut)"
        rf"(?P<year>{_YEAR}|\d\d)(?!\d)"
    ),
    re.compile(
        rf"(?:(?P<weekday>{_WEEKDAY})[\s,;|]*(?:le\s+)?)?"
        rf"(?<!\d)(?P<day>\d{{1,2}})/(?P<month>\d{{1,2}})(?![\d/])"
    ),
)
_WORDED = re.compile(
    rf"(?P<days>\b{_DAY}(?:{_AND}{_DAY})*)\s+(?:de\s+)?(?P<month>{_MONTH})"
    rf"(?:\s+(?P<year>{_YEAR})\b)?"
)
_OF_MONTH = re.compile(rf"(?P<days>\b(?:{_WEEKDAY})\s+{_NUMBER}{_NO_CLOCK}(?!/\d))")
_ONE_DAY = re.compile(rf"(?:(?P<weekday>{_WEEKDAY})\s+(?:le\s+)?)?(?P<day>{_NUMBER})")
_CLOCK = r"(?:[01]?\d|2[0-4])\s*(?:h|:)\s*(?:[0-5]\d)?"
_HOUR = r"\d{1,2}\s*h(?:[0-5]\d)?(?!\s*(?:-|/|a\b)\s*\d)"
"""The end of `10-12h`, and no beginning of another span."""
_SPAN = re.compile(
    rf"(?:\b(?:de|entre)\s+)?(?<!\d)(?P<first>{_CLOCK}|\d{{1,2}}(?=\s*-\s*{_HOUR}))"
    rf"\s*(?:-|/|>|;|\t|\ba\b|\bet\b|\bjusqu'a\b)\s*(?P<last>{_CLOCK})(?!\d)"
)
_HALF_DAY = re.compile(r"\b(?:le |l')?(?P<word>matin(?:ee)?|apres[- ]midi)\b")
_ALONE = re.compile(rf"\b(?:(?P<month>{_MONTH})\s+)?(?P<year>{_YEAR})\b")
_TWO_YEARS = re.compile(rf"\b{_YEAR}\s*[-/]\s*(?:20)?\d\d(?!\d)")
"""`2026-2027`: a title that says no year."""
_MONTH_ALONE = re.compile(rf"^\W*(?P<month>{_MONTH})\W*$")

_RULE = re.compile(
    r"\btou(?:te)?s les \w+\b(?! \d)|\bchaque\b|\bune? \w+ sur \w+\b|\bsemaines? (?:im)?paires?\b"
    r"|\bsemaine du\b|\ba (?:partir|compter) d(?:u\b|e (?!\d+ ?[h:]))|\bdes le \d|\bjusqu'au\b"
    r"|\b(?:sauf|excepte|hormis)\b|\bhors (?:les )?(?:vacances|jours|feries)|\bvacances (?:d|scol)"
    r"|\bau lieu d|\b(?:reporte|deplace|remplace)(?:e?s?|nt)\b|\bvalables?\b|\bmise? a jour\b"
)
"""Words beside which a date is no day of a list: a bound, an exception, another rule."""
_FROM_TO = re.compile(r"\bdu\s*(?:\||\d{1,2}(?:er)?)\s*au\s*\|")
"""`du 3 au 7 mars`, once the dates are bars."""

_DASHES = str.maketrans({"–": "-", "—": "-", "‑": "-", "’": "'", "\u00a0": " ", "\u202f": " "})


_Mark = tuple[int, WrittenDay | TimeSpan | HalfDay]
"""What stands in a text, and where it begins."""
_ALTERNATING = 4
"""Days, hours, days, hours; `3 mars 10h-12h, 10 mars` has the same hours twice."""


class FoundDates(Struct, frozen=True, kw_only=True):
    """What a text says of days and hours, and the rest of it."""

    days: tuple[WrittenDay, ...]
    hours: tuple[Opening, ...]
    """Of each of the days: all that the text says, or what stands beside it."""
    opening: Opening
    """All the hours that the text says."""
    rest: str
    """The text with a bar in the place of what was read."""
    year: int | None = None
    """A year that stands alone, in a title."""
    month: int | None = None
    """A month that stands alone, or beside that year."""
    between_hours: tuple[str, ...] = ()
    """What stands between two hours, where no day does."""
    is_rule: bool = False
    """Whether the days are bounds or exceptions of a rule, and no list of days."""
    faults: tuple[str, ...] = ()
    """Hours that cannot be."""


def find_dates(text: str, month: int | None = None) -> FoundDates:
    """Find the days and hours of a text; `month` is that of the title above it."""
    plain = plain_text(text)
    spans, cut, faults = _spans(plain)
    hour_cuts = list(cut)
    days: list[_Mark] = []
    for found, one in _written_days(plain, text, month):
        if not _meets(found, cut):
            cut.append(found)
            days += ((found[0], day) for day in one)
    half_days: list[_Mark] = []
    for word in _HALF_DAY.finditer(plain):
        if not _meets(word.span(), cut):
            cut.append(word.span())
            is_morning = word["word"].startswith("matin")
            half_day = HalfDay.MORNING if is_morning else HalfDay.AFTERNOON
            half_days.append((word.start(), half_day))
            hour_cuts += () if spans else (word.span(),)
    days.sort(key=itemgetter(0))
    hours = spans or half_days
    year_alone, month_alone = _alone(plain, cut) if not days else (None, None)
    rest = _without(text, cut)
    return FoundDates(
        days=tuple(day for _, day in days if isinstance(day, WrittenDay)),
        hours=tuple(_hours_of_days(days, hours)),
        opening=_opening(hours),
        rest=rest,
        between_hours=tuple(_between(text, sorted(hour_cuts), days)),
        is_rule=bool(days and (_RULE.search(plain) or _FROM_TO.search(plain_text(rest)))),
        year=year_alone,
        month=month_alone,
        faults=tuple(faults),
    )


def _opening(hours: Iterable[_Mark]) -> Opening:
    said = [one for _, one in hours]
    spans = {one for one in said if isinstance(one, TimeSpan)}
    half_days = [one for one in said if isinstance(one, HalfDay)]
    return Opening(
        spans=tuple(sorted(spans)), half_day=half_days[-1] if half_days and not spans else None
    )


def _hours_of_days(days: Sequence[_Mark], hours: Sequence[_Mark]) -> Iterator[Opening]:
    """Give each day its hours: `de 10h à 12h les 3 et 10 mars, de 14h à 16h le 12 mars`.

    Where days and hours do not alternate, all the hours are those of each day. Of days that
    alternate with hours, the last may have none.
    """
    marks = sorted((*days, *hours), key=itemgetter(0))
    groups = [list(group) for _, group in groupby(marks, key=_is_day)]
    if len(groups) < _ALTERNATING:
        groups = [list(days), list(hours)]
    elif len(groups) % 2:
        groups.append([])
    for left, right in zip(groups[::2], groups[1::2], strict=True):
        of, said = (right, left) if left and not _is_day(left[0]) else (left, right)
        yield from (_opening(said) for _ in of)


def _between(text: str, hours: Sequence[tuple[int, int]], days: Sequence[_Mark]) -> Iterator[str]:
    for (_, end), (start, _) in pairwise(hours):
        if not any(end <= at < start for at, _ in days):
            yield text[end:start]


def _is_day(mark: _Mark) -> bool:
    return isinstance(mark[1], WrittenDay)


def read_weekday(text: str) -> int | None:
    """Read the name of a day, or its first three letters."""
    word = plain_text(text).strip(" .")
    for rank, name in enumerate(WEEKDAYS):
        if word in (name, f"{name}s", name[:3]):
            return rank
    return None


def plain_text(text: str) -> str:
    """Take accents and capitals away, letter for letter: what is found keeps its place."""
    return "".join(_plain_letter(letter) for letter in text.translate(_DASHES))


def _plain_letter(letter: str) -> str:
    lowered = unicodedata.normalize("NFD", letter.lower())[:1]
    return lowered or " "


def _written_days(
    plain: str, text: str, month: int | None
) -> Iterator[tuple[tuple[int, int], list[WrittenDay]]]:
    for pattern in _DATES:
        for found in pattern.finditer(plain):
            named = found.groupdict()
            year = named.get("year")
            yield (
                found.span(),
                [
                    WrittenDay(
                        text=text[slice(*found.span())].strip(),
                        year=None if year is None else _year(year),
                        month=int(named["month"]),
                        day=int(named["day"]),
                        weekday=read_weekday(named["weekday"] or ""),
                    )
                ],
            )
    for found in _WORDED.finditer(plain):
        year = int(found["year"]) if found["year"] else None
        yield found.span(), _listed(found["days"], text[slice(*found.span())], (month_number(
            found["month"]), year))  # fmt: skip
    if month is not None:
        for found in _OF_MONTH.finditer(plain):
            yield found.span(), _listed(found["days"], text[slice(*found.span())], (month, None))


def _listed(days: str, text: str, month: tuple[int, int | None]) -> list[WrittenDay]:
    """Read `mardis 3, 17 et 31`: the day of the week holds until another one is said."""
    weekday: int | None = None
    found: list[WrittenDay] = []
    is_list = len(_ONE_DAY.findall(days)) > 1
    for one in _ONE_DAY.finditer(days):
        if one["weekday"]:
            weekday = read_weekday(one["weekday"])
        number = int(re.sub(r"\D", "", one["day"]))
        told = f"{number} ({text.strip()})" if is_list else text.strip()
        found.append(
            WrittenDay(text=told, year=month[1], month=month[0], day=number, weekday=weekday)
        )
    return found


def month_number(text: str) -> int:
    """Return the number of a month from the first letters of its name."""
    word = text.strip(" .")
    return next(rank for rank, name in enumerate(MONTHS, start=1) if name.startswith(word))


def _year(text: str) -> int:
    return int(text) + (2000 if len(text) == 2 else 0)


def _spans(plain: str) -> tuple[list[_Mark], list[tuple[int, int]], list[str]]:
    """Return the hours, where they stand, and those that cannot be."""
    spans: list[_Mark] = []
    cut: list[tuple[int, int]] = []
    faults: list[str] = []
    for found in _SPAN.finditer(plain):
        cut.append(found.span())
        first, last = read_clock(found["first"]), read_clock(found["last"])
        if first is None or last is None or last <= first:
            faults.append(found[0].strip())
        else:
            spans.append((found.start(), TimeSpan(starts=first, ends=last)))
    return spans, cut, faults


def read_clock(text: str) -> time | None:
    """Read `10h`, `10 h 30`, `10:30` or `10`, or return None."""
    numbers = re.findall(r"\d+", text)
    if not 1 <= len(numbers) <= 2:
        return None
    hour, minute = int(numbers[0]), int(numbers[1]) if len(numbers) == 2 else 0
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _alone(plain: str, cut: list[tuple[int, int]]) -> tuple[int | None, int | None]:
    """Return the year and the month of a title, and cut them out of it."""
    two = _TWO_YEARS.search(plain)
    if two is not None:
        cut.append(two.span())
        return None, None
    found = _ALONE.search(plain)
    if found is not None:
        cut.append(found.span())
        return int(found["year"]), month_number(found["month"]) if found["month"] else None
    alone = _MONTH_ALONE.search(plain)
    if alone is not None:
        cut.append(alone.span())
        return None, month_number(alone["month"])
    return None, None


def _meets(span: tuple[int, int], cut: list[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in cut)


def _without(text: str, cut: list[tuple[int, int]]) -> str:
    kept, at = "", 0
    for start, end in sorted(cut):
        kept += text[at:start] + "|"
        at = end
    return kept + text[at:]
