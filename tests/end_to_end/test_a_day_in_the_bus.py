"""A day in the bus through a real terminal, processes and sockets: nothing recorded is lost."""

import re
import time
from collections import Counter

from tests.end_to_end.bus_world import BusWorld
from tests.end_to_end.terminal import ENTER, F3, F8, F9, LEFT, RIGHT, WAIT_SECONDS, Terminal

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


def test_a_whole_day_is_told_until_the_evening_says_yes(world: BusWorld) -> None:
    """Two stops, 24 visits by two agents, a stop cancelled, the power cut, and the evening."""
    with world.open_screens() as screens:
        screens.wait_for("À la porte")
        screens.send("a")
        screens.wait_for("Qui travaille ?")
        screens.send("1")
        screens.wait_for("● ici depuis 09:2")
        kinds = (TYPICAL, FREQUENT, SIMPLE, AGAIN)
        for count in range(1, 13):
            record(screens, kinds[count % len(kinds)], count)
            if count == 6:
                screens.send(F3)
                screens.wait_for("Paul M.")
        screens.send("s", "1", "1")
        screens.wait_for("Suite : apporter les pièces, au prochain passage ici")
        screens.send("s", "2", "2")
        screens.wait_for("À faire ici · 2")
        screens.send("v", "1", "1", "2")
        screens.wait_for("Rendez-vous le")
        screens.send("a")
        screens.wait_for("fermé 09:2")
        screens.send("l", "l", "u", "x")
        screens.wait_for("Luxé")
        screens.send(ENTER)
        screens.wait_for("Visites ici · 0")
        for count in range(1, 7):
            record(screens, kinds[count % len(kinds)], count)
        screens.send("n", "c", "a", "f")
        screens.wait_for("Démarche ▸ caf")
        screens.send(ENTER)
        screens.wait_for(re.compile(r"Personnes +1"))
        screens.kill()

    assert len(world.visits()) == 18
    with world.open_screens() as screens:
        screens.wait_for(re.compile(r"brouillon de 09:2\d repris"))
        screens.send("r", ENTER)
        screens.wait_for("Visites ici · 7 ")
        for count in range(8, 13):
            record(screens, SIMPLE, count)
        screens.send("s", "3", "1")
        screens.wait_for("Suite : lire la réponse")
        screens.send("v", "1", "2", "1")
        screens.wait_for("Rendez-vous le")
        screens.send("a")
        screens.wait_for(re.compile("Luxé.*fermé 09:2"))
        screens.send(LEFT, LEFT, RIGHT, RIGHT, "x")
        screens.wait_for("intempéries")
        screens.send("2")
        screens.wait_for(re.compile("Charmé.*✗ annulé : intempéries"))
        screens.send("f")
        shown = screens.wait_for("Puis-je fermer le portable ?  ✗ non")
        assert "dont visites : 24" in shown
        world.start_registry()
        screens.send("s")
        shown = screens.wait_for("Puis-je fermer le portable ?  ✓ oui")
        assert "2 arrêts faits sur 3" in shown
        screens.send("q", "q")
        assert screens.wait_for_end() == 0

    held = world.held()
    assert held["visit.record"] == 24
    assert (held["followup.open"], held["appointment.book"]) == (3, 2)
    assert (held["passage.open"], held["passage.close"], held["passage.cancel"]) == (2, 2, 1)
    visits = world.visits()
    assert all(visit["received"] for visit in visits)
    by_agent = Counter(visit["agent"] for visit in visits)
    assert by_agent == {"agent-a": 6, "agent-b": 18}
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
        demo.send("7")
        demo.wait_for(re.compile(r"novembre 2026 · \d\d+ visites · avant"))
        demo.send("1", "q")
        assert demo.wait_for_end() == 0
    # Two made-up months, and the two visits of the day.
    assert re.search(r"Visites tenues : \d{3}", demo.written)
    assert "Traceback" not in demo.written
