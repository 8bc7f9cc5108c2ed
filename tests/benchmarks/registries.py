"""A real registry process on a fresh database, and laptops enrolled in it, for measures."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from fsmobile.cli.system import SystemChance, SystemClock
from fsmobile.core.ports import Clock
from fsmobile.protocol.signatures import SigningKey
from fsmobile.reference.wire_dictionary import DICTIONARY_ID, load_wire_dictionary
from fsmobile.registry.administration import make_code, make_registry, open_registry
from fsmobile.registry.database import open_engine, sqlite_url
from fsmobile.registry.service import RegistryService
from fsmobile.simulation.ports import no_problems
from fsmobile.store.replica import Replica, open_store
from fsmobile.sync.engine import SyncEngine
from fsmobile.sync.enrolment import enrol
from fsmobile.sync.http_registry import HttpRegistry
from fsmobile.sync.progress import SyncReport
from tests.postgresql_server import postgresql_server

DATABASES = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """A registry that answers over HTTP, and a way of our own into its database."""

    url: str
    """Of its database."""
    host: str
    port: int
    pid: int
    engine: Engine
    service: RegistryService

    @property
    def address(self) -> str:
        return f"http://{self.host}:{self.port}"

    def cpu(self) -> float:
        """Return the CPU seconds that its process has used (Linux)."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchLaptop:
    """An enrolled laptop with a store of its own."""

    replica: Replica
    key: SigningKey
    unit: str

    def sync(self, registry) -> SyncReport:
        """Exchange until nothing is left, over a connection or with a service in process."""
        return SyncEngine(self.replica, registry, self.key).run()


@contextmanager
def database_url(kind: str) -> Iterator[str]:
    """Give the address of an empty database; PostgreSQL with fsync."""
    if kind == "postgresql":
        with postgresql_server(durable=True) as server:
            yield server.url(server.create())
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield sqlite_url(Path(folder))


@contextmanager
def opened(kind: str) -> Iterator[tuple[str, Engine, RegistryService]]:
    """Make a registry in an empty database; nothing serves it."""
    with database_url(kind) as url:
        engine = open_engine(url)
        try:
            make_registry(engine, SystemClock(), SystemChance())
            yield url, engine, open_registry(engine, SystemClock(), SystemChance(), no_problems)
        finally:
            engine.dispose()


@contextmanager
def serving(kind: str) -> Iterator[Registry]:
    """Run a registry's own process on an empty database."""
    with opened(kind) as (url, engine, service):
        process = subprocess.Popen(
            [
                sys.executable, "-m", "fsmobile", "registry", "serve",
                "--database", url, "--port", "0",
            ],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            assert process.stdout is not None
            host, _, port = process.stdout.readline().strip().rsplit("/", 1)[-1].partition(":")
            yield Registry(
                url=url, host=host, port=int(port), pid=process.pid, engine=engine, service=service
            )
        finally:
            process.terminate()
            process.wait()


def connect(address: str) -> HttpRegistry:
    """Open a laptop's own connection to a registry."""
    return HttpRegistry(address, load_wire_dictionary(), DICTIONARY_ID)


def enrol_laptop(
    registry: Registry, folder: Path, unit: str, name: str, clock: Clock
) -> BenchLaptop:
    """Enrol a new laptop of a unit over HTTP."""
    replica = open_store(folder / f"{name}.db", clock, SystemChance())
    key = SigningKey(seed=SystemChance().token(32))
    code = make_code(registry.service, unit, "agent")
    with connect(registry.address) as connection:
        enrol(replica, connection, key, url=registry.address, code=code, name=name)
    return BenchLaptop(replica=replica, key=key, unit=unit)
