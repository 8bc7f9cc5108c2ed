"""A date as a person types it: `8 septembre 2026`, `8/9/2026`, `8/12`, `2026-09-08`."""

import re
import unicodedata
from datetime import date

from fsmobile.formats.french_dates import MONTHS
from fsmobile.formats.schedule_values import parse_date, parse_month_day

MONTH = rf"(?:{'|'.join(MONTHS)})"
DAY_MONTH = rf"(?:(?:1er|\d{{1,2}}) {MONTH}|\d{{1,2}}/\d{{1,2}}(?!/))"
DATE = rf"(?:(?:1er|\d{{1,2}}) {MONTH} \d{{4}}|\d{{1,2}}/\d{{1,2}}/\d{{4}}|\d{{4}}-\d\d-\d\d)"


def read_french_date(text: str, near: date | None = None) -> date | None:
    """Read `8 septembre 2026`, `8/9/2026` or `2026-09-08`, or return None.

    Without a year (`8/12`), the nearest such day to a given one is meant, when one is given.
    """
    plain = plain_words(text)
    if near is None or re.fullmatch(DAY_MONTH, plain) is None:
        return _read_date(plain)
    found = read_day_month(plain)
    return None if found is None else _nearest(*found, near)


def read_day_month(plain: str) -> tuple[int, int] | None:
    """Read the month and the day of plain words that are `DAY_MONTH`."""
    if "/" in plain:
        day, month = plain.split("/")
        return parse_month_day(f"{month:0>2}-{day:0>2}")
    day, name = plain.replace("1er", "1").split(" ")
    return parse_month_day(f"{MONTHS.index(name) + 1:02d}-{day:0>2}")


def plain_words(text: str) -> str:
    """Take accents and capitals away, and spaces that are not alone."""
    lowered = unicodedata.normalize("NFD", text.casefold().replace("’", "'"))
    return " ".join("".join(c for c in lowered if not unicodedata.combining(c)).split())


def _read_date(text: str) -> date | None:
    if text.count("/") == 2:
        day, month, year = text.split("/")
        text = f"{year}-{month:0>2}-{day:0>2}"
    elif " " in text:
        words = text.replace("1er", "1").split(" ")
        if len(words) != 3 or words[1] not in MONTHS:
            return None
        text = f"{words[2]}-{MONTHS.index(words[1]) + 1:02d}-{words[0]:0>2}"
    return parse_date(text)


def _nearest(month: int, day: int, near: date) -> date | None:
    """Return the day of a month that is nearest; 29 February looks for its leap year."""
    years = range(max(1, near.year - 4), near.year + 5)
    days = [one for year in years if (one := parse_date(f"{year:04}-{month:02}-{day:02}"))]
    return min(days, key=lambda one: abs((one - near).days), default=None)
