"""Passphrases that are quick to hash: the tests try hundreds."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from fsmobile.registry.fleet import accounts


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hash in a thousandth of the memory."""
    quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(accounts, "_hasher", lambda: quick)
    accounts._nobodys_hash.cache_clear()
    yield
    accounts._nobodys_hash.cache_clear()
