"""A day in a bus for the tests of the screens: a timetable, a desk, a shell without a terminal."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fsmobile.core.ids import AgentId
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.reference.catalogue import load_catalogue
from fsmobile.tui.lines import Line, fit
from fsmobile.tui.shell import Shell
from fsmobile.tui.views.frame import key_bar_line
from fsmobile.usecases.desk import Desk
from tests.worlds import FakeClock, Laptop, a_laptop, a_registry

STRUCTURE = """
format = "structure/1"
id = "bus-charente"
nom = "Bus France services de la Charente"
departement = "16"
fuseau = "Europe/Paris"
zone_scolaire = "A"
feries = "metropole"
"""
PLACES = """
format = "lieux/1"
[lieux.luxe]
nom = "Luxé, place de la mairie"
commune = "Luxé"
insee = "16196"

[lieux.mansle]
nom = "Mansle, parking du Champ de foire"
commune = "Mansle-les-Fontaines"
insee = "16206"

[lieux.mouton]
nom = "Mouton, derrière l'école"
commune = "Mouton"
insee = "16237"
"""
VEHICLES = """
format = "vehicules/1"
[vehicules.bus-1]
nom = "Bus 1"
type = "bus"

[agents.agent-a]
permis = true

[agents.agent-b]
referent = true
"""
TOUR = """
format = "tournee/1"
tournee = "semaine-paire"
nom = "Semaines paires"
effet = 2026-09-01
vehicule = "bus-1"
equipage = ["agent-a", "agent-b"]

[sorties.jeudi]
jours = "jeudi"

[sorties.jeudi.arrets.luxe]
lieu = "luxe"
ouvert = "09:30-12:00"
trajet = 25

[sorties.jeudi.arrets.mansle]
lieu = "mansle"
ouvert = "14:00-16:30"
trajet = 20
note = "Prise derrière la halle"
"""
TREE = {
    "structure.toml": STRUCTURE,
    "lieux.toml": PLACES,
    "vehicules.toml": VEHICLES,
    "tournees/semaine-paire/2026-09-01.toml": TOUR,
}

NAMES = {"agent-a": "Nadia B.", "agent-b": "Paul"}


@dataclass
class Terminal:
    """What the shell asks of the app, written down; questions to the store are answered at once."""

    notes: list[str] = field(default_factory=list)
    syncs: int = 0
    why: str = ""
    has_left: bool = False
    desk: Desk | None = None

    def open_note(self, text: str) -> None:
        self.notes.append(text)

    def lock(self) -> bool:
        return False

    def look_up(self, look: Callable[[Desk], Any], then: Callable[[Any], None]) -> None:
        assert self.desk is not None
        then(look(self.desk))

    def start_sync(self, why: str) -> None:
        self.syncs += 1
        self.why = why

    def leave(self) -> None:
        self.has_left = True


def a_day(path: str = ":memory:", **changes: object) -> Laptop:
    """A laptop enrolled in the bus of the Charente, its timetable received, at 09:00 local."""
    registry = a_registry(FakeClock())
    laptop = a_laptop(registry, path=path, catalogue=load_catalogue())
    tree = read_schedule(TREE).tree
    assert tree is not None
    laptop.desk.tree = tree
    laptop.desk.names = NAMES
    laptop.desk.agent_id = AgentId("agent-a")
    return laptop


def a_long_day() -> Laptop:
    """A bus that stops ten times on Thursday, in villages with forty-five letters."""
    laptop = a_day()
    places, tour = PLACES, TOUR.split("[sorties.jeudi.arrets.luxe]")[0]
    for hour in range(8, 18):
        name = f"Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson {hour}"
        places += f'[lieux.l{hour}]\nnom = "{name}"\ncommune = "{name}"\ninsee = "16196"\n'
        tour += f'[sorties.jeudi.arrets.s{hour}]\nlieu = "l{hour}"\ntrajet = 15\n'
        tour += f'ouvert = "{hour:02}:00-{hour:02}:45"\n'
    files = {"lieux.toml": places, "tournees/semaine-paire/2026-09-01.toml": tour}
    laptop.desk.tree = read_schedule(TREE | files).tree
    return laptop


def a_shell(laptop: Laptop | None = None) -> tuple[Shell, Terminal]:
    """The screens of a day, without a terminal."""
    desk = (laptop or a_day()).desk
    terminal = Terminal(desk=desk)
    return Shell(desk, terminal), terminal


def press(shell: Shell, keys: str) -> int:
    """Press keys separated by spaces; return how many they were."""
    named = keys.split()
    for key in named:
        shell.desk.replica.clock.ms += 1
        shell.press(key)
    return len(named)


def shown(shell: Shell, width: int = 80, height: int = 24) -> str:
    """Return what is on the screen, without colours."""
    body = shell.body(width, height - 2)
    body = [*body, *[Line()] * (height - 2 - len(body))]
    bar, _starts = key_bar_line(shell.hints(), width)
    rows = [*body, shell.message_line(width), bar]
    return "\n".join(fit(row, width).text.rstrip() for row in rows)
