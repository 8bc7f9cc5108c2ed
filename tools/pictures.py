"""Takes the pictures of the guides from the program itself: `python -m tools.pictures`.

The screens run on the published timetable of the Charente, with a clock that stands still and
chance replayed from a seed, so that a picture changes only when the screen does.
"""

import asyncio
import re
from collections.abc import Callable
from datetime import date, time
from pathlib import Path
from tempfile import TemporaryDirectory

from fsmobile.core.commune_notices import CommuneContact, NoticeChannel
from fsmobile.core.ids import AgentId
from fsmobile.core.overrides import OverrideAction, OverrideReason
from fsmobile.core.spans import TimeSpan
from fsmobile.errors import RegistryUnreachable
from fsmobile.reference.catalogue import load_catalogue
from fsmobile.sync.progress import OnProgress, SyncReport
from fsmobile.tui.app import FsmobileApp
from fsmobile.usecases.commune_notices import list_notices, set_contact, tell_communes
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.planning import open_planning
from fsmobile.usecases.planning_calendar import load_days
from fsmobile.usecases.planning_commands import PassageChange, make_change
from fsmobile.usecases.schedule_checkouts import checkout_schedule
from fsmobile.usecases.schedule_publishing import publish_schedule
from fsmobile.usecases.schedules import load_schedule_folders, require_trees
from fsmobile.usecases.timetable import load_timetable
from tests.two_years import live_two_years
from tests.worlds import FakeClock, a_laptop, a_registry

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
START_MS = 1_795_678_860_000
"""2026-11-26 07:41 UTC, a Thursday of an even week: Verdille, then Luxé."""

SIZES = ((80, 24), (120, 40))
MORNING = (
    "a n enter r enter n r e t enter r enter p p n c a f enter p enter p n i m p enter 3 r enter"
    " n c a r t e enter o 3 1 enter n r e t 2 g 7 h c r enter p o"
)
PICTURES = {
    "tournee": MORNING,
    "visite-demarche": f"{MORNING} n r e t",
    "visite-faits": f"{MORNING} n r e t enter r",
    "visite-ouverte": f"{MORNING} enter e 2 right enter enter",
    "synchro": f"{MORNING} a 6",
    "aide": f"{MORNING} question_mark",
}


PLANNING = "5 pagedown up right right right"
"""The coordinator's screen on Tuesday 22 December 2026: La Forêt-de-Tessé, then Charmé."""
PLANNING_PICTURES = {
    "planning": f"{PLANNING} x 1 2 tab m 1 1 6",
    "planning-regle": f"{PLANNING} e",
    "planning-relire": f"{PLANNING} x 1 2 n 1 tab h 1 2 p",
    "communes": "5 f4",
    "couverture": "5 f6",
    "trajets": "5 f7",
    "essai": "5 f8 1 s a n s space j e u d i enter x 5 f8 2 1",
    "planning-arret": f"{PLANNING} ctrl+n c h a m p a g n",
}


REVIEW_PICTURES = {
    "revue-arrets": "7 r down down down down",
    "bilans": "7 m left v",
    "bilans-passages": f"7 m left tab {'down ' * 8} enter",
}
"""On two made-up years of the published timetable."""


def make_coordinator(clock: FakeClock, folder: Path, *, has_changes: bool = False) -> Desk:
    """Sit down at the coordinator's desk: the timetable is published, and out in a folder."""
    laptop = a_laptop(a_registry(clock), role="coordinator")
    published = publish_schedule(laptop.desk, ROOT / "schedules" / "bus-charente", "")
    assert published is not None
    laptop.sync()
    load_timetable(laptop.desk)
    checkout_schedule(laptop.desk, folder)
    laptop.desk.names = {"agent-a": "Nadia B.", "agent-b": "Paul T."}
    laptop.desk.agent_id = AgentId("agent-a")
    if has_changes:
        publish_changes(laptop.desk, folder, laptop.sync)
    return laptop.desk


def publish_changes(desk: Desk, folder: Path, sync: Callable[[], object]) -> None:
    """Publish three exceptions and tell one commune: the list of the communes has something."""
    planning = open_planning(desk, folder)
    days = (date(2026, 11, 26), date(2026, 12, 3), date(2026, 12, 22))
    actions = (OverrideAction.CANCEL, OverrideAction.HOURS, OverrideAction.CANCEL)
    for day, action in zip(days, actions, strict=True):
        one = load_days(planning.tree, day, day)[day].lines[0].passage
        asked = PassageChange(
            day=day,
            tour_id=one.tour_id,
            scope=one.stop_id,
            action=action,
            reason=OverrideReason.BREAKDOWN,
            spans=(TimeSpan(starts=time(10), ends=time(12)),) if action.value == "horaire" else (),
        )
        make_change(planning, asked)
    publish_schedule(desk, folder, "")
    sync()
    load_timetable(desk)
    village = list_notices(desk).lines[-1]
    set_contact(desk, village.village, CommuneContact(email="mairie@exemple.fr"))
    tell_communes(desk, [village], NoticeChannel.EMAIL)
    sync()


def make_desk(clock: FakeClock) -> Desk:
    """Sit down in the bus of the Charente, enrolled with a registry in memory."""
    desk = a_laptop(a_registry(clock), catalogue=load_catalogue()).desk
    (desk.tree,) = require_trees(load_schedule_folders(ROOT / "schedules" / "bus-charente"))
    desk.names = {"agent-a": "Nadia B.", "agent-b": "Paul T."}
    return desk


def no_network(_on_progress: OnProgress, _why: str) -> SyncReport:
    """Find nobody."""
    raise RegistryUnreachable("registry_unreachable")


async def take_picture(name: str, keys: str, size: tuple[int, int]) -> None:
    """Press the keys on a screen of that size and keep what it shows."""
    clock = FakeClock(START_MS)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "planning"
        is_planning = name in PLANNING_PICTURES
        desk = make_desk(clock)
        if name in REVIEW_PICTURES:
            desk = live_two_years(a_registry(clock), clock).desk
        if is_planning:
            desk = make_coordinator(clock, path, has_changes=name == "communes")
        await _draw(FsmobileApp(desk, no_network, planning_path=path), clock, name, keys, size)


async def _draw(
    app: FsmobileApp, clock: FakeClock, name: str, keys: str, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        for key in keys.split():
            clock.ms += 90_000 if key == "n" else 1_000
            await pilot.press(key)
        # As on a laptop that has just exchanged; the next try is not due while a picture is taken.
        app.shell.background.is_on = True
        app.shell.background.note_end(SyncReport())
        # The checks of a planning come a rule at a time.
        for _rule in range(200 if name in PLANNING_PICTURES else 1):
            await pilot.pause()
        drawn = app.export_screenshot(title="fsmobile")
    path = IMAGES / f"{name}-{size[0]}x{size[1]}.svg"
    path.write_text(_plain_svg(drawn, path.stem), encoding="utf-8")


def _plain_svg(drawn: str, name: str) -> str:
    """Leave out fonts fetched from the network, and ids that change at each run."""
    without_fonts = re.sub(r"@font-face \{.*?\}\n?", "", drawn, flags=re.DOTALL)
    fonts = without_fonts.replace("Fira Code", "DejaVu Sans Mono")
    return re.sub(r"terminal-\d+", name, fonts)


def main() -> None:
    """Take every picture at every size."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name, keys in {**PICTURES, **PLANNING_PICTURES, **REVIEW_PICTURES}.items():
        for size in SIZES:
            asyncio.run(take_picture(name, keys, size))


if __name__ == "__main__":
    main()
