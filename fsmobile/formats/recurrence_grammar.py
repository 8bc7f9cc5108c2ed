"""The grammar of a typed rule of days: what each phrase looks like, the longest first."""

import re

from fsmobile.core.recurrence import HolidayRule, SchoolRule
from fsmobile.formats.recurrence_phrases import (
    DAY,
    NUMBERS,
    RANK,
    RuleAdvice,
    Take,
    refuse,
    refuse_for,
    skip,
    take_but_days,
    take_but_months,
    take_but_ranks,
    take_dates,
    take_day,
    take_days_apart,
    take_days_between,
    take_every,
    take_every_day,
    take_every_week,
    take_first_ones,
    take_holidays,
    take_months,
    take_outside_both,
    take_parity,
    take_ranks,
    take_school,
    take_season,
    take_served,
    take_share,
    take_short_weeks,
    take_start,
    take_weeks,
)
from fsmobile.formats.typed_dates import DATE, DAY_MONTH, MONTH

_N = rf"(?:\d{{1,3}}|{'|'.join(NUMBERS)})"
_LIST = r"(?:\s*[,&/]\s*|,? et (?:les? |la )?|\s+)"
_RANK_LIST = rf"{RANK}(?:{_LIST}{RANK})*"
_DAY_LIST = rf"{DAY}s?\b(?:{_LIST}{DAY}s?\b)*"
_DAYS_OF_MONTH = r"\d{1,2}(?:er)?(?:(?:, ?| et |, et )\d{1,2})+"
_MONTH_LIST = rf"{MONTH}(?:(?:, ?| et |, et )(?:en )?{MONTH})*(?! \d{{4}})"
_CLOCK = r"\d{1,2} ?(?:h|:)(?: ?\d\d)?\b"
_BUT = r"(?:hors|sauf|excepte|sf)(?: pendant| durant| en)?"
_SCHOOL = (
    r"(?:les )?(?:periodes? de )?(?:vacances?\b|vac\b\.?|conges scolaires)"
    r"(?: scolaires?| scol\b\.?)?(?! d['e])"
)
_HOLIDAYS = r"(?:les )?(?:jours? |j\. ?)?feries?"
_WEEKS = r"(?:semaines?|sem\b\.?)"

GRAMMAR: tuple[tuple[re.Pattern[str], Take], ...] = tuple(
    (re.compile(pattern), take)
    for pattern, take in (
        (
            r"(?:une|1) semaine(?: sur | ?/ ?)(?:deux|2)\b[ ,:(]*(?:les |en |des )?"
            rf"(?:{_WEEKS} )?(?P<odd>im)?paires?\b",
            take_parity,
        ),
        (
            rf"(?P<share>une?|{_N}) (?:{_WEEKS}|fois|(?P<day>{DAY})s?)(?: sur | ?/ ?)"
            rf"(?P<length>{_N})\b(?: ?\((?P<ranks>(?:la )?\d[^)]*)\))?",
            take_share,
        ),
        (rf"toutes les (?P<length>{_N}) semaines", take_every),
        (rf"(?:un (?P<day>{DAY}) )?tous les (?P<days>\d+|quinze) jours\b", take_days_apart),
        (r"(?:chaque|toutes les|par) (?P<day>)(?P<days>)quinzaines?\b", take_days_apart),
        (
            rf"(?:a compter|a partir|depuis|des)(?: du| le)? (?:(?P<weekday>{DAY})\.? )?"
            rf"(?P<day>{DATE}|{DAY_MONTH})",
            take_start,
        ),
        (rf"jusqu'au (?:{DATE}|{DAY_MONTH})", refuse_for(RuleAdvice.VALIDITY)),
        (rf"du {DATE} au {DATE}", refuse_for(RuleAdvice.VALIDITY)),
        (rf"comptees? hors {_SCHOOL}", take_served),
        (
            rf"(?:du|entre le) (?P<first>{DAY_MONTH}) (?:au|et le) (?P<last>{DAY_MONTH})"
            r"(?! \d{4})",
            take_season,
        ),
        (
            rf"(?:de |d'){MONTH} (?P<span>a|jusqu'a|jusqu'en) (?:fin )?{MONTH}(?! \d{{4}})",
            take_months,
        ),
        (rf"{_BUT} (?:(?:les? )?mois (?:de |d'))?{_MONTH_LIST}", take_but_months),
        (
            rf"(?:en |pendant |(?:(?:de|des|au|aux) mois )?(?:de |d'))(?P<span>){_MONTH_LIST}",
            take_months,
        ),
        (
            rf"{_BUT} (?:les? )?(?:{DAY}s? )?(?:{DATE}|{DAY_MONTH})",
            refuse_for(RuleAdvice.EXCEPTION),
        ),
        (
            rf"{_BUT} (?:{_HOLIDAYS} et {_SCHOOL}|{_SCHOOL} et {_HOLIDAYS}(?! compris| inclus))",
            take_outside_both,
        ),
        (
            rf"{_BUT} {_SCHOOL}|(?:en|pendant les?|pendant la) periodes? scolaires?",
            take_school(SchoolRule.OUTSIDE),
        ),
        (
            rf"(?:pendant|durant) {_SCHOOL}|vacances(?: scolaires)? seulement",
            take_school(SchoolRule.DURING),
        ),
        (rf"{_BUT} {_HOLIDAYS}", take_holidays(HolidayRule.SKIP)),
        (
            rf"{_HOLIDAYS} (?:compris|inclus)|(?:meme|y compris) {_HOLIDAYS}",
            take_holidays(HolidayRule.SERVE),
        ),
        (rf"{_BUT} (?:les? )?{_RANK_LIST}(?: {DAY}s?\b)?", take_but_ranks),
        (rf"{_BUT} (?:les? )?{_DAY_LIST}(?! \d)", take_but_days),
        (
            rf"semaines? \d(?:{_LIST}\d)* (?:du|de chaque|par) mois|semaines? [a-d]\b"
            rf"|{_RANK_LIST} semaines?\b",
            refuse_for(RuleAdvice.WEEK_OF_MONTH),
        ),
        (rf"(?:{_WEEKS} )?(?P<odd>im)?paires?\b", take_parity),
        (
            rf"{_WEEKS} (?P<weeks>\d{{1,2}}(?:{_LIST}\d{{1,2}}(?![\d/er]| semaine))*)\b",
            take_weeks,
        ),
        (rf"(?P<weeks>s\d{{1,2}}\b(?:{_LIST}s?\d{{1,2}}\b)*)", take_short_weeks),
        (rf"(?P<leads>)?de rang (?P<numbers>-?\d(?:{_LIST}-?\d)*)", take_ranks),
        (
            rf"(?:(?P<weekday>{DAY})s?\b\.?(?:,? le)? )?"
            rf"(?:(?P<date>{DATE})|(?P<days>{_DAYS_OF_MONTH}) (?P<rest>{MONTH} \d{{4}}))",
            take_dates,
        ),
        (
            rf"(?:{DAY}s?\b\.?(?:,? le)? )?(?:{_DAYS_OF_MONTH} {MONTH}|{DAY_MONTH})",
            refuse_for(RuleAdvice.YEAR),
        ),
        (
            rf"(?:(?:de|a|des|entre) )?{_CLOCK}(?: ?(?:-|a|et|/|jusqu'a) ?{_CLOCK})?"
            r"|(?:le |l')?(?:matin(?:ee)?s?|apres[- ]midis?|soirs?)\b",
            refuse_for(RuleAdvice.HOURS),
        ),
        (
            rf"(?:du |de )?(?P<first>{DAY})s? (?:au|a) (?P<last>{DAY})s?\b",
            take_days_between,
        ),
        (r"tous les jours\b", take_every_day),
        (rf"(?P<count>{_N}) (?P<end>premier|dernier)s\b", take_first_ones),
        (rf"{_RANK_LIST}(?P<leads> (?={DAY}))?", take_ranks),
        (rf"{DAY}s?\b(?:\.|/(?={DAY}))?", take_day),
        (r"toutes les semaines\b", take_every_week),
        (
            r"[\s,;.:&+()]+|(?:les?|la|des?|du|dans|en|mois|tous|chaque|et|aussi"
            r"|ces jours-la|en plus|toute l'annee|uniquement|seulement|inclus)\b|l'"
            rf"|[-–—] (?!{DAY}|\d|d[eu] )",
            skip,
        ),
        (r"[^\s,;()]+", refuse),
    )
)
"""What is looked for at each place, the longest phrases first."""
