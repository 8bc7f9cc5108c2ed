"""A laptop is given a new key, and one is revoked: nothing is lost, nobody else notices."""

import pytest
from worlds import a_laptop, a_registry, a_visit

from fsmobile.errors import NotAllowed
from fsmobile.protocol.signatures import device_id_of
from fsmobile.registry.administration import revoke
from fsmobile.registry.quarantine import list_quarantine
from fsmobile.usecases import visits


def ids_of(laptop) -> set[str]:
    return {str(row.state.visit_id) for row in visits.list_visits(laptop.desk)}


def test_a_new_key_for_the_same_bus_holds_all_that_the_old_one_sent() -> None:
    registry = a_registry()
    old = a_laptop(registry, name="poste", seed=2)
    recorded = {str(visits.record_visit(old.desk, a_visit())) for _turn in range(5)}
    old.sync()
    new = a_laptop(registry, name="poste", seed=3)
    late = str(visits.record_visit(old.desk, a_visit()))
    old.sync()
    revoke(registry, device_id_of(old.key.public).hex())
    new.sync()
    assert ids_of(new) == recorded | {late}
    with pytest.raises(NotAllowed):
        old.sync()
    visits.record_visit(new.desk, a_visit())
    assert new.sync().received == 1


def test_revoking_one_laptop_of_a_bus_leaves_the_other_as_it_was() -> None:
    registry = a_registry()
    stolen, other = a_laptop(registry, name="un", seed=2), a_laptop(registry, name="deux", seed=3)
    visits.record_visit(stolen.desk, a_visit())
    visits.record_visit(other.desk, a_visit())
    revoke(registry, "un")
    assert other.sync().received == 1
    with pytest.raises(NotAllowed):
        stolen.sync()
    # What the stolen one still had is rescued, apart, and reaches nobody by itself.
    (kept,) = list_quarantine(registry)
    assert kept.waiting == 1
    assert len(ids_of(other)) == 1
    visits.record_visit(other.desk, a_visit())
    assert other.sync().received == 1
