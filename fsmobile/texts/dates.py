"""Dates, hours, durations and numbers in words, in French and in English.

Written here and never asked of the system: the laptop may lack a French locale.
"""

from datetime import date, time

from fsmobile.texts.translation import _, current_language, mark

NARROW = "\u202f"
"""Narrow no-break space, between thousands and before a percent sign."""
NO_BREAK = "\u00a0"

_WEEKDAYS = (
    (mark("lun."), mark("lundi")),
    (mark("mar."), mark("mardi")),
    (mark("mer."), mark("mercredi")),
    (mark("jeu."), mark("jeudi")),
    (mark("ven."), mark("vendredi")),
    (mark("sam."), mark("samedi")),
    (mark("dim."), mark("dimanche")),
)
_MONTHS = (
    (mark("janv."), mark("janvier")),
    (mark("févr."), mark("février")),
    (mark("mars"), mark("mars")),
    (mark("avr."), mark("avril")),
    (mark("mai"), mark("mai")),
    (mark("juin"), mark("juin")),
    (mark("juil."), mark("juillet")),
    (mark("août"), mark("août")),
    (mark("sept."), mark("septembre")),
    (mark("oct."), mark("octobre")),
    (mark("nov."), mark("novembre")),
    (mark("déc."), mark("décembre")),
)


def weekday_name(number: int) -> str:
    """Return `mardi` for 1; Monday is 0."""
    return _(_WEEKDAYS[number % 7][1])


def format_weekday(day: date) -> str:
    """Return `mardi`."""
    return weekday_name(day.weekday())


def format_day_short(day: date) -> str:
    """Return `mar. 24 nov.`, at most 13 characters."""
    weekday, month = _WEEKDAYS[day.weekday()][0], _MONTHS[day.month - 1][0]
    return f"{_(weekday)} {_day_of_month(day)} {_(month)}"


def format_day(day: date) -> str:
    """Return `mardi 24 novembre 2026`."""
    return f"{format_weekday(day)} {_day_of_month(day)} {format_month(day)}"


def format_day_without_year(day: date) -> str:
    """Return `mardi 24 novembre`."""
    return f"{format_weekday(day)} {_day_of_month(day)} {_(_MONTHS[day.month - 1][1])}"


def format_date(day: date) -> str:
    """Return `24 novembre 2026`."""
    return f"{_day_of_month(day)} {format_month(day)}"


def format_day_of_year(month: int, day: int) -> str:
    """Return `24 novembre`, of any year."""
    number = _("1er") if day == 1 else str(day)
    return f"{number} {_(_MONTHS[month - 1][1])}"


def format_month(day: date) -> str:
    """Return `novembre 2026`."""
    return f"{_(_MONTHS[day.month - 1][1])} {day.year:04}"


def format_numeric_day(day: date) -> str:
    """Return `24/11/2026`."""
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def _day_of_month(day: date) -> str:
    return _("1er") if day.day == 1 else str(day.day)


def format_time(moment: time) -> str:
    """Return `14:07`, as in the files and the tables."""
    return f"{moment.hour:02}:{moment.minute:02}"


def format_clock(moment: time) -> str:
    """Return `9 h 30` or `14 h`, as in a sentence."""
    if current_language() == "en":
        return format_time(moment)
    hour = f"{moment.hour}{NO_BREAK}h"
    return f"{hour}{NO_BREAK}{moment.minute:02}" if moment.minute else hour


def format_span(starts: time, ends: time) -> str:
    """Return `09:30-12:00`, as in the files."""
    return f"{format_time(starts)}-{format_time(ends)}"


def format_minutes(minutes: int) -> str:
    """Return a duration: `45 min`, `1 h 05`, `2 h`."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{NO_BREAK}min"
    told = f"{format_number(hours)}{NO_BREAK}h"
    return f"{told}{NO_BREAK}{rest:02}" if rest else told


def format_number(number: float, decimals: int = 0) -> str:
    """Return `12 345,6`, or `12,345.6` in English."""
    text = f"{number:,.{decimals}f}"
    if current_language() == "en":
        return text
    return text.replace(",", NARROW).replace(".", ",")


def format_percent(share: float, decimals: int = 0) -> str:
    """Return a share between 0 and 1 as `12 %`."""
    space = "" if current_language() == "en" else NARROW
    return f"{format_number(share * 100, decimals)}{space}%"
