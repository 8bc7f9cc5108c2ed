"""Real laptops and a real registry with a bad network between them: nothing lost or doubled.

Some twenty syncs on each database here. The long run:

    FSMOBILE_TEST_WEATHERS=1000 python -m pytest tests/end_to_end/test_bad_network.py -s
"""

import json
import os
from collections import Counter
from pathlib import Path
from random import Random

from bad_network import BadNetwork, Weather, bad_network, draw_weather
from warm_processes import Ended, run_warm
from worlds import SeededChance, no_problems

from fsmobile.cli.system import SystemClock
from fsmobile.protocol.enrolment import format_code
from fsmobile.reference.enrolment_words import words
from fsmobile.registry.administration import make_code, make_registry, open_registry
from fsmobile.registry.database import open_engine
from fsmobile.registry.service import RegistryService
from fsmobile.registry.verification import verify_registry
from tests.end_to_end.bus_world import UNIT, VISIT
from tests.end_to_end.killed_processes import KilledRegistry, held_ids

WEATHERS = int(os.environ.get("FSMOBILE_TEST_WEATHERS", "20"))
RECEIVED, LATER = 0, 7


def run(home: Path, *given: str, times: int = 1) -> Ended:
    """Run a command of a laptop in a process of its own."""
    done = run_warm(["--home", str(home), *given], dict(os.environ), times)
    assert "Traceback" not in done.said, done.said
    return done


def ticked_visits(home: Path) -> dict[str, bool]:
    """Return the visits that a laptop shows, and which of them as received."""
    listed = run(home, "visit", "list", "--format", "json")
    return {visit["id"]: visit["received"] for visit in listed.json}


def enrol(registry: RegistryService, network: BadNetwork, home: Path) -> None:
    """Enrol a laptop through the network, whose first answer is lost."""
    code = format_code(make_code(registry, UNIT, "agent"), words()).split()
    url = f"http://127.0.0.1:{network.port}"
    given = ("enrol", url, *code, "--plain", "--name", home.name)
    network.weather = Weather(down_max=0)
    assert run(home, *given).code == LATER
    network.weather = Weather()
    again = run(home, *given)
    assert again.code == RECEIVED, again.said


def sync(home: Path, weather: Weather) -> int:
    """Sync once and check what the command says of it."""
    ended = run(home, "sync", "--format", "json")
    if ended.code == RECEIVED:
        report = json.loads(ended.out)
        assert (report["complete"], report["waiting"]) == (True, 0)
        assert weather.page_status is None
        assert not weather.is_down
        assert weather.down_max != 0
    else:
        assert ended.code == LATER, ended.said
        assert not weather.is_good, ended.said
        assert "reçu" not in ended.out
        is_page = weather.page_status is not None
        assert ("Wi-Fi" if is_page else "enregistré sur ce poste") in ended.err
    return ended.code


def test_no_weather_loses_or_doubles_a_visit_or_shows_a_tick_without_a_receipt(
    address: str, port: int, tmp_path: Path
) -> None:
    engine = open_engine(address)
    make_registry(engine, SystemClock(), SeededChance(1))
    registry = open_registry(engine, SystemClock(), SeededChance(2), no_problems)
    server = KilledRegistry(address, port, log=tmp_path / "registre.log")
    server.start()
    random = Random(WEATHERS)
    met: Counter[int] = Counter()
    lost_replies = 0
    homes = [tmp_path / "avant", tmp_path / "arriere"]
    with bad_network(port) as network:
        for home in homes:
            enrol(registry, network, home)
        for number in range(WEATHERS):
            home = homes[number % len(homes)]
            count = 150 if number == WEATHERS // 2 else random.randint(1, 3)
            assert run(home, *VISIT, times=count).code == RECEIVED
            network.weather = draw_weather(random)
            before = len(held_ids(registry))
            code = sync(home, network.weather)
            met[code] += 1
            held = held_ids(registry)
            lost_replies += code == LATER and len(held) > before
            assert len(held) == len(set(held))
            shown = ticked_visits(home)
            assert {one for one, is_ticked in shown.items() if is_ticked} <= set(held)
        network.weather = Weather()
        for home in (*homes, *homes):
            assert run(home, "sync").code == RECEIVED
    server.kill()
    held = held_ids(registry)
    for home in homes:
        shown = ticked_visits(home)
        assert set(shown) == set(held)
        assert all(shown.values())
    assert len(held) == len(set(held))
    assert verify_registry(registry.storage).faults == []
    said = (tmp_path / "registre.log").read_text(encoding="utf-8")
    assert "Traceback" not in said, said
    # The weather was bad, and sometimes good; replies were lost after the registry had committed.
    assert min(met[RECEIVED], met[LATER], lost_replies) >= 1
    print(  # noqa: T201
        f"{engine.dialect.name}: {WEATHERS} syncs, {met[LATER]} of them broken off,"
        f" {lost_replies} with a reply lost after the commit; {len(held)} visits, 0 lost, 0 doubled"
    )
    engine.dispose()
