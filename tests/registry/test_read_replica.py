"""A read replica: two real servers, the second fed by streaming; pages and reports from it."""

import json
import re
from collections.abc import Iterator

import pytest
from fleet_worlds import Browser, add_account
from postgresql_server import PostgresqlServer, replicated_servers, wait_for_replay
from psycopg import connect
from sqlalchemy import Engine
from worlds import Laptop, a_laptop, a_registry, a_visit

from fsmobile.cli.main import run
from fsmobile.cli.registry_site import find_replica
from fsmobile.errors import InvalidInput
from fsmobile.reference.wire_dictionary import DICTIONARY_ID, load_wire_dictionary
from fsmobile.registry.app import make_app
from fsmobile.registry.database import is_replica, open_engine
from fsmobile.registry.fleet.pages import FleetPages
from fsmobile.registry.holdings import load_holdings
from fsmobile.registry.service import RegistryService
from fsmobile.registry.storage import Storage
from fsmobile.registry.verification import verify_registry
from fsmobile.usecases import visits

Servers = tuple[PostgresqlServer, PostgresqlServer]


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with replicated_servers() as pair:
        yield pair


@pytest.fixture
def database(servers: Servers) -> Iterator[str]:
    """The name of an empty database, there on both servers."""
    primary, standby = servers
    name = primary.create()
    wait_for_replay(primary, standby)
    yield name
    primary.drop(name)


@pytest.fixture
def engines(servers: Servers, database: str) -> Iterator[tuple[Engine, Engine]]:
    found = tuple(open_engine(server.url(database)) for server in servers)
    yield found
    for engine in found:
        engine.dispose()


@pytest.fixture
def registry(servers: Servers, engines: tuple[Engine, Engine]) -> RegistryService:
    service = a_registry(engine=engines[0])
    wait_for_replay(*servers)
    return service


def record(laptop: Laptop, count: int) -> None:
    for _ in range(count):
        visits.record_visit(laptop.desk, a_visit())
    laptop.sync()


def address(server: PostgresqlServer, database: str) -> str:
    """Return what a person types."""
    return server.url(database).replace("+psycopg", "")


def visits_on(page: str) -> int:
    found = re.search(r"Visites du jour</span>\s*<span class=\"value\">(\d+)", page)
    assert found, page
    return int(found.group(1))


def test_what_is_written_on_one_server_is_counted_on_the_other(
    registry: RegistryService, servers: Servers, engines: tuple[Engine, Engine]
) -> None:
    assert [is_replica(engine) for engine in engines] == [False, True]
    record(a_laptop(registry), 30)
    wait_for_replay(*servers)
    copied = Storage(engines[1])
    assert load_holdings(copied) == load_holdings(registry.storage)
    assert load_holdings(copied).ops == 30
    assert verify_registry(copied).faults == []


def test_pages_are_read_from_the_replica_and_accounts_from_the_main_server(
    registry: RegistryService, servers: Servers, database: str
) -> None:
    replica = find_replica(address(servers[1], database), registry)
    pages = FleetPages(registry, replica).routes()
    app = make_app(registry, load_wire_dictionary(), DICTIONARY_ID, more_routes=pages)
    laptop = a_laptop(registry)
    record(laptop, 4)
    add_account(registry, "ana")
    wait_for_replay(*servers)
    browser = Browser(app)
    assert "Se déconnecter" in browser.sign_in("ana").text
    agency = "/flotte/structure/bus-charente"
    assert visits_on(browser.get(agency).text) == 4
    with connect(servers[1].dsn, autocommit=True) as control:
        control.execute("SELECT pg_wal_replay_pause()")
        try:
            record(laptop, 3)
            # Late, never wrong: what the replica has not heard of yet is not there.
            assert visits_on(browser.get(agency).text) == 4
        finally:
            control.execute("SELECT pg_wal_replay_resume()")
    wait_for_replay(*servers)
    assert visits_on(browser.get(agency).text) == 7
    replica.engine.dispose()


def test_reports_are_read_from_the_replica(
    registry: RegistryService,
    servers: Servers,
    database: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    record(a_laptop(registry), 5)
    wait_for_replay(*servers)
    there = ["--database", address(servers[1], database)]
    assert run(["registry", "stats", *there, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["ops"] == 5
    for act in ("status", "devices", "verify"):
        assert run(["registry", act, *there]) == 0, act


@pytest.mark.parametrize(
    "words",
    [
        ["enrol-code", "--unit", "bus-charente/bus-1"],
        ["revoke", "portable"],
        ["erase", "rien", "--ground", "x"],
        ["serve", "--port", "0"],
        ["init"],
    ],
    ids=lambda words: words[0],
)
def test_writing_to_the_replica_is_refused_in_words(
    registry: RegistryService,
    servers: Servers,
    database: str,
    words: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    record(a_laptop(registry), 1)
    wait_for_replay(*servers)
    before = load_holdings(registry.storage)
    code = run(["registry", *words, "--database", address(servers[1], database)])
    told = capsys.readouterr().err
    if words[0] in ("init", "erase"):
        # Nothing to do: it exists; there is no such act.
        assert code in (0, 4), told
    else:
        assert code == 5
        assert "c'est une réplique, rien n'a été écrit" in told
    assert "Traceback" not in told
    assert load_holdings(registry.storage) == before


def test_the_copy_of_another_registry_is_refused(
    registry: RegistryService, servers: Servers
) -> None:
    primary, standby = servers
    other = primary.create()
    engine = open_engine(primary.url(other))
    a_registry(engine=engine, seed=99)
    wait_for_replay(primary, standby)
    with pytest.raises(InvalidInput) as refused:
        find_replica(address(standby, other), registry)
    assert refused.value.code == "registry_replica_of_another"
    engine.dispose()
