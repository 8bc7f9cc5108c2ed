"""Public notices ready-written: what is read on the town hall's board when a passage changes.

They are French whatever the language of the screens: they go into public files.
"""

from collections.abc import Sequence
from datetime import date, time

from fsmobile.core.overrides import OverrideReason
from fsmobile.core.spans import HalfDay, TimeSpan
from fsmobile.texts.dates import format_clock, format_day_without_year
from fsmobile.texts.translation import _, mark, speaking

_CAUSES = {
    OverrideReason.BREAKDOWN: mark("Le bus est en panne : "),
    OverrideReason.WEATHER: mark("En raison de la météo, "),
    OverrideReason.STRIKE: mark("En raison d'une grève, "),
    OverrideReason.ABSENCE: mark("L'équipe est incomplète : "),
    OverrideReason.WORKS: mark("En raison de travaux, "),
    OverrideReason.FESTIVITIES: mark("En raison d'une fête, "),
    OverrideReason.PUBLIC_HOLIDAY: mark("Jour férié : "),
}
"""No reason tells whose body is ill: these texts are public."""


def cancelled_notice(place: str, day: date, reason: OverrideReason | None) -> str:
    """Say that the bus does not come: `Le bus est en panne : pas de passage à Dun mardi 24…`."""
    return _told(reason, mark("pas de passage à {place} le {day}."), place=place, day=_day(day))


def cancelled_day_notice(
    day: date, half_day: HalfDay | None, tour: str, reason: OverrideReason | None
) -> str:
    """Say that a day of a tour, or half of it, is cancelled."""
    sentences = {
        None: mark("{tour} : aucun passage le {day}."),
        HalfDay.MORNING: mark("{tour} : aucun passage le matin du {day}."),
        HalfDay.AFTERNOON: mark("{tour} : aucun passage l'après-midi du {day}."),
    }
    return _told(reason, sentences[half_day], tour=tour, day=_day(day))


def moved_notice(place: str, day: date, to: date, reason: OverrideReason | None) -> str:
    """Say that the bus comes another day."""
    sentence = mark("à {place}, le bus vient le {to} au lieu du {day}.")
    return _told(reason, sentence, place=place, day=_day(day), to=_day(to))


def elsewhere_notice(place: str, to: str, day: date, reason: OverrideReason | None) -> str:
    """Say that the bus stands elsewhere."""
    sentence = mark("le {day}, le bus s'installe ailleurs : {to} au lieu de {place}.")
    return _told(reason, sentence, place=place, to=to, day=_day(day))


def hours_notice(
    place: str, day: date, spans: Sequence[TimeSpan], reason: OverrideReason | None
) -> str:
    """Say that the bus is open at other hours."""
    sentence = mark("le {day}, le bus est ouvert à {place} {hours}.")
    return _told(reason, sentence, place=place, day=_day(day), hours=_hours(spans))


def added_notice(place: str, day: date, spans: Sequence[TimeSpan], made_up: date | None) -> str:
    """Say that the bus comes once more."""
    sentence = mark("Passage supplémentaire à {place} le {day} {hours}.")
    if made_up is not None:
        sentence = mark("Passage de rattrapage à {place} le {day} {hours}, pour celui du {was}.")
    was = "" if made_up is None else _day(made_up)
    return _told(None, sentence, place=place, day=_day(day), hours=_hours(spans), was=was)


def kept_notice(place: str, day: date) -> str:
    """Say that the bus comes although the day is a holiday."""
    return _told(None, mark("Le bus vient à {place} le {day}, jour férié."), place=place,
                 day=_day(day))  # fmt: skip


def closed_notice(first: date, last: date) -> str:
    """Say that nobody comes anywhere for some days."""
    sentence = mark("Le bus ne circule pas du {first} au {last}.")
    if first == last:
        sentence = mark("Le bus ne circule pas le {first}.")
    return _told(None, sentence, first=_day(first), last=_day(last))


def _told(reason: OverrideReason | None, sentence: str, **words: str) -> str:
    with speaking("fr"):
        cause = _CAUSES.get(reason, "") if reason is not None else ""
        told = _(cause) + _(sentence).format(**words)
    # An added passage may have no hours of its own to tell.
    return " ".join((told[:1].upper() + told[1:]).split()).replace(" .", ".").replace(" ,", ",")


def _day(day: date) -> str:
    with speaking("fr"):
        return format_day_without_year(day)


def _hours(spans: Sequence[TimeSpan]) -> str:
    with speaking("fr"):
        return _(" et ").join(
            _("de {starts} à {ends}").format(starts=_clock(one.starts), ends=_clock(one.ends))
            for one in spans
        )


def _clock(moment: time) -> str:
    """Write an hour with ordinary spaces: these texts go into files that people edit."""
    return format_clock(moment).replace("\N{NO-BREAK SPACE}", " ")
