"""RegistrySite: where a registry's database is, and the registry opened on it."""

import os
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from fsmobile.cli.system import SystemChance, SystemClock
from fsmobile.errors import InvalidInput, NotAllowed, StoreBusy
from fsmobile.registry import administration, database
from fsmobile.registry.erasure import erase_again
from fsmobile.registry.records import Erasure
from fsmobile.registry.restoration import log_erasures, read_erasures
from fsmobile.registry.service import RegistryService
from fsmobile.registry.signing_keys import KEY
from fsmobile.registry.storage import Storage
from fsmobile.usecases.desk import DEFAULT_TIMEZONE, local_time
from fsmobile.usecases.schedule_check import check_files

ERASURES = "effacements.jsonl"
"""Beside the embedded database, never in it: a backup put back must not forget them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrySite:
    """A registry's database and what this machine gives to it."""

    engine: Engine
    clock: SystemClock
    chance: SystemChance
    folder: Path | None
    """Of the embedded database; None for PostgreSQL."""

    @property
    def erasures_path(self) -> Path | None:
        """Where erasures are written down outside the database, if there is a folder."""
        return None if self.folder is None else self.folder / ERASURES

    def log_erasures(self, erasures: Sequence[Erasure]) -> None:
        """Write erasures down outside the database, if there is a folder."""
        if self.erasures_path is not None:
            log_erasures(self.erasures_path, erasures)

    def make(self) -> bool:
        """Create the registry; False if it was there."""
        return administration.make_registry(self.engine, self.clock, self.chance)

    def migrate(self) -> None:
        """Bring the schema up to date."""
        database.migrate(self.engine)

    def open(self) -> RegistryService:
        """Open the registry.

        Raises:
            NotFound: none was made here.
            StoreTooNew: a newer program wrote it.
            StoreBusy: it was erased again, but an older picture is still being read.
        """
        service = administration.open_registry(
            self.engine,
            self.clock,
            self.chance,
            lambda files: check_files(files, _today(self.clock)),
        )
        if self.erasures_path is not None:
            # Whoever put an older file back by hand: nobody is served what was erased since.
            erase_again(service, read_erasures(self.erasures_path))
        return service


@contextmanager
def databases_in_words() -> Iterator[None]:
    """Say in words that a database can only be read, or does not answer.

    Raises:
        NotAllowed: an act wrote to a replica; the database refused it whole.
        StoreBusy: the server is away, or lets nobody in under this name.
    """
    try:
        yield
    except DBAPIError as error:
        if database.is_refused_writing(error):
            raise NotAllowed("registry_read_only") from error
        if database.is_away(error):
            detail = str(error.orig).partition("\n")[0][:200]
            raise StoreBusy("registry_database_away", detail=detail) from error
        raise


def find_replica(address: str, service: RegistryService) -> Storage:
    """Open the replica that pages are read from.

    Raises:
        InvalidInput: it is a copy of another registry.
    """
    engine = database.open_engine(_driver_address(address))
    try:
        database.check_schema(engine)
        replica = Storage(engine)
        with replica.reading() as copied, service.storage.reading() as own:
            if copied.get_setting(KEY) != own.get_setting(KEY):
                raise InvalidInput("registry_replica_of_another")
    except BaseException:
        engine.dispose()
        raise
    return replica


def find_site(arguments: Namespace) -> RegistrySite:
    """Find the registry that an act is about.

    Raises:
        InvalidInput: no database is named, or two.
    """
    offset = os.environ.get("FSMOBILE_DECALAGE_HORLOGE", "0")
    seconds = int(offset) if offset.removeprefix("-").isdecimal() else 0
    return RegistrySite(
        engine=database.open_engine(_address(arguments)),
        clock=SystemClock(offset_seconds=seconds),
        chance=SystemChance(),
        folder=arguments.data,
    )


def _address(arguments: Namespace) -> str:
    if arguments.database and arguments.data:
        raise InvalidInput("registry_two_databases")
    if arguments.database:
        return _driver_address(arguments.database)
    if arguments.data is None:
        raise InvalidInput("registry_without_database")
    arguments.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return database.sqlite_url(arguments.data)


def _driver_address(address: str) -> str:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:
        # Not shown again: there may be a password in it.
        raise InvalidInput("registry_database_malformed") from error
    if url.get_backend_name() == "sqlite":
        return address
    if url.get_backend_name() != "postgresql":
        raise InvalidInput("registry_database_malformed")
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def _today(clock: SystemClock) -> date:
    return local_time(clock.now_ms(), DEFAULT_TIMEZONE).date()
