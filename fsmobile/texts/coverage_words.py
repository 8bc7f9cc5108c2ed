"""Coverage in words: bands, rhythms, localities left out; each estimate with its « ≈ »."""

from collections.abc import Sequence

from fsmobile.core.coverage import Band, Coverage, LeftOut
from fsmobile.texts.dates import NO_BREAK, format_number, format_percent
from fsmobile.texts.translation import _, n_

ABOUT = f"≈{NO_BREAK}"
MOUNTAIN = 1.25
"""From this relief on, no formula is to be trusted for long."""


def band_row(coverage: Coverage, band: Band) -> tuple[str, str, str]:
    """Say how many live within so many minutes: the least, the likely."""
    return (
        f"≤ {band.minutes}{NO_BREAK}min",
        f"≥ {_share(band.at_least, coverage)}",
        f"{ABOUT}{_share(band.about, coverage)}",
    )


def rhythm_row(coverage: Coverage, every: int, inhabitants: int) -> tuple[str, str]:
    """Say how many have a pass every so many weeks."""
    told = n_("chaque semaine", "toutes les {n} semaines", every).format(n=every)
    return told, f"{ABOUT}{_share(inhabitants, coverage)}"


def left_out_row(one: LeftOut) -> tuple[str, str, str]:
    """Name a locality left out: its inhabitants, its minutes to the nearest stop."""
    minutes = "—" if one.minutes is None else f"{ABOUT}{round(one.minutes)}{NO_BREAK}min"
    return one.locality.name, format_number(one.locality.population), minutes


def describe_presence(coverage: Coverage) -> str:
    """Say how many hours the bus is open to those within reach."""
    return _("{hours} h d'ouverture en 4 semaines : {rate} h pour 1 000 habitants à 20 min").format(
        hours=format_number(coverage.hours_per_month),
        rate=format_number(coverage.hours_per_thousand, 1),
    )


def describe_left_out(coverage: Coverage) -> str:
    """Title the localities left out, with how many there are."""
    count = coverage.left_out_localities
    if not count:
        return _("Aucune commune à plus de 20 min")
    told = n_("{n} commune à plus de 20 min", "{n} communes à plus de 20 min", count)
    return told.format(n=format_number(count))


def describe_method(coverage: Coverage, relief: float) -> str:
    """Say what the figures rest on."""
    told = _("Estimé à vol d'oiseau, sur {n} semaines ; ≥ est prudent, ≈ probable.").format(
        n=coverage.weeks
    )
    if relief >= MOUNTAIN:
        return f"{told} " + _("En montagne, préférez des temps de trajet relevés.")
    return told


def describe_unlocated(places: Sequence[str]) -> str:
    """Name the places that no map can show."""
    told = n_(
        "Lieu sans coordonnées, non compté", "Lieux sans coordonnées, non comptés", len(places)
    )
    return f"{told} : {', '.join(places)}"


def _share(people: int, coverage: Coverage) -> str:
    share = people / coverage.inhabitants if coverage.inhabitants else 0.0
    return format_percent(share)
