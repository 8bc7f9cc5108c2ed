"""A trial beside the published plan in words: figures first, then sentences by village."""

from collections.abc import Callable, Mapping, Sequence

from fsmobile.core.coverage import GOAL_MINUTES
from fsmobile.core.plan_comparison import VillageChange
from fsmobile.core.plan_figures import PlanFigures
from fsmobile.core.schedules import ScheduleTree
from fsmobile.texts.change_words import ChangeWords
from fsmobile.texts.coverage_words import ABOUT
from fsmobile.texts.dates import NO_BREAK, format_number
from fsmobile.texts.labels import agent_label
from fsmobile.texts.problems import NO_NAMES
from fsmobile.texts.translation import _, n_

Row = tuple[str, str, str, str]
"""A figure: its name, the published plan's, the trial's, the difference."""


def figure_rows(
    before: PlanFigures, after: PlanFigures, names: Mapping[str, str] = NO_NAMES
) -> list[Row]:
    """Return the figures of two plans over the same weeks, side by side.

    `names` are those that this laptop knows of the agents.
    """

    def both(measure: Callable[[PlanFigures], float]) -> tuple[float, float]:
        return measure(before), measure(after)

    rows = [
        _row(_("Passages"), both(lambda one: one.passages)),
        _row(_("Communes desservies"), both(lambda one: len(one.passages_by_village))),
        _row(_("Heures d'ouverture"), both(lambda one: one.open_minutes / 60), "h"),
        _row(_("Route"), both(lambda one: one.kilometres), "km", ABOUT),
        _row(_("Conduite"), both(lambda one: one.driving_minutes / 60), "h", ABOUT),
        _row(_("Habitants à 20 min"), both(_near), "", ABOUT),
        _row(_("Heures des agents"), both(lambda one: sum(one.crew_minutes.values()) / 60), "h"),
    ]
    agents = sorted({*before.crew_minutes, *after.crew_minutes})
    for agent in agents:
        worked = (before.crew_minutes.get(agent, 0), after.crew_minutes.get(agent, 0))
        if worked[0] != worked[1]:
            rows.append(
                _row("  " + agent_label(names, agent), (worked[0] / 60, worked[1] / 60), "h")
            )
    return rows


def summarise(before: PlanFigures, after: PlanFigures, villages: Sequence[VillageChange]) -> str:
    """Say in a sentence or two what a trial changes."""
    passages = after.passages - before.passages
    hours = round(after.open_minutes / 60) - round(before.open_minutes / 60)
    kilometres = round(after.kilometres) - round(before.kilometres)
    parts = (
        _counted(n_("{n} passage", "{n} passages", abs(passages)), passages),
        _counted(n_("{n} heure d'ouverture", "{n} heures d'ouverture", abs(hours)), hours),
        _counted(ABOUT + n_("{n} km de route", "{n} km de route", abs(kilometres)), kilometres),
    )
    told = [part for part in parts if part]
    first = _("Sur un an : {what}.").format(what=", ".join(told) or _("autant de tout"))
    losing = [one.village.name for one in villages if one.after < one.before]
    gaining = [one.village.name for one in villages if one.after > one.before]
    sentences = [first]
    if losing:
        count = n_(
            "{n} commune perd des passages", "{n} communes perdent des passages", len(losing)
        )
        sentences.append(f"{count.format(n=len(losing))} ({_names(losing)}).")
    if gaining:
        count = n_("{n} commune en gagne", "{n} communes en gagnent", len(gaining))
        sentences.append(f"{count.format(n=len(gaining))} ({_names(gaining)}).")
    if not losing and not gaining:
        sentences.append(_("Aucune commune n'en perd ni n'en gagne."))
    return " ".join(sentences)


def village_rows(tree: ScheduleTree, one: VillageChange) -> tuple[str, str, tuple[str, ...]]:
    """Say of a village its passages before and after, and what changes."""
    delta = one.after - one.before
    sign = f" ({delta:+d})" if delta else ""
    return one.village.name, f"{one.before} → {one.after}{sign}", ChangeWords(tree).tell(one.public)


def _near(one: PlanFigures) -> int:
    return next(band.about for band in one.coverage.bands if band.minutes == GOAL_MINUTES)


def _row(name: str, values: tuple[float, float], unit: str = "", sign: str = "") -> Row:
    tail = f"{NO_BREAK}{unit}" if unit else ""
    was, now = (round(value) for value in values)
    delta = "=" if was == now else f"{'+' if now > was else '-'}{format_number(abs(now - was))}"
    return name, f"{sign}{format_number(was)}{tail}", f"{sign}{format_number(now)}{tail}", delta


def _counted(what: str, count: int) -> str:
    """Say how many more or fewer: `12 passages de moins`; nothing when as many."""
    if not count:
        return ""
    told = _("{what} de plus") if count > 0 else _("{what} de moins")
    return told.format(what=what.format(n=format_number(abs(count))))


def _names(names: Sequence[str]) -> str:
    told = ", ".join(names[:6])
    left = len(names) - 6
    return told if left <= 0 else f"{told}…"
