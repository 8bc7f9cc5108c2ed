"""What recording costs: a visit of the program against a bare commit of the same bytes."""

import sqlite3
from pathlib import Path
from statistics import median
from time import perf_counter

from fsmobile.protocol.records import encode_visit
from fsmobile.reference.catalogue import load_catalogue
from fsmobile.usecases.drafts import save_draft
from fsmobile.usecases.visits import record_visit
from tests.worlds import FakeClock, a_laptop, a_registry, a_visit

VISITS = 300


def measure_recorded_visit(folder: Path, visits: int = VISITS) -> tuple[float, float]:
    """Return median seconds of (a visit recorded and its draft dropped, a raw commit)."""
    clock = FakeClock()
    laptop = a_laptop(
        a_registry(clock), path=folder / "ours.db", clock=clock, catalogue=load_catalogue()
    )
    raw = sqlite3.connect(folder / "raw.db", isolation_level=None)
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA synchronous = FULL")
    raw.execute("CREATE TABLE fact (id INTEGER PRIMARY KEY, body BLOB)")
    ours, anchor = [], []
    try:
        for number in range(visits):
            clock.ms += 60_000
            visit = a_visit(note=f"dossier {number}")
            save_draft(laptop.desk, f"draft-{number}", '{"entry": {}}')
            start = perf_counter()
            record_visit(laptop.desk, visit, draft_id=f"draft-{number}")
            ours.append(perf_counter() - start)
            body = _stored_body(laptop.replica.connection)
            start = perf_counter()
            raw.execute("BEGIN IMMEDIATE")
            raw.execute("INSERT INTO fact (body) VALUES (?)", (body,))
            raw.execute("COMMIT")
            anchor.append(perf_counter() - start)
            assert encode_visit(visit) in body
    finally:
        laptop.replica.close()
        raw.close()
    return median(ours), median(anchor)


def _stored_body(connection: sqlite3.Connection) -> bytes:
    (body,) = connection.execute("SELECT body FROM op ORDER BY seq DESC LIMIT 1").fetchone()
    return bytes(body)
