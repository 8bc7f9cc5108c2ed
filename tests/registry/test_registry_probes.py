"""The registry's probes, figures, description and door."""

import asyncio
import logging
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from threading import Event

import httpx
import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route
from worlds import FakeClock, SeededChance, a_laptop, a_registry, a_visit, no_problems

from fsmobile.errors import RegistryUnreachable
from fsmobile.protocol import messages
from fsmobile.protocol.compression import Codec
from fsmobile.protocol.envelope import MEDIA_TYPE, unseal
from fsmobile.protocol.messages import Busy
from fsmobile.registry.administration import open_registry
from fsmobile.registry.app import make_app
from fsmobile.registry.fleet.pages import FleetPages
from fsmobile.registry.problems import STATUS
from fsmobile.registry.public.pages import PublicPages
from fsmobile.registry.service import RegistryService
from fsmobile.usecases import visits

PLAIN = Codec(3)


@pytest.fixture
def registry(engine: Engine) -> RegistryService:
    return open_registry(engine, FakeClock(), SeededChance(5), no_problems)


class Client:
    """Speaks HTTP to an application in this process."""

    def __init__(self, app: Starlette, address: str = "127.0.0.1") -> None:
        self.app, self.address = app, address

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        return asyncio.run(self.exchange("GET", path, headers=headers))

    def post(self, path: str, *, content: bytes) -> httpx.Response:
        return asyncio.run(self.exchange("POST", path, content))

    async def exchange(
        self,
        method: str,
        path: str,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        transport = httpx.ASGITransport(
            self.app, raise_app_exceptions=False, client=(self.address, 5000)
        )
        coded = {name: value.encode() for name, value in (headers or {}).items()}
        async with httpx.AsyncClient(transport=transport, base_url="http://registre") as client:
            return await client.request(method, path, content=content, headers=coded)

    def sync(self, envelope: bytes) -> bytes:
        """Be a `RegistryApi` for the engine."""
        return PLAIN.decompress(self.post("/v1/sync", content=PLAIN.compress(envelope)).content)


@pytest.fixture
def client(registry: RegistryService) -> Client:
    return Client(make_app(registry, b"", "d0"))


def test_the_probes_answer(client: Client) -> None:
    assert client.get("/healthz").json()["service"] == "fsmobile-registry"
    assert client.get("/readyz").json() == {"ready": True}


def test_who_is_elsewhere_and_has_no_token_learns_nothing(registry: RegistryService) -> None:
    app = make_app(registry, b"", "d0", watch_token="jeton-de-la-supervision")
    away = Client(app, address="192.0.2.7")
    assert away.get("/healthz").json() == {"service": "fsmobile-registry"}
    assert away.get("/readyz").json() == {"ready": True}
    for shown in ({}, {"Authorization": "Bearer jeton"}, {"Authorization": "Bearer é"}):
        answer = away.get("/metrics", shown)
        assert (answer.status_code, answer.text) == (403, "")
    token = {"Authorization": "Bearer jeton-de-la-supervision"}
    assert "fsmobile_devices 0" in away.get("/metrics", token).text
    assert "fsmobile_devices 0" in Client(app).get("/metrics").text
    without = Client(make_app(registry, b"", "d0"), address="192.0.2.7")
    assert without.get("/metrics", {"Authorization": "Bearer "}).status_code == 403
    with registry.storage.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")
    assert away.get("/readyz").json() == {"ready": False}
    assert away.get("/readyz", token).json() == {"ready": False, "why": "schema"}


def test_no_page_leads_to_the_host_that_a_request_names(registry: RegistryService) -> None:
    routes = [*FleetPages(registry).routes(), *PublicPages(registry).routes()]
    client = Client(make_app(registry, b"", "d0", more_routes=routes))
    paths = ("/healthz/", "/v1/sync/", "/flotte", "/flotte/", "/flotte/connexion/", "/bus/",
             "/bus", "/bus/commune/16196/", "/flotte//evil.example", "//evil.example/")  # fmt: skip
    for path in paths:
        answer = client.get(path, {"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
        led = answer.headers.get("location", "/")
        assert re.match("/(?!/)", led), f"{path} leads to {led}"
        assert "evil.example" not in answer.text


def test_a_registry_without_its_database_is_not_ready(
    client: Client, registry: RegistryService
) -> None:
    with registry.storage.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "why": "schema"})
    assert client.get("/healthz").status_code == 200


def test_a_registry_at_an_older_schema_is_not_ready(
    client: Client, registry: RegistryService
) -> None:
    with registry.storage.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0003'")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "why": "schema"})


def test_a_registry_whose_disk_is_nearly_full_is_not_ready(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = open_registry(sqlite_engine, FakeClock(), SeededChance(5), no_problems)
    client = Client(make_app(service, b"", "d0"))
    assert client.get("/readyz").status_code == 200
    left = shutil.disk_usage("/")._replace(free=1024)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: left)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "why": "disk"})


def test_the_figures_say_what_was_answered_and_what_is_held(
    client: Client, registry: RegistryService
) -> None:
    laptop = a_laptop(registry, clock=FakeClock())
    for _ in range(3):
        visits.record_visit(laptop.desk, a_visit())
    laptop.sync(client)
    assert client.post("/v1/sync", content=b"rien").status_code == 400
    lines = client.get("/metrics").text.splitlines()
    assert 'fsmobile_requests_total{path="/v1/sync",answer="SyncReply"} 1' in lines
    assert 'fsmobile_requests_total{path="/v1/sync",answer="Malformed"} 1' in lines
    assert "fsmobile_ops_held 3" in lines
    assert "fsmobile_devices 1" in lines
    assert "fsmobile_request_seconds_count 2" in lines
    assert 'fsmobile_request_seconds_bucket{le="+Inf"} 2' in lines


def test_the_log_says_nothing_of_a_visit(
    client: Client, registry: RegistryService, caplog: pytest.LogCaptureFixture
) -> None:
    laptop = a_laptop(registry, clock=FakeClock())
    visits.record_visit(laptop.desk, a_visit(note="clé chez la voisine"))
    with caplog.at_level(logging.DEBUG):
        laptop.sync(client)
        with registry.storage.engine.begin() as connection:
            # The statement that fails is the one that carries what was recorded.
            connection.exec_driver_sql("ALTER TABLE op DROP COLUMN received_at")
        visits.record_visit(laptop.desk, a_visit(note="clé chez la voisine"))
        with pytest.raises(RegistryUnreachable):
            laptop.sync(client)
    assert "SyncReply" in caplog.text
    assert "received_at" in caplog.text
    assert "voisine" not in caplog.text


def data_routes(routes: Sequence[BaseRoute], under: str = "") -> Iterator[tuple[str, str]]:
    """Give the path and method of every route that answers programs: all but pages and forms."""
    for route in routes:
        if isinstance(route, Mount):
            yield from data_routes(route.routes, under + route.path)
        elif isinstance(route, Route):
            path = under + route.path.replace(":path}", "}")
            # `POST` under a mount is a form of a page; it answers with a page.
            if not under or path.endswith((".json", ".ics", "/{file}")):
                yield from ((path, method.lower()) for method in route.methods or ())


def test_the_description_holds_every_route_and_every_answer(registry: RegistryService) -> None:
    pages = [*FleetPages(registry).routes(), *PublicPages(registry).routes()]
    served = make_app(registry, b"", "d0", more_routes=pages)
    described = Client(served).get("/openapi.json").json()
    told = {(path, method) for path, item in described["paths"].items() for method in item}
    roots = {(root, "get") for root in ("/flotte", "/bus")}
    assert {one for one in data_routes(served.routes) if one[1] != "head"} - roots == told
    schemas = described["components"]["schemas"]
    assert {kind.__name__ for kind in STATUS} <= set(schemas)
    responses = described["paths"]["/v1/sync"]["post"]["responses"]
    assert set(responses) == {str(status) for status in STATUS.values()} | {"429"}
    for name in ("SyncRequest", "Answered", "EnrolRequest"):
        assert schemas[name]["properties"]


def test_who_finds_no_room_is_told_when_to_come_back() -> None:
    registry = a_registry()
    inside, gate = Event(), Event()

    class Slow(RegistryService):
        def answer(self, envelope, wait_of):
            inside.set()
            gate.wait(10)
            return super().answer(envelope, wait_of)

    slow = Slow(
        storage=registry.storage,
        clock=registry.clock,
        chance=registry.chance,
        key=registry.key,
        check_tree=no_problems,
    )
    client = Client(make_app(slow, b"", "d0", in_flight_max=1))

    async def two_at_once() -> tuple[httpx.Response, httpx.Response]:
        first = asyncio.create_task(client.exchange("POST", "/v1/sync", PLAIN.compress(b"un")))
        await asyncio.to_thread(inside.wait, 10)
        second = await client.exchange("POST", "/v1/sync", PLAIN.compress(b"deux"))
        gate.set()
        return await first, second

    first, second = asyncio.run(two_at_once())
    assert first.status_code == 400
    assert second.status_code == 429
    assert second.headers["Content-Type"] == MEDIA_TYPE
    payload, _signature = unseal(PLAIN.decompress(second.content))
    said = messages.decode_answered(payload).answer
    assert isinstance(said, Busy)
    assert 1 <= said.after < 31
    assert second.headers["Retry-After"] == str(said.after)
