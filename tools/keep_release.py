"""Keeps a store and an exchange of this release: `python -m tools.keep_release NAME`.

Run once for each release; what it wrote is never written again. A later program must open
the store, show the same, and understand the recorded request and reply
(tests/compatibility/).
"""

import argparse
import json
import sys
from importlib import import_module
from pathlib import Path

from fsmobile.core.passages import PassageReason
from fsmobile.sync.engine import SyncEngine
from fsmobile.usecases import drafts, passages, visits

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "tests" / "compatibility" / "kept"


def keep(folder: Path) -> None:
    """Write a release's store, request, reply and what they say."""
    # By name: tests are no package that a tool could import as such.
    worlds = import_module("worlds")
    passage, a_visit, a_laptop = worlds.PASSAGE, worlds.a_visit, worlds.a_laptop
    folder.mkdir(parents=True)
    clock = worlds.FakeClock()
    registry = worlds.a_registry(clock)
    mine = a_laptop(registry, clock=clock, path=folder / "store.db", seed=2)
    other = a_laptop(registry, clock=clock, seed=3)
    visits.record_visit(other.desk, a_visit(minutes=7, note="imprimer « réversion »"))
    other.sync()
    mine.sync()
    passages.open_passage(mine.desk, passage)
    kept_visit = visits.record_visit(mine.desk, a_visit(people=2))
    visits.correct_visit(mine.desk, kept_visit, {"minutes": 20})
    voided = visits.record_visit(mine.desk, a_visit(minutes=3))
    visits.void_visit(mine.desk, voided, "doublon")
    passages.tally_passage(mine.desk, passage, met=4)
    passages.close_passage(mine.desk, passage, reason=PassageReason.WEATHER)
    drafts.save_draft(mine.desk, drafts.new_draft_id(mine.desk), '{"note":"reprendre"}')
    exchange: list[bytes] = []

    class Recorder:
        """A registry that keeps what passes."""

        def enrol(self, request):  # type: ignore[no-untyped-def]
            return registry.enrol(request)

        def sync(self, envelope: bytes) -> bytes:
            answer: bytes = registry.sync(envelope)
            exchange.extend([envelope, answer])
            return answer

    # The store is kept as it was before the exchange, so that the reply can be replayed on it.
    mine.replica.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = (folder / "store.db").read_bytes()
    SyncEngine(mine.replica, Recorder(), mine.key).run()
    mine.replica.close()
    (folder / "store.db").write_bytes(before)
    for leftover in folder.glob("store.db-*"):
        leftover.unlink()
    (folder / "request.bin").write_bytes(exchange[0])
    (folder / "reply.bin").write_bytes(exchange[1])
    facts = {"laptop_key": mine.key.public.hex(), "registry_key": registry.key.public.hex()}
    (folder / "facts.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


def main() -> int:
    """Keep this release under a name that is not taken yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    sys.path.insert(0, str(ROOT / "tests"))
    keep(KEPT / parser.parse_args().name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
