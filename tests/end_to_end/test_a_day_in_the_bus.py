"""A day in the bus through a real terminal, processes and sockets: nothing recorded is lost."""

import re
import time

from tests.end_to_end.bus_world import BusWorld
from tests.end_to_end.terminal import ENTER, F8, F9, WAIT_SECONDS, Terminal

TYPICAL = ("n", "r", "e", "t", ENTER, "r", ENTER)
FREQUENT = ("n", ENTER, "r", ENTER)
SIMPLE = ("i", ENTER)
AGAIN = ("d", ENTER)


def record(screens: Terminal, keys: tuple[str, ...], count: int) -> None:
    """Record a visit and wait until the tour counts it."""
    screens.send(*keys)
    screens.wait_for(f"Visites ici · {count} ")


def send_until_received(demo: Terminal, report: str) -> None:
    """Press s as a person does while the network comes back."""
    demo.send("6")
    deadline = time.monotonic() + WAIT_SECONDS
    while report not in demo.wait_until_quiet(seconds=1):
        assert time.monotonic() < deadline, demo.text
        demo.send("s")


def test_a_plug_pulled_in_the_middle_of_a_visit_loses_nothing(world: BusWorld) -> None:
    with world.open_screens() as screens:
        shown = screens.wait_for("À la porte")
        assert "La Forêt-de-Tessé" in shown
        assert "Charmé" in shown
        screens.send("a")
        screens.wait_for("Qui travaille ?")
        screens.send("1")
        screens.wait_for("● ici depuis 09:2")
        for count, keys in enumerate((TYPICAL, FREQUENT, SIMPLE, AGAIN, TYPICAL), start=1):
            record(screens, keys, count)
        screens.send("n", "c", "a", "f")
        screens.wait_for("Démarche ▸ caf")
        screens.send(ENTER)
        screens.wait_for(re.compile(r"Personnes +1"))
        screens.send("2")
        screens.wait_for(re.compile(r"Personnes +2"))
        screens.kill()

    with world.open_screens() as screens:
        shown = screens.wait_for(re.compile(r"brouillon de 09:2\d repris"))
        assert "CAF" in shown
        assert re.search(r"Personnes +2", shown)
        assert len(world.visits()) == 5
        screens.send("r", ENTER)
        shown = screens.wait_for("Visites ici · 6 ")
        assert "✓" not in shown
        assert "○ 7 à envoyer" in shown

        recorded = world.visits()
        assert len(recorded) == 6
        assert not any(visit["received"] for visit in recorded)
        assert [visit["people"] for visit in recorded].count(2) == 1

        world.start_registry()
        screens.send("6", "s")
        screens.wait_for("Visites : 6 sur 6 reçues par le registre.")
        screens.wait_for("Autres actes : 1 sur 1 reçus.")
        screens.send("1")
        screens.wait_for(re.compile(r"Visites ici · 6 .*\n(?:.*✓\n){6}"))
        screens.send("q")
        assert screens.wait_for_end() == 0

    held = world.held()
    assert held["visit.record"] == 6
    assert held["passage.open"] == 1
    assert all(visit["received"] for visit in world.visits())
    assert "Traceback" not in screens.written


def test_visits_typed_ahead_of_the_first_frame_are_recorded_in_order(world: BusWorld) -> None:
    with world.open_screens() as screens:
        screens.send("a", "1", *TYPICAL, *AGAIN, *SIMPLE)
        screens.wait_for("Visites ici · 3 ")
        screens.send("q")
        assert screens.wait_for_end() == 0
    assert len(world.visits()) == 3


def test_the_screens_follow_the_size_of_the_window(world: BusWorld) -> None:
    with world.open_screens() as screens:
        screens.wait_for("À la porte")
        screens.resize(120, 40)
        screens.wait_for(re.compile(r"\n[^\n]{100,}\n"))
        screens.resize(40, 10)
        screens.wait_for("80")
        screens.resize(80, 24)
        screens.wait_for("À la porte")


def test_the_demo_without_a_terminal_says_every_count(world: BusWorld) -> None:
    told = world.run("demo", "--headless")
    assert told.code == 0, told.said
    for sentence in (
        "20 sur 20 reçues : ok",
        "deuxième envoi : 0 à envoyer : ok",
        "second portable : 20 visites reçues : ok",
        "le registre tient 20 visites : ok",
    ):
        assert sentence in told.out


def test_the_demo_pulls_its_own_plug_and_tells_what_the_registry_holds(world: BusWorld) -> None:
    with world.demo("--date", "2026-11-24") as demo:
        demo.wait_for("Démonstration, sans réseau", seconds=2 * WAIT_SECONDS)
        demo.send("a")
        demo.wait_for("Qui travaille ?")
        demo.send("1")
        demo.wait_for("● ici depuis")
        record(demo, FREQUENT, 1)
        demo.send("n", "r", "e", "t")
        demo.wait_for("Démarche ▸ ret")
        demo.send(F9)
        demo.wait_for(re.compile(r"brouillon de \d\d:\d\d repris"))
        assert "kill -9" in demo.written
        demo.send(ENTER, "r", ENTER)
        demo.wait_for("Visites ici · 2 ")
        demo.send(F8)
        demo.wait_for("Le réseau revient")
        send_until_received(demo, "Visites : 2 sur 2 reçues")
        demo.send("1", "q")
        assert demo.wait_for_end() == 0
    assert "Visites tenues : 2" in demo.written
    assert "Traceback" not in demo.written
