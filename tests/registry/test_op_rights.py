"""Each kind of op, tried by each role in each place over a real sync; refusals are noted."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select
from worlds import UNIT, FakeClock, SeededChance, a_laptop, no_problems

from fsmobile.core.ids import AgentId
from fsmobile.protocol.orders import ORDERS
from fsmobile.protocol.records import SCHEMAS
from fsmobile.protocol.scopes import Role, agency_scope, office_scope, unit_scope
from fsmobile.registry import schema
from fsmobile.registry.administration import make_registry, open_registry
from fsmobile.registry.database import open_engine, sqlite_url
from fsmobile.registry.forbidden_acts import NOTED_A_DAY
from fsmobile.registry.journal import verify_journal
from fsmobile.registry.op_rights import PLACES_OF_KIND, Place
from fsmobile.registry.records import EventKind
from fsmobile.registry.service import RegistryService
from fsmobile.store import ops
from fsmobile.store.ops import NewOp

AGENCY = UNIT.partition("/")[0]
SCOPES = {
    unit_scope(UNIT): Place.BUS,
    agency_scope(AGENCY): Place.AGENCY,
    office_scope(AGENCY): Place.OFFICE,
    unit_scope(f"{AGENCY}/bus-2"): None,
    unit_scope("bus-creuse/bus-1"): None,
    agency_scope("bus-creuse"): None,
    office_scope("bus-creuse"): None,
    "ref": None,
}
KINDS = sorted({*SCHEMAS, *ORDERS, "future.kind"})


@pytest.fixture
def registry(tmp_path: Path) -> RegistryService:
    engine = open_engine(sqlite_url(tmp_path))
    make_registry(engine, FakeClock(), SeededChance(1))
    return open_registry(engine, FakeClock(), SeededChance(5), no_problems)


def test_the_table_holds_each_kind_and_each_role() -> None:
    assert set(PLACES_OF_KIND) == {*SCHEMAS, *ORDERS}
    assert all(set(places) == set(Role) for places in PLACES_OF_KIND.values())


@pytest.mark.parametrize("role", list(Role))
def test_what_a_role_may_not_write_is_refused_and_noted(
    registry: RegistryService, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    laptop = a_laptop(registry, role=role)
    tried: dict[str, tuple[str, str]] = {}
    with monkeypatch.context() as patch:
        # This laptop's program was changed: it writes what ours refuses to write.
        patch.setattr(ops, "project", lambda *_arguments, **_options: None)
        for kind in KINDS:
            for scope in SCOPES:
                new = NewOp(
                    kind=kind, schema=1, scope=scope, agent_id=AgentId("voleur"), data=b"{}"
                )
                tried[ops.append(laptop.replica, new).op_id] = (kind, scope)
    laptop.sync()
    with registry.storage.reading() as transaction:
        outcomes = transaction.connection.execute(
            select(schema.outcome.c.op_id, schema.outcome.c.code, schema.outcome.c.detail)
        ).all()
        events = transaction.list_events(50)
    refused = {
        row.op_id: (row.code, json.loads(row.detail).get("code"))
        for row in outcomes
        if row.code == "rejected"
    }
    for op_id, (kind, scope) in tried.items():
        places = PLACES_OF_KIND.get(kind)
        allowed = {Place.BUS} if role == Role.AGENT else set(Place)
        if places is not None:
            allowed = set(places[role])
        if SCOPES[scope] not in allowed:
            assert op_id in refused, (kind, scope)
            # An empty body is no sound act of most kinds either, and that is said first.
            assert refused[op_id][1] in ("forbidden", "wrong_scope", "malformed"), (kind, scope)
        elif op_id in refused:
            assert refused[op_id][1] == "malformed", (kind, scope)
    (noted,) = [event for event in events if event.kind == EventKind.FORBIDDEN]
    for kind in {*SCHEMAS, *ORDERS}:
        assert kind in noted.detail
    assert verify_journal(registry.storage).faults == []


def test_a_laptop_that_never_stops_fills_no_journal(
    registry: RegistryService, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop = a_laptop(registry)
    monkeypatch.setattr(ops, "project", lambda *_arguments, **_options: None)
    new = NewOp(kind="erase", schema=1, scope="ref", agent_id=AgentId("voleur"), data=b"{}")
    for _turn in range(NOTED_A_DAY + 10):
        ops.append(laptop.replica, new)
        laptop.sync()
    with registry.storage.reading() as transaction:
        assert transaction.count_events()[EventKind.FORBIDDEN] == NOTED_A_DAY
