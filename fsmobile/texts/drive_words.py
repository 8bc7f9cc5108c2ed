"""Drives in words: how long and who says so, what breaks and by how much, a better order."""

from collections.abc import Sequence

from fsmobile.core.driving import DriveSource, DriveTime
from fsmobile.core.spans import TimeSpan
from fsmobile.texts.coverage_words import ABOUT
from fsmobile.texts.dates import format_minutes, format_span
from fsmobile.texts.translation import _, n_


def describe_drive(drive: DriveTime | None) -> str:
    """Say how long a drive takes: `35 min`, or `≈ 35 min` when it is estimated."""
    if drive is None:
        return _("durée inconnue")
    told = format_minutes(round(drive.minutes))
    return f"{ABOUT}{told}" if drive.is_estimate else told


def describe_source(drive: DriveTime | None) -> str:
    """Say where the minutes of a drive come from."""
    if drive is None:
        return _("sans coordonnées")
    match drive.source:
        case DriveSource.TYPED:
            return _("écrit")
        case DriveSource.OBSERVED:
            return _("relevé")
        case DriveSource.MATRIX:
            return _("importé")
        case DriveSource.ESTIMATE:
            return _("estimé")


def describe_late(late: int | None) -> str:
    """Say whether a leg holds, and by how many minutes."""
    if late is None:
        return _("à vérifier")
    if late > 0:
        return n_("{n} min de retard", "{n} min de retard", late).format(n=late)
    return _("{n} min de marge").format(n=-late)


def describe_total(minutes: float, *, is_estimate: bool) -> str:
    """Say how long is driven in a day."""
    told = format_minutes(round(minutes))
    return _("{time} de route").format(time=f"{ABOUT}{told}" if is_estimate else told)


def describe_order(
    stops: Sequence[tuple[str, TimeSpan]],
    before: tuple[float, float],
    after: tuple[float, float],
    *,
    about: bool,
    keeps: bool,
) -> str:
    """Say an order of stops with their hours, and what it saves."""
    order = " → ".join(f"{name} {format_span(one.starts, one.ends)}" for name, one in stops)
    gain = describe_gain(before, after, about=about)
    kept = _(" ; les demi-journées restent") if keeps else ""
    return f"{order} : {gain}{kept}"


def describe_gain(before: tuple[float, float], after: tuple[float, float], *, about: bool) -> str:
    """Say what another order saves: lateness first, then driving."""
    late, driven = before[0] - after[0], before[1] - after[1]
    sign = ABOUT if about else ""
    parts: list[str] = []
    if round(late):
        parts.append(_("{time} de retard en moins").format(time=sign + format_minutes(round(late))))
    if round(driven) > 0:
        parts.append(
            _("{time} de route en moins").format(time=sign + format_minutes(round(driven)))
        )
    elif round(driven) < 0:
        parts.append(
            _("{time} de route en plus").format(time=sign + format_minutes(-round(driven)))
        )
    return ", ".join(parts) or _("moins d'une minute")
