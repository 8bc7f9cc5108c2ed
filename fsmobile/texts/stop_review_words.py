"""The stop review in words: for elected people, each estimate with its « ≈ »."""

from collections.abc import Mapping, Sequence

from fsmobile.core.ids import PlaceId
from fsmobile.core.reports import MASK_BELOW, MASKED
from fsmobile.core.stop_effects import Road, StopEffect
from fsmobile.core.stop_review import Attendance, Season, Verdict
from fsmobile.texts.coverage_words import ABOUT
from fsmobile.texts.dates import NO_BREAK, format_minutes, format_number
from fsmobile.texts.translation import _, mark, n_

SEASONS: Mapping[Season, str] = {
    Season.WINTER: mark("hiver"),
    Season.SPRING: mark("printemps"),
    Season.SUMMER: mark("été"),
    Season.AUTUMN: mark("automne"),
}
VERDICTS: Mapping[Verdict, str] = {
    Verdict.ABOVE: mark("au-dessus du repère"),
    Verdict.SEASONAL: mark("selon la saison"),
    Verdict.BELOW: mark("sous le repère"),
    Verdict.UNTOLD: mark("trop peu de passages"),
}
LOST_NAMED_MAX = 6


def season_name(season: Season) -> str:
    """Name a season."""
    return _(SEASONS[season])


def verdict_name(verdict: Verdict) -> str:
    """Say how a stop stands."""
    return _(VERDICTS[verdict])


def format_rate(rate: float | None) -> str:
    """Return the visits of an open hour."""
    if rate is None:
        return "—"
    # Somebody came: it is little, and not nothing.
    return f"<{NO_BREAK}{format_number(0.1, 1)}" if 0 < rate < 0.05 else format_number(rate, 1)


def format_visits(visits: int) -> str:
    """Return a count; masked, it is `< 5`."""
    return f"<{NO_BREAK}{MASK_BELOW}" if visits == MASKED else format_number(visits)


def describe_quiet(seasons: Sequence[Season], threshold: float) -> str:
    """Say in which seasons a stop is below the threshold."""
    if not seasons:
        return ""
    return _("Sous {rate} visites par heure : {seasons}.").format(
        rate=format_rate(threshold), seasons=", ".join(map(season_name, seasons))
    )


def describe_attendance(total: Attendance) -> str:
    """Say what a stop received in all."""
    sentence = n_(
        "{n} passage tenu, dont {empty} sans visite.",
        "{n} passages tenus, dont {empty} sans visite.",
        total.passages,
    )
    return sentence.format(n=format_number(total.passages), empty=total.without_visit)


def describe_road(road: Road, passages: int) -> str:
    """Say what a year without a stop would spare."""
    return _("Sans lui, {km} km et {time} de route de moins par an, pour {n} passages.").format(
        km=ABOUT + format_number(road.kilometres),
        time=ABOUT + format_minutes(round(road.minutes)),
        n=format_number(passages),
    )


def describe_reached(effect: StopEffect) -> str:
    """Say who lives near a stop."""
    return _("{n} habitants sont à 20 min au plus de cet arrêt.").format(
        n=ABOUT + format_number(effect.reached)
    )


def describe_loss(effect: StopEffect) -> str:
    """Say who would be left without a stop near enough."""
    if not effect.lost:
        return _("Sans lui, aucune commune ne passe à plus de 20 min d'un autre arrêt.")
    names = ", ".join(one.name for one in effect.lost[:LOST_NAMED_MAX])
    more = len(effect.lost) - LOST_NAMED_MAX
    if more > 0:
        names += n_(" et {n} autre", " et {n} autres", more).format(n=more)
    sentence = n_(
        "Sans lui, {n} commune ({people} habitants) n'a plus d'arrêt à 20 min : {names}.",
        "Sans lui, {n} communes ({people} habitants) n'ont plus d'arrêt à 20 min : {names}.",
        len(effect.lost),
    )
    return sentence.format(
        n=format_number(len(effect.lost)),
        people=ABOUT + format_number(effect.lost_inhabitants),
        names=names,
    )


def describe_move(effect: StopEffect) -> str:
    """Say where a stop would reach more people."""
    if effect.move is None:
        return _("Aucune commune voisine n'en rapprocherait davantage.")
    sentence = _(
        "Déplacé à {name}, il mettrait {n} habitants de plus à 20 min d'un arrêt (les France"
        " services fixes ne sont pas comptées)."
    )
    return sentence.format(
        name=effect.move.locality.name, n=ABOUT + format_number(effect.move.gained)
    )


def describe_neighbours(effect: StopEffect, names: Mapping[PlaceId, str]) -> str:
    """Name the nearest stops."""
    told = [
        f"{names.get(one.place_id, one.place_id)} ({ABOUT}{round(one.minutes)}{NO_BREAK}min)"
        for one in effect.neighbours
    ]
    return _("Arrêts voisins : {names}.").format(names=", ".join(told)) if told else ""


def explain_review(threshold: float) -> list[str]:
    """Return what a reader must know of every figure of the review."""
    return [
        _(
            "Repère : {rate} visites par heure d'ouverture. Par défaut 1,3 : la moitié des"
            " maisons de services au public recevaient moins de 31 visites pour 24 h (2016-2017)."
        ).format(rate=format_rate(threshold)),
        _("Le repère n'est pas une règle du label : il ouvre la discussion, il ne la clôt pas."),
        _(
            "Une saison se juge à partir de 4 passages tenus ; les heures sont celles notées à"
            " bord, ou celles du planning quand la fermeture n'a pas été notée."
        ),
        _("Un nombre de visites inférieur à {n} est masqué.").format(n=MASK_BELOW),
        _(
            "« ≈ » : temps et distances estimés à vol d'oiseau ; la route et les passages sont"
            " ceux du planning pour un an. Chaque arrêt est retiré seul : les autres restent, et"
            " les France services fixes ne sont pas comptées."
        ),
    ]
