"""The budgets that do not depend on the machine: bytes, requests, modules loaded at the start."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from fsmobile.usecases.visits import record_visit
from tests.benchmarks.sync_cost import SyncCost, measure_sync
from tests.end_to_end.bus_world import make_world, publish_charente
from tests.worlds import a_laptop, a_registry, a_visit

BUDGETS = tomllib.loads(Path(__file__).with_name("budgets.toml").read_text(encoding="utf-8"))
NEVER_AT_START = ("cryptography", "httpx", "sqlalchemy", "sqlite_utils", "zstandard")
STATEMENTS_MAX = 12
"""For one visit; what they take in time is told by the command, never by a test."""


@pytest.fixture(scope="module")
def cost(tmp_path_factory: pytest.TempPathFactory) -> SyncCost:
    """The sync of a day of 40 visits through a proxy that counts."""
    world = make_world(tmp_path_factory.mktemp("monde"))
    try:
        publish_charente(world)
        return measure_sync(world)
    finally:
        world.close()


def test_a_day_of_forty_visits_is_one_request(cost: SyncCost) -> None:
    assert cost.requests == BUDGETS["sync_requests"]["count"]


def test_a_day_of_forty_visits_fits_its_bytes_headers_included(cost: SyncCost) -> None:
    assert cost.heads[0].startswith(b"POST /v1/sync HTTP/1.1")
    assert cost.sent > 40 * 30, "less than the ids and salts of 40 visits: nothing was counted"
    assert cost.total <= BUDGETS["sync_bytes"]["count"], cost.heads


def test_the_screens_load_nothing_that_only_a_sync_or_a_server_needs() -> None:
    code = "import sys, fsmobile.cli.main, fsmobile.cli.open; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert "textual.app" in loaded.stdout.split()
    assert {*NEVER_AT_START} & {*loaded.stdout.split()} == set()


def test_recording_a_visit_is_one_commit_and_a_few_statements(tmp_path: Path) -> None:
    laptop = a_laptop(a_registry(), path=tmp_path / "store.db")
    record_visit(laptop.desk, a_visit())
    statements: list[str] = []
    laptop.replica.connection.set_trace_callback(statements.append)
    record_visit(laptop.desk, a_visit())
    laptop.replica.connection.set_trace_callback(None)
    ours = [one for one in statements if not one.startswith("--")]
    assert ours.count("COMMIT") == 1
    assert len(ours) <= STATEMENTS_MAX, ours


@pytest.mark.parametrize("name", sorted(BUDGETS))
def test_each_budget_says_what_it_is_for_and_one_limit(name: str) -> None:
    assert BUDGETS[name]["what"]
    assert len({"ratio", "count"} & BUDGETS[name].keys()) == 1
