"""A registry with published timetables, and somebody who looks at its public pages."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import httpx
from sqlalchemy import Engine
from starlette.applications import Starlette
from worlds import FakeClock, Laptop, a_laptop, a_registry

from fsmobile.reference.wire_dictionary import DICTIONARY_ID, load_wire_dictionary
from fsmobile.registry.app import make_app
from fsmobile.registry.public.pages import PublicPages
from fsmobile.registry.service import RegistryService
from fsmobile.usecases.schedule_publishing import publish_schedule

ROOT = Path(__file__).parents[1]
CHARENTE = ROOT / "schedules" / "bus-charente"
DRACENIE = ROOT / "schedules" / "mediabus-dracenie"
CREUSE = ROOT / "tests" / "validation" / "exemple-creuse"
NOVEMBER_MS = 1_795_330_800_000
"""2026-11-22 08:00 in Paris, two days before the Creuse cancels Dun-le-Palestel."""
ADDRESS = "https://registre.test"
PORT_ADDRESS = "https://registre.example.fr"
"""Shown on pictures, and in codes that nobody follows."""


def publish(registry: RegistryService, folder: Path, agency: str, seed: int = 3) -> Laptop:
    """Publish a folder as its structure's coordinator does."""
    unit = f"{agency}/bus-1"
    laptop = a_laptop(registry, unit=unit, role="coordinator", name=f"desk-{agency}", seed=seed)
    assert publish_schedule(laptop.desk, folder, why="") is not None
    laptop.sync()
    return laptop


def publish_again(laptop: Laptop, folder: Path) -> None:
    """Publish what a folder holds now."""
    laptop.sync()
    assert publish_schedule(laptop.desk, folder, why="") is not None
    laptop.sync()


def a_public_registry(clock: FakeClock | None = None, engine: Engine | None = None):
    """A registry where the Charente, the Dracénie and the Creuse have published."""
    registry = a_registry(clock or FakeClock(NOVEMBER_MS), engine=engine)
    publish(registry, CHARENTE, "bus-charente", 3)
    publish(registry, DRACENIE, "mediabus-dracenie", 4)
    publish(registry, CREUSE, "fsi-exemple-23", 5)
    return registry


def a_public_app(registry: RegistryService, address: str = ADDRESS) -> Starlette:
    routes = PublicPages(registry, address=address).routes()
    return make_app(registry, load_wire_dictionary(), DICTIONARY_ID, more_routes=routes)


@dataclass
class Visitor:
    """Somebody without an account."""

    app: Starlette
    host: str = "203.0.113.9"

    def ask(self, method: str, path: str, **headers: str) -> httpx.Response:
        """Make one exchange; nothing is followed."""

        async def exchange() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=(self.host, 50000))
            async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
                named = {name.replace("_", "-"): value for name, value in headers.items()}
                return await client.request(method, path, headers=named)

        return asyncio.run(exchange())

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.ask("GET", path, **headers)
