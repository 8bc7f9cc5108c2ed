"""What an import found, told for approval: rules, exceptions, doubts, files."""

from collections.abc import Iterator, Mapping

from fsmobile.core.overrides import OverrideAction
from fsmobile.core.places import Place
from fsmobile.core.plan_finding import FoundOverride, FoundPlan, FoundRun, Opening
from fsmobile.core.spans import DateSpan
from fsmobile.texts.dates import format_day, format_day_without_year
from fsmobile.texts.labels import label
from fsmobile.texts.recurrence_words import describe_recurrence
from fsmobile.texts.translation import _, mark, n_

Places = Mapping[str, Place]

_ACTIONS: Mapping[OverrideAction, str] = {
    OverrideAction.CANCEL: mark("annulé"),
    OverrideAction.MOVE: mark("déplacé au {day}"),
    OverrideAction.HOURS: mark("autres heures : {hours}"),
    OverrideAction.ADD: mark("passage ajouté : {hours}"),
}


def describe_plan(plan: FoundPlan, places: Places) -> Iterator[str]:
    """Yield the rules and the exceptions, a line each."""
    for run in plan.runs:
        yield from _run(run, places)
    if plan.overrides or plan.closures:
        yield ""
        yield _("Exceptions :")
        for days in plan.closures:
            yield "  " + _("du {first} au {last} : aucun passage, service fermé").format(
                first=format_day_without_year(days.first), last=format_day(days.last)
            )
        for one in plan.overrides:
            yield f"  {describe_exception(one, places)}"


def describe_totals(plan: FoundPlan, window: DateSpan, published: int, reproduced: int) -> str:
    """Say what was found and how much of the source it gives back."""
    found = [n_("{n} règle", "{n} règles", plan.rules).format(n=plan.rules)]
    if plan.lists:
        found.append(
            n_("{n} liste de dates", "{n} listes de dates", plan.lists).format(n=plan.lists)
        )
    count = len(plan.overrides) + len(plan.closures)
    found.append(n_("{n} exception", "{n} exceptions", count).format(n=count))
    return _(
        "Du {first} au {last} : {found} redonnent {reproduced} passages publiés sur {published}."
    ).format(
        first=format_day(window.first),
        last=format_day(window.last),
        found=", ".join(found),
        reproduced=reproduced,
        published=published,
    )


def describe_exception(one: FoundOverride, places: Places) -> str:
    """Say one exception: `samedi 2 mai, Ampus — mairie : annulé`."""
    where = _("tous les arrêts") if one.place is None else places[one.place].name
    told = _(_ACTIONS[one.action]).format(
        day="" if one.moved_to is None else format_day_without_year(one.moved_to),
        hours="" if one.opening is None else describe_opening(one.opening),
    )
    if one.action is OverrideAction.MOVE and one.opening is not None:
        told += f", {describe_opening(one.opening)}"
    return _("{day}, {where} : {what}").format(
        day=format_day_without_year(one.day), where=where, what=told
    )


def describe_opening(opening: Opening) -> str:
    """Say hours: `10:00-12:00, 14:00-16:00`, or the half-day."""
    if opening.half_day is not None:
        return label(opening.half_day)
    return ", ".join(f"{one.starts:%H:%M}-{one.ends:%H:%M}" for one in opening.spans)


def _run(run: FoundRun, places: Places) -> Iterator[str]:
    days = n_("{n} jour", "{n} jours", len(run.days)).format(n=len(run.days))
    told = describe_recurrence(run.rule)
    yield _("{rule} ({days})").format(rule=told[:1].upper() + told[1:], days=days)
    for key, opening in run.stops:
        yield f"    {describe_opening(opening)}  {places[key].name}"
