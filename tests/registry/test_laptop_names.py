"""Names of laptops: two of one bus never share one, and a name that means two revokes none."""

import pytest
from worlds import Laptop, a_laptop, a_registry

from fsmobile.errors import InvalidInput, NotFound
from fsmobile.registry.administration import load_state, revoke
from fsmobile.registry.service import RegistryService


@pytest.fixture
def registry() -> RegistryService:
    return a_registry()


def names(registry: RegistryService) -> list[str]:
    return sorted(device.name for device, _seen in load_state(registry).devices)


def own_name(laptop: Laptop) -> str:
    return laptop.desk.enrolment.name


def test_two_laptops_of_one_bus_never_share_a_name(registry: RegistryService) -> None:
    laptops = [a_laptop(registry, name="portable", seed=seed) for seed in (2, 3, 4)]
    assert names(registry) == ["portable", "portable-2", "portable-3"]
    assert [own_name(one) for one in laptops] == ["portable", "portable-2", "portable-3"]


def test_laptops_of_two_buses_may_have_one_name(registry: RegistryService) -> None:
    a_laptop(registry, name="portable", seed=2)
    a_laptop(registry, name="portable", seed=3, unit="bus-charente/bus-2")
    assert names(registry) == ["portable", "portable"]


def test_a_name_that_means_two_laptops_revokes_none_and_lists_their_ids(
    registry: RegistryService,
) -> None:
    first = a_laptop(registry, name="portable", seed=2)
    second = a_laptop(registry, name="portable", seed=3, unit="bus-charente/bus-2")
    with pytest.raises(InvalidInput) as refused:
        revoke(registry, "portable")
    assert refused.value.code == "device_ambiguous"
    listed = str(refused.value.params["names"])
    ids = [one.desk.enrolment.device_id.hex() for one in (first, second)]
    assert all(one[:12] in listed for one in ids)
    assert all(device.revoked_at is None for device, _seen in load_state(registry).devices)
    assert revoke(registry, ids[1][:12]).unit == "bus-charente/bus-2"


def test_a_name_that_means_none_is_not_found(registry: RegistryService) -> None:
    with pytest.raises(NotFound):
        revoke(registry, "portable")
