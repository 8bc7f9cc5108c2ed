"""Filters of the search to pick from: places, procedures, operators, outcomes, years, details."""

from collections.abc import Iterator

from fsmobile.core.ids import AgentId
from fsmobile.core.visits import AgeBand, Channel, FirstContact, HelpKind, Obstacle, Outcome
from fsmobile.texts.labels import label
from fsmobile.texts.translation import _
from fsmobile.tui.picker import Choice
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.visits import agent_name

YEARS = 10
"""Before this one."""


def list_filters(desk: Desk) -> list[Choice]:
    """Return what may narrow a search; the code of a choice is what is added to the query."""
    return [*_times(desk), *_outcomes(), *_places(desk), *_agents(desk), *_asked(desk), *_details()]


def _choice(filter_name: str, value: str, name: str) -> Choice:
    """Name a filter; the words of a value are joined, for a space ends it."""
    return Choice(code=f"{filter_name}:{'-'.join(value.split())}", label=name, detail=filter_name)


def _times(desk: Desk) -> Iterator[Choice]:
    today = desk.today()
    yield _choice("le", today.isoformat(), _("aujourd'hui"))
    yield _choice("depuis", f"{today:%Y-%m}", _("depuis le début du mois"))
    for year in range(today.year, today.year - YEARS, -1):
        yield _choice("depuis", str(year), _("depuis {year}").format(year=year))


def _outcomes() -> Iterator[Choice]:
    yield from (_choice("issue", label(one).lower(), label(one)) for one in Outcome)
    yield _choice("issue", _("annulée"), _("annulée"))


def _places(desk: Desk) -> Iterator[Choice]:
    places = {} if desk.tree is None else desk.tree.places
    for one in sorted(places.values(), key=lambda place: place.name):
        yield _choice("lieu", f"@{one.place_id}", one.name)


def _agents(desk: Desk) -> Iterator[Choice]:
    known = {*desk.names, *(() if desk.tree is None else desk.tree.agents)}
    yield from (_choice("agent", one, agent_name(desk, AgentId(one))) for one in sorted(known))


def _asked(desk: Desk) -> Iterator[Choice]:
    for operator in desk.catalogue.operators.values():
        yield _choice("opérateur", operator.operator_id, operator.short_name)
    for one in desk.catalogue.procedures.values():
        yield _choice("démarche", one.procedure_id, one.label)


def _details() -> Iterator[Choice]:
    for name, codes in (
        ("aide", HelpKind),
        ("blocage", Obstacle),
        ("contact", FirstContact),
        ("mode", Channel),
        ("âge", AgeBand),
    ):
        yield from (_choice(name, one.value, label(one)) for one in codes)
