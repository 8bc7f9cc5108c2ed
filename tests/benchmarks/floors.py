"""Floors: what the same bytes cost this machine without any protocol, in the same run."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
from psycopg import connect

from fsmobile.store.replica import Replica, open_store

PULLED = ("remote", "visit", "enquiry", "search", "figure_day")
"""Tables of a laptop that a pull of visits fills."""
SINK = """
import asyncio, uvicorn
async def app(scope, receive, send):
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200,
                "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})
class Server(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        print(self.servers[0].sockets[0].getsockname()[1], flush=True)
Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off")).run()
"""
"""Takes a body and forgets it."""


@contextmanager
def sink() -> Iterator[int]:
    """Run a server that only reads; give its port."""
    process = subprocess.Popen([sys.executable, "-c", SINK], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


def post(port: int, bodies: Sequence[bytes]) -> float:
    """Return the seconds of posting bodies over one open connection, each answered."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        client.post("/", content=b"open")
        begun = time.perf_counter()
        for body in bodies:
            client.post("/", content=body).raise_for_status()
        return time.perf_counter() - begun


def post_once(url: str, body: bytes) -> float:
    """Return the seconds of one POST over a connection of its own."""
    with httpx.Client(base_url=url, timeout=60) as client:
        begun = time.perf_counter()
        client.post("/", content=body).raise_for_status()
        return time.perf_counter() - begun


def insert_into_sqlite(folder: Path, rows: Sequence[tuple[str, bytes]]) -> float:
    """Return the seconds of one durable transaction with these rows, nothing else."""
    path = folder / "floor.db"
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE fact (id TEXT PRIMARY KEY, body BLOB) WITHOUT ROWID")
        begun = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO fact VALUES (?, ?)", rows)
        connection.execute("COMMIT")
        return time.perf_counter() - begun
    finally:
        connection.close()


def write_what_was_pulled(folder: Path, replica: Replica) -> float:
    """Return the seconds of writing the rows of a laptop into the tables of an empty store.

    One durable transaction: nothing is received, read, judged or folded.
    """
    found = {
        table: replica.connection.execute(f"SELECT * FROM {table}").fetchall() for table in PULLED
    }
    path = folder / "rows.db"
    fresh = open_store(path, replica.clock, replica.chance)
    try:
        begun = time.perf_counter()
        with fresh.write() as connection:
            for table, rows in found.items():
                marks = ", ".join("?" for _ in rows[0])
                connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        return time.perf_counter() - begun
    finally:
        fresh.close()
        for file in folder.glob("rows.db*"):
            file.unlink()


def commit_in_turn(folder: Path, times: int) -> float:
    """Return the seconds of so many durable transactions of one row, one after another."""
    connection = sqlite3.connect(folder / "commits.db", isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE IF NOT EXISTS fact (id INTEGER PRIMARY KEY, body BLOB)")
        begun = time.perf_counter()
        for _ in range(times):
            connection.execute("INSERT INTO fact (body) VALUES (?)", (bytes(100),))
        return time.perf_counter() - begun
    finally:
        connection.close()


def copy_into_postgresql(url: str, rows: Sequence[tuple[str, bytes]]) -> float:
    """Return the seconds of COPY of these rows and its commit, nothing else."""
    dsn = url.replace("postgresql+psycopg", "postgresql")
    with connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS floor")
        cursor.execute("CREATE TABLE floor (id text PRIMARY KEY, body bytea)")
        connection.commit()
        begun = time.perf_counter()
        with cursor.copy("COPY floor FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["text", "bytea"])
            for row in rows:
                copy.write_row(row)
        connection.commit()
        seconds = time.perf_counter() - begun
        cursor.execute("DROP TABLE floor")
        connection.commit()
    return seconds
