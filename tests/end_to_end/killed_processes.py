"""Registries and laptops as processes that a test kills by -9, and what must then hold."""

import os
import socket
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

from sqlalchemy import func, select
from warm_processes import FORKS
from worlds import a_visit

from fsmobile.cli.main import run
from fsmobile.cli.wiring import make_desk, sync_once
from fsmobile.config import Settings
from fsmobile.core.ids import AgentId
from fsmobile.errors import RegistryUnreachable, StoreBusy
from fsmobile.registry import schema
from fsmobile.registry.service import RegistryService
from fsmobile.store.database import open_database
from fsmobile.usecases import visits

START_SECONDS = 60
SYNC_BEGUN, SYNC_ENDED = "sync begun", "sync ended"


@dataclass
class KilledRegistry:
    """A registry's process that can be killed and started again on one port.

    Each is a new process, forked by a server that has the program's modules in memory: a
    start takes as long as opening the database does.
    """

    address: str
    port: int
    log: Path = Path(os.devnull)
    """Where it complains."""
    process: BaseProcess | None = None

    def start(self) -> None:
        words = ["registry", "serve", "--database", self.address, "--port", str(self.port)]
        self.process = FORKS.Process(target=run_logged, args=(words, self.log), daemon=True)
        self.process.start()
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                assert time.monotonic() < deadline, "the registry does not start"
                time.sleep(0.005)
            else:
                return

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.join()
        assert self.process.exitcode == -9


def run_logged(words: list[str], log: Path) -> None:
    """Run a command that writes all it says to a file."""
    with log.open("a", encoding="utf-8") as file:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(file.fileno(), stream.fileno())
    sys.exit(run(words))


@dataclass
class KilledLaptop:
    """A laptop whose process records in one thread and syncs in another, until it is killed."""

    home: Path
    seed: int
    process: BaseProcess | None = None
    told: Connection | None = None
    confirmed: set[str] = field(default_factory=set)
    """Ids of the visits that an agent was shown as recorded."""
    struck: int = 0
    """Kills in the middle of a sync."""
    lives: int = 0

    @property
    def settings(self) -> Settings:
        return Settings(home=self.home)

    def start(self) -> None:
        self.lives += 1
        self.told, telling = FORKS.Pipe(duplex=False)
        seed = self.seed + self.lives
        self.process = FORKS.Process(
            target=work_until_killed, args=(self.home, seed, telling), daemon=True
        )
        self.process.start()
        telling.close()

    def kill(self) -> None:
        """Kill the process; take note of all that it had told until then."""
        assert self.process is not None
        assert self.told is not None
        self.process.kill()
        self.process.join()
        assert self.process.exitcode == -9, "the laptop had ended by itself"
        last_sync = SYNC_ENDED
        with suppress(EOFError):
            while True:
                word = self.told.recv_bytes().decode()
                if word in (SYNC_BEGUN, SYNC_ENDED):
                    last_sync = word
                else:
                    self.confirmed.add(word)
        self.struck += last_sync == SYNC_BEGUN

    def receipts(self) -> dict[bytes, int]:
        """Return up to where each writer has a receipt."""
        connection = open_database(self.settings.store_path)
        rows = connection.execute("SELECT writer, acked_seq FROM writer").fetchall()
        connection.close()
        return dict(rows)

    def recorded(self) -> set[str]:
        """Return the ids of all that this laptop holds of its own."""
        connection = open_database(self.settings.store_path)
        found = {op_id for (op_id,) in connection.execute("SELECT op_id FROM op")}
        connection.close()
        return found

    def finish(self) -> None:
        """Sync until all has a receipt."""
        for _ in range(10):
            with suppress(RegistryUnreachable):
                if sync_once(self.settings).is_complete:
                    return
        raise AssertionError("a laptop could not finish")


def work_until_killed(home: Path, seed: int, telling: Connection) -> None:
    """Record visits and sync, each in a thread, as the screens do; tell what was confirmed."""
    settings, random = Settings(home=home), Random(seed)
    syncing = threading.Thread(target=_sync_for_ever, args=(settings, seed, telling), daemon=True)
    syncing.start()
    desk = make_desk(settings)
    desk.agent_id = AgentId("agent-a")
    while syncing.is_alive():
        telling.send_bytes(visits.record_visit(desk, a_visit()).encode())
        time.sleep(random.uniform(0, 0.01))


def _sync_for_ever(settings: Settings, seed: int, telling: Connection) -> None:
    random = Random(seed)
    while True:
        telling.send_bytes(SYNC_BEGUN.encode())
        with suppress(RegistryUnreachable, StoreBusy):
            sync_once(settings)
        telling.send_bytes(SYNC_ENDED.encode())
        time.sleep(random.uniform(0, 0.02))


def check_promises(registry: RegistryService, promised: list[dict[bytes, int]]) -> None:
    """See that the registry's database holds each op under a receipt."""
    k, o = schema.link.c, schema.op.c
    with registry.storage.reading() as transaction:
        for writer, acked in ((w, n) for receipts in promised for w, n in receipts.items()):
            held = transaction.connection.execute(
                select(func.count()).where(k.writer == writer, k.seq <= acked, o.op_id == k.op_id)
            ).scalar_one()
            assert held == acked, f"{acked - held} acknowledged ops lost"


def held_ids(registry: RegistryService) -> list[str]:
    """Return the id of every row of every op."""
    with registry.storage.reading() as transaction:
        return list(transaction.connection.execute(select(schema.op.c.op_id)).scalars())
