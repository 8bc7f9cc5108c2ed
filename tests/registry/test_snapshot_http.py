"""`GET /v1/snapshot/…`: bytes from any place on, statuses for who may not, never a 500."""

import asyncio
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import httpx
import msgspec
import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette
from worlds import UNIT, FakeClock, Laptop, SeededChance, a_laptop, a_visit, no_problems

from fsmobile.protocol.scopes import unit_scope
from fsmobile.protocol.snapshot_files import PIECE
from fsmobile.protocol.snapshots import SNAPSHOT_TYPE, SnapshotOffer
from fsmobile.reference.wire_dictionary import DICTIONARY_ID, load_wire_dictionary
from fsmobile.registry.administration import open_registry
from fsmobile.registry.app import make_app
from fsmobile.registry.erasure import erase
from fsmobile.registry.service import RegistryService
from fsmobile.sync.snapshots import SnapshotLoader
from fsmobile.usecases import visits

SCOPE = unit_scope(UNIT)


class World:
    """A registry with a snapshot ready, its door, and a laptop that may have it."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        registry = open_registry(engine, FakeClock(), SeededChance(5), no_problems)
        self.registry: RegistryService = replace(registry, snapshot_ops_min=10)
        self.laptop = a_laptop(self.registry)
        self.visits = [visits.record_visit(self.laptop.desk, a_visit()) for _ in range(300)]
        self.laptop.sync()
        (self.offer,) = self.registry.shelf.offer([SCOPE], 0)
        self.app: Starlette = make_app(self.registry, load_wire_dictionary(), DICTIONARY_ID)
        self.folder = folder

    def ticket(self, laptop: Laptop | None = None, **changes: object) -> str:
        asks = laptop or self.laptop
        loader = SnapshotLoader(asks.replica, None, asks.key, self.folder)
        offer: SnapshotOffer = msgspec.structs.replace(self.offer, **changes)
        return loader._authorise(offer)

    def get(self, ticket: str, *, asked: str = "", scope: str = SCOPE) -> httpx.Response:
        headers = {"Authorization": ticket} | ({"Range": asked} if asked else {})

        async def exchange() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
                return await client.get(f"/v1/snapshot/{scope}", headers=headers)

        return asyncio.run(exchange())


@pytest.fixture
def world(engine: Engine, tmp_path: Path) -> World:
    return World(engine, tmp_path)


def test_the_file_is_given_whole_or_from_a_byte_on(world: World) -> None:
    whole = world.get(world.ticket())
    assert (whole.status_code, whole.headers["Content-Type"]) == (200, SNAPSHOT_TYPE)
    assert sha256(whole.content).digest() == world.offer.sha256
    assert whole.headers["ETag"] == f'"{world.offer.sha256.hex()}"'
    size = len(whole.content)
    rest = world.get(world.ticket(), asked="bytes=100-")
    assert (rest.status_code, rest.content) == (206, whole.content[100:])
    assert rest.headers["Content-Range"] == f"bytes 100-{size - 1}/{size}"
    assert world.get(world.ticket(), asked="bytes=5-9").status_code == 200
    assert world.get(world.ticket(), asked=f"bytes={size}-").status_code == 416
    assert size < PIECE


@pytest.mark.parametrize(
    "ticket",
    ["", "Fsmobile", "Fsmobile ???", "Bearer AAAA", "Fsmobile AAAA", "Fsmobile " + "A" * 9999],
)
def test_what_is_no_request_is_refused(world: World, ticket: str) -> None:
    assert world.get(ticket).status_code == 400


def test_each_refusal_has_its_status(world: World) -> None:
    stranger = a_laptop(world.registry, unit="bus-creuse/bus-1", seed=7)
    used = world.ticket()
    assert world.get(used).status_code == 200
    assert world.get(used).status_code == 409
    assert world.get(world.ticket(stranger)).status_code == 403
    assert world.get(world.ticket(gsn=world.offer.gsn - 1)).status_code == 404
    assert world.get(world.ticket(scope="ref")).status_code == 404
    assert world.get(world.ticket(), scope="ref").status_code == 400
    assert world.get(world.ticket(scope="a b\0")).status_code == 400
    assert world.get(world.ticket(gsn=-1)).status_code == 400
    erase(world.registry, [world.visits[0]], "demande")
    assert world.get(world.ticket()).status_code == 404
