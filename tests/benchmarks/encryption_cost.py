"""What encryption costs: the same work on a plain and an encrypted store, turn by turn.

    python -m tests.benchmarks.encryption_cost [visits] [--search 1000000 --folder DIR]

Medians, in milliseconds, of one run. Each start is a new process, to the first page: a plain
laptop pays for imports then, an encrypted one has paid them when Enter is pressed. The searches
are those of `tests.benchmarks memory`, in the store that it keeps and in an encrypted copy.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, thread_time

from fsmobile.cli.system import SystemChance, SystemClock
from fsmobile.reference.catalogue import load_catalogue
from fsmobile.store import key_slots
from fsmobile.store.encryption import encrypt
from fsmobile.store.integrity import check_store
from fsmobile.store.key_header import StoreFiles, load_header
from fsmobile.store.replica import open_store
from fsmobile.usecases.desk import Desk, open_desk
from fsmobile.usecases.search import Finder, read_query
from fsmobile.usecases.visits import record_visit

sys.path.append(str(Path(__file__).parents[1]))  # as pytest has it

from tests.benchmarks.memory import QUERIES, ROWS, kept_world, make_query
from tests.worlds import a_laptop, a_registry, a_visit

PASSPHRASE = "quatre mots sans lien"
STARTS = 15
START = """
from time import perf_counter
begun = perf_counter()
import json, sys
from pathlib import Path
from types import SimpleNamespace
from fsmobile.cli.system import SystemChance, SystemClock
from fsmobile.reference.catalogue import load_catalogue
from fsmobile.store.integrity import check_store
from fsmobile.store.key_header import load_header
from fsmobile.store.replica import open_store
from fsmobile.tui.shell import Shell
from fsmobile.usecases.desk import open_desk
from fsmobile.usecases.timetable import load_timetable
home, passphrase = Path(sys.argv[1]), sys.argv[2]
header, key = load_header(home / "keys.json"), None
load_catalogue()
if header.is_encrypted:
    from fsmobile.store import cipher, key_slots
entered = perf_counter()
if header.is_encrypted:
    key = key_slots.unlock(header, passphrase).data_key
derived = perf_counter()
desk = open_desk(
    open_store(home / "fsmobile.db", SystemClock(), SystemChance(), key), load_catalogue(), {}
)
load_timetable(desk)
Shell(desk, SimpleNamespace(open_note=None, start_sync=None, lock=None, leave=None)).body(80, 24)
ended = perf_counter()
print(json.dumps([ended - begun, ended - entered, ended - derived]))
"""


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("visits", type=int, nargs="?", default=300)
    parser.add_argument("--search", type=int, metavar="VISITS")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    asked = parser.parse_args()
    if asked.search is not None:
        report = compare_searches(asked.folder, asked.search)
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
        return
    with tempfile.TemporaryDirectory() as folder:
        homes = {name: Path(folder) / name for name in ("plain", "encrypted")}
        for name, home in homes.items():
            _make(home, is_encrypted=name == "encrypted")
        work = _compare_work(homes, asked.visits)
        starts = {name: [_start(home) for _turn in range(STARTS)] for name, home in homes.items()}
    middle = {
        name: [median(part) for part in zip(*rows, strict=True)] for name, rows in starts.items()
    }
    plain, encrypted = middle["plain"], middle["encrypted"]
    report = {
        **work,
        "opening_after_derivation": _told(plain[2], encrypted[2]),
        "opening_after_enter": _told(plain[1], encrypted[1]),
        "whole_start_against_after_enter": _told(plain[0], encrypted[1]),
    }
    sys.stdout.write(json.dumps(report, indent=2) + "\n")


def _make(home: Path, *, is_encrypted: bool) -> None:
    home.mkdir()
    a_laptop(a_registry(), path=home / "fsmobile.db").replica.close()
    if is_encrypted:
        _encrypt(home)


def _encrypt_copy(home: Path, copy: Path) -> None:
    making = copy.with_name("encrypting")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir()
    shutil.copy(home / "fsmobile.db", making)
    _encrypt(making)
    making.rename(copy)


def _encrypt(home: Path) -> None:
    chance = SystemChance()
    key = chance.token(key_slots.KEY_SIZE)
    files = StoreFiles(
        store=home / "fsmobile.db", device_key=home / "device.key", header=home / "keys.json"
    )
    encrypt(files, key_slots.encrypted_header(key, "agent", PASSPHRASE, chance), key, chance)


def _key_of(home: Path) -> bytes | None:
    header = load_header(home / "keys.json")
    return key_slots.unlock(header, PASSPHRASE).data_key if header.is_encrypted else None


def _open_desks(homes: dict[str, Path]) -> dict[str, Desk]:
    return {
        name: open_desk(
            open_store(home / "fsmobile.db", SystemClock(), SystemChance(), _key_of(home)),
            load_catalogue(),
            {},
        )
        for name, home in homes.items()
    }


def _compare_work(homes: dict[str, Path], count: int) -> dict[str, object]:
    desks = _open_desks(homes)
    record: dict[str, list[float]] = {name: [] for name in homes}
    listing: dict[str, list[float]] = {name: [] for name in homes}
    for number in range(count):
        visit = a_visit(note=f"note {number}")
        for name, desk in desks.items():
            record[name].append(_timed(lambda desk=desk, visit=visit: record_visit(desk, visit)))
    for _turn in range(30):
        for name, desk in desks.items():
            listing[name].append(_timed(lambda desk=desk: check_store(desk.replica)))
    sought = _compare_search(desks)
    for desk in desks.values():
        desk.replica.close()
    return {
        "record_visit": _told(median(record["plain"]), median(record["encrypted"])),
        "search": sought,
        "check_store": _told(median(listing["plain"]), median(listing["encrypted"])),
    }


def _compare_search(desks: dict[str, Desk]) -> dict[str, float]:
    """Find a page of a word that is in every visit, and read it, as the screen does."""
    spent: dict[str, list[float]] = {name: [] for name in desks}
    for _turn in range(60):
        for name, desk in desks.items():
            spent[name].append(_timed(lambda desk=desk: _search(desk)))
    return _told(median(spent["plain"]), median(spent["encrypted"]))


def _search(desk: Desk) -> None:
    finder = Finder(desk)
    assert finder.load(finder.find(read_query("retraite")).found)


def compare_searches(folder: Path, visits: int) -> dict[str, dict[str, dict[str, float]]]:
    """Type queries letter by letter into a plain store and its encrypted copy, turn by turn."""
    with kept_world(folder, visits) as world:
        homes = {"plain": world.home, "encrypted": world.folder / "encrypted"}
        if not homes["encrypted"].exists():
            _encrypt_copy(world.home, homes["encrypted"])
        desks = _open_desks(homes)
        finders = {name: Finder(desk) for name, desk in desks.items()}
        spent: dict[str, list[float]] = {name: [] for name in homes}
        worked: dict[str, list[float]] = {name: [] for name in homes}
        dice = random.Random(7)
        for _ in range(QUERIES):
            text = make_query(dice)
            for query in (read_query(text[:end]) for end in range(1, len(text) + 1)):
                for name, finder in finders.items():
                    began, before = perf_counter(), thread_time()
                    finder.load(finder.find(query).found[:ROWS])
                    worked[name].append(thread_time() - before)
                    spent[name].append(perf_counter() - began)
        for desk in desks.values():
            desk.replica.close()
    return {"elapsed": _spread(spent), "processor": _spread(worked)}


def _spread(seconds: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    cuts = {name: quantiles(values, n=100) for name, values in seconds.items()}
    return {
        f"p{part}": _told(cuts["plain"][part - 1], cuts["encrypted"][part - 1])
        for part in (50, 95, 99)
    } | {"all": _told(sum(seconds["plain"]), sum(seconds["encrypted"]))}


def _start(home: Path) -> list[float]:
    """Return the seconds to the first page: from the first import, Enter, the derived key."""
    ran = subprocess.run(
        [sys.executable, "-c", START, str(home), PASSPHRASE],
        capture_output=True,
        text=True,
        check=True,
    )
    seconds: list[float] = json.loads(ran.stdout)
    return seconds


def _timed(act: Callable[[], object]) -> float:
    begun = perf_counter()
    act()
    return perf_counter() - begun


def _told(plain: float, encrypted: float) -> dict[str, float]:
    return {
        "plain_ms": round(plain * 1000, 2),
        "encrypted_ms": round(encrypted * 1000, 2),
        "ratio": round(encrypted / plain, 2),
    }


if __name__ == "__main__":
    main()
