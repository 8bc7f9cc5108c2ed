"""The first opening by a new release: the lists are made again, and somebody is told how far."""

import pytest
from worlds import a_laptop, a_registry, a_visit

from fsmobile.core.catalogue import Catalogue
from fsmobile.store import projections
from fsmobile.store.identity import set_meta
from fsmobile.usecases.desk import open_desk
from fsmobile.usecases.visits import list_visits, record_visit


def test_lists_of_another_release_are_made_again_once_and_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    laptop = a_laptop(a_registry())
    for number in range(25):
        record_visit(laptop.desk, a_visit(note=f"fiche {number}"))
    with laptop.replica.write() as connection:
        connection.execute("DELETE FROM visit")
        set_meta(connection, "projection_version", 1)
    monkeypatch.setattr(projections, "_BATCH", 10)
    told: list[tuple[int, int]] = []
    for _opening in range(2):
        desk = open_desk(
            laptop.replica, Catalogue(), {}, lambda done, total: told.append((done, total))
        )
        assert told == [(0, 25), (10, 25), (20, 25), (25, 25)]
        assert len(list_visits(desk)) == 25
